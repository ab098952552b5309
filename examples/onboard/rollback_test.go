package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
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
			got := o.onboard(t, "--out", file, "--rollback", "--yes")
			if got.Check(t, cli.ExitDone, "this is taken back:\n1. ", "delete the app \"Rezonate Integration\" (0oa", "is not registered anywhere now"); got.Stdout != "" {
				t.Errorf("standard output %s", got.Stdout)
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

// A rollback is shown and asked for before it is done.
func TestRollbackAsks(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	o.onboard(t, "--scopes", "okta.users.read", "--key", keyFile(t)).Check(t, cli.ExitDone)
	before, env := o.state(), map[string]string{"OKTA_API_TOKEN": o.APIToken()}
	o.ResetRequests()
	const step = "delete the app \"Rezonate Integration\" (0oa"
	dry := o.onboard(t, "--rollback", "--dry-run")
	if dry.Check(t, cli.ExitDone, "dry run: nothing was written"); !strings.Contains(dry.Stdout, step) {
		t.Errorf("standard output %s", dry.Stdout)
	}
	var doc struct {
		Steps   []struct{ Kind string }
		Removed []json.RawMessage
	}
	o.onboard(t, "--rollback", "--dry-run", "--json").Unmarshal(t, &doc)
	if n := len(doc.Steps); n < 4 || doc.Steps[n-1].Kind != "delete" || len(doc.Removed) != 0 {
		t.Errorf("as JSON: %+v", doc)
	}
	o.onboard(t, "--rollback").Check(t, cli.ExitUsage, step, "there is none, so nothing was written", "add --yes")
	var asked string
	o.onboardIn(t, clitest.Setup{Env: env, Ask: clitest.Answers("no\n", &asked)}, "--rollback").Check(t, cli.ExitFailed, step, "the answer was no, so nothing was written")
	if !strings.HasPrefix(asked, "Take back ") || o.state() != before || o.writes() != 0 {
		t.Errorf("asked %q, %d writes", asked, o.writes())
	}
	got := o.onboardIn(t, clitest.Setup{Env: env, Ask: clitest.Answers("yes\n", &asked)}, "--rollback", "--json")
	if got.Unmarshal(t, &doc); got.Status != cli.ExitDone || len(doc.Removed) < 4 || len(doc.Steps) != 0 || o.apps(t, defaultLabel) != 0 {
		t.Errorf("status %d, %+v\n%s", got.Status, doc, got.Stderr)
	}
}
