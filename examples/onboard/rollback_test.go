package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A rollback leaves the org as it was before, and says what it took away.
func TestRollback(t *testing.T) {
	t.Parallel()
	for name, writes := range map[string]int{"whole": 100, "half": 4} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := serve(t, oktatest.Config{Latency: 5 * time.Millisecond})
			before := o.state()
			file := filepath.Join(t.TempDir(), "acme.json")
			first := o.interrupted(t, writes, "--out", file, "--remediation", "--scopes", "okta.users.read")
			if (first.Status == cli.ExitDone) != (name == "whole") || o.state() == before {
				t.Fatalf("status %d\n%s", first.Status, first.Stderr)
			}
			got := o.onboard(t, "--out", file, "--rollback")
			if got.Status != cli.ExitDone || !strings.Contains(got.Stderr, "removed: ") || got.Stdout != "" {
				t.Errorf("rollback: status %d\n%s", got.Status, got.Stderr)
			}
			if now := o.state(); now != before {
				t.Errorf("after the rollback:\n%s\nbefore:\n%s", now, before)
			}
			if got := o.onboard(t, "--out", file, "--rollback"); got.Status != cli.ExitDone || !strings.Contains(got.Stderr, "nothing to take back") {
				t.Errorf("once more: status %d\n%s", got.Status, got.Stderr)
			}
			// The key of the file serves for a new app.
			if got := o.onboard(t, "--out", file, "--scopes", "okta.users.read"); got.Status != cli.ExitDone || o.apps(t, defaultLabel) != 1 {
				t.Errorf("anew: status %d\n%s", got.Status, got.Stderr)
			}
		})
	}
}
