package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// The API token is revoked after the proof, and runs without one verify only.
func TestRevokeAPIToken(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	file := filepath.Join(t.TempDir(), "acme.json")
	token := o.NewAPIToken("SUPER_ADMIN")
	run := func(token string, args ...string) clitest.Ran {
		return o.onboardAs(t, t.Context(), token, append([]string{"--out", file, "--json"}, args...)...)
	}
	// Not verified: an app without a role sees nothing. The token is kept.
	got := run(token, "--revoke-api-token", "--role", "none")
	if got.Status != cli.ExitIncomplete || !strings.Contains(got.Stderr, " is not revoked, as it is needed still") {
		t.Errorf("without a role: status %d\n%s", got.Status, got.Stderr)
	}
	first := run(token, "--revoke-api-token")
	if first.Status != cli.ExitDone || !strings.Contains(first.Stderr, "is revoked.") {
		t.Fatalf("status %d\n%s", first.Status, first.Stderr)
	}
	o.ResetRequests()
	for name, token := range map[string]string{"the revoked token": token, "no token": ""} {
		again := run(token)
		if again.Status != cli.ExitDone || result(t, again).ApplicationID != result(t, first).ApplicationID || !strings.Contains(again.Stderr, "only verified") {
			t.Errorf("%s: status %d\n%s", name, again.Status, again.Stderr)
		}
		// More than the app has cannot be had without a token.
		more := run(token, "--remediation")
		if more.Status != cli.ExitIncomplete || !strings.Contains(more.Stderr, "okta.users.manage is not granted") {
			t.Errorf("%s, more scopes: status %d\n%s", name, more.Status, more.Stderr)
		}
	}
	if o.writes() != 0 {
		t.Errorf("%d writes", o.writes())
	}
	for _, args := range [][]string{{"--dry-run"}, {"--rollback"}} {
		if got := run("", args...); got.Status != cli.ExitUsage || !strings.Contains(got.Stderr, "there is no API token") {
			t.Errorf("%v without a token: status %d\n%s", args, got.Status, got.Stderr)
		}
	}
}
