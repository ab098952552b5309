package cli_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// No package is named, wherever an error of one begins.
func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"oktaint: 302: redirects are not followed: name the org by its own URL":                                          "302: redirects are not followed: name the org by its own URL",
		"x: the org does not have custom roles: ask for no permissions, and for a standard role such as HELP_DESK_ADMIN": "x: the org does not have custom roles: leave --remediation and --actions out, and give --role HELP_DESK_ADMIN",
		"left alone: name the app in Desired.ApplicationID to change that":                                               "left alone: rename it in the Admin Console to change that",
		"remediation: 30 targets, and Guards.MaxTargets is 25":                                                           "30 targets, and --max-targets is 25",
		"it runs only if Guards.Destructive names it":                                                                    "it runs only if --destructive names it",
		"oktaint: the org is empty":                                                                                      "the org is empty",
		"--key: oktaint: short":                                                                                          "--key: short",
		"a: oauthapp: b: oktaint: GET /x: 401":                                                                           "a: b: GET /x: 401",
		"oauthapp: oktaint: GET /x":                                                                                      "GET /x",
		"two\nremediation: three; scopes: four":                                                                          "two\nthree; four",
		"the label \"oktaint: x\" is taken":                                                                              "the label \"oktaint: x\" is taken",
		"granted scopes: none":                                                                                           "granted scopes: none",
		"oktaint: a\n  oktaint: b":                                                                                       "a\n  b",
		"x: context deadline exceeded (request)":                                                                         "x: it took too long (request)",
	} {
		if got := cli.Text(errors.New(in)); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// What flags are said for is what the library says today.
func TestFlagWords(t *testing.T) {
	t.Parallel()
	var said strings.Builder
	said.WriteString(context.DeadlineExceeded.Error() + "\n")
	for _, folder := range []string{"oauthapp", "remediation", "oktaint/inventory"} {
		files, err := filepath.Glob("../../../" + folder + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%d files of %s, %v", len(files), folder, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for line := range strings.Lines(clitest.ReadFile(t, file)) {
				if !strings.HasPrefix(strings.TrimSpace(line), "//") {
					said.WriteString(line)
				}
			}
		}
	}
	all := said.String()
	for i := 0; i < len(cli.FlagWords); i += 2 {
		if words := cli.FlagWords[i]; !strings.Contains(all, words) {
			t.Errorf("the library does not say %q", words)
		}
	}
}

// identifiers are what only programmers see.
var identifiers = regexp.MustCompile(`\b[A-Za-z]+\.[A-Z]\w+|\b(?:[A-Z][a-z]+){2,}[A-Z]*\b|\b[a-z]+[A-Z][a-z]\w*\b|\b(?:oktaint|oauthapp|remediation):|\bDiscover\b`)

// What only programmers see is in no text about what an org or a proxy answers.
func TestNoIdentifiersInHints(t *testing.T) {
	t.Parallel()
	const discovery, token, me = "GET /.well-known/okta-organization ", "POST /oauth2/v1/token ", "GET /api/v1/users/me "
	invalid := func(why string) string {
		return token + `answer=401 {"error":"invalid_client","error_description":"` + why + `"}`
	}
	for fault, want := range map[string]string{
		discovery + "answer=302":                       "name the org by its own URL",
		discovery + "answer=401 {}":                    "the request carried no credential",
		discovery + "html":                             "",
		discovery + "proxy-404":                        "is a proxy or a sign-in page in between?",
		discovery + "answer=200 {}":                    "does not answer like an Okta org",
		token + "answer=302":                           "name the org by its own URL",
		token + "answer=200 {}":                        "",
		token + "proxy-404":                            "",
		invalid("use private_key_jwt"):                 "a client secret works for store integrations only",
		invalid("the client secret is wrong"):          "the client id or secret is wrong",
		token + `answer=400 {"error":"invalid_scope"}`: "a scope asked for does not exist in this org",
		token + `answer=400 {"error":"access_denied"}`: "network zones",
		me + "answer=302":                              "name the org by its own URL",
		me + `answer=401 {"errorCode":"E0000011"}`:     "is the integration still installed",
		me + `answer=403 {"errorCode":"E0000005"}`:     "does not take the access token",
		me + `answer=403 {"errorCode":"E0000006"}`:     "no admin role reaches this",
		me + `answer=401 {"errorCode":"E0000015"}`:     "the org does not have this feature",
		me + `answer=404 {"errorCode":"E0000008"}`:     "the org does not have this path",
		me + `answer=400 {"error":"use_dpop_nonce"}`:   "",
		me + `answer=500 {"errorCode":"E0000009"}`:     "",
		me + "answer=204":                              "",
		me + `answer=200 {"errorCode":"E0000009"}`:     "",
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			o := clitest.Serve(t, oktatest.Config{Faults: []string{fault}})
			id := o.InstallIntegration(oktatest.Integration{Scopes: scopes.Visibility})
			creds, err := oktaint.ParseCredentials(o.Credentials(id))
			if err != nil {
				t.Fatal(err)
			}
			got := clitest.Setup{Env: map[string]string{"OKTA_CLIENT_CLIENTSECRET": creds.ClientSecret.Reveal()}}.Run(t, "whoami", run, append(o.Flags(), "--client-id", id)...)
			if word := identifiers.FindString(got.Stderr); word != "" || got.Status != cli.ExitFailed || !strings.Contains(got.Stderr, want) {
				t.Errorf("status %d, want %q; %q is in\n%s", got.Status, want, word, got.Stderr)
			}
		})
	}
}

// What only programmers see is in no text of an error that a person can cause.
func TestNoIdentifiers(t *testing.T) {
	t.Parallel()
	o := clitest.Serve(t, oktatest.Config{Faults: []string{"GET /api/v1/users/me html"}})
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, err := oktaint.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	redacted, err := oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT, Org: clitest.MustOrg(t, "acme"), Key: key, ClientID: "0oa1", Scopes: scopes.New(scopes.UsersRead)}.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"--credentials", file("redacted", string(redacted))}, {"--credentials", file("notes", "hello")}, {"--credentials", file("empty", "")},
		{"--credentials", file("half", `{"version":1}`)}, {"--credentials", filepath.Join(dir, "none")}, {"--org-url", ""}, {"--org-url", "http://acme.okta.com"},
		{"--tenant-id", "acme-admin"}, {"--org-url", "https://acme-admin.okta.com"}, {"--tenant-id", "a b"}, {"--org-url", "https://acme.okta.com/x"}, {"--tenant-id", "10.0.0.1"},
		{"--tenant-id", "acme", "--ca-file", o.CA}, {"--org-url", "https://127.0.0.1:1"}, {"--org-url", o.URL}, o.Flags(), {"--client-id", "0oa1", "--tenant-id", "acme", "--client-scopes", `"`},
	} {
		got := clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": "00x"}}.Run(t, "whoami", run, args...)
		if word := identifiers.FindString(got.Stderr); word != "" || got.Status == cli.ExitDone {
			t.Errorf("%q: status %d, %q is in\n%s", args, got.Status, word, got.Stderr)
		}
	}
	err = oauthapp.Desired{Key: key.Public(), Label: "x"}.Check()
	if text := cli.Text(err); identifiers.MatchString(text) {
		t.Logf("a message of the library that no flag leads to: %s", text)
	}
}

// A failure in a document that a program prints is the one that it ends with.
func TestFailure(t *testing.T) {
	t.Parallel()
	p := &cli.Program{Name: "x"}
	if f := p.Failure(t.Context(), nil); f != nil {
		t.Errorf("nothing has failed: %+v", f)
	}
	f := p.Failure(t.Context(), cli.Incompletef("half: %w", fmt.Errorf("oktaint: gone")))
	if want := (cli.Failure{Status: cli.ExitIncomplete, Message: "half: gone"}); *f != want || f.String() != want.Message {
		t.Errorf("%+v, want %+v", f, want)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for err, want := range map[error]string{
		context.Canceled: "interrupted",
		fmt.Errorf("inventory: users: %w", context.Canceled):            "interrupted: users",
		errors.New("broken off: interrupt signal received"):             "interrupted: broken off",
		errors.New("broken off: inventory: terminated signal received"): "interrupted: broken off",
	} {
		if f := p.Failure(ctx, err); f.Status != cli.ExitInterrupted || f.Message != want {
			t.Errorf("%+v, want %s", f, want)
		}
	}
}
