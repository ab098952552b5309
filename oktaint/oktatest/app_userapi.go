package oktatest

import (
	"slices"
	"strings"
	"time"
)

func (o *Org) viewAppUser(a *app, x *appUser) object {
	u, _ := o.users.get(x.user)
	scope, profile := "GROUP", x.profile
	if x.direct {
		scope = "USER"
	}
	if profile == nil {
		profile = a.profileOf(u)
	}
	name := x.userName
	if name == "" {
		name = u.login()
	}
	view := object{
		"id": u.id, "externalId": nil, "created": stamp(x.created), "lastUpdated": stamp(x.updated),
		"scope": scope, "status": statusActive, "statusChanged": stamp(x.created), "passwordChanged": nil,
		"syncState": "DISABLED", "credentials": object{"userName": name}, "profile": profile,
		"_links": object{
			"app":  object{"href": o.href("api/v1/apps", a.id)},
			"user": object{"href": o.href("api/v1/users", u.id)},
		},
	}
	if a.provisions() {
		view["externalId"], view["syncState"], view["status"] = "ext-"+u.id, "SYNCHRONIZED", statusProvisioned
		view["lastSync"] = stamp(x.updated)
	}
	return view
}

// profileOf is the profile that a user has in the app if nobody sets one: of an
// OpenID Connect app the claims, as recorded, of others nothing.
func (a *app) profileOf(u *user) object {
	if a.client == nil {
		return object{}
	}
	profile := object{
		"given_name": u.profile["firstName"], "family_name": u.profile["lastName"], "name": u.name(), "email": u.profile["email"],
		"locale": "en_US", "zoneinfo": "America/Los_Angeles",
	}
	for _, claim := range emptyClaims {
		profile[claim] = nil
	}
	return profile
}

// emptyClaims are the claims that a user's profile does not fill in.
var emptyClaims = []string{
	"birthdate", "country", "formatted", "gender", "locality", "middle_name", "nickname", "phone_number", "picture",
	"postal_code", "profile", "region", "street_address", "website",
}

// showAppUser is viewAppUser with the user embedded, if the request asks for it.
func (c *call) showAppUser(a *app, x *appUser) object {
	view := c.org.viewAppUser(a, x)
	if c.query.Get("expand") == "user" {
		u, _ := c.org.users.get(x.user)
		view["_embedded"] = object{"user": c.org.viewUser(u)}
	}
	return view
}

// checkOnlyExpand refuses an expand other than these.
func (c *call) checkOnlyExpand(known ...string) error {
	if text := c.query.Get("expand"); text != "" && !slices.Contains(known, text) {
		return invalid("expand", "expand: The value must be "+strings.Join(known, " or "))
	}
	return nil
}

func (c *call) listAppUsers() (reply, error) {
	a, err := c.app()
	if err != nil {
		return reply{}, err
	}
	if err := c.checkOnlyExpand("user"); err != nil {
		return reply{}, err
	}
	l := lister[*appUser]{
		paging: paging{limit: 50, most: 500, params: []string{"after", "limit", "q", "expand"}},
		table:  &a.users,
		id:     func(x *appUser) string { return x.user },
		view:   func(x *appUser) object { return c.showAppUser(a, x) },
	}
	if q := strings.ToLower(c.query.Get("q")); q != "" {
		l.match = func(x *appUser) bool {
			u, _ := c.org.users.get(x.user)
			return u.startsWith(q) || strings.HasPrefix(strings.ToLower(x.userName), q)
		}
	}
	return list(c, l)
}

// appUser returns the app and the assignment of the path. If the user is not
// assigned, the user is what is not found, as recorded.
func (c *call) appUser() (*app, *appUser, error) {
	a, err := c.app()
	if err != nil {
		return nil, nil, err
	}
	x, found := a.users.get(c.param("user"))
	if !found {
		return nil, nil, notFound(c.param("user"), "User")
	}
	return a, x, nil
}

func (c *call) getAppUser() (reply, error) {
	a, x, err := c.appUser()
	if err != nil {
		return reply{}, err
	}
	if err := c.checkOnlyExpand("user"); err != nil {
		return reply{}, err
	}
	return ok(c.showAppUser(a, x))
}

// appUserBody is what a request says of an assignment.
type appUserBody struct {
	ID          string `json:"id"`
	Scope       string `json:"scope"`
	Credentials struct {
		UserName string `json:"userName"`
	} `json:"credentials"`
	Profile object `json:"profile"`
}

// apply returns the assignment as the request wants it.
func (in *appUserBody) apply(x *appUser, now time.Time) *appUser {
	changed := new(*x)
	changed.updated = now
	if in.Credentials.UserName != "" {
		changed.userName = in.Credentials.UserName
	}
	if in.Profile != nil {
		changed.profile = in.Profile
	}
	return changed
}

// assignAppUser assigns a user by hand.
func (c *call) assignAppUser() (reply, error) {
	a, err := c.appToAssign()
	if err != nil {
		return reply{}, err
	}
	var in appUserBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	u, found := c.org.users.get(in.ID)
	switch {
	case !found:
		return reply{}, notFound(in.ID, "User")
	case in.Scope != "" && in.Scope != "USER":
		return reply{}, invalid("scope", "scope: The value must be USER")
	case u.status == statusDeprovisioned:
		return reply{}, invalid("id", "id: A deactivated user cannot be assigned to an app")
	}
	isNew := c.org.assignUser(a, u, true)
	x, _ := a.users.get(u.id)
	x = in.apply(x, c.org.now())
	a.users.put(u.id, x)
	if !isNew {
		c.recordAssignment(a, x, u)
	}
	return ok(c.org.viewAppUser(a, x))
}

// recordAssignment adds the event of an assignment that goes on and has changed.
func (c *call) recordAssignment(a *app, x *appUser, u *user) {
	c.recordAbout("application.user_membership.update", "Update user's application membership", partyOfAppUser(x, u), partyOfApp(a), partyOfUser(u))
}

func (c *call) updateAppUser() (reply, error) {
	if _, err := c.appToAssign(); err != nil {
		return reply{}, err
	}
	a, x, err := c.appUser()
	if err != nil {
		return reply{}, err
	}
	var in appUserBody
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	u, _ := c.org.users.get(x.user)
	x = in.apply(x, c.org.now())
	a.users.put(u.id, x)
	c.recordAssignment(a, x, u)
	return ok(c.org.viewAppUser(a, x))
}

// removeAppUser ends an assignment. A user whom a group assigns stays assigned,
// through the group.
func (c *call) removeAppUser() (reply, error) {
	if _, err := c.appToAssign(); err != nil {
		return reply{}, err
	}
	a, x, err := c.appUser()
	if err != nil {
		return reply{}, err
	}
	u, _ := c.org.users.get(x.user)
	if x.direct && slices.ContainsFunc(u.groups, func(g *group) bool { return a.hasGroup(g.id) }) {
		changed := new(*x)
		changed.direct, changed.updated = false, c.org.now()
		a.users.put(u.id, changed)
		c.recordAssignment(a, changed, u)
		return noContent()
	}
	if !x.direct {
		return reply{}, errForbidden
	}
	c.org.unassignUser(a, u)
	return noContent()
}

// appToAssign is appToChange for a change of who is assigned.
func (c *call) appToAssign() (*app, error) { return c.appToChange() }
