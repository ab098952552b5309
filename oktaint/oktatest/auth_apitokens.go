package oktatest

import (
	"net/http"
	"slices"
	"time"
)

// tokenWindow is how long an API token lives without use.
const tokenWindow = 30 * 24 * time.Hour

// apiToken is an API token; its value is known only to its holder and here.
type apiToken struct {
	id, name, userID, value string
	network                 zoneRule
	created, updated        time.Time
	expires                 time.Time
}

// used slides the life of a token.
func (t *apiToken) used(now time.Time) {
	t.updated = now
	t.expires = now.Add(tokenWindow)
}

// NewAPIToken makes a user who holds these admin roles, none or more, and
// returns the value of an API token of that user. A role is a standard type
// such as ORG_ADMIN; it panics on any other.
func (o *Org) NewAPIToken(roles ...string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := checkRoles(roles); err != nil {
		panic("oktatest: " + err.Error())
	}
	u := o.addUser("Test", "Admin")
	for _, role := range slices.Compact(slices.Sorted(slices.Values(roles))) {
		o.assign(principal{principalUser, u.id}, role)
	}
	value := newTokenValue()
	o.addToken(u, "API token of "+u.login(), value)
	return value
}

// AddAPIToken makes an API token of a user, without an event in the System Log, and returns
// its value. It works while the user is ACTIVE. It panics if there is no such user.
func (o *Org) AddAPIToken(userID string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	u, value := o.mustUser(userID), newTokenValue()
	o.addToken(u, "API token of "+u.login(), value)
	return value
}

// RevokeAPIToken revokes an API token by its value, if there is such a one.
func (o *Org) RevokeAPIToken(value string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if t := o.tokenByValue(value); t != nil {
		o.dropToken(t)
	}
}

// newTokenValue returns a value of the form Okta's tokens have.
func newTokenValue() string { return "00" + randomText(40) }

func (o *Org) addToken(u *user, name, value string) {
	now := o.now()
	t := &apiToken{
		id: o.newID("00T"), name: name, userID: u.id, value: value,
		network: zoneRule{Connection: "ANYWHERE"}, created: now,
	}
	t.used(now)
	o.tokens.put(t.id, t)
	o.tokenValues[value] = t
}

func (o *Org) dropToken(t *apiToken) {
	o.tokens.remove(t.id)
	delete(o.tokenValues, t.value)
}

func (o *Org) tokenByValue(value string) *apiToken { return o.tokenValues[value] }

func (o *Org) viewToken(t *apiToken) object {
	return object{
		"id": t.id, "name": t.name, "userId": t.userID, "clientName": "Okta API", "tokenWindow": "P30D",
		"network": t.network, "created": stamp(t.created),
		"lastUpdated": stamp(t.updated), "expiresAt": stamp(t.expires),
		"_links": object{
			"self": object{"href": o.href("api/v1/api-tokens", t.id), "hints": allow("GET", "DELETE")},
			"user": object{"href": o.href("api/v1/users", t.userID), "hints": allow("GET")},
		},
	}
}

// apiToken returns the token that the path names.
func (c *call) apiToken() (*apiToken, error) {
	if t, found := c.org.tokens.get(c.param("token")); found {
		return t, nil
	}
	return nil, notFound(c.param("token"), "Token")
}

// apiTokenToChange returns the token that the path names, if the caller may write to its
// owner.
func (c *call) apiTokenToChange() (*apiToken, error) {
	t, err := c.apiToken()
	if err != nil {
		return nil, err
	}
	if owner, found := c.org.users.get(t.userID); found {
		return t, c.touchUser(owner)
	}
	return t, c.requireSuperAdmin()
}

func (c *call) listTokens() (reply, error) {
	views := []object{}
	for _, t := range c.org.tokens.all() {
		views = append(views, c.org.viewToken(t))
	}
	return ok(views)
}

func (c *call) getToken() (reply, error) {
	t, err := c.apiToken()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewToken(t))
}

func (c *call) replaceToken() (reply, error) {
	t, err := c.apiTokenToChange()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Name    string    `json:"name"`
		UserID  string    `json:"userId"`
		Network *zoneRule `json:"network"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	owner, found := c.org.users.get(in.UserID)
	switch {
	case in.Name == "":
		return reply{}, invalid("name", "name: The field cannot be left blank")
	case !found:
		return reply{}, notFound(in.UserID, "User")
	}
	if err := c.touchUser(owner); err != nil {
		return reply{}, err
	}
	if err := in.Network.check(); err != nil {
		return reply{}, err
	}
	t.name, t.userID, t.updated = in.Name, owner.id, c.org.now()
	if in.Network != nil {
		t.network = *in.Network
	}
	return ok(c.org.viewToken(t))
}

func (c *call) revokeToken() (reply, error) {
	t, err := c.apiTokenToChange()
	if err != nil {
		return reply{}, err
	}
	c.org.dropToken(t)
	return noContent()
}

// revokeCurrentToken revokes the token that the request came with. No access
// token gets here: the route has no scope.
func (c *call) revokeCurrentToken() (reply, error) {
	c.org.dropToken(c.actor.apiToken)
	return reply{status: http.StatusNoContent}, nil
}
