//go:build unix

package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
	"github.com/rezonate-io/okta-integration/scopes"
)

// followed counts the events in a folder by their uuids, and fails the test if one is in
// the file of another day.
func followed(t testing.TB, dir string) map[string]int {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "logs-*.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[string]int)
	for _, path := range paths {
		lines := bufio.NewScanner(strings.NewReader(clitest.ReadFile(t, path)))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var line struct {
				Resource string
				Object   struct {
					UUID      string
					Published time.Time
				}
			}
			if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Resource != "logs" {
				t.Fatalf("%v: %s", err, lines.Bytes())
			}
			if name := eventFile(line.Object.Published.UTC().Format(time.DateOnly)); name != filepath.Base(path) {
				t.Errorf("an event of %v is in %s", line.Object.Published, path)
			}
			seen[line.Object.UUID]++
		}
	}
	return seen
}

// signIn writes n events.
func (o *org) signIn(t testing.TB, n int) {
	t.Helper()
	for i := range n {
		o.SignIn(o.AddUser(oktatest.User{Login: fmt.Sprintf("%d.%d@example.com", i, rand.Uint64())}))
	}
}

// A follower that is killed at any point, ten times, has each event exactly once, those
// included that came while it was down.
func TestFollowKilled(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	args := []string{"--out", o.out(), "--follow", "--since", "1h"}
	want := 0
	for i := range 10 {
		o.signIn(t, 150)
		want += 150
		asked := count(o, "/api/v1/logs")
		cmd, _, _ := o.start(t, args...)
		clitest.Await(t, "the log is not asked for", func() bool { return count(o, "/api/v1/logs") > asked })
		random := time.After(time.Duration(rand.IntN(60)) * time.Millisecond)
		<-random
		if i == 5 { // one at least has come to a commit
			clitest.Await(t, "nothing is committed", func() bool {
				text, err := os.ReadFile(filepath.Join(o.out(), positionName))
				return err == nil && strings.Contains(string(text), `"position"`)
			})
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	cmd, out, errs := o.start(t, append(args, "--json")...)
	clitest.Await(t, "the events do not come", func() bool { return len(followedQuietly(o.out())) >= want })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("%v\n%s", err, errs)
	}
	ran := clitest.Ran{Status: exit.ExitCode(), Stdout: out.String(), Stderr: errs.String()}
	ran.Check(t, cli.ExitInterrupted, " written; the same command goes on from here\n", `"exit": 130`, "going on from where the last run stopped")
	seen := followed(t, o.out())
	twice := 0
	for _, n := range seen {
		twice += n - 1
	}
	if twice > 0 {
		t.Errorf("%d events are there twice", twice)
	}
	all := o.events(t)
	for _, uuid := range all {
		if seen[uuid] == 0 {
			t.Errorf("%s is missing", uuid)
		}
	}
	if len(all) < want {
		t.Errorf("%d events in the org, want %d", len(all), want)
	}
}

// events lists the uuids of all events of the org.
func (o *org) events(t testing.TB) (uuids []string) {
	t.Helper()
	now := time.Now().UTC()
	q := url.Values{"since": {now.Add(-time.Hour).Format(time.RFC3339)}, "until": {now.Format(time.RFC3339Nano)}, "limit": {"1000"}}
	for e, err := range oktaint.List[struct{ UUID string }](t.Context(), o.client(t, o.APIToken()), q, "api", "v1", "logs") {
		if err != nil {
			t.Fatal(err)
		}
		uuids = append(uuids, e.UUID)
	}
	return uuids
}

// With --out - the events go to standard output. A folder is not touched by a follower
// that is not allowed to read the log.
func TestFollowStream(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{})
	o.signIn(t, 20)
	ctx, stop := contextAfter(t, func() bool { return count(o, "/api/v1/logs") >= 2 })
	defer stop()
	setup := o.setup()
	setup.Context = ctx
	got := setup.Run(t, "collect", run, append(o.Flags(), "--out", "-", "--follow", "--since", "1h", "--raw")...)
	got.Check(t, cli.ExitInterrupted, "collect: interrupted")
	for _, uuid := range o.events(t) {
		if strings.Count(got.Stdout, `"uuid":"`+uuid+`"`) != 1 {
			t.Errorf("not once: %s", uuid)
		}
	}
	narrow := o.app(t, oktatest.ServiceApp{Scopes: scopes.New(scopes.UsersRead), Roles: []string{"READ_ONLY_ADMIN"}})
	refused := clitest.Setup{}.Run(t, "collect", run, append(narrow, "--out", o.out(), "--follow", "--json")...)
	refused.Check(t, cli.ExitFailed, "0 events written", "okta.logs.read")
	refused.Unmarshal(t, &struct{}{})
	if names := files(t, o.out()); !slices.Equal(names, []string{positionName}) {
		t.Errorf("files %q", names)
	}
}

// What may be missing is said, and kept.
func TestFollowGap(t *testing.T) {
	t.Parallel()
	var errs strings.Builder
	s := openStore(t, t.TempDir())
	f := &follower{job: &job{Program: &cli.Program{Stderr: &errs}}, sink: s}
	from := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	batch := systemlog.Batch{Next: position(5), Gap: &systemlog.Gap{From: from, Why: "the cursor has expired", Lost: true}}
	if err := f.keep(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	s.close()
	want := "begun anew from 2026-08-01T00:00:00Z: the cursor has expired; events may be missing"
	if s = openStore(t, s.dir); !slices.Equal(s.Gaps, []string{want}) || errs.String() != "warning: "+want+"\n" {
		t.Errorf("kept %q, said %q", s.Gaps, errs.String())
	}
	s.close()
}

// followedQuietly lists the uuids of a folder in which something is being written.
func followedQuietly(dir string) []string {
	seen := make(map[string]bool)
	paths, _ := filepath.Glob(filepath.Join(dir, "logs-*.ndjson"))
	for _, path := range paths {
		text, _ := os.ReadFile(path)
		for line := range strings.Lines(string(text)) {
			var object inventory.Object
			if json.Unmarshal([]byte(line), &object) == nil {
				seen[string(object.Object)] = true
			}
		}
	}
	return slices.Collect(maps.Keys(seen))
}
