package oktatest

import (
	"maps"
	"slices"
)

// copier copies what a store holds. What a request changes in place is copied;
// what it only replaces, and what no read shows, is shared with the original.
// What is shared by mistake shows its changes without a lag.
type copier struct {
	users   map[*user]*user
	groups  map[*group]*group
	clients map[*client]*client
}

// copy returns a store that holds what this one does and stays as it is.
func (s *store) copy() store {
	c := &copier{users: map[*user]*user{}, groups: map[*group]*group{}, clients: map[*client]*client{}}
	old := *s
	old.appChanges = nil
	old.users = copyTable(&s.users, c.user)
	old.groups = copyTable(&s.groups, c.group)
	old.everyone = c.groups[s.everyone]
	c.join()
	old.userNames = userIndex{logins: map[string]*user{}, short: map[string][]*user{}}
	for _, u := range old.users.rows {
		old.userNames.add(u)
	}
	old.clients = map[string]*client{}
	for id, cl := range s.clients {
		old.clients[id] = c.client(cl)
	}
	old.apps = copyTable(&s.apps, func(a *app) *app {
		if a.client == nil {
			return copyAssignments(new(*a))
		}
		return c.client(a.client).app
	})
	old.services = copyTable(&s.services, func(x *service) *service { return c.client(x.client).service })
	old.grants = copyTable(&s.grants, func(g *grant) *grant { return g })
	old.rules = copyTable(&s.rules, copyRule)
	old.tokens = copyTable(&s.tokens, func(t *apiToken) *apiToken { return new(*t) })
	old.customRoles = copyTable(&s.customRoles, copyCustomRole)
	old.resourceSets = copyTable(&s.resourceSets, copyResourceSet)
	old.roles = copyEach(s.roles)
	old.subscriptions = maps.Clone(s.subscriptions)
	old.assets = s.assets.copy()
	return old
}

// copyTable copies a table and each of its rows.
func copyTable[T any](t *table[T], row func(T) T) table[T] {
	out := table[T]{ids: slices.Clone(t.ids), rows: make(map[string]T, len(t.rows))}
	for id, r := range t.rows {
		out.rows[id] = row(r)
	}
	return out
}

// copyEach copies a list and what its elements point to.
func copyEach[T any](list []*T) []*T {
	out := make([]*T, len(list))
	for i, p := range list {
		out[i] = new(*p)
	}
	return out
}

func (c *copier) user(u *user) *user {
	x := new(*u)
	x.factors = copyEach(u.factors)
	x.grants = copyTable(&u.grants, func(g *userGrant) *userGrant { return g })
	x.tokens = copyTable(&u.tokens, func(t *refreshToken) *refreshToken { return t })
	c.users[u] = x
	return x
}

func (c *copier) group(g *group) *group {
	x := new(*g)
	x.owners = copyTable(&g.owners, func(w *owner) *owner { return w })
	x.apps = slices.Clone(g.apps)
	c.groups[g] = x
	return x
}

// join makes the memberships those of the copies.
func (c *copier) join() {
	for _, g := range c.groups {
		g.members = copyTable(&g.members, func(u *user) *user { return c.users[u] })
	}
	for _, u := range c.users {
		u.groups = slices.Clone(u.groups)
		for i, g := range u.groups {
			u.groups[i] = c.groups[g]
		}
	}
}

// client copies a client with its app or its service.
func (c *copier) client(cl *client) *client {
	if x := c.clients[cl]; x != nil {
		return x
	}
	x := new(*cl)
	c.clients[cl] = x
	if cl.app != nil {
		x.app = copyAssignments(new(*cl.app))
		x.app.client = x
		x.app.keys = copyEach(cl.app.keys)
		x.app.secrets.list = copyEach(cl.app.secrets.list)
	}
	if cl.service != nil {
		x.service = new(*cl.service)
		x.service.client = x
		x.service.secrets.list = copyEach(cl.service.secrets.list)
	}
	return x
}

func copyRule(r *rule) *rule {
	x := new(*r)
	x.groups, x.exclude, x.added = slices.Clone(r.groups), slices.Clone(r.exclude), maps.Clone(r.added)
	return x
}

func copyCustomRole(r *customRole) *customRole {
	x := new(*r)
	x.permissions = copyEach(r.permissions)
	return x
}

func copyResourceSet(s *resourceSet) *resourceSet {
	x := new(*s)
	x.resources, x.bound = copyEach(s.resources), slices.Clone(s.bound)
	return x
}
