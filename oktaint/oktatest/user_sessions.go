package oktatest

import "fmt"

// SignIn lets an active user sign in: there is one more session, an event in
// the System Log, and lastLogin is now. It panics if the user cannot.
func (o *Org) SignIn(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	u := o.mustUser(id)
	if u.status != statusActive {
		panic(fmt.Sprintf("oktatest: user %s cannot sign in, being %s", id, u.status))
	}
	o.signIn(u, "/api/v1/authn")
}

// signIn begins a session.
func (o *Org) signIn(u *user, path string) {
	u.sessions++
	u.lastLogin = o.now()
	o.addEvent("user.session.start", "User login to Okta", partyOfUser(u), nil, path)
}

// Sessions returns how many sessions a user has. It panics if there is no such
// user.
func (o *Org) Sessions(id string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.mustUser(id).sessions
}

// mustUser returns a user by id, for callers in Go.
func (o *Org) mustUser(id string) *user {
	u, found := o.users.get(id)
	if !found {
		panic("oktatest: no user has the id " + id)
	}
	return u
}

// endSessions ends the sessions of a user, and on demand what apps were issued for the
// user: refresh and access tokens.
func (u *user) endSessions(tokens bool) {
	u.sessions = 0
	if tokens {
		u.tokens, u.issued = table[*refreshToken]{}, nil
	}
}

// clearSessions ends the sessions of a user, and on demand the tokens of apps.
func (c *call) clearSessions() (reply, error) {
	u, err := c.userByIDToChange()
	if err != nil {
		return reply{}, err
	}
	tokens, err := c.flag("oauthTokens", false)
	if err != nil {
		return reply{}, err
	}
	if _, err := c.flag("forgetDevices", true); err != nil { // there are no devices
		return reply{}, err
	}
	u.endSessions(tokens)
	c.recordAbout("user.session.clear", "Clear user session", partyOfUser(u))
	return noContent()
}

// partyOfUser is a user as the actor or a target of an event.
func partyOfUser(u *user) party { return party{u.id, "User", u.login(), u.name()} }
