package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// programs are those that run as processes of their own.
var programs = clitest.Build(".", "../fakeorg")

func TestMain(m *testing.M) { programs.Main(m) }

// A fakeorg is one in a process of its own.
type fakeorg struct {
	*clitest.Fakeorg
	log string // file
}

func startFakeorg(t *testing.T, args ...string) *fakeorg {
	t.Helper()
	log := filepath.Join(t.TempDir(), "log.jsonl")
	limits := "apps=0,app=0,clients=0,iam=0,users=0,user=0,groups=0,logs=0,token=0,default=0"
	return &fakeorg{clitest.StartFakeorg(t, programs, append([]string{"--log", log, "--rate-limit", limits}, args...)...), log}
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
	p := &process{Cmd: exec.Command(programs.Path(t, "onboard"), append([]string{"--org-url", o.URL, "--ca-file", o.CAFile}, args...)...)}
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
	conn := cli.Connection{OrgURL: o.URL, CAFile: o.CAFile, APIToken: o.APIToken}
	c, err := conn.Connect(t.Context(), &cli.Program{Name: "onboard", Stderr: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	return c
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
	if slices.Sort(granted); strings.Join(granted, " ") != creds.Scopes.String() || len(granted) != 5 {
		t.Errorf("grants %q, want %s", granted, creds.Scopes)
	}
	var roles []string
	for _, r := range get[[]struct{ Type string }](t, c, "oauth2", "v1", "clients", id, "roles") {
		roles = append(roles, r.Type)
	}
	if slices.Sort(roles); !slices.Equal(roles, []string{"CUSTOM", "CUSTOM", "READ_ONLY_ADMIN"}) {
		t.Errorf("roles %q", roles)
	}
	custom := get[struct{ Roles []struct{ ID string } }](t, c, "api", "v1", "iam", "roles")
	sets := get[struct {
		Sets []struct{ ID string } `json:"resource-sets"`
	}](t, c, "api", "v1", "iam", "resource-sets")
	if len(custom.Roles) != 2 || len(sets.Sets) != 2 {
		t.Errorf("%d custom roles, %d resource sets", len(custom.Roles), len(sets.Sets))
	}
}

// An org is a simulated one on loopback.
type org struct{ *clitest.Org }

func serve(t testing.TB, cfg oktatest.Config) *org { return &org{clitest.Serve(t, cfg)} }

// writes counts the requests that could have changed something.
func (o *org) writes() int { return len(o.Writes()) }

// apps counts the apps that the org has by this label.
func (o *org) apps(t testing.TB, label string) int {
	t.Helper()
	return strings.Count(string(o.State()), `"label":"`+label+`"`) + strings.Count(string(o.State()), `"label": "`+label+`"`)
}

// result reads what --json printed.
func result(t testing.TB, r clitest.Ran) (p printed) {
	t.Helper()
	r.Unmarshal(t, &p)
	return p
}

// onboard runs the command without a terminal, the token in the environment.
func (o *org) onboard(t testing.TB, args ...string) clitest.Ran {
	t.Helper()
	return o.onboardAs(t, t.Context(), o.APIToken(), args...)
}

func (o *org) onboardAs(t testing.TB, ctx context.Context, token string, args ...string) clitest.Ran {
	t.Helper()
	return o.onboardIn(t, clitest.Setup{Context: ctx, Env: map[string]string{"OKTA_API_TOKEN": token}}, args...)
}

func (o *org) onboardIn(t testing.TB, s clitest.Setup, args ...string) clitest.Ran {
	t.Helper()
	r := s.Run(t, "onboard", run, append(o.Flags(), o.withJournal(args)...)...)
	for _, token := range s.Env {
		if token != "" && strings.Contains(r.Stdout+r.Stderr, token) {
			t.Errorf("the API token is in the output of %v", args)
		}
	}
	if strings.Contains(r.Stderr, "PRIVATE KEY") {
		t.Errorf("a private key is on standard error of %v", args)
	}
	return r
}

// withJournal names a journal of this org and label, as without it the one in
// the user's folder would be used.
func (o *org) withJournal(args []string) []string {
	if slices.Contains(args, "--journal") || slices.Contains(args, "--out") {
		return args
	}
	label := defaultLabel
	if i := slices.Index(args, "--label"); i >= 0 {
		label = args[i+1]
	}
	sum := sha256.Sum256([]byte(label))
	return append([]string{"--journal", filepath.Join(o.Dir, hex.EncodeToString(sum[:8])+".json")}, args...)
}

// interrupted runs the command and interrupts it after its n-th write.
func (o *org) interrupted(t *testing.T, n int, args ...string) clitest.Ran {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			if o.writes() >= n {
				cancel()
			}
			<-time.After(time.Millisecond)
		}
	}()
	return o.onboardAs(t, ctx, o.APIToken(), args...)
}

// stripTimes leaves out what each use of an API token moves.
func stripTimes(state []byte) []byte {
	return regexp.MustCompile(`"(lastUpdated|expiresAt)": ?"[^"]*"`).ReplaceAll(state, nil)
}

// state is the org's state without what each use of an API token moves.
func (o *org) state() string { return string(stripTimes(o.State())) }

// keyFile writes a key for --key.
func keyFile(t testing.TB) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "key_TEST_ONLY.pem")
	if err := os.WriteFile(name, []byte(clitest.ReadFile(t, "../../oktaint/testdata/rsa2048_TEST_ONLY.pem")), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
