package inventory_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// A stream has the lines of the files, of all resources, and says if it is closed.
func TestLines(t *testing.T) {
	t.Parallel()
	for raw, want := range map[bool]string{
		false: `{"resource":"users","collected_at":"2026-11-27T09:00:00Z","object":{"id":"00u1"}}` + "\n" +
			`{"resource":"group-members","parent":"00g1","collected_at":"2026-11-27T09:00:00Z","object":{"id":"00u2"}}` + "\n",
		true: `{"id":"00u1"}` + "\n" + `{"id":"00u2"}` + "\n",
	} {
		var out bytes.Buffer
		sink := inventory.Lines(&out, raw)
		must(t, sink.Put(t.Context(), batch("users", "", `{"id":"00u1"}`)))
		must(t, sink.Put(t.Context(), batch("group-members", "00g1", "{\"id\":\n\"00u2\"}")))
		if out.String() != want {
			t.Errorf("raw %t: %s, want %s", raw, &out, want)
		}
	}
	r, w := io.Pipe()
	must(t, r.Close())
	if err := inventory.Lines(w, true).Put(t.Context(), batch("users", "", `{}`)); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("closed: %v", err)
	}
	if err := inventory.Lines(io.Discard, true).Put(t.Context(), batch("users", "", "{\n")); err == nil || !strings.Contains(err.Error(), "users") {
		t.Errorf("no JSON: %v", err)
	}
}

// A run that begins anew leaves no unfinished file, of either compression.
func TestFilesBeginAnew(t *testing.T) {
	t.Parallel()
	for _, gzip := range []bool{false, true} {
		dir := t.TempDir()
		for _, name := range []string{"users.ndjson.part", "users.ndjson.gz.part", "notes.part"} {
			must(t, os.WriteFile(filepath.Join(dir, name), []byte("{}\n"), 0o600))
		}
		f := openFiles(t, dir, inventory.FileOptions{Gzip: gzip})
		must(t, f.Restore(t.Context(), ""))
		must(t, f.Close())
		left, err := filepath.Glob(filepath.Join(dir, "*.part"))
		must(t, err)
		wantSame(t, "what is left", left, []string{filepath.Join(dir, "notes.part")})
	}
}
