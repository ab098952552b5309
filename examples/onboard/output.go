package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/scopes"
)

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
			why = append(why, fmt.Sprintf("%s is not granted: %v", scope, err))
		} else {
			why = append(why, fmt.Sprintf("%s is not granted", scope))
		}
	}
	if o.report != nil && !o.report.OK {
		why = append(why, o.report.Err().Error())
	}
	if len(why) == 0 {
		return nil
	}
	return fmt.Errorf("%w:\n  %s", errIncomplete, strings.ReplaceAll(strings.Join(why, "\n"), "\n", "\n  "))
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
	Coverage      map[string]oauthapp.Coverage `json:"coverage"`
}

// print writes the result to standard output. The private key is in it only if
// there is no file of --out to keep it.
func (j *job) print(o *outcome) error {
	r := printed{
		TenantID: j.info.Org.TenantID(), ApplicationID: o.app, ClientID: o.client, KeyID: j.store.creds.Key.ID(),
		Granted: append([]scopes.Scope{}, o.result.Granted.Slice()...), Missing: append([]scopes.Scope{}, o.result.Missing.Slice()...),
		Role: o.result.Role, Permissions: o.result.Permissions, Coverage: map[string]oauthapp.Coverage{},
	}
	if j.outFile == "" {
		pem, err := j.store.creds.Key.PEM()
		if err != nil {
			return err
		}
		r.PrivateKey = pem.Reveal()
	}
	if o.report != nil {
		for _, d := range o.report.Coverage {
			r.Coverage[d.Domain] = d.State
		}
	}
	if j.asJSON {
		enc := json.NewEncoder(j.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(r)
	}
	return j.printText(r, o)
}

func (j *job) printText(r printed, o *outcome) error {
	w := tabwriter.NewWriter(j.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "tenant_id:\t%s\n", r.TenantID)
	fmt.Fprintf(w, "application_id:\t%s\n", orUnknown(r.ApplicationID))
	fmt.Fprintf(w, "client_id:\t%s\n", orUnknown(r.ClientID))
	fmt.Fprintf(w, "key_id:\t%s\n", r.KeyID)
	if !o.verified {
		fmt.Fprintf(w, "role:\t%s\n", list(o.result.Roles))
		fmt.Fprintf(w, "custom_role:\t%s\n", list(o.result.Permissions))
	}
	fmt.Fprintf(w, "granted_scopes:\t%d: %s\n", len(r.Granted), o.result.Granted)
	fmt.Fprintf(w, "missing_scopes:\t%d%s\n", len(r.Missing), strings.TrimSuffix(": "+o.result.Missing.String(), ": "))
	if o.report != nil {
		fmt.Fprintf(w, "coverage:\n")
		for _, d := range o.report.Coverage {
			fmt.Fprintf(w, "  %s\t%s\n", d.Domain, d.State)
		}
	}
	if r.PrivateKey != "" {
		fmt.Fprintf(w, "private_key:\n%s", r.PrivateKey)
	} else {
		fmt.Fprintf(w, "credentials:\t%s\n", j.outFile)
	}
	return w.Flush()
}

// printPlan writes what a dry run found to standard output.
func (j *job) printPlan(steps []oauthapp.Step) error {
	if j.asJSON {
		lines := []string{}
		for _, s := range steps {
			lines = append(lines, s.String())
		}
		enc := json.NewEncoder(j.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(struct {
			TenantID string   `json:"tenant_id"`
			Steps    []string `json:"steps"`
		}{j.info.Org.TenantID(), lines})
	}
	for i, s := range steps {
		fmt.Fprintf(j.stdout, "%d. %s\n", i+1, s)
	}
	j.say("dry run: nothing was written")
	return nil
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

func list(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(slices.Values(names)), ", ")
}
