//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package durable

import (
	"errors"
	"os"
)

// openLock fails: this system has no lock that a kill releases.
func openLock(string) (*os.File, error) {
	return nil, errors.New("files cannot be locked safely on this system: keep it in a database")
}

func unlock(*os.File) {}
