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
}

func (j *job) outcome(r *oauthapp.Result) *outcome {
	return &outcome{app: r.ApplicationID, client: r.ClientID, result: r}
}

// incomplete says what an administrator has still to do.
func (o *outcome) incomplete() error {
	var why []string
	for scope := range o.result.Missing.All() {
		if err := o.result.Refused[scope]; err != nil {
			why = append(why, fmt.Sprintf("%s is not granted: %s", scope, cli.Text(err)))
		} else {
			why = append(why, fmt.Sprintf("%s is not granted", scope))
		}
	}
	if o.report != nil && !o.report.OK {
		why = append(why, cli.Text(o.report.Err()))
	}
	if len(why) == 0 {
		return nil
	}
	return cli.Incompletef("%s:\n  %s", notComplete, strings.ReplaceAll(strings.Join(why, "\n"), "\n", "\n  "))
}

// printed is the result as --json prints it.
type printed struct {
	TenantID      string                       `json:"tenant_id"`
	ApplicationID string                       `json:"application_id"`
	ClientID      string                       `json:"client_id"`
	KeyID         string                       `json:"key_id"`
	PrivateKey    string                       `json:"private_key,omitempty"`
	Granted       []scopes.Scope               `json:"granted_scopes"`
	Missing       []scopes.Scope               `json:"missing_scopes"`
	Role          string                       `json:"role"`
	Permissions   []string                     `json:"custom_role_permissions,omitempty"`
	Coverage      map[string]inventory.Outcome `json:"coverage"`
	Error         *cli.Failure                 `json:"error,omitempty"`
}

// print writes the result to standard output, and with --json how the run ends,
// too. The private key is in it only if
// there is no file of --out to keep it.
func (j *job) print(ctx context.Context, o *outcome, end error) error {
	r := printed{
		TenantID: j.conn.Org.TenantID(), ApplicationID: o.app, ClientID: o.client, KeyID: j.store.creds.Key.ID(),
		Granted: append([]scopes.Scope{}, o.result.Granted.Slice()...), Missing: append([]scopes.Scope{}, o.result.Missing.Slice()...),
		Role: o.result.Role, Permissions: o.result.Permissions, Coverage: map[string]inventory.Outcome{},
		Error: j.Failure(ctx, end),
	}
	if j.outFile == "" {
		pem, err := j.store.creds.Key.PEM()
		if err != nil {
			return err
		}
		r.PrivateKey = pem.Reveal()
	}
	if o.report != nil {
		for _, row := range o.report.Coverage.Rows {
			r.Coverage[row.Resource] = row.Outcome
		}
	}
	if err := j.Print(r, func(t *cli.Table) { j.fill(t, r, o) }); err != nil || j.JSON {
		return err
	}
	if r.PrivateKey != "" {
		return j.PrintText("private_key:\n" + r.PrivateKey)
	}
	return nil
}

// fill makes the table of the result.
func (j *job) fill(t *cli.Table, r printed, o *outcome) {
	t.Row("tenant_id:", r.TenantID)
	t.Row("application_id:", cmp.Or(r.ApplicationID, "unknown"))
	t.Row("client_id:", cmp.Or(r.ClientID, "unknown"))
	t.Row("key_id:", r.KeyID)
	if !o.verified {
		t.Row("role:", cli.List(slices.Sorted(slices.Values(o.result.Roles))))
		t.Row("custom_role:", cli.List(slices.Sorted(slices.Values(o.result.Permissions))))
	}
	t.Row("granted_scopes:", fmt.Sprintf("%d: %s", len(r.Granted), o.result.Granted))
	t.Row("missing_scopes:", strings.TrimSuffix(fmt.Sprintf("%d: %s", len(r.Missing), o.result.Missing), ": "))
	if o.report != nil {
		t.Coverage(o.report.Coverage)
	}
	if r.PrivateKey == "" {
		t.Row("credentials:", j.outFile)
	}
}

// printPlan writes what a dry run found to standard output.
func (j *job) printPlan(steps []oauthapp.Step) error {
	if j.JSON {
		lines := []string{}
		for _, s := range steps {
			lines = append(lines, s.String())
		}
		return j.PrintJSON(struct {
			TenantID string            `json:"tenant_id"`
			Steps    []string          `json:"steps"`
			Unseen   []inventory.Group `json:"beyond_this_role"`
		}{j.conn.Org.TenantID(), lines, append([]inventory.Group{}, j.steps.Unseen...)})
	}
	for i, s := range steps {
		if err := j.PrintText(cli.Wrap(fmt.Sprintf("%d. %s", i+1, s), j.TableWidth())); err != nil {
			return err
		}
	}
	j.Say("dry run: nothing was written")
	return nil
}
