package oktatest

import (
	"encoding/base32"
	"fmt"
	"strings"
)

// What expand may name in lists of assignments: the targets to embed.
const (
	expandGroups = "targets/groups"
	expandApps   = "targets/catalog/apps"
)

// viewAssignments shows assignments, with the targets that the request names.
func (c *call) viewAssignments(held []*assignment) (reply, error) {
	var groups, apps bool
	for _, name := range c.query["expand"] {
		switch name {
		case expandGroups:
			groups = true
		case expandApps:
			apps = true
		default:
			return reply{}, invalid("expand", "expand: '"+name+"' cannot be expanded")
		}
	}
	views := []object{}
	for _, a := range held {
		view := c.org.viewAssignment(a)
		if a.kind != roleCustom && (groups || apps) {
			view["_embedded"] = object{"targets": c.org.viewTargets(a, groups, apps)}
		}
		views = append(views, view)
	}
	return ok(views)
}

// viewTargets shows the targets of an assignment. An empty list means that it is for
// all of the org.
func (o *Org) viewTargets(a *assignment, groups, apps bool) object {
	targets := object{}
	if groups {
		targets["groups"] = viewAll(o.groupTargets(a), o.viewGroup)
	}
	if apps {
		targets["catalog"] = object{"apps": viewAll(o.appTargets(a), o.viewTarget)}
	}
	return targets
}

// groupTargets are the groups that an assignment is for; none is all.
func (o *Org) groupTargets(a *assignment) *table[*group] {
	var groups table[*group]
	for _, id := range a.groups {
		if g, found := o.groups.get(id); found {
			groups.put(id, g)
		}
	}
	return &groups
}

// appTargets are the apps that an assignment is for; none is all.
func (o *Org) appTargets(a *assignment) *table[*target] {
	var apps table[*target]
	for _, t := range a.apps {
		if _, found := o.apps.get(t.app); found || t.app == "" {
			apps.put(t.id, t)
		}
	}
	return &apps
}

// encodedRole is the type of a role as its id.
func encodedRole(kind string) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString([]byte(kind))
}

// listRoleTargets lists all targets of the roles of one type that a user holds, those
// held through groups included.
func (c *call) listRoleTargets() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	through := c.query.Get("assignmentType")
	if through != "" && through != principalUser && through != principalGroup {
		return reply{}, invalid("assignmentType", "assignmentType: The field is not an assignment type")
	}
	held, kind := c.org.rolesOfUser(u), ""
	for _, a := range held {
		if id := c.param("assignment"); a.id == id || encodedRole(a.kind) == id {
			kind = a.kind
		}
	}
	if kind == "" {
		return reply{}, notFound(c.param("assignment"), "RoleAssignment")
	}
	var targets table[*namedTarget]
	for _, a := range held {
		if a.kind == kind && (through == "" || a.holder.kind == through) {
			c.org.nameTargets(&targets, a)
		}
	}
	return list(c, lister[*namedTarget]{
		paging: paging{limit: 20, most: 200, params: []string{"after", "limit", "assignmentType"}}, table: &targets,
		id: func(t *namedTarget) string { return t.id },
		view: func(t *namedTarget) object {
			return object{"orn": t.orn, "assignmentType": t.through, "_links": object{"self": object{"href": t.href}}}
		},
	})
}

// namedTarget is a target by its ORN.
type namedTarget struct{ id, orn, href, through string }

// nameTargets adds the targets of an assignment to a list.
func (o *Org) nameTargets(all *table[*namedTarget], a *assignment) {
	add := func(orn, href string) {
		id := fmt.Sprintf("rtg%017d", len(all.ids)) // where the list goes on
		all.put(id, &namedTarget{id, orn, href, a.holder.kind})
	}
	for _, g := range o.groupTargets(a).all() {
		add(o.orn("directory:ORG:groups:"+g.id), o.href("api/v1/groups", g.id))
	}
	for _, t := range o.appTargets(a).all() {
		orn := o.ornOfApp(t.name, t.app)
		add(orn, o.hrefOfORN(strings.Split(orn, ":")))
	}
}
