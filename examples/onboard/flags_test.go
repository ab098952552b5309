package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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
		"http": "### 1. create the app \"Rezonate Integration\" with its key\n# The answer gives APP_ID and CLIENT_ID.\nPOST " + o.url + "/api/v1/apps?activate=true HTTP/1.1\n",
		"curl": "#!/bin/sh\n",
	} {
		got := o.onboard(t, "--print", form, "--key", keyFile(t), "--out", filepath.Join(dir, "out.json"), "--remediation")
		if got.status != exitDone || !strings.HasPrefix(got.stdout, want) || !strings.Contains(got.stdout, "okta.users.lifecycle.suspend") || !strings.Contains(got.stderr, "nothing was sent") {
			t.Errorf("%s: status %d\n%s\n%s", form, got.status, got.stdout, got.stderr)
		}
	}
	// Without a key nobody could use the app that a script makes.
	if got := o.onboard(t, "--print", "curl"); got.status != exitUsage || !strings.Contains(got.stderr, "--key") || got.stdout != "" {
		t.Errorf("without a key: status %d\n%s", got.status, got.stderr)
	}
	if got := o.onboard(t, "--print", "http", "--journal", filepath.Join(dir, "journal")); got.status != exitDone || !strings.Contains(got.stderr, "warning: the key in these requests is forgotten now") {
		t.Errorf("without a key: status %d\n%s", got.status, got.stderr)
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
			if (first.status == exitDone) != (name == "whole") || o.state() == before {
				t.Fatalf("status %d\n%s", first.status, first.stderr)
			}
			got := o.onboard(t, "--out", file, "--rollback")
			if got.status != exitDone || !strings.Contains(got.stderr, "removed: ") || got.stdout != "" {
				t.Errorf("rollback: status %d\n%s", got.status, got.stderr)
			}
			if now := o.state(); now != before {
				t.Errorf("after the rollback:\n%s\nbefore:\n%s", now, before)
			}
			if got := o.onboard(t, "--out", file, "--rollback"); got.status != exitDone || !strings.Contains(got.stderr, "nothing to take back") {
				t.Errorf("once more: status %d\n%s", got.status, got.stderr)
			}
			// The key of the file serves for a new app.
			if got := o.onboard(t, "--out", file, "--scopes", "okta.users.read"); got.status != exitDone || o.apps(t, defaultLabel) != 1 {
				t.Errorf("anew: status %d\n%s", got.status, got.stderr)
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
	first := make(chan ran)
	go func() { first <- o.onboard(t, args...) }()
	for o.writes() == 0 && t.Context().Err() == nil {
		<-time.After(time.Millisecond)
	}
	b := o.onboard(t, args...)
	a := <-first
	won, lost := a, b
	if won.status != exitDone {
		won, lost = b, a
	}
	if won.status != exitDone || lost.status == exitFailed && !strings.Contains(lost.stderr, "another run") || lost.status > exitFailed || o.apps(t, defaultLabel) != 1 {
		t.Errorf("statuses %d and %d, %d apps\n%s\n%s", a.status, b.status, o.apps(t, defaultLabel), a.stderr, b.stderr)
	}
	if again := o.onboard(t, args...); again.status != exitDone || o.apps(t, defaultLabel) != 1 {
		t.Errorf("afterwards: status %d\n%s", again.status, again.stderr)
	}
}

// The API token is revoked after the proof, and runs without one verify only.
func TestRevokeAPIToken(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(t.TempDir(), "acme.json")
	token := o.NewAPIToken("SUPER_ADMIN")
	run := func(token string, args ...string) ran {
		return o.onboardAs(t, t.Context(), token, append([]string{"--out", file, "--json"}, args...)...)
	}
	// Not verified: an app without a role sees nothing. The token is kept.
	got := run(token, "--revoke-api-token", "--role", "none")
	if got.status != exitIncomplete || !strings.Contains(got.stderr, "the API token is not revoked") {
		t.Errorf("without a role: status %d\n%s", got.status, got.stderr)
	}
	first := run(token, "--revoke-api-token")
	if first.status != exitDone || !strings.Contains(first.stderr, "the API token is revoked") {
		t.Fatalf("status %d\n%s", first.status, first.stderr)
	}
	o.ResetRequests()
	for name, token := range map[string]string{"the revoked token": token, "no token": ""} {
		again := run(token)
		if again.status != exitDone || again.result(t).ApplicationID != first.result(t).ApplicationID || !strings.Contains(again.stderr, "only verified") {
			t.Errorf("%s: status %d\n%s", name, again.status, again.stderr)
		}
		// More than the app has cannot be had without a token.
		more := run(token, "--remediation")
		if more.status != exitIncomplete || !strings.Contains(more.stderr, "okta.users.manage is not granted") {
			t.Errorf("%s, more scopes: status %d\n%s", name, more.status, more.stderr)
		}
	}
	if o.writes() != 0 {
		t.Errorf("%d writes", o.writes())
	}
	for _, args := range [][]string{{"--dry-run"}, {"--print", "http"}, {"--rollback"}} {
		if got := run("", args...); got.status != exitUsage || !strings.Contains(got.stderr, "there is no API token") {
			t.Errorf("%v without a token: status %d\n%s", args, got.status, got.stderr)
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
		if got.status != exitDone || strings.Contains(got.stdout, "SUPER_ADMIN") != keep || strings.Contains(got.stderr, "taken away again") == keep || !strings.Contains(got.stdout, "READ_ONLY_ADMIN") {
			t.Errorf("keep %v: status %d\n%s\n%s", keep, got.status, got.stdout, got.stderr)
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
	if made.status != exitDone {
		t.Fatalf("status %d\n%s", made.status, made.stderr)
	}
	got := o.onboardAs(t, t.Context(), "", "--bootstrap", boot, "--out", file, "--remediation", "--json")
	if got.status != exitDone || len(got.result(t).Granted) != 28 || !slices.Contains(got.result(t).Permissions, "okta.users.lifecycle.suspend") {
		t.Errorf("status %d\n%s", got.status, got.stderr)
	}
	for _, r := range o.Requests()[len(o.Requests())-10:] {
		if r.Scheme == "SSWS" {
			t.Errorf("an API token sent %s %s", r.Method, r.Path)
		}
	}
	if again := o.onboard(t, "--label", "Bootstrap", "--role", "SUPER_ADMIN", "--scopes", oauthapp.BootstrapScopes.String(), "--out", boot, "--dry-run"); again.stdout != "" {
		t.Errorf("the bootstrap app was changed: %s", again.stdout)
	}
	api := filepath.Join(dir, "api.json")
	creds := oktaint.Credentials{Kind: oktaint.KindAPIToken, Org: mustOrg(t, o.url), APIToken: oktaint.NewSecret(o.APIToken())}
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
		if got := o.onboard(t, tt.args...); got.status != exitUsage || !strings.Contains(got.stderr, tt.want) {
			t.Errorf("%v: status %d, want %q\n%s", tt.args, got.status, tt.want, got.stderr)
		}
	}
	var errs bytes.Buffer
	p := &program{stderr: &errs, getenv: func(string) string { return "" }}
	if status := p.main(t.Context(), []string{"--rollback"}); status != exitUsage || !strings.Contains(errs.String(), "which org?") {
		t.Errorf("no org: status %d\n%s", status, errs.String())
	}
}

// With --actions the app gets what these take and what guards look at, and no
// more; later runs with others change it to that.
func TestActions(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(t.TempDir(), "acme.json")
	args := []string{"--out", file, "--json", "--scopes", "okta.logs.read", "--actions"}
	got := o.onboard(t, append(args, "suspend_user, clear_sessions")...)
	p := got.result(t)
	if want := "okta.users.lifecycle.clearSessions okta.users.lifecycle.suspend okta.users.read"; strings.Join(p.Permissions, " ") != want {
		t.Errorf("permissions %q, want %s\n%s", p.Permissions, want, got.stderr)
	}
	creds, err := oktaint.ReadCredentials(file)
	if want := "okta.apiTokens.read okta.logs.read okta.roles.read okta.users.manage okta.users.read"; err != nil || creds.Scopes.String() != want {
		t.Errorf("scopes %s, want %s: %v", creds.Scopes, want, err)
	}
	got = o.onboard(t, append(args, "add_group_member")...)
	if want := "okta.groups.members.manage okta.groups.read okta.users.groupMembership.manage okta.users.read"; strings.Join(got.result(t).Permissions, " ") != want {
		t.Errorf("permissions %q, want %s\n%s", got.result(t).Permissions, want, got.stderr)
	}
	for _, list := range []string{"suspend", "suspend_user,", "first_of"} {
		if got := o.onboard(t, append(args, list)...); got.status != exitUsage || !strings.Contains(got.stderr, "respond --list-actions") {
			t.Errorf("--actions %s: status %d\n%s", list, got.status, got.stderr)
		}
	}
}

// Without --out and --journal the journal is in the user's folder.
func TestDefaultJournal(t *testing.T) {
	t.Parallel()
	info := oktaint.OrgInfo{ID: "00o1"}
	o := &options{label: "a/b"}
	want, err := oauthapp.DefaultJournalPath("00o1", "a/b")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.openJournal(info); err != nil || o.journalFile != want {
		t.Errorf("journal %s, want %s: %v", o.journalFile, want, err)
	}
	o = &options{label: "a", outFile: "acme.json"}
	if _, err := o.openJournal(info); err != nil || o.journalFile != "acme.json.journal" {
		t.Errorf("journal %s: %v", o.journalFile, err)
	}
	o = &options{label: "a", demo: true}
	if j, err := o.openJournal(info); err != nil || j != nil {
		t.Errorf("a demonstration has the journal %v, %v", j, err)
	}
}
