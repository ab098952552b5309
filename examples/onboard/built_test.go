//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// built builds onboard and fakeorg once for all tests.
var built = sync.OnceValues(func() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "onboard-test-"); err != nil {
		return "", err
	}
	out, err := exec.Command("go", "build", "-o", dir, ".", "../fakeorg").CombinedOutput()
	if err != nil {
		return "", errors.New(string(out))
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := built(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// A fakeorg is one in a process of its own.
type fakeorg struct {
	URL      string `json:"url"`
	CAFile   string `json:"ca_file"`
	APIToken string `json:"api_token"`

	log string // file
}

func startFakeorg(t *testing.T, args ...string) *fakeorg {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	o := &fakeorg{log: filepath.Join(t.TempDir(), "log.jsonl")}
	cmd := exec.Command(filepath.Join(dir, "fakeorg"), append([]string{
		"--log", o.log, "--rate-limit", "apps=0,app=0,clients=0,iam=0,users=0,user=0,groups=0,logs=0,token=0,default=0",
	}, args...)...)
	cmd.Stderr = os.Stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Signal(os.Interrupt); _ = cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatalf("first line: %v", err)
	}
	if err := json.Unmarshal(line, o); err != nil {
		t.Fatalf("first line %q: %v", line, err)
	}
	return o
}

// written returns the writes that the org has had.
func (o *fakeorg) written(t *testing.T) (list []string) {
	t.Helper()
	text, err := os.ReadFile(o.log)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var r struct{ Method, Path string }
		if !bytes.HasSuffix(line, []byte("\n")) {
			break // it is being written
		}
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		if r.Method != "GET" && r.Path != "/oauth2/v1/token" {
			list = append(list, r.Method+" "+r.Path)
		}
	}
	return list
}

// A process is a run of the built onboard.
type process struct {
	*exec.Cmd
	out, errs bytes.Buffer
}

func (o *fakeorg) start(t *testing.T, args ...string) *process {
	t.Helper()
	dir, err := built()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(filepath.Join(dir, "onboard"), append([]string{"--org-url", o.URL, "--ca-file", o.CAFile}, args...)...)}
	p.Env = append(os.Environ(), "OKTA_API_TOKEN="+o.APIToken)
	p.Stdout, p.Stderr = &p.out, &p.errs
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

// end waits for the process and returns its exit status, -1 after a signal.
func (p *process) end() int {
	_ = p.Wait()
	return p.ProcessState.ExitCode()
}

// admin is a client with the owner's token.
func (o *fakeorg) admin(t *testing.T) *oktaint.Client {
	t.Helper()
	base, err := trust(o.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	org := mustOrg(t, o.URL)
	return oktaint.NewClient(oktaint.APIToken{Org: org, Token: oktaint.NewSecret(o.APIToken)}, base)
}

func get[T any](t *testing.T, c *oktaint.Client, elem ...string) (v T) {
	t.Helper()
	if err := c.Get(t.Context(), &v, nil, elem...); err != nil {
		t.Fatal(err)
	}
	return v
}

// check looks at the org after the last run: there is one app with one active
// key, that of the file, the wanted grants and roles, and nothing else.
func (o *fakeorg) check(t *testing.T, file string) {
	t.Helper()
	creds, err := oktaint.ReadCredentials(file)
	if err != nil {
		t.Fatal(err)
	}
	c := o.admin(t)
	apps := get[[]struct{ ID, Name, Label, Status string }](t, c, "api", "v1", "apps")
	apps = slices.DeleteFunc(apps, func(a struct{ ID, Name, Label, Status string }) bool { return a.Name != "oidc_client" }) // Okta's own
	if len(apps) != 1 || apps[0].ID != creds.ApplicationID || apps[0].Label != defaultLabel || apps[0].Status != "ACTIVE" {
		t.Fatalf("apps %+v, want only %s", apps, creds.ApplicationID)
	}
	id := apps[0].ID
	keys := get[json.RawMessage](t, c, "api", "v1", "apps", id, "credentials", "jwks")
	if n := strings.Count(string(keys), `"kid"`); n != 1 || !strings.Contains(string(keys), `"`+creds.Key.ID()+`"`) || !strings.Contains(string(keys), `"ACTIVE"`) {
		t.Errorf("keys %s, want only %s", keys, creds.Key.ID())
	}
	var granted []string
	for _, g := range get[[]struct{ ScopeID, Status string }](t, c, "api", "v1", "apps", id, "grants") {
		granted = append(granted, g.ScopeID)
	}
	if slices.Sort(granted); strings.Join(granted, " ") != creds.Scopes.String() || len(granted) != 3 {
		t.Errorf("grants %q, want %s", granted, creds.Scopes)
	}
	var roles []string
	for _, r := range get[[]struct{ Type string }](t, c, "oauth2", "v1", "clients", id, "roles") {
		roles = append(roles, r.Type)
	}
	if slices.Sort(roles); !slices.Equal(roles, []string{"CUSTOM", "READ_ONLY_ADMIN"}) {
		t.Errorf("roles %q", roles)
	}
	custom := get[struct{ Roles []struct{ ID string } }](t, c, "api", "v1", "iam", "roles")
	sets := get[struct {
		Sets []struct{ ID string } `json:"resource-sets"`
	}](t, c, "api", "v1", "iam", "resource-sets")
	if len(custom.Roles) != 1 || len(sets.Sets) != 1 {
		t.Errorf("%d custom roles, %d resource sets", len(custom.Roles), len(sets.Sets))
	}
}

// jobWrites is how many writes the job of the next test takes.
const jobWrites = 8

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
			o.await(t, n+1)
			if err := p.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if status := p.end(); status != -1 && n+1 < jobWrites {
				t.Fatalf("it ended before it was killed, with %d:\n%s", status, &p.errs)
			}
			before := len(o.written(t))
			again := o.start(t, args...)
			if status := again.end(); status != exitDone {
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

// await waits until the org has had n writes.
func (o *fakeorg) await(t *testing.T, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(o.written(t)) < n {
		select {
		case <-ctx.Done():
			t.Fatalf("%d writes after a minute", len(o.written(t)))
		case <-tick.C:
		}
	}
}

// Of two runs at once with one journal or file, one makes the app, and the other
// says that it did not.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	o := startFakeorg(t, "--latency", "20ms")
	file := filepath.Join(t.TempDir(), "acme.json")
	args := []string{"--out", file, "--remediation", "--scopes", "okta.users.read"}
	a, b := o.start(t, args...), o.start(t, args...)
	statuses := []int{a.end(), b.end()}
	loser := b
	if statuses[0] != exitDone {
		loser = a
	}
	if slices.Sort(statuses); statuses[0] != exitDone || statuses[1] > exitFailed {
		t.Errorf("statuses %v\n%s\n%s", statuses, &a.errs, &b.errs)
	}
	if statuses[1] == exitFailed && !strings.Contains(loser.errs.String(), "another run") {
		t.Errorf("the loser says\n%s", &loser.errs)
	}
	o.check(t, file)
}

// The script that is printed makes an app that onboard then finds complete.
func TestScript(t *testing.T) {
	t.Parallel()
	o := startFakeorg(t)
	dir := t.TempDir()
	args := []string{"--key", keyFile(t), "--journal", filepath.Join(dir, "journal"), "--label", "it's $HOME `id`\n\"x\"", "--remediation"}
	printing := o.start(t, append(args, "--print", "curl")...)
	if status := printing.end(); status != exitDone {
		t.Fatalf("status %d\n%s", status, &printing.errs)
	}
	for name, text := range map[string]string{"onboard.sh": printing.out.String(), "okta-headers": "Authorization: SSWS " + o.APIToken + "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script := exec.CommandContext(t.Context(), "sh", "onboard.sh")
	script.Dir, script.Env = dir, append(os.Environ(), "CURL_CA_BUNDLE="+o.CAFile)
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	writes := len(o.written(t))
	verifying := o.start(t, args...)
	if status := verifying.end(); status != exitDone || len(o.written(t)) != writes || !strings.Contains(verifying.errs.String(), "nothing to do") {
		t.Errorf("after the script: status %d, %d writes\n%s", status, len(o.written(t))-writes, &verifying.errs)
	}
	if strings.Contains(printing.out.String(), o.APIToken) {
		t.Error("the script holds the API token")
	}
}
