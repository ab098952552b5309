package oauthapp_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
)

func TestFileJournal(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	j := oauthapp.FileJournal{Path: filepath.Join(t.TempDir(), "a", "b", "app.json")}
	if state, version, err := j.Load(ctx); state != nil || version != "" || err != nil {
		t.Fatalf("Load of nothing: %q, %q, %v", state, version, err)
	}
	v1, err := j.Save(ctx, []byte(`{"n":1}`), "")
	if err != nil || v1 == "" {
		t.Fatalf("Save: %q, %v", v1, err)
	}
	v2, err := j.Save(ctx, []byte(`{"n":2}`), v1)
	if err != nil || v2 == v1 {
		t.Fatalf("Save: %q after %q, %v", v2, v1, err)
	}
	for _, stale := range []string{"", v1, "other"} {
		if v, err := j.Save(ctx, []byte(`{"n":3}`), stale); !errors.Is(err, oauthapp.ErrConflict) || v != "" {
			t.Errorf("Save after %q: %q, %v; want ErrConflict", stale, v, err)
		}
	}
	state, version, err := j.Load(ctx)
	if string(state) != `{"n":2}` || version != v2 || err != nil {
		t.Errorf("Load: %s, %q, %v", state, version, err)
	}
	if err := os.Remove(j.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Save(ctx, []byte(`{}`), v2); !errors.Is(err, oauthapp.ErrConflict) {
		t.Errorf("Save after the file was removed: %v, want ErrConflict", err)
	}
	if v, err := j.Save(ctx, []byte(`{}`), ""); err != nil || v == v1 {
		t.Errorf("Save anew: %q, %v", v, err)
	}
}

func TestFileJournalModes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // no modes there
	}
	dir := filepath.Join(t.TempDir(), "rezonate-okta")
	j := oauthapp.FileJournal{Path: filepath.Join(dir, "app.json")}
	// A file left over by a kill is replaced, whatever its mode.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(j.Path+".new", []byte("half of it"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Save(t.Context(), []byte(`{}`), ""); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{".": 0o700, "app.json": 0o600, "app.json.lock": 0o600}
	for name, mode := range want {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want %v", name, info, err, mode)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%d files, %v; want the journal and its lock", len(entries), err)
	}
}

func TestFileJournalErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ content, want string }{
		"empty":      {"", "no journal"},
		"cut":        {`{"version":"1","state":{"n":`, "no journal"},
		"foreign":    {`{"private_key":"x"}`, "no journal"},
		"no version": {`{"state":{}}`, "no journal"},
		"large":      {`{"version":"1","state":"` + strings.Repeat("x", 1<<20) + `"}`, "larger than 1024 kB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := oauthapp.FileJournal{Path: filepath.Join(t.TempDir(), "app.json")}
			if err := os.WriteFile(j.Path, []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			_, _, loadErr := j.Load(t.Context())
			_, saveErr := j.Save(t.Context(), []byte(`{}`), "")
			for _, err := range []error{loadErr, saveErr} {
				if err == nil || !strings.HasPrefix(err.Error(), "oauthapp: ") || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("error: %v, want %q", err, tc.want)
				}
			}
			if now, err := os.ReadFile(j.Path); err != nil || string(now) != tc.content {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
	if _, err := (oauthapp.FileJournal{}).Save(t.Context(), []byte(`{}`), ""); err == nil {
		t.Error("Save without a path worked")
	}
	j := oauthapp.FileJournal{Path: filepath.Join(t.TempDir(), "app.json")}
	if _, err := j.Save(t.Context(), []byte(`no JSON`), ""); err == nil {
		t.Error("Save of something that is no JSON worked")
	}
}

// journalProcess is the environment variable that makes this test's own binary
// a process that uses the journal it names.
const journalProcess = "OAUTHAPP_TEST_JOURNAL"

// TestJournalProcess is what those processes run: it counts up in the journal,
// without end, and writes a line for each time it was the one to do so.
func TestJournalProcess(t *testing.T) {
	path := os.Getenv(journalProcess)
	if path == "" {
		return
	}
	for {
		n, err := countUp(t.Context(), path)
		switch {
		case err == nil:
			fmt.Println("counted", n)
		case !errors.Is(err, oauthapp.ErrConflict):
			t.Fatal(err)
		}
	}
}

func countUp(ctx context.Context, path string) (n int, err error) {
	j := oauthapp.FileJournal{Path: path}
	state, version, err := j.Load(ctx)
	if err != nil {
		return 0, err
	}
	if len(state) > 0 {
		if err := json.Unmarshal(state, &n); err != nil {
			return 0, err
		}
	}
	_, err = j.Save(ctx, []byte(fmt.Sprint(n+1)), version)
	return n + 1, err
}

// Processes that are killed anywhere leave a journal that can be read, no lock,
// and no two of them ever save the same number.
func TestFileJournalSurvivesSIGKILL(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.json")
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		counted = map[string]int{}
	)
	for i := range 6 {
		wg.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestJournalProcess$")
			cmd.Env = append(os.Environ(), journalProcess+"="+path)
			out, err := cmd.StdoutPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err != nil {
				t.Error(err)
				return
			}
			lines := bufio.NewScanner(out)
			for n := 0; n < 5+3*i && lines.Scan(); n++ {
				mu.Lock()
				counted[lines.Text()]++
				mu.Unlock()
			}
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
			_ = cmd.Wait() // it was killed
		})
	}
	wg.Wait()
	for line, times := range counted {
		if times != 1 {
			t.Errorf("%d processes %s", times, line)
		}
	}
	n, err := countUp(t.Context(), path)
	if err != nil || n <= len(counted) {
		t.Errorf("after the kills: %d, %v; %d were counted", n, err, len(counted))
	}
}

func TestDefaultJournalPath(t *testing.T) {
	config := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", config)
	t.Setenv("HOME", config)
	t.Setenv("AppData", config)
	config, err := os.UserConfigDir()
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("é", 100)
	for label, want := range map[string]string{
		"acme-visibility":        "acme-visibility",
		"Acme: a/b $x 100%":      "Acme%3A%20a%2Fb%20$x%20100%25",
		".":                      ".",
		"..":                     "..",
		"../../etc":              "..%2F..%2Fetc",
		`a\b`:                    "a%5Cb",
		strings.Repeat("x", 100): strings.Repeat("x", 100),
		long:                     strings.Repeat("%C3%A9", 22) + "%-f42ec48e",
	} {
		got, err := oauthapp.DefaultJournalPath("00o1ab", label)
		if err != nil {
			t.Errorf("%q: %v", label, err)
			continue
		}
		if !strings.HasPrefix(got, filepath.Join(config, "rezonate-okta", "00o1ab", want)) ||
			!strings.HasSuffix(got, ".json") || label != long && !strings.HasSuffix(got, want+".json") {
			t.Errorf("%q: %s, want %s.json", label, got, want)
		}
		if name := filepath.Base(got); len(name) > 240 || filepath.Dir(got) != filepath.Join(config, "rezonate-okta", "00o1ab") {
			t.Errorf("%q: %s has %d bytes", label, name, len(name))
		}
	}
	other, err := oauthapp.DefaultJournalPath("00o1ab", strings.Repeat("é", 99)+"è")
	if same, _ := oauthapp.DefaultJournalPath("00o1ab", long); err != nil || other == same {
		t.Errorf("two labels share %s (%v)", other, err)
	}
	for _, bad := range [][2]string{{"", "a"}, {"..", "a"}, {"00o/1", "a"}, {"00o1", ""}, {"00o1", " a"}} {
		if got, err := oauthapp.DefaultJournalPath(bad[0], bad[1]); err == nil {
			t.Errorf("%q: %s, want an error", bad, got)
		}
	}
}
