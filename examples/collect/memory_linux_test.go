package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
)

// mostMemory is what a run may have in memory at once, in KB.
const mostMemory = 64 << 10

// The memory of a run does not grow with the org.
func TestMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector takes memory of its own")
	}
	if testing.Short() {
		t.Skip("20,000 users")
	}
	o := clitest.StartFakeorg(t, programs, "--users", "20000", "--groups", "1000", "--apps", "300", "--rate-limit", "none")
	for name, more := range map[string][]string{"plain": nil, "gzip": {"--gzip"}} {
		dir := filepath.Join(t.TempDir(), name)
		args := append([]string{"--org-url", o.URL, "--ca-file", o.CAFile, "--out", dir, "--json"}, more...)
		cmd := exec.Command(programs.Path(t, "collect"), args...)
		var out bytes.Buffer
		cmd.Env, cmd.Stdout = append(os.Environ(), "OKTA_API_TOKEN="+o.APIToken), &out
		peak, err := peakOf(t, cmd)
		var report printedReport
		if err2 := json.Unmarshal(out.Bytes(), &report); err != nil || err2 != nil {
			t.Fatalf("%v, %v\n%s", err, err2, &out)
		}
		users, _ := report.Row("users")
		members, _ := report.Row("group-members")
		t.Logf("%s: %d users, %d members: %d KB, %v user, %v system", name, users.Count, members.Count, peak, cmd.ProcessState.UserTime(), cmd.ProcessState.SystemTime())
		if users.Count != 20001 || members.Count < 20000 || peak == 0 || peak > mostMemory {
			t.Errorf("%s: %d users and %d members with %d KB, want at most %d KB", name, users.Count, members.Count, peak, mostMemory)
		}
	}
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakOf runs a command and returns the most memory that it had, in KB. It looks while
// the command runs: what the system says at its end counts the test's own memory, too.
func peakOf(t *testing.T, cmd *exec.Cmd) (peak int, err error) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			return peak, err
		case <-tick.C:
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)) // it may be over
			if m := highWater.FindSubmatch(status); m != nil {
				n, _ := strconv.Atoi(string(m[1]))
				peak = max(peak, n)
			}
		}
	}
}
