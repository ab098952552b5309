package oktatest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const (
	statusDeprovisioned = "DEPROVISIONED"

	userTypeID   = "oty0000000000000015d7"
	userSchemaID = "osc0000000000000015d7"
)

// user is a person of the org.
type user struct {
	id, status       string
	profile          object
	created, updated time.Time
	activated        time.Time
	statusChanged    time.Time
	passwordChanged  time.Time
	lastLogin        time.Time
}

func (u *user) login() string { return u.profile["login"].(string) }

// addUser adds an active user; the login is made of the names and the number
// of the user.
func (o *Org) addUser(first, last string) *user {
	now := o.now()
	id := o.newID("00u")
	login := fmt.Sprintf("%s.%s.%d@example.com", strings.ToLower(first), strings.ToLower(last), o.counter["00u"])
	u := &user{
		id: id, status: statusActive,
		profile: object{
			"firstName": first, "lastName": last, "login": login, "email": login,
			"mobilePhone": nil, "secondEmail": nil,
		},
		created: now, updated: now, activated: now, statusChanged: now, passwordChanged: now,
	}
	o.users.put(id, u)
	return u
}

// stampOrNil is null for a time that is not set.
func stampOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

// viewUser is a user as lists show it.
func (o *Org) viewUser(u *user) object {
	return object{
		"id": u.id, "status": u.status,
		"created": stamp(u.created), "activated": stampOrNil(u.activated),
		"statusChanged": stampOrNil(u.statusChanged), "lastLogin": stampOrNil(u.lastLogin),
		"lastUpdated": stamp(u.updated), "passwordChanged": stampOrNil(u.passwordChanged),
		"type": object{"id": userTypeID}, "profile": u.profile,
		"credentials": object{"provider": object{"type": "OKTA", "name": "OKTA"}},
		"_links":      object{"self": object{"href": o.href("api/v1/users", u.id)}},
	}
}

// viewOneUser is a user as GET shows it, with the links of its status.
func (o *Org) viewOneUser(u *user) object {
	self := o.href("api/v1/users", u.id)
	links := object{
		"self":   object{"href": self},
		"schema": object{"href": o.href("api/v1/meta/schemas/user", userSchemaID)},
		"type":   object{"href": o.href("api/v1/meta/types/user", userTypeID)},
	}
	post := func(name, path string) { links[name] = object{"href": self + path, "method": http.MethodPost} }
	if u.status == statusActive {
		post("suspend", "/lifecycle/suspend")
		post("resetPassword", "/lifecycle/reset_password")
		post("expirePassword", "/lifecycle/expire_password")
		post("resetFactors", "/lifecycle/reset_factors")
		post("deactivate", "/lifecycle/deactivate")
		post("forgotPassword", "/credentials/forgot_password")
		post("changePassword", "/credentials/change_password")
		post("changeRecoveryQuestion", "/credentials/change_recovery_question")
	}
	view := o.viewUser(u)
	view["_links"] = links
	return view
}

// user returns the user of the path, by id or login.
func (c *call) user() (*user, error) {
	name := c.param("user")
	if u, found := c.org.users.get(name); found {
		return u, nil
	}
	for _, u := range c.org.users.all() {
		if strings.EqualFold(u.login(), name) {
			return u, nil
		}
	}
	return nil, notFound(name, "User")
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
	view := c.org.viewOneUser(u)
	text, err := marshal(view)
	if err != nil {
		return reply{}, err
	}
	sum := sha256.Sum256(text)
	etag := `W/"` + hex.EncodeToString(sum[:]) + `"`
	return reply{status: http.StatusOK, body: view, header: http.Header{"Etag": {etag}}}, nil
}

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
		l.match = func(u *user) bool { return want(c.org.viewUser(u)) }
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
