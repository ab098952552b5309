package oktatest

import (
	"cmp"
	"slices"
	"strings"
)

// A binding is a custom role bound to a resource set; its members are the
// assignments that name both.

func (o *Org) hrefOfBinding(s *resourceSet, role string) string {
	return o.href("api/v1/iam/resource-sets", s.id, "bindings", role)
}

// membersOf lists the members of a binding, in order of their ids.
func (o *Org) membersOf(s *resourceSet, role string) []*assignment {
	var members []*assignment
	for _, a := range o.roles {
		if a.kind == roleCustom && a.role == role && a.set == s.id {
			members = append(members, a)
		}
	}
	slices.SortFunc(members, func(a, b *assignment) int { return cmp.Compare(a.id, b.id) })
	return members
}

// bind makes the binding of a role to a set, if there is none yet.
func (s *resourceSet) bind(role string) {
	if at, found := slices.BinarySearch(s.bound, role); !found {
		s.bound = slices.Insert(s.bound, at, role)
	}
}

// assignCustom makes a principal a member of a binding, if it is not one yet.
func (o *Org) assignCustom(who principal, r *customRole, s *resourceSet) *assignment {
	for _, a := range o.membersOf(s, r.id) {
		if a.holder == who {
			return a
		}
	}
	s.bind(r.id)
	now := o.now()
	a := &assignment{
		id: o.newID("irb"), kind: roleCustom, holder: who, created: now, updated: now, role: r.id, set: s.id,
	}
	o.roles = append(o.roles, a)
	return a
}

// readMembers finds the principals that the URLs of a request name.
func (o *Org) readMembers(urls []string) ([]principal, error) {
	var found []principal
	for _, u := range urls {
		who, err := o.readMember(u)
		if err != nil {
			return nil, err
		}
		found = append(found, who)
	}
	return found, nil
}

func (o *Org) readMember(url string) (principal, error) {
	for kind, path := range principalPaths {
		id, ok := strings.CutPrefix(url, o.href(path)+"/")
		if !ok {
			continue
		}
		who := principal{kind, id}
		switch kind {
		case principalClient:
			cl := o.clients[id]
			if cl != nil && !cl.isService() {
				return who, errNotService
			}
			ok = cl != nil
		case principalUser:
			_, ok = o.users.get(id)
		case principalGroup:
			_, ok = o.groups.get(id)
		}
		if ok {
			return who, nil
		}
	}
	return principal{}, invalid("members", "members: '"+url+"' is not a member")
}

// binding returns the set and the role of the path, which are bound.
func (c *call) binding() (*resourceSet, *customRole, error) {
	s, err := c.resourceSet()
	if err != nil {
		return nil, nil, err
	}
	r, err := c.customRole()
	if err != nil {
		return nil, nil, err
	}
	if !slices.Contains(s.bound, r.id) {
		return nil, nil, notFound(c.param("role"), "RoleResourceSetBinding")
	}
	return s, r, nil
}

func (c *call) listBindings() (reply, error) {
	s, err := c.resourceSet()
	if err != nil {
		return reply{}, err
	}
	set := c.org.href("api/v1/iam/resource-sets", s.id)
	return listObject(c, listing[string]{
		name: "roles", self: set + "/bindings", rows: s.bound,
		id: func(role string) string { return role },
		view: func(role string) object {
			return object{"id": role, "_links": object{
				"self":    object{"href": c.org.href("api/v1/iam/roles", role)},
				"members": object{"href": c.org.hrefOfBinding(s, role) + "/members"},
			}}
		},
		links: object{"resource-set": object{"href": set}},
	})
}

// createBinding binds a role to a set, with its first members.
func (c *call) createBinding() (reply, error) {
	s, err := c.resourceSet()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Role    string   `json:"role"`
		Members []string `json:"members"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Role == "" {
		return reply{}, invalid("role", "role: The field cannot be left blank")
	}
	r, err := c.org.customRoleNamed(in.Role)
	if err != nil {
		return reply{}, err
	}
	if len(in.Members) == 0 {
		return reply{}, invalid("members", "members: The field cannot be left blank")
	}
	if slices.Contains(s.bound, r.id) {
		return reply{}, invalid("role", "role: The role is already bound to the resource set")
	}
	return c.addMembers(s, r, in.Members)
}

// addMembers adds members to a binding and answers what a change of a binding
// answers.
func (c *call) addMembers(s *resourceSet, r *customRole, urls []string) (reply, error) {
	members, err := c.org.readMembers(urls)
	if err != nil {
		return reply{}, err
	}
	for _, who := range members {
		c.org.assignCustom(who, r, s)
	}
	set := c.org.href("api/v1/iam/resource-sets", s.id)
	return ok(object{"_links": object{
		"self":         object{"href": c.org.hrefOfBinding(s, r.id)},
		"bindings":     object{"href": set + "/bindings"},
		"resource-set": object{"href": set},
	}})
}

func (c *call) getBinding() (reply, error) {
	s, r, err := c.binding()
	if err != nil {
		return reply{}, err
	}
	self := c.org.hrefOfBinding(s, r.id)
	return ok(object{"id": r.id, "_links": object{
		"self":         object{"href": self},
		"members":      object{"href": self + "/members"},
		"resource-set": object{"href": c.org.href("api/v1/iam/resource-sets", s.id)},
	}})
}

func (c *call) deleteBinding() (reply, error) {
	s, r, err := c.binding()
	if err != nil {
		return reply{}, err
	}
	c.org.dropRoles(func(a *assignment) bool { return a.role == r.id && a.set == s.id })
	s.bound = slices.DeleteFunc(s.bound, func(role string) bool { return role == r.id })
	return noContent()
}

func (o *Org) viewMember(a *assignment) object {
	return object{
		"id": a.id, "created": stamp(a.created), "lastUpdated": stamp(a.created),
		"_links": object{"self": object{"href": o.hrefOf(a.holder)}},
	}
}

func (c *call) listMembers() (reply, error) {
	s, r, err := c.binding()
	if err != nil {
		return reply{}, err
	}
	binding := c.org.hrefOfBinding(s, r.id)
	return listObject(c, listing[*assignment]{
		name: "members", self: binding + "/members", rows: c.org.membersOf(s, r.id),
		id: func(a *assignment) string { return a.id }, view: c.org.viewMember,
		links: object{"binding": object{"href": binding}},
	})
}

func (c *call) patchMembers() (reply, error) {
	s, r, err := c.binding()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Additions []string `json:"additions"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	return c.addMembers(s, r, in.Additions)
}

// member returns the member of the path.
func (c *call) member() (*assignment, error) {
	s, r, err := c.binding()
	if err != nil {
		return nil, err
	}
	for _, a := range c.org.membersOf(s, r.id) {
		if a.id == c.param("member") {
			return a, nil
		}
	}
	return nil, notFound(c.param("member"), "RoleAssignment")
}

func (c *call) getMember() (reply, error) {
	a, err := c.member()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewMember(a))
}

func (c *call) removeMember() (reply, error) {
	a, err := c.member()
	if err != nil {
		return reply{}, err
	}
	c.org.dropRoles(func(other *assignment) bool { return other == a })
	return noContent()
}
