package inventory_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, err := range inventory.Read(dir, "users") {
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("no file: %v", err)
		}
	}
	line := `{"resource":"user-roles","parent":"00u1","collected_at":"2026-11-27T09:00:00Z","object":{"id":"ra1","assignmentType":"USER"}}`
	must(t, os.WriteFile(filepath.Join(dir, "user-roles.ndjson"), []byte(line+"\n\n"+line), 0o600))
	n := 0
	for o, err := range inventory.Read(dir, "user-roles") {
		if err != nil || o.Parent != "00u1" || o.Key() != "00u1/ra1 USER" || o.Collected.Hour() != 9 {
			t.Errorf("%+v, %q, %v", o, o.Key(), err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d objects", n)
	}
	for range inventory.Read(dir, "user-roles") {
		break
	}
	must(t, os.WriteFile(filepath.Join(dir, "apps.ndjson"), []byte("{}\n{"), 0o600))
	var last error
	for _, err := range inventory.Read(dir, "apps") {
		last = err
	}
	if last == nil || last.Error() != "inventory: read apps: line 2: unexpected end of JSON input" {
		t.Errorf("half a line: %v", last)
	}
}
