package inventory

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oktaint"
)

const (
	membersName  = "group-members"
	appUsersName = "app-users"
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
	loose := d.loose(f.r)
	unknown := make([]bool, len(loose)) // events that name none of the parents
	for i := range unknown {
		unknown[i] = true
	}
	var kept []*job
	err := d.diffs[above.Name].each(ctx, func(now Object, was json.RawMessage) error {
		param := above.paramOf(now.Object, f.r)
		if param == "" {
			return nil
		}
		j := &job{above: append(split(now.Parent), param), now: now}
		chain := strings.Join(j.above, "/")
		p.lists[chain] = nil
		for i, ids := range loose {
			if slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(j.above, id) }) {
				unknown[i] = false
				was = nil // it is named
			}
		}
		switch {
		case !f.r.open(now.Object):
			p.lists[chain] = &portion{none: true}
		case d.asks(f.r, j, was):
			p.add(chain, j)
		default:
			kept = append(kept, &job{above: j.above})
		}
		return nil
	})
	if err == nil && slices.Contains(unknown, true) {
		for _, j := range kept {
			p.add(strings.Join(j.above, "/"), j)
		}
	}
	return p, err
}

func (p *plan) add(chain string, j *job) {
	j.of = new(portion)
	p.lists[chain] = j.of
	p.jobs = append(p.jobs, j)
}

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

// A memberships is what is looked at of a group to find out whether its members changed.
type memberships struct {
	Moved time.Time `json:"lastMembershipUpdated"`
}

func movedAt(group json.RawMessage) time.Time {
	var m memberships
	if json.Unmarshal(group, &m) != nil {
		return time.Time{}
	}
	return m.Moved
}

// asksMembers reports whether members of a group may have changed.
func (d *delta) asksMembers(j *job, id string, was json.RawMessage) bool {
	j.moved = !movedAt(was).Equal(movedAt(j.now.Object))
	if d.news == nil {
		return j.moved
	}
	j.some = !d.news.odd[id]
	return j.moved || d.news.odd[id] || len(d.news.members[id]) > 0
}

// members applies what the System Log tells of the members of a group, if the group bears
// it out: its lastMembershipUpdated is the time of the newest event, and its count of users
// is what results.
func (d *delta) members(ctx context.Context, f *diff, j *job) (bool, error) {
	group := strings.Join(j.above, "/")
	ops := d.news.members[group]
	joined, left, newest := f.fold(group, ops, j.of.last)
	if movedAt(j.now.Object).Sub(newest).Abs() > abreast {
		return false, nil // or there is no event at all
	}
	var p parent
	if json.Unmarshal(j.now.Object, &p) != nil {
		return false, nil
	}
	count := j.of.left + len(joined) - len(left)
	if users := p.Embedded.Stats.Users; users != nil && *users != count {
		return false, nil
	}
	b := Batch{Resource: f.r.Name, Parent: group, At: now()}
	for _, user := range joined {
		item, err := json.Marshal(map[string]string{"id": user})
		if err != nil {
			return false, err
		}
		b.Items = append(b.Items, item)
	}
	if err := guarded("Put", func() error { return f.put(ctx, b) }); err != nil {
		return false, err
	}
	for _, user := range left {
		if err := f.remove(ctx, group, user); err != nil {
			return false, err
		}
	}
	return true, nil
}

// fold says which users joined a group and which left it, by the newest event about each,
// and when the last of them did.
func (f *diff) fold(group string, ops map[string]joining, newest time.Time) (joined, left []string, at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for user, op := range ops {
		newest = later(newest, op.at)
		old := f.old[keyFor(group, user)]
		_, gone := f.d.goneFrom("users", user)
		switch member := old != nil && !old.seen; {
		case op.add && !member && !gone:
			joined = append(joined, user)
		case !op.add && member:
			left = append(left, user)
		}
	}
	slices.Sort(joined)
	slices.Sort(left)
	return joined, left, newest
}

// pairs asks for those users of an app of whom events tell, unless the list takes fewer
// requests.
func (d *delta) pairs(ctx context.Context, f *diff, j *job) (bool, error) {
	app := strings.Join(j.above, "/")
	users := d.news.pairs[app]
	if len(users) > j.of.rows/pageOfAppUsers {
		return false, nil
	}
	for user := range users {
		object, l, err := d.one(ctx, f, j.above, user)
		switch {
		case oktaint.IsNotFound(err):
			d.u.locked(func() { f.t.Requests++ })
			err = f.remove(ctx, app, user)
		case err != nil:
			err = l.refused(ctx, err)
		default:
			b := l.batch([]json.RawMessage{object})
			err = d.u.put(ctx, f.t, b, func() { f.t.add(b.Items) })
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// pageOfAppUsers is how many users of an app a request brings.
const pageOfAppUsers = 500
