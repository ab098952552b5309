package inventory

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"time"
)

// An Object is a line of a file that [Files] wrote.
type Object struct {
	Resource  string          `json:"resource"`
	Parent    string          `json:"parent"`
	Collected time.Time       `json:"collected_at"`
	Object    json.RawMessage `json:"object"`
}

// Key is what tells the object from all others of its resource.
func (o Object) Key() string {
	if r, ok := Lookup(o.Resource); ok {
		return o.Parent + "/" + r.KeyOf(o.Object)
	}
	return ""
}

// Read goes through the objects of a resource in a folder that [Files] wrote without
// FileOptions.Raw, compressed or not. It is an error of the kind fs.ErrNotExist if there
// is no file of it.
func Read(dir, resource string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		if err := read(dir, resource, func(o Object, _ []byte) bool { return yield(o, nil) }); err != nil {
			yield(Object{}, fmt.Errorf("inventory: read %s: %w", resource, err))
		}
	}
}

// read calls each with the objects of a file and their lines, until it returns false.
func read(dir, resource string, each func(Object, []byte) bool) error {
	name := filepath.Join(dir, resource+".ndjson")
	file, err := os.Open(name)
	packed := errors.Is(err, fs.ErrNotExist)
	if packed {
		file, err = os.Open(name + ".gz")
	}
	if err != nil {
		return err
	}
	defer file.Close()
	var in io.Reader = file
	if packed {
		if in, err = gzip.NewReader(bufio.NewReader(file)); err != nil {
			return err
		}
	}
	return scan(in, each)
}

// scan calls each with the objects of lines.
func scan(in io.Reader, each func(Object, []byte) bool) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var o Object
			if err := json.Unmarshal(line, &o); err != nil {
				return fmt.Errorf("line %d: %w", n, err)
			}
			if !each(o, line) {
				return nil
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}
