//go:build !unix && !windows

package durable

import (
	"io/fs"
	"os"
)

// A folder cannot be synced here: how this system does that is not known.
type folder struct{}

func openDir(name string) (syncer, error) {
	_, err := os.Stat(name)
	return folder{}, err
}

func (folder) Sync() error  { return nil }
func (folder) Close() error { return nil }

func rename(from, to string) error { return os.Rename(from, to) }

// links returns 1: how this system counts the names of a file is not known.
func links(string, fs.FileInfo) (int, error) { return 1, nil }
