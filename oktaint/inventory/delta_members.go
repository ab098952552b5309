package inventory

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

const (
	membersName  = "group-members"
	appUsersName = "app-users"
)

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
