package remediation

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"sync"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// A FileRecorder is a [Recorder] in a file, one JSON object a line: a
// [durable.Log], so that each record is on the disk when Append returns. While a
// run uses it, and otherwise from the first Append to Close, it holds the lock of
// the file, which ends with the process: two runs would take each other's requests
// for lost ones, so a second one is refused.
//
// A line that was cut by a crash counts as not written. So does any other line
// that is no JSON; a record that is, but makes no sense, is an error.
type FileRecorder struct {
	// Path is where the file is or will be. Required.
	Path string

	mu   sync.Mutex
	log  *durable.Log // nil if it is not open
	busy bool         // a run uses it
}

var _ ExclusiveRecorder = (*FileRecorder)(nil)

var errInUse = fmt.Errorf("another run uses it: let it finish, or name another file: %w", durable.ErrLocked)

// Lock implements [ExclusiveRecorder]. Its error wraps [durable.ErrLocked] if
// another run has the lock.
func (f *FileRecorder) Lock(context.Context) (unlock func(), err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.busy {
		return nil, errInUse
	}
	if err := f.open(); err != nil {
		return nil, err
	}
	f.busy = true
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.busy = false
		_ = f.close() // every record is on the disk already
	}, nil
}

// open opens the file, which takes its lock.
func (f *FileRecorder) open() (err error) {
	switch {
	case f.log != nil:
		return nil
	case f.Path == "":
		return errors.New("its Path is empty")
	}
	if f.log, err = durable.OpenLog(f.Path); errors.Is(err, durable.ErrLocked) {
		return errInUse
	}
	return err
}

// close gives up the lock.
func (f *FileRecorder) close() error {
	if f.log == nil {
		return nil
	}
	err := f.log.Close()
	f.log = nil
	return err
}

// maxRecord bounds a line, in bytes: the members of a large group are in one.
const maxRecord = 16 << 20

// Append implements [Recorder].
func (f *FileRecorder) Append(_ context.Context, r Record) error {
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
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.open(); err != nil {
		return fmt.Errorf("remediation: record file: %w", err)
	}
	if err := f.log.Append(line); err != nil {
		return fmt.Errorf("remediation: record file: %w", err)
	}
	return nil
}

// Close closes the file and gives up the lock. The recorder can be used again.
func (f *FileRecorder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.close()
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
			r, ok, recErr := parseRecord(line, org)
			if err = errors.Join(err, recErr); err != nil {
				yield(Record{}, fmt.Errorf("remediation: record file, line %d: %w", n, err))
				return
			}
			if ok && !yield(r, nil) {
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
