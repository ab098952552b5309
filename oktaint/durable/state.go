package durable

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A State is a JSON document that several processes load and replace. None of them
// overwrites a change that it has not seen. It is a [File], or a row of a database.
// Several goroutines may use it at once. The package durabletest has a test of these
// promises for implementations.
type State interface {
	// Load returns the document last saved and its version. The document is
	// empty, of length 0, if nothing was saved yet. It is the same JSON as was saved,
	// but not always the same bytes.
	Load(ctx context.Context) (data []byte, version string, err error)

	// Save replaces the document and returns the version of the new one, which no
	// document here had before. prev is the version that Load or Save returned last.
	// If the current version is another one, Save changes nothing and returns an error
	// that wraps [ErrConflict]. Save returns only once the document is durable.
	// Documents of at least 1 MB can be saved.
	//
	// After any other error the document may or may not have been replaced: to go on,
	// load it again.
	Save(ctx context.Context, data []byte, prev string) (version string, err error)
}

// A File is a [State] in a file. Any number of processes on one machine may use
// the same file at once: Save holds [Lock] while it compares and replaces. A file
// that does not exist is an empty state.
//
// The new content is first written to a file with the ending ".new". If a kill has
// left one, it is replaced. The folder is made with the mode 0700 if it is missing.
type File struct {
	// Path is where the file is or will be. Required.
	Path string
}

var _ State = File{}

// maxFile bounds the file, in bytes, so that a large file of something else is not
// read into memory.
const maxFile = 16 << 20

// A content is what the file holds. Version is random, so that a file that was
// removed and made anew is not taken for the old one.
type content struct {
	Version string          `json:"version"`
	State   json.RawMessage `json:"state"`
}

// Load implements [State].
func (f File) Load(ctx context.Context) (data []byte, version string, err error) {
	var now content
	if err = ctx.Err(); err == nil {
		now, err = f.read()
	}
	if err != nil {
		return nil, "", f.wrap(err)
	}
	return now.State, now.Version, nil
}

// Save implements [State]. data must be JSON. The file, which adds a version to it, can
// have up to 16 MB.
func (f File) Save(ctx context.Context, data []byte, prev string) (version string, err error) {
	return f.save(ctx, real{}, data, prev)
}

func (f File) save(ctx context.Context, sys system, data []byte, prev string) (version string, err error) {
	next := content{Version: rand.Text(), State: data}
	text, err := json.Marshal(next)
	switch {
	case err != nil || len(data) == 0:
		return "", f.wrap(errors.New("the document to save is not JSON"))
	case len(text) >= maxFile:
		return "", f.wrap(fmt.Errorf("the document to save is larger than %d MB", maxFile>>20))
	}
	if err := f.swap(ctx, sys, append(text, '\n'), prev); err != nil {
		return "", f.wrap(err)
	}
	return next.Version, nil
}

func (f File) wrap(err error) error {
	return fmt.Errorf("durable: the state in %s: %w", f.Path, cause(err))
}

// swap replaces the content, if it is that of the version prev.
func (f File) swap(ctx context.Context, sys system, text []byte, prev string) error {
	target, err := replaceable(f.Path)
	if err != nil {
		return err
	}
	if err := makeDir(sys, folderOf(target)); err != nil {
		return err
	}
	unlock, err := lock(ctx, target)
	if err != nil {
		return err
	}
	defer unlock()
	now, err := f.read()
	if err != nil {
		return err
	}
	if now.Version != prev {
		return ErrConflict
	}
	temp := target + ".new" // we have the lock, so it is ours
	if err := sys.remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return put(sys, target, temp, text, sys.rename)
}

func (f File) read() (content, error) {
	_, info, err := follow(f.Path)
	if err != nil || info == nil {
		return content{}, err
	}
	if err := regular(info); err != nil { // opening a FIFO would wait
		return content{}, err
	}
	in, err := os.Open(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return content{}, nil
	case err != nil:
		return content{}, err
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return content{}, err
	}
	return parse(text)
}

func parse(text []byte) (content, error) {
	const remedy = "this file holds something else: move it away to begin anew, or name another one"
	if len(text) > maxFile {
		return content{}, fmt.Errorf("it is larger than %d MB: %s", maxFile>>20, remedy)
	}
	var c content
	if err := json.Unmarshal(text, &c); err != nil {
		return content{}, errors.New(remedy) // that of encoding/json names types of Go
	}
	if c.Version == "" || len(c.State) == 0 { // some other JSON
		return content{}, errors.New(remedy)
	}
	return c, nil
}

// makeDir makes a folder and those above it where they are missing, and puts their
// names on the disk.
func makeDir(sys system, dir string) error {
	_, err := os.Stat(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir = filepath.Clean(dir)
	parent := filepath.Dir(dir)
	if err := makeDir(sys, parent); err != nil {
		return err
	}
	if err := sys.mkdir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(sys, parent)
}
