package inventory_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// snapshot is the text of every file of a folder.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	must(t, err)
	for _, name := range names {
		text, err := os.ReadFile(name)
		must(t, err)
		if !strings.HasSuffix(name, ".lock") {
			all[filepath.Base(name)] = string(text)
		}
	}
	return all
}

// Changes replace what was collected at Commit and not before; what has none keeps its
// file, and each file stays compressed or not.
func TestUpdates(t *testing.T) {
	t.Parallel()
	for _, packed := range []bool{false, true} {
		t.Run(fmt.Sprint("gzip ", packed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			f := openFiles(t, dir, inventory.FileOptions{Gzip: packed})
			must(t, f.Restore(t.Context(), ""))
			must(t, f.Put(t.Context(), batch("group-members", "00g1", `{"id":"a"}`, `{"id":"b"}`)))
			must(t, f.Put(t.Context(), batch("group-members", "00g2", `{"id":"a"}`, `{"id":"c"}`)))
			must(t, f.Put(t.Context(), batch("users", "", `{"id":"a"}`)))
			for _, name := range []string{"group-members", "users"} {
				must(t, f.Finish(t.Context(), inventory.Row{Resource: name, Outcome: complete}))
			}
			must(t, f.Close())

			f = openFiles(t, dir, inventory.FileOptions{Gzip: !packed})
			defer f.Close()
			before := snapshot(t, dir)
			s, err := f.Updates()
			must(t, err)
			must(t, s.Restore(t.Context(), ""))
			changes := batch("group-members", "00g1", `{"id":"a","n":1}`, `{"id":"d"}`)
			must(t, s.Put(t.Context(), changes))
			gone := batch("group-members", "00g2")
			gone.Deleted = []string{"a", "unknown"}
			must(t, s.Put(t.Context(), gone))
			must(t, s.Put(t.Context(), batch("group-members", "00g1", `{"id":"a","n":2}`)))
			again := batch("group-members", "00g2")
			again.Deleted = []string{"c"}
			must(t, s.Put(t.Context(), again))
			must(t, s.Put(t.Context(), batch("group-members", "00g2", `{"id":"c","n":3}`)))
			must(t, s.Put(t.Context(), batch("apps", "", `{"id":"new"}`)))
			for _, row := range []inventory.Row{
				{Resource: "group-members", Outcome: complete}, {Resource: "users", Outcome: complete}, {Resource: "apps", Outcome: complete},
				{Resource: "policies", Outcome: complete}, {Resource: "devices", Outcome: inventory.Outcome{Status: inventory.NotLicensed}},
			} {
				must(t, s.Finish(t.Context(), row))
			}
			got := snapshot(t, dir)
			for name, text := range before {
				if got[name] != text {
					t.Errorf("%s changed before Commit", name)
				}
			}
			_, err = s.Commit(t.Context())
			must(t, err)
			wantSame(t, "objects", collected(t, dir), map[string][]string{
				"group-members": {`group-members 00g1 {"id":"a","n":2}`, `group-members 00g1 {"id":"b"}`, `group-members 00g1 {"id":"d"}`, `group-members 00g2 {"id":"c","n":3}`},
				"users":         {`users  {"id":"a"}`}, "apps": {`apps  {"id":"new"}`}, "policies": {},
			})
			old, fresh := ".ndjson", ".ndjson.gz"
			if packed {
				old, fresh = fresh, old
			}
			names := []string{"apps" + fresh, "group-members" + old, "policies" + fresh, "users" + old}
			after := snapshot(t, dir)
			if got := slices.Sorted(mapsKeys(after)); !slices.Equal(got, names) {
				t.Errorf("files %q, want %q", got, names)
			}
			if after["users"+old] != before["users"+old] {
				t.Error("the file without changes is another one")
			}
		})
	}
}

func mapsKeys(m map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Raw files cannot be brought up to date.
func TestUpdatesRaw(t *testing.T) {
	t.Parallel()
	f := openFiles(t, t.TempDir(), inventory.FileOptions{Raw: true})
	defer f.Close()
	if _, err := f.Updates(); err == nil || !strings.Contains(err.Error(), "collect all of it again") {
		t.Errorf("error %v", err)
	}
}

// A brokenStore fails in one method.
type brokenStore struct {
	inventory.Store
	in string
}

var errBroken = errors.New("disk full")

func (b brokenStore) fail(in string) error {
	if b.in == in {
		return errBroken
	}
	return nil
}

func (b brokenStore) Put(ctx context.Context, batch inventory.Batch) error {
	return errors.Join(b.fail("put"), b.Store.Put(ctx, batch))
}

func (b brokenStore) Finish(ctx context.Context, row inventory.Row) error {
	return errors.Join(b.Store.Finish(ctx, row), b.fail("finish"))
}

func (b brokenStore) Commit(ctx context.Context) (string, error) {
	if err := b.fail("commit"); err != nil {
		return "", err
	}
	return b.Store.Commit(ctx)
}

func (b brokenStore) Restore(ctx context.Context, mark string) error {
	if b.in == "panic" {
		panic("secret")
	}
	return errors.Join(b.Store.Restore(ctx, mark), b.fail("restore"))
}

// A run that is broken off leaves the folder as it was, and the next one does all of it.
func TestDeltaBrokenOff(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"put", "finish", "commit", "restore", "panic"} {
		t.Run(in, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				dir := fill(t, map[string][]inventory.Batch{"apps": {batch("apps", "", `{"id":"a"}`, `{"id":"b"}`)}})
				before := snapshot(t, dir)
				org := newFakeOrg(map[string]answer{"/api/v1/apps": {body: `[{"id":"b"},{"id":"c"}]`}})
				time.Sleep(time.Hour)
				opts, last := inventory.Options{Resources: []string{"apps"}}, earlier(t, start, "apps")
				f := openFiles(t, dir, inventory.FileOptions{})
				s, err := f.Updates()
				must(t, err)
				_, err = inventory.Delta(t.Context(), org.client(t), brokenStore{s, in}, last, opts)
				if err == nil || !errors.Is(err, errBroken) && in != "panic" || strings.Contains(err.Error(), "secret") {
					t.Errorf("error %v", err)
				}
				must(t, f.Close())
				wantSame(t, "folder", snapshot(t, dir), before)
				_, err = deltaOf(t, org, dir, last, opts)
				must(t, err)
				wantSame(t, "apps", collected(t, dir)["apps"], []string{`apps  {"id":"b"}`, `apps  {"id":"c"}`})
			})
		})
	}
}

// What a crash leaves behind is not taken for changes.
func TestUpdatesLeftovers(t *testing.T) {
	t.Parallel()
	dir := fill(t, map[string][]inventory.Batch{"users": {batch("users", "", `{"id":"a"}`)}})
	for _, name := range []string{"users.ndjson.changes", "users.ndjson.new", "users.ndjson.gz.new"} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("{"), 0o600))
	}
	f := openFiles(t, dir, inventory.FileOptions{})
	defer f.Close()
	s, err := f.Updates()
	must(t, err)
	must(t, s.Restore(t.Context(), ""))
	_, err = s.Commit(t.Context())
	must(t, err)
	if got := snapshot(t, dir); len(got) != 1 {
		t.Errorf("files %v", got)
	}
	for _, err := range s.Objects(t.Context(), "apps") {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("no file: %v", err)
		}
	}
}
