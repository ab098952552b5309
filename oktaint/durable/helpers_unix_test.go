//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package durable

import (
	"os"
	"syscall"
)

func mkfifo(path string) error { return syscall.Mkfifo(path, 0o600) }

// copyOf copies an open file as starting a process does.
func copyOf(f *os.File) (closeCopy func(), err error) {
	fd, err := syscall.Dup(int(f.Fd()))
	return func() { syscall.Close(fd) }, err
}
