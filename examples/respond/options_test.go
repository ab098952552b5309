package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// The credential is that of a file, of the environment, or a token that was asked
// for.
func TestCredentials(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{Login: "dana@example.com"})
	what := []string{"--ca-file", o.CA, "--playbook", "contain", "--user", id}
	for _, dpop := range []bool{false, true} {
		creds := o.app(t, dpop, remediation.KindSuspendUser, remediation.KindClearSessions)
		file := filepath.Join(o.Dir, creds.ClientID+".json")
		if err := creds.WriteFile(file); err != nil {
			t.Fatal(err)
		}
		got := o.respondBare(t, clitest.Setup{}, append(what, "--credentials", file)...)
		got.Check(t, cli.ExitDone, "2 of 2 steps would run", "org "+o.URL)
		pem, err := creds.Key.PEM()
		if err != nil {
			t.Fatal(err)
		}
		env := map[string]string{
			"OKTA_CLIENT_ORGURL": o.URL, "OKTA_CLIENT_CLIENTID": creds.ClientID, "OKTA_CLIENT_PRIVATEKEY": pem.Reveal(), "OKTA_CLIENT_SCOPES": creds.Scopes.String(),
		}
		o.respondBare(t, clitest.Setup{Env: env}, what...).Check(t, cli.ExitDone, "2 of 2 steps would run", "the environment (OKTA_CLIENT_...) names the org")
	}
	o.respondBare(t, clitest.Setup{Env: map[string]string{"OKTA_CLIENT_ORGURL": o.URL, "OKTA_CLIENT_TOKEN": o.APIToken()}}, what...).Check(t, cli.ExitDone, "2 of 2 steps would run")

	var asked string
	o.respondIn(t, clitest.Setup{Env: map[string]string{"": ""}, Ask: clitest.Answers(o.APIToken()+"\n", &asked)}, what[2:]...).Check(t, cli.ExitDone, "2 of 2 steps would run")
	if asked != "API token for "+o.URL+" (it is not shown):  without echo\n" {
		t.Errorf("asked %q", asked)
	}
	failing := func(context.Context, string, bool) (string, error) { return "", errors.New("closed") }
	o.respondIn(t, clitest.Setup{Env: map[string]string{"": ""}, Ask: failing}, what[2:]...).Check(t, cli.ExitFailed, "read the API token: closed")
}

// What is wrong is said before anything is sent.
func TestRefusals(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	user := []string{"--user", "dana@example.com"}
	playbook := append([]string{"--playbook", "contain"}, user...)
	half := oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT, Org: clitest.MustOrg(t, o.URL), Key: o.app(t, false).Key}
	halfFile := filepath.Join(o.Dir, "half.json")
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
		{"no records", []string{"--undo", filepath.Join(o.Dir, "none")}, "no such file"},
		{"no records of this org", []string{"--undo", o.File(t, "empty", "")}, "has no records of " + o.URL},
		{"secrets", append(playbook, "--secrets", o.CA), "is there already"},
		{"token on the command line", append(playbook, "--api-token", "00hunter2"), "a token is no flag"},
		{"unknown flag", append(playbook, "--aply"), "aply"},
		{"argument", append(playbook, "acme"), "1 argument belongs to no flag"},
		{"two orgs", append(playbook, "--credentials", "x"), "give one of them"},
	} {
		got := o.respond(t, tt.args...)
		if got.Status != cli.ExitUsage || !strings.Contains(got.Stderr, tt.want) || got.Stdout != "" {
			t.Errorf("%s: status %d, want %q\n%s", tt.name, got.Status, tt.want, got.Stderr)
		}
		if strings.Contains(got.Stderr, "hunter2") {
			t.Errorf("%s: the token is repeated: %s", tt.name, got.Stderr)
		}
	}
	for _, tt := range []struct {
		name, want string
		env        map[string]string
		args       []string
	}{
		{"no org", "which org?", nil, playbook},
		{"no token", "set OKTA_API_TOKEN", map[string]string{"": ""}, append(playbook, "--org-url", o.URL, "--ca-file", o.CA)},
		{"broken token", "copy it again", map[string]string{"OKTA_API_TOKEN": "00a b"}, append(playbook, "--org-url", o.URL, "--ca-file", o.CA)},
		{"access token", "begins with Bearer", map[string]string{"OKTA_API_TOKEN": "Bearer hunter2"}, append(playbook, "--org-url", o.URL, "--ca-file", o.CA)},
		{"half an environment", "OKTA_CLIENT_ORGURL", map[string]string{"OKTA_CLIENT_TOKEN": "00x"}, playbook},
		{"no file", "no such file", nil, append(playbook, "--credentials", "none.json")},
		{"half a file", "is not set up yet", nil, append(playbook, "--credentials", halfFile)},
		{"placeholder", "placeholder", nil, append(playbook, "--tenant-id", "TENANT_ID")},
		{"ca-file", "refused for https://acme.okta.com", nil, append(playbook, "--tenant-id", "acme", "--ca-file", o.CA)},
		{"no certificate", "no certificate in PEM", nil, append(playbook, "--org-url", o.URL, "--ca-file", o.File(t, "x.pem", "x"))},
	} {
		got := o.respondBare(t, clitest.Setup{Env: tt.env}, tt.args...)
		if got.Status != cli.ExitUsage || !strings.Contains(got.Stderr, tt.want) {
			t.Errorf("%s: status %d, want %q\n%s", tt.name, got.Status, tt.want, got.Stderr)
		}
	}
	if len(o.Writes()) != 0 {
		t.Errorf("written: %q", o.Writes())
	}
}
