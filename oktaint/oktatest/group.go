package oktatest

import (
	"strings"
	"time"
)

const (
	groupBuiltIn = "BUILT_IN"
	groupOkta    = "OKTA_GROUP"
	groupApp     = "APP_GROUP"
)

// group is a group of users.
type group struct {
	id, kind          string
	name, description string
	created, updated  time.Time
	membersChanged    time.Time
	members           table[*user]
	owners            table[*owner]
	apps              []string // ids of the apps it is assigned to, in order
}

func (o *Org) addGroup(kind, name, description string) *group {
	now := o.now()
	g := &group{
		id: o.newID("00g"), kind: kind, name: name, description: description,
		created: now, updated: now, membersChanged: now,
	}
	o.groups.put(g.id, g)
	return g
}

func (o *Org) viewGroup(g *group) object {
	self := o.href("api/v1/groups", g.id)
	logo := func(size string) object {
		return object{
			"name": size, "type": "image/png",
			"href": "https://ok12static.oktacdn.com/assets/img/logos/groups/odyssey/okta-" + size + ".png",
		}
	}
	return object{
		"id": g.id, "type": g.kind, "objectClass": []string{"okta:user_group"},
		"created": stamp(g.created), "lastUpdated": stamp(g.updated), "lastMembershipUpdated": stamp(g.membersChanged),
		"profile": object{"name": g.name, "description": g.description},
		"_links": object{
			"logo":   []object{logo("medium"), logo("large")},
			"owners": object{"href": self + "/owners"},
			"users":  object{"href": self + "/users"},
			"apps":   object{"href": self + "/apps"},
		},
	}
}

// startsWith reports whether the name of the group begins so. Case does not matter.
func (g *group) startsWith(q string) bool {
	return strings.HasPrefix(strings.ToLower(g.name), strings.ToLower(q))
}

// facts is what searches look at.
func (g *group) facts() object {
	return object{
		"id": g.id, "type": g.kind, "objectClass": []any{"okta:user_group"},
		"created": stamp(g.created), "lastUpdated": stamp(g.updated), "lastMembershipUpdated": stamp(g.membersChanged),
		"profile": object{"name": g.name, "description": g.description},
	}
}

// listGroups lists groups. With q it answers one page.
func (c *call) listGroups() (reply, error) {
	l := lister[*group]{
		paging: paging{limit: 10000, most: 10000, params: []string{"after", "limit", "search", "filter", "expand"}},
		table:  &c.org.groups,
		id:     func(g *group) string { return g.id },
		match:  func(*group) bool { return true },
		view:   c.org.viewGroup,
	}
	if err := c.checkOnlyExpand("stats"); err != nil {
		return reply{}, err
	}
	if c.query.Has("expand") {
		l.view = c.org.withStats()
	}
	for _, name := range []string{"search", "filter"} {
		if text := c.query.Get(name); text != "" {
			want, err := parseFilter(text)
			if err != nil {
				return reply{}, errSearch
			}
			l.match = func(g *group) bool { return want(g.facts()) }
		}
	}
	if q := c.query.Get("q"); q != "" {
		l.noPages, l.limit = true, 300
		rest := l.match
		l.match = func(g *group) bool { return g.startsWith(q) && rest(g) }
	}
	if err := l.sortBy(c, (*group).facts); err != nil {
		return reply{}, err
	}
	return list(c, l)
}

func (c *call) group() (*group, error) {
	if g, found := c.org.groups.get(c.param("group")); found {
		return g, nil
	}
	return nil, notFound(c.param("group"), "UserGroup")
}

func (c *call) getGroup() (reply, error) {
	g, err := c.group()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewGroup(g))
}

// readGroup reads the profile of a group, whose name no other group has.
func (c *call) readGroup(id string) (name, description string, err error) {
	var in struct {
		Profile struct {
			Name        string `json:"name"`
			Description string `json:"description"`
		} `json:"profile"`
	}
	if err := c.decode(&in); err != nil {
		return "", "", err
	}
	if in.Profile.Name == "" {
		return "", "", invalid("name", "name: The field cannot be left blank")
	}
	for _, g := range c.org.groups.all() {
		if g.name == in.Profile.Name && g.id != id {
			return "", "", errSameGroup
		}
	}
	return in.Profile.Name, in.Profile.Description, nil
}

// createGroup makes a group. It answers 200, as recorded.
func (c *call) createGroup() (reply, error) {
	if err := c.requireEverywhere(createGroups); err != nil {
		return reply{}, err
	}
	name, description, err := c.readGroup("")
	if err != nil {
		return reply{}, err
	}
	g := c.org.addGroup(groupOkta, name, description)
	c.recordAbout("group.lifecycle.create", "Create Okta group", partyOfGroup(g))
	return ok(c.org.viewGroup(g))
}

// groupToChange returns the group of the path, which Okta does not manage, if
// the caller may write to it.
func (c *call) groupToChange() (*group, error) {
	g, err := c.group()
	if err != nil {
		return nil, err
	}
	if g.kind == groupBuiltIn {
		return nil, errForbidden
	}
	return g, c.touchGroup(g)
}

func (c *call) replaceGroup() (reply, error) {
	g, err := c.groupToChange()
	if err != nil {
		return reply{}, err
	}
	if g.kind != groupOkta {
		return reply{}, errNotHere
	}
	name, description, err := c.readGroup(g.id)
	if err != nil {
		return reply{}, err
	}
	g.name, g.description, g.updated = name, description, c.org.now()
	c.recordAbout("group.profile.update", "Update Okta group", partyOfGroup(g))
	return ok(c.org.viewGroup(g))
}

// deleteGroup deletes a group with its memberships and roles. The rules that
// add to it are invalid from then on.
func (c *call) deleteGroup() (reply, error) {
	g, err := c.groupToChange()
	if err != nil {
		return reply{}, err
	}
	for _, u := range g.members.all() {
		c.org.leave(g, u)
	}
	c.org.dropGroupFromApps(g)
	c.org.groups.remove(g.id)
	c.org.dropRolesOf(g.id)
	c.org.dropOwner(g.id)
	c.recordAbout("group.lifecycle.delete", "Delete Okta group", partyOfGroup(g))
	c.org.invalidateRules(g)
	return noContent()
}

// partyOfGroup is a group as the target of an event.
func partyOfGroup(g *group) party { return party{g.id, "UserGroup", "unknown", g.name} }
