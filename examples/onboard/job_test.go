package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Of two runs at once with one key and journal one app comes; whichever loses
// says why.
func TestConflict(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Faults: []string{"POST /api/v1/apps #1 delay=500ms"}})
	args := []string{"--key", keyFile(t), "--scopes", "okta.users.read"}
	first := make(chan clitest.Ran)
	go func() { first <- o.onboard(t, args...) }()
	for o.writes() == 0 && t.Context().Err() == nil {
		<-time.After(time.Millisecond)
	}
	b := o.onboard(t, args...)
	a := <-first
	won, lost := a, b
	if won.Status != cli.ExitDone {
		won, lost = b, a
	}
	if won.Status != cli.ExitDone || lost.Status == cli.ExitFailed && !strings.Contains(lost.Stderr, "another run") || lost.Status > cli.ExitFailed || o.apps(t, defaultLabel) != 1 {
		t.Errorf("statuses %d and %d, %d apps\n%s\n%s", a.Status, b.Status, o.apps(t, defaultLabel), a.Stderr, b.Stderr)
	}
	if again := o.onboard(t, args...); again.Status != cli.ExitDone || o.apps(t, defaultLabel) != 1 {
		t.Errorf("afterwards: status %d\n%s", again.Status, again.Stderr)
	}
}

// SUPER_ADMIN that the org gives to a new app is taken away, or kept if told.
func TestKeepSuperAdmin(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		o := serve(t, oktatest.Config{ClientPrivileges: true})
		args := []string{"--scopes", "okta.users.read"}
		if keep {
			args = append(args, "--keep-super-admin")
		}
		got := o.onboard(t, args...)
		if got.Status != cli.ExitDone || strings.Contains(got.Stdout, "SUPER_ADMIN") != keep || strings.Contains(got.Stderr, "taken away again") == keep || !strings.Contains(got.Stdout, "READ_ONLY_ADMIN") {
			t.Errorf("keep %v: status %d\n%s\n%s", keep, got.Status, got.Stdout, got.Stderr)
		}
	}
}

// jobWrites is how many writes the job of the next test takes.
const jobWrites = 13

// A run that is killed as soon as its n-th write has arrived leaves what the
// next run completes.
func TestKill(t *testing.T) {
	t.Parallel()
	for n := range jobWrites {
		t.Run(fmt.Sprint("write ", n+1), func(t *testing.T) {
			t.Parallel()
			o := startFakeorg(t, "--latency", "20ms")
			file := filepath.Join(t.TempDir(), "acme.json")
			args := []string{"--out", file, "--remediation", "--scopes", "okta.users.read"}
			p := o.start(t, args...)
			clitest.Await(t, "the write has not come", func() bool { return len(o.written(t)) > n })
			if err := p.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if status := p.end(); status != -1 && n+1 < jobWrites {
				t.Fatalf("it ended before it was killed, with %d:\n%s", status, &p.errs)
			}
			before := len(o.written(t))
			again := o.start(t, args...)
			if status := again.end(); status != cli.ExitDone {
				t.Errorf("status %d\n%s", status, &again.errs)
			}
			o.check(t, file)
			// What has arrived before the kill is not sent again, but for the one
			// that was on its way.
			if all := o.written(t); before > n+5 || len(all) > jobWrites+1 {
				t.Errorf("%d writes before the kill, then %q", before, all[before:])
			}
		})
	}
}
