package durable

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
)

// A Log is an open file of lines that is only ever appended to. Several goroutines
// may use it. Everybody may read the file meanwhile.
type Log struct {
	path string

	mu   sync.Mutex
	file logFile // nil after Close
	cut  bool    // the last line may lack its end
}

// OpenLog opens the file at path, which it makes if it is missing, and locks it
// until it is closed. It does not wait: the error wraps [ErrLocked] if the file is
// open as a log already, in this process or another. The folder must exist. If other
// users could read the file, they no longer can.
//
// The lock is on the file itself, so that all its names, symbolic and hard links,
// share it.
func OpenLog(path string) (*Log, error) { return openLog(real{}, path) }

func openLog(sys system, path string) (*Log, error) {
	target, _, err := follow(path)
	if err != nil {
		return nil, wrapLog(path, err)
	}
	f, err := sys.openLog(target)
	if err != nil {
		return nil, wrapLog(path, err)
	}
	if err := syncDir(sys, folderOf(target)); err != nil { // it may be new
		return nil, wrapLog(path, errors.Join(err, f.Close()))
	}
	return &Log{path: path, file: f, cut: true}, nil
}

func wrapLog(path string, err error) error {
	return fmt.Errorf("durable: the log %s: %w", path, cause(err))
}

// Append adds a line, which must not hold a line break, and its end. The line is
// on the disk when Append returns without an error. After an error the line may be
// there, whole or in part. The next call begins a new line in any case.
//
// It is an error if the path no longer names the open file: a line that is appended to
// a file that was removed, replaced or moved away would be lost.
func (l *Log) Append(line []byte) error {
	if bytes.IndexByte(line, '\n') >= 0 {
		return wrapLog(l.path, errors.New("a line must not hold a line break"))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.append(line); err != nil {
		return wrapLog(l.path, err)
	}
	return nil
}

func (l *Log) append(line []byte) error {
	if l.file == nil {
		return os.ErrClosed
	}
	info, err := named(l.path, l.file)
	if err != nil {
		return err
	}
	if l.cut {
		if err := l.endLine(info.Size()); err != nil {
			return err
		}
	}
	l.cut = true
	if _, err := l.file.Write(append(line[:len(line):len(line)], '\n')); err != nil {
		return err
	}
	l.cut = false
	return l.file.Sync()
}

// endLine ends a line that a crash or a full disk has cut.
func (l *Log) endLine(size int64) error {
	if size == 0 {
		return nil
	}
	last := make([]byte, 1)
	if _, err := l.file.ReadAt(last, size-1); err != nil || last[0] == '\n' {
		return err
	}
	_, err := l.file.Write([]byte{'\n'})
	return err
}

// Close closes the file and gives up the lock. Closing it again does nothing.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}
