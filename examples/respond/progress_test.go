package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// At a terminal one line is written over and ended before anything else is said;
// it is never broader than a terminal.
func TestTerminal(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{Login: strings.Repeat("long", 15) + "@example.com"})
	var asked string
	got := o.respondIn(t, clitest.Setup{Ask: clitest.Answers("yes\n", &asked), OutWidth: 80, ErrWidth: 80}, "--playbook", "contain", "--user", id, "--apply")
	got.Check(t, cli.ExitDone)
	for line := range strings.Lines(got.Stderr) {
		for _, part := range strings.Split(strings.TrimSuffix(line, "\n"), "\x1b[K") {
			if n := len([]rune(strings.TrimPrefix(part, "\r"))); n > 79 && strings.HasPrefix(part, "\r") {
				t.Errorf("a line of %d characters: %q", n, part)
			}
		}
	}
	for _, want := range []string{"\rplanning: 1 step: suspend_user of user long", "\r1 of 2: done: suspend_user of user long", "\x1b[K\nTo take it back: "} {
		if !strings.Contains(got.Stderr, want) {
			t.Errorf("standard error lacks %q: %q", want, got.Stderr)
		}
	}
}

// A secret that cannot be kept ends the run, and its user is named.
func TestLostSecret(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "secrets")
	s, err := openSecrets(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openSecrets(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("a file that exists is taken: %v", err)
	}
	if err := s.file.Close(); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		err := s.keep(remediation.StepResult{
			Step: remediation.Step{
				Action: remediation.ResetPassword{UserID: "00u1"}, Target: remediation.Target{Type: remediation.TargetUser, Name: fmt.Sprint("user", i)},
			},
			Secret: oktaint.NewSecret("hunter2"),
		})
		if err == nil {
			t.Fatal("it was kept in a closed file")
		}
	}
	var errs bytes.Buffer
	err = s.close(&cli.Program{Stderr: &errs})
	for _, want := range []string{"the secret of user0 was not kept, and is lost: do reset_password again", "the secret of user1"} {
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error()+errs.String(), "hunter2") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A record that cannot be written keeps the request from being sent.
func TestNoRecord(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	id := o.AddUser(oktatest.User{})
	args := []string{"--playbook", "contain", "--user", id, "--record", filepath.Join(o.Dir, "none", "records")}
	digest := digest(t, o.respond(t, args...))
	o.respond(t, append(args, "--approve", digest)...).Check(t, cli.ExitFailed, "nothing was sent", "not_run", "0 of 2 steps done. Run the same command again")
	if len(o.Writes()) != 0 {
		t.Errorf("written: %q", o.Writes())
	}
}
