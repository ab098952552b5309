package oktatest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"time"
)

const (
	userTypeID   = "oty000000000000015d7"
	userSchemaID = "osc000000000000015d7"
)

// stampOrNil is null for a time that is not set.
func stampOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

// viewUser is a user as lists show it.
func (o *Org) viewUser(u *user) object {
	view := u.facts()
	view["type"] = object{"id": userTypeID}
	credentials := u.viewCredentials()
	if u.hasPassword && u.provider == providerOkta {
		credentials["emails"] = []object{{"value": u.profile["email"], "status": "VERIFIED", "type": "PRIMARY"}}
	}
	view["credentials"] = credentials
	view["_links"] = object{"self": object{"href": o.href("api/v1/users", u.id)}}
	return view
}

// facts is what searches look at.
func (u *user) facts() object {
	return object{
		"id": u.id, "status": u.status,
		"created": stamp(u.created), "activated": stampOrNil(u.activated),
		"statusChanged": stampOrNil(u.statusChanged), "lastLogin": stampOrNil(u.lastLogin),
		"lastUpdated": stamp(u.updated), "passwordChanged": stampOrNil(u.passwordChanged),
		"profile": u.profile, "realmId": u.realm,
	}
}

// viewCredentials are the credentials as the endpoints below /credentials show
// them.
func (u *user) viewCredentials() object {
	view := object{"provider": object{"type": u.provider, "name": providerNames[u.provider]}}
	if u.hasPassword {
		view["password"] = object{}
	}
	if u.question != "" {
		view["recovery_question"] = object{"question": u.question}
	}
	return view
}

// linkPaths are the paths below a user that its links lead to.
var linkPaths = map[string]string{
	"activate": "/lifecycle/activate", "reactivate": "/lifecycle/reactivate", "deactivate": "/lifecycle/deactivate",
	"suspend": "/lifecycle/suspend", "unsuspend": "/lifecycle/unsuspend", "unlock": "/lifecycle/unlock",
	"resetPassword": "/lifecycle/reset_password", "expirePassword": "/lifecycle/expire_password",
	"resetFactors": "/lifecycle/reset_factors", "forgotPassword": "/credentials/forgot_password",
	"changePassword": "/credentials/change_password", "changeRecoveryQuestion": "/credentials/change_recovery_question",
}

// linksOfStatus are the links that a user has in each status. Those of STAGED,
// PROVISIONED, ACTIVE and DEPROVISIONED were recorded; clients of Okta found
// suspend with PASSWORD_EXPIRED and resetFactors with SUSPENDED. Some of them
// lead to a request that is refused in that status.
var linksOfStatus = map[string][]string{
	statusStaged:      {"activate", "resetFactors"},
	statusProvisioned: {"suspend", "resetPassword", "reactivate", "resetFactors", "deactivate"},
	statusActive: {"suspend", "resetPassword", "expirePassword", "resetFactors", "deactivate",
		"forgotPassword", "changePassword", "changeRecoveryQuestion"},
	statusRecovery: {"reactivate", "resetPassword", "resetFactors", "deactivate",
		"forgotPassword", "changePassword", "changeRecoveryQuestion"},
	statusExpired: {"suspend", "resetPassword", "expirePassword", "resetFactors", "deactivate",
		"forgotPassword", "changePassword", "changeRecoveryQuestion"},
	statusLockedOut:     {"unlock", "resetPassword", "resetFactors", "deactivate"},
	statusSuspended:     {"unsuspend", "resetFactors", "deactivate"},
	statusDeprovisioned: {"activate"},
}

// viewOneUser is a user as GET shows it, with the links of its status.
func (o *Org) viewOneUser(u *user) object {
	self := o.href("api/v1/users", u.id)
	links := object{
		"self":   object{"href": self},
		"schema": object{"href": o.href("api/v1/meta/schemas/user", userSchemaID)},
		"type":   object{"href": o.href("api/v1/meta/types/user", userTypeID)},
	}
	for _, name := range linksOfStatus[u.status] {
		links[name] = object{"href": self + linkPaths[name], "method": http.MethodPost}
	}
	if u.status == statusDeprovisioned {
		links["delete"] = object{"href": self, "method": http.MethodDelete}
	}
	view := o.viewUser(u)
	view["_links"] = links
	return view
}

// etag changes with profile, status and credentials, and with nothing else.
func (u *user) etag() string {
	sum := sha256.Sum256(fmt.Append(nil, u.id, " ", u.version))
	return `W/"` + hex.EncodeToString(sum[:]) + `"`
}

// currentUser is the owner of the API token. An access token of a service app
// belongs to nobody.
func (c *call) currentUser() (reply, error) {
	if c.actor.user == nil {
		return reply{}, notFound("me", "User")
	}
	return c.oneUser(c.actor.user)
}

func (c *call) getUser() (reply, error) {
	u, err := c.user()
	if err != nil {
		return reply{}, err
	}
	return c.oneUser(u)
}

// oneUser answers a user with an ETag, which only GET of one user has.
func (c *call) oneUser(u *user) (reply, error) {
	res, err := ok(c.org.viewOneUser(u))
	res.header = http.Header{"Etag": {u.etag()}}
	return res, err
}

// stateOfUser is a user in the org's state: without what a sign-in alone
// changes in the view, with what only shows elsewhere.
func (o *Org) stateOfUser(u *user) object {
	view := o.viewUser(u)
	delete(view, "lastLogin")
	factors, grants := []object{}, []object{}
	for _, f := range u.factors {
		factors = append(factors, object{"id": f.id, "factorType": f.kind, "provider": f.provider, "status": f.status})
	}
	for _, g := range u.grants.all() {
		grants = append(grants, object{"id": g.id, "clientId": g.clientID, "scopeId": g.scope, "created": stamp(g.created)})
	}
	view["factors"], view["grants"] = factors, grants
	view["sessions"], view["refreshTokens"] = u.sessions, len(u.tokens.ids)
	view["risk"], view["recoveryPhone"] = u.risk, u.recoveryPhone
	view["hasPassword"], view["passwordNumber"] = u.hasPassword, u.passwords
	return view
}
