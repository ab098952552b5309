package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// few are scopes that make short runs.
var few = scopes.New(scopes.UsersRead, scopes.LogsRead)

// Without arguments a simulated org is connected in all three ways.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	got := clitest.Setup{Env: map[string]string{"OKTA_CLIENT_ORGURL": "https://acme.okta.com"}}.Run(t, "connect", run)
	got.Check(t, cli.ExitDone, "this is a demonstration", "the environment counts only if a flag is given")
	for _, want := range []string{
		`(?m)^An API token that .*:\ntenant_id: +demo\ncredential: +API token\nowner: +test.admin\S+ \(00u\w+\)\nroles: +READ_ONLY_ADMIN`,
		`(?m)^A store integration .*:\ntenant_id: +demo\ncredential: +store integration.*\nclient_id: +0oa\w+\nroles: +READ_ONLY_ADMIN`,
		`(?m)^An OAuth service app .*:\ntenant_id: +demo\ncredential: +OAuth service app.*\nclient_id: +0oa\w+\nkey_id: +\S+\nroles: +READ_ONLY_ADMIN`,
		`(?m)^granted_scopes: +26: okta`, `(?m)^missing_scopes: +0$`, `(?m)^ends: +when it is not used for 30 days \(20\d\d-\d\d-\d\d as of now\)`,
		`(?m)^rate_limits: .*50 a minute for /api/v1/apps`,
	} {
		if !regexp.MustCompile(want).MatchString(got.Stdout) {
			t.Errorf("standard output lacks %s:\n%s", want, got.Stdout)
		}
	}
	for want, times := range map[string]int{"  complete ": 3, "  beyond this role ": 6, "PRIVATE KEY": 0, "  failed": 0, "  refused": 0} {
		if n := strings.Count(got.Stdout, want); n < times || times == 0 && n > 0 {
			t.Errorf("%d times %q, want %d:\n%s", n, want, times, got.Stdout)
		}
	}
}

// A way is how a customer's secret comes to the program.
type way struct {
	name  string
	setup clitest.Setup
	args  []string
	of    string // what the org knows the credential by
}

func ways(t *testing.T, o *org) []way {
	token, integration, app := o.NewAPIToken(readOnly), o.integration(few, readOnly), o.app(few, readOnly)
	secret, key := o.handed(t, integration).ClientSecret.Reveal(), keyText(t, o.handed(t, app))
	var asked string
	env := func(name, value string) clitest.Setup { return clitest.Setup{Env: map[string]string{name: value}} }
	ask := func(answer string) clitest.Setup { return clitest.Setup{Ask: clitest.Answers(answer+"\n", &asked)} }
	stdin := func(text string) clitest.Setup { return clitest.Setup{Stdin: strings.NewReader(text + "\n")} }
	return []way{
		{"token of the environment", env("OKTA_API_TOKEN", token), nil, token},
		{"token asked for", ask(token), nil, token},
		{"token as input", stdin(token), []string{"--api-token", "-"}, token},
		{"token in a file", clitest.Setup{}, []string{"--secret-file", o.File(t, "token", token)}, token},
		{"secret of the environment", env("OKTA_CLIENT_CLIENTSECRET", secret), []string{"--client-id", integration}, integration},
		{"secret asked for", ask(secret), []string{"--client-id", integration}, integration},
		{"secret as input", stdin(secret), []string{"--client-id", integration, "--client-secret", "-"}, integration},
		{"secret in a file", clitest.Setup{}, []string{"--client-id", integration, "--secret-file", o.File(t, "secret", secret)}, integration},
		{"key in a file", clitest.Setup{}, []string{"--client-id", app, "--key", o.File(t, "key_TEST_ONLY.pem", key)}, app},
		{"key as input", stdin(key), []string{"--client-id", app, "--key", "-"}, app},
	}
}

// Whatever way a secret comes, the file holds the credential, and the other programs
// work with it.
func TestWays(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Users: 3})
	for _, w := range ways(t, o) {
		o.out = strings.TrimSuffix(o.out, ".json") + "x.json" // one each
		handed := o.handed(t, w.of)
		got := o.connect(t, w.setup, append(w.args, "--out", o.out)...)
		got.Check(t, cli.ExitDone, "credentials:", o.out, "roles:")
		creds := o.written(t)
		if creds.Kind != handed.Kind || creds.Org != clitest.MustOrg(t, o.URL) || creds.OrgID != o.ID() || creds.ClientID != handed.ClientID || creds.ApplicationID != handed.ApplicationID ||
			creds.Scopes != handed.Scopes || creds.Key.ID() != handed.Key.ID() || creds.ClientSecret.Reveal() != handed.ClientSecret.Reveal() || creds.APIToken.Reveal() != handed.APIToken.Reveal() {
			t.Errorf("%s: %+v, want %+v", w.name, creds, handed)
		}
		if len(creds.Roles) != 0 { // a guess is not written down
			t.Errorf("%s: roles %q", w.name, creds.Roles)
		}
		base, err := clientBase(t, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := oktaint.NewClient(creds, base).Get(t.Context(), new([]any), nil, "api", "v1", "users"); err != nil {
			t.Errorf("%s: %v", w.name, err)
		}
	}
	if n := len(o.Writes()); n != 0 {
		t.Errorf("written: %q", o.Writes())
	}
}

// The names of Okta's tools are enough, with any flag.
func TestEnvironment(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	app := o.app(few, readOnly)
	env := map[string]string{
		"OKTA_CLIENT_ORGURL": o.URL, "OKTA_CLIENT_CLIENTID": app, "OKTA_CLIENT_SCOPES": few.String(), "OKTA_CLIENT_PRIVATEKEY": keyText(t, o.handed(t, app)),
	}
	clitest.Setup{Env: env}.Run(t, "connect", run, "--ca-file", o.CA, "--out", o.out).Check(t, cli.ExitDone, "names the org and the credential")
	if creds := o.written(t); creds.ClientID != app || creds.Scopes != few {
		t.Errorf("%+v", creds)
	}
	env["OKTA_CLIENT_SCOPES"] += " okta.groups.read" // said, so it has to be so
	clitest.Setup{Env: env}.Run(t, "connect", run, "--ca-file", o.CA, "--out", o.out).Check(t, cli.ExitIncomplete, "1 scope not granted", "okta.groups.read")
}

// With --json there is all of it.
func TestJSON(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	token := o.NewAPIToken(readOnly)
	got := o.connect(t, clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": token}}, "--json")
	got.Check(t, cli.ExitDone, "nothing was written: with --out FILE")
	p := result(t, got)
	if p.TenantID != strings.TrimPrefix(o.URL, "https://") || p.OrgID != o.ID() || p.Kind != oktaint.KindAPIToken || p.OwnerID == "" || !strings.Contains(p.Owner, "@") || p.ClientID != "" ||
		len(p.Roles) != 0 || p.RolesKnown || !slices.Equal(p.RolesGuess, []string{readOnly}) || p.TokenID == "" || p.TokenName == "" || !p.OK || p.Failure != nil || p.Credentials != "" {
		t.Errorf("%+v", p)
	}
	if left := time.Until(*p.Expires); left.Round(time.Hour) != 30*24*time.Hour || time.Since(*p.Created) > time.Hour || !strings.Contains(p.Ends, "30 days") {
		t.Errorf("made %v, expires in %v; ends %s", p.Created, left, p.Ends)
	}
	if p.Coverage["users"].Status != inventory.Complete || p.Coverage["admin-console-settings"].Status != inventory.BeyondRole || len(p.Coverage) < 60 {
		t.Errorf("coverage %v", p.Coverage)
	}
	app := o.app(few, readOnly)
	handed := o.handed(t, app)
	p = result(t, o.connect(t, clitest.Setup{Stdin: strings.NewReader(keyText(t, handed))}, "--json", "--client-id", app, "--key", "-", "--out", o.out))
	if p.Kind != oktaint.KindPrivateKeyJWT || p.ClientID != app || p.ApplicationID != app || p.KeyID != handed.Key.ID() || p.Owner != "" || len(p.Granted) != 2 || len(p.Missing) != 24 ||
		p.Coverage["users"].Status != inventory.Complete || p.Coverage["groups"].Status != inventory.NotAsked || p.Credentials != o.out || p.Expires != nil {
		t.Errorf("%+v", p)
	}
}
