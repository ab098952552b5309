package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Requests are printed and not sent, and nothing is written anywhere.
func TestPrint(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	dir := t.TempDir()
	for form, want := range map[string]string{
		"http": "### 1. create the app \"Rezonate Integration\" with its key\n# The answer gives APP_ID and CLIENT_ID.\nPOST " + o.URL + "/api/v1/apps?activate=true HTTP/1.1\n",
		"curl": "#!/bin/sh\n",
	} {
		got := o.onboard(t, "--print", form, "--key", keyFile(t), "--out", filepath.Join(dir, "out.json"), "--remediation")
		if got.Status != cli.ExitDone || !strings.HasPrefix(got.Stdout, want) || !strings.Contains(got.Stdout, "okta.users.lifecycle.suspend") || !strings.Contains(got.Stderr, "nothing was sent") {
			t.Errorf("%s: status %d\n%s\n%s", form, got.Status, got.Stdout, got.Stderr)
		}
	}
	// Without a key nobody could use the app that a script makes.
	if got := o.onboard(t, "--print", "curl"); got.Status != cli.ExitUsage || !strings.Contains(got.Stderr, "--key") || got.Stdout != "" {
		t.Errorf("without a key: status %d\n%s", got.Status, got.Stderr)
	}
	if got := o.onboard(t, "--print", "http", "--journal", filepath.Join(dir, "journal")); got.Status != cli.ExitDone || !strings.Contains(got.Stderr, "warning: the key in these requests is forgotten now") {
		t.Errorf("without a key: status %d\n%s", got.Status, got.Stderr)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 0 || o.writes() != 0 {
		t.Errorf("files %v, %d writes, %v", files, o.writes(), err)
	}
}

// A rollback leaves the org as it was before, and says what it took away.
func TestRollback(t *testing.T) {
	t.Parallel()
	for name, writes := range map[string]int{"whole": 100, "half": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := serve(t, oktatest.Config{Latency: 5 * time.Millisecond})
			before := o.state()
			file := filepath.Join(t.TempDir(), "acme.json")
			first := o.interrupted(t, writes, "--out", file, "--remediation", "--scopes", "okta.users.read")
			if (first.Status == cli.ExitDone) != (name == "whole") || o.state() == before {
				t.Fatalf("status %d\n%s", first.Status, first.Stderr)
			}
			got := o.onboard(t, "--out", file, "--rollback")
			if got.Status != cli.ExitDone || !strings.Contains(got.Stderr, "removed: ") || got.Stdout != "" {
				t.Errorf("rollback: status %d\n%s", got.Status, got.Stderr)
			}
			if now := o.state(); now != before {
				t.Errorf("after the rollback:\n%s\nbefore:\n%s", now, before)
			}
			if got := o.onboard(t, "--out", file, "--rollback"); got.Status != cli.ExitDone || !strings.Contains(got.Stderr, "nothing to take back") {
				t.Errorf("once more: status %d\n%s", got.Status, got.Stderr)
			}
			// The key of the file serves for a new app.
			if got := o.onboard(t, "--out", file, "--scopes", "okta.users.read"); got.Status != cli.ExitDone || o.apps(t, defaultLabel) != 1 {
				t.Errorf("anew: status %d\n%s", got.Status, got.Stderr)
			}
		})
	}
}

// Of two runs at once with one key and journal one app comes; whichever loses
// says why.
func TestConflict(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Faults: []string{"POST /api/v1/apps #1 delay=500ms"}})
	args := []string{"--key", keyFile(t), "--scopes", "okta.users.read"}
	first := make(chan clitest.Ran)
	go func() { first <- o.onboard(t, args...) }()
	for o.writes() == 0 && t.Context().Err() == nil {
		<-time.After(time.Millisecond)
	}
	b := o.onboard(t, args...)
	a := <-first
	won, lost := a, b
	if won.Status != cli.ExitDone {
		won, lost = b, a
	}
	if won.Status != cli.ExitDone || lost.Status == cli.ExitFailed && !strings.Contains(lost.Stderr, "another run") || lost.Status > cli.ExitFailed || o.apps(t, defaultLabel) != 1 {
		t.Errorf("statuses %d and %d, %d apps\n%s\n%s", a.Status, b.Status, o.apps(t, defaultLabel), a.Stderr, b.Stderr)
	}
	if again := o.onboard(t, args...); again.Status != cli.ExitDone || o.apps(t, defaultLabel) != 1 {
		t.Errorf("afterwards: status %d\n%s", again.Status, again.Stderr)
	}
}

// The API token is revoked after the proof, and runs without one verify only.
func TestRevokeAPIToken(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(t.TempDir(), "acme.json")
	token := o.NewAPIToken("SUPER_ADMIN")
	run := func(token string, args ...string) clitest.Ran {
		return o.onboardAs(t, t.Context(), token, append([]string{"--out", file, "--json"}, args...)...)
	}
	// Not verified: an app without a role sees nothing. The token is kept.
	got := run(token, "--revoke-api-token", "--role", "none")
	if got.Status != cli.ExitIncomplete || !strings.Contains(got.Stderr, "the API token is not revoked") {
		t.Errorf("without a role: status %d\n%s", got.Status, got.Stderr)
	}
	first := run(token, "--revoke-api-token")
	if first.Status != cli.ExitDone || !strings.Contains(first.Stderr, "the API token is revoked") {
		t.Fatalf("status %d\n%s", first.Status, first.Stderr)
	}
	o.ResetRequests()
	for name, token := range map[string]string{"the revoked token": token, "no token": ""} {
		again := run(token)
		if again.Status != cli.ExitDone || result(t, again).ApplicationID != result(t, first).ApplicationID || !strings.Contains(again.Stderr, "only verified") {
			t.Errorf("%s: status %d\n%s", name, again.Status, again.Stderr)
		}
		// More than the app has cannot be had without a token.
		more := run(token, "--remediation")
		if more.Status != cli.ExitIncomplete || !strings.Contains(more.Stderr, "okta.users.manage is not granted") {
			t.Errorf("%s, more scopes: status %d\n%s", name, more.Status, more.Stderr)
		}
	}
	if o.writes() != 0 {
		t.Errorf("%d writes", o.writes())
	}
	for _, args := range [][]string{{"--dry-run"}, {"--rollback"}} {
		if got := run("", args...); got.Status != cli.ExitUsage || !strings.Contains(got.Stderr, "there is no API token") {
			t.Errorf("%v without a token: status %d\n%s", args, got.Status, got.Stderr)
		}
	}
}

// SUPER_ADMIN that the org gives to a new app is taken away, or kept if told.
func TestKeepSuperAdmin(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		o := serve(t, oktatest.Config{ClientPrivileges: true})
		args := []string{"--scopes", "okta.users.read"}
		if keep {
			args = append(args, "--keep-super-admin")
		}
		got := o.onboard(t, args...)
		if got.Status != cli.ExitDone || strings.Contains(got.Stdout, "SUPER_ADMIN") != keep || strings.Contains(got.Stderr, "taken away again") == keep || !strings.Contains(got.Stdout, "READ_ONLY_ADMIN") {
			t.Errorf("keep %v: status %d\n%s\n%s", keep, got.Status, got.Stdout, got.Stderr)
		}
	}
}

// An OAuth app with SUPER_ADMIN does the work of an API token, and is left as it
// is.
func TestBootstrap(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	dir := t.TempDir()
	boot, file := filepath.Join(dir, "boot.json"), filepath.Join(dir, "acme.json")
	made := o.onboard(t, "--label", "Bootstrap", "--role", "SUPER_ADMIN", "--scopes", oauthapp.BootstrapScopes.String(), "--out", boot)
	if made.Status != cli.ExitDone {
		t.Fatalf("status %d\n%s", made.Status, made.Stderr)
	}
	got := o.onboardAs(t, t.Context(), "", "--bootstrap", boot, "--out", file, "--remediation", "--json")
	if got.Status != cli.ExitDone || len(result(t, got).Granted) != 28 || !slices.Contains(result(t, got).Permissions, "okta.users.lifecycle.suspend") {
		t.Errorf("status %d\n%s", got.Status, got.Stderr)
	}
	for _, r := range o.Requests()[len(o.Requests())-10:] {
		if r.Scheme == "SSWS" {
			t.Errorf("an API token sent %s %s", r.Method, r.Path)
		}
	}
	if again := o.onboard(t, "--label", "Bootstrap", "--role", "SUPER_ADMIN", "--scopes", oauthapp.BootstrapScopes.String(), "--out", boot, "--dry-run"); again.Stdout != "" {
		t.Errorf("the bootstrap app was changed: %s", again.Stdout)
	}
	api := filepath.Join(dir, "api.json")
	creds := oktaint.Credentials{Kind: oktaint.KindAPIToken, Org: clitest.MustOrg(t, o.URL), APIToken: oktaint.NewSecret(o.APIToken())}
	if err := creds.WriteFile(api); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		want string
		args []string
	}{
		{"holds an API token", []string{"--bootstrap", api}},
		{"no such file", []string{"--bootstrap", filepath.Join(dir, "none")}},
		{"give one of them", []string{"--bootstrap", boot, "--api-token", "-"}},
		{"--revoke-api-token is about an API token", []string{"--bootstrap", boot, "--revoke-api-token"}},
		{"--print is http or curl", []string{"--print", "postman"}},
		{"does not go with", []string{"--rollback", "--dry-run"}},
	} {
		if got := o.onboard(t, tt.args...); got.Status != cli.ExitUsage || !strings.Contains(got.Stderr, tt.want) {
			t.Errorf("%v: status %d, want %q\n%s", tt.args, got.Status, tt.want, got.Stderr)
		}
	}
	clitest.Setup{}.Run(t, "onboard", run, "--rollback").Check(t, cli.ExitUsage, "which org?")
}

// With --actions the app gets what these take and what guards look at, and no
// more; later runs with others change it to that.
func TestActions(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(t.TempDir(), "acme.json")
	args := []string{"--out", file, "--json", "--scopes", "okta.logs.read", "--actions"}
	got := o.onboard(t, append(args, "suspend_user, clear_sessions")...)
	p := result(t, got)
	if want := "okta.users.lifecycle.clearSessions okta.users.lifecycle.suspend okta.users.read"; strings.Join(p.Permissions, " ") != want {
		t.Errorf("permissions %q, want %s\n%s", p.Permissions, want, got.Stderr)
	}
	creds, err := oktaint.ReadCredentials(file)
	if want := "okta.apiTokens.read okta.logs.read okta.roles.read okta.users.manage okta.users.read"; err != nil || creds.Scopes.String() != want {
		t.Errorf("scopes %s, want %s: %v", creds.Scopes, want, err)
	}
	got = o.onboard(t, append(args, "add_group_member")...)
	if want := "okta.groups.members.manage okta.groups.read okta.users.groupMembership.manage okta.users.read"; strings.Join(result(t, got).Permissions, " ") != want {
		t.Errorf("permissions %q, want %s\n%s", result(t, got).Permissions, want, got.Stderr)
	}
	for _, list := range []string{"suspend", "suspend_user,", "first_of"} {
		if got := o.onboard(t, append(args, list)...); got.Status != cli.ExitUsage || !strings.Contains(got.Stderr, "respond --list-actions") {
			t.Errorf("--actions %s: status %d\n%s", list, got.Status, got.Stderr)
		}
	}
}

// Without --out and --journal the journal is in the user's folder.
func TestDefaultJournal(t *testing.T) {
	t.Parallel()
	journal := func(o *options, args ...string) (*job, error) {
		o.conn = &cli.Connection{Info: oktaint.OrgInfo{ID: "00o1"}}
		j := &job{Program: &cli.Program{Args: args}, options: o}
		return j, j.openJournal()
	}
	want, err := oauthapp.DefaultJournalPath("00o1", "a/b")
	if err != nil {
		t.Fatal(err)
	}
	if j, err := journal(&options{label: "a/b"}, "--label", "a/b"); err != nil || j.journalFile != want {
		t.Errorf("journal %s, want %s: %v", j.journalFile, want, err)
	}
	if j, err := journal(&options{label: "a", outFile: "acme.json"}, "--out", "acme.json"); err != nil || j.journalFile != "acme.json.journal" {
		t.Errorf("journal %s: %v", j.journalFile, err)
	}
	if j, err := journal(&options{label: "a"}); err != nil || j.journal != nil {
		t.Errorf("a demonstration has the journal %v, %v", j.journal, err)
	}
}
