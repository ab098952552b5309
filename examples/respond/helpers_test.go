package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// An org is a simulated one on loopback, with a folder for what respond keeps.
type org struct {
	*oktatest.Org
	url, ca, dir string
}

// serve starts an org without rate limits, so that runs need not wait.
func serve(t testing.TB, cfg oktatest.Config) *org {
	t.Helper()
	if cfg.RateLimits == nil {
		cfg.RateLimits = oktatest.DefaultRateLimits()
		for class := range maps.Keys(cfg.RateLimits) {
			cfg.RateLimits[class] = 0
		}
	}
	s, err := oktatest.Serve("127.0.0.1:0", cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	o := &org{s.Org, s.URL, "", t.TempDir()}
	o.ca = o.file(t, "ca.pem", string(s.CA))
	return o
}

// file writes a file into the org's folder.
func (o *org) file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(o.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// writes lists the requests that could have changed something, as "POST /path".
func (o *org) writes() (all []string) {
	for _, r := range o.Requests() {
		if r.Method != http.MethodGet && r.Path != "/oauth2/v1/token" {
			all = append(all, r.Method+" "+r.Path)
		}
	}
	return all
}

// user reads a user's status and groups, as the org shows them.
func (o *org) user(t testing.TB, id string) (status string, groups []string) {
	t.Helper()
	var state struct {
		Users  []struct{ ID, Status string }
		Groups []struct {
			Profile struct{ Name string }
			Members []string
		}
	}
	if err := json.Unmarshal(o.State(), &state); err != nil {
		t.Fatal(err)
	}
	status = "gone"
	for _, u := range state.Users {
		if u.ID == id {
			status = u.Status
		}
	}
	for _, g := range state.Groups {
		for _, m := range g.Members {
			if m == id {
				groups = append(groups, g.Profile.Name)
			}
		}
	}
	return status, groups
}

// want holds a user's status against one.
func (o *org) want(t testing.TB, id, status string) {
	t.Helper()
	if got, _ := o.user(t, id); got != status {
		t.Errorf("user %s is %s, want %s", id, got, status)
	}
}

// A ran is what a run of the command left.
type ran struct {
	status         int
	stdout, stderr string
}

// digest is that of the plan on standard output.
func (r ran) digest(t testing.TB) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^digest: ([0-9a-f]{64})$`).FindStringSubmatch(r.stdout)
	if m == nil {
		t.Fatalf("no digest: status %d\n%s\n%s", r.status, r.stdout, r.stderr)
	}
	return m[1]
}

// check holds the status and words of the output against what is wanted.
func (r ran) check(t testing.TB, status int, want ...string) {
	t.Helper()
	all := r.stdout + r.stderr
	for _, word := range want {
		if !strings.Contains(all, word) {
			t.Errorf("the output lacks %q:\n%s\n%s", word, r.stdout, r.stderr)
		}
	}
	if r.status != status {
		t.Errorf("status %d, want %d:\n%s\n%s", r.status, status, r.stdout, r.stderr)
	}
}

// A setup is how a run is started: without a terminal unless ask is set, with the
// owner's API token in the environment unless env is.
type setup struct {
	ctx   context.Context
	stdin io.Reader
	env   map[string]string
	ask   asker
	shows bool
	bare  bool // names no org
}

func (o *org) respond(t testing.TB, args ...string) ran {
	t.Helper()
	return o.respondIn(t, setup{}, args...)
}

func (o *org) respondIn(t testing.TB, s setup, args ...string) ran {
	t.Helper()
	if s.env == nil {
		s.env = map[string]string{"OKTA_API_TOKEN": o.APIToken()}
	}
	if s.stdin == nil {
		s.stdin = strings.NewReader("")
	}
	if s.ctx == nil {
		s.ctx = t.Context()
	}
	var out, errs bytes.Buffer
	p := &program{
		stdin: s.stdin, stdout: &out, stderr: &errs, ask: s.ask, shows: s.shows, terminal: s.ask != nil,
		getenv:    func(name string) string { return s.env[name] },
		configDir: func() (string, error) { return filepath.Join(o.dir, "config"), nil },
	}
	if !s.bare {
		args = append([]string{"--org-url", o.url, "--ca-file", o.ca}, args...)
	}
	r := ran{p.main(s.ctx, args), "", ""}
	r.stdout, r.stderr = out.String(), errs.String()
	for _, secret := range []string{o.APIToken(), "PRIVATE KEY", "tempPassword", "reset_password/", "welcome/"} {
		if strings.Contains(r.stdout+r.stderr, secret) {
			t.Errorf("%.14q is in the output of %q", secret, args)
		}
	}
	return r
}

// apply plans, and runs the plan by its digest.
func (o *org) apply(t testing.TB, args ...string) ran {
	t.Helper()
	digest := o.respond(t, args...).digest(t)
	return o.respond(t, append(args, "--approve", digest)...)
}

// records is the file of records that is used where none is named.
func (o *org) records() string {
	return filepath.Join(o.dir, "config", "rezonate-okta", strings.ReplaceAll(strings.TrimPrefix(o.url, "https://"), ":", "%3A")+".responses.jsonl")
}

// answers is an asker with one answer, that tells what it was asked.
func answers(answer string, asked *string) asker {
	return func(_ context.Context, question string, hidden bool) (string, error) {
		*asked += fmt.Sprintf("%s hidden:%v\n", question, hidden)
		return answer, nil
	}
}

func mustOrg(t testing.TB, s string) oktaint.Org {
	t.Helper()
	org, err := oktaint.ParseOrg(s)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

func readFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
