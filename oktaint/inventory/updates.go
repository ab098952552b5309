package inventory

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// Updates returns the [Store] that brings the folder up to date. Changes go to files of
// their own; each is merged with what was collected into a new file, and at the end the
// new files replace the old ones. A resource without changes keeps its file.
//
// A run that is broken off leaves the folder as it was. If that happens while the files
// are replaced, one after the other, the next Delta from the same report completes it.
//
// It is an error if the folder holds raw objects: they do not say what they belong to.
func (f *Files) Updates() (Store, error) {
	if f.opts.Raw {
		return nil, errors.New("inventory: files of raw objects cannot be brought up to date: collect all of it again")
	}
	f.updates = &updates{f: f}
	return f.updates, nil
}

// updates is the Store of a folder.
type updates struct {
	f *Files

	mu      sync.Mutex
	changes map[string]*changed // by resource
	ready   map[string]string   // the names that new files are to have, by resource
}

// changed are the changes of one resource: lines of a file, and which of them counts for
// each key.
type changed struct {
	file  *os.File
	out   *bufio.Writer
	lines int
	of    map[string]int // by key; noLine: the object is deleted
}

const (
	noLine        = -1
	changesSuffix = ".changes"
	newSuffix     = ".new"
)

// Restore implements [Sink].
func (s *updates) Restore(context.Context, string) error {
	errs := []error{s.close()}
	s.changes, s.ready = make(map[string]*changed), make(map[string]string)
	for r := range Catalogue() {
		plain := filepath.Join(s.f.dir, r.Name+".ndjson")
		errs = append(errs, remove(plain+changesSuffix), remove(plain+newSuffix), remove(plain+".gz"+newSuffix))
	}
	return errors.Join(errs...)
}

// Objects implements [Store].
func (s *updates) Objects(_ context.Context, resource string) iter.Seq2[Object, error] {
	return Read(s.f.dir, resource)
}

// Put implements [Sink].
func (s *updates) Put(_ context.Context, b Batch) error {
	c, err := s.of(b.Resource)
	if err != nil {
		return err
	}
	r, ok := Lookup(b.Resource)
	if !ok {
		return fmt.Errorf("there is no resource %q", b.Resource)
	}
	for _, key := range b.Deleted {
		c.of[b.Parent+"/"+key] = noLine
	}
	for _, item := range b.Items {
		c.of[b.Parent+"/"+r.KeyOf(item)] = c.lines
		c.lines++
	}
	var buf bytes.Buffer
	if err := writeLines(&buf, b, false, nil); err != nil {
		return err
	}
	_, err = c.out.Write(buf.Bytes())
	return err
}

// of returns the changes of a resource, which are begun if there are none yet.
func (s *updates) of(resource string) (*changed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.changes[resource]; c != nil {
		return c, nil
	}
	name := filepath.Join(s.f.dir, resource+".ndjson"+changesSuffix)
	file, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	c := &changed{file: file, out: bufio.NewWriter(file), of: make(map[string]int)}
	s.changes[resource] = c
	return c, nil
}

// Finish implements [Sink]: it makes the new file, if anything has changed.
func (s *updates) Finish(_ context.Context, row Row) error {
	s.mu.Lock()
	c := s.changes[row.Resource]
	s.mu.Unlock()
	final, exists, err := s.fileOf(row.Resource)
	seen := row.Count > 0 || row.Status == Complete || row.Status == Partial
	switch {
	case err != nil:
		return err
	case c == nil && (exists || !seen):
		return nil
	}
	if c != nil {
		if err := c.out.Flush(); err != nil {
			return err
		}
	}
	if err := s.merge(row.Resource, final, c); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready[row.Resource] = final
	return nil
}

// fileOf is the name of the file of a resource, which stays compressed or not.
func (s *updates) fileOf(resource string) (name string, exists bool, err error) {
	plain := filepath.Join(s.f.dir, resource+".ndjson")
	for _, name := range []string{plain, plain + ".gz"} {
		if _, err := os.Stat(name); err == nil {
			return name, true, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", false, err
		}
	}
	return s.f.path(resource), false, nil
}

// merge writes the new file of a resource: the old lines of objects that have not changed,
// and the lines of those that have.
func (s *updates) merge(resource, final string, c *changed) error {
	file, err := os.OpenFile(final+newSuffix, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(s.writeAll(file, resource, filepath.Ext(final) == ".gz", c), file.Sync(), file.Close())
	if err != nil {
		return errors.Join(err, remove(final+newSuffix))
	}
	return nil
}

func (s *updates) writeAll(file *os.File, resource string, packed bool, c *changed) error {
	buffered := bufio.NewWriterSize(file, flushAt)
	if !packed {
		return errors.Join(s.write(buffered, resource, c), buffered.Flush())
	}
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	z.Reset(buffered)
	return errors.Join(s.write(z, resource, c), z.Close(), buffered.Flush())
}

func (s *updates) write(out io.Writer, resource string, c *changed) error {
	var failed error
	copyIf := func(ok bool, line []byte) bool {
		if ok {
			_, failed = out.Write(append(bytes.TrimSuffix(line, []byte("\n")), '\n'))
		}
		return failed == nil
	}
	err := read(s.f.dir, resource, func(o Object, line []byte) bool {
		return copyIf(c == nil || !c.has(o), line)
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) || failed != nil || c == nil {
		return errors.Join(ignoreMissing(err), failed)
	}
	if _, err := c.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	n := -1
	err = scan(c.file, func(o Object, line []byte) bool {
		n++
		return copyIf(c.of[o.Key()] == n, line)
	})
	return errors.Join(err, failed)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// has reports whether an object was changed or deleted.
func (c *changed) has(o Object) bool {
	_, ok := c.of[o.Key()]
	return ok
}

// Commit implements [Sink]. What belongs to others is replaced before them, so that after
// a crash what is still to be replaced is found again.
func (s *updates) Commit(context.Context) (string, error) {
	for _, r := range slices.Backward(catalogue()) {
		if final, ok := s.ready[r.Name]; ok {
			if err := os.Rename(final+newSuffix, final); err != nil {
				return "", err
			}
			delete(s.ready, r.Name)
		}
	}
	return "", errors.Join(s.close(), durable.SyncDir(s.f.dir))
}

// close removes the changes, which are merged or of no use, and new files that did not
// replace the old ones.
func (s *updates) close() error {
	var errs []error
	for _, final := range s.ready {
		errs = append(errs, remove(final+newSuffix))
	}
	for _, c := range s.changes {
		errs = append(errs, c.file.Close(), remove(c.file.Name()))
	}
	s.changes, s.ready = nil, nil
	return errors.Join(errs...)
}

var _ Store = (*updates)(nil)
