package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// An org is a simulated one on loopback.
type org struct{ *clitest.Org }

func serve(t testing.TB, cfg oktatest.Config) *org {
	t.Helper()
	return &org{clitest.Serve(t, cfg)}
}

// writes counts the requests that could have changed something.
func (o *org) writes() int { return len(o.Writes()) }

// apps counts the apps that the org has by this label.
func (o *org) apps(t testing.TB, label string) int {
	t.Helper()
	return strings.Count(string(o.State()), `"label":"`+label+`"`) + strings.Count(string(o.State()), `"label": "`+label+`"`)
}

// result reads what --json printed.
func result(t testing.TB, r clitest.Ran) (p printed) {
	t.Helper()
	r.Unmarshal(t, &p)
	return p
}

// onboard runs the command without a terminal, the token in the environment.
func (o *org) onboard(t testing.TB, args ...string) clitest.Ran {
	t.Helper()
	return o.onboardAs(t, t.Context(), o.APIToken(), args...)
}

func (o *org) onboardAs(t testing.TB, ctx context.Context, token string, args ...string) clitest.Ran {
	t.Helper()
	return o.onboardIn(t, clitest.Setup{Context: ctx, Env: map[string]string{"OKTA_API_TOKEN": token}}, args...)
}

func (o *org) onboardIn(t testing.TB, s clitest.Setup, args ...string) clitest.Ran {
	t.Helper()
	r := s.Run(t, "onboard", run, append(o.Flags(), o.withJournal(args)...)...)
	for _, token := range s.Env {
		if token != "" && strings.Contains(r.Stdout+r.Stderr, token) {
			t.Errorf("the API token is in the output of %v", args)
		}
	}
	if strings.Contains(r.Stderr, "PRIVATE KEY") {
		t.Errorf("a private key is on standard error of %v", args)
	}
	return r
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
	return append([]string{"--journal", filepath.Join(o.Dir, hex.EncodeToString(sum[:8])+".json")}, args...)
}

// interrupted runs the command and interrupts it after its n-th write.
func (o *org) interrupted(t *testing.T, n int, args ...string) clitest.Ran {
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
	if err := os.WriteFile(name, []byte(clitest.ReadFile(t, "../../oktaint/testdata/rsa2048_TEST_ONLY.pem")), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
