package inventory

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// search reads the changes of a resource whose objects are found by the times of their
// changes.
func (d *delta) search(ctx context.Context, f *diff) error {
	all := new(portion)
	if err := f.index(ctx, func(string) *portion { return all }); err != nil {
		return err
	}
	f.stamps = make(map[string]time.Time)
	if _, err := d.read(ctx, f, nil, f.r.changedSince(d.since)); err != nil {
		return err
	}
	ids, err := d.unseen(ctx, f)
	if err != nil {
		return err
	}
	if len(ids) > mostLookups(f.total) {
		d.whole[f.r.Name] = fmt.Sprintf("%d objects would have to be asked for one by one", len(ids))
		whole, err := d.read(ctx, f, nil)
		all.read = whole
		return err
	}
	for _, id := range ids {
		if err := d.lookUp(ctx, f, id); err != nil {
			return err
		}
	}
	return nil
}

// changedSince is the query for the objects that changed since a time.
func (r *Resource) changedSince(t time.Time) string {
	terms := make([]string, len(r.marks.since))
	for i, name := range r.marks.since {
		terms[i] = fmt.Sprintf("%s gt %q", name, t.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	return "search=" + strings.Join(terms, " or ")
}

// mostLookups is how many objects are asked for one by one before a list is read as a
// whole, which takes a request for 200 of them.
func mostLookups(total int) int { return max(10, total/200) }

// unseen are the ids of the objects that an event tells of and that the search did not
// have as they were after the event.
func (d *delta) unseen(ctx context.Context, f *diff) ([]string, error) {
	ids := make(map[string]bool)
	if told := d.news.of[f.r.Name]; told != nil {
		for id, at := range told.ids {
			if found := f.stamps[id]; found.IsZero() || found.Before(at.Add(-abreast)) {
				ids[id] = true
			}
		}
	}
	if f.r.Name == "groups" {
		if err := d.bereft(ctx, ids); err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(ids)), nil
}

// bereft adds the groups that an app which is gone was assigned to: their counts of apps
// change, and none of their times.
func (d *delta) bereft(ctx context.Context, ids map[string]bool) error {
	assigned := d.diffs["group-apps"]
	if assigned == nil {
		return nil
	}
	for o, err := range assigned.objects(ctx) {
		if err != nil {
			return err
		}
		if _, gone := d.leaver(assigned.r, assigned.r.KeyOf(o.Object)); gone {
			ids[o.Parent] = true
		}
	}
	return nil
}

// lookUp reads one object. If no list has it, and the org says that it is not there, it is
// deleted.
func (d *delta) lookUp(ctx context.Context, f *diff, id string) error {
	delete(f.stamps, id)
	whole, err := d.read(ctx, f, nil, fmt.Sprintf("%s=id eq %q", f.r.marks.find, id))
	if _, found := f.stamps[id]; err != nil || !whole || found {
		return err
	}
	gone, err := d.isGone(ctx, f, nil, id)
	if err != nil || !gone {
		return err
	}
	return f.remove(ctx, "", id)
}

// isGone asks for one object by its id. An answer that says neither that it is there nor
// that it is not, is taken down as a failure of the resource.
func (d *delta) isGone(ctx context.Context, f *diff, above []string, id string) (bool, error) {
	_, l, err := d.one(ctx, f, above, id)
	switch {
	case err == nil:
		return false, nil
	case oktaint.IsNotFound(err):
		d.u.locked(func() { f.t.Requests++ })
		return true, nil
	}
	return false, l.refused(ctx, err)
}

// one asks for one object of a list by its id.
func (d *delta) one(ctx context.Context, f *diff, above []string, id string) (json.RawMessage, *list, error) {
	l := &list{u: d.u, t: f.t, above: above, p: new(progress), flat: true}
	r := *f.r
	r.Path, r.Query = r.Path+"/{id}", ""
	req, err := r.request(d.u.watched(ctx, f.t), d.u.c.Org, "", append(slices.Clone(above), id))
	if err != nil {
		return nil, l, err
	}
	var object json.RawMessage
	err = d.u.c.Do(req, &object)
	return object, l, err
}
