package oktatest

import (
	"time"

	"github.com/rezonate-io/okta-integration/scopes"
)

// grant is an administrator's consent to one scope. It follows the client_id,
// not the app.
type grant struct {
	id, clientID, scope string
	created             time.Time
	by                  object
}

// grantsOf lists the grants of a client, in order of their ids.
func (o *Org) grantsOf(clientID string) []*grant {
	var held []*grant
	for _, g := range o.grants.all() {
		if g.clientID == clientID {
			held = append(held, g)
		}
	}
	return held
}

// dropGrants forgets the grants of a client.
func (o *Org) dropGrants(clientID string) {
	for _, g := range o.grantsOf(clientID) {
		o.grants.remove(g.id)
	}
}

// grantedTo lists the scopes that a client may ask for.
func (o *Org) grantedTo(cl *client) []string {
	if cl.service != nil {
		return cl.service.scopes
	}
	var names []string
	for _, g := range o.grantsOf(cl.id) {
		names = append(names, g.scope)
	}
	return names
}

func (o *Org) viewGrant(a *app, g *grant) object {
	self := o.href("api/v1/apps", a.id)
	return object{
		"id": g.id, "status": statusActive, "source": "ADMIN",
		"created": stamp(g.created), "lastUpdated": stamp(g.created), "createdBy": g.by,
		"issuer": o.URL(), "clientId": g.clientID, "scopeId": g.scope,
		"_links": object{
			"app":    object{"href": self, "title": a.label},
			"self":   object{"href": self + "/grants/" + g.id, "hints": allow("GET", "DELETE")},
			"client": object{"href": o.href("oauth2/v1/clients", g.clientID), "title": a.label},
		},
	}
}

// withScope adds the scope that POST always shows, and GET if asked.
func withScope(view object, g *grant) object {
	view["_embedded"] = object{"scope": object{"id": g.scope}}
	return view
}

func (c *call) viewGrant(a *app, g *grant) object {
	view := c.org.viewGrant(a, g)
	if c.query.Get("expand") == "scope" {
		return withScope(view, g)
	}
	return view
}

func (c *call) listGrants() (reply, error) {
	a, err := c.oauthApp()
	if err != nil {
		return reply{}, err
	}
	views := []object{}
	for _, g := range c.org.grantsOf(a.client.id) {
		views = append(views, c.viewGrant(a, g))
	}
	return ok(views)
}

func (c *call) getGrant() (reply, error) {
	a, g, err := c.grant()
	if err != nil {
		return reply{}, err
	}
	return ok(c.viewGrant(a, g))
}

func (c *call) grant() (*app, *grant, error) {
	a, err := c.oauthApp()
	if err != nil {
		return nil, nil, err
	}
	g, found := c.org.grants.get(c.param("grant"))
	if !found || g.clientID != a.client.id {
		return nil, nil, notFound(c.param("grant"), "OAuth2ScopeConsentGrant")
	}
	return a, g, nil
}

// createGrant grants one scope. It answers 200, as recorded.
func (c *call) createGrant() (reply, error) {
	a, err := c.oauthApp()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Scope  string `json:"scopeId"`
		Issuer string `json:"issuer"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	switch {
	case !c.org.hasScope(scopes.Scope(in.Scope)), c.org.cfg.RefusedScopes.Contains(scopes.Scope(in.Scope)):
		return reply{}, invalid("scopeId", "scopeId: 'scopeId' is invalid")
	case in.Issuer != c.org.URL():
		return reply{}, invalid("issuer", "issuer: 'issuer' is invalid")
	}
	for _, g := range c.org.grantsOf(a.client.id) {
		if g.scope == in.Scope {
			return reply{}, invalid("scopeId", "scopeId: The scope is already granted to the client")
		}
	}
	g := c.org.addGrant(a.client, in.Scope, c.actor.ref())
	if c.org.giveClientPrivileges(a.client) {
		c.record(eventPrivilege, textPrivilege, a)
	}
	return ok(withScope(c.org.viewGrant(a, g), g))
}

// addGrant grants a scope that a client does not have.
func (o *Org) addGrant(cl *client, scope string, by object) *grant {
	g := &grant{id: o.newID("oag"), clientID: cl.id, scope: scope, created: o.now(), by: by}
	o.grants.put(g.id, g)
	return g
}

const (
	eventPrivilege = "app.oauth2.client.privilege.grant"
	textPrivilege  = "Grant privilege to an OAuth 2.0 client"
)

// giveClientPrivileges does what the setting "Public client app admins" does:
// a service app's first grant makes it a Super Admin, at once or later. It
// reports whether that happened.
func (o *Org) giveClientPrivileges(cl *client) bool {
	if !o.privileges || cl.admin || !cl.isService() {
		return false
	}
	cl.admin = true
	if late := o.cfg.Lag.Privileges; late > 0 {
		o.lateAdmins = append(o.lateAdmins, lateAdmin{cl, o.now().Add(late)})
		return false
	}
	return o.makeAdmin(cl)
}

// makeAdmin makes a client a Super Admin and reports whether it was none.
func (o *Org) makeAdmin(cl *client) bool {
	if o.allows(o.assignments(cl.id), superAdmin) {
		return false
	}
	o.assign(principal{principalClient, cl.id}, roleSuperAdmin)
	return true
}

func (c *call) revokeGrant() (reply, error) {
	_, g, err := c.grant()
	if err != nil {
		return reply{}, err
	}
	c.org.grants.remove(g.id)
	return noContent()
}
