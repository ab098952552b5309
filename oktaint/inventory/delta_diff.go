package inventory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io/fs"
	"iter"
	"sync"
	"time"
)

// A diff compares what is read of one resource with what was collected. It holds a row
// of some 80 bytes for each object that a list which is read again had, and no object but
// those parents that have changed.
type diff struct {
	d    *delta
	r    *Resource
	t    *tally
	keep bool     // the objects that changed are kept, as something belongs to them
	all  *portion // of a family that is walked

	mu      sync.Mutex
	old     map[rowKey]*row
	total   int
	changes Changes
	now     map[rowKey]Object    // added and changed objects, if keep is set
	stamps  map[string]time.Time // when objects that were found last changed, by key
	gone    map[rowKey]bool      // what was deleted, if keep is set or there is no parent
	fresh   portion              // of what is new
}

// A portion is the objects that one list, or the lists of a resource as a whole, had.
type portion struct {
	read bool      // it was read anew: what did not come is not there
	none bool      // nothing is there any more
	left int       // rows that did not come
	rows int       // that it had
	last time.Time // of the newest event that explains what changed
}

// A rowKey stands for the parent and the key of an object.
type rowKey [2]uint64

type row struct {
	hash uint64
	of   *portion
	seen bool
	told bool // it is counted as added or changed
}

// Of a rowKey the two halves have seeds of their own.
var seed1, seed2 = maphash.MakeSeed(), maphash.MakeSeed()

func keyFor(parent, key string) rowKey {
	full := parent + "\n" + key
	return rowKey{maphash.String(seed1, full), maphash.String(seed2, full)}
}

func hashOf(object json.RawMessage) uint64 { return maphash.Bytes(seed1, object) }

// index takes down what was collected. where says which portion the objects of a parent
// are of; those of nil stay as they are. What belongs to somebody who is gone is deleted.
func (f *diff) index(ctx context.Context, where func(parent string) *portion) error {
	f.old = make(map[rowKey]*row)
	f.now, f.gone = make(map[rowKey]Object), make(map[rowKey]bool)
	out := f.batch()
	for o, err := range f.objects(ctx) {
		if err != nil {
			return err
		}
		f.total++
		p, key := where(o.Parent), f.r.KeyOf(o.Object)
		if at, gone := f.d.leaver(f.r, key); gone {
			if p != nil {
				p.last = later(p.last, at)
			}
			if err := out.delete(ctx, o.Parent, key); err != nil {
				return err
			}
			continue
		}
		switch {
		case p == nil:
		case p.none:
			if err := out.delete(ctx, o.Parent, key); err != nil {
				return err
			}
		default:
			k := keyFor(o.Parent, key)
			if f.old[k] == nil { // a list may have an object twice
				p.left++
				p.rows++
			}
			f.old[k] = &row{hash: hashOf(o.Object), of: p}
		}
	}
	return out.flush(ctx)
}

// objects goes through what was collected. Nothing is, if there is nothing of it.
func (f *diff) objects(ctx context.Context) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for o, err := range f.d.store.Objects(ctx, f.r.Name) {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return
			case err != nil:
				yield(o, fmt.Errorf("inventory: what was collected: %w", err))
				return
			case !yield(o, nil):
				return
			}
		}
	}
}

// put takes what was read and hands on what differs.
func (f *diff) put(ctx context.Context, b Batch) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	items := b.Items
	b.Items = nil
	for _, item := range items {
		if f.takes(b, item) {
			b.Items = append(b.Items, item)
		}
	}
	if len(b.Items) == 0 {
		return nil
	}
	return f.d.store.Put(ctx, b)
}

// takes counts an object and reports whether it differs from what was collected.
func (f *diff) takes(b Batch, item json.RawMessage) bool {
	key := f.r.KeyOf(item)
	k, hash := keyFor(b.Parent, key), hashOf(item)
	if f.stamps != nil {
		f.stamps[key] = later(f.stamps[key], f.r.stamp(item))
	}
	old := f.old[k]
	if old != nil && !old.seen {
		old.seen = true
		old.of.left--
	}
	switch {
	case old == nil:
		f.old[k] = &row{hash: hash, of: &f.fresh, seen: true, told: true}
		f.total++
		f.changes.Added++
	case old.hash == hash:
		return false
	case !old.told:
		old.told = true
		f.changes.Changed++
	}
	f.old[k].hash = hash
	if f.keep {
		f.now[k] = Object{f.r.Name, b.Parent, b.At, item}
	}
	return true
}

// missing deletes what the lists that were read again did not have.
func (f *diff) missing(ctx context.Context) error {
	left := false
	for _, old := range f.old {
		if left = old.of.read && old.of.left > 0; left {
			break
		}
	}
	if !left {
		return nil
	}
	out := f.batch()
	for o, err := range f.objects(ctx) {
		if err != nil {
			return err
		}
		key := f.r.KeyOf(o.Object)
		old := f.old[keyFor(o.Parent, key)]
		if old == nil || old.seen || !old.of.read {
			continue
		}
		if err := out.delete(ctx, o.Parent, key); err != nil {
			return err
		}
	}
	return out.flush(ctx)
}

// remove deletes one object, if it was collected.
func (f *diff) remove(ctx context.Context, parent, key string) error {
	f.mu.Lock()
	old := f.old[keyFor(parent, key)]
	known := old != nil && !old.seen
	f.mu.Unlock()
	if !known {
		return nil
	}
	out := f.batch()
	if err := out.delete(ctx, parent, key); err != nil {
		return err
	}
	return out.flush(ctx)
}

// each goes through the objects as they are now, with what they were; that is nil for
// those that are new.
func (f *diff) each(ctx context.Context, visit func(now Object, was json.RawMessage) error) error {
	added := make(map[rowKey]bool, len(f.now))
	for k := range f.now {
		added[k] = true
	}
	for o, err := range f.objects(ctx) {
		if err != nil {
			return err
		}
		key := f.r.KeyOf(o.Object)
		k := keyFor(o.Parent, key)
		now, changed := f.now[k]
		switch {
		case changed:
			delete(added, k)
		case f.gone[k]:
			continue
		default:
			now = o
		}
		if err := visit(now, o.Object); err != nil {
			return err
		}
	}
	for k := range added {
		if err := visit(f.now[k], nil); err != nil {
			return err
		}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// stamp is the newest of the times by which a search finds changes.
func (r *Resource) stamp(object json.RawMessage) time.Time {
	var members map[string]json.RawMessage
	var newest time.Time
	if json.Unmarshal(object, &members) != nil {
		return newest
	}
	for _, name := range r.marks.since {
		var t time.Time
		if json.Unmarshal(members[name], &t) == nil {
			newest = later(newest, t)
		}
	}
	return newest
}
