package inventory

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A Store is a [Sink] that also gives back what it holds, so that [Delta] can bring it
// up to date. [Files.Updates] is one.
//
// Delta calls Restore with an empty mark, then Put with what was added or changed, and
// with the keys of what was deleted, then Finish for each resource, and Commit at the
// end. Until then Objects gives what was there before: if Commit is not reached, or fails,
// nothing must have changed.
type Store interface {
	Sink

	// Objects goes through what was collected of a resource. It is an error of the kind
	// fs.ErrNotExist if nothing was.
	Objects(ctx context.Context, resource string) iter.Seq2[Object, error]
}

// Delta brings up to date what an earlier Collect or Delta left in store. last is the
// report of that run. The objects are then those of a full run, for a small part of its
// requests, and the report says what changed:
//
//	updates, err := files.Updates()
//	if err != nil {
//		return err
//	}
//	report, err := inventory.Delta(ctx, c, updates, last, inventory.Options{})
//	if err != nil {
//		return err // nothing has changed: run it again, from the same report
//	}
//	for _, row := range report.Rows {
//		fmt.Println(row.Resource, row.Status, row.Count, row.Changes.Added, row.Changes.Changed, row.Changes.Deleted)
//	}
//
// How changes are found depends on the resource:
//
//   - Users, groups and devices are searched by the times of their last changes. Those
//     that the System Log tells of and the search does not, are looked up by their ids.
//     What the log says is deleted is asked for once more before it is believed.
//   - Memberships of groups are those that the System Log tells of. The group's
//     lastMembershipUpdated and its count of users are the proof: if they do not fit, the
//     group is read again.
//   - Users of an app are asked for one by one, or the list is read again if that takes
//     fewer requests.
//   - Other resources without a parent are listed again: they are short.
//   - What belongs to a parent is read again if the parent is new, if it has changed, or
//     if the System Log tells of it. An event that does not say which parent it is about
//     makes all be read again, and so does a resource of which no event tells.
//
// The rows of last may be of several runs, each with the time when it began.
//
// The System Log is read from 15 minutes before the last run began. It goes back 90 days. If
// it cannot be read, or the last run is older, users, groups and devices and most of what
// belongs to others are read as a whole, and memberships of those groups whose
// lastMembershipUpdated has moved; [Basis].NoLog says why. So is a resource that the last
// run did not see completely, or with other roles or options; [Changes].Whole says why.
//
// A Delta cannot see what Okta neither dates nor logs: lastLogin of a user is that of the
// last other change. Run Collect from time to time.
//
// What cannot be read stays as it was, and its row says so. Checkpoints are not used.
func Delta(ctx context.Context, c *oktaint.Client, store Store, last *Report, opts Options) (*Report, error) {
	d, err := newDelta(c, store, last, opts)
	if err != nil {
		return nil, err
	}
	report, err := d.u.do(ctx, d.run)
	if err != nil {
		return nil, err
	}
	report.Delta = &d.basis
	return report, nil
}

// overlap is how long before the last run began a Delta looks for changes. Searches lag,
// and clocks differ.
const overlap = 15 * time.Minute

// logReach is how far back the System Log is asked for: it keeps 90 days.
const logReach = 89 * 24 * time.Hour

// A delta is one call of Delta.
type delta struct {
	u     *run
	store Store
	last  *Report
	since time.Time
	basis Basis
	diffs map[string]*diff  // by resource
	whole map[string]string // resources that are read as a whole, with why
	news  *news             // of the System Log; nil if it is of no use
}

func newDelta(c *oktaint.Client, store Store, last *Report, opts Options) (*delta, error) {
	if store == nil || last == nil {
		return nil, errors.New("inventory: there is no Store, or no Report of the last run")
	}
	opts.Checkpoints = nil
	d := &delta{store: store, last: last, diffs: make(map[string]*diff), whole: make(map[string]string)}
	u, err := newRun(c, d, opts, false)
	if err != nil {
		return nil, err
	}
	if last.Org != c.Org {
		return nil, fmt.Errorf("inventory: the last run was of %s, not of %s: collect all of it", last.Org, c.Org)
	}
	d.u, d.basis.Since = u, d.oldest()
	d.since = d.basis.Since.Add(-overlap)
	return d, nil
}

// run does the work once it is known whose credential it is.
func (d *delta) run(ctx context.Context) error {
	if err := guarded("Restore", func() error { return d.store.Restore(ctx, "") }); err != nil {
		return err
	}
	for r := range Catalogue() {
		if d.u.tallies[r.Name] == nil {
			continue
		}
		f := &diff{d: d, r: r, t: d.u.tallies[r.Name]}
		f.keep = d.u.parentOf(r)
		d.diffs[r.Name] = f
		why, err := d.stale(ctx, r)
		if err != nil {
			return err
		}
		d.whole[r.Name] = why
	}
	if err := d.readLog(ctx); err != nil {
		return err
	}
	if err := d.families(ctx); err != nil {
		return err
	}
	return guarded("Commit", func() error {
		_, err := d.store.Commit(ctx)
		return err
	})
}

// families reads the changes of all families. Users come first, and then apps: what stands
// for those that are gone is gone too.
func (d *delta) families(ctx context.Context) error {
	var steps [3][]*Resource
	for r := range Catalogue() {
		switch {
		case r.Parent != "" || !d.u.wants(r):
		case r.Name == "users":
			steps[0] = append(steps[0], r)
		case r.Name == "apps":
			steps[1] = append(steps[1], r)
		default:
			steps[2] = append(steps[2], r)
		}
	}
	for _, roots := range steps {
		g, ctx := errgroup.WithContext(ctx)
		for _, root := range roots {
			g.Go(func() error { return d.family(ctx, root) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// parentOf reports whether something below a resource is read.
func (u *run) parentOf(r *Resource) bool { return slices.ContainsFunc(below(r), u.wants) }

// family reads the changes of a resource without a parent, and of what is below it.
func (d *delta) family(ctx context.Context, root *Resource) error {
	if d.hides(root) {
		return d.walk(ctx, root)
	}
	for r := range Catalogue() {
		if f := d.diffs[r.Name]; f != nil && d.u.rootOf(r) == root {
			if err := d.resource(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// resource reads the changes of one resource.
func (d *delta) resource(ctx context.Context, f *diff) error {
	var err error
	switch r := f.r; {
	case r.Parent != "":
		err = d.children(ctx, f)
	case len(r.marks.since) > 0 && d.whole[r.Name] == "":
		err = d.search(ctx, f)
	default:
		err = d.list(ctx, f)
	}
	if err != nil {
		return err
	}
	return d.finish(ctx, f)
}

// list reads a resource without a parent as a whole.
func (d *delta) list(ctx context.Context, f *diff) error {
	all := new(portion)
	if err := f.index(ctx, func(string) *portion { return all }); err != nil {
		return err
	}
	whole, err := d.read(ctx, f, nil)
	all.read = whole
	return err
}

// hides reports whether something below a resource is wanted, but not what it belongs to.
func (d *delta) hides(r *Resource) bool {
	if d.diffs[r.Name] == nil {
		return true
	}
	return slices.ContainsFunc(below(r), func(child *Resource) bool { return d.u.wants(child) && d.hides(child) })
}

// walk reads a family as Collect does: what its parents were is not known.
func (d *delta) walk(ctx context.Context, root *Resource) error {
	var family []*diff
	for r := range Catalogue() {
		if f := d.diffs[r.Name]; f != nil && d.u.rootOf(r) == root {
			all := new(portion)
			if err := f.index(ctx, func(string) *portion { return all }); err != nil {
				return err
			}
			f.all, family = all, append(family, f)
			d.whole[r.Name] = "what it belongs to is not collected"
		}
	}
	if err := d.u.lists(ctx, root, nil, new(progress)); err != nil {
		return err
	}
	for _, f := range family {
		d.u.closeAfterParent(f.t)
		d.u.locked(func() { f.all.read = f.t.Closed == nil && f.t.Broken == 0 && f.t.Denied == 0 })
		if err := d.finish(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// read reads a list, or one after the other for each of its queries, and says whether all
// of it was read.
func (d *delta) read(ctx context.Context, f *diff, above []string, queries ...string) (bool, error) {
	if len(queries) == 0 {
		queries = f.r.marks.each
	}
	if len(queries) == 0 {
		queries = []string{""}
	}
	whole := true
	for _, query := range queries {
		l := &list{u: d.u, t: f.t, above: above, query: query, p: new(progress), flat: true}
		d.u.locked(func() { d.u.unasked(l.t) })
		if l.closed() {
			return false, nil
		}
		if err := l.walk(ctx); err != nil {
			return false, err
		}
		whole = whole && l.whole
	}
	return whole, nil
}

// finish ends a resource.
func (d *delta) finish(ctx context.Context, f *diff) error {
	if err := f.missing(ctx); err != nil {
		return err
	}
	d.u.closeAfterParent(f.t)
	d.u.locked(func() {
		if f.t.Requests > 0 {
			f.changes.Whole = d.whole[f.r.Name]
		}
		f.t.Count, f.t.changes = f.total, &f.changes
	})
	row := f.t.report(d.u.held)
	if err := guarded("Finish", func() error { return d.store.Finish(ctx, row) }); err != nil {
		return err
	}
	d.u.tell(Event{Resource: f.r.Name, Count: row.Count, Requests: row.Requests, Row: &row})
	return nil
}

var _ Sink = (*delta)(nil)

// Put implements [Sink] for what is read: only what differs goes on to the store.
func (d *delta) Put(ctx context.Context, b Batch) error { return d.diffs[b.Resource].put(ctx, b) }

// Finish implements [Sink].
func (d *delta) Finish(context.Context, Row) error { return nil }

// Commit implements [Sink].
func (d *delta) Commit(context.Context) (string, error) { return "", nil }

// Restore implements [Sink].
func (d *delta) Restore(context.Context, string) error { return nil }
