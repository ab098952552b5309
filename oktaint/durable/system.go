package durable

import (
	"io"
	"io/fs"
	"os"
)

// A system makes the calls that durability rests on. Tests watch their order
// and let each of them fail.
type system interface {
	create(name string) (file, error) // a new file, for its owner only
	openLog(path string) (logFile, error)
	openDir(name string) (syncer, error)
	mkdir(name string) error
	rename(from, to string) error
	link(from, to string) error
	remove(name string) error
}

// A syncer puts its changes on the disk.
type syncer interface {
	Sync() error
	io.Closer
}

type file interface {
	io.Writer
	syncer
}

type logFile interface {
	file
	io.ReaderAt
	Stat() (fs.FileInfo, error)
}

// real is the operating system.
type real struct{}

func (real) create(name string) (file, error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil { // a nil *os.File is not a nil file
		return nil, err
	}
	return f, nil
}

func (real) openLog(path string) (logFile, error) {
	f, err := openLocked(path)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (real) openDir(name string) (syncer, error) { return openDir(name) }
func (real) mkdir(name string) error             { return os.Mkdir(name, 0o700) }
func (real) rename(from, to string) error        { return rename(from, to) }
func (real) link(from, to string) error          { return os.Link(from, to) }
func (real) remove(name string) error            { return os.Remove(name) }

// SyncDir puts the names in a folder on the disk, for example after a file was made in
// it or renamed. It does nothing on a file system that cannot do that, and on Windows,
// where the file system journals renames.
func SyncDir(dir string) error { return syncDir(real{}, dir) }

func syncDir(sys system, dir string) error {
	d, err := sys.openDir(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
