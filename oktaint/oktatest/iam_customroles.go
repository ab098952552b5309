package oktatest

import (
	"slices"
	"strings"
	"time"
)

// customRole is an admin role that an administrator put together.
type customRole struct {
	id, label, description string
	permissions            []*heldPermission // sorted by name
	created, updated       time.Time
}

// heldPermission is a permission of a custom role.
type heldPermission struct {
	name             string
	conditions       any // as sent; they restrict nothing here
	created, updated time.Time
}

// permission returns one of the role's permissions, or nil.
func (r *customRole) permission(name string) *heldPermission {
	for _, p := range r.permissions {
		if p.name == name {
			return p
		}
	}
	return nil
}

// grant adds a permission, if it is not there yet.
func (r *customRole) grant(name string, conditions any, now time.Time) {
	if r.permission(name) != nil {
		return
	}
	r.permissions = append(r.permissions, &heldPermission{name, conditions, now, now})
	slices.SortFunc(r.permissions, func(a, b *heldPermission) int { return strings.Compare(a.name, b.name) })
}

func (o *Org) viewCustomRole(r *customRole) object {
	self := o.adminHref("api/v1/iam/roles", r.id)
	return object{
		"id": r.id, "label": r.label, "description": r.description, "isCloneable": false,
		"created": stamp(r.created), "lastUpdated": stamp(r.updated),
		"_links": object{
			"self":        object{"href": self},
			"permissions": object{"href": self + "/permissions"},
		},
	}
}

func (o *Org) viewPermission(r *customRole, p *heldPermission) object {
	role := o.adminHref("api/v1/iam/roles", r.id)
	return object{
		"label": p.name, "conditions": p.conditions,
		"created": stamp(p.created), "lastUpdated": stamp(p.updated),
		"_links": object{
			"role": object{"href": role},
			"self": object{"href": role + "/permissions/" + p.name},
		},
	}
}

// customRoleNamed finds a custom role by id or label.
func (o *Org) customRoleNamed(name string) (*customRole, error) {
	if r, found := o.customRoles.get(name); found {
		return r, nil
	}
	for _, r := range o.customRoles.all() {
		if r.label == name {
			return r, nil
		}
	}
	return nil, notFound(name, "CustomRole")
}

// customRole returns the custom role of the path.
func (c *call) customRole() (*customRole, error) { return c.org.customRoleNamed(c.param("role")) }

// labelled is what the body of a custom role or a resource set begins with.
type labelled struct {
	Label       string `json:"label"`
	Description string `json:"description"`
}

// check refuses a label or a description that is missing, and a label that
// another object of the kind has.
func (in labelled) check(taken bool) error {
	switch {
	case in.Label == "":
		return invalid("label", "label: The field cannot be left blank")
	case in.Description == "":
		return invalid("description", "description: The field cannot be left blank")
	case taken:
		return invalid("label", "label: An object with this field already exists in the current organization")
	}
	return nil
}

// roleLabelTaken reports whether a role other than this one has the label.
func (o *Org) roleLabelTaken(label, but string) bool {
	return slices.ContainsFunc(o.customRoles.all(), func(r *customRole) bool { return r.label == label && r.id != but })
}

func (c *call) listCustomRoles() (reply, error) {
	return listObject(c, listing[*customRole]{
		name: "roles", self: c.org.adminHref("api/v1/iam/roles"), rows: c.org.customRoles.all(),
		id: func(r *customRole) string { return r.id }, view: c.org.viewCustomRole,
	})
}

// createCustomRole makes a custom role. It answers 200, as recorded.
func (c *call) createCustomRole() (reply, error) {
	var in struct {
		labelled
		Permissions []string `json:"permissions"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := in.check(c.org.roleLabelTaken(in.Label, "")); err != nil {
		return reply{}, err
	}
	if len(in.Permissions) == 0 {
		return reply{}, invalid("permissions", "permissions: The field cannot be left blank")
	}
	now := c.org.now()
	r := &customRole{label: in.Label, description: in.Description, created: now, updated: now}
	for _, name := range in.Permissions {
		if err := checkPermission(name); err != nil {
			return reply{}, err
		}
		r.grant(name, nil, now)
	}
	r.id = c.org.newID("cr0")
	c.org.customRoles.put(r.id, r)
	return c.answerCustomRole(r)
}

// answerCustomRole answers a role with the Link to it that was recorded.
func (c *call) answerCustomRole(r *customRole) (reply, error) {
	return withSelf(c.org.viewCustomRole(r), c.org.adminHref("api/v1/iam/roles", r.id))
}

func (c *call) getCustomRole() (reply, error) {
	r, err := c.customRole()
	if err != nil {
		return reply{}, err
	}
	return c.answerCustomRole(r)
}

func (c *call) replaceCustomRole() (reply, error) {
	r, err := c.customRole()
	if err != nil {
		return reply{}, err
	}
	var in labelled
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := in.check(c.org.roleLabelTaken(in.Label, r.id)); err != nil {
		return reply{}, err
	}
	r.label, r.description, r.updated = in.Label, in.Description, c.org.now()
	return c.answerCustomRole(r)
}

func (c *call) deleteCustomRole() (reply, error) {
	r, err := c.customRole()
	if err != nil {
		return reply{}, err
	}
	for _, set := range c.org.resourceSets.all() {
		if slices.Contains(set.bound, r.id) {
			return reply{}, invalid("role", "role: The role is bound to a resource set")
		}
	}
	c.org.customRoles.remove(r.id)
	return noContent()
}

// listPermissions answers a list that has no Link header, as recorded.
func (c *call) listPermissions() (reply, error) {
	r, err := c.customRole()
	if err != nil {
		return reply{}, err
	}
	views := []object{}
	for _, p := range r.permissions {
		views = append(views, c.org.viewPermission(r, p))
	}
	return ok(object{"permissions": views})
}

// heldPermission returns the role and the permission of the path.
func (c *call) heldPermission() (*customRole, *heldPermission, error) {
	r, err := c.customRole()
	if err != nil {
		return nil, nil, err
	}
	if p := r.permission(c.param("permission")); p != nil {
		return r, p, nil
	}
	return nil, nil, notFound(c.param("permission"), "Permission")
}

// onePermission answers a permission, which has a Link header to itself.
func (c *call) onePermission(r *customRole, p *heldPermission) (reply, error) {
	return withSelf(c.org.viewPermission(r, p), c.org.adminHref("api/v1/iam/roles", r.id, "permissions", p.name))
}

func (c *call) getPermission() (reply, error) {
	r, p, err := c.heldPermission()
	if err != nil {
		return reply{}, err
	}
	return c.onePermission(r, p)
}

// conditions reads the conditions of a permission; the body may be empty.
func (c *call) conditions() (any, error) {
	var in struct {
		Conditions any `json:"conditions"`
	}
	if len(c.body) > 0 {
		if err := c.decode(&in); err != nil {
			return nil, err
		}
	}
	return in.Conditions, nil
}

func (c *call) addPermission() (reply, error) {
	r, err := c.customRole()
	if err != nil {
		return reply{}, err
	}
	name := c.param("permission")
	if err := checkPermission(name); err != nil {
		return reply{}, err
	}
	conditions, err := c.conditions()
	if err != nil {
		return reply{}, err
	}
	r.grant(name, conditions, c.org.now())
	return noContent()
}

func (c *call) replacePermission() (reply, error) {
	r, p, err := c.heldPermission()
	if err != nil {
		return reply{}, err
	}
	conditions, err := c.conditions()
	if err != nil {
		return reply{}, err
	}
	p.conditions, p.updated = conditions, c.org.now()
	return c.onePermission(r, p)
}

func (c *call) removePermission() (reply, error) {
	r, p, err := c.heldPermission()
	if err != nil {
		return reply{}, err
	}
	r.permissions = slices.DeleteFunc(r.permissions, func(other *heldPermission) bool { return other == p })
	return noContent()
}
