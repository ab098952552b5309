//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package durable

import (
	"errors"
	"os"
)

func mkfifo(string) error { return errors.ErrUnsupported }

func copyOf(*os.File) (closeCopy func(), err error) { return nil, errors.ErrUnsupported }
