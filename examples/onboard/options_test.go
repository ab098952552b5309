package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

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
	if again := o.onboard(t, "--label", "Bootstrap", "--role", "SUPER_ADMIN", "--scopes", oauthapp.BootstrapScopes.String(), "--out", boot, "--dry-run"); strings.Contains(again.Stdout, "1. ") {
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
		{"does not go with", []string{"--rollback", "--print", "http"}},
		{"give one of them", []string{"--dry-run", "--print", "http"}},
		{"--remove and --exact are for", []string{"--rollback", "--exact"}},
	} {
		if got := o.onboard(t, tt.args...); got.Status != cli.ExitUsage || !strings.Contains(got.Stderr, tt.want) {
			t.Errorf("%v: status %d, want %q\n%s", tt.args, got.Status, tt.want, got.Stderr)
		}
	}
	clitest.Setup{}.Run(t, "onboard", run, "--rollback").Check(t, cli.ExitUsage, "which org?")
}

// With --actions the app gets what these take and what guards look at, and no
// more; later runs add to it.
func TestActions(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(t.TempDir(), "acme.json")
	args := []string{"--out", file, "--json", "--scopes", "okta.logs.read", "--actions"}
	got := o.onboard(t, append(args, "suspend_user, clear_sessions")...)
	p := result(t, got)
	if want := "okta.iam.read okta.users.apitokens.read okta.users.lifecycle.clearSessions okta.users.lifecycle.suspend okta.users.read"; strings.Join(p.Permissions, " ") != want {
		t.Errorf("permissions %q, want %s\n%s", p.Permissions, want, got.Stderr)
	}
	creds, err := oktaint.ReadCredentials(file)
	if want := "okta.apiTokens.read okta.logs.read okta.roles.read okta.users.manage okta.users.read"; err != nil || creds.Scopes.String() != want {
		t.Errorf("scopes %s, want %s: %v", creds.Scopes, want, err)
	}
	got = o.onboard(t, append(args, "add_group_member")...)
	if want := "okta.groups.members.manage okta.groups.read okta.iam.read okta.users.apitokens.read okta.users.groupMembership.manage okta.users.lifecycle.clearSessions okta.users.lifecycle.suspend okta.users.read"; strings.Join(result(t, got).Permissions, " ") != want {
		t.Errorf("permissions %q, want %s\n%s", result(t, got).Permissions, want, got.Stderr)
	}
	for _, list := range []string{"suspend", "suspend_user,", "first_of"} {
		if got := o.onboard(t, append(args, list)...); got.Status != cli.ExitUsage || !strings.Contains(got.Stderr, "respond --list-actions") {
			t.Errorf("--actions %s: status %d\n%s", list, got.Status, got.Stderr)
		}
	}
}

// The token comes from the flag, standard input, the environment or a prompt,
// which names the org.
func TestTokenSources(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var asked string
	other := func(context.Context, string, bool) (string, error) { return "00other", nil }
	for _, tt := range []struct {
		name, flag, stdin, env string
		ask                    cli.Asker
		warns                  bool
	}{
		{"flag", o.APIToken(), "", "00other", nil, true},
		{"standard input", "-", "  " + o.APIToken() + "\n", "00other", nil, false},
		{"environment", "", "00other", o.APIToken(), other, false},
		{"pasted with its scheme", "", "", "SSWS " + o.APIToken() + "\r\n", nil, false},
		{"quoted", "-", `"` + o.APIToken() + "\"\n", "", nil, false},
		{"prompt", "", "00other", "", clitest.Answers(o.APIToken()+"\n", &asked), false},
	} {
		args := []string{"--dry-run"}
		if tt.flag != "" {
			args = append(args, "--api-token", tt.flag)
		}
		got := o.onboardIn(t, clitest.Setup{Stdin: strings.NewReader(tt.stdin), Env: map[string]string{"OKTA_API_TOKEN": tt.env}, Ask: tt.ask}, args...)
		if got.Status != cli.ExitDone || !strings.Contains(got.Stderr, "API token of ") {
			t.Errorf("%s: status %d\n%s", tt.name, got.Status, got.Stderr)
		}
		if warned := strings.Count(got.Stderr, "warning: a token on the command line") == 1; warned != tt.warns || strings.Contains(got.Stderr, o.APIToken()) {
			t.Errorf("%s: standard error %q", tt.name, got.Stderr)
		}
	}
	if want := "API token of a Super Admin for " + o.URL + " (it is not shown):  without echo\n"; asked != want {
		t.Errorf("asked %q, want %q", asked, want)
	}
	closed := func(context.Context, string, bool) (string, error) { return "", errors.New("closed") }
	o.onboardIn(t, clitest.Setup{Ask: closed}).Check(t, cli.ExitFailed, "read the API token: closed")
}

// Only no argument at all is a demonstration: an empty value or a flag without an
// org is a mistake.
func TestWhichOrg(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, args := range [][]string{
		{"--tenant-id", ""}, {"--tenant-id="}, {"--org-url", ""}, {"--out", filepath.Join(dir, "acme.json")}, {"--json"}, {"--dry-run"}, {"--tenant-id", "", "--out", filepath.Join(dir, "acme.json")},
	} {
		got := clitest.Setup{}.Run(t, "onboard", run, args...)
		if got.Status != cli.ExitUsage || strings.Contains(got.Stdout+got.Stderr, "acme.okta.com") {
			t.Errorf("%q: status %d\n%s\n%s", args, got.Status, got.Stdout, got.Stderr)
		}
	}
	if files, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(files) != 0 {
		t.Errorf("written: %q, %v", files, err)
	}
}

// The environment of Okta's tools names the org and the token once a flag is
// given, and the file of --out names the org for later runs.
func TestOrgFromElsewhere(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(o.Dir, "acme.json")
	args := []string{"--ca-file", o.CA, "--scopes", "okta.users.read", "--out", file}
	env := map[string]string{"OKTA_CLIENT_ORGURL": o.URL, "OKTA_CLIENT_TOKEN": o.APIToken()}
	clitest.Setup{Env: env}.Run(t, "onboard", run, args...).Check(t, cli.ExitDone, "the environment (OKTA_CLIENT_...) names the org and the credential")
	clitest.Setup{}.Run(t, "onboard", run, args...).Check(t, cli.ExitDone, "org "+o.URL, "only verified")
	clitest.Setup{Env: map[string]string{"OKTA_CLIENT_ORGURL": o.URL, "OKTA_API_TOKEN": o.APIToken()}}.Run(t, "onboard", run, args...).Check(t, cli.ExitDone, "nothing to do")
}

// As printed in documents, with placeholders, the command refuses.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--tenant-id", "TENANT_ID", "--api-token", "TOKEN"},
		{"--tenant-id", "acme", "--api-token", "TOKEN"},
		{"--tenant-id", "acme", "--api-token", "<token>"},
		{"--tenant-id", "acme", "--api-token", "{your-api-token}"},
		{"--org-url", "https://{yourOktaDomain}", "--api-token", "00x"},
	} {
		clitest.Setup{}.Run(t, "onboard", run, args...).Check(t, cli.ExitUsage, "placeholder")
	}
}

// Certificates are never trusted for Okta's own domains.
func TestCAFile(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := o.File(t, "none.pem", "no certificate")
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--tenant-id", "acme", "--ca-file", file}, "refused for https://acme.okta.com"},
		{[]string{"--org-url", "https://acme.okta-emea.com", "--ca-file", file}, "refused for https://acme.okta-emea.com"},
		{[]string{"--org-url", "https://127.0.0.1:1", "--ca-file", file}, "no certificate in PEM"},
		{[]string{"--org-url", "https://127.0.0.1:1", "--ca-file", file + ".none"}, "no such file"},
		{[]string{"--ca-file", file}, "which org?"},
	} {
		clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": "00x"}}.Run(t, "onboard", run, tt.args...).Check(t, cli.ExitUsage, tt.want)
	}
	clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": "00x"}}.Run(t, "onboard", run, "--org-url", o.URL).
		Check(t, cli.ExitFailed, "--ca-file FILE trusts the certificates of a file")
}

// A misspelt scope is found before a token is asked for and anything is sent.
func TestUnknownScopesSendNothing(t *testing.T) {
	t.Parallel()
	for _, list := range []string{"okta.users.reed", "visibility okta.user.read", "okta.users.write", "users.read", "visibilty", "okta.bogus.read,okta.logs.read"} {
		o := serve(t, oktatest.Config{})
		file := filepath.Join(t.TempDir(), "acme.json")
		got := o.onboard(t, "--out", file, "--scopes", list)
		if got.Status != cli.ExitUsage || got.Stdout != "" || !strings.Contains(got.Stderr, "--scopes: ") {
			t.Errorf("--scopes %q: status %d\n%s", list, got.Status, got.Stderr)
		}
		if sent := o.Requests(); len(sent) != 0 {
			t.Errorf("--scopes %q: %d requests", list, len(sent))
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("--scopes %q: %s was written", list, file)
		}
	}
}
