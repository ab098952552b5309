package inventory_test

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

func openFiles(t *testing.T, dir string, opts inventory.FileOptions) *inventory.Files {
	t.Helper()
	f, err := inventory.OpenFiles(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func batch(resource, parent string, objects ...string) inventory.Batch {
	b := inventory.Batch{Resource: resource, Parent: parent, At: time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)}
	for _, o := range objects {
		b.Items = append(b.Items, json.RawMessage(o))
	}
	return b
}

var complete = inventory.Outcome{Status: inventory.Complete}

// A line holds the object and where it is from, or the object alone, always on one line.
func TestFilesLines(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		opts inventory.FileOptions
		want string
	}{
		{inventory.FileOptions{}, `{"resource":"group-members","parent":"00g1","collected_at":"2026-11-27T09:00:00Z","object":{"id":"00u1"}}` + "\n" +
			`{"resource":"group-members","collected_at":"2026-11-27T09:00:00Z","object":{"a":"b c"}}` + "\n"},
		{inventory.FileOptions{Raw: true}, `{"id":"00u1"}` + "\n" + `{"a":"b c"}` + "\n"},
	} {
		dir := t.TempDir()
		f := openFiles(t, dir, tt.opts)
		must(t, f.Restore(t.Context(), ""))
		must(t, f.Put(t.Context(), batch("group-members", "00g1", `{"id":"00u1"}`)))
		must(t, f.Put(t.Context(), batch("group-members", "", "{\n \"a\":\r\n\"b c\"}")))
		if exists(filepath.Join(dir, "group-members.ndjson")) {
			t.Error("it has its name before it is complete")
		}
		must(t, f.Finish(t.Context(), inventory.Row{Resource: "group-members", Outcome: complete, Count: 2}))
		must(t, f.Close())
		got, err := os.ReadFile(filepath.Join(dir, "group-members.ndjson"))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s, %v, want %s", got, err, tt.want)
		}
		info, err := os.Stat(filepath.Join(dir, "group-members.ndjson"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
	}
}

// A large batch goes to the disk in parts, so that little of it is in memory twice.
func TestFilesLargeBatch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := openFiles(t, dir, inventory.FileOptions{Raw: true})
	must(t, f.Restore(t.Context(), ""))
	object := `{"id":"` + strings.Repeat("x", 1000) + `"}`
	must(t, f.Put(t.Context(), batch("users", "", slices.Repeat([]string{object}, 1000)...)))
	info, err := os.Stat(filepath.Join(dir, "users.ndjson.part"))
	must(t, err)
	if info.Size() < 800_000 || info.Size() > 1_000_000 {
		t.Errorf("%d bytes of 1,010,000 are written", info.Size())
	}
	must(t, f.Finish(t.Context(), inventory.Row{Resource: "users", Outcome: complete, Count: 1000}))
	must(t, f.Close())
	got, err := os.ReadFile(filepath.Join(dir, "users.ndjson"))
	if err != nil || string(got) != strings.Repeat(object+"\n", 1000) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// One writer at a time; another one is refused, and may come when the first has closed.
func TestFilesLocked(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	f := openFiles(t, dir, inventory.FileOptions{})
	if _, err := inventory.OpenFiles(dir, inventory.FileOptions{}); err == nil || !strings.Contains(err.Error(), "another run") {
		t.Errorf("a second one: %v", err)
	}
	must(t, f.Close())
	must(t, openFiles(t, dir, inventory.FileOptions{}).Close())
}

// What could not be read leaves no file, not even one of an earlier run, nor one with the
// other choice of compression; what was read in part leaves one.
func TestFilesFinish(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"users.ndjson", "groups.ndjson", "groups.ndjson.gz", "apps.ndjson", "zones.ndjson"} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("{}\n"), 0o600))
	}
	f := openFiles(t, dir, inventory.FileOptions{Gzip: true})
	must(t, f.Restore(t.Context(), ""))
	must(t, f.Put(t.Context(), batch("apps", "", `{"id":"0oa1"}`)))
	for _, row := range []inventory.Row{
		{Resource: "users", Outcome: inventory.Outcome{Status: inventory.Refused}},
		{Resource: "groups", Outcome: complete},
		{Resource: "apps", Outcome: inventory.Outcome{Status: inventory.Failed}, Count: 1},
	} {
		must(t, f.Finish(t.Context(), row))
	}
	must(t, f.Close())
	for name, want := range map[string]bool{
		"users.ndjson": false, "users.ndjson.gz": false, "groups.ndjson": false, "groups.ndjson.gz": true,
		"apps.ndjson": false, "apps.ndjson.gz": true, "zones.ndjson": true,
	} {
		if got := exists(filepath.Join(dir, name)); got != want {
			t.Errorf("%s is there: %t, want %t", name, got, want)
		}
	}
	wantSame(t, "what is read back", collected(t, dir)["groups"], []string{})
}

// Whatever came after a mark is cut off: more lines, an end, both.
func TestFilesRestore(t *testing.T) {
	t.Parallel()
	for _, opts := range []inventory.FileOptions{{}, {Gzip: true}} {
		for name, after := range map[string]func(t *testing.T, f *inventory.Files){
			"nothing": func(*testing.T, *inventory.Files) {},
			"lines": func(t *testing.T, f *inventory.Files) {
				must(t, f.Put(t.Context(), batch("users", "", `{"id":"00u3, which comes too late"}`)))
				_, err := f.Commit(t.Context())
				must(t, err)
			},
			"the end": func(t *testing.T, f *inventory.Files) {
				must(t, f.Put(t.Context(), batch("users", "", `{"id":"00u3, which comes too late"}`)))
				must(t, f.Finish(t.Context(), inventory.Row{Resource: "users", Outcome: complete, Count: 2}))
			},
			"the end of another": func(t *testing.T, f *inventory.Files) {
				must(t, f.Put(t.Context(), batch("groups", "", `{"id":"00u3, which comes too late"}`)))
				must(t, f.Finish(t.Context(), inventory.Row{Resource: "groups", Outcome: complete, Count: 2}))
			},
		} {
			dir := t.TempDir()
			f := openFiles(t, dir, opts)
			must(t, f.Restore(t.Context(), ""))
			must(t, f.Put(t.Context(), batch("users", "", `{"id":"00u1"}`)))
			must(t, f.Put(t.Context(), batch("apps", "", `{"id":"0oa1"}`)))
			must(t, f.Finish(t.Context(), inventory.Row{Resource: "apps", Outcome: complete, Count: 1}))
			mark, err := f.Commit(t.Context())
			must(t, err)
			after(t, f)
			must(t, f.Close())

			f = openFiles(t, dir, opts)
			must(t, f.Restore(t.Context(), mark))
			must(t, f.Put(t.Context(), batch("users", "", `{"id":"00u2"}`)))
			must(t, f.Finish(t.Context(), inventory.Row{Resource: "users", Outcome: complete, Count: 2}))
			must(t, f.Close())
			got := collected(t, dir)
			wantSame(t, name, got["users"], []string{`users  {"id":"00u1"}`, `users  {"id":"00u2"}`})
			wantSame(t, name, got["apps"], []string{`apps  {"id":"0oa1"}`})
		}
	}
}

// A name that a crash has lost is given again; a file that is gone is an error.
func TestFilesRestoreAfterCrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := openFiles(t, dir, inventory.FileOptions{})
	must(t, f.Restore(t.Context(), ""))
	must(t, f.Put(t.Context(), batch("apps", "", `{"id":"0oa1"}`)))
	must(t, f.Put(t.Context(), batch("users", "", `{"id":"00u1"}`)))
	must(t, f.Finish(t.Context(), inventory.Row{Resource: "apps", Outcome: complete, Count: 1}))
	mark, err := f.Commit(t.Context())
	must(t, err)
	must(t, f.Close())
	name := filepath.Join(dir, "apps.ndjson")
	must(t, os.Rename(name, name+".part"))
	f = openFiles(t, dir, inventory.FileOptions{})
	must(t, f.Restore(t.Context(), mark))
	must(t, f.Close())
	if !exists(name) {
		t.Error("the name is not given again")
	}
	must(t, os.Remove(filepath.Join(dir, "users.ndjson.part")))
	f = openFiles(t, dir, inventory.FileOptions{})
	if err := f.Restore(t.Context(), mark); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("gone: %v", err)
	}
	if err := f.Restore(t.Context(), "{"); err == nil {
		t.Error("another sink's mark is taken")
	}
	must(t, f.Close())
}

// A disk that takes nothing more ends the run.
func TestFilesFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := openFiles(t, dir, inventory.FileOptions{})
	defer f.Close()
	must(t, f.Restore(t.Context(), ""))
	must(t, os.MkdirAll(filepath.Join(dir, "users.ndjson.part", "x"), 0o700)) // nothing can be written there
	must(t, f.Put(t.Context(), batch("users", "", `{}`)))
	if _, err := f.Commit(t.Context()); err == nil {
		t.Error("committed")
	}
	state := durable.File{Path: filepath.Join(dir, "checkpoint.json")}
	_, err := inventory.Collect(context.Background(), newFakeOrg(nil).client(t), f, inventory.Options{Resources: []string{"users"}, Checkpoints: state})
	if err == nil || !strings.Contains(err.Error(), "inventory: the sink: ") {
		t.Errorf("collected: %v", err)
	}
}
