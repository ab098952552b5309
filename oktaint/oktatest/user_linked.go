package oktatest

// linkedRoutes show what users have to do with devices, identity providers and
// notifications.
var linkedRoutes = []route{
	{method: get, pattern: pathUser + "/devices", scope: "okta.users.read", need: readUsers, handler: (*call).listDevicesOfUser},
	{method: get, pattern: pathUser + "/idps", scope: "okta.users.read", need: readUsers, handler: (*call).listIdPsOfUser},
	{method: get, pattern: pathUser + "/subscriptions", scope: "okta.users.read", need: readUsers, handler: (*call).listSubscriptionsOfUser},
	{method: get, pattern: "/api/v1/roles/{roleRef}/subscriptions", scope: "okta.roles.read", need: readRoles, handler: (*call).listSubscriptionsOfRole},
}

// listDevicesOfUser lists the devices that have the user.
func (c *call) listDevicesOfUser() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	devices := []object{}
	for _, device := range c.org.assetList(pathDevices).all() {
		link := c.org.assetAt(pathDevices+"/"+device.id+"/users", u.id)
		if link != nil {
			devices = append(devices, object{
				"created": link.body["created"], "deviceUserId": "lnk" + device.id[3:], "device": c.org.viewAsset(device),
			})
		}
	}
	return ok(devices)
}

// listIdPsOfUser lists the identity providers that the user is linked to.
func (c *call) listIdPsOfUser() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	linked := []object{}
	for _, idp := range c.org.assetList(pathIdPs).all() {
		if c.org.assetAt(pathIdPs+"/"+idp.id+"/users", u.id) != nil {
			linked = append(linked, c.org.viewAsset(idp))
		}
	}
	return ok(linked)
}

// notificationTypes are what administrators can be told of by email.
var notificationTypes = []string{
	"AD_AGENT", "AGENT_AUTO_UPDATE_NOTIFICATION", "AGENT_AUTO_UPDATE_NOTIFICATION_LDAP", "APP_IMPORT", "CONNECTOR_AGENT", "IWA_AGENT",
	"LDAP_AGENT", "OKTA_ANNOUNCEMENT", "OKTA_UPDATE", "RATELIMIT_NOTIFICATION", "REPORT_SUSPICIOUS_ACTIVITY", "USER_DEPROVISION",
}

// listSubscriptionsOfUser lists the notifications of the caller. Those of other users
// are refused, as documented.
func (c *call) listSubscriptionsOfUser() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	if c.actor.user == nil || c.actor.user.id != u.id {
		return reply{}, errForbidden
	}
	return ok(c.org.viewSubscriptions("api/v1/users/" + u.id))
}

// listSubscriptionsOfRole lists the notifications of those who hold a role.
func (c *call) listSubscriptionsOfRole() (reply, error) {
	role := c.param("roleRef")
	_, custom := c.org.customRoles.get(role)
	if roleLabels[role] == "" && !custom {
		return reply{}, notFound(role, "Role")
	}
	return ok(c.org.viewSubscriptions("api/v1/roles/" + role))
}

// viewSubscriptions shows all notifications of a holder, by the path of the holder.
// All of them are on.
func (o *Org) viewSubscriptions(holder string) []object {
	views := []object{}
	for _, name := range notificationTypes {
		self := o.href(holder, "subscriptions", name)
		views = append(views, object{
			"notificationType": name, "channels": []string{"email"}, "status": "subscribed",
			"_links": object{"unsubscribe": object{"href": self + "/unsubscribe", "hints": allow("POST")}, "self": object{"href": self}},
		})
	}
	return views
}
