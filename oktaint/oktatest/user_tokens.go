package oktatest

import (
	"fmt"
	"slices"
	"time"
)

// issuedToken is an access token that a client has got for a user. It has no value: the
// org only knows until when it works.
type issuedToken struct {
	clientID string
	refresh  string // id of the refresh token that it was got with
	expires  time.Time
}

// issue gives the client of a refresh token an access token.
func (o *Org) issue(u *user, t *refreshToken) {
	u.issued = append(u.issued, issuedToken{t.clientID, t.id, o.now().Add(o.cfg.TokenLifetime)})
}

// dropIssued ends access tokens.
func (u *user) dropIssued(which func(issuedToken) bool) {
	u.issued = slices.DeleteFunc(slices.Clone(u.issued), which)
}

// Authorize lets a user, who has to be ACTIVE and to have a session, sign in to an app that
// asks for offline access. The client, which need not be one of the org, gets a consent, a
// refresh token and an access token. The System Log gets an event. An error is a user who
// cannot.
func (o *Org) Authorize(userID, clientID string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	u := o.mustUser(userID)
	switch {
	case clientID == "":
		return fmt.Errorf("oktatest: authorize: a client without an id")
	case u.status != statusActive:
		return fmt.Errorf("oktatest: authorize: user %s is %s", userID, u.status)
	case u.sessions == 0:
		return fmt.Errorf("oktatest: authorize: user %s has no session", userID)
	}
	o.remember(o.now())
	o.userClients[clientID] = true
	o.consent(u, clientID)
	o.addEvent("app.oauth2.as.consent.grant", "User granted consent to app", partyOfUser(u), []party{o.partyOfClient(clientID)}, "/oauth2/v1/authorize")
	return nil
}

// UseRefreshToken lets a client get an access token with each of its refresh tokens of a
// user that lives, and returns how many it got. It gets none unless the user is ACTIVE. The
// System Log gets an event for each.
func (o *Org) UseRefreshToken(userID, clientID string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	u, got := o.mustUser(userID), 0
	for _, t := range u.tokens.all() {
		if t.clientID != clientID || !t.lives(o.now()) || u.status != statusActive {
			continue
		}
		o.issue(u, t)
		o.addEvent("app.oauth2.token.grant.access_token", "OAuth2 access token is granted", partyOfUser(u), []party{o.partyOfClient(clientID)}, "/oauth2/v1/token")
		got++
	}
	return got
}

// partyOfClient is a client of users as the target of an event.
func (o *Org) partyOfClient(id string) party {
	return party{id, "PublicClientApp", "unknown", o.titleOf(id)}
}
