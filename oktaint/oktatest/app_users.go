package oktatest

import (
	"slices"
	"time"
)

// appUser is a user's assignment to an app. It is replaced, never changed.
type appUser struct {
	id               string // of the assignment
	user             string // id of the user
	direct           bool   // assigned by hand; otherwise through groups
	created, updated time.Time
	userName         string // empty: the login
	profile          object
}

// appGroup is a group's assignment to an app. It is replaced, never changed.
type appGroup struct {
	group    string // id of the group
	priority int
	profile  object
	updated  time.Time
}

// appChange is one user who was assigned to an app, or no longer is.
type appChange struct {
	kind, text string // of the event
	app        *app
	assigned   *appUser
	user       *user
}

const (
	eventAssign      = "application.user_membership.add"
	textAssign       = "Add user to application membership"
	eventUnassign    = "application.user_membership.remove"
	textUnassign     = "Remove user from application membership"
	eventAppGroup    = "group.application_assignment.add"
	textAppGroup     = "Add assigned application to group"
	eventAppGroupOff = "group.application_assignment.remove"
	textAppGroupOff  = "Remove assigned application from group"
)

// assignUser assigns a user to an app and reports whether the user was not
// assigned before. A user assigned by hand stays so.
func (o *Org) assignUser(a *app, u *user, direct bool) bool {
	if u.status == statusDeprovisioned {
		return false
	}
	old, found := a.users.get(u.id)
	if found && (old.direct || !direct) {
		return false
	}
	now := o.now()
	x := &appUser{id: "", user: u.id, direct: direct, created: now, updated: now}
	if found {
		x.id, x.created, x.userName, x.profile = old.id, old.created, old.userName, old.profile
	} else {
		x.id = o.newID("0ua")
	}
	a.users.put(u.id, x)
	if !found {
		o.noteAppChange(appChange{eventAssign, textAssign, a, x, u})
	}
	return !found
}

// unassignUser ends a user's assignment to an app, however it came about.
func (o *Org) unassignUser(a *app, u *user) {
	if x, found := a.users.get(u.id); found {
		a.users.remove(u.id)
		o.noteAppChange(appChange{eventUnassign, textUnassign, a, x, u})
	}
}

// assignGroup assigns a group with its members to an app.
func (o *Org) assignGroup(a *app, g *group, x *appGroup) {
	x.group, x.updated = g.id, o.now()
	a.groups.put(g.id, x)
	if at, found := slices.BinarySearch(g.apps, a.id); !found {
		g.apps = slices.Insert(g.apps, at, a.id)
	}
	for _, u := range g.members.all() {
		o.assignUser(a, u, false)
	}
}

// unassignGroup ends a group's assignment to an app, and that of the members who
// have no other.
func (o *Org) unassignGroup(a *app, g *group) {
	a.groups.remove(g.id)
	if at, found := slices.BinarySearch(g.apps, a.id); found {
		g.apps = slices.Delete(g.apps, at, at+1)
	}
	for _, u := range g.members.all() {
		o.reviewUser(a, u)
	}
}

// joinApps assigns a new member of a group to the apps of the group.
func (o *Org) joinApps(g *group, u *user) {
	for _, id := range g.apps {
		if a, found := o.apps.get(id); found {
			o.assignUser(a, u, false)
		}
	}
}

// leaveApps reviews the assignments of a user who is no longer a member of a group.
func (o *Org) leaveApps(g *group, u *user) {
	for _, id := range g.apps {
		if a, found := o.apps.get(id); found {
			o.reviewUser(a, u)
		}
	}
}

// reviewUser ends the assignment of a user to an app if neither an administrator
// nor a group is behind it.
func (o *Org) reviewUser(a *app, u *user) {
	x, found := a.users.get(u.id)
	if !found || x.direct || slices.ContainsFunc(u.groups, func(g *group) bool { return a.hasGroup(g.id) }) {
		return
	}
	o.unassignUser(a, u)
}

// hasGroup reports whether a group is assigned to the app.
func (a *app) hasGroup(id string) bool {
	_, found := a.groups.get(id)
	return found
}

// reviewApps gives a user whose status has changed the apps of their groups, or
// takes all apps away if the user is deprovisioned.
func (o *Org) reviewApps(u *user) {
	if u.status == statusDeprovisioned {
		o.dropFromApps(u)
		return
	}
	for _, g := range u.groups {
		o.joinApps(g, u)
	}
}

// dropFromApps ends all assignments of a user.
func (o *Org) dropFromApps(u *user) {
	for _, id := range o.apps.ids {
		o.unassignUser(o.apps.rows[id], u)
	}
}

// dropAppFromGroups lets the groups of a deleted app forget it.
func (o *Org) dropAppFromGroups(a *app) {
	for _, id := range a.groups.ids {
		if g, found := o.groups.get(id); found {
			if at, has := slices.BinarySearch(g.apps, a.id); has {
				g.apps = slices.Delete(g.apps, at, at+1)
			}
		}
	}
}

// dropGroupFromApps ends the assignments and the push mappings of a group that is
// deleted. Its members have left it.
func (o *Org) dropGroupFromApps(g *group) {
	for _, id := range g.apps {
		if a, found := o.apps.get(id); found {
			a.groups.remove(g.id)
		}
	}
	for _, a := range o.apps.all() {
		for _, m := range a.push.all() {
			if m.source == g.id {
				a.push.remove(m.id)
			}
		}
	}
}

// noteAppChange keeps a change for the events of the request under way. What Go
// functions change leaves no event.
func (o *Org) noteAppChange(x appChange) {
	if o.appChanges != nil {
		*o.appChanges = append(*o.appChanges, x)
	}
}

// withAppEvents runs a handler and writes an event for each assignment to an app
// that it began or ended.
func (c *call) withAppEvents(handler func(*call) (reply, error)) (reply, error) {
	var changes []appChange
	c.org.appChanges = &changes
	res, err := handler(c)
	c.org.appChanges = nil
	for _, x := range changes {
		c.recordAbout(x.kind, x.text, partyOfAppUser(x.assigned, x.user), partyOfApp(x.app), partyOfUser(x.user))
	}
	return res, err
}

// partyOfAppUser is an assignment as the target of an event.
func partyOfAppUser(x *appUser, u *user) party { return party{x.id, "AppUser", u.login(), u.name()} }

// copyAssignments gives a copy of an app tables of its own, whose rows never change.
func copyAssignments(a *app) *app {
	a.users = copyTable(&a.users, func(x *appUser) *appUser { return x })
	a.groups = copyTable(&a.groups, func(x *appGroup) *appGroup { return x })
	a.push = copyTable(&a.push, func(x *pushMapping) *pushMapping { return x })
	return a
}
