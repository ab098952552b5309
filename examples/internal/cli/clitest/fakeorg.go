package clitest

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"testing"
)

// A Fakeorg is the program of that name in a process of its own, with what its
// first line says.
type Fakeorg struct {
	URL      string `json:"url"`
	CAFile   string `json:"ca_file"`
	APIToken string `json:"api_token"`
	OrgID    string `json:"org_id"`

	cmd *exec.Cmd
}

// StartFakeorg starts fakeorg with these flags; b has built it.
func StartFakeorg(t testing.TB, b *Binaries, args ...string) *Fakeorg {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process is interrupted, which this system does not do")
	}
	o := &Fakeorg{cmd: exec.Command(b.Path(t, "fakeorg"), args...)}
	o.cmd.Stderr = os.Stderr
	stdout, err := o.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := o.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.cmd.Process.Signal(os.Interrupt); _ = o.cmd.Wait() })
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatalf("first line: %v", err)
	}
	if err := json.Unmarshal(line, o); err != nil {
		t.Fatalf("first line %q: %v", line, err)
	}
	return o
}

// Stop sends a signal and returns the exit status.
func (o *Fakeorg) Stop(t testing.TB, sig os.Signal) int {
	t.Helper()
	if err := o.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	if err := o.cmd.Wait(); err != nil && o.cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return o.cmd.ProcessState.ExitCode()
}
