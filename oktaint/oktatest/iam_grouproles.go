package oktatest

func (c *call) listGroupRoles() (reply, error) {
	g, err := c.group()
	if err != nil {
		return reply{}, err
	}
	return c.viewAssignments(c.org.assignments(g.id))
}

func (c *call) assignGroupRole() (reply, error) {
	g, err := c.group()
	if err != nil {
		return reply{}, err
	}
	return c.grantRole(principal{principalGroup, g.id}, partyOfGroup(g))
}

// groupAssignment returns the group and the assignment of the path.
func (c *call) groupAssignment() (*group, *assignment, error) {
	g, err := c.group()
	if err != nil {
		return nil, nil, err
	}
	a, err := c.assignmentIn(c.org.assignments(g.id))
	return g, a, err
}

func (c *call) getGroupRole() (reply, error) {
	_, a, err := c.groupAssignment()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewAssignment(a))
}

func (c *call) unassignGroupRole() (reply, error) {
	g, a, err := c.groupAssignment()
	if err != nil {
		return reply{}, err
	}
	c.org.dropRoles(func(other *assignment) bool { return other == a })
	c.recordPrivilege(a.holder, "revoke", partyOfGroup(g))
	return noContent()
}
