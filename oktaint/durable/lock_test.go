package durable

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// wantHeld checks that the lock of path is taken.
func wantHeld(t *testing.T, path string) {
	t.Helper()
	if _, err := tryLock(path); !errors.Is(err, ErrLocked) {
		t.Errorf("the lock of %s: %v, want ErrLocked", path, err)
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	path := filepath.Join(dir, "app.json")
	for range 2 {
		unlock, err := Lock(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		wantHeld(t, path)
		unlock()
	}
	if names := list(t, dir); names != "app.json.lock" {
		t.Errorf("the folder holds %s", names)
	}
	_, err := Lock(t.Context(), filepath.Join(dir, "none", "app.json"))
	if !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), "durable: locking "+dir) {
		t.Errorf("in a folder that is missing: %v", err)
	}
}

// Lock waits until the lock is free, but not longer than its caller.
func TestLockWaits(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.json")
	unlock, err := Lock(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := Lock(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Lock while it is locked: %v, want DeadlineExceeded", err)
	}
	if _, err := (File{Path: path}).Save(ctx, []byte(`{}`), ""); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Save while it is locked: %v, want DeadlineExceeded", err)
	}
	time.AfterFunc(20*time.Millisecond, unlock)
	if _, err := (File{Path: path}).Save(t.Context(), []byte(`{}`), ""); err != nil {
		t.Errorf("Save after the lock: %v", err)
	}
}

// All symbolic links to a file have one lock, whether the file is there or not;
// another process that dies gives it up.
func TestLockOfOtherProcess(t *testing.T) {
	t.Parallel()
	for name, existing := range map[string]bool{"a file": true, "nothing yet": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newFolder(t)
			path, link, folder := filepath.Join(dir, "app.json"), filepath.Join(newFolder(t), "link"), filepath.Join(t.TempDir(), "folder")
			if existing {
				writeTestFile(t, path, "x", 0o600)
			}
			if err := errors.Join(os.Symlink(path, link), os.Symlink(dir, folder)); err != nil {
				t.Skip(err)
			}
			p := start(t, "lock", link)
			if got := p.line(); got != "locked <nil>" {
				t.Fatal(got)
			}
			for _, name := range []string{path, link, filepath.Join(folder, "app.json")} {
				wantHeld(t, name)
			}
			p.kill()
			unlock, err := Lock(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			unlock()
		})
	}
}

func TestLockHardLink(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	path := filepath.Join(dir, "app.json")
	writeTestFile(t, path, "x", 0o600)
	if err := os.Link(path, filepath.Join(dir, "other.json")); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{"app.json", "other.json"} {
		if _, err := Lock(t.Context(), filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), "2 names (hard links)") {
			t.Errorf("Lock: %v", err)
		}
	}
}

// If lock files and logs are removed all the time, two never have the lock: the locked
// file is the one that the path names.
func TestLockIsOfWhatThePathNames(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.json")
	var (
		wg   sync.WaitGroup
		held sync.Mutex // while one has the lock and has not removed the file yet
	)
	for range 4 {
		wg.Go(func() {
			for range 200 {
				unlock, err := Lock(t.Context(), path)
				if err != nil {
					t.Error(err)
					return
				}
				if !held.TryLock() {
					t.Error("two have the lock")
					unlock()
					return
				}
				held.Unlock()
				_ = os.Remove(path + ".lock") // others who wait for it have it open
				unlock()
			}
		})
	}
	wg.Wait()
}

// A process that is started while a lock is held has a copy of the open file until
// it runs its own program. The lock is free as soon as it is given up.
func TestLockIsNotInherited(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	f, err := openLocked(path)
	if err != nil {
		t.Fatal(err)
	}
	closeCopy, err := copyOf(f.File)
	if err != nil {
		t.Skip(err)
	}
	defer closeCopy()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	openTestLog(t, real{}, path)
}
