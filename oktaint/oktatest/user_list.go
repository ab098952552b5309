package oktatest

import "strings"

// listUsers lists users: without search and filter those who are not
// deprovisioned. With q it answers one page.
func (c *call) listUsers() (reply, error) {
	l := lister[*user]{
		paging: paging{limit: 200, most: 200, cursor: "1", params: []string{"after", "limit", "search", "filter"}},
		table:  &c.org.users,
		id:     func(u *user) string { return u.id },
		match:  func(u *user) bool { return u.status != statusDeprovisioned },
		view:   c.org.viewUser,
	}
	if q := strings.ToLower(c.query.Get("q")); q != "" {
		l.noPages, l.limit = true, 10
		l.match = func(u *user) bool { return u.status != statusDeprovisioned && u.startsWith(q) }
	}
	for _, name := range []string{"search", "filter"} {
		text := c.query.Get(name)
		if text == "" {
			continue
		}
		want, err := parseFilter(text)
		if err != nil {
			return reply{}, errSearch
		}
		if name == "search" {
			l.cursor = ""
		}
		l.match = func(u *user) bool { return want(u.facts()) }
	}
	if c.query.Has("search") {
		if err := l.sortBy(c, (*user).facts); err != nil {
			return reply{}, err
		}
	}
	return list(c, l)
}

// startsWith reports whether a name or address of the user begins so.
func (u *user) startsWith(q string) bool {
	for _, name := range []string{"firstName", "lastName", "email"} {
		if text, _ := u.profile[name].(string); strings.HasPrefix(strings.ToLower(text), q) {
			return true
		}
	}
	return false
}

// listGroupsOfUser lists the groups of a user.
func (c *call) listGroupsOfUser() (reply, error) {
	u, err := c.user()
	if err != nil {
		return reply{}, err
	}
	var groups table[*group]
	for _, g := range c.org.groupsOf(u) {
		groups.put(g.id, g)
	}
	return list(c, lister[*group]{
		paging: paging{limit: 200, most: 200, params: []string{"after", "limit"}},
		table:  &groups,
		id:     func(g *group) string { return g.id },
		view:   c.org.viewGroup,
	})
}

// listBlocks answers as an org without the feature, which is all that was
// recorded.
func (c *call) listBlocks() (reply, error) {
	if _, err := c.user(); err != nil {
		return reply{}, err
	}
	return reply{}, errFeature
}
