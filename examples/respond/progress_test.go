package main

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
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
