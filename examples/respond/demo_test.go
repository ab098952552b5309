package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
)

// Without arguments an attack in a simulated org is contained and taken back, and
// nothing is left on the disk.
func TestDemonstration(t *testing.T) {
	t.Parallel()
	got := clitest.Setup{}.Run(t, "respond", run)
	if got.Status != cli.ExitDone {
		t.Fatalf("status %d\n%s\n%s", got.Status, got.Stdout, got.Stderr)
	}
	if !strings.HasPrefix(got.Stderr, "No org was named, so this is a demonstration") {
		t.Errorf("standard error begins %.100s", got.Stderr)
	}
	for _, want := range []string{
		`(?m)^1  suspend_user +user dana@example.com \(00u\w{17}\) +ACTIVE +run +leaves it SUSPENDED$`,
		`(?m)^3  suspend_user +user omar@example.com .* refused +the user holds ORG_ADMIN; it is acted on only if --allow names it$`,
		`(?m)^5  suspend_user +user lee@example.com .* LOCKED_OUT +impossible .*; possible: deactivate_user, unlock_user$`,
		`(?m)^cannot be undone: steps 2, 6: clear_sessions loses the sessions and tokens`,
		`(?m)^contained: yes +user dana@example.com `, `(?m)^contained: no +user omar@example.com `, `(?m)^contained: no +user lee@example.com `,
		`(?m)^1  unsuspend_user +user dana@example.com .* done +ACTIVE$`, `(?m)^digest: [0-9a-f]{64}$`,
	} {
		if !regexp.MustCompile(want).MatchString(got.Stdout) {
			t.Errorf("standard output lacks %s:\n%s", want, got.Stdout)
		}
	}
	for _, want := range []string{`(?m)^System Log: user.session.start of dana@example.com`, `(?m)^approved by: demonstration$`, `(?m)^The org is as it was before`} {
		if !regexp.MustCompile(want).MatchString(got.Stderr) {
			t.Errorf("standard error lacks %s:\n%s", want, got.Stderr)
		}
	}
	m := regexp.MustCompile(`(?m)^records are kept in (.*)$`).FindStringSubmatch(got.Stderr)
	if m == nil {
		t.Fatalf("it does not say where the records are:\n%s", got.Stderr)
	}
	if _, err := os.Stat(filepath.Dir(m[1])); err == nil {
		t.Errorf("%s is left", m[1])
	}
}

// At a terminal no line of the demonstration is broader than it.
func TestDemonstrationAtTerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{60, 80, 120} {
		term := clitest.OpenTerminal(t, width)
		cmd := term.Start(t, []string{"HOME=" + t.TempDir()}, programs.Path(t, "respond"))
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, term.Shown())
		}
		term.Await(t, "The org is as it was before")
		term.CheckWidth(t)
	}
}
