package oktatest

import "strings"

// This file shows what else belongs to a user: devices, identity providers and linked
// users, which are assets of the org.

var belongingRoutes = []route{
	{method: get, pattern: pathUser + "/devices", scope: "okta.users.read", need: readUsers, handler: (*call).listUserDevices},
	{method: get, pattern: pathUser + "/idps", scope: "okta.users.read", need: readUsers, handler: (*call).listUserIdPs},
	{method: get, pattern: pathUser + "/linkedObjects/{relationship}", scope: "okta.users.read", need: readUsers, handler: (*call).listLinkedObjects},
	{method: get, pattern: pathUser + "/classification", scope: "okta.users.read", need: readUsers, handler: (*call).getClassification},
	{method: get, pattern: pathUser + "/risk", scope: "okta.userRisk.read", need: readUsers, handler: (*call).getRisk},
	{method: put, pattern: pathUser + "/risk", scope: "okta.userRisk.manage", need: manageRisk, body: "riskLevel riskReason", handler: (*call).setRisk},
	{method: get, pattern: pathUser + "/authenticator-enrollments", scope: "okta.users.read", need: readUsers, lacks: "discloseIdentifiers", handler: (*call).listEnrollments},
	{method: get, pattern: pathUser + "/authenticator-enrollments/{enrollment}", scope: "okta.users.read", need: readUsers, lacks: "discloseIdentifiers", handler: (*call).getEnrollment},
}

// assetsOfUser are the objects of the lists of a template that are about a user, with
// the object that each list is below.
func (o *Org) assetsOfUser(template string, u *user) (below []*asset, owner []*asset) {
	above, _, _ := strings.Cut(template, "/{")
	for _, path := range o.pathsOfAssets(kindAt(template)) {
		parent := elemsOf(strings.TrimPrefix(path, above))[0]
		for _, a := range o.assetList(path).all() {
			about, _ := lookUp(a.body, []string{"user", "id"}).(string)
			if about == u.id || a.id == u.id {
				below, owner = append(below, a), append(owner, o.assetAt(above, parent))
			}
		}
	}
	return below, owner
}

// listUserDevices lists the devices that a user is enrolled on.
func (c *call) listUserDevices() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	views := []object{}
	links, devices := c.org.assetsOfUser(pathDevices+"/{deviceId}/users", u)
	for i, link := range links {
		views = append(views, object{
			"created": link.body["created"], "deviceUserId": "lnk" + devices[i].id[3:], "device": c.org.viewAsset(devices[i]),
		})
	}
	return ok(views)
}

// listUserIdPs lists the identity providers that a user is linked to.
func (c *call) listUserIdPs() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	views := []object{}
	_, providers := c.org.assetsOfUser(pathIdPs+"/{idpId}/users", u)
	for _, idp := range providers {
		views = append(views, c.org.viewAsset(idp))
	}
	return ok(views)
}

const pathLinkedObjects = "/api/v1/meta/schemas/user/linkedObjects"

// listLinkedObjects answers as for a user who is linked to nobody, which all are. The
// relationship has to exist.
func (c *call) listLinkedObjects() (reply, error) {
	if _, err := c.user(); err != nil {
		return reply{}, err
	}
	name := c.param("relationship")
	for _, a := range c.org.assetList(pathLinkedObjects).all() {
		for _, end := range []string{"primary", "associated"} {
			if lookUp(a.body, []string{end, "name"}) == name {
				return ok([]object{})
			}
		}
	}
	return reply{}, notFound(name, "LinkedObject")
}

// getClassification shows what a user counts as in Okta's bills.
func (c *call) getClassification() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	return ok(object{"type": "STANDARD", "lastUpdated": stamp(u.created)})
}
