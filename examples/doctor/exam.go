package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/oauth2"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An exam is one run.
type exam struct {
	*cli.Program
	*options
	way    *way
	client *oktaint.Client

	found   findings
	missing scopes.Set        // of the scopes asked for
	report  *inventory.Report // nil if the resources were not looked at
}

// examine looks at everything, one after the other, and prints what it found.
func examine(ctx context.Context, p *cli.Program, o *options) error {
	e := &exam{Program: p, options: o}
	if err := e.prepare(); err != nil {
		return err
	}
	if err := e.look(ctx); err != nil {
		return err
	}
	e.ClearLine()
	e.way.describe(&e.found)
	end := e.judge()
	return errors.Join(end, e.print(ctx, end))
}

func (e *exam) prepare() error {
	if err := e.conn.Check(e.Program); err != nil {
		return err
	}
	e.way = &way{base: e.conn.Base}
	e.conn.Base = e.way
	return nil
}

// look goes on for as long as the next thing can be looked at. An error means that the
// command line is wrong, or that the run was interrupted.
func (e *exam) look(ctx context.Context) error {
	for _, check := range []func(context.Context) (bool, error){e.lookAtOrg, e.lookAtToken, e.lookAtCall, e.lookAtResources, e.lookAtAPIToken} {
		goOn, err := check(ctx)
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return err
		case !goOn:
			return nil
		}
	}
	return nil
}

// lookAtOrg finds the org, and what it says of itself.
func (e *exam) lookAtOrg(ctx context.Context) (bool, error) {
	e.Live("looking for the org")
	if err := e.conn.Find(ctx, e.Program); err != nil {
		if cli.IsUsage(err) {
			return false, err
		}
		e.failed(ctx, "org", "the org cannot be reached", err)
		e.found.add("token", unlooked, "the token, the role, the resources and the limits: the org cannot be reached")
		return false, nil
	}
	e.ClearLine()
	engine := map[string]string{"idx": "Identity Engine", "v1": "Classic Engine"}[e.conn.Info.Engine]
	if engine == "" {
		engine = "an engine that is not known"
	}
	e.found.add("org", ok, fmt.Sprintf("%s (%s), %s", e.conn.Org, e.conn.Info.ID, engine))
	if id := e.conn.Credentials.OrgID; id != "" && id != e.conn.Info.ID {
		f := e.found.add("org", problem, "the credentials are of another org, "+id)
		f.Why = "this URL belongs to " + e.conn.Info.ID + " now"
		f.Remedy, f.By = "onboard this org", bySuperAdmin
	}
	var err error
	e.client, err = e.conn.Client(ctx, e.Program)
	return err == nil, err
}

// failed adds a problem that an error tells.
func (e *exam) failed(ctx context.Context, check, what string, err error) *finding {
	f := e.found.add(check, problem, what)
	f.Why, f.Remedy, f.By = explain(err)
	if flags := e.Failure(ctx, err).Remedy; flags != "" {
		f.Remedy = strings.TrimPrefix(f.Remedy+". "+strings.TrimSuffix(flags, "."), ". ")
	}
	return f
}

// lookAtToken asks for one token with all scopes.
func (e *exam) lookAtToken(ctx context.Context) (bool, error) {
	e.Live("asking for a token")
	src := e.client.Source()
	tok, err := src.TokenContext(ctx)
	if err != nil {
		e.failed(ctx, "token", fmt.Sprintf("client %s gets no access token", src.ClientID()), err)
		e.found.add("api", unlooked, "the API, the role, the resources and the limits: there is no token")
		return false, nil
	}
	if src.ClientID() == "" {
		return true, nil // the API call shows whether an API token works
	}
	e.found.add("token", ok, fmt.Sprintf("client %s gets access tokens by %s", src.ClientID(), e.conn.Credentials.Kind))
	e.compareScopes(src)
	e.lookAtDPoP(tok)
	return true, nil
}

func (e *exam) compareScopes(src *oktaint.Source) {
	asked := src.Asked()
	e.missing = asked.Minus(src.Granted())
	if e.missing.IsEmpty() {
		e.found.add("scopes", ok, fmt.Sprintf("%s asked for in one request, and granted", cli.Count(asked.Len(), "scope")))
		return
	}
	f := e.found.add("scopes", problem, fmt.Sprintf("the token lacks %d of the %s asked for: %s", e.missing.Len(), cli.Count(asked.Len(), "scope"), cli.Join(e.missing.Slice())))
	f.Why, f.By = "they are not granted to the app, or no longer", bySuperAdmin
	f.Remedy = "grant them to the app (tab Okta API Scopes), or run onboard again"
	if e.conn.Credentials.Kind == oktaint.KindClientSecret {
		f.Remedy, f.By = "have them added to the integration's entry in Okta's catalogue, then reinstall it", "the vendor of the integration, and then "+bySuperAdmin
	}
}

func (e *exam) lookAtDPoP(tok *oauth2.Token) {
	bound := tok.TokenType != "Bearer"
	switch {
	case bound && !e.conn.Credentials.DPoP:
		f := e.found.add("dpop", note, "the app requires DPoP, and the credentials do not say so")
		f.Why = "each start costs a token request that the org refuses and logs"
		f.Remedy, f.By = `put "dpop": true into the credentials, or run onboard again`, byOperator
	case bound:
		e.found.add("dpop", ok, "tokens are bound to a key of this process")
	default:
		e.found.add("dpop", ok, "the app does not require it: whoever has a token can use it until it expires")
	}
}

// lookAtCall makes one API call. Network zones apply to it as to the token.
func (e *exam) lookAtCall(ctx context.Context) (bool, error) {
	e.Live("calling the API")
	who, err := oktaint.WhoAmI(ctx, e.client)
	if err == nil && who.RolesErr != nil {
		if _, denied := oktaint.Denied(who.RolesErr); !denied {
			err = who.RolesErr
		}
	}
	if err != nil {
		what := "the API does not take the token that the org has just given"
		if e.client.Source().ClientID() == "" {
			what = "the API does not take the API token"
		}
		if f := e.failed(ctx, "api", what, err); f.By == bySuperAdmin && e.client.Source().ClientID() != "" {
			f.Remedy += "; the app's network zones apply to API calls, too: send from inside them, or change them"
		}
		e.found.add("role", unlooked, "the role, the resources and the limits: the API does not answer")
		return false, nil
	}
	e.found.add("api", ok, "the API takes the token")
	e.lookAtRole(who)
	return true, nil
}

// lookAtRole says what is known of the roles before anything is asked for.
func (e *exam) lookAtRole(who oktaint.Principal) {
	said := e.conn.Credentials.Roles
	switch held := who.RoleTypes(); {
	case who.RolesErr == nil && len(held) == 0:
		f := e.found.add("role", problem, "there is no admin role")
		f.Why = "without one, lists are empty or refused"
		f.Remedy, f.By = "assign "+cli.Join(orReadOnly(said)), bySuperAdmin
	case who.RolesErr == nil:
		e.found.add("role", ok, cli.Join(held)+", as the org says")
	case len(said) > 0:
		f := e.found.add("role", note, cli.Join(said)+", as the credentials say; the org does not show the credential its own roles")
		e.showRoles(f)
	default:
		f := e.found.add("role", note, "it is not known: the org does not show the credential its own roles, and the credentials do not say")
		f.Remedy, f.By = `put "roles" into the credentials: onboard does`, byOperator
		e.showRoles(f)
	}
}

// showRoles says what shows roles, to an app that can be set up again.
func (e *exam) showRoles(f *finding) {
	if e.conn.Credentials.Kind != oktaint.KindPrivateKeyJWT {
		return
	}
	f.Why = "no role but SUPER_ADMIN shows who holds roles"
	f.Remedy, f.By = "run onboard again with --role "+oauthapp.RoleVisibility+", its default, which adds a custom role that does", bySuperAdmin
}

func orReadOnly(roles []string) []string {
	if len(roles) == 0 {
		return []string{oauthapp.RoleReadOnlyAdmin}
	}
	return roles
}

// lookAtResources asks for one object of everything.
func (e *exam) lookAtResources(ctx context.Context) (bool, error) {
	seen := 0
	report, err := inventory.Probe(ctx, e.client, inventory.Options{
		Roles: e.conn.Credentials.Roles, Extended: e.extended,
		Progress: func(ev inventory.Event) {
			switch {
			case ev.Wait != nil:
				e.Wait(*ev.Wait)
			case ev.Row != nil:
				seen++
				e.Live("looking at resources: %d", seen)
			}
		},
	})
	e.ClearLine()
	if err != nil {
		e.failed(ctx, "resources", "what the credential sees could not be found out", err)
		return false, nil
	}
	e.report = report
	e.describeResources()
	e.describeLimits()
	return true, nil
}

// describeResources adds a finding for each reason, and one for what is complete.
func (e *exam) describeResources() {
	r := e.report
	if lost := r.RolesLost; len(lost) > 0 {
		f := e.found.add("role", problem, cli.Join(lost)+": the credentials say that it was assigned, and the org says that it is not")
		f.Remedy, f.By = "assign "+cli.Join(lost)+" again", bySuperAdmin
	}
	if n := r.Count(inventory.Complete); n > 0 {
		e.found.add("resources", ok, fmt.Sprintf("complete: %d of %d", n, len(r.Rows)))
	}
	for _, g := range cli.CoverageGroups(r, inventory.NotLicensed, inventory.NotAsked, inventory.Partial, inventory.BeyondRole) {
		e.addGroup(note, g)
	}
	if nothing := r.Count(inventory.Complete, inventory.Partial) == 0; nothing && r.Count(inventory.Failed) == 0 && e.missing.IsEmpty() {
		f := e.found.add("role", problem, "no admin role shows anything")
		f.Why = "lists that no org has empty are empty, and all else is refused"
		f.Remedy, f.By = "assign "+cli.Join(orReadOnly(e.conn.Credentials.Roles)), bySuperAdmin
		e.found.add("resources", unlooked, fmt.Sprintf("what each of the %d is: without a role nothing is seen", len(r.Rows)))
		return
	}
	for _, g := range r.Problems(e.missing) {
		e.addGroup(problem, g)
	}
}

func (e *exam) addGroup(lv level, g inventory.Group) {
	for _, reason := range g.Reasons {
		f := e.found.add("resources", lv, fmt.Sprintf("%s: %s", g.Status, cli.Join(reason.Resources)))
		f.Why, f.Remedy, f.By = cli.Plain(reason.Why), g.Remedy, g.By
	}
}

// judge is how the run ends.
func (e *exam) judge() error {
	if n := e.found.count(problem); n > 0 {
		return cli.Incompletef("%s: the lines that begin with %q say what to do", cli.Count(n, "problem"), problem)
	}
	if e.strict && e.report != nil {
		if n := e.report.Count(inventory.BeyondRole, inventory.Partial, inventory.NotAsked); n > 0 {
			return cli.Incompletef("--strict: %s not complete", cli.Count(n, "resource"))
		}
	}
	return nil
}
