package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// programs are those that run as processes of their own.
var programs = clitest.Build(".")

func TestMain(m *testing.M) { programs.Main(m) }

// An org is a simulated one, with an app whose credentials are in a file.
type org struct{ *clitest.App }

func serve(t *testing.T, cfg oktatest.Config) *org { return &org{clitest.ServeApp(t, cfg)} }

// offboard runs the command in this process.
func (o *org) offboard(t *testing.T, s clitest.Setup, args ...string) clitest.Ran {
	t.Helper()
	if s.Env == nil {
		s.Env = map[string]string{"OKTA_API_TOKEN": o.APIToken()}
	}
	r := s.Run(t, "offboard", run, append([]string{"--credentials", o.File, "--ca-file", o.CA}, args...)...)
	if strings.Contains(r.Stdout+r.Stderr, o.APIToken()) {
		t.Error("the API token is in the output")
	}
	return r
}

// check holds the org against what it was.
func (o *org) check(t *testing.T) {
	t.Helper()
	if now := o.Settled(); now != o.Bare {
		t.Errorf("the org is\n%s\nand was\n%s", now, o.Bare)
	}
}

func TestOffboard(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	tok, err := o.Credentials.Source(o.Transport()).TokenContext(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		ApplicationID string `json:"application_id"`
		Removed       []struct{ Kind string }
		Warnings      []string
	}
	got := o.offboard(t, clitest.Setup{Stdin: strings.NewReader(tok.AccessToken + "\n"), Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}}, "--yes", "--json", "--tokens", "-")
	got.Unmarshal(t, &doc)
	got.Check(t, cli.ExitDone, `the app "acme"`, "delete the file", "up to an hour")
	if n := len(doc.Removed); doc.ApplicationID != o.Credentials.ApplicationID || n != 5 || doc.Removed[0].Kind != "revoke access tokens" || doc.Removed[n-1].Kind != "delete" {
		t.Errorf("%+v", doc)
	}
	if strings.Contains(got.Stdout+got.Stderr, tok.AccessToken) {
		t.Error("the access token is in the output")
	}
	o.check(t)
	o.offboard(t, clitest.Setup{}, "--yes").Check(t, cli.ExitDone, "nothing to take away")
}

// It names the app and asks; without a terminal it needs --yes.
func TestAsks(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	o.offboard(t, clitest.Setup{}, "--dry-run").Check(t, cli.ExitDone, `delete the app "acme"`, "dry run: nothing was written")
	o.offboard(t, clitest.Setup{}).Check(t, cli.ExitUsage, `delete the app "acme"`, "add --yes")
	var asked string
	no := clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}, Ask: clitest.Answers("no\n", &asked)}
	o.offboard(t, no).Check(t, cli.ExitFailed, "the answer was no")
	if !strings.HasPrefix(asked, `Delete the app "acme" and what belongs to it?`) || len(o.Writes()) != 0 {
		t.Errorf("asked %q, writes %q", asked, o.Writes())
	}
	yes := clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}, Ask: clitest.Answers("yes\n", &asked)}
	o.offboard(t, yes).Check(t, cli.ExitDone)
	o.check(t)
}

// Without a journal the app goes, and what may be its own is named and stays.
func TestWithoutJournal(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	got := o.offboard(t, clitest.Setup{}, "--yes", "--journal", filepath.Join(o.Dir, "another.journal"))
	got.Check(t, cli.ExitDone, "may be the app's own, and stays")
	if state := o.Settled(); strings.Contains(state, `"label":"acme"`) || !strings.Contains(state, "IAM reader") {
		t.Errorf("state: %s", state)
	}
}

// A run that is killed as soon as its n-th write has arrived is finished by the next one.
func TestKill(t *testing.T) {
	t.Parallel()
	const writes = 5 // binding, role, set, deactivate, delete
	for n := range writes {
		t.Run(fmt.Sprint("write ", n+1), func(t *testing.T) {
			t.Parallel()
			o := serve(t, oktatest.Config{Latency: 30 * time.Millisecond})
			cmd := exec.Command(programs.Path(t, "offboard"), "--credentials", o.File, "--ca-file", o.CA, "--yes")
			cmd.Env = append(os.Environ(), "OKTA_API_TOKEN="+o.APIToken())
			var errs bytes.Buffer
			cmd.Stderr = &errs
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			clitest.Await(t, "the write has not come", func() bool { return len(o.Writes()) > n })
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait()
			got := o.offboard(t, clitest.Setup{}, "--yes")
			if got.Status != cli.ExitDone {
				t.Fatalf("status %d\n%s\nbefore it:\n%s", got.Status, got.Stderr, &errs)
			}
			o.check(t)
		})
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"no file":       {[]string{"--yes"}, "--credentials is missing"},
		"missing file":  {[]string{"--credentials", "none.json"}, "none.json"},
		"no tokens":     {[]string{"--credentials", o.File, "--tokens", "none.txt"}, "--tokens"},
		"an empty list": {[]string{"--credentials", o.File, "--tokens", "-"}, "holds no token"},
		"stdin twice":   {[]string{"--credentials", o.File, "--tokens", "-", "--api-token", "-"}, "both read standard input"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}}.Run(t, "offboard", run, tc.args...)
			got.Check(t, cli.ExitUsage, tc.want)
		})
	}
	if len(o.Writes()) != 0 {
		t.Errorf("writes: %q", o.Writes())
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	clitest.CheckHelp(t, "offboard", run, "live on for up to an")
}

func TestDemonstration(t *testing.T) {
	t.Parallel()
	clitest.Setup{}.Run(t, "offboard", run).Check(t, cli.ExitDone, "this is a demonstration", "https://demo.okta.com", "The app is gone. Name a file")
}
