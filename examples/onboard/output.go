package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// notComplete begins the errors about what is left to be done by an
// administrator.
const notComplete = "the app is set up, but not complete"

// An outcome is what there is to print at the end, also of a failure.
type outcome struct {
	app, client string
	result      *oauthapp.Result
	report      *oauthapp.Report // nil if it was not verified
	verified    bool             // and nothing else was done: the roles are not known
	revoked     bool             // the API token
}

// incomplete says what an administrator has still to do.
func (j *job) incomplete(o *outcome) error {
	var why []string
	for _, u := range o.result.Unmet {
		why = append(why, cli.Plain(u.String()))
		if u.Step.Own == oauthapp.RoleIAMReader {
			why = append(why, j.withoutReader()...)
		}
	}
	if o.verified {
		for scope := range o.result.Missing.All() {
			why = append(why, fmt.Sprintf("%s is not granted", scope))
		}
	}
	if o.report != nil && !o.report.OK {
		why = append(why, cli.Text(o.report.Err()))
	}
	if len(why) == 0 {
		return nil
	}
	slices.Sort(why)
	return cli.Incompletef("%s:\n  %s", notComplete, strings.ReplaceAll(strings.Join(slices.Compact(why), "\n"), "\n", "\n  "))
}

// printed is the result as --json prints it.
type printed struct {
	TenantID      string                       `json:"tenant_id"`
	ApplicationID string                       `json:"application_id"`
	ClientID      string                       `json:"client_id"`
	KeyID         string                       `json:"key_id"`
	PrivateKey    string                       `json:"private_key,omitempty"`
	Granted       []scopes.Scope               `json:"granted_scopes"` // of those that were asked for
	Missing       []scopes.Scope               `json:"missing_scopes"`
	Role          string                       `json:"role"`
	Roles         []string                     `json:"roles"`
	IAMReader     bool                         `json:"iam_reader"`
	Permissions   []string                     `json:"custom_role_permissions,omitempty"`
	Unmet         []unmet                      `json:"unmet"`
	Left          []string                     `json:"left"` // what the app has beyond that, and keeps
	Coverage      map[string]inventory.Outcome `json:"coverage"`
	TokenRevoked  bool                         `json:"api_token_revoked"`
	*cli.Failure
}

// unmet is something that was asked for and is not so.
type unmet struct {
	oauthapp.Step
	Why string `json:"why"`
}

// print writes the result to standard output, and with --json how the run ends,
// too. The private key is in it only if there is no file of --out to keep it.
func (j *job) print(ctx context.Context, o *outcome, end error) error {
	r := j.printed(o)
	r.Failure = j.Failure(ctx, end)
	if j.outFile == "" {
		pem, err := j.store.creds.Key.PEM()
		if err != nil {
			return err
		}
		r.PrivateKey = pem.Reveal()
	}
	if err := j.Print(r, func(t *cli.Table) { j.fill(t, r, o) }); err != nil || j.JSON {
		return err
	}
	if r.PrivateKey != "" {
		return j.PrintText("private_key:\n" + r.PrivateKey)
	}
	return nil
}

// printed is the result without the key.
func (j *job) printed(o *outcome) printed {
	r := printed{
		TenantID: j.conn.Org.TenantID(), ApplicationID: o.app, ClientID: o.client, KeyID: j.store.creds.Key.ID(),
		Granted: append([]scopes.Scope{}, o.result.Granted.Slice()...), Missing: append([]scopes.Scope{}, o.result.Missing.Slice()...),
		Role: o.result.Role, Roles: append([]string{}, o.result.Roles...), IAMReader: o.result.IAMReader, Permissions: o.result.Permissions,
		Unmet: []unmet{}, Left: append([]string{}, plain(o.result.Left)...), Coverage: map[string]inventory.Outcome{}, TokenRevoked: o.revoked,
	}
	for _, u := range o.result.Unmet {
		r.Unmet = append(r.Unmet, unmet{u.Step, cli.Plain(u.String())})
	}
	if o.report != nil {
		for _, row := range o.report.Coverage.Rows {
			r.Coverage[row.Resource] = row.Outcome
		}
	}
	return r
}

func plain(texts []string) (list []string) {
	for _, text := range texts {
		list = append(list, cli.Plain(text))
	}
	return list
}

// fill makes the table of the result. It fits a screen: what is as it was asked for is
// counted, and the rest is named.
func (j *job) fill(t *cli.Table, r printed, o *outcome) {
	t.Row("tenant_id:", r.TenantID)
	t.Row("application_id:", cmp.Or(r.ApplicationID, "unknown"))
	t.Row("client_id:", cmp.Or(r.ClientID, "unknown"))
	t.Row("key_id:", r.KeyID)
	if !o.verified {
		t.Row("roles:", rolesText(o.result))
	}
	t.Row("granted_scopes:", fmt.Sprintf("%d of %d", len(r.Granted), j.scopes.Len()))
	if len(r.Missing) > 0 {
		t.Row("missing_scopes:", cli.Join(r.Missing))
	}
	if len(r.Left) > 0 {
		t.Row("left as it is:", strings.Join(r.Left, "; "))
	}
	if o.report != nil {
		t.CoverageNames(o.report.Coverage)
	}
	if r.PrivateKey == "" {
		t.Row("credentials:", j.outFile)
	}
}

// rolesText names the roles, with what is known of the custom ones.
func rolesText(r *oauthapp.Result) string {
	roles := without(r.Roles, []string{oauthapp.RoleCustom})
	if r.IAMReader {
		roles = append(roles, oauthapp.RoleIAMReader)
	}
	if n := len(r.Permissions); n > 0 {
		roles = append(roles, fmt.Sprintf("a custom role for response actions (%s)", cli.Count(n, "permission")))
	}
	if slices.Contains(r.Roles, oauthapp.RoleCustom) && !r.IAMReader && len(r.Permissions) == 0 {
		roles = append(roles, oauthapp.RoleCustom)
	}
	return cli.List(roles)
}

// whatNext closes a run that has done its work.
func (j *job) whatNext(o *outcome) {
	how := "The app is set up and verified."
	if o.report == nil || !o.report.OK || o.result.Err() != nil {
		how = "The app is set up, and not complete: see below."
	}
	switch {
	case j.Demo():
		j.Say("%s This was a demonstration, so nothing of it is left. For an org of yours: onboard --tenant-id TENANT_ID --out FILE", how)
		return
	case j.outFile != "":
		j.Say("%s Doctor, collect and respond take its credentials with --credentials %s.", how, j.outFile)
	case j.keyFile != "":
		j.Say("%s Its key is that of %s.", how, j.keyFile)
	default:
		j.Say("%s Keep the private key: nothing else has it. Later runs take it with --key FILE.", how)
	}
	switch {
	case j.steps == nil || j.steps.Owner.Login == "":
	case o.revoked:
		j.Say("The API token of %s is revoked.", j.steps.Owner.Login)
	case j.revokeToken:
		j.Say("The API token of %s is not revoked, as it is needed still.", j.steps.Owner.Login)
	default:
		j.Say("The API token of %s works still: revoke it in the Admin Console (Security, API, Tokens), or run this again with --revoke-api-token.", j.steps.Owner.Login)
	}
}
