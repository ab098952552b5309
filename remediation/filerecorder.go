package remediation

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// A FileRecorder is a [Recorder] in a file, one JSON object a line: a
// [durable.Log], so that each record is on the disk when Append returns. Several of
// them, in several processes, may use one file.
//
// The locks of targets are 256 files in the folder PATH.locks: two targets have the
// same one by chance, and then a run waits for another that it need not wait for. They
// end with the process. A symbolic link to the file shares its locks; a file with
// several hard links is refused, since each would have its own.
//
// A line that was cut by a crash counts as not written. So does any other line
// that is no JSON; a record that is, but makes no sense, is an [ErrBadRecord].
type FileRecorder struct {
	// Path is where the file is or will be. Required. Its folder must exist.
	Path string

	mu sync.Mutex // of appending, before the lock of the file
}

var _ Recorder = (*FileRecorder)(nil)

// Lock implements [Recorder].
func (f *FileRecorder) Lock(ctx context.Context, org oktaint.Org, targets ...Target) (unlock func(), err error) {
	dir, err := f.lockFolder(ctx)
	if err != nil {
		return nil, fmt.Errorf("remediation: record file: %w", err)
	}
	var held []func()
	unlock = func() {
		for _, u := range held {
			u()
		}
	}
	for _, slot := range slotsOf(org, targets) { // in one order, so that no two runs wait for each other
		u, err := durable.Lock(ctx, filepath.Join(dir, fmt.Sprintf("%02x", slot)))
		if err != nil {
			unlock()
			return nil, fmt.Errorf("remediation: record file: waiting for another run on the same target: %w", err)
		}
		held = append(held, u)
	}
	return unlock, nil
}

// slotsOf returns the numbers of the locks of targets, each once, sorted.
func slotsOf(org oktaint.Org, targets []Target) []byte {
	var slots []byte
	for _, t := range targets {
		sum := sha256.Sum256([]byte(org.String() + " " + string(t.Type) + " " + orElse(t.ID, t.Name)))
		slots = append(slots, sum[0])
	}
	slices.Sort(slots)
	return slices.Compact(slots)
}

// lockFolder makes the folder of the locks, beside the file that the path leads to.
func (f *FileRecorder) lockFolder(ctx context.Context) (string, error) {
	alone, err := f.alone(ctx)
	if err != nil {
		return "", err
	}
	alone()
	path, err := filepath.EvalSymlinks(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		if path, err = filepath.EvalSymlinks(filepath.Dir(f.Path)); err == nil {
			path = filepath.Join(path, filepath.Base(f.Path))
		}
	}
	if err != nil {
		return "", err
	}
	dir := path + ".locks"
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return dir, nil
}

// maxRecord bounds a line, in bytes: the members of a large group are in one.
const maxRecord = 16 << 20

// Append implements [Recorder].
func (f *FileRecorder) Append(ctx context.Context, r Record) error {
	if r.Version != 1 || r.Action == nil {
		return errors.New("remediation: record file: it takes records of version 1 that have an action")
	}
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("remediation: record: %w", err)
	}
	if len(line) >= maxRecord {
		return fmt.Errorf("remediation: record file: the record of %s is larger than %d MB", r.Action.Facts().Kind, maxRecord>>20)
	}
	if err := f.append(ctx, line); err != nil {
		return fmt.Errorf("remediation: record file: %w", err)
	}
	return nil
}

// alone locks the file. It refuses what is no file that one can write to, and a file
// with several hard links.
func (f *FileRecorder) alone(ctx context.Context) (unlock func(), err error) {
	if f.Path == "" {
		return nil, errors.New("its Path is empty")
	}
	return durable.Lock(ctx, f.Path)
}

// append adds a line, while no other process does.
func (f *FileRecorder) append(ctx context.Context, line []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	alone, err := f.alone(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	defer alone()
	log, err := durable.OpenLog(f.Path)
	if err != nil {
		return err
	}
	return errors.Join(log.Append(line), log.Close())
}

// Records implements [Recorder]. A file that does not exist has none.
func (f *FileRecorder) Records(ctx context.Context, org oktaint.Org) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		if f.Path == "" {
			yield(Record{}, errors.New("remediation: record file: its Path is empty"))
			return
		}
		file, err := os.Open(f.Path)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(Record{}, fmt.Errorf("remediation: record file: %w", err))
			return
		}
		defer file.Close()
		in := bufio.NewReader(file)
		for n := 1; ; n++ {
			line, err := readLine(in)
			if err == nil {
				err = ctx.Err()
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Record{}, fmt.Errorf("remediation: record file, line %d: %w", n, err))
				return
			}
			r, ok, err := parseRecord(line, org)
			if err != nil {
				r, err = Record{}, fmt.Errorf("remediation: record file, line %d: %w: %w", n, ErrBadRecord, err)
			}
			if (ok || err != nil) && !yield(r, err) {
				return
			}
		}
	}
}

// readLine reads a line that has an end. One without is cut, which is the end of
// the file.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > maxRecord:
			return nil, fmt.Errorf("it is longer than %d MB: this is no file of records", maxRecord>>20)
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

// parseRecord reads a line; ok is false for a line that was cut, and for a record
// of another org.
func parseRecord(line []byte, org oktaint.Org) (r Record, ok bool, err error) {
	if line = bytes.TrimSpace(line); len(line) == 0 || !json.Valid(line) {
		return r, false, nil
	}
	var of struct {
		Org string `json:"org_url"`
	}
	if json.Unmarshal(line, &of) == nil {
		if other, err := oktaint.ParseOrg(of.Org); err == nil && other != org {
			return r, false, nil // whatever it says
		}
	}
	if err := json.Unmarshal(line, &r); err != nil {
		return r, false, err
	}
	return r, r.Org == org, nil
}
