package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Without arguments the whole job is done against a simulated org, and says so.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	p := &program{stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" }}
	if status := p.main(t.Context(), nil); status != exitDone {
		t.Fatalf("status %d\n%s", status, errs.String())
	}
	if !strings.HasPrefix(errs.String(), "No org was named, so this is a demonstration") {
		t.Errorf("standard error begins %.100s", errs.String())
	}
	for _, want := range []string{
		`(?m)^tenant_id: +acme$`, `(?m)^application_id: +0oa\w{17}$`, `(?m)^role: +READ_ONLY_ADMIN$`, `(?m)^granted_scopes: +26: okta`,
		`(?m)^missing_scopes: +0$`, `(?m)^  users +visible$`, `(?m)^  devices +not probed$`, `-----BEGIN PRIVATE KEY-----\n`,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("standard output lacks %s:\n%s", want, out.String())
		}
	}
}

// The whole job, and a second run that writes nothing and finds the same app.
func TestOnboardTwice(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(t.TempDir(), "acme.json")
	first := o.onboard(t, "--out", file, "--json", "--remediation")
	if first.status != exitDone {
		t.Fatalf("status %d\n%s", first.status, first.stderr)
	}
	p := first.result(t)
	if p.TenantID != strings.TrimPrefix(o.url, "https://") || p.ApplicationID == "" || p.ClientID == "" || p.KeyID == "" || p.PrivateKey != "" ||
		len(p.Granted) != 28 || len(p.Missing) != 0 || p.Role != "READ_ONLY_ADMIN" || p.Coverage["users"] != "visible" || p.Coverage["idps"] != "not probed" || len(p.Coverage) < 26 {
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
	if strings.Contains(first.stderr, "warning: ") {
		t.Errorf("a warning: %s", first.stderr)
	}
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	o.ResetRequests()
	before := o.State()
	second := o.onboard(t, "--out", file, "--json", "--remediation")
	if warned := strings.Contains(second.stderr, "warning: "+file+" holds a secret"); warned != (runtime.GOOS != "windows") {
		t.Errorf("others can read the file: %s", second.stderr)
	}
	if second.status != exitDone || second.result(t).ApplicationID != p.ApplicationID || o.writes() != 0 {
		t.Errorf("second run: status %d, %d writes\n%s", second.status, o.writes(), second.stderr)
	}
	if !bytes.Equal(stripTimes(before), stripTimes(o.State())) {
		t.Error("the second run changed the org")
	}
	// A third run, with more scopes, grants only those.
	third := o.onboard(t, "--out", file, "--json", "--remediation", "--scopes", "visibility,visibility-extended")
	if third.status != exitDone || len(third.result(t).Granted) != 39 || o.writes() != 11 {
		t.Errorf("third run: status %d, %d writes\n%s", third.status, o.writes(), third.stderr)
	}
}

// One onboarding stays within the limits of an org: none of its requests is
// answered 429.
func TestWithinLimits(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{RateLimits: map[string]int{}})
	if got := o.onboard(t); got.status != exitDone {
		t.Fatalf("status %d\n%s", got.status, got.stderr)
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
	api := oktaint.Credentials{Kind: oktaint.KindAPIToken, Org: mustOrg(t, o.url), APIToken: oktaint.NewSecret("hunter2")}
	apiFile := filepath.Join(dir, "api.json")
	if err := api.WriteFile(apiFile); err != nil {
		t.Fatal(err)
	}
	other := oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT, Org: mustOrg(t, "another"), Key: newKey(t)}
	otherFile := filepath.Join(dir, "another.json")
	if err := other.WriteFile(otherFile); err != nil {
		t.Fatal(err)
	}
	mine := other
	mine.Org = mustOrg(t, o.url)
	mineFile := filepath.Join(dir, "mine.json")
	if err := mine.WriteFile(mineFile); err != nil {
		t.Fatal(err)
	}
	short := readFile(t, "../../oktaint/testdata/rsa1024_TEST_ONLY.pem")
	ec := readFile(t, "../../oktaint/testdata/ec_p256_TEST_ONLY.pem")
	for _, tt := range []struct {
		name   string
		token  string
		args   []string
		status int
		want   string
	}{
		{"revoked token", revoked, nil, exitFailed, "wrong, revoked or expired"},
		{"not a Super Admin", o.NewAPIToken("ORG_ADMIN"), nil, exitFailed, "ORG_ADMIN"},
		{"no role", o.NewAPIToken(), nil, exitFailed, "not a Super Admin"},
		{"no token", "", nil, exitUsage, "OKTA_API_TOKEN"},
		{"broken token", "00a b", nil, exitUsage, "copy it again"},
		{"placeholder", "", []string{"--api-token", "TOKEN"}, exitUsage, "placeholder"},
		{"long label", o.APIToken(), []string{"--label", strings.Repeat("x", 101)}, exitFailed, "101 characters"},
		{"emoji label", o.APIToken(), []string{"--label", "Rezonate 🔑"}, exitFailed, "emoji"},
		{"empty label", o.APIToken(), []string{"--label", ""}, exitFailed, "label"},
		{"bad scope", o.APIToken(), []string{"--scopes", `okta.users.read,"x"`}, exitUsage, "cannot be the name of a scope"},
		{"misspelt scope", o.APIToken(), []string{"--scopes", "okta.users.reed"}, exitUsage, `--scopes: "okta.users.reed" is not a scope of Okta's: did you mean okta.users.read?`},
		{"misspelt set", o.APIToken(), []string{"--scopes", "visibilty"}, exitUsage, "visibility and visibility-extended"},
		{"unknown scope", o.APIToken(), []string{"--scopes", "visibility,okta.bogus.read"}, exitUsage, `"okta.bogus.read" is not a scope`},
		{"no scopes", o.APIToken(), []string{"--scopes", " "}, exitUsage, "--scopes is empty"},
		{"unknown role", o.APIToken(), []string{"--role", "KING"}, exitFailed, `"KING"`},
		{"unknown flag", o.APIToken(), []string{"--tokn", "x"}, exitUsage, "tokn"},
		{"argument", o.APIToken(), []string{"acme"}, exitUsage, "arguments"},
		{"tenant too", o.APIToken(), []string{"--tenant-id", "acme"}, exitUsage, "give one of them"},
		{"no key file", o.APIToken(), []string{"--key", filepath.Join(dir, "none")}, exitUsage, "--key"},
		{"short key", o.APIToken(), []string{"--key", file("short_TEST_ONLY.pem", short)}, exitUsage, "1024 bits"},
		{"two keys", o.APIToken(), []string{"--key", file("ec_TEST_ONLY.pem", ec), "--out", mineFile}, exitUsage, "different keys"},
		{"out is something else", o.APIToken(), []string{"--out", file("notes.txt", "hello")}, exitFailed, "left alone"},
		{"out of another kind", o.APIToken(), []string{"--out", apiFile}, exitFailed, "left alone"},
		{"out of another org", o.APIToken(), []string{"--out", otherFile}, exitFailed, "left alone"},
		{"out in no folder", o.APIToken(), []string{"--out", filepath.Join(dir, "none", "x.json")}, exitFailed, "write credentials"},
	} {
		got := o.onboardAs(t, t.Context(), tt.token, tt.args...)
		if got.status != tt.status || !strings.Contains(got.stderr, tt.want) {
			t.Errorf("%s: status %d, want %d with %q:\n%s", tt.name, got.status, tt.status, tt.want, got.stderr)
		}
		if got.stdout != "" {
			t.Errorf("%s: standard output %s", tt.name, got.stdout)
		}
	}
	if got := o.onboardAs(t, t.Context(), o.NewAPIToken("ORG_ADMIN")); !strings.Contains(got.stderr, "@example.com") {
		t.Errorf("the owner who is no Super Admin is not named:\n%s", got.stderr)
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
		if got.status != exitFailed || !strings.Contains(got.stderr, "web page, not Okta's JSON") || o.writes() != 0 {
			t.Errorf("%s: status %d, %d writes:\n%s", where, got.status, o.writes(), got.stderr)
		}
	}
}

// An app of the label with another key is left alone; the error names its id and
// both flags.
func TestOtherKey(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	first := o.onboard(t, "--json").result(t)
	o.ResetRequests()
	got := o.onboard(t)
	for _, want := range []string{"--key", "--out", "--rollback"} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("the error lacks %s: %s", want, got.stderr)
		}
	}
	if got.status != exitFailed || o.writes() != 0 {
		t.Errorf("status %d, %d writes", got.status, o.writes())
	}
	// Another journal does not know of it: then the app is named.
	got = o.onboard(t, "--journal", filepath.Join(t.TempDir(), "journal"))
	if got.status != exitFailed || !strings.Contains(got.stderr, first.ApplicationID) || o.writes() != 0 {
		t.Errorf("status %d, %d writes:\n%s", got.status, o.writes(), got.stderr)
	}
	// With the key that the first run printed it is found again.
	key := filepath.Join(t.TempDir(), "key_TEST_ONLY.pem")
	if err := os.WriteFile(key, []byte(first.PrivateKey), 0o600); err != nil {
		t.Fatal(err)
	}
	again := o.onboard(t, "--key", key, "--json")
	if again.status != exitDone || again.result(t).ApplicationID != first.ApplicationID || o.writes() != 0 {
		t.Errorf("with its key: status %d, %d writes:\n%s", again.status, o.writes(), again.stderr)
	}
	// A file of credentials is not used for an app of another label.
	file := filepath.Join(t.TempDir(), "acme.json")
	if r := o.onboard(t, "--label", "Second", "--out", file); r.status != exitDone {
		t.Fatalf("status %d\n%s", r.status, r.stderr)
	}
	o.ResetRequests()
	got = o.onboard(t, "--label", "Third", "--out", file)
	if got.status != exitFailed || !strings.Contains(got.stderr, `"Second"`) || o.writes() != 0 {
		t.Errorf("status %d, %d writes:\n%s", got.status, o.writes(), got.stderr)
	}
}

// Whatever fails once the create may have been sent, the key is printed or
// stored, and the next run with it finishes the job with one app.
func TestKeyIsNeverLost(t *testing.T) {
	t.Parallel()
	for fault, keeps := range map[string][]bool{
		"POST /api/v1/apps #1 cut":               {false, true},
		"POST /api/v1/apps #1 reset-after":       {false, true},
		"POST /oauth2/v1/clients/{id}/roles 500": {false}, // takes seconds
		"POST /api/v1/apps/{id}/grants html":     {true},  // takes seconds
		"GET /api/v1/apps/{id}/grants 500":       {false, true},
		"POST /oauth2/v1/token html":             {false, true},
	} {
		for _, stored := range keeps {
			t.Run(fmt.Sprintf("%s, stored %v", fault, stored), func(t *testing.T) {
				t.Parallel()
				testKeyIsKept(t, fault, stored)
			})
		}
	}
}

func testKeyIsKept(t *testing.T, fault string, stored bool) {
	o := serve(t, oktatest.Config{Faults: []string{fault}})
	dir := t.TempDir()
	args, file, key := []string{"--json", "--scopes", "okta.users.read"}, filepath.Join(dir, "acme.json"), filepath.Join(dir, "key_TEST_ONLY.pem")
	if stored {
		args = append(args, "--out", file)
	}
	first := o.onboard(t, args...)
	if stored {
		if creds, err := oktaint.ReadCredentials(file); err != nil || creds.Key.IsZero() {
			t.Errorf("the file lacks the key: %v", err)
		}
	} else {
		p := first.result(t)
		if _, err := oktaint.ParseKey([]byte(p.PrivateKey), ""); err != nil {
			t.Errorf("standard output lacks the key: %v", err)
		}
		if err := os.WriteFile(key, []byte(p.PrivateKey), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--key", key)
	}
	o.ClearFaults()
	second := o.onboard(t, args...)
	if second.status != exitDone || o.apps(t, defaultLabel) != 1 {
		t.Errorf("then: status %d, %d apps:\n%s\n%s", second.status, o.apps(t, defaultLabel), first.stderr, second.stderr)
	}
}

// A scope that the org does not have is missing; all the others are granted.
func TestRefusedScope(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{RefusedScopes: scopes.New(scopes.BotProtectionRead)})
	got := o.onboard(t, "--json", "--scopes", "okta.users.read,okta.groups.read,okta.botProtection.read")
	if got.status != exitIncomplete {
		t.Fatalf("status %d\n%s", got.status, got.stderr)
	}
	p := got.result(t)
	if len(p.Granted) != 2 || len(p.Missing) != 1 || p.Missing[0] != "okta.botProtection.read" || p.Coverage["users"] != "visible" {
		t.Errorf("result %+v", p)
	}
	if !strings.Contains(got.stderr, "okta.botProtection.read is not granted") || !strings.Contains(got.stderr, "E0000001") {
		t.Errorf("standard error does not say why:\n%s", got.stderr)
	}
	// Without a role the lists are empty: set up, but not verified.
	got = o.onboard(t, "--json", "--label", "No role", "--role", "none")
	if p := got.result(t); got.status != exitIncomplete || p.Role != "" || p.Coverage["users"] != "empty" || p.Coverage["logs"] != "role" {
		t.Errorf("without a role: status %d, %+v\n%s", got.status, p, got.stderr)
	}
}

// Ctrl-C ends the run with 130, the key printed and the way to go on told.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Faults: []string{"POST /api/v1/apps/{id}/grants #3 delay=2s"}})
	got := o.interrupted(t, 4, "--json")
	p := got.result(t)
	for _, want := range []string{"The app " + p.ApplicationID + " exists", "--key FILE", "Run the same command again", "--rollback", "journal " + filepath.Dir(o.ca)} {
		if got.status != exitInterrupted || !strings.Contains(got.stderr, want) {
			t.Errorf("status %d, want %q\n%s", got.status, want, got.stderr)
		}
	}
	if p.ApplicationID == "" || !strings.HasPrefix(p.PrivateKey, "-----BEGIN") {
		t.Errorf("result %+v", p)
	}
}

// A dry run says what would be done, and does not.
func TestDryRun(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(t.TempDir(), "acme.json")
	got := o.onboard(t, "--dry-run", "--out", file)
	if want := "1. create the app \"Rezonate Integration\" with its key\n2. assign the role READ_ONLY_ADMIN\n3. grant 26 scopes\n"; got.status != exitDone || got.stdout != want {
		t.Errorf("status %d:\n%s\n%s", got.status, got.stdout, got.stderr)
	}
	if _, err := os.Stat(file); err == nil || o.writes() != 0 {
		t.Errorf("the dry run wrote: %v, %d requests", err, o.writes())
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &program{stdout: &out, stderr: &out, getenv: os.Getenv}
	if status := p.main(t.Context(), []string{"--help"}); status != exitDone {
		t.Errorf("status %d", status)
	}
	for _, want := range []string{"--tenant-id", "--api-token", "--org-url", "--ca-file", "--label", "--scopes", "--remediation", "--actions", "--role", "--key", "--out", "--dry-run", "--json", "--print", "--journal", "--rollback", "--revoke-api-token", "--keep-super-admin", "--bootstrap", "Examples:", "Exit status:", "READ_ONLY_ADMIN"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the help lacks %s", want)
		}
	}
	if strings.Contains(out.String(), "%!") {
		t.Errorf("the help is damaged:\n%s", out.String())
	}
}

// BenchmarkOnboard is the whole job with every answer 100 ms late.
func BenchmarkOnboard(b *testing.B) {
	for b.Loop() {
		o := serve(b, oktatest.Config{Latency: 100 * time.Millisecond})
		if got := o.onboard(b); got.status != exitDone {
			b.Fatalf("status %d\n%s", got.status, got.stderr)
		}
	}
}
