package durable

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// errSharingViolation is ERROR_SHARING_VIOLATION: the file is open elsewhere.
const errSharingViolation syscall.Errno = 32

// openLock opens the file at path, which it makes if it is missing, so that it cannot
// be opened for writing elsewhere. It does not wait: the error is ErrLocked if the file
// is open already. The file cannot be renamed or removed meanwhile.
func openLock(path string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, syscall.FILE_SHARE_READ, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	switch {
	case errors.Is(err, errSharingViolation):
		return nil, ErrLocked
	case err != nil:
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	f := os.NewFile(uintptr(h), path)
	if _, err := f.Seek(0, os.SEEK_END); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// unlock does nothing: closing the file gives up the lock.
func unlock(*os.File) {}

// A folder is not synced here: Windows has no call for it.
type folder struct{}

func openDir(name string) (syncer, error) {
	_, err := os.Stat(name)
	return folder{}, err
}

func (folder) Sync() error  { return nil }
func (folder) Close() error { return nil }

// rename waits a little while other programs read the file that is replaced: Windows
// does not rename over an open file.
func rename(from, to string) error {
	for end := time.Now().Add(2 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		err := os.Rename(from, to)
		if !errors.Is(err, errSharingViolation) && !errors.Is(err, syscall.ERROR_ACCESS_DENIED) || time.Now().After(end) {
			return err
		}
	}
}

// links returns how many names a file has.
func links(path string, _ fs.FileInfo) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var info syscall.ByHandleFileInformation
	if err := syscall.GetFileInformationByHandle(syscall.Handle(f.Fd()), &info); err != nil {
		return 0, err
	}
	return int(info.NumberOfLinks), nil
}
