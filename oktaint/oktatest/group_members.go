package oktatest

import (
	"cmp"
	"slices"
)

// Memberships are kept twice: a group has its members, by id, and a user has the
// few groups that the user is a member of.

const (
	eventJoin  = "group.user_membership.add"
	textJoin   = "Add user to group membership"
	eventLeave = "group.user_membership.remove"
	textLeave  = "Remove user from group membership"
)

// join makes a user a member of a group and reports whether the user was not one
// before.
func (o *Org) join(g *group, u *user) bool {
	at, member := u.groupIndex(g)
	if member {
		return false
	}
	u.groups = slices.Insert(u.groups, at, g)
	g.members.put(u.id, u)
	g.membersChanged = o.now()
	o.joinApps(g, u)
	return true
}

// leave ends a membership and reports whether there was one.
func (o *Org) leave(g *group, u *user) bool {
	at, member := u.groupIndex(g)
	if !member {
		return false
	}
	u.groups = slices.Delete(u.groups, at, at+1)
	g.members.remove(u.id)
	g.membersChanged = o.now()
	o.forget(g, u)
	o.leaveApps(g, u)
	return true
}

// groupIndex returns where a group is among those of the user, or would be.
func (u *user) groupIndex(g *group) (at int, member bool) {
	return slices.BinarySearchFunc(u.groups, g.id, func(other *group, id string) int { return cmp.Compare(other.id, id) })
}

// groupsOf lists the groups of a user, in order of their ids.
func (o *Org) groupsOf(u *user) []*group { return u.groups }

// requireMembers refuses a change of the members of a group: of one that Okta
// or an app manages, and by a caller whose roles do not allow it.
func (c *call) requireMembers(g *group) error {
	switch {
	case len(c.org.assignments(g.id)) > 0:
		if err := c.requireSuperAdmin(); err != nil {
			return err
		}
	default:
		err := c.requireReach(manageMembers, func(a *assignment) bool { return a.reachesGroup(g) })
		if err != nil {
			return err
		}
	}
	switch g.kind {
	case groupApp, groupBuiltIn:
		return errForbidden
	}
	return nil
}

func (c *call) listGroupMembers() (reply, error) {
	g, err := c.group()
	if err != nil {
		return reply{}, err
	}
	return list(c, lister[*user]{
		paging: paging{limit: 1000, most: 1000, params: []string{"after", "limit"}},
		table:  &g.members,
		id:     func(u *user) string { return u.id },
		view:   c.org.viewUser,
	})
}

// membership returns the group and the user of the path, if the caller may
// change whether the user is a member. A role that is limited to a group may add
// any user who is not an admin.
func (c *call) membership() (*group, *user, error) {
	g, err := c.group()
	if err != nil {
		return nil, nil, err
	}
	u, err := c.userByID()
	if err != nil {
		return nil, nil, err
	}
	if err := c.requireMembers(g); err != nil {
		return nil, nil, err
	}
	if c.org.isAdmin(u) {
		return g, u, c.requireSuperAdmin()
	}
	return g, u, c.require(joinGroups)
}

// addGroupMember makes a user a member. Adding a member changes nothing.
func (c *call) addGroupMember() (reply, error) {
	g, u, err := c.membership()
	if err != nil {
		return reply{}, err
	}
	if c.org.join(g, u) {
		c.recordAbout(eventJoin, textJoin, partyOfUser(u), partyOfGroup(g))
	}
	return noContent()
}

// removeGroupMember ends a membership. The active rules that manage it exclude
// the user from then on; a rule whose list is full begins the membership again
// at once. Removing a user who is not a member is 204 and changes nothing.
func (c *call) removeGroupMember() (reply, error) {
	g, u, err := c.membership()
	if err != nil {
		return reply{}, err
	}
	managing := c.org.rulesManaging(g, u)
	if c.org.leave(g, u) {
		c.recordAbout(eventLeave, textLeave, partyOfUser(u), partyOfGroup(g))
		for _, r := range managing {
			if r.excludeUser(u, c.org.now()) {
				c.org.addRuleEvent("group.user_membership.rule.add_exclusion", "Add user to the exclusions of a group rule",
					partyOfUser(u), partyOfRule(r))
			}
		}
		c.org.applyRules(u)
	}
	return noContent()
}
