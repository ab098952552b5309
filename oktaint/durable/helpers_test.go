package durable

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var errFault = errors.New("an injected fault")

// A watched system notes the calls that are made of the real one, and lets one of
// them fail.
type watched struct {
	real
	fail string // the call that fails

	mu    sync.Mutex
	calls []string
}

// call notes a call, such as "sync acme.json". Temporary names are "temp".
func (w *watched) call(op string, names ...string) error {
	for _, name := range names {
		name = filepath.Base(name)
		if strings.HasPrefix(name, ".acme.json.") || strings.HasSuffix(name, ".new") {
			name = "temp"
		}
		op += " " + name
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, op)
	if op == w.fail {
		return errFault
	}
	return nil
}

func (w *watched) noted() string { return strings.Join(w.calls, ", ") }

func (w *watched) create(name string) (file, error) {
	if err := w.call("create", name); err != nil {
		return nil, err
	}
	f, err := w.real.create(name)
	return watchedFile{w: w, name: name, file: f}, err
}

func (w *watched) openLog(path string) (logFile, error) {
	if err := w.call("openlog", path); err != nil {
		return nil, err
	}
	f, err := w.real.openLog(path)
	return watchedLog{logFile: f, watchedFile: watchedFile{w: w, name: path, file: f}}, err
}

func (w *watched) openDir(name string) (syncer, error) {
	if err := w.call("opendir", name); err != nil {
		return nil, err
	}
	d, err := w.real.openDir(name)
	return watchedDir{d, w, name}, err
}

func (w *watched) mkdir(name string) error {
	return errors.Join(w.call("mkdir", name), w.real.mkdir(name))
}

func (w *watched) rename(from, to string) error {
	if err := w.call("rename", from, to); err != nil {
		return err
	}
	return w.real.rename(from, to)
}

func (w *watched) link(from, to string) error {
	if err := w.call("link", from, to); err != nil {
		return err
	}
	return w.real.link(from, to)
}

func (w *watched) remove(name string) error {
	if err := w.call("remove", name); err != nil {
		return err
	}
	return w.real.remove(name)
}

type watchedFile struct {
	file
	w    *watched
	name string
}

// Write writes a half if it is to fail, as a full disk does.
func (f watchedFile) Write(p []byte) (int, error) {
	if err := f.w.call("write", f.name); err != nil {
		n, _ := f.file.Write(p[:len(p)/2])
		return n, err
	}
	return f.file.Write(p)
}

func (f watchedFile) Sync() error { return errors.Join(f.w.call("sync", f.name), f.file.Sync()) }

func (f watchedFile) Close() error { return errors.Join(f.w.call("close", f.name), f.file.Close()) }

type watchedLog struct {
	logFile
	watchedFile
}

func (f watchedLog) Write(p []byte) (int, error) { return f.watchedFile.Write(p) }
func (f watchedLog) Sync() error                 { return f.watchedFile.Sync() }
func (f watchedLog) Close() error                { return f.watchedFile.Close() }

type watchedDir struct {
	syncer
	w    *watched
	name string
}

func (d watchedDir) Sync() error { return errors.Join(d.w.call("sync", d.name), d.syncer.Sync()) }

// folder returns a new folder with the name "dir".
func newFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

// list returns the names in a folder.
func list(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s holds %.200q, %v; want %q", path, got, err, want)
	}
}

func writeTestFile(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

// A process is this test's own binary, which does one thing with a file.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner // that it prints
}

// work is the environment variable that says what a process does: "what path".
const work = "DURABLE_TEST_WORK"

// start starts a process, which is killed when the test ends.
func start(t *testing.T, what, path string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestProcess$")
	cmd.Env = append(os.Environ(), work+"="+what+" "+path)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, lines: bufio.NewScanner(out)}
	t.Cleanup(p.kill)
	return p
}

// line returns the next line that the process prints.
func (p *process) line() string {
	p.lines.Scan()
	return p.lines.Text()
}

// kill ends the process by SIGKILL.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill() // it may have ended
		_ = p.cmd.Wait()
	}
}

// TestProcess is what the processes run.
func TestProcess(t *testing.T) {
	what, path, ok := strings.Cut(os.Getenv(work), " ")
	if !ok {
		return
	}
	switch what {
	case "lock":
		_, err := Lock(t.Context(), path)
		fmt.Println("locked", err)
		select {}
	case "log":
		log, err := OpenLog(path)
		if err == nil {
			err = log.Append([]byte("from the process"))
		}
		fmt.Println("appended", err)
		select {}
	case "count":
		for {
			n, err := countUp(t.Context(), File{Path: path})
			switch {
			case err == nil:
				fmt.Println("counted", n)
			case !errors.Is(err, ErrConflict):
				t.Fatal(err)
			}
		}
	}
}
