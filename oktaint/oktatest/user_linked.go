package oktatest

// linkedRoutes show what users have to do with devices and identity providers.
var linkedRoutes = []route{
	{method: get, pattern: pathUser + "/devices", scope: "okta.users.read", need: readUsers, handler: (*call).listDevicesOfUser},
	{method: get, pattern: pathUser + "/idps", scope: "okta.users.read", need: readUsers, handler: (*call).listIdPsOfUser},
}

// listDevicesOfUser lists the devices that have the user.
func (c *call) listDevicesOfUser() (reply, error) {
	u, err := c.userByID()
	if err != nil {
		return reply{}, err
	}
	devices := []object{}
	for _, device := range c.org.assetList(pathDevices).all() {
		link := c.org.assetAt(usersOfDevice(device.id), u.id)
		if link != nil {
			devices = append(devices, object{
				"created": link.body["created"], "deviceUserId": deviceUserID(device, u), "device": c.org.viewAsset(device),
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
		if c.org.idpLink(idp, u) != nil {
			linked = append(linked, c.org.viewAsset(idp))
		}
	}
	return ok(linked)
}
