//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package oauthapp

import "errors"

// lockFile fails: this system has no lock that a kill releases.
func lockFile(string) (unlock func(), err error) {
	return nil, errors.New("files cannot be locked safely on this system: use a journal in a database")
}

func syncDir(string) error { return nil }
