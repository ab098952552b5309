package oktatest

import (
	"encoding/base32"
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
	readLogs
	readRoles
	readTokens
	readOrg
	manageGroups
	manageApps
	superAdmin
)

var readAll = []permission{readUsers, readGroups, readApps, readLogs, readRoles, readTokens, readOrg}

// reach is what each standard role allows, besides SUPER_ADMIN, which allows
// everything. Okta's matrix per endpoint is not known; this one is a choice.
var reach = map[string][]permission{
	"ORG_ADMIN":                   append([]permission{manageGroups}, readAll...),
	"READ_ONLY_ADMIN":             readAll,
	"APP_ADMIN":                   {readUsers, readGroups, readApps, manageApps},
	"API_ACCESS_MANAGEMENT_ADMIN": {readUsers, readGroups, readApps, manageApps},
	"USER_ADMIN":                  {readUsers, readGroups, manageGroups},
	"GROUP_MEMBERSHIP_ADMIN":      {readUsers, readGroups},
	"HELP_DESK_ADMIN":             {readUsers, readGroups},
	"MOBILE_ADMIN":                {readUsers, readGroups},
	"REPORT_ADMIN":                {readLogs},
}

const (
	roleSuperAdmin = "SUPER_ADMIN"
	roleCustom     = "CUSTOM"
)

// allows reports whether any of the roles allows what is needed.
func allows(roles []*assignment, need permission) bool {
	if need == anyone {
		return true
	}
	for _, a := range roles {
		if a.kind == roleSuperAdmin || slices.Contains(reach[a.kind], need) {
			return true
		}
	}
	return false
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

// assignment is a role held by a user or a client.
type assignment struct {
	id, kind string
	holder   string // id of the user or client
	client   bool
	created  time.Time
}

// assign gives a role to a principal that does not have it.
func (o *Org) assign(holder string, client bool, kind string) *assignment {
	id := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(kind))
	if !slices.Contains(namedAfterType, kind) {
		id = o.newID("ra1")
	}
	a := &assignment{id: id, kind: kind, holder: holder, client: client, created: o.now()}
	o.roles = append(o.roles, a)
	return a
}

// assignments lists what a principal holds, in order of assignment.
func (o *Org) assignments(holder string) []*assignment {
	var held []*assignment
	for _, a := range o.roles {
		if a.holder == holder {
			held = append(held, a)
		}
	}
	return held
}

// unassign drops the roles of a principal that match.
func (o *Org) unassign(holder string, match func(*assignment) bool) {
	o.roles = slices.DeleteFunc(o.roles, func(a *assignment) bool { return a.holder == holder && match(a) })
}

// view is an assignment as the API shows it.
func (o *Org) viewAssignment(a *assignment) object {
	kind, assignee := "USER", o.href("api/v1/users", a.holder)
	if a.client {
		kind, assignee = "CLIENT", o.href("oauth2/v1/clients", a.holder)
	}
	return object{
		"id": a.id, "label": roleLabels[a.kind], "type": a.kind, "status": "ACTIVE",
		"created": stamp(a.created), "lastUpdated": stamp(a.created), "assignmentType": kind,
		"_links": object{"assignee": object{"href": assignee}},
	}
}

func (c *call) listClientRoles() (reply, error) {
	client, err := c.client()
	if err != nil {
		return reply{}, err
	}
	return ok(c.viewAssignments(client.id))
}

func (c *call) listUserRoles() (reply, error) {
	u, err := c.user()
	if err != nil {
		return reply{}, err
	}
	return ok(c.viewAssignments(u.id))
}

func (c *call) viewAssignments(holder string) []object {
	views := []object{}
	for _, a := range c.org.assignments(holder) {
		views = append(views, c.org.viewAssignment(a))
	}
	return views
}

func (c *call) assignClientRole() (reply, error) {
	client, err := c.client()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Type        string `json:"type"`
		Role        string `json:"role"`
		ResourceSet string `json:"resource-set"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if !client.isService() {
		return reply{}, errNotService
	}
	if in.Type == roleCustom {
		if in.Role == "" || in.ResourceSet == "" {
			return reply{}, invalid("role", "role and resource-set: The field cannot be left blank")
		}
		return reply{}, notFound(in.Role, "CustomRole")
	}
	if roleLabels[in.Type] == "" {
		return reply{}, invalid("type", "type: The field is not a role type")
	}
	for _, a := range c.org.assignments(client.id) {
		if a.kind == in.Type {
			return reply{}, errSameRole
		}
	}
	return created(c.org.viewAssignment(c.org.assign(client.id, true, in.Type)))
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
	c.org.unassign(a.holder, func(other *assignment) bool { return other == a })
	return noContent()
}

func (c *call) clientAssignment() (*assignment, error) {
	client, err := c.client()
	if err != nil {
		return nil, err
	}
	for _, a := range c.org.assignments(client.id) {
		if a.id == c.param("assignment") {
			return a, nil
		}
	}
	return nil, notFound(c.param("assignment"), "RoleAssignment")
}
