package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An app as onboarding makes it, with the role for these kinds of actions.
func (o *org) app(t *testing.T, dpop bool, kinds ...remediation.Kind) oktaint.Credentials {
	t.Helper()
	key, err := oktaint.ParseKey([]byte(readFile(t, "../../oktaint/testdata/rsa2048_TEST_ONLY.pem")), "")
	if err != nil {
		t.Fatal(err)
	}
	var actions []remediation.Action
	for _, kind := range kinds {
		actions = append(actions, remediation.Sample(kind))
	}
	creds := oktaint.Credentials{
		Kind: oktaint.KindPrivateKeyJWT, Org: mustOrg(t, o.url), Key: key,
		Scopes: scopes.Visibility.Union(remediation.Scopes(actions...)),
	}
	creds.ClientID = o.AddServiceApp(oktatest.ServiceApp{
		Key: key.Public(), Scopes: creds.Scopes, DPoP: dpop, Roles: []string{"READ_ONLY_ADMIN"}, Permissions: remediation.Permissions(actions...),
	})
	creds.ApplicationID = creds.ClientID
	return creds
}

// The credential is that of a file, of the environment, or a token that was asked
// for.
func TestCredentials(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{Login: "dana@example.com"})
	what := []string{"--ca-file", o.ca, "--playbook", "contain", "--user", id}
	for _, dpop := range []bool{false, true} {
		creds := o.app(t, dpop, remediation.KindSuspendUser, remediation.KindClearSessions)
		file := filepath.Join(o.dir, creds.ClientID+".json")
		if err := creds.WriteFile(file); err != nil {
			t.Fatal(err)
		}
		got := o.respondIn(t, setup{bare: true}, append(what, "--credentials", file)...)
		got.check(t, exitDone, "2 of 2 steps would run", "org "+o.url)
		pem, err := creds.Key.PEM()
		if err != nil {
			t.Fatal(err)
		}
		env := map[string]string{
			"OKTA_CLIENT_ORGURL": o.url, "OKTA_CLIENT_CLIENTID": creds.ClientID, "OKTA_CLIENT_PRIVATEKEY": pem.Reveal(), "OKTA_CLIENT_SCOPES": creds.Scopes.String(),
		}
		o.respondIn(t, setup{bare: true, env: env}, what...).check(t, exitDone, "2 of 2 steps would run", "the environment (OKTA_CLIENT_...) names the org")
	}
	o.respondIn(t, setup{bare: true, env: map[string]string{"OKTA_CLIENT_ORGURL": o.url, "OKTA_CLIENT_TOKEN": o.APIToken()}}, what...).check(t, exitDone, "2 of 2 steps would run")

	var asked string
	o.respondIn(t, setup{env: map[string]string{"": ""}, ask: answers(o.APIToken()+"\n", &asked)}, what[2:]...).check(t, exitDone, "2 of 2 steps would run")
	if asked != "API token (it is not shown):  hidden:true\n" {
		t.Errorf("asked %q", asked)
	}
	failing := func(context.Context, string, bool) (string, error) { return "", errors.New("closed") }
	o.respondIn(t, setup{env: map[string]string{"": ""}, ask: failing}, what[2:]...).check(t, exitFailed, "read the API token: closed")
}

// What an app lacks is told with who can give it.
func TestLacking(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{Login: "dana@example.com"})
	creds := o.app(t, false, remediation.KindClearSessions)
	file := filepath.Join(o.dir, "acme.json")
	if err := creds.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	what := []string{"--credentials", file, "--ca-file", o.ca, "--playbook", "contain", "--user", id}
	o.respondIn(t, setup{bare: true}, what...).check(t, exitIncomplete, "has the permission okta.users.lifecycle.suspend", "next: use the credential of somebody who may", "onboard ... --actions suspend_user")
	// Without the scopes to check, the guards refuse; without the check it goes on.
	creds.Scopes = scopes.New(scopes.UsersManage)
	if err := creds.WriteFile(file); err != nil {
		t.Fatal(err)
	}
	what[5] = "offboard"
	what = append(what, "--destructive", "deactivate_user", "--destructive", "revoke_grants")
	o.respondIn(t, setup{bare: true}, what...).check(t, exitIncomplete, "cannot be checked", "--allow-unchecked goes on without the check")
	o.respondIn(t, setup{bare: true}, append(what, "--allow-unchecked")...).check(t, exitDone, "warning: ", "was not checked", "2 of 3 steps would run")
}

// What is wrong is said before anything is sent.
func TestRefusals(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	user := []string{"--user", "dana@example.com"}
	playbook := append([]string{"--playbook", "contain"}, user...)
	half := oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT, Org: mustOrg(t, o.url), Key: o.app(t, false).Key}
	halfFile := filepath.Join(o.dir, "half.json")
	if err := half.WriteFile(halfFile); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing to do", user, "what is to be done?"},
		{"two things", append(playbook, "--action", "suspend_user"), "give one of them"},
		{"undo and playbook", append(playbook, "--undo", "x"), "give one of them"},
		{"unknown playbook", []string{"--playbook", "panic"}, `no playbook "panic"`},
		{"nobody", []string{"--playbook", "contain"}, "whom?"},
		{"nobody to act on", []string{"--action", "suspend_user"}, "whom? suspend_user needs --user"},
		{"placeholder", []string{"--playbook", "contain", "--user", "LOGIN"}, "--user LOGIN is a placeholder"},
		{"placeholder in brackets", []string{"--playbook", "contain", "--user", "<login>"}, "is a placeholder"},
		{"a flag of another playbook", append(playbook, "--delete"), "--delete belongs to --playbook offboard"},
		{"resets", []string{"--playbook", "release", "--user", "x", "--reset-factors"}, "belongs to --playbook contain"},
		{"keep", append(playbook, "--keep", "x"), "belongs to --playbook quarantine"},
		{"no group", []string{"--playbook", "quarantine", "--user", "x"}, "needs --group"},
		{"group", append(playbook, "--group", "x"), "--group goes with"},
		{"which group", []string{"--action", "delete_group"}, "which group? delete_group needs --group"},
		{"unknown action", append([]string{"--action", "explode"}, user...), `no action "explode": see --list-actions`},
		{"first_of", append([]string{"--action", `{"kind":"first_of"}`}, user...), `no action "first_of"`},
		{"unknown field", append([]string{"--action", `{"kind":"suspend_user","usr":"x"}`}, user...), "usr"},
		{"no JSON", append([]string{"--action", `{"kind":`}, user...), "no JSON object"},
		{"no kind", append([]string{"--action", `{}`}, user...), "has no kind"},
		{"wrong version", append([]string{"--action", `{"kind":"suspend_user","version":9}`}, user...), "version 9"},
		{"unknown kind", append(playbook, "--destructive", "all"), `no action "all"`},
		{"targets", append(playbook, "--max-targets", "-1"), "--max-targets"},
		{"record and undo", []string{"--undo", "x", "--record", "y"}, "leave --record out"},
		{"of", append(playbook, "--of", "0123456789ab"), "--of belongs to --undo"},
		{"short of", []string{"--undo", "x", "--of", "0123"}, "first 12 characters"},
		{"no records", []string{"--undo", filepath.Join(o.dir, "none")}, "no such file"},
		{"no records of this org", []string{"--undo", o.file(t, "empty", "")}, "has no records of " + o.url},
		{"secrets", append(playbook, "--secrets", o.ca), "is there already"},
		{"token on the command line", append(playbook, "--api-token", "00hunter2"), "a token is no flag"},
		{"unknown flag", append(playbook, "--aply"), "aply"},
		{"argument", append(playbook, "acme"), "arguments"},
		{"two orgs", append(playbook, "--credentials", "x"), "give one of them"},
	} {
		got := o.respond(t, tt.args...)
		if got.status != exitUsage || !strings.Contains(got.stderr, tt.want) || got.stdout != "" {
			t.Errorf("%s: status %d, want %q\n%s", tt.name, got.status, tt.want, got.stderr)
		}
		if strings.Contains(got.stderr, "hunter2") {
			t.Errorf("%s: the token is repeated: %s", tt.name, got.stderr)
		}
	}
	for _, tt := range []struct {
		name, want string
		env        map[string]string
		args       []string
	}{
		{"no org", "which org?", nil, playbook},
		{"no token", "set OKTA_API_TOKEN", map[string]string{"": ""}, append(playbook, "--org-url", o.url, "--ca-file", o.ca)},
		{"broken token", "copy it again", map[string]string{"OKTA_API_TOKEN": "00a b"}, append(playbook, "--org-url", o.url, "--ca-file", o.ca)},
		{"access token", "begins with Bearer", map[string]string{"OKTA_API_TOKEN": "Bearer hunter2"}, append(playbook, "--org-url", o.url, "--ca-file", o.ca)},
		{"half an environment", "OKTA_CLIENT_ORGURL", map[string]string{"OKTA_CLIENT_TOKEN": "00x"}, playbook},
		{"no file", "no such file", nil, append(playbook, "--credentials", "none.json")},
		{"half a file", "is not set up yet", nil, append(playbook, "--credentials", halfFile)},
		{"placeholder", "placeholder", nil, append(playbook, "--tenant-id", "TENANT_ID")},
		{"ca-file", "refused for https://acme.okta.com", nil, append(playbook, "--tenant-id", "acme", "--ca-file", o.ca)},
		{"no certificate", "no certificate in PEM", nil, append(playbook, "--org-url", o.url, "--ca-file", o.file(t, "x.pem", "x"))},
	} {
		got := o.respondIn(t, setup{bare: true, env: tt.env}, tt.args...)
		if got.status != exitUsage || !strings.Contains(got.stderr, tt.want) {
			t.Errorf("%s: status %d, want %q\n%s", tt.name, got.status, tt.want, got.stderr)
		}
	}
	if len(o.writes()) != 0 {
		t.Errorf("written: %q", o.writes())
	}
}

// Every flag is in the help.
func TestHelp(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &program{stdout: &out, stderr: &out}
	if status := p.main(t.Context(), []string{"--help"}); status != exitDone {
		t.Errorf("status %d", status)
	}
	new(options).flags(new(given)).VisitAll(func(f *flag.Flag) {
		if !strings.Contains(out.String(), "--"+f.Name) {
			t.Errorf("the help lacks --%s", f.Name)
		}
	})
	for _, want := range []string{"Examples:", "Exit status:"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the help lacks %s", want)
		}
	}
	for line := range strings.Lines(out.String()) {
		if len(line) > 110 || len(line) > 90 && !strings.HasPrefix(line, "  respond ") {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
}
