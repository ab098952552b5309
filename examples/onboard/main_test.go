package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Ctrl-C at the prompt ends the program as an interrupt does anywhere, and the
// terminal shows again what is typed.
func TestInterruptAtPrompt(t *testing.T) {
	t.Parallel()
	o := startFakeorg(t)
	term := clitest.OpenTerminal(t, 80)
	cmd := term.Start(t, []string{"HOME=" + t.TempDir()}, programs.Path(t, "onboard"), "--org-url", o.URL, "--ca-file", o.CAFile)
	term.Await(t, "API token of a Super Admin for "+o.URL)
	clitest.Await(t, "the echo is on", func() bool { return !term.Echoes(t) })
	term.Type(t, "00secret\x03")
	_ = cmd.Wait()
	term.Await(t, "onboard: interrupted\n")
	if got := cmd.ProcessState.ExitCode(); got != cli.ExitInterrupted || !term.Echoes(t) || strings.Contains(term.Shown(), "00secret") {
		t.Errorf("status %d, echo %v:\n%s", got, term.Echoes(t), term.Shown())
	}
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
		{"--out", ""}, {"--api-token", ""}, {"--print", ""}, {"--journal", " "}, {"--actions", "suspend"}, {"--remove", "KING"}, {"--scopes", "okta.users.reed"},
		{"--scopes", "okta.users.read", "--remove", "okta.users.read"}, {"--remove", "READ_ONLY_ADMIN"}, {"--rollback", "--exact"},
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
	if got.Check(t, cli.ExitFailed, "connection refused", "nothing answers at this address"); asked != "" {
		t.Errorf("asked %q", asked)
	}
}

// Without arguments the whole job is done against a simulated org, and says so.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	got := clitest.Setup{Env: map[string]string{"OKTA_CLIENT_ORGURL": "https://acme.okta.com", "OKTA_CLIENT_TOKEN": "00secret"}}.Run(t, "onboard", run)
	if got.Status != cli.ExitDone {
		t.Fatalf("status %d\n%s", got.Status, got.Stderr)
	}
	if !strings.HasPrefix(got.Stderr, "No org was named, so this is a demonstration") {
		t.Errorf("standard error begins %.100s", got.Stderr)
	}
	if want := "OKTA_CLIENT_ORGURL, OKTA_CLIENT_TOKEN: set, but the environment counts only if a flag is given"; !strings.Contains(got.Stderr, want) {
		t.Errorf("standard error lacks %q:\n%s", want, got.Stderr)
	}
	for _, want := range []string{
		`(?m)^tenant_id: +demo$`, `(?m)^application_id: +0oa\w{17}$`, `(?m)^roles: +READ_ONLY_ADMIN, IAM reader$`, `(?m)^granted_scopes: +26 of 26$`,
		`(?m)^coverage: +59 of 66 resources are complete$`, `(?m)^  beyond this role: +6: .*app-grants`, `-----BEGIN PRIVATE KEY-----\n`,
	} {
		if !regexp.MustCompile(want).MatchString(got.Stdout) {
			t.Errorf("standard output lacks %s:\n%s", want, got.Stdout)
		}
	}
}

// The whole job, and a second run that writes nothing and finds the same app.
func TestOnboardTwice(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(t.TempDir(), "acme.json")
	first := o.onboard(t, "--out", file, "--json", "--remediation")
	if first.Status != cli.ExitDone {
		t.Fatalf("status %d\n%s", first.Status, first.Stderr)
	}
	p := result(t, first)
	if p.TenantID != strings.TrimPrefix(o.URL, "https://") || p.ApplicationID == "" || p.ClientID == "" || p.KeyID == "" || p.PrivateKey != "" ||
		len(p.Granted) != 28 || len(p.Missing) != 0 || p.Role != "READ_ONLY_ADMIN" || p.Coverage["users"].Status != "complete" || p.Coverage["identity-providers"].Status != "complete" || len(p.Coverage) < 60 {
		t.Errorf("result %+v", p)
	}
	creds, err := oktaint.ReadCredentials(file)
	if err != nil || creds.ApplicationID != p.ApplicationID || creds.Key.ID() != p.KeyID || creds.Scopes.Len() != 28 || creds.OrgID != o.ID() ||
		!slices.Equal(creds.Roles, []string{"CUSTOM", "READ_ONLY_ADMIN"}) {
		t.Errorf("credentials %v with roles %q, %v", creds, creds.Roles, err)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if strings.Contains(first.Stderr, "warning: ") {
		t.Errorf("a warning: %s", first.Stderr)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	o.ResetRequests()
	before := o.State()
	second := o.onboard(t, "--out", file, "--json", "--remediation")
	if warned := strings.Contains(second.Stderr, "warning: "+file+" holds a secret"); warned != (runtime.GOOS != "windows") {
		t.Errorf("others can read the file: %s", second.Stderr)
	}
	if second.Status != cli.ExitDone || result(t, second).ApplicationID != p.ApplicationID || o.writes() != 0 {
		t.Errorf("second run: status %d, %d writes\n%s", second.Status, o.writes(), second.Stderr)
	}
	if !bytes.Equal(stripTimes(before), stripTimes(o.State())) {
		t.Error("the second run changed the org")
	}
	// A third run, with more scopes, grants only those.
	third := o.onboard(t, "--out", file, "--json", "--remediation", "--scopes", "visibility,visibility-extended")
	if third.Status != cli.ExitDone || len(result(t, third).Granted) != 45 || o.writes() != 17 {
		t.Errorf("third run: status %d, %d writes\n%s", third.Status, o.writes(), third.Stderr)
	}
}

// One onboarding stays within the limits of an org: none of its requests is
// answered 429.
func TestWithinLimits(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{RateLimits: map[string]int{}})
	if got := o.onboard(t); got.Status != cli.ExitDone {
		t.Fatalf("status %d\n%s", got.Status, got.Stderr)
	}
	for _, r := range o.Requests() {
		if r.Status == 429 {
			t.Errorf("%s %s was answered 429", r.Method, r.Path)
		}
	}
}

// What is wrong is said before anything is written.
func TestRefusals(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	revoked := o.NewAPIToken("SUPER_ADMIN")
	o.RevokeAPIToken(revoked)
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	api := oktaint.Credentials{Kind: oktaint.KindAPIToken, Org: clitest.MustOrg(t, o.URL), APIToken: oktaint.NewSecret("hunter2")}
	apiFile := filepath.Join(dir, "api.json")
	if err := api.WriteFile(apiFile); err != nil {
		t.Fatal(err)
	}
	other := oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT, Org: clitest.MustOrg(t, "another"), Key: clitest.Key(t)}
	otherFile := filepath.Join(dir, "another.json")
	if err := other.WriteFile(otherFile); err != nil {
		t.Fatal(err)
	}
	mine := other
	mine.Org = clitest.MustOrg(t, o.URL)
	mineFile := filepath.Join(dir, "mine.json")
	if err := mine.WriteFile(mineFile); err != nil {
		t.Fatal(err)
	}
	short := clitest.ReadFile(t, "../../oktaint/testdata/rsa1024_TEST_ONLY.pem")
	ec := clitest.ReadFile(t, "../../oktaint/testdata/ec_p256_TEST_ONLY.pem")
	for _, tt := range []struct {
		name   string
		token  string
		args   []string
		status int
		want   string
	}{
		{"revoked token", revoked, nil, cli.ExitFailed, "the API token is wrong, was revoked, or expired"},
		{"not a Super Admin", o.NewAPIToken("ORG_ADMIN"), nil, cli.ExitFailed, "may not even read its own roles"},
		{"no role", o.NewAPIToken(), nil, cli.ExitFailed, "not a Super Admin"},
		{"no token", "", nil, cli.ExitUsage, "OKTA_API_TOKEN"},
		{"broken token", "00a b", nil, cli.ExitUsage, "copy it again"},
		{"placeholder", "", []string{"--api-token", "TOKEN"}, cli.ExitUsage, "placeholder"},
		{"long label", o.APIToken(), []string{"--label", strings.Repeat("x", 101)}, cli.ExitUsage, "101 characters"},
		{"emoji label", o.APIToken(), []string{"--label", "Rezonate 🔑"}, cli.ExitUsage, "emoji"},
		{"empty label", o.APIToken(), []string{"--label", ""}, cli.ExitUsage, "label"},
		{"bad scope", o.APIToken(), []string{"--scopes", `okta.users.read,"x"`}, cli.ExitUsage, "cannot be the name of a scope"},
		{"misspelt scope", o.APIToken(), []string{"--scopes", "okta.users.reed"}, cli.ExitUsage, `--scopes: "okta.users.reed" is not a scope of Okta's: did you mean okta.users.read?`},
		{"misspelt set", o.APIToken(), []string{"--scopes", "visibilty"}, cli.ExitUsage, "visibility, visibility-extended and remediation"},
		{"unknown scope", o.APIToken(), []string{"--scopes", "visibility,okta.bogus.read"}, cli.ExitUsage, `"okta.bogus.read" is not a scope`},
		{"no scopes", o.APIToken(), []string{"--scopes", " "}, cli.ExitUsage, "--scopes is empty"},
		{"unknown role", o.APIToken(), []string{"--role", "KING"}, cli.ExitUsage, `"KING"`},
		{"unknown flag", o.APIToken(), []string{"--tokn", "x"}, cli.ExitUsage, "tokn"},
		{"argument", o.APIToken(), []string{"acme"}, cli.ExitUsage, "1 argument belongs to no flag"},
		{"tenant too", o.APIToken(), []string{"--tenant-id", "acme"}, cli.ExitUsage, "give one of them"},
		{"no key file", o.APIToken(), []string{"--key", filepath.Join(dir, "none")}, cli.ExitUsage, "--key"},
		{"short key", o.APIToken(), []string{"--key", file("short_TEST_ONLY.pem", short)}, cli.ExitUsage, "1024 bits"},
		{"two keys", o.APIToken(), []string{"--key", file("ec_TEST_ONLY.pem", ec), "--out", mineFile}, cli.ExitUsage, "different keys"},
		{"out is something else", o.APIToken(), []string{"--out", file("notes.txt", "hello")}, cli.ExitFailed, "left alone"},
		{"out of another kind", o.APIToken(), []string{"--out", apiFile}, cli.ExitFailed, "left alone"},
		{"out of another org", o.APIToken(), []string{"--out", otherFile}, cli.ExitFailed, "left alone"},
		{"out in no folder", o.APIToken(), []string{"--out", filepath.Join(dir, "none", "x.json")}, cli.ExitUsage, "none is not there"},
	} {
		got := o.onboardAs(t, t.Context(), tt.token, tt.args...)
		if got.Status != tt.status || !strings.Contains(got.Stderr, tt.want) {
			t.Errorf("%s: status %d, want %d with %q:\n%s", tt.name, got.Status, tt.status, tt.want, got.Stderr)
		}
		if got.Stdout != "" {
			t.Errorf("%s: standard output %s", tt.name, got.Stdout)
		}
	}
	if got := o.onboardAs(t, t.Context(), o.NewAPIToken("ORG_ADMIN")); !strings.Contains(got.Stderr, "@example.com") {
		t.Errorf("the owner who is no Super Admin is not named:\n%s", got.Stderr)
	}
	if o.writes() != 0 {
		t.Errorf("%d writes", o.writes())
	}
}

// A proxy that answers HTML stops the run before it writes, wherever it begins to.
func TestProxy(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"GET /.well-known/okta-organization html", "GET /api/v1/users/{id} html", "GET /api/v1/apps html", "GET /api/v1/users/{id}/roles html"} {
		o := serve(t, oktatest.Config{Faults: []string{where}})
		got := o.onboard(t)
		if got.Status != cli.ExitFailed || !strings.Contains(got.Stderr, "web page, not Okta's JSON") || o.writes() != 0 {
			t.Errorf("%s: status %d, %d writes:\n%s", where, got.Status, o.writes(), got.Stderr)
		}
	}
}

// Ctrl-C ends the run with 130, the key printed and the way to go on told.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Faults: []string{"POST /api/v1/apps/{id}/grants #3 delay=2s"}})
	got := o.interrupted(t, 4, "--json")
	p := result(t, got)
	for _, want := range []string{"The app " + p.ApplicationID + " exists", "--key FILE", "Run the same command again", "--rollback", "journal " + filepath.Dir(o.CA)} {
		if got.Status != cli.ExitInterrupted || !strings.Contains(got.Stderr, want) {
			t.Errorf("status %d, want %q\n%s", got.Status, want, got.Stderr)
		}
	}
	if p.ApplicationID == "" || !strings.HasPrefix(p.PrivateKey, "-----BEGIN") {
		t.Errorf("result %+v", p)
	}
}

// BenchmarkOnboard is the whole job with every answer 100 ms late.
func BenchmarkOnboard(b *testing.B) {
	for b.Loop() {
		o := serve(b, oktatest.Config{Latency: 100 * time.Millisecond})
		if got := o.onboard(b); got.Status != cli.ExitDone {
			b.Fatalf("status %d\n%s", got.Status, got.Stderr)
		}
	}
}
