package inventory

import (
	"context"
	"slices"
	"strings"
	"time"
)

// deletions are gathered: the store gets those of one parent at once.
type deletions struct {
	f *diff
	b Batch
}

func (f *diff) batch() *deletions { return &deletions{f, Batch{Resource: f.r.Name, At: now()}} }

const mostDeletions = 1000 // of one batch

func (x *deletions) delete(ctx context.Context, parent, key string) error {
	x.f.mu.Lock()
	k := keyFor(parent, key)
	if old := x.f.old[k]; old != nil {
		old.seen = true
		old.of.left--
	}
	if x.f.keep || x.f.r.Parent == "" {
		x.f.gone[k] = true
	}
	x.f.total--
	x.f.changes.Deleted++
	x.f.mu.Unlock()
	if parent != x.b.Parent || len(x.b.Deleted) >= mostDeletions {
		if err := x.flush(ctx); err != nil {
			return err
		}
	}
	x.b.Parent = parent
	x.b.Deleted = append(x.b.Deleted, key)
	return nil
}

func (x *deletions) flush(ctx context.Context) error {
	if len(x.b.Deleted) == 0 {
		return nil
	}
	b := x.b
	x.b.Deleted = nil
	x.f.mu.Lock()
	defer x.f.mu.Unlock()
	return guarded("Put", func() error { return x.f.d.store.Put(ctx, b) })
}

// ofUsers and ofApps are resources whose key begins with the id of a user, or of an app.
var (
	ofUsers = []string{"group-members", "group-owners", "app-users"}
	ofApps  = []string{"group-apps"}
)

// leaver reports whether an object stands for a user or an app that is gone, and since
// when, if an event tells.
func (d *delta) leaver(r *Resource, key string) (time.Time, bool) {
	switch {
	case slices.Contains(ofUsers, r.Name):
		return d.goneFrom("users", key)
	case slices.Contains(ofApps, r.Name):
		return d.goneFrom("apps", key)
	}
	return time.Time{}, false
}

func (d *delta) goneFrom(resource, key string) (at time.Time, gone bool) {
	id, _, _ := strings.Cut(key, " ")
	if f := d.diffs[resource]; f != nil {
		gone = f.gone[keyFor("", id)]
	}
	if d.news != nil {
		at = d.news.deleted[id]
		gone = gone || d.news.certain[id]
	}
	return at, gone
}
