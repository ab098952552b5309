package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// printed is the result as --json prints it.
type printed struct {
	TenantID string       `json:"tenant_id"`
	OrgID    string       `json:"org_id"`
	Kind     oktaint.Kind `json:"kind"`

	// Of the user who made the API token.
	OwnerID string `json:"owner_id,omitempty"`
	Owner   string `json:"owner,omitempty"` // the login

	// Of an app.
	ApplicationID string         `json:"application_id,omitempty"`
	ClientID      string         `json:"client_id,omitempty"`
	KeyID         string         `json:"key_id,omitempty"`
	DPoP          bool           `json:"dpop,omitempty"`
	Granted       []scopes.Scope `json:"granted_scopes,omitempty"`
	Missing       []scopes.Scope `json:"missing_scopes,omitempty"`

	Roles      []string   `json:"roles"`
	RolesKnown bool       `json:"roles_known"`           // to the org; otherwise they are what --role says
	RolesGuess []string   `json:"roles_guess,omitempty"` // that show what is seen, if the roles are not known
	TokenID    string     `json:"token_id,omitempty"`
	TokenName  string     `json:"token_name,omitempty"`
	Created    *time.Time `json:"created,omitempty"`
	Expires    *time.Time `json:"expires,omitempty"`
	Ends       string     `json:"ends"`

	RateLimits  map[string]int               `json:"rate_limits"` // requests a minute that the credential may make
	Coverage    map[string]inventory.Outcome `json:"coverage"`
	OK          bool                         `json:"ok"` // all that scopes and roles should show is seen
	Credentials string                       `json:"credentials,omitempty"`
	*cli.Failure
}

// print writes the result to standard output, and with --json how the run ends, too.
func (j *job) print(ctx context.Context, f *facts, end error) error {
	r := j.result(f)
	r.Failure = j.Failure(ctx, end)
	return j.Print(r, func(t *cli.Table) { j.fill(t, r, f) })
}

func (j *job) result(f *facts) printed {
	c := j.creds
	r := printed{
		TenantID: c.Org.TenantID(), OrgID: c.OrgID, Kind: c.Kind, OwnerID: f.who.UserID, Owner: f.who.Login,
		ApplicationID: c.ApplicationID, ClientID: c.ClientID, KeyID: c.Key.ID(), DPoP: c.DPoP,
		Granted: c.Scopes.Slice(), Missing: f.missing.Slice(),
		Roles: append([]string{}, c.Roles...), RolesKnown: f.who.RolesErr == nil, Ends: f.ends(c.Kind),
		RateLimits: make(map[string]int), Coverage: make(map[string]inventory.Outcome), OK: f.report.OK(),
		Credentials: j.outFile,
	}
	if t := f.token; t != nil && t.TokenID != "" {
		r.TokenID, r.TokenName, r.Created, r.Expires = t.TokenID, t.Name, &t.Created, &t.Expires
	}
	if !r.RolesKnown {
		r.RolesGuess = f.guess(c.Scopes)
	}
	for _, l := range f.limits {
		if l.Limit > 0 {
			r.RateLimits[l.Bucket] = l.Limit
		}
	}
	for _, row := range f.report.Rows {
		r.Coverage[row.Resource] = row.Outcome
	}
	return r
}

// kinds are the words for what a customer hands over.
var kinds = map[oktaint.Kind]string{
	oktaint.KindAPIToken: "API token", oktaint.KindClientSecret: "store integration (client id and secret)",
	oktaint.KindPrivateKeyJWT: "OAuth service app (client id and private key)",
}

// fill makes the table of the result.
func (j *job) fill(t *cli.Table, r printed, f *facts) {
	t.Row("tenant_id:", r.TenantID)
	t.Row("credential:", kinds[r.Kind])
	if r.Kind == oktaint.KindAPIToken {
		t.Row("owner:", fmt.Sprintf("%s (%s)", r.Owner, r.OwnerID))
	} else {
		t.Row("client_id:", r.ClientID)
	}
	if r.KeyID != "" {
		t.Row("key_id:", r.KeyID)
	}
	t.Row("roles:", j.rolesText(f, r.Roles))
	if r.Kind != oktaint.KindAPIToken {
		t.Row("granted_scopes:", fmt.Sprintf("%d: %s", len(r.Granted), j.creds.Scopes))
		t.Row("missing_scopes:", strings.TrimSuffix(fmt.Sprintf("%d: %s", len(r.Missing), f.missing), ": "))
	}
	if r.Created != nil {
		t.Row("made:", fmt.Sprintf("%s, as %q", r.Created.UTC().Format(time.DateOnly), r.TokenName))
	}
	t.Row("ends:", r.Ends)
	t.Row("rate_limits:", limitsText(r.RateLimits))
	t.Coverage(f.report)
	if r.Credentials != "" {
		t.Row("credentials:", r.Credentials)
	}
}

// rolesText says which roles are held, and who says so.
func (j *job) rolesText(f *facts, roles []string) string {
	if f.who.RolesErr == nil {
		return cli.List(roleNames(f.who.Roles))
	}
	why := "it may not read its own roles"
	if oktaint.Lacks(f.who.RolesErr, oktaint.LacksScope) {
		why = "it lacks the scope okta.roles.read, which shows them"
	}
	guess := f.guess(j.creds.Scopes)
	switch {
	case len(roles) == 0 && len(guess) > 0:
		return fmt.Sprintf("not known: %s. It sees what %s would. If the customer knows the roles, say so with --role", why, strings.Join(guess, " or "))
	case len(roles) == 0:
		return "not known: " + why + ". If the customer knows them, say so with --role"
	case j.install != nil:
		return fmt.Sprintf("%s, as assigned: %s", cli.Join(roles), why)
	}
	return fmt.Sprintf("%s, as the customer says: %s", cli.Join(roles), why)
}

// roleNames are the types of roles, and the names of custom ones.
func roleNames(roles []oktaint.HeldRole) (names []string) {
	for _, role := range roles {
		name := role.Type
		if role.Role != "" {
			name = fmt.Sprintf("%s (%s)", role.Type, cmp.Or(role.Label, role.Role))
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ends says when the credential ends.
func (f *facts) ends(kind oktaint.Kind) string {
	switch kind {
	case oktaint.KindClientSecret:
		return "when the integration is removed, or this secret of it"
	case oktaint.KindPrivateKeyJWT:
		return "when the app is deactivated, or the key or a grant is taken away"
	}
	text := "when it is not used for 30 days"
	if !f.token.Expires.IsZero() {
		text += " (" + f.token.Expires.UTC().Format(time.DateOnly) + " as of now)"
	}
	return text + ", when it is revoked, and when its owner is deactivated"
}

// limitsText says how many requests a minute there are, the most first.
func limitsText(limits map[string]int) string {
	if len(limits) == 0 {
		return "the org named none"
	}
	buckets := make(map[int][]string)
	for bucket, n := range limits {
		buckets[n] = append(buckets[n], bucket)
	}
	var parts []string
	for _, n := range slices.Backward(slices.Sorted(maps.Keys(buckets))) {
		slices.Sort(buckets[n])
		parts = append(parts, fmt.Sprintf("%d a minute for %s", n, cli.Join(buckets[n])))
	}
	return strings.Join(parts, "; ")
}
