//go:build unix

package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// start runs the built program with the owner's API token.
func (o *org) start(t testing.TB, args ...string) (cmd *exec.Cmd, out, errs *bytes.Buffer) {
	t.Helper()
	out, errs = new(bytes.Buffer), new(bytes.Buffer)
	cmd = exec.Command(programs.Path(t, "collect"), append(o.Flags(), args...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), "OKTA_API_TOKEN="+o.APIToken()), out, errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, out, errs
}

// A run that is killed ten times, at any point, and then let go on has the same objects
// as one that nothing disturbed. Until it is complete, no file has a final name.
func TestKill(t *testing.T) {
	t.Parallel()
	cfg := oktatest.Config{Users: 1500, Groups: 60, Apps: 10, Latency: 10 * time.Millisecond}
	o := serve(t, cfg)
	ran := o.collect(t, "--out", o.Dir+"/whole")
	whole := read(t, o.Dir+"/whole")
	undisturbed := len(o.Requests())

	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	kills := 0
	for range 10 {
		cmd, out, _ := o.start(t, "--out", o.out())
		before := len(o.Requests())
		after := 1 + random.IntN(undisturbed/8)
		ended := make(chan struct{})
		go func() { _ = cmd.Wait(); close(ended) }()
		clitest.Await(t, "the run goes on", func() bool { return len(o.Requests())-before >= after || isClosed(ended) })
		_ = cmd.Process.Kill()
		<-ended
		if out.Len() == 0 {
			kills++
		}
		wholeLines(t, o.out())
	}
	o.collect(t, "--out", o.out()).Check(t, ran.Status, "objects of")
	if kills == 0 {
		t.Error("no run was killed before its end")
	}
	got := read(t, o.out())
	for key, object := range whole {
		if other, ok := got[key]; !ok || other != object && !strings.HasPrefix(key, "api-tokens ") { // the token was used
			t.Errorf("seed %d: %s: %q, undisturbed %q", seed, key, other, object)
		}
	}
	if len(got) != len(whole) {
		t.Errorf("seed %d: %d objects, undisturbed %d", seed, len(got), len(whole))
	}
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// wholeLines fails the test if a file that has its final name ends within a line.
func wholeLines(t testing.TB, dir string) {
	t.Helper()
	for _, name := range files(t, dir) {
		text := clitest.ReadFile(t, dir+"/"+name)
		if strings.HasSuffix(name, ".ndjson") && text != "" && !strings.HasSuffix(text, "}\n") || strings.HasSuffix(name, ".json") && !strings.HasSuffix(text, "}\n") {
			t.Errorf("%s ends with %.80q", name, text[max(0, len(text)-80):])
		}
	}
}

// What a checkpoint covers is not collected again.
func TestKillAfterCheckpoint(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Users: 1900, Faults: []string{"GET /api/v1/users #9 stall"}})
	cmd, _, _ := o.start(t, "--only", "users", "--out", o.out())
	clitest.Await(t, "no ninth page is asked for", func() bool { return count(o, "/api/v1/users") >= 9 })
	checkpoint := o.out() + "/" + checkpointName
	clitest.Await(t, "no checkpoint of seven pages", func() bool {
		text, err := os.ReadFile(checkpoint)
		return err == nil && bytes.Contains(text, []byte(fmt.Sprintf(`"count":%d`, 8*200)))
	})
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	before := count(o, "/api/v1/users")
	o.collect(t, "--only", "users", "--out", o.out()).Check(t, cli.ExitDone, "1901 objects")
	if n := count(o, "/api/v1/users") - before; n > 4 { // page 8 names the next one; then 9 and 10, and the filter
		t.Errorf("%d pages were read again", n)
	}
	if n := len(of(read(t, o.out()), "users")); n != 1901 {
		t.Errorf("%d users", n)
	}
}

// Ctrl-C ends the built program with 130, says how to go on, and keeps how far it came.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	o := serve(t, oktatest.Config{Users: 900, Faults: []string{"GET /api/v1/users #4 stall"}})
	cmd, out, errs := o.start(t, "--only", "users", "--out", o.out(), "--json")
	clitest.Await(t, "no fourth page is asked for", func() bool { return count(o, "/api/v1/users") >= 4 })
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != cli.ExitInterrupted {
		t.Fatalf("%v\n%s\n%s", err, out, errs)
	}
	ran := clitest.Ran{Status: cli.ExitInterrupted, Stdout: out.String(), Stderr: errs.String()}
	ran.Check(t, cli.ExitInterrupted, "collect: interrupted: broken off; the same command goes on from here\n", `"exit": 130`)
	ran.Unmarshal(t, &struct{}{})
	if strings.Contains(out.String()+errs.String(), o.APIToken()) {
		t.Error("the API token is in the output")
	}
}
