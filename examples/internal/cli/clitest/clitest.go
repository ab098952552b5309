// Package clitest is what the tests of the example programs share: a simulated
// org to run them against, runs with everything injected, built programs, and
// terminals.
package clitest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// An Org is a simulated one on loopback.
type Org struct {
	*oktatest.Org
	URL string
	CA  string // the file for --ca-file
	Dir string // for what a test keeps
}

// Serve starts an org, without rate limits unless cfg has some, so that runs need
// not wait for a new minute.
func Serve(t testing.TB, cfg oktatest.Config) *Org {
	t.Helper()
	if cfg.RateLimits == nil {
		cfg.RateLimits = oktatest.DefaultRateLimits()
		for class := range cfg.RateLimits {
			cfg.RateLimits[class] = 0
		}
	}
	s, err := oktatest.Serve("127.0.0.1:0", cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	o := &Org{s.Org, s.URL, "", t.TempDir()}
	o.CA = o.File(t, "ca.pem", string(s.CA))
	return o
}

// File writes a file into the org's folder.
func (o *Org) File(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(o.Dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Writes lists the requests that could have changed something, as "POST /path".
func (o *Org) Writes() (all []string) {
	for _, r := range o.Requests() {
		if r.Method != http.MethodGet && r.Path != "/oauth2/v1/token" {
			all = append(all, r.Method+" "+r.Path)
		}
	}
	return all
}

// Flags name the org and its certificates.
func (o *Org) Flags() []string { return []string{"--org-url", o.URL, "--ca-file", o.CA} }

// A Setup is what a run of a program finds: the zero value is a pipe, with
// nothing to read and an empty environment.
type Setup struct {
	Context            context.Context
	Stdin              io.Reader
	Env                map[string]string
	Ask                cli.Asker
	OutWidth, ErrWidth int // of a terminal
	Config             string
}

// Run runs a program.
func (s Setup) Run(t testing.TB, name string, run func(context.Context, *cli.Program) error, args ...string) Ran {
	t.Helper()
	var out, errs bytes.Buffer
	p := &cli.Program{
		Name: name, Args: args, Stdin: cmp.Or[io.Reader](s.Stdin, strings.NewReader("")), Stdout: &out, Stderr: &errs,
		Getenv: func(name string) string { return s.Env[name] }, Ask: s.Ask, OutWidth: widthOf(s.OutWidth), ErrWidth: widthOf(s.ErrWidth),
		ConfigDir: func() (string, error) { return s.Config, nil },
	}
	return Ran{p.Run(cmp.Or(s.Context, t.Context()), run), out.String(), errs.String()}
}

func widthOf(n int) func() int {
	if n == 0 {
		return nil
	}
	return func() int { return n }
}

// Answers is an asker with one answer, that keeps what it was asked.
func Answers(answer string, asked *string) cli.Asker {
	return func(_ context.Context, question string, hidden bool) (string, error) {
		if *asked += question; hidden {
			*asked += " without echo"
		}
		*asked += "\n"
		return answer, nil
	}
}

// A Ran is what a run of a program left.
type Ran struct {
	Status         int
	Stdout, Stderr string
}

// Check holds the status and words of the output against what is wanted.
func (r Ran) Check(t testing.TB, status int, want ...string) {
	t.Helper()
	all := r.Stdout + r.Stderr
	for _, word := range want {
		if !strings.Contains(all, word) {
			t.Errorf("the output lacks %q:\n%s\n%s", word, r.Stdout, r.Stderr)
		}
	}
	if r.Status != status {
		t.Errorf("status %d, want %d:\n%s\n%s", r.Status, status, r.Stdout, r.Stderr)
	}
}

// Unmarshal reads what --json printed, which is one document.
func (r Ran) Unmarshal(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.Stdout), v); err != nil {
		t.Fatalf("standard output is not one JSON document: %v\n%s\n%s", err, r.Stdout, r.Stderr)
	}
}

// CheckHelp runs a program with --help. Its help names each flag and the words, is
// no broader than a terminal unless an example is, and nothing else is written.
func CheckHelp(t testing.TB, name string, run func(context.Context, *cli.Program) error, words ...string) {
	t.Helper()
	var flags []string
	got := Setup{}.Run(t, name, func(ctx context.Context, p *cli.Program) error {
		err := run(ctx, p)
		flags = p.FlagNames()
		return err
	}, "--help")
	if len(flags) == 0 || got.Status != cli.ExitDone || got.Stderr != "" {
		t.Errorf("status %d, %d flags\n%s", got.Status, len(flags), got.Stderr)
	}
	for _, flag := range flags {
		words = append(words, "--"+flag)
	}
	for _, word := range append(words, "Examples:", "Exit status:") {
		if !strings.Contains(got.Stdout, word) {
			t.Errorf("the help lacks %s", word)
		}
	}
	for line := range strings.Lines(got.Stdout) {
		if line = strings.TrimSuffix(line, "\n"); len(line) > 80 && (len(line) > 110 || !strings.HasPrefix(line, "  "+name+" ") && !strings.HasPrefix(line, "  {")) {
			t.Errorf("a line of %d characters: %s", len(line), line)
		}
	}
	if strings.Contains(got.Stdout, "%!") {
		t.Errorf("the help is damaged:\n%s", got.Stdout)
	}
}

// MustOrg parses an org.
func MustOrg(t testing.TB, s string) oktaint.Org {
	t.Helper()
	org, err := oktaint.ParseOrg(s)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

// ReadFile reads a file.
func ReadFile(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Key parses the RSA key of the library's tests, which lies in this folder seen
// from a program's.
func Key(t testing.TB) oktaint.Key {
	t.Helper()
	key, err := oktaint.ParseKey([]byte(ReadFile(t, "../../oktaint/testdata/rsa2048_TEST_ONLY.pem")), "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Await waits until something has happened in another process or goroutine.
func Await(t testing.TB, what string, happened func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-ctx.Done():
			t.Fatalf("after a minute: %s", what)
		case <-tick.C:
		}
	}
}
