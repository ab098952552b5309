package durable

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestFile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	f := File{Path: filepath.Join(t.TempDir(), "a", "b", "app.json")}
	if data, version, err := f.Load(ctx); data != nil || version != "" || err != nil {
		t.Fatalf("Load of nothing: %q, %q, %v", data, version, err)
	}
	if _, err := os.Stat(filepath.Dir(f.Path)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Load has made the folder: %v", err)
	}
	v1, err := f.Save(ctx, []byte(`{"n":1}`), "")
	if err != nil || v1 == "" {
		t.Fatalf("Save: %q, %v", v1, err)
	}
	v2, err := f.Save(ctx, []byte(`{"n":2}`), v1)
	if err != nil || v2 == v1 {
		t.Fatalf("Save: %q after %q, %v", v2, v1, err)
	}
	for _, stale := range []string{"", v1, "other"} {
		if v, err := f.Save(ctx, []byte(`{"n":3}`), stale); !errors.Is(err, ErrConflict) || v != "" {
			t.Errorf("Save after %q: %q, %v; want ErrConflict", stale, v, err)
		}
	}
	data, version, err := f.Load(ctx)
	if string(data) != `{"n":2}` || version != v2 || err != nil {
		t.Errorf("Load: %s, %q, %v", data, version, err)
	}
	if err := os.Remove(f.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Save(ctx, []byte(`{}`), v2); !errors.Is(err, ErrConflict) {
		t.Errorf("Save after the file was removed: %v, want ErrConflict", err)
	}
	if v, err := f.Save(ctx, []byte(`{}`), ""); err != nil || v == v1 {
		t.Errorf("Save anew: %q, %v", v, err)
	}
}

func TestFileModes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		return // no modes there
	}
	dir := filepath.Join(t.TempDir(), "rezonate-okta")
	f := File{Path: filepath.Join(dir, "app.json")}
	// A file left over by a kill is replaced, whatever its mode.
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	writeTestFile(t, f.Path+".new", "half of it", 0o644)
	if _, err := f.Save(t.Context(), []byte(`{}`), ""); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]fs.FileMode{".": 0o700, "app.json": 0o600, "app.json.lock": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, %v; want %v", name, info, err, mode)
		}
	}
	if names := list(t, dir); names != "app.json app.json.lock" {
		t.Errorf("the folder holds %s; want the state and its lock", names)
	}
}

// Folders that Save makes are on the disk, too.
func TestFileFolders(t *testing.T) {
	t.Parallel()
	base, sys := newFolder(t), &watched{}
	f := File{Path: filepath.Join(base, "a", "b", "acme.json")}
	if _, err := f.save(t.Context(), sys, []byte(`{}`), ""); err != nil {
		t.Fatal(err)
	}
	const want = "mkdir a, opendir dir, sync dir, mkdir b, opendir a, sync a, remove temp, opendir b, "
	if !strings.HasPrefix(sys.noted(), want) {
		t.Errorf("calls %s, want %s", sys.noted(), want)
	}
	for _, call := range []string{"mkdir x", "sync dir"} {
		f := File{Path: filepath.Join(base, "x", "acme.json")}
		if _, err := f.save(t.Context(), &watched{fail: call}, []byte(`{}`), ""); !errors.Is(err, errFault) {
			t.Errorf("%s fails: %v", call, err)
		}
		if err := os.Remove(filepath.Dir(f.Path)); err != nil {
			t.Error(err)
		}
	}
}

// A state through a symbolic link is the state that the link leads to.
func TestFileThroughLink(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	f, link := File{Path: filepath.Join(dir, "far", "app.json")}, File{Path: filepath.Join(dir, "link")}
	if err := os.Symlink(filepath.Join("far", "app.json"), link.Path); err != nil {
		t.Skip(err)
	}
	v, err := link.Save(t.Context(), []byte(`{"n":1}`), "")
	if err != nil {
		t.Fatal(err)
	}
	if data, version, err := f.Load(t.Context()); string(data) != `{"n":1}` || version != v || err != nil {
		t.Errorf("Load: %s, %q, %v", data, version, err)
	}
	if names := list(t, dir) + " / " + list(t, filepath.Join(dir, "far")); names != "far link / app.json app.json.lock" {
		t.Errorf("the folders hold %s", names)
	}
}

func TestFileErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ content, want string }{
		"empty":      {"", "something else"},
		"cut":        {`{"version":"1","state":{"n":`, "something else"},
		"foreign":    {`{"private_key":"hunter2"}`, "something else"},
		"text":       {`hunter2`, "something else"},
		"no version": {`{"state":{}}`, "something else"},
		"no state":   {`{"version":"1"}`, "something else"},
		"large":      {"", "larger than 16 MB"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := File{Path: filepath.Join(t.TempDir(), "app.json")}
			writeTestFile(t, f.Path, tc.content, 0o600)
			if name == "large" { // a hole takes no room
				if err := os.Truncate(f.Path, 17<<20); err != nil {
					t.Fatal(err)
				}
			}
			before, _ := os.Stat(f.Path)
			_, _, loadErr := f.Load(t.Context())
			_, saveErr := f.Save(t.Context(), []byte(`{}`), "")
			for _, err := range []error{loadErr, saveErr} {
				if err == nil || !strings.HasPrefix(err.Error(), "durable: the state in "+f.Path) ||
					!strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("error: %v, want %q", err, tc.want)
				}
			}
			if after, err := os.Stat(f.Path); err != nil || !os.SameFile(before, after) || !after.ModTime().Equal(before.ModTime()) {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
	f := File{Path: filepath.Join(t.TempDir(), "app.json")}
	for _, bad := range []string{`no JSON`, ``, `{} {}`, `"` + strings.Repeat("x", 16<<20) + `"`} {
		if _, err := f.Save(t.Context(), []byte(bad), ""); err == nil {
			t.Errorf("Save of %.20q worked", bad)
		}
	}
	if names := list(t, filepath.Dir(f.Path)); names != "" {
		t.Errorf("the folder holds %s", names)
	}
}

// Two states of one file would each have a lock of its own.
func TestFileHardLink(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	f := File{Path: filepath.Join(dir, "app.json")}
	v, err := f.Save(t.Context(), []byte(`{"n":1}`), "")
	if err != nil {
		t.Fatal(err)
	}
	other := File{Path: filepath.Join(dir, "other.json")}
	if err := os.Link(f.Path, other.Path); err != nil {
		t.Skip(err)
	}
	for _, f := range []File{f, other} {
		if _, err := f.Save(t.Context(), []byte(`{"n":2}`), v); err == nil || !strings.Contains(err.Error(), "2 names") {
			t.Errorf("Save: %v", err)
		}
		wantLoaded(t, f, `{"n":1}`)
	}
}

func wantLoaded(t *testing.T, f File, want string) {
	t.Helper()
	if data, _, err := f.Load(t.Context()); string(data) != want || err != nil {
		t.Errorf("Load: %s, %v; want %s", data, err, want)
	}
}

func countUp(ctx context.Context, s State) (n int, err error) {
	data, version, err := s.Load(ctx)
	if err != nil {
		return 0, err
	}
	if len(data) > 0 {
		if err := json.Unmarshal(data, &n); err != nil {
			return 0, err
		}
	}
	_, err = s.Save(ctx, fmt.Append(nil, n+1), version)
	return n + 1, err
}

// Processes that are killed anywhere leave a state that can be read, no lock, and
// no two of them ever save the same number, though each has its own link to it.
func TestFileSurvivesSIGKILL(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	path := filepath.Join(dir, "app.json")
	var (
		wg      sync.WaitGroup
		mu      sync.Mutex
		counted = map[string]int{}
	)
	for i := range 6 {
		name := path
		if i%2 == 1 && runtime.GOOS != "windows" {
			name = fmt.Sprintf("%s.%d", path, i)
			if err := os.Symlink("app.json", name); err != nil {
				t.Fatal(err)
			}
		}
		p := start(t, "count", name)
		wg.Go(func() {
			for n := 0; n < 5+3*i && p.lines.Scan(); n++ {
				mu.Lock()
				counted[p.lines.Text()]++
				mu.Unlock()
			}
			p.kill()
		})
	}
	wg.Wait()
	for line, times := range counted {
		if times != 1 {
			t.Errorf("%d processes %s", times, line)
		}
	}
	n, err := countUp(t.Context(), File{Path: path})
	if err != nil || n <= len(counted) || len(counted) < 5 {
		t.Errorf("after the kills: %d, %v; %d were counted", n, err, len(counted))
	}
}
