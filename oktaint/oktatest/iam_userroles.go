package oktatest

// listUserRoles lists the roles of a user and, unless the org leaves them out, those
// of its groups.
func (c *call) listUserRoles() (reply, error) {
	u, err := c.user()
	if err != nil {
		return reply{}, err
	}
	if c.org.cfg.OwnRolesOnly {
		return c.viewAssignments(c.org.assignments(u.id))
	}
	return c.viewAssignments(c.org.rolesOfUser(u))
}

func (c *call) assignUserRole() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	return c.grantRole(principal{principalUser, u.id}, partyOfUser(u))
}

// grantRole gives the role of the request to a user or a group.
func (c *call) grantRole(who principal, target party) (reply, error) {
	var in roleInput
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if _, err := c.flag("disableNotifications", false); err != nil {
		return reply{}, err
	}
	a, err := c.assignRole(who, in)
	if err != nil {
		return reply{}, err
	}
	c.recordPrivilege(who, "grant", target)
	return created(c.org.viewAssignment(a))
}

// recordPrivilege adds the event of a role that is granted or revoked.
func (c *call) recordPrivilege(who principal, what string, target party) {
	if who.kind == principalGroup {
		c.recordAbout("group.privilege."+what, "Admin privilege of a group: "+what, target)
		return
	}
	c.recordAbout("user.account.privilege."+what, "Admin privilege of a user: "+what, target)
}

// userAssignment returns the user and its own assignment of the path.
func (c *call) userAssignment() (*user, *assignment, error) {
	u, err := c.userByID()
	if err != nil {
		return nil, nil, err
	}
	a, err := c.assignmentIn(c.org.assignments(u.id))
	return u, a, err
}

func (c *call) getUserRole() (reply, error) {
	_, a, err := c.userAssignment()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewAssignment(a))
}

func (c *call) unassignUserRole() (reply, error) {
	u, a, err := c.userAssignment()
	if err != nil {
		return reply{}, err
	}
	c.org.dropRoles(func(other *assignment) bool { return other == a })
	c.recordPrivilege(a.holder, "revoke", partyOfUser(u))
	return noContent()
}
