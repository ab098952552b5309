package durable

import (
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

func openTestLog(t *testing.T, sys system, path string) *Log {
	t.Helper()
	log, err := openLog(sys, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	return log
}

func wantAppended(t *testing.T, log *Log, line string) {
	t.Helper()
	if err := log.Append([]byte(line)); err != nil {
		t.Fatal(err)
	}
}

func TestLog(t *testing.T) {
	t.Parallel()
	path := filepath.Join(newFolder(t), "acme.records")
	for i := range 2 {
		log := openTestLog(t, real{}, path)
		wantAppended(t, log, fmt.Sprint("first ", i))
		wantAppended(t, log, "")
		if err := log.Append([]byte("two\nlines")); err == nil || !strings.Contains(err.Error(), "line break") {
			t.Errorf("Append of two lines: %v", err)
		}
		for range 2 {
			if err := log.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := log.Append([]byte("late")); !errors.Is(err, os.ErrClosed) || !strings.HasPrefix(err.Error(), "durable: the log "+path) {
			t.Errorf("Append after Close: %v", err)
		}
	}
	wantFile(t, path, "first 0\n\nfirst 1\n\n")
	if names := list(t, filepath.Dir(path)); names != "acme.records" {
		t.Errorf("the folder holds %s", names)
	}
	if _, err := OpenLog(filepath.Join(filepath.Dir(path), "none", "log")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("OpenLog in a folder that is missing: %v", err)
	}
}

func TestLogMode(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes are not kept on Windows")
	}
	path := filepath.Join(t.TempDir(), "acme.records")
	writeTestFile(t, path, "old\n", 0o644)
	openTestLog(t, real{}, path)
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

// The caller's slice is not written to, though it has room for the line's end.
func TestLogLeavesTheLine(t *testing.T) {
	t.Parallel()
	log := openTestLog(t, real{}, filepath.Join(t.TempDir(), "log"))
	text := []byte("one,two")
	if err := log.Append(text[:3]); err != nil || string(text) != "one,two" {
		t.Errorf("%q, %v", text, err)
	}
}

// All names of a file have one lock, for other processes, too. One that dies gives
// it up.
func TestLogLock(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	path, link, hard := filepath.Join(dir, "log"), filepath.Join(dir, "link"), filepath.Join(dir, "hard")
	if err := os.Symlink("log", link); err != nil {
		t.Skip(err)
	}
	p := start(t, "log", link) // makes the file that the link leads to
	if got := p.line(); got != "appended <nil>" {
		t.Fatal(got)
	}
	if err := os.Link(path, hard); err != nil {
		t.Skip(err)
	}
	for _, name := range []string{path, link, hard} {
		if _, err := OpenLog(name); !errors.Is(err, ErrLocked) {
			t.Errorf("OpenLog of %s: %v, want ErrLocked", name, err)
		}
		wantFile(t, name, "from the process\n")
	}
	p.kill()
	for _, name := range []string{path, link, hard} {
		log := openTestLog(t, real{}, name)
		if _, err := OpenLog(path); !errors.Is(err, ErrLocked) {
			t.Errorf("OpenLog while %s has it: %v, want ErrLocked", name, err)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A log that is rotated while it is open accepts no more lines: they would be lost, or
// another process might be at work on the new file.
func TestLogMovedAway(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be moved on Windows")
	}
	for name, do := range map[string]func(path string) error{
		"moved":    func(path string) error { return os.Rename(path, path+".1") },
		"removed":  os.Remove,
		"replaced": func(path string) error { return WriteFile(path, []byte("one\n")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "log")
			log := openTestLog(t, real{}, path)
			wantAppended(t, log, "one")
			if err := do(path); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := log.Append([]byte("two")); !errors.Is(err, errMoved) {
					t.Errorf("Append: %v, want that the file was moved", err)
				}
			}
			again := openTestLog(t, real{}, path)
			wantAppended(t, again, "three")
		})
	}
}

// If several open, move away and close a log at once, no line is lost, and none is
// appended to a file that another has open.
func TestLogIsOfWhatThePathNames(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("an open file cannot be moved on Windows")
	}
	dir := newFolder(t)
	path := filepath.Join(dir, "log")
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; i < 10; {
				log, err := OpenLog(path)
				if errors.Is(err, ErrLocked) {
					runtime.Gosched()
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if err := log.Append([]byte("x")); err != nil {
					t.Error(err) // others do not move it while we have it
				}
				if err := os.Rename(path, fmt.Sprintf("%s.%d.%d", path, w, i)); err != nil {
					t.Error(err)
				}
				log.Close()
				i++
			}
		})
	}
	wg.Wait()
	if n := len(strings.Fields(list(t, dir))); n != 40 {
		t.Errorf("%d files, want 40", n)
	}
}

// Each line is synced, and the name of the file before the first one.
func TestLogOrder(t *testing.T) {
	t.Parallel()
	sys := &watched{}
	log := openTestLog(t, sys, filepath.Join(newFolder(t), "log"))
	wantAppended(t, log, "one")
	wantAppended(t, log, "two")
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "openlog log, opendir dir, sync dir, write log, sync log, write log, sync log, close log"; sys.noted() != want {
		t.Errorf("calls %s, want %s", sys.noted(), want)
	}
}

func TestLogFails(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]string{
		"openlog log": "", "opendir dir": "", "sync dir": "",
		"write log": "zero\nlost\nthree\n", // as "lostlost" is cut by the full disk
		"sync log":  "zero\nlostlost\nthree\n",
	} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(newFolder(t), "log")
			sys := &watched{}
			if want == "" {
				sys.fail = call
				if _, err := openLog(sys, path); !errors.Is(err, errFault) {
					t.Errorf("OpenLog: %v, want the fault", err)
				}
				if _, err := OpenLog(path); err != nil {
					t.Errorf("the lock was not given up: %v", err)
				}
				return
			}
			log := openTestLog(t, sys, path)
			wantAppended(t, log, "zero")
			sys.fail = call
			if err := log.Append([]byte("lostlost")); !errors.Is(err, errFault) || !strings.HasPrefix(err.Error(), "durable: the log ") {
				t.Errorf("Append: %v, want the fault", err)
			}
			sys.fail = ""
			wantAppended(t, log, "three")
			wantFile(t, path, want)
		})
	}
}

// A line that a crash has cut is ended before the next one.
func TestLogCutLine(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	writeTestFile(t, path, "whole\nha", 0o600)
	log := openTestLog(t, real{}, path)
	wantAppended(t, log, "next")
	wantAppended(t, log, "last")
	wantFile(t, path, "whole\nha\nnext\nlast\n")
}

func TestLogConcurrent(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	log := openTestLog(t, real{}, path)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				if err := log.Append([]byte("line")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	wantFile(t, path, strings.Repeat("line\n", 80))
}
