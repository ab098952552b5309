package main

import (
	"os"
	"regexp"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
)

// Without arguments a simulated org is collected as an app of READ_ONLY_ADMIN sees it,
// and nothing is left on the disk.
func TestDemonstration(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	got := clitest.Setup{}.Run(t, "collect", run)
	if got.Status != cli.ExitDone {
		t.Fatalf("status %d\n%s\n%s", got.Status, got.Stdout, got.Stderr)
	}
	for _, want := range []string{
		`(?m)^users +20\d\d +1\d +complete$`, `(?m)^group-members +\d{4} +\d+ +complete$`, `(?m)^policies +\d+ +\d+ +complete$`,
		`(?m)^Partial: 1 resource\n  apps: `, `(?m)^  app-grants, admin-console-settings, .*: .*READ_ONLY_ADMIN`,
		`(?m)^This run in the System Log so far: .*app\.oauth2\.`, `\nAll that this role reaches is complete: .* 1 partial, 1\d beyond this role\n$`,
	} {
		if !regexp.MustCompile(want).MatchString(got.Stdout) {
			t.Errorf("standard output lacks %s:\n%s", want, got.Stdout)
		}
	}
	for _, want := range []string{`^No org was named, so this is a demonstration`, `(?m)^\{"resource":"group-members","parent":"00g\w{17}","collected_at":"20.*Z","object":\{"id":"00u\w{17}"\}\}$`, `(?m)^\d\d files, and manifest.json.$`} {
		if !regexp.MustCompile(want).MatchString(got.Stderr) {
			t.Errorf("standard error lacks %s:\n%s", want, got.Stderr)
		}
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// At a terminal no line of the demonstration is broader than it.
func TestDemonstrationAtTerminal(t *testing.T) {
	t.Parallel()
	for _, width := range []int{60, 80, 120} {
		term := clitest.OpenTerminal(t, width)
		cmd := term.Start(t, []string{"HOME=" + t.TempDir()}, programs.Path(t, "collect"))
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, term.Shown())
		}
		term.Await(t, "and manifest.json.")
		term.CheckWidth(t)
	}
}
