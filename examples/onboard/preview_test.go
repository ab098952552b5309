package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Runs that ask for less take nothing away, from the org and from the file of --out; each
// says what it leaves.
func TestNothingIsTakenUnasked(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(o.Dir, "acme.json")
	o.onboard(t, "--out", file, "--remediation").Check(t, cli.ExitDone, "--remediation leaves these permissions out; --actions adds", "okta.users.credentials.manage, which sets the password of any user: for set_password, options of the playbook contain")
	o.ResetRequests()
	plain := o.onboard(t, "--out", file)
	plain.Check(t, cli.ExitDone, "nothing to do", "left as it is:", "the scopes okta.groups.manage, okta.users.manage", "the custom role")
	if o.writes() != 0 {
		t.Errorf("%d writes", o.writes())
	}
	if creds, err := oktaint.ReadCredentials(file); err != nil || creds.Scopes.Len() != 28 {
		t.Errorf("the file has %d scopes, %v", creds.Scopes.Len(), err)
	}
	more := o.onboard(t, "--out", file, "--actions", "set_password", "--json")
	p := result(t, more)
	if !slices.Contains(p.Permissions, "okta.users.credentials.manage") || !slices.Contains(p.Permissions, "okta.users.lifecycle.suspend") || len(p.Permissions) != 18 || len(o.Writes()) != 1 {
		t.Errorf("%d permissions after %q", len(p.Permissions), o.Writes())
	}
	if all := strings.Join(p.Left, ";"); !strings.Contains(all, "okta.users.lifecycle.suspend") || !strings.Contains(all, "okta.groups.manage") {
		t.Errorf("left: %q", p.Left)
	}
	dry := o.onboard(t, "--out", file, "--dry-run")
	dry.Check(t, cli.ExitDone, "left as it is, unless --remove or --exact takes it away: the custom role; the scopes okta.groups.manage, okta.users.manage")
}

// What is taken away is shown and asked for before: without a terminal --yes has to be
// there, and a no writes nothing.
func TestTaking(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"remove": {"--remove", "CUSTOM,scope:okta.users.manage,scope:okta.groups.manage"}, "exact": {"--exact"},
	} {
		o := serve(t, oktatest.Config{})
		file := filepath.Join(o.Dir, "acme.json")
		o.onboard(t, "--out", file, "--remediation").Check(t, cli.ExitDone)
		before, env := o.state(), map[string]string{"OKTA_API_TOKEN": o.APIToken()}
		o.ResetRequests()
		args = append(args, "--out", file)
		want := []string{"this is taken away:\n1. ", "revoke 2 scopes\n   okta.groups.manage, okta.users.manage", "remove the custom role"}
		o.onboard(t, args...).Check(t, cli.ExitUsage, append(want, "add --yes")...)
		var asked string
		o.onboardIn(t, clitest.Setup{Env: env, Ask: clitest.Answers("\n", &asked)}, args...).Check(t, cli.ExitFailed, append(want, "the answer was no")...)
		if refused := o.onboard(t, args...); strings.Contains(refused.Stderr, "What each choice of --role shows") {
			t.Errorf("what changes nothing of the view shows it:\n%s", refused.Stderr)
		}
		if !strings.HasPrefix(asked, `Take it away from the app "Rezonate Integration" in `+o.URL+"?") || o.writes() != 0 || o.state() != before {
			t.Errorf("%s: asked %q, %d writes", name, asked, o.writes())
		}
		o.onboard(t, append(args, "--dry-run")...).Check(t, cli.ExitDone, "revoke 2 scopes")
		got := result(t, o.onboard(t, append(args, "--yes", "--json")...))
		creds, err := oktaint.ReadCredentials(file)
		if err != nil || creds.Scopes.Len() != 26 || !slices.Equal(creds.Roles, []string{"CUSTOM", "READ_ONLY_ADMIN"}) || len(got.Left) != 0 || len(got.Permissions) != 0 || !got.IAMReader {
			t.Errorf("%s: %d scopes with %q, left %q, %v", name, creds.Scopes.Len(), creds.Roles, got.Left, err)
		}
		// Without a token nothing can be taken away.
		o.onboardAs(t, t.Context(), "", append(args, "--yes")...).Check(t, cli.ExitUsage, "there is no API token")
		// Where nothing is there to take away, nobody is asked.
		asked = ""
		if o.onboardIn(t, clitest.Setup{Env: env, Ask: clitest.Answers("\n", &asked)}, args...).Check(t, cli.ExitDone, "nothing to do"); asked != "" {
			t.Errorf("%s: asked %q", name, asked)
		}
	}
}

// Steps, scopes, permissions and what each role shows are there by name in JSON.
func TestDryRunAsJSON(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var doc planned
	o.onboard(t, "--dry-run", "--json", "--remediation", "--role", "HELP_DESK_ADMIN").Unmarshal(t, &doc)
	kinds := map[string]plannedStep{}
	for _, s := range doc.Steps {
		kinds[string(s.Kind)] = s
		if s.Text == "" {
			t.Errorf("%+v", s)
		}
	}
	if grant := kinds["grant"]; grant.Scopes.Len() != 28 || len(kinds["custom role"].Permissions) != 17 || kinds["role"].Role != "HELP_DESK_ADMIN" || kinds["create"].Label != defaultLabel {
		t.Errorf("steps %+v", doc.Steps)
	}
	var roles []string
	for _, c := range doc.Choices {
		roles = append(roles, c.Role)
		if n := len(c.Complete) + len(c.Partial) + len(c.BeyondRole); n != 66 {
			t.Errorf("%s: %d resources", c.Role, n)
		}
	}
	if !slices.Equal(roles, []string{"READ_ONLY_ADMIN", "visibility", "SUPER_ADMIN", "HELP_DESK_ADMIN"}) || !slices.Contains(doc.Choices[0].BeyondRole, "admins") || !slices.Contains(doc.Choices[1].Complete, "admins") {
		t.Errorf("choices %+v", doc.Choices)
	}
	if len(doc.Unseen) == 0 || doc.Unseen[0].Status != inventory.BeyondRole || len(doc.LeftOut) == 0 || doc.Left == nil || doc.Warnings == nil {
		t.Errorf("%+v", doc)
	}
}

// With few scopes the table has what these are for, and it fits a terminal with any role.
func TestChoices(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	for _, args := range [][]string{nil, {"--role", "API_ACCESS_MANAGEMENT_ADMIN"}, {"--role", "none"}, {"--scopes", "okta.users.read"}, {"--scopes", "visibility-extended"}} {
		for _, width := range []int{80, 120} {
			got := o.onboardIn(t, clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}, OutWidth: width, ErrWidth: width}, append(args, "--dry-run")...)
			got.Check(t, cli.ExitDone, "What each choice of --role shows")
			for line := range strings.Lines(got.Stdout) {
				if len(line) > width+1 {
					t.Errorf("%q: a line of %d characters: %s", args, len(line), line)
				}
			}
		}
	}
	got := o.onboard(t, "--scopes", "okta.users.read", "--dry-run")
	if !strings.Contains(got.Stdout, "all              all         all          the other ") || strings.Contains(got.Stdout, "admins") {
		t.Errorf("with one scope:\n%s", got.Stdout)
	}
}

// An org that refuses the ORN is set up without the IAM reader, and exit 3 says what does
// not work then.
func TestRefusedIAMReader(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{NoIAMResources: true})
	token := o.NewAPIToken("SUPER_ADMIN")
	got := o.onboardAs(t, t.Context(), token, "--revoke-api-token", "--out", filepath.Join(o.Dir, "acme.json"))
	got.Check(t, cli.ExitIncomplete, "roles:               READ_ONLY_ADMIN\n", "without the custom role IAM reader the app does not see admins, user-roles, ", "could not create a resource set of the org's roles", "is not revoked, as it is needed still")
	if strings.Contains(got.Stderr, guardsBlind) {
		t.Errorf("an app that does not act is told of guards:\n%s", got.Stderr)
	}
	o.onboardAs(t, t.Context(), token, "--out", filepath.Join(o.Dir, "act.json"), "--label", "acts", "--remediation", "--scopes", "okta.users.read").Check(t, cli.ExitIncomplete, guardsBlind)
}

// Guards that would see nothing are told of before.
func TestBlindGuards(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	for role, blind := range map[string]bool{"visibility": false, "SUPER_ADMIN": false, "READ_ONLY_ADMIN": true, "none": true} {
		got := o.onboard(t, "--dry-run", "--actions", "suspend_user", "--role", role)
		if strings.Contains(got.Stderr, "warning: "+guardsBlind) != blind {
			t.Errorf("--role %s:\n%s", role, got.Stderr)
		}
	}
}
