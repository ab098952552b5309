package main

import (
	"path/filepath"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// What is wrong on this machine is told before the org is asked, and nobody is asked
// for a secret for nothing.
func TestMistakesFirst(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	notes := o.File(t, "notes.txt", "hello")
	key := o.File(t, "key_TEST_ONLY.pem", keyText(t, o.handed(t, o.app(few))))
	env := clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": "00x"}}
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"--role", "KING"}, `there is no admin role "KING": use SUPER_ADMIN`},
		{[]string{"--client-scopes", "okta.users.reed"}, "did you mean okta.users.read?"},
		{[]string{"--client-scopes", "okta.users.read"}, "an API token has none"},
		{[]string{"--kid", "prod"}, "the credential is another"},
		{[]string{"--client-id", "0oa1", "--kid", "prod"}, "--kid names a private key: give that with --key"},
		{[]string{"--client-id", "0oa1", "--key", notes}, "--key " + notes},
		{[]string{"--key", key}, "--client-id is missing"},
		{[]string{"--client-id", "CLIENT_ID"}, "placeholder"},
		{[]string{"--client-id", "0oa1", "--api-token", "00x"}, "two credentials"},
		{[]string{"--client-id", "0oa1", "--secret-file", notes, "--key", key}, "two ways to give a secret"},
		{[]string{"--secret-file", filepath.Join(o.Dir, "none")}, "--secret-file: open"},
		{[]string{"--out", filepath.Join(o.Dir, "none", "x.json")}, "the folder"},
		{[]string{"--install", "TYPE", "--out", o.out}, "--install is a placeholder"},
		{[]string{"--install", "exampleservice"}, "--install needs --out"},
		{[]string{"--install", "exampleservice", "--client-id", "0oa1", "--out", o.out}, "--install makes a client id"},
		{[]string{"--install", "exampleservice", "--kid", "prod", "--out", o.out}, "has a client secret"},
		{[]string{"--install", "exampleservice", "--role", "ORG_ADMIN,APP_ADMIN", "--out", o.out}, "assigns one standard role"},
		{[]string{"--install", "exampleservice", "--role", "CUSTOM", "--out", o.out}, "assigns one standard role"},
		{[]string{"--out", ""}, "--out is empty"},
	} {
		var asked string
		env.Ask = clitest.Answers("00x", &asked)
		got := o.connect(t, env, tt.args...)
		got.Check(t, cli.ExitUsage, tt.says)
		if asked != "" || len(o.Requests()) != 0 {
			t.Errorf("%q: asked %q, %d requests", tt.args, asked, len(o.Requests()))
		}
	}
	o.connect(t, env, "--out", notes).Check(t, cli.ExitFailed, "no credentials file, so it is left alone")
	clitest.Setup{}.Run(t, "connect", run, "--json").Check(t, cli.ExitUsage, "which org?")
	o.connect(t, clitest.Setup{}, "--kid", "prod").Check(t, cli.ExitUsage, "give that with --key, and its app with --client-id")
	o.connect(t, clitest.Setup{}).Check(t, cli.ExitUsage, "there is no API token: set OKTA_API_TOKEN, or pipe it to --api-token -")
	o.connect(t, clitest.Setup{}, "--client-id", "0oa1").Check(t, cli.ExitUsage, "pipe it to --client-secret -; for an app with a private key, give --key FILE")
}

// --install takes the token of a Super Admin, and nothing else that the environment has.
func TestInstallTakesToken(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	env := map[string]string{"OKTA_CLIENT_ORGURL": o.URL, "OKTA_CLIENT_CLIENTID": "0oa1", "OKTA_CLIENT_CLIENTSECRET": "00secret", "OKTA_CLIENT_SCOPES": "okta.users.read"}
	clitest.Setup{Env: env}.Run(t, "connect", run, "--ca-file", o.CA, "--install", "exampleservice", "--out", o.out).Check(t, cli.ExitUsage, "--install takes an API token of a Super Admin")
	var asked string
	o.connect(t, clitest.Setup{Ask: clitest.Answers("\n", &asked)}, "--install", "exampleservice", "--out", o.out).Check(t, cli.ExitUsage, "there is no API token")
	if asked != "API token of a Super Admin for "+o.URL+" (it is not shown):  without echo\n" {
		t.Errorf("asked %q", asked)
	}
}
