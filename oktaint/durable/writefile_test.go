package durable

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestWriteFile(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	path := filepath.Join(dir, "acme.json")
	for _, content := range []string{"one", "the second one", "", strings.Repeat("x", 1<<20)} {
		if err := WriteFile(path, []byte(content)); err != nil {
			t.Fatal(err)
		}
		wantFile(t, path, content)
	}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	before, _ := os.Stat(path)
	if err := WriteFile(path, []byte("secret")); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && after.Mode() != 0o600 {
		t.Errorf("mode %v, %v", after.Mode(), err)
	}
	if os.SameFile(before, after) {
		t.Error("the file was written to, not replaced")
	}
	if names := list(t, dir); names != "acme.json" {
		t.Errorf("the folder holds %s", names)
	}
}

// The name of the temporary file fits where that of the file fits.
func TestWriteFileLongName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), strings.Repeat("n", 250))
	if err := WriteFile(path, []byte("x")); err != nil {
		t.Error(err)
	}
}

// A relative path, and one through the ".." of a linked folder, means the same as for
// the system.
func TestWriteFilePaths(t *testing.T) {
	dir := newFolder(t)
	t.Chdir(dir)
	if err := WriteFile("acme.json", []byte("here")); err != nil {
		t.Fatal(err)
	}
	wantFile(t, filepath.Join(dir, "acme.json"), "here")
	if err := os.MkdirAll("far/away", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("far/away", "linked"); err != nil {
		t.Skip(err)
	}
	if err := WriteFile("linked/../acme.json", []byte("there")); err != nil {
		t.Fatal(err)
	}
	wantFile(t, "far/acme.json", "there")
	wantFile(t, "acme.json", "here")
	if err := os.Symlink("../far.json", "far/away/acme.json"); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile("linked/acme.json", []byte("by a link")); err != nil {
		t.Fatal(err)
	}
	wantFile(t, "far/far.json", "by a link")
}

func TestWriteFileThroughLinks(t *testing.T) {
	t.Parallel()
	for name, existing := range map[string]bool{"to a file": true, "to nothing yet": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, other := newFolder(t), newFolder(t)
			target, link := filepath.Join(other, "target"), filepath.Join(dir, "link")
			if existing {
				writeTestFile(t, target, "old", 0o600)
			}
			for _, l := range [][2]string{{target, filepath.Join(other, "second")}, {filepath.Join(other, "second"), link}} {
				if err := os.Symlink(l[0], l[1]); err != nil {
					t.Skip(err)
				}
			}
			if err := WriteFile(link, []byte("new")); err != nil {
				t.Fatal(err)
			}
			wantFile(t, target, "new")
			if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("the link is %v, %v", info.Mode(), err)
			}
			if names := list(t, dir) + " / " + list(t, other); names != "link / second target" {
				t.Errorf("the folders hold %s", names)
			}
		})
	}
}

// oddities makes files that are not regular, by the name that the error has for them.
func oddities(t *testing.T) map[string]string {
	t.Helper()
	dir := newFolder(t)
	odd := map[string]string{"folder": dir, "folder with a slash": dir + string(filepath.Separator), "empty": ""}
	fifo := filepath.Join(dir, "fifo")
	switch err := mkfifo(fifo); {
	case errors.Is(err, errors.ErrUnsupported):
		return odd
	case err != nil:
		t.Fatal(err)
	}
	odd["FIFO"] = fifo
	odd["link to a FIFO"] = filepath.Join(dir, "link")
	if err := os.Symlink("fifo", odd["link to a FIFO"]); err != nil {
		t.Fatal(err)
	}
	short, err := os.MkdirTemp("", "s") // the address of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(short) })
	odd["socket"] = filepath.Join(short, "s")
	l, err := net.Listen("unix", odd["socket"])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	odd["too many symbolic links"] = filepath.Join(dir, "loop")
	if err := os.Symlink("loop", odd["too many symbolic links"]); err != nil {
		t.Fatal(err)
	}
	return odd
}

// Devices are only named. The test does not write to one: wrong code would replace a
// device of the machine that runs it.
func TestRegular(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(os.DevNull)
	if err != nil || info.Mode()&fs.ModeDevice == 0 {
		t.Skip("there is no null device")
	}
	if err := regular(info); err == nil || !strings.Contains(err.Error(), "it is a device") {
		t.Errorf("%v", err)
	}
}

// A file that is not regular stays as it is, whatever wants to write to it.
func TestRegularFilesOnly(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(path string) error{
		"WriteFile": func(path string) error { return WriteFile(path, []byte("x")) },
		"Lock": func(path string) error {
			_, err := Lock(t.Context(), path)
			return err
		},
		"OpenLog": func(path string) error {
			_, err := OpenLog(path)
			return err
		},
		"File.Save": func(path string) error {
			_, err := File{Path: path}.Save(t.Context(), []byte(`{}`), "")
			return err
		},
		"File.Load": func(path string) error {
			_, _, err := File{Path: path}.Load(t.Context())
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for what, path := range oddities(t) {
				before, _ := os.Lstat(path)
				err := do(path)
				if err == nil || !strings.HasPrefix(err.Error(), "durable: ") || !strings.Contains(err.Error(), path) {
					t.Errorf("%s: %v", what, err)
					continue
				}
				words := strings.Fields(what)
				if last := words[len(words)-1]; last != "slash" && !strings.Contains(err.Error(), last) {
					t.Errorf("%s: %v", what, err)
				}
				if after, _ := os.Lstat(path); before != nil && !os.SameFile(before, after) {
					t.Errorf("%s was replaced", what)
				}
				if names := list(t, filepath.Dir(path)); path != "" && strings.Contains(names, "acme") {
					t.Errorf("%s: left %s", what, names)
				}
			}
		})
	}
}

func TestWriteFileHardLink(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	path, other := filepath.Join(dir, "acme.json"), filepath.Join(dir, "other.json")
	writeTestFile(t, path, "old", 0o600)
	if err := os.Link(path, other); err != nil {
		t.Skip(err)
	}
	if err := WriteFile(path, []byte("new")); err == nil || !strings.Contains(err.Error(), "2 names (hard links)") {
		t.Errorf("WriteFile: %v", err)
	}
	wantFile(t, path, "old")
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, []byte("new")); err != nil {
		t.Errorf("WriteFile after the other name was removed: %v", err)
	}
}

func TestCreate(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	path := filepath.Join(dir, "acme.json")
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			switch err := Create(path, []byte("mine")); {
			case err == nil:
				made.Add(1)
			case !errors.Is(err, fs.ErrExist):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Errorf("%d of 8 have made the file", made.Load())
	}
	wantFile(t, path, "mine")
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.Symlink("nothing", filepath.Join(dir, "link")); err == nil {
		if err := Create(filepath.Join(dir, "link"), nil); !errors.Is(err, fs.ErrExist) {
			t.Errorf("Create at a link: %v", err)
		}
		if names := list(t, dir); names != "acme.json link" {
			t.Errorf("the folder holds %s", names)
		}
	}
	for _, bad := range []string{"", dir, filepath.Join(dir, "none", "acme.json")} {
		if err := Create(bad, nil); err == nil || !strings.HasPrefix(err.Error(), "durable: writing "+bad) {
			t.Errorf("Create(%q): %v", bad, err)
		}
	}
	// A file that was created can be replaced: it has one name.
	if err := WriteFile(path, []byte("new")); err != nil {
		t.Error(err)
	}
}

// writers are the ways to make or replace acme.json, with the calls that they make: the
// content is on the disk before it gets its name, and then the name.
var writers = []struct {
	name, calls string
	old         string // what the file holds before
	do          func(t *testing.T, sys system, dir string) error
}{
	{"WriteFile", "opendir dir, create temp, write temp, sync temp, close temp, rename temp acme.json, sync dir", "old",
		func(_ *testing.T, sys system, dir string) error {
			return writeFile(sys, filepath.Join(dir, "acme.json"), []byte("new"))
		}},
	{"Create", "opendir dir, create temp, write temp, sync temp, close temp, link temp acme.json, remove temp, sync dir", "",
		func(_ *testing.T, sys system, dir string) error {
			return create(sys, filepath.Join(dir, "acme.json"), []byte("new"))
		}},
	{"File.Save", "remove temp, opendir dir, create temp, write temp, sync temp, close temp, rename temp acme.json, sync dir", "",
		func(t *testing.T, sys system, dir string) error {
			_, err := File{Path: filepath.Join(dir, "acme.json")}.save(t.Context(), sys, []byte(`"new"`), "")
			return err
		}},
}

// Nothing is written before the folder is known to be one that can be synced, and
// each fsync is where it belongs.
func TestOrder(t *testing.T) {
	t.Parallel()
	for _, w := range writers {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			dir, sys := newFolder(t), &watched{}
			if err := w.do(t, sys, dir); err != nil {
				t.Fatal(err)
			}
			if sys.noted() != w.calls {
				t.Errorf("calls\n%s, want\n%s", sys.noted(), w.calls)
			}
		})
	}
}

// Each call fails once. The file is then the old one or the new one, whole, and
// the temporary file is gone, with the secret that it may hold.
func TestEachStepFails(t *testing.T) {
	t.Parallel()
	for _, w := range writers {
		for call := range strings.SplitSeq(w.calls, ", ") {
			t.Run(w.name+", "+call, func(t *testing.T) {
				t.Parallel()
				dir := newFolder(t)
				path := filepath.Join(dir, "acme.json")
				if w.old != "" {
					writeTestFile(t, path, w.old, 0o600)
				}
				sys := &watched{fail: call}
				if err := w.do(t, sys, dir); !errors.Is(err, errFault) || !strings.HasPrefix(err.Error(), "durable: ") {
					t.Errorf("error %v, want the fault", err)
				}
				names := strings.TrimSpace(strings.Replace(list(t, dir), "acme.json.lock", "", 1))
				switch renamed := call == "sync dir" || w.name == "Create" && call == "remove temp"; {
				case call == "remove temp" && w.name == "Create":
					if !strings.HasPrefix(names, ".acme.json.") || !strings.HasSuffix(names, " acme.json") {
						t.Errorf("the folder holds %s", names)
					}
				case !renamed && w.old == "":
					if names != "" {
						t.Errorf("the folder holds %s", names)
					}
				default:
					if names != "acme.json" {
						t.Errorf("the folder holds %s", names)
					}
					if !renamed {
						wantFile(t, path, w.old)
					}
				}
			})
		}
	}
}

// If the temporary file cannot be removed either, the error names it: it may hold
// a secret. No other error does.
func TestTemporaryFileThatStays(t *testing.T) {
	t.Parallel()
	dir := newFolder(t)
	sys := &watched{fail: "rename temp acme.json"}
	path := filepath.Join(dir, "acme.json")
	if err := writeFile(sys, path, nil); err == nil || strings.Contains(err.Error(), ".acme.json.") {
		t.Errorf("error %v names the temporary file, which is gone", err)
	}
	err := put(&stuck{}, path, filepath.Join(dir, "temp"), nil, func(string, string) error { return errFault })
	if !errors.Is(err, errFault) || !errors.Is(err, errStuck) || !strings.Contains(err.Error(), "remove the file "+filepath.Join(dir, "temp")) {
		t.Errorf("error %v", err)
	}
}

// A stuck system removes nothing.
type stuck struct{ real }

var errStuck = errors.New("it cannot be removed")

func (*stuck) remove(string) error { return errStuck }
