package main

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

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
		{"with its scheme", "", "", "SSWS " + o.APIToken(), nil, false},
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

// What is wrong on this machine is told before the org is asked, and nobody is
// asked for a token for nothing.
func TestMistakesFirst(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	notes := o.File(t, "notes.txt", "hello")
	for _, args := range [][]string{
		{"--role", "KING"}, {"--key", filepath.Join(o.Dir, "none")}, {"--key", notes}, {"--out", notes}, {"--out", filepath.Join(o.Dir, "none", "x.json")},
		{"--label", strings.Repeat("x", 101)}, {"--scopes", "okta.users.read.self"}, {"--print", "curl"}, {"--bootstrap", notes}, {"--proxy", "nonsense"},
		{"--out", ""}, {"--api-token", ""}, {"--print", ""}, {"--journal", " "},
	} {
		var asked string
		got := o.onboardIn(t, clitest.Setup{Ask: clitest.Answers("00x", &asked)}, args...)
		if (got.Status != cli.ExitUsage && got.Status != cli.ExitFailed) || asked != "" || len(o.Requests()) != 0 {
			t.Errorf("%q: status %d, asked %q, %d requests\n%s", args, got.Status, asked, len(o.Requests()), got.Stderr)
		}
	}
	// An org that is not there is told before the token is asked for, too.
	var asked string
	got := clitest.Setup{Ask: clitest.Answers("00x", &asked)}.Run(t, "onboard", run, "--org-url", "https://127.0.0.1:1")
	if got.Check(t, cli.ExitFailed, "connection refused", "Nothing answers there"); asked != "" {
		t.Errorf("asked %q", asked)
	}
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

// With --json a failure is a document, too, and a run never prints two.
func TestFailureAsJSON(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var doc struct {
		Error         cli.Failure
		ApplicationID string `json:"application_id"`
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--role", "KING", "--json"}, "usage"}, {[]string{"--tokn", "--json"}, "usage"}, {[]string{"--label", "No role", "--role", "none", "--json"}, "incomplete"},
	} {
		got := o.onboard(t, tt.args...)
		got.Unmarshal(t, &doc)
		if doc.Error.Kind != tt.want || doc.Error.Status != got.Status || !strings.Contains(got.Stderr, doc.Error.Message) {
			t.Errorf("%q: %+v\n%s", tt.args, doc, got.Stderr)
		}
	}
	if doc.ApplicationID == "" {
		t.Error("the app of an incomplete run is not told")
	}
	o.onboardAs(t, t.Context(), "00nobody", "--json").Unmarshal(t, &doc)
	if doc.Error.Kind != "failed" || strings.Contains(doc.Error.Message, "oktaint:") {
		t.Errorf("%+v", doc)
	}
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

// Without a token the requests for a new app are printed.
func TestPrintWithoutToken(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var asked string
	for form, want := range map[string]string{"http": "POST " + o.URL + "/api/v1/apps?activate=true HTTP/1.1", "curl": "#!/bin/sh\n"} {
		got := o.onboardIn(t, clitest.Setup{Ask: clitest.Answers("00x", &asked)}, "--print", form, "--key", keyFile(t))
		got.Check(t, cli.ExitDone, want, "these requests make a new one", "nothing was sent")
	}
	if asked != "" || o.writes() != 0 {
		t.Errorf("asked %q, %d writes", asked, o.writes())
	}
	// Both runs print the same, as the org has nothing yet.
	args := []string{"--print", "http", "--key", keyFile(t)}
	if a, b := o.onboard(t, args...), o.onboardAs(t, t.Context(), "", args...); a.Stdout != b.Stdout {
		t.Errorf("with a token:\n%s\nwithout:\n%s", a.Stdout, b.Stdout)
	}
}
