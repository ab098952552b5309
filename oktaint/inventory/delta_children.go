package inventory

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// A job is one list below a parent of which something changed.
type job struct {
	above []string // what stands in its path
	now   Object   // the parent
	moved bool     // of members: lastMembershipUpdated is another one
	of    *portion
	some  bool // it need not be read as a whole
}

// A plan says what becomes of the lists of a resource.
type plan struct {
	jobs  []*job
	lists map[string]*portion // by parent; nil: it stays as it is
}

// where says which portion the objects of a parent are of. Those of a parent that is not
// there any more, or has nothing any more, are of one that has none.
func (p *plan) where(parent string) *portion {
	of, ok := p.lists[parent]
	if !ok {
		return &portion{none: true}
	}
	return of
}

// children reads the changes of a resource that belongs to another.
func (d *delta) children(ctx context.Context, f *diff) error {
	p, err := d.plan(ctx, f)
	if err != nil {
		return err
	}
	if err := f.index(ctx, p.where); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(d.u.opts.Concurrency)
	if f.r.marks.serial {
		g.SetLimit(1)
	}
	for _, j := range p.jobs {
		g.Go(func() error { return d.job(ctx, f, j) })
	}
	return g.Wait()
}

// job reads one list, or what changed of it.
func (d *delta) job(ctx context.Context, f *diff, j *job) error {
	if j.some {
		done, err := false, error(nil)
		if f.r.Name == membersName {
			done, err = d.members(ctx, f, j)
		} else {
			done, err = d.pairs(ctx, f, j)
		}
		if err != nil || done {
			return err
		}
	}
	read, err := d.read(ctx, f, j.above)
	f.mu.Lock()
	defer f.mu.Unlock()
	j.of.read = read
	return err
}

// plan decides which lists are read.
func (d *delta) plan(ctx context.Context, f *diff) (*plan, error) {
	above, _ := Lookup(f.r.Parent)
	p := &plan{lists: make(map[string]*portion)}
	events := newNamed(d.loose(f.r))
	var kept []*job
	err := d.diffs[above.Name].each(ctx, func(now Object, was json.RawMessage) error {
		param := above.paramOf(now.Object, f.r)
		if param == "" {
			return nil
		}
		j := &job{above: append(split(now.Parent), param), now: now}
		if events.name(j.above) {
			was = nil // as if it were new
		}
		switch {
		case !f.r.open(now.Object):
			p.lists[j.chain()] = &portion{none: true}
		case d.asks(f.r, j, was):
			p.add(j)
		default:
			p.lists[j.chain()] = nil
			kept = append(kept, &job{above: j.above})
		}
		return nil
	})
	if err == nil && events.unknown() {
		for _, j := range kept {
			p.add(j)
		}
	}
	return p, err
}

func (j *job) chain() string { return strings.Join(j.above, "/") }

func (p *plan) add(j *job) {
	j.of = new(portion)
	p.lists[j.chain()] = j.of
	p.jobs = append(p.jobs, j)
}

// A named finds out which parents events name that do not say so by a type.
type named struct {
	events [][]string // the ids of each
	found  []bool     // it names a parent
}

func newNamed(events [][]string) *named { return &named{events, make([]bool, len(events))} }

// name reports whether an event names what stands in a path.
func (n *named) name(above []string) bool {
	named := false
	for i, ids := range n.events {
		if slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(above, id) }) {
			n.found[i], named = true, true
		}
	}
	return named
}

// unknown reports whether there is an event that names none.
func (n *named) unknown() bool { return slices.Contains(n.found, false) }

// split is what stands in the path for a parent.
func split(parent string) []string {
	if parent == "" {
		return nil
	}
	return strings.Split(parent, "/")
}

// loose are the events that do not say by a type which parent they are about.
func (d *delta) loose(r *Resource) [][]string {
	if d.news == nil || d.news.of[r.Name] == nil {
		return nil
	}
	return d.news.of[r.Name].loose
}

// asks reports whether something of a list may have changed.
func (d *delta) asks(r *Resource, j *job, was json.RawMessage) bool {
	id := j.above[len(j.above)-1]
	switch {
	case d.whole[r.Name] != "" || was == nil || len(r.Events) == 0:
		return true
	case r.Name == membersName:
		return d.asksMembers(j, id, was)
	case d.differs(r, was, j.now.Object):
		return true
	}
	if t := d.news.of[r.Name]; t != nil {
		if _, told := t.ids[id]; told {
			return true
		}
	}
	if r.Name == appUsersName && d.news.pairs[id] != nil {
		j.some = true
		return true
	}
	return false
}

// differs reports whether a parent changed in a way that may change what belongs to it. A
// group changes with each membership; of it only what the gates look at counts.
func (d *delta) differs(r *Resource, was, now json.RawMessage) bool {
	if r.Parent != "groups" {
		return !bytes.Equal(was, now)
	}
	var a, b parent
	if json.Unmarshal(was, &a) != nil || json.Unmarshal(now, &b) != nil {
		return true
	}
	for _, p := range []*parent{&a, &b} {
		p.Embedded.Stats.Users, p.Profile.Name = nil, ""
	}
	textA, errA := json.Marshal(a)
	textB, errB := json.Marshal(b)
	return errA != nil || errB != nil || !bytes.Equal(textA, textB)
}
