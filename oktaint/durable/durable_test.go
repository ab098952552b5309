package durable_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

func TestLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := durable.Lock(path)
	if err != nil || unlock == nil {
		t.Fatalf("Lock: %v", err)
	}
	if second, err := durable.Lock(path); err != nil || second != nil {
		t.Errorf("locked twice: %v", err)
	}
	unlock()
	again, err := durable.Lock(path)
	if err != nil || again == nil {
		t.Fatalf("after it was unlocked: %v", err)
	}
	again()
	if _, err := durable.Lock(filepath.Join(t.TempDir(), "no", "lock")); !os.IsNotExist(err) {
		t.Errorf("in a folder that is missing: %v", err)
	}
}

func TestSyncDir(t *testing.T) {
	t.Parallel()
	if err := durable.SyncDir(t.TempDir()); err != nil {
		t.Error(err)
	}
}
