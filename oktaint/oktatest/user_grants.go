package oktatest

import (
	"slices"
	"time"
)

// userScope is what users consent to and refresh tokens are for.
const userScope = "offline_access"

// tokenLife is how long a refresh token lives.
const tokenLife = 7 * 24 * time.Hour

// userGrant is a user's consent to a scope of a client.
type userGrant struct {
	id, clientID, scope string
	created             time.Time
}

// refreshToken is a token that a client has for a user. Its value is nowhere.
type refreshToken struct {
	id, clientID string
	created      time.Time
}

// lives reports whether a token has not expired.
func (t *refreshToken) lives(now time.Time) bool { return now.Before(t.created.Add(tokenLife)) }

// consent gives a client one grant, one refresh token and one access token of a user.
func (o *Org) consent(u *user, clientID string) {
	now := o.now()
	g := &userGrant{id: o.newID("oag"), clientID: clientID, scope: userScope, created: now}
	u.grants.put(g.id, g)
	t := &refreshToken{id: o.newID("oar"), clientID: clientID, created: now}
	u.tokens.put(t.id, t)
	o.issue(u, t)
}

// titleOf is the label of a client's app, or its id.
func (o *Org) titleOf(clientID string) string {
	if cl := o.clients[clientID]; cl != nil && cl.app != nil {
		return cl.app.label
	}
	return clientID
}

func (o *Org) viewUserGrant(u *user, g *userGrant) object {
	owner, title := o.href("api/v1/users", u.id), o.titleOf(g.clientID)
	return object{
		"id": g.id, "status": statusActive, "source": "END_USER",
		"created": stamp(g.created), "lastUpdated": stamp(g.created),
		"issuer": o.URL(), "clientId": g.clientID, "userId": u.id, "scopeId": g.scope,
		"_links": object{
			"app":    object{"href": o.href("api/v1/apps", g.clientID), "title": title},
			"self":   object{"href": owner + "/grants/" + g.id, "hints": allow("GET", "DELETE")},
			"client": object{"href": o.href("oauth2/v1/clients", g.clientID), "title": title},
			"user":   object{"href": owner, "title": u.name()},
		},
	}
}

func (o *Org) viewRefreshToken(u *user, t *refreshToken) object {
	owner, title := o.href("api/v1/users", u.id), o.titleOf(t.clientID)
	self := owner + "/clients/" + t.clientID + "/tokens/" + t.id
	return object{
		"id": t.id, "status": statusActive,
		"created": stamp(t.created), "lastUpdated": stamp(t.created), "expiresAt": stamp(t.created.Add(tokenLife)),
		"issuer": o.URL(), "clientId": t.clientID, "userId": u.id, "scopes": []string{userScope},
		"_links": object{
			"app":    object{"href": o.href("api/v1/apps", t.clientID), "title": title},
			"self":   object{"href": self},
			"revoke": object{"href": self, "hints": allow("DELETE")},
			"client": object{"href": o.href("oauth2/v1/clients", t.clientID), "title": title},
			"user":   object{"href": owner, "title": u.name()},
		},
	}
}

var userGrantPaging = paging{limit: 20, most: 200, params: []string{"after", "limit", "expand", "scopeId"}}

// listUserGrants lists the grants of a user, of one client if the path has one.
func (c *call) listUserGrants() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	client, scope := c.param("client"), c.query.Get("scopeId")
	if err := c.checkClient(client); err != nil {
		return reply{}, err
	}
	return list(c, lister[*userGrant]{
		paging: userGrantPaging, table: &u.grants,
		id: func(g *userGrant) string { return g.id },
		match: func(g *userGrant) bool {
			return (client == "" || g.clientID == client) && (scope == "" || g.scope == scope)
		},
		view: func(g *userGrant) object {
			view := c.org.viewUserGrant(u, g)
			if c.query.Get("expand") == "scope" {
				view["_embedded"] = object{"scope": object{"id": g.scope}}
			}
			return view
		},
	})
}

// checkClient refuses a client that the org does not know. No client at all is
// fine.
func (c *call) checkClient(id string) error {
	if id == "" || c.org.clients[id] != nil || c.org.userClients[id] {
		return nil
	}
	return notFound(id, "PublicClientApp")
}

func (c *call) userGrant(u *user) (*userGrant, error) {
	if g, found := u.grants.get(c.param("grant")); found {
		return g, nil
	}
	return nil, notFound(c.param("grant"), "OAuth2ScopeConsentGrant")
}

func (c *call) getUserGrant() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	g, err := c.userGrant(u)
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewUserGrant(u, g))
}

// revokeUserGrants revokes all grants of a user, or those of the client of the
// path.
func (c *call) revokeUserGrants() (reply, error) {
	u, err := c.userByIDToChange()
	if err != nil {
		return reply{}, err
	}
	client := c.param("client")
	if err := c.checkClient(client); err != nil {
		return reply{}, err
	}
	for _, g := range u.grants.all() {
		if client == "" || g.clientID == client {
			u.grants.remove(g.id)
		}
	}
	c.recordAbout(eventRevokeConsent, textRevokeConsent, partyOfUser(u))
	return noContent()
}

const (
	eventRevokeConsent = "app.oauth2.as.consent.revoke.user"
	textRevokeConsent  = "Revoke OAuth 2.0 consents of a user"
)

func (c *call) revokeUserGrant() (reply, error) {
	u, err := c.userByIDToChange()
	if err != nil {
		return reply{}, err
	}
	g, err := c.userGrant(u)
	if err != nil {
		return reply{}, err
	}
	u.grants.remove(g.id)
	c.recordAbout(eventRevokeConsent, textRevokeConsent, partyOfUser(u))
	return noContent()
}

// listUserClients lists the clients that have a grant or a token of the user.
func (c *call) listUserClients() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	var ids []string
	for _, g := range u.grants.all() {
		ids = append(ids, g.clientID)
	}
	for _, t := range u.tokens.all() {
		if t.lives(c.org.now()) {
			ids = append(ids, t.clientID)
		}
	}
	slices.Sort(ids)
	views := []object{}
	for _, id := range slices.Compact(ids) {
		self := c.org.href("api/v1/users", u.id, "clients", id)
		views = append(views, object{
			"client_id": id, "client_name": c.org.titleOf(id),
			"_links": object{"grants": object{"href": self + "/grants"}, "tokens": object{"href": self + "/tokens"}},
		})
	}
	return ok(views)
}

// listRefreshTokens lists the tokens that a client has for a user.
func (c *call) listRefreshTokens() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	client := c.param("client")
	if err := c.checkClient(client); err != nil {
		return reply{}, err
	}
	return list(c, lister[*refreshToken]{
		paging: userGrantPaging, table: &u.tokens,
		id:    func(t *refreshToken) string { return t.id },
		match: func(t *refreshToken) bool { return t.clientID == client && t.lives(c.org.now()) },
		view:  func(t *refreshToken) object { return c.org.viewRefreshToken(u, t) },
	})
}

func (c *call) refreshToken(u *user) (*refreshToken, error) {
	t, found := u.tokens.get(c.param("token"))
	if !found || t.clientID != c.param("client") || !t.lives(c.org.now()) {
		return nil, notFound(c.param("client")+"."+c.param("token"), "OAuth2RefreshTokenTx")
	}
	return t, nil
}

func (c *call) getRefreshToken() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	t, err := c.refreshToken(u)
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewRefreshToken(u, t))
}

// revokeRefreshTokens revokes the refresh tokens that a client has for a user. The access
// tokens that they have got live on.
func (c *call) revokeRefreshTokens() (reply, error) {
	u, err := c.userByIDToChange()
	if err != nil {
		return reply{}, err
	}
	if err := c.checkClient(c.param("client")); err != nil {
		return reply{}, err
	}
	for _, t := range u.tokens.all() {
		if t.clientID == c.param("client") {
			u.tokens.remove(t.id)
		}
	}
	c.recordAbout(eventRevokeToken, textRevokeToken, partyOfUser(u))
	return noContent()
}

const (
	eventRevokeToken = "app.oauth2.token.revoke"
	textRevokeToken  = "Revoke OAuth 2.0 tokens of a user"
)

// revokeRefreshToken revokes a refresh token and the access tokens that it has got.
func (c *call) revokeRefreshToken() (reply, error) {
	u, err := c.userByIDToChange()
	if err != nil {
		return reply{}, err
	}
	t, err := c.refreshToken(u)
	if err != nil {
		return reply{}, err
	}
	u.tokens.remove(t.id)
	u.dropIssued(func(x issuedToken) bool { return x.refresh == t.id })
	c.recordAbout(eventRevokeToken, textRevokeToken, partyOfUser(u))
	return noContent()
}
