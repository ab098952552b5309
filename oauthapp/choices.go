package oauthapp

import (
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// A RoleChoice says what an app sees with one choice of Desired.Role. What an org really
// shows is found out by [Verify] alone.
type RoleChoice struct {
	Role string // RoleReadOnlyAdmin, RoleVisibility, RoleSuperAdmin, or what Desired names

	// Coverage says of each core resource whose scope is wanted whether the role opens it.
	Coverage *inventory.Report
}

// choices are the roles between which an administrator chooses, from the least to the
// most, and the wanted one.
func (d Desired) choices() []RoleChoice {
	var list []RoleChoice
	wanted := false
	for _, role := range []string{RoleReadOnlyAdmin, RoleVisibility, RoleSuperAdmin} {
		wanted = wanted || role == d.Role
		list = append(list, d.choice(role))
	}
	if !wanted && d.Role != RoleNone {
		list = append(list, d.choice(d.Role))
	}
	return list
}

func (d Desired) choice(role string) RoleChoice {
	d.Role = role
	// What the custom role for response actions may read, it reads of users and groups alone.
	return RoleChoice{role, inventory.Expect(d.Scopes, d.standardRole(), iamPermissions(role))}
}

// unseen is what the wanted roles are known not to show.
func (d Desired) unseen() []inventory.Group {
	if d.Role == RoleNone {
		return nil // that is asked for, and nothing is shown then
	}
	return d.choice(d.Role).Coverage.Groups(inventory.BeyondRole)
}
