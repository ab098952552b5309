package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// programs are those that run as processes of their own.
var programs = clitest.Build(".")

func TestMain(m *testing.M) { programs.Main(m) }

// An org is a simulated one, with an app whose credentials are in a file.
type org struct{ *clitest.App }

func serve(t *testing.T, cfg oktatest.Config) *org { return &org{clitest.ServeApp(t, cfg)} }

// rotate runs the command in this process.
func (o *org) rotate(t *testing.T, s clitest.Setup, args ...string) clitest.Ran {
	t.Helper()
	if s.Env == nil {
		s.Env = map[string]string{"OKTA_API_TOKEN": o.APIToken()}
	}
	r := s.Run(t, "rotate", run, append([]string{"--credentials", o.File, "--ca-file", o.CA}, args...)...)
	if strings.Contains(r.Stdout+r.Stderr, "PRIVATE KEY") || strings.Contains(r.Stdout+r.Stderr, o.APIToken()) {
		t.Error("a secret is in the output")
	}
	return r
}

// stored is what the file holds, which must work.
func (o *org) stored(t *testing.T) oktaint.Credentials {
	t.Helper()
	creds, err := oktaint.ReadCredentials(o.File)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := creds.Source(o.Transport()).TokenContext(t.Context()); err != nil {
		t.Errorf("the key in the file does not work: %v", err)
	}
	return creds
}

// check looks at the org and the files after a rotation that is over.
func (o *org) check(t *testing.T, before oktaint.Credentials) {
	t.Helper()
	creds := o.stored(t)
	if creds.Key.Public().Equal(before.Key.Public()) || creds.ApplicationID != before.ApplicationID || creds.Scopes != before.Scopes {
		t.Errorf("the file holds %v", creds)
	}
	if _, err := before.Source(o.Transport()).TokenContext(t.Context()); err == nil {
		t.Error("the old key works still")
	}
	var set struct {
		Keys []struct{ KID, Status string } `json:"keys"`
	}
	if err := o.Admin(t).Get(t.Context(), &set, nil, "api", "v1", "apps", creds.ApplicationID, "credentials", "jwks"); err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 1 || set.Keys[0].KID != creds.Key.ID() || set.Keys[0].Status != "ACTIVE" {
		t.Errorf("keys: %+v", set.Keys)
	}
	if _, err := os.Stat(o.File + ".next"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("FILE.next: %v", err)
	}
}

func TestRotate(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var doc struct {
		ApplicationID string `json:"application_id"`
		KeyID         string `json:"key_id"`
		OldKeyID      string `json:"old_key_id"`
	}
	got := o.rotate(t, clitest.Setup{}, "--yes", "--json")
	if got.Unmarshal(t, &doc); got.Status != cli.ExitDone || doc.ApplicationID != o.Credentials.ApplicationID || doc.OldKeyID != "" || doc.KeyID != o.stored(t).Key.ID() {
		t.Errorf("status %d, %+v\n%s", got.Status, doc, got.Stderr)
	}
	o.check(t, o.Credentials)
	second := o.stored(t)
	o.rotate(t, clitest.Setup{}, "--yes").Check(t, cli.ExitDone, "holds the new key, and the old one is gone", "key_id:")
	o.check(t, second)
	info, err := os.Stat(o.File)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// It shows what it will do and asks; without a terminal it needs --yes.
func TestAsks(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	before := o.Settled()
	o.rotate(t, clitest.Setup{}, "--dry-run").Check(t, cli.ExitDone, "add the key", "switch services to the new key", "deactivate and delete the key", "dry run: nothing was written")
	o.rotate(t, clitest.Setup{}).Check(t, cli.ExitUsage, "add the key", "add --yes")
	var asked string
	no := clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}, Ask: clitest.Answers("no\n", &asked)}
	o.rotate(t, no).Check(t, cli.ExitFailed, "the answer was no")
	if !strings.HasPrefix(asked, "Rotate its key?") || len(o.Writes()) != 0 || before != o.Settled() {
		t.Errorf("asked %q, writes %q", asked, o.Writes())
	}
	if _, err := os.Stat(o.File + ".next"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("FILE.next: %v", err)
	}
}

// With --grace both keys work until a later run.
func TestGrace(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	var doc struct {
		OldKeyID string    `json:"old_key_id"`
		Until    time.Time `json:"old_key_until"`
	}
	got := o.rotate(t, clitest.Setup{}, "--yes", "--json", "--grace", "2s")
	got.Unmarshal(t, &doc)
	got.Check(t, cli.ExitDone, "Run the same command again after that")
	if doc.OldKeyID != o.Credentials.Key.ID() || time.Until(doc.Until) > 2*time.Second {
		t.Errorf("%+v", doc)
	}
	if _, err := o.Credentials.Source(o.Transport()).TokenContext(t.Context()); err != nil {
		t.Errorf("the old key: %v", err)
	}
	o.rotate(t, clitest.Setup{}, "--yes", "--grace", "2s", "--wait").Check(t, cli.ExitDone, "the old one is gone", "a rotation was interrupted")
	o.check(t, o.Credentials)
}

// A rotation that is killed as soon as its n-th write has arrived is finished by the next
// run, and the key in the file works at each moment.
func TestKill(t *testing.T) {
	t.Parallel()
	const writes = 3 // add, deactivate, delete
	for n := range writes {
		t.Run(fmt.Sprint("write ", n+1), func(t *testing.T) {
			t.Parallel()
			o := serve(t, oktatest.Config{Latency: 30 * time.Millisecond})
			cmd := exec.Command(programs.Path(t, "rotate"), "--credentials", o.File, "--ca-file", o.CA, "--yes")
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
			o.stored(t)
			got := o.rotate(t, clitest.Setup{}, "--yes")
			if got.Status != cli.ExitDone {
				t.Fatalf("status %d\n%s\nbefore it:\n%s", got.Status, got.Stderr, &errs)
			}
			o.check(t, o.Credentials)
		})
	}
}

// FILE.next of a rotation that is over, which was killed before it could remove it, is in
// the way of nothing.
func TestKillAtTheEnd(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	o.rotate(t, clitest.Setup{}, "--yes").Check(t, cli.ExitDone)
	second := o.stored(t)
	if err := second.WriteFile(o.File + ".next"); err != nil {
		t.Fatal(err)
	}
	o.rotate(t, clitest.Setup{}, "--dry-run").Check(t, cli.ExitDone, "that rotation is over")
	if kept, err := oktaint.ReadCredentials(o.File + ".next"); err != nil || !kept.Key.Public().Equal(second.Key.Public()) {
		t.Errorf("after a dry run: %v", err)
	}
	o.rotate(t, clitest.Setup{}, "--yes").Check(t, cli.ExitDone, "that rotation is over", "the old one is gone")
	o.check(t, second)
}

func TestUsage(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	token := oktaint.Credentials{Kind: oktaint.KindAPIToken, Org: o.Credentials.Org, APIToken: oktaint.NewSecret("00abc")}
	if err := token.WriteFile(filepath.Join(o.Dir, "token.json")); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"no file":       {[]string{"--yes"}, "--credentials is missing"},
		"missing file":  {[]string{"--credentials", "none.json"}, "none.json"},
		"an API token":  {[]string{"--credentials", filepath.Join(o.Dir, "token.json")}, "holds an API token, not an app"},
		"a wrong grace": {[]string{"--credentials", o.File, "--grace", "-1h"}, "--grace is negative"},
		"an argument":   {[]string{"acme.json"}, "belongs to no flag"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := clitest.Setup{Env: map[string]string{"OKTA_API_TOKEN": o.APIToken()}}.Run(t, "rotate", run, tc.args...)
			got.Check(t, cli.ExitUsage, tc.want)
		})
	}
	if len(o.Writes()) != 0 {
		t.Errorf("writes: %q", o.Writes())
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	clitest.CheckHelp(t, "rotate", run, "FILE.next", "oktaint.KeyFile")
}

func TestDemonstration(t *testing.T) {
	t.Parallel()
	clitest.Setup{}.Run(t, "rotate", run).Check(t, cli.ExitDone, "this is a demonstration", "https://demo.okta.com", "old_key_id:", "Name a file with --credentials")
}
