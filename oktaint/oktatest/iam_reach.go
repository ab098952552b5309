package oktatest

import "slices"

// This file says who may write to whom: an admin role reaches everybody, or with group
// targets the members of these groups; those who hold an admin role
// themselves, and groups that carry one, are for Super Admins only.

// touchUser refuses a write to a user whom the caller's roles do not reach.
func (c *call) touchUser(u *user) error { return c.requireOn(u, c.route.need) }

// touchGroup refuses a write to a group that the caller's roles do not reach.
func (c *call) touchGroup(g *group) error {
	if len(c.org.assignments(g.id)) > 0 {
		return c.requireSuperAdmin()
	}
	return c.requireReach(c.route.need, func(a *assignment) bool { return a.reachesGroup(g) })
}

// requireOn is touchUser for a need other than the route's.
func (c *call) requireOn(u *user, need permission) error {
	if c.org.isAdmin(u) {
		return c.requireSuperAdmin()
	}
	return c.requireReach(need, func(a *assignment) bool { return a.reachesUser(u) })
}

// requireEverywhere refuses a caller who has what is needed only over the
// targets of a role.
func (c *call) requireEverywhere(need permission) error {
	return c.requireReach(need, func(a *assignment) bool { return len(a.groups) == 0 })
}

// requireReach refuses a caller none of whose roles both allows what is needed
// and reaches the target.
func (c *call) requireReach(need permission, reaches func(*assignment) bool) error {
	roles := slices.DeleteFunc(c.rights.rolesOf(c.actor), func(a *assignment) bool { return !reaches(a) })
	if c.rights.allows(roles, need) {
		return nil
	}
	return errForbidden
}

// reachesUser reports whether an assignment, if it has group targets, is for a
// group of the user.
func (a *assignment) reachesUser(u *user) bool {
	return len(a.groups) == 0 || slices.ContainsFunc(u.groups, a.reachesGroup)
}

// reachesGroup reports whether an assignment, if it has group targets, is for
// the group.
func (a *assignment) reachesGroup(g *group) bool {
	return len(a.groups) == 0 || slices.Contains(a.groups, g.id)
}

// isAdmin reports whether a user holds an admin role, also through a group.
func (o *Org) isAdmin(u *user) bool {
	return slices.ContainsFunc(o.roles, func(a *assignment) bool { return o.holds(u, a) })
}

// holds reports whether an assignment is the user's or of one of its groups.
func (o *Org) holds(u *user, a *assignment) bool {
	if a.holder.kind != principalGroup {
		return a.holder.id == u.id
	}
	return slices.ContainsFunc(u.groups, func(g *group) bool { return g.id == a.holder.id })
}

// rolesOfUser lists the assignments of a user and those of its groups, in
// Okta's order.
func (o *Org) rolesOfUser(u *user) []*assignment {
	var held []*assignment
	for _, a := range o.roles {
		if o.holds(u, a) {
			held = append(held, a)
		}
	}
	return inRoleOrder(held)
}
