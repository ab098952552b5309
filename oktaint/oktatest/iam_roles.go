package oktatest

import (
	"cmp"
	"slices"
	"time"
)

// permission is what a route asks of the caller's admin roles.
type permission int

const (
	anyone permission = iota // no role needed
	readUsers
	readGroups
	readApps
	readOtherApps // than those of OIDC
	readLogs
	readRoles
	readTokens
	readOrg
	readPolicies // authenticators and what policies ask of devices, too
	readSettings // of the org as a whole: zones, domains, brands, features, limits
	readHooks
	readIdPs
	readServers // authorization servers
	readDevices
	readRealms
	readLogStreams
	readSchemas // of users, groups and linked objects
	readAppSchemas
	createGroups
	manageGroups
	manageMembers // of groups
	joinGroups    // the same, of users
	manageApps
	superAdmin

	createUsers
	manageUsers // grants, tokens, factors
	manageProfiles
	manageCredentials
	changeUsers // a profile or credentials
	expirePasswords
	resetPasswords
	resetFactors
	suspendUsers
	unsuspendUsers
	activateUsers
	deactivateUsers
	deleteUsers
	removeUsers // deactivate or delete
	unlockUsers
	clearSessions
	manageRisk

	manageTokens // API tokens
	clearTokens  // the same, only to revoke
	manageIdPs
	activateDevices
	deactivateDevices
	suspendDevices
	unsuspendDevices
	deleteDevices
)

// What standard roles have in common: changes of groups, resets of credentials,
// changes of users.
var (
	writeGroups = []permission{createGroups, manageGroups, manageMembers, joinGroups}

	helpDesk   = []permission{expirePasswords, resetPasswords, resetFactors, unlockUsers, clearSessions, manageRisk}
	writeUsers = append([]permission{
		createUsers, manageUsers, manageProfiles, manageCredentials, changeUsers, suspendUsers, unsuspendUsers,
		activateUsers, deactivateUsers, deleteUsers, removeUsers,
	}, helpDesk...)
)

// writeNeighbours are changes of what users sign in with: identity providers, devices.
var writeNeighbours = []permission{manageIdPs, activateDevices, deactivateDevices, suspendDevices, unsuspendDevices, deleteDevices}

// readMost is what the roles that read most have in common. Apps, roles of others and
// grants of apps are not in it.
var readMost = []permission{
	readUsers, readGroups, readLogs, readTokens, readOrg, readPolicies, readSettings, readHooks, readIdPs, readServers,
	readDevices, readRealms, readLogStreams, readAppSchemas,
}

// reach is what each standard role allows, except SUPER_ADMIN, which allows
// everything. Okta's matrix per endpoint is not known; this one is a choice.
var reach = map[string][]permission{
	"ORG_ADMIN":                   slices.Concat(readMost, []permission{readSchemas}, writeGroups, writeUsers, writeNeighbours),
	"READ_ONLY_ADMIN":             append([]permission{readApps, readOtherApps}, readMost...),
	"APP_ADMIN":                   {readUsers, readGroups, readApps, readOtherApps, manageApps, readPolicies, readSchemas, readAppSchemas},
	"API_ACCESS_MANAGEMENT_ADMIN": {readApps, manageApps, readServers, readSchemas, readAppSchemas},
	"USER_ADMIN":                  slices.Concat([]permission{readUsers, readGroups}, writeGroups, writeUsers),
	"GROUP_MEMBERSHIP_ADMIN":      {readUsers, readGroups, manageMembers, joinGroups},
	"HELP_DESK_ADMIN":             append([]permission{readUsers, readGroups, readRealms}, helpDesk...),
	"MOBILE_ADMIN":                {readUsers, readGroups, readAppSchemas},
	"REPORT_ADMIN":                {readLogs},
}

const (
	roleSuperAdmin = "SUPER_ADMIN"
	roleCustom     = "CUSTOM"
)

// allows reports whether any of the roles allows what is needed.
func (o *Org) allows(roles []*assignment, need permission) bool {
	return need == anyone || slices.ContainsFunc(roles, func(a *assignment) bool {
		return a.kind == roleSuperAdmin || slices.Contains(reach[a.kind], need) || a.kind == roleCustom && o.customAllows(a, need)
	})
}

var roleLabels = map[string]string{
	roleSuperAdmin:                "Super Administrator",
	"ORG_ADMIN":                   "Organizational Administrator",
	"APP_ADMIN":                   "Application Administrator",
	"USER_ADMIN":                  "Group Administrator",
	"GROUP_MEMBERSHIP_ADMIN":      "Group Membership Administrator",
	"HELP_DESK_ADMIN":             "Help Desk Administrator",
	"READ_ONLY_ADMIN":             "Read-only Administrator",
	"REPORT_ADMIN":                "Report Administrator",
	"API_ACCESS_MANAGEMENT_ADMIN": "API Access Management Administrator",
	"MOBILE_ADMIN":                "Mobile Administrator",
}

// namedAfterType are the roles whose assignment id was recorded to be the
// base32 of their type, the same for every principal.
var namedAfterType = []string{"APP_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"}

// The kinds of principals that hold roles.
const (
	principalUser   = "USER"
	principalClient = "CLIENT"
	principalGroup  = "GROUP"
)

// principalPaths are the paths below which principals of a kind are.
var principalPaths = map[string]string{
	principalUser: "api/v1/users", principalClient: "oauth2/v1/clients", principalGroup: "api/v1/groups",
}

// principal is who holds a role.
type principal struct {
	kind, id string
}

func (o *Org) hrefOf(who principal) string { return o.href(principalPaths[who.kind], who.id) }

// assignment is a role held by a principal.
type assignment struct {
	id, kind         string
	holder           principal
	created, updated time.Time
	role, set        string    // of the kind CUSTOM: the ids of the role and its resource set
	groups           []string  // ids of the groups it is for, deleted ones too; none: all groups
	apps             []*target // the apps it is for; none: all of them
}

// assign gives a standard role to a principal that does not have it.
func (o *Org) assign(who principal, kind string) *assignment {
	id := encodedRole(kind)
	switch {
	case slices.Contains(namedAfterType, kind):
	case who.kind == principalGroup:
		id = o.newID("gra")
	default:
		id = o.newID("ra1")
	}
	now := o.now()
	a := &assignment{id: id, kind: kind, holder: who, created: now, updated: now}
	o.roles = append(o.roles, a)
	return a
}

// roleOrder is the order in which lists of assignments were recorded, whatever
// the order in which they were made. Custom roles come last.
var roleOrder = []string{
	"APP_ADMIN", roleSuperAdmin, "GROUP_MEMBERSHIP_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN",
	"ORG_ADMIN", "REPORT_ADMIN", "MOBILE_ADMIN", "READ_ONLY_ADMIN", roleCustom,
}

// inRoleOrder sorts assignments; those of a kind stay as they are.
func inRoleOrder(held []*assignment) []*assignment {
	slices.SortStableFunc(held, func(a, b *assignment) int {
		return cmp.Compare(slices.Index(roleOrder, a.kind), slices.Index(roleOrder, b.kind))
	})
	return held
}

// assignments lists what a principal holds, in Okta's order.
func (o *Org) assignments(holder string) []*assignment {
	var held []*assignment
	for _, a := range o.roles {
		if a.holder.id == holder {
			held = append(held, a)
		}
	}
	return inRoleOrder(held)
}

// dropRoles drops the assignments that match.
func (o *Org) dropRoles(match func(*assignment) bool) { o.roles = slices.DeleteFunc(o.roles, match) }

// dropRolesOf drops all that a principal holds.
func (o *Org) dropRolesOf(holder string) {
	o.dropRoles(func(a *assignment) bool { return a.holder.id == holder })
}

// viewAssignment is an assignment as the API shows it.
func (o *Org) viewAssignment(a *assignment) object {
	view := object{
		"id": a.id, "label": roleLabels[a.kind], "type": a.kind, "status": "ACTIVE",
		"created": stamp(a.created), "lastUpdated": stamp(a.updated), "assignmentType": a.holder.kind,
	}
	links := object{"assignee": object{"href": o.hrefOf(a.holder)}}
	if a.kind == roleCustom {
		r, _ := o.customRoles.get(a.role)
		set := o.href("api/v1/iam/resource-sets", a.set)
		role := o.href("api/v1/iam/roles", a.role)
		view["label"], view["role"], view["resource-set"] = r.label, a.role, a.set
		links["role"] = object{"href": role}
		links["permissions"] = object{"href": role + "/permissions"}
		links["resource-set"] = object{"href": set}
		links["member"] = object{"href": set + "/bindings/" + a.role + "/members/" + a.id}
	}
	view["_links"] = links
	return view
}

func (c *call) listClientRoles() (reply, error) {
	client, err := c.client()
	if err != nil {
		return reply{}, err
	}
	return c.viewAssignments(c.org.assignments(client.id))
}

// roleInput is the assignment of a role in a request.
type roleInput struct {
	Type        string `json:"type"`
	Role        string `json:"role"`
	ResourceSet string `json:"resource-set"`
}

func (c *call) assignClientRole() (reply, error) {
	client, err := c.client()
	if err != nil {
		return reply{}, err
	}
	var in roleInput
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if !client.isService() {
		return reply{}, errNotService
	}
	a, err := c.assignRole(principal{principalClient, client.id}, in)
	if err != nil {
		return reply{}, err
	}
	return created(c.org.viewAssignment(a))
}

// assignRole gives a principal the role of a request.
func (c *call) assignRole(who principal, in roleInput) (*assignment, error) {
	if in.Type == roleCustom {
		return c.assignCustomRole(who, in.Role, in.ResourceSet)
	}
	if roleLabels[in.Type] == "" {
		return nil, invalid("type", "type: The field is not a role type")
	}
	for _, a := range c.org.assignments(who.id) {
		if a.kind == in.Type {
			return nil, errSameRole
		}
	}
	return c.org.assign(who, in.Type), nil
}

// assignCustomRole makes a principal a member of a binding, which it makes if
// there is none.
func (c *call) assignCustomRole(who principal, role, set string) (*assignment, error) {
	if role == "" || set == "" {
		return nil, invalid("role", "role and resource-set: The field cannot be left blank")
	}
	r, err := c.org.customRoleNamed(role)
	if err != nil {
		return nil, err
	}
	s, err := c.org.resourceSetNamed(set)
	if err != nil {
		return nil, err
	}
	for _, a := range c.org.membersOf(s, r.id) {
		if a.holder == who {
			return nil, errHasRole
		}
	}
	return c.org.assignCustom(who, r, s), nil
}

func (c *call) getClientRole() (reply, error) {
	a, err := c.clientAssignment()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewAssignment(a))
}

func (c *call) unassignClientRole() (reply, error) {
	a, err := c.clientAssignment()
	if err != nil {
		return reply{}, err
	}
	c.org.dropRoles(func(other *assignment) bool { return other == a })
	return noContent()
}

func (c *call) clientAssignment() (*assignment, error) {
	client, err := c.client()
	if err != nil {
		return nil, err
	}
	return c.assignmentIn(c.org.assignments(client.id))
}

// assignmentIn returns the assignment of the path, which is one of these.
func (c *call) assignmentIn(held []*assignment) (*assignment, error) {
	for _, a := range held {
		if a.id == c.param("assignment") {
			return a, nil
		}
	}
	return nil, notFound(c.param("assignment"), "RoleAssignment")
}
