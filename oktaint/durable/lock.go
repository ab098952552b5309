package durable

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"
)

// Lock locks a file that is replaced as a whole, as [WriteFile] does, and need not
// exist yet. It waits until the lock is free or ctx ends, looking again every few
// milliseconds. unlock gives it up.
//
// The lock is on an empty file in the same folder, with the name of the file and the
// ending ".lock", which is made and stays. If path is a symbolic link, the lock is that
// of the file it leads to, so that all links to a file share one lock. A file with more
// than one name (hard links) is refused: each name would have its own lock.
//
// The error is about the path, or wraps that of ctx.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	if unlock, err = lock(ctx, path); err != nil {
		return nil, fmt.Errorf("durable: locking %s: %w", path, cause(err))
	}
	return unlock, nil
}

func lock(ctx context.Context, path string) (unlock func(), err error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if unlock, err = tryLock(path); !errors.Is(err, ErrLocked) {
			return unlock, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// tryLock does not wait: the error is ErrLocked if the lock is taken.
func tryLock(path string) (unlock func(), err error) {
	target, err := replaceable(path)
	if err != nil {
		return nil, err
	}
	f, err := openLocked(target + ".lock")
	if err != nil {
		return nil, err
	}
	// A link may have been changed or made meanwhile.
	switch now, err := replaceable(path); {
	case err != nil:
		return nil, errors.Join(err, f.Close())
	case now != target:
		return nil, errors.Join(ErrLocked, f.Close())
	}
	return func() { f.Close() }, nil
}

// openLocked opens the file at path for appending, makes it if it is missing, and
// locks it. The lock is on the file itself, and not on its name. So it checks, once the
// lock is held, that the path still names that file: it may have been removed or
// replaced. The error is ErrLocked if the lock is taken. Closing the file gives up the
// lock.
func openLocked(path string) (*locked, error) {
	for range 100 {
		if info, err := os.Stat(path); err == nil {
			if err := regular(info); err != nil {
				return nil, err
			}
		}
		file, err := openLock(path)
		if err != nil {
			return nil, err
		}
		f := &locked{file}
		info, err := named(path, f)
		switch {
		case err == nil:
			err = regular(info)
		case errors.Is(err, errMoved):
			f.Close()
			continue
		}
		if err == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
			err = f.Chmod(0o600) // others could read it before
		}
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		return f, nil
	}
	return nil, errMoved
}

// A locked file has the lock until it is closed.
type locked struct{ *os.File }

func (f *locked) Close() error {
	unlock(f.File)
	return f.File.Close()
}

var errMoved = errors.New("the file was moved, removed or replaced while it was in use")

// named returns what f is. The error is errMoved if path does not name it any more.
func named(path string, f interface{ Stat() (os.FileInfo, error) }) (os.FileInfo, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	now, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, errMoved
	case err != nil:
		return nil, err
	case !os.SameFile(now, info):
		return nil, errMoved
	}
	return info, nil
}
