package oktatest

import "time"

// Access is what opens an account, or stays open, at this moment: what a containment has
// to end or to name. Lists are in order of ids.
type Access struct {
	// Status is the user's status, and StatusChanged when it began, in whole seconds as
	// the org shows it.
	Status        string
	StatusChanged time.Time

	// Sessions is the number of sessions with the org.
	Sessions int

	// RefreshTokens are the ids of the refresh tokens that apps have. They get access
	// tokens only while the user is ACTIVE.
	RefreshTokens []string

	// AccessTokens is the number of access tokens of apps. Nothing lists them; they work
	// until they expire or are revoked, whatever the status.
	AccessTokens int

	// APITokens are the ids of the user's API tokens. They work only while the user is
	// ACTIVE.
	APITokens []string

	// LinkedIdPs are the ids of the identity providers, active or not, that the user is
	// linked to. OpenIdPs are those, linked or not, by which the user could sign in now,
	// even if that ends a suspension: see [Org.SignInByIdP].
	LinkedIdPs, OpenIdPs []string

	// Grants are the ids of the user's consents, and Factors those of the factors.
	Grants, Factors []string

	// RecoveryPhone says that a phone number recovers the account. Of a number that is no
	// factor any more, no list shows it.
	RecoveryPhone bool

	// Devices are the ids of the user's devices that are ACTIVE.
	Devices []string
}

// Works reports whether anything is open without another sign-in: a session, an access
// token, or, while the user is ACTIVE, a refresh token or an API token.
func (a Access) Works() bool {
	active := a.Status == statusActive && len(a.RefreshTokens)+len(a.APITokens) > 0
	return active || a.Sessions > 0 || a.AccessTokens > 0
}

// Access returns what opens a user's account now. What has expired is not in it. It panics
// if there is no such user.
func (o *Org) Access(userID string) Access {
	o.mu.Lock()
	defer o.mu.Unlock()
	u, now := o.mustUser(userID), o.now()
	a := Access{Status: u.status, StatusChanged: u.statusChanged.UTC().Truncate(time.Second), Sessions: u.sessions,
		Grants: append([]string{}, u.grants.ids...), RecoveryPhone: u.recoveryPhone}
	for _, t := range u.tokens.all() {
		if t.lives(now) {
			a.RefreshTokens = append(a.RefreshTokens, t.id)
		}
	}
	for _, t := range u.issued {
		if now.Before(t.expires) {
			a.AccessTokens++
		}
	}
	for _, t := range o.tokens.all() {
		if t.userID == u.id && now.Before(t.expires) {
			a.APITokens = append(a.APITokens, t.id)
		}
	}
	for _, f := range u.factors {
		a.Factors = append(a.Factors, f.id)
	}
	o.addNeighbours(&a, u)
	return a
}

// addNeighbours fills in what the lists of identity providers and devices say of a user.
func (o *Org) addNeighbours(a *Access, u *user) {
	for _, idp := range o.assetList(pathIdPs).all() {
		if o.idpLink(idp, u) != nil {
			a.LinkedIdPs = append(a.LinkedIdPs, idp.id)
		}
		if o.admits(idp, u) == nil {
			a.OpenIdPs = append(a.OpenIdPs, idp.id)
		}
	}
	for _, d := range o.assetList(pathDevices).all() {
		if d.body["status"] == statusActive && o.assetAt(usersOfDevice(d.id), u.id) != nil {
			a.Devices = append(a.Devices, d.id)
		}
	}
}
