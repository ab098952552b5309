//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package durable

import "errors"

// lock fails: this system has no lock that a kill releases.
func lock(string) (unlock func(), err error) {
	return nil, errors.New("files cannot be locked safely on this system: keep it in a database")
}

// SyncDir puts the names in a folder on the disk. It does nothing: how this system
// does that is not known.
func SyncDir(string) error { return nil }
