package inventory

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// A Batch is objects of one list, as the org sent them.
type Batch struct {
	Resource string

	// Parent is what the objects belong to: the key of the parent's object, behind that
	// of its own parent and a slash if there is one. It is empty if there is no parent.
	Parent string

	Items []json.RawMessage // each on one line
	At    time.Time         // when they were read

	// Deleted are the keys, as [Resource.KeyOf] has them, of objects that are no longer
	// there. Only a Delta has some.
	Deleted []string
}

// A Sink takes what is collected. Batches of one resource come one at a time, those of
// different resources also at once. If any method returns an error, the run ends with it.
type Sink interface {
	// Put takes a batch. It need not be durable before Commit.
	Put(ctx context.Context, b Batch) error

	// Finish says that there is no more of a resource, and how much of it was seen.
	Finish(ctx context.Context, row Row) error

	// Commit makes durable what was put so far and returns a mark of it, which is kept
	// in the checkpoint. No other method runs at the same time.
	Commit(ctx context.Context) (mark string, err error)

	// Restore is called first, and once. It brings the Sink back to a mark: what was put
	// later will come again. An empty mark means to begin anew.
	Restore(ctx context.Context, mark string) error
}

// A SinkFunc is a [Sink] that needs no more than the objects. It has to store them before
// it returns. If a run is resumed, those that came after the last checkpoint come again.
type SinkFunc func(ctx context.Context, b Batch) error

var _ Sink = SinkFunc(nil)

// Put calls f.
func (f SinkFunc) Put(ctx context.Context, b Batch) error { return f(ctx, b) }

// Finish does nothing.
func (f SinkFunc) Finish(context.Context, Row) error { return nil }

// Commit does nothing.
func (f SinkFunc) Commit(context.Context) (string, error) { return "", nil }

// Restore does nothing.
func (f SinkFunc) Restore(context.Context, string) error { return nil }

// guarded calls a method of the caller's Sink. A panic in it ends the run, not the
// process.
func guarded(what string, f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("inventory: the sink panicked in %s", what)
		}
	}()
	if err := f(); err != nil {
		return fmt.Errorf("inventory: the sink: %w", err)
	}
	return nil
}
