package oktatest

import (
	"fmt"
	"slices"
)

// idpLinkKind is the row of the table of assets for the users of an identity provider.
const idpLinkKind = pathIdPs + "/{idpId}/users"

func usersOfIdP(id string) string { return pathIdPs + "/" + id + "/users" }

// idpLink returns the link between a user and an identity provider, or nil.
func (o *Org) idpLink(idp *asset, u *user) *asset { return o.assetAt(usersOfIdP(idp.id), u.id) }

// linkToIdP links a user to an identity provider, as the user whom that one knows by an id
// of its own.
func (o *Org) linkToIdP(idp *asset, u *user, externalID string) *asset {
	now := stamp(o.now())
	path := usersOfIdP(idp.id)
	a := &asset{kind: kindAt(idpLinkKind), path: path, id: u.id, body: object{
		"id": u.id, "externalId": externalID, "created": now, "lastUpdated": now,
		"profile": object{"firstName": u.profile["firstName"], "lastName": u.profile["lastName"], "email": u.profile["email"], "subjectNameId": externalID},
		"_links":  object{"idp": object{"href": o.cfg.Origin + pathIdPs + "/" + idp.id}, "user": object{"href": o.href("api/v1/users", u.id)}},
	}}
	o.putAsset(a)
	o.assets.changed[path+"/"+u.id] = true
	return a
}

// idpLinkRoutes change who is linked to an identity provider; the table of assets shows it.
var idpLinkRoutes = []route{
	{method: post, pattern: pathIdPs + "/{idp}/users/{user}", scope: "okta.users.manage", need: manageIdPs, body: "externalId", handler: (*call).linkIdP},
	{method: del, pattern: pathIdPs + "/{idp}/users/{user}", scope: "okta.idps.manage", need: manageIdPs, handler: (*call).unlinkIdP},
}

// idpAndUser returns the identity provider and the user of the path. Only a Super Admin
// changes the links of an admin.
func (c *call) idpAndUser() (*asset, *user, error) {
	idp := c.org.assetAt(pathIdPs, c.param("idp"))
	if idp == nil {
		return nil, nil, notFound(c.param("idp"), "IdentityProvider")
	}
	u, err := c.userByID()
	if err != nil {
		return nil, nil, err
	}
	if c.org.isAdmin(u) {
		return idp, u, c.requireSuperAdmin()
	}
	return idp, u, nil
}

// linkIdP links a user by the id that the identity provider knows the user by.
func (c *call) linkIdP() (reply, error) {
	idp, u, err := c.idpAndUser()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		ExternalID string `json:"externalId"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	persistent, _ := lookUp(idp.body, []string{"protocol", "settings", "honorPersistentNameId"}).(bool)
	switch {
	case in.ExternalID == "":
		return reply{}, invalid("externalId", "externalId: The field cannot be left blank")
	case idp.body["type"] == "OIDC" || idp.body["type"] == "SAML2" && !persistent:
		return reply{}, invalid("type", "type: Users of this identity provider cannot be linked by an administrator")
	case c.org.idpLink(idp, u) != nil:
		return reply{}, invalid("userId", "userId: The user is linked to this identity provider already")
	}
	a := c.org.linkToIdP(idp, u, in.ExternalID)
	c.recordAbout(eventLink, textLink, partyOfUser(u), partyOfIdP(idp))
	view := c.org.viewAsset(a)
	delete(view, "profile") // it comes with the user's first sign-in
	return ok(view)
}

// unlinkIdP ends a link. The user links again at the next sign-in, if the policy of the
// identity provider says so.
func (c *call) unlinkIdP() (reply, error) {
	idp, u, err := c.idpAndUser()
	if err != nil {
		return reply{}, err
	}
	link := c.org.idpLink(idp, u)
	if link == nil {
		return reply{}, notFound(u.id, kindAt(idpLinkKind).class)
	}
	c.org.dropAsset(link)
	c.org.assets.changed[link.path+"/"+link.id] = true
	c.recordAbout(eventLink, textUnlink, partyOfUser(u), partyOfIdP(idp))
	return noContent()
}

// Okta's catalogue has no event for the end of a link.
const (
	eventLink  = "user.account.update_profile"
	textLink   = "Link user to identity provider"
	textUnlink = "Unlink user from identity provider"
)

// partyOfIdP is an identity provider as the target of an event.
func partyOfIdP(idp *asset) party {
	return party{idp.id, "IdentityProvider", "unknown", textOf(idp.body["name"])}
}

// admits returns why a user of an identity provider cannot sign in to the org by it; nil if
// it works. Whoever is not linked is linked by the way, where the account link policy says
// so, and a suspension or deactivation ends where the provisioning policy says so.
func (o *Org) admits(idp *asset, u *user) error {
	policy := func(path ...string) any { return lookUp(idp.body, append([]string{"policy"}, path...)) }
	lifts := map[string]bool{
		statusActive:        true,
		statusSuspended:     policy("provisioning", "conditions", "suspended", "action") == "UNSUSPEND",
		statusDeprovisioned: policy("provisioning", "conditions", "deprovisioned", "action") == "REACTIVATE",
	}
	switch {
	case idp.body["status"] != statusActive:
		return fmt.Errorf("the identity provider %s is not active", idp.id)
	case o.idpLink(idp, u) == nil && policy("accountLink", "action") != "AUTO":
		return fmt.Errorf("user %s is not linked to the identity provider %s", u.id, idp.id)
	case !lifts[u.status]:
		return fmt.Errorf("user %s is %s", u.id, u.status)
	}
	return nil
}

// SignInByIdP lets a user sign in by an identity provider, which first links the user and
// ends a suspension or a deactivation where its policy says so. There is one more session.
// The System Log gets events. An error is a sign-in that the org refuses; it changes nothing.
// It panics if there is no such user or identity provider.
func (o *Org) SignInByIdP(userID, idpID string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	u, idp := o.mustUser(userID), o.mustAsset(pathIdPs, idpID)
	if err := o.admits(idp, u); err != nil {
		return fmt.Errorf("oktatest: sign in: %w", err)
	}
	o.remember(o.now())
	actor, path := partyOfUser(u), "/sso/idps/"+idp.id
	if o.idpLink(idp, u) == nil {
		o.linkToIdP(idp, u, u.login())
	}
	if u.status != statusActive {
		verb := map[string]string{statusSuspended: "unsuspend", statusDeprovisioned: "activate"}[u.status]
		t := transitions[verb]
		o.moveUser(u, statusActive)
		o.addEvent(t.event, t.text, systemActor, []party{actor}, path)
		o.userChanged(u)
	}
	o.addEvent("user.authentication.auth_via_IDP", "Authenticate user via IDP", actor, []party{partyOfIdP(idp)}, path)
	o.signIn(u, path)
	return nil
}

// IdP says what kind of identity provider [Org.AddIdP] makes. The zero value is an active
// one of OIDC that leaves suspended and deactivated users out and links users by itself.
type IdP struct {
	// Name is the name. The default is the one of a new object of the list.
	Name string

	// Type is SAML2 or OIDC, the default.
	Type string

	// Unsuspends lets a sign-in end a suspension, and Reactivates a deactivation.
	Unsuspends, Reactivates bool

	// LinkedOnly refuses users who are not linked to it.
	LinkedOnly bool

	// Inactive makes one that has been deactivated.
	Inactive bool

	// Users are the ids of the users who are linked to it.
	Users []string
}

// AddIdP adds an identity provider, with the event of [Org.PutAsset], and returns its id. It
// panics on an unknown type or user.
func (o *Org) AddIdP(in IdP) string {
	setDefault(&in.Type, "OIDC")
	if !slices.Contains([]string{"SAML2", "OIDC"}, in.Type) {
		panic("oktatest: add identity provider: unknown type " + in.Type)
	}
	id, err := o.PutAsset(pathIdPs, in.asset())
	if err != nil {
		panic("oktatest: add identity provider: " + err.Error())
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, user := range in.Users {
		u := o.mustUser(user)
		o.linkToIdP(o.mustAsset(pathIdPs, id), u, u.login())
	}
	return id
}

// asset is what PutAsset is told of an identity provider.
func (in IdP) asset() map[string]any {
	action := func(set bool, name string) string {
		if set {
			return name
		}
		return "NONE"
	}
	link, status := "AUTO", statusActive
	if in.LinkedOnly {
		link = "DISABLED"
	}
	if in.Inactive {
		status = statusInactive
	}
	change := map[string]any{"type": in.Type, "status": status, "policy": object{
		"accountLink": object{"filter": nil, "action": link},
		"provisioning": object{"action": "AUTO", "profileMaster": false, "groups": object{"action": "NONE"}, "conditions": object{
			"suspended":     object{"action": action(in.Unsuspends, "UNSUSPEND")},
			"deprovisioned": object{"action": action(in.Reactivates, "REACTIVATE")},
		}},
		"subject":      object{"userNameTemplate": object{"template": "idpuser.email"}, "filter": "", "matchType": "USERNAME"},
		"maxClockSkew": 120000,
	}}
	if in.Name != "" {
		change["name"] = in.Name
	}
	return change
}
