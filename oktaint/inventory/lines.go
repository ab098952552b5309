package inventory

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"
)

// Lines returns a Sink that writes the objects of all resources to w, each on a line as
// in the files of [Files]. What was written cannot be taken back: a run that is resumed
// writes again what came after the last checkpoint.
func Lines(w io.Writer, raw bool) Sink {
	var mu sync.Mutex
	return SinkFunc(func(_ context.Context, b Batch) error {
		var buf bytes.Buffer
		if err := writeLines(&buf, b, raw, nil); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		_, err := w.Write(buf.Bytes())
		return err
	})
}

// writeLines writes each object of a batch on a line, raw or with what it belongs to. It
// calls full, if there is one, whenever the buffer holds enough to be written.
func writeLines(buf *bytes.Buffer, b Batch, raw bool, full func() error) error {
	head, tail, err := envelope(b, raw)
	if err != nil {
		return err
	}
	for _, item := range b.Items {
		buf.Write(head)
		if bytes.IndexByte(item, '\n') >= 0 || bytes.IndexByte(item, '\r') >= 0 { // both at once is slower by ten times
			if err := json.Compact(buf, item); err != nil {
				return fmt.Errorf("an object of %s: %w", b.Resource, err)
			}
		} else {
			buf.Write(item)
		}
		buf.WriteString(tail)
		if full == nil || buf.Len() < flushAt {
			continue
		}
		if err := full(); err != nil {
			return err
		}
	}
	return nil
}

// envelope is what stands before and after each object of a batch.
func envelope(b Batch, raw bool) (head []byte, tail string, err error) {
	if raw {
		return nil, "\n", nil
	}
	head, err = json.Marshal(struct {
		Resource string    `json:"resource"`
		Parent   string    `json:"parent,omitempty"`
		At       time.Time `json:"collected_at"`
	}{b.Resource, b.Parent, b.At})
	if err != nil {
		return nil, "", err
	}
	return append(head[:len(head)-1], `,"object":`...), "}\n", nil
}
