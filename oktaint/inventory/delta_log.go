package inventory

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

// news is what the System Log tells of changes.
type news struct {
	of      map[string]*touch             // by resource
	members map[string]map[string]joining // of groups, by user
	odd     map[string]bool               // groups whose members are to be read again
	pairs   map[string]map[string]bool    // users of apps
	deleted map[string]time.Time          // users and apps of whose deletion there is an event
	certain map[string]bool               // those of them that are gone for certain
}

// A touch is what events tell of one resource.
type touch struct {
	ids   map[string]time.Time // of the objects, or of those that they belong to, and the newest event
	loose [][]string           // ids of events that name none of these by their type
}

// A joining is the newest event about one user and one group.
type joining struct {
	at  time.Time
	add bool
}

// targetTypes are what the System Log calls the objects of a resource. Where it is not
// known, what counts is whether an id is one of theirs.
var targetTypes = map[string]string{
	"users": "User", "admins": "User", "groups": "UserGroup", "apps": "AppInstance", "policies": "PolicyEntity",
	"devices": "Device",
}

// targets are the ids of the targets of a type; "" is any.
func targets(e systemlog.Event, kind string) []string {
	var ids []string
	for _, t := range e.Targets {
		if t.ID != "" && (kind == "" || t.Type == kind) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// readLog reads what the System Log tells. If it is of no use, the resources that need it
// are read as a whole.
func (d *delta) readLog(ctx context.Context) error {
	users := d.logUsers()
	if len(users) == 0 {
		d.news = newNews()
		return nil
	}
	why := ""
	if time.Since(d.since) > logReach {
		why = "the last run is longer ago than the System Log keeps its events"
	} else {
		var err error
		if why, err = d.askLog(ctx, users); err != nil {
			return err
		}
	}
	if why == "" {
		return nil
	}
	d.news, d.basis.NoLog = nil, why
	for _, r := range users {
		if r.Name != membersName {
			d.whole[r.Name] = why
		}
	}
	return nil
}

// logUsers are the resources whose changes the System Log tells of.
func (d *delta) logUsers() []*Resource {
	var users []*Resource
	for r := range Catalogue() {
		byEvents := r.Parent != "" || len(r.marks.since) > 0
		if d.diffs[r.Name] != nil && d.whole[r.Name] == "" && byEvents && len(r.Events) > 0 {
			users = append(users, r)
		}
	}
	return users
}

// askLog reads the System Log, or says why that cannot be.
func (d *delta) askLog(ctx context.Context, users []*Resource) (why string, err error) {
	logs, _ := Lookup("logs")
	l := &list{u: d.u, t: d.u.tallyOf(logs), p: new(progress)}
	d.u.locked(func() { d.u.unasked(l.t) })
	if l.t.Closed != nil {
		return l.t.Closed.Why, nil
	}
	err = d.poll(ctx, users, logFilter(users))
	if status(err) == http.StatusBadRequest { // the filter is not understood
		err = d.poll(ctx, users, "")
	}
	if err == nil {
		return "", nil
	}
	v, err2 := d.u.judge(ctx, l, err)
	switch {
	case err2 != nil:
		return "", fmt.Errorf("inventory: the System Log: %w", err2)
	case v.Status == Failed:
		return "", fmt.Errorf("inventory: the System Log: %w", err)
	}
	return "the System Log: " + v.Why, nil
}

// poll reads the events in the order in which they were stored, so that those that came
// late are among them.
func (d *delta) poll(ctx context.Context, users []*Resource, filter systemlog.Filter) error {
	d.news, d.basis.Events = newNews(), 0
	at, began := systemlog.Since(d.since), time.Now()
	for {
		b, err := systemlog.Poll(ctx, d.u.c, at, systemlog.Options{Filter: filter})
		d.basis.Requests++
		if err != nil {
			return err
		}
		d.basis.Events += len(b.Events)
		for _, e := range b.Events {
			d.news.take(users, e)
		}
		// A page may be shorter than it could be. What happens from now on is of the next run.
		if !b.More && (len(b.Events) == 0 || b.Next.Last().After(began)) {
			return nil
		}
		at = b.Next
	}
}

// logFilter keeps out the events that tell of none of the resources.
func logFilter(users []*Resource) systemlog.Filter {
	var all, shortest []string
	for _, r := range users {
		all = append(all, r.Events...)
		if slices.Contains(ofUsers, r.Name) {
			all = append(all, userDeletion)
		}
		if slices.Contains(ofApps, r.Name) {
			all = append(all, appDeletion)
		}
	}
	slices.Sort(all)
	for _, prefix := range slices.Compact(all) {
		if n := len(shortest); n == 0 || !strings.HasPrefix(prefix, shortest[n-1]) {
			shortest = append(shortest, prefix)
		}
	}
	return systemlog.TypePrefix(shortest...)
}

func newNews() *news {
	return &news{
		of: make(map[string]*touch), members: make(map[string]map[string]joining), odd: make(map[string]bool),
		pairs: make(map[string]map[string]bool), deleted: make(map[string]time.Time), certain: make(map[string]bool),
	}
}

// take takes down what an event tells.
func (n *news) take(users []*Resource, e systemlog.Event) {
	for _, r := range users {
		if !slices.ContainsFunc(r.Events, func(prefix string) bool { return strings.HasPrefix(e.Type, prefix) }) {
			continue
		}
		switch {
		case r.Name == membersName:
			n.takeMember(e)
		case r.Name == appUsersName && n.takePair(e):
		default:
			n.touch(r, e)
		}
	}
	n.takeDeletion(e)
}

// touch takes down which objects, or which parents, an event is about.
func (n *news) touch(r *Resource, e systemlog.Event) {
	t := n.of[r.Name]
	if t == nil {
		t = &touch{ids: make(map[string]time.Time)}
		n.of[r.Name] = t
	}
	kind := targetTypes[cmp.Or(r.Parent, r.Name)]
	ids := targets(e, kind)
	if kind == "" || len(ids) == 0 {
		all := targets(e, "")
		if !slices.ContainsFunc(t.loose, func(old []string) bool { return slices.Equal(old, all) }) {
			t.loose = append(t.loose, all)
		}
		return
	}
	for _, id := range ids {
		t.ids[id] = later(t.ids[id], e.Published)
	}
}

// abreast is how near to each other two times are that may be those of one change: the org
// dates an object to the second, and an event when it is written.
const abreast = 5 * time.Second

// takeMember takes down that a user joined or left a group. What is not plain makes the
// group be read again.
func (n *news) takeMember(e systemlog.Event) {
	groups, people := targets(e, "UserGroup"), targets(e, "User")
	add, remove := e.Type == "group.user_membership.add", e.Type == "group.user_membership.remove"
	plain := (add || remove) && e.Outcome.Result == "SUCCESS" && len(groups) == 1 && len(people) == 1
	if !plain {
		for _, g := range groups {
			n.odd[g] = true
		}
		return // one that names no group shows in its lastMembershipUpdated
	}
	g, user := groups[0], people[0]
	if n.members[g] == nil {
		n.members[g] = make(map[string]joining)
	}
	old, known := n.members[g][user]
	switch {
	case known && old.add != add && old.at.Sub(e.Published).Abs() <= abreast:
		n.odd[g] = true // which one was the last is not certain
	case known && old.at.After(e.Published):
		return
	}
	n.members[g][user] = joining{e.Published, add}
}

// takePair takes down that something happened to a user of an app, if the event says
// whose.
func (n *news) takePair(e systemlog.Event) bool {
	apps, people := targets(e, "AppInstance"), targets(e, "User")
	if !strings.HasPrefix(e.Type, "application.user_membership.") || len(apps) != 1 || len(people) != 1 {
		return false
	}
	if n.pairs[apps[0]] == nil {
		n.pairs[apps[0]] = make(map[string]bool)
	}
	n.pairs[apps[0]][people[0]] = true
	return true
}

const (
	userDeletion = "user.lifecycle.delete." // initiated or completed
	appDeletion  = "application.lifecycle.delete"
)

// takeDeletion takes down that a user or an app is, or will be, deleted.
func (n *news) takeDeletion(e systemlog.Event) {
	kind := ""
	switch {
	case strings.HasPrefix(e.Type, userDeletion):
		kind = "User"
	case e.Type == appDeletion:
		kind = "AppInstance"
	default:
		return
	}
	for _, id := range targets(e, kind) {
		n.deleted[id] = later(n.deleted[id], e.Published)
		if e.Type == userDeletion+"completed" && e.Outcome.Result == "SUCCESS" {
			n.certain[id] = true
		}
	}
}
