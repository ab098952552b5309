package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

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
	o := clitest.StartFakeorg(t, programs, "--users", "20000", "--groups", "1000", "--rate-limit", "none")
	for name, more := range map[string][]string{"plain": nil, "gzip": {"--gzip"}} {
		dir := filepath.Join(t.TempDir(), name)
		args := append([]string{"--org-url", o.URL, "--ca-file", o.CAFile, "--out", dir, "--json"}, more...)
		cmd := exec.Command(programs.Path(t, "collect"), args...)
		cmd.Env = append(os.Environ(), "OKTA_API_TOKEN="+o.APIToken)
		out, err := cmd.Output()
		var report printedReport
		if err2 := json.Unmarshal(out, &report); err != nil || err2 != nil {
			t.Fatalf("%v, %v\n%s", err, err2, out)
		}
		row, _ := report.Row("users")
		usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		t.Logf("%s: %d users of %d rows, %d KB, %v user, %v system", name, row.Count, len(report.Rows), usage.Maxrss,
			cmd.ProcessState.UserTime(), cmd.ProcessState.SystemTime())
		if row.Count != 20001 || usage.Maxrss > mostMemory {
			t.Errorf("%s: %d users with %d KB, want at most %d KB", name, row.Count, usage.Maxrss, mostMemory)
		}
	}
}
