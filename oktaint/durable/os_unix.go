//go:build unix

package durable

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// A folder is an open folder.
type folder struct{ *os.File }

func openDir(name string) (syncer, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return folder{f}, nil
}

// Sync puts the names in the folder on the disk, where the file system can.
func (d folder) Sync() error {
	err := d.File.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}

func rename(from, to string) error { return os.Rename(from, to) }

// links returns how many names a file has.
func links(_ string, info fs.FileInfo) (int, error) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Nlink), nil
	}
	return 1, nil
}
