package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestSyncDir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := SyncDir(dir); err != nil {
		t.Error(err)
	}
	if err := SyncDir(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is missing: %v", err)
	}
	if err := syncDir(&watched{fail: "sync " + filepath.Base(dir)}, dir); !errors.Is(err, errFault) {
		t.Errorf("a folder whose sync fails: %v", err)
	}
}

// A file system that does not sync folders, such as /proc, does not cause an error.
func TestSyncDirThatCannot(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self"); err != nil {
		t.Skip("there is no /proc")
	}
	d, err := os.Open("/proc")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Sync(); err == nil {
		t.Skip("/proc is synced here")
	}
	if err := SyncDir("/proc"); err != nil {
		t.Errorf("SyncDir: %v", err)
	}
}

// A closed folder shows that the system is asked: it must fail.
func TestSyncDirAsksTheSystem(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is nothing to ask Windows for")
	}
	d, err := openDir(t.TempDir())
	if err == nil {
		err = d.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Sync(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Sync of a closed folder: %v, want that it is closed", err)
	}
}
