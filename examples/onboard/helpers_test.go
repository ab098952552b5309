package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// An org is a simulated one on loopback, with the file that onboard trusts.
type org struct {
	*oktatest.Org
	url, ca string
}

// noLimits are so that several runs need not wait for a new minute.
var noLimits = map[string]int{
	"apps": 0, "app": 0, "clients": 0, "iam": 0, "users": 0, "user": 0, "groups": 0, "logs": 0, "token": 0, "default": 0,
}

func serve(t testing.TB, cfg oktatest.Config) *org {
	t.Helper()
	if cfg.RateLimits == nil {
		cfg.RateLimits = noLimits
	}
	s, err := oktatest.Serve("127.0.0.1:0", cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, s.CA, 0o600); err != nil {
		t.Fatal(err)
	}
	return &org{s.Org, s.URL, ca}
}

// writes counts the requests that could have changed something.
func (o *org) writes() (n int) {
	for _, r := range o.Requests() {
		if r.Method != "GET" && r.Path != "/oauth2/v1/token" {
			n++
		}
	}
	return n
}

// apps counts the apps that the org has by this label.
func (o *org) apps(t testing.TB, label string) int {
	t.Helper()
	return strings.Count(string(o.State()), `"label":"`+label+`"`) + strings.Count(string(o.State()), `"label": "`+label+`"`)
}

// A ran is what a run of the command left.
type ran struct {
	status         int
	stdout, stderr string
}

// result reads what --json printed.
func (r ran) result(t testing.TB) printed {
	t.Helper()
	var p printed
	if err := json.Unmarshal([]byte(r.stdout), &p); err != nil {
		t.Fatalf("standard output is no JSON: %v\n%s\n%s", err, r.stdout, r.stderr)
	}
	return p
}

// onboard runs the command without a terminal, the token in the environment.
func (o *org) onboard(t testing.TB, args ...string) ran {
	t.Helper()
	return o.onboardAs(t, t.Context(), o.APIToken(), args...)
}

func (o *org) onboardAs(t testing.TB, ctx context.Context, token string, args ...string) ran {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{
		stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		getenv: func(name string) string { return map[string]string{"OKTA_API_TOKEN": token}[name] },
	}
	status := p.main(ctx, append([]string{"--org-url", o.url, "--ca-file", o.ca}, o.withJournal(args)...))
	if token != "" && (strings.Contains(out.String(), token) || strings.Contains(errs.String(), token)) {
		t.Errorf("the API token is in the output of %v", args)
	}
	if strings.Contains(errs.String(), "PRIVATE KEY") {
		t.Errorf("a private key is on standard error of %v", args)
	}
	return ran{status, out.String(), errs.String()}
}

// withJournal names a journal of this org and label, as without it the one in
// the user's folder would be used.
func (o *org) withJournal(args []string) []string {
	if slices.Contains(args, "--journal") || slices.Contains(args, "--out") {
		return args
	}
	label := defaultLabel
	if i := slices.Index(args, "--label"); i >= 0 {
		label = args[i+1]
	}
	sum := sha256.Sum256([]byte(label))
	return append([]string{"--journal", filepath.Join(filepath.Dir(o.ca), hex.EncodeToString(sum[:8])+".json")}, args...)
}

// interrupted runs the command and interrupts it after its n-th write.
func (o *org) interrupted(t *testing.T, n int, args ...string) ran {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if o.writes() >= n {
				cancel()
			}
			<-time.After(time.Millisecond)
		}
	}()
	return o.onboardAs(t, ctx, o.APIToken(), args...)
}

// stripTimes leaves out what each use of an API token moves.
func stripTimes(state []byte) []byte {
	return regexp.MustCompile(`"(lastUpdated|expiresAt)": ?"[^"]*"`).ReplaceAll(state, nil)
}

// state is the org's state without what each use of an API token moves.
func (o *org) state() string { return string(stripTimes(o.State())) }

// keyFile writes a key for --key.
func keyFile(t testing.TB) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "key_TEST_ONLY.pem")
	if err := os.WriteFile(name, []byte(readFile(t, "../../oktaint/testdata/rsa2048_TEST_ONLY.pem")), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func mustOrg(t testing.TB, s string) oktaint.Org {
	t.Helper()
	org, err := oktaint.ParseOrg(s)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

func newKey(t testing.TB) oktaint.Key {
	t.Helper()
	key, err := oktaint.ParseKey([]byte(readFile(t, "../../oktaint/testdata/rsa2048_TEST_ONLY.pem")), "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
