package inventory

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// FileOptions say how [Files] writes. All of them may be left out.
type FileOptions struct {
	// Gzip compresses the files, whose names then end with .ndjson.gz.
	Gzip bool

	// Raw writes each object as it came. Otherwise it is the member object of a line
	// that also has resource, parent (if there is one) and collected_at.
	Raw bool
}

// Files is a [Sink] that writes a file for each resource, an object a line, into one
// folder: users.ndjson and so on. A file has another name until it is complete, and then
// replaces an earlier one at once. It is synced to the disk at each checkpoint.
//
// Files of resources that are not collected stay as they are.
type Files struct {
	dir    string
	opts   FileOptions
	unlock func()

	updates *updates // the last that were asked for

	mu   sync.Mutex
	open map[string]*part
}

// A part is a file that is not complete.
type part struct {
	buf  bytes.Buffer
	file *os.File // nil before the first byte
	size int64
	done bool // it has its final name
}

// OpenFiles returns the Sink of a folder, which is made if it is missing. Close it. It is
// an error if another Files is open on the same folder, in any process.
func OpenFiles(dir string, opts FileOptions) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("inventory: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockPatience)
	defer cancel()
	unlock, err := durable.Lock(ctx, filepath.Join(dir, "collection"))
	if err != nil {
		return nil, fmt.Errorf("inventory: another run is writing to %s: %w", dir, err)
	}
	return &Files{dir: dir, opts: opts, unlock: unlock, open: make(map[string]*part)}, nil
}

const (
	lockPatience = 500 * time.Millisecond
	flushAt      = 128 << 10 // bytes of lines that are kept in memory
	partSuffix   = ".part"
)

// Close closes the files and gives the folder free. What was put after the last Commit
// is lost.
func (f *Files) Close() error {
	defer f.unlock()
	var errs []error
	for _, p := range f.open {
		if p.file != nil {
			errs = append(errs, p.file.Close())
		}
	}
	clear(f.open)
	if f.updates != nil {
		errs = append(errs, f.updates.close())
	}
	return errors.Join(errs...)
}

// Put implements [Sink].
func (f *Files) Put(_ context.Context, b Batch) error {
	p := f.part(b.Resource)
	return writeLines(&p.buf, b, f.opts.Raw, func() error { return f.flush(b.Resource, p) })
}

func (f *Files) part(resource string) *part {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.open[resource] == nil {
		f.open[resource] = new(part)
	}
	return f.open[resource]
}

func (f *Files) path(resource string) string {
	if f.opts.Gzip {
		return filepath.Join(f.dir, resource+".ndjson.gz")
	}
	return filepath.Join(f.dir, resource+".ndjson")
}

// compressors are shared: each is large.
var compressors = sync.Pool{New: func() any {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a good one
	return z
}}

// flush writes what is in memory. Compressed, it is a gzip member of its own, so that
// the file can be cut behind it.
func (f *Files) flush(resource string, p *part) error {
	if p.file == nil {
		var err error
		if p.file, err = os.OpenFile(f.path(resource)+partSuffix, os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
			return err
		}
		if _, err := p.file.Seek(p.size, 0); err != nil {
			return err
		}
	}
	text := p.buf.Bytes()
	if f.opts.Gzip && (len(text) > 0 || p.size == 0) { // a file without any member is no gzip
		var packed bytes.Buffer
		z := compressors.Get().(*gzip.Writer)
		defer compressors.Put(z)
		z.Reset(&packed)
		if _, err := z.Write(text); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		text = packed.Bytes()
	}
	n, err := p.file.Write(text)
	p.size += int64(n)
	if err != nil {
		return err
	}
	if p.buf.Reset(); p.buf.Cap() > 3*flushAt { // it grows to twice that, and a large object further
		p.buf = bytes.Buffer{}
	}
	return nil
}

// Finish implements [Sink]. A resource that could not be read leaves no file.
func (f *Files) Finish(_ context.Context, row Row) error {
	p := f.part(row.Resource)
	final := f.path(row.Resource)
	if row.Count == 0 && row.Status != Complete && row.Status != Partial {
		p.done = true
		return f.drop(p, final+partSuffix, final, f.other(final))
	}
	if err := f.flush(row.Resource, p); err != nil {
		return err
	}
	if err := errors.Join(p.file.Sync(), p.file.Close()); err != nil {
		return err
	}
	p.file, p.buf, p.done = nil, bytes.Buffer{}, true
	if err := os.Rename(final+partSuffix, final); err != nil {
		return err
	}
	return remove(f.other(final))
}

// other is the name that a file has with the other choice of compression.
func (f *Files) other(final string) string {
	if f.opts.Gzip {
		return final[:len(final)-len(".gz")]
	}
	return final + ".gz"
}

func (f *Files) drop(p *part, names ...string) error {
	if p.file != nil {
		if err := p.file.Close(); err != nil {
			return err
		}
	}
	p.file, p.buf = nil, bytes.Buffer{}
	var errs []error
	for _, name := range names {
		errs = append(errs, remove(name))
	}
	return errors.Join(errs...)
}

// remove removes a file that may be missing.
func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// A mark is what of a file is durable.
type mark struct {
	Size int64 `json:"size"`
	Done bool  `json:"done,omitempty"`
}

// Commit implements [Sink].
func (f *Files) Commit(context.Context) (string, error) {
	marks := make(map[string]mark)
	for resource, p := range f.open {
		if !p.done && p.buf.Len() > 0 {
			if err := f.flush(resource, p); err != nil {
				return "", err
			}
			if err := p.file.Sync(); err != nil {
				return "", err
			}
		}
		marks[resource] = mark{p.size, p.done}
	}
	if err := durable.SyncDir(f.dir); err != nil {
		return "", err
	}
	text, err := json.Marshal(marks)
	return string(text), err
}

// Restore implements [Sink].
func (f *Files) Restore(_ context.Context, text string) error {
	marks := make(map[string]mark)
	if text != "" {
		if err := json.Unmarshal([]byte(text), &marks); err != nil {
			return fmt.Errorf("the checkpoint is of another sink: %w", err)
		}
	}
	for r := range Catalogue() {
		m, ok := marks[r.Name]
		final := f.path(r.Name)
		if err := f.restore(final, m, ok); err != nil {
			return err
		}
		if text == "" { // a part of a run with the other choice of compression
			if err := remove(f.other(final) + partSuffix); err != nil {
				return err
			}
		}
		if ok {
			f.open[r.Name] = &part{size: m.Size, done: m.Done}
		}
	}
	return nil
}

// restore brings one file back to its mark.
func (f *Files) restore(final string, m mark, ok bool) error {
	name := final + partSuffix
	_, err := os.Stat(name)
	missing := errors.Is(err, fs.ErrNotExist)
	switch {
	case err != nil && !missing:
		return err
	case !ok || !m.Done && m.Size == 0:
		return remove(name)
	case m.Done && !missing: // the new name was lost with a crash
		return os.Rename(name, final)
	case m.Done:
		return nil
	case missing: // it was completed after the mark: it will be again
		if err := os.Rename(final, name); err != nil {
			return fmt.Errorf("the file that the checkpoint goes on with is gone: %w", err)
		}
	}
	return os.Truncate(name, m.Size)
}
