package oktatest

import "slices"

const featureNewUsers = "PUSH_NEW_USERS"

// provisions reports whether the org makes the app's users in the app.
func (a *app) provisions() bool { return slices.Contains(a.features, featureNewUsers) }

// switched is a setting that is on or off, as features show it.
func (a *app) switched(feature string) object {
	if slices.Contains(a.features, feature) {
		return object{"status": "ENABLED"}
	}
	return object{"status": "DISABLED"}
}

// viewFeature is the app's one feature, USER_PROVISIONING.
func (o *Org) viewFeature(a *app) object {
	password := a.switched("PUSH_PASSWORD_UPDATES")
	password["seed"], password["change"] = "RANDOM", "KEEP_EXISTING"
	self := o.href("api/v1/apps", a.id, "features/USER_PROVISIONING")
	return object{
		"name": "USER_PROVISIONING", "status": "ENABLED",
		"description": "User provisioning settings from Okta to a downstream application",
		"capabilities": object{
			"create": object{"lifecycleCreate": a.switched(featureNewUsers)},
			"update": object{
				"profile":             a.switched("PUSH_PROFILE_UPDATES"),
				"lifecycleDeactivate": a.switched("PUSH_USER_DEACTIVATION"),
				"password":            password,
			},
		},
		"_links": object{"self": object{"href": self, "hints": allow("GET", "PUT")}},
	}
}

// provisioned returns the app of the path. One that cannot provision users is
// refused, as recorded.
func (c *call) provisioned() (*app, error) {
	a, err := c.app()
	if err != nil {
		return nil, err
	}
	if !a.provisions() {
		return nil, invalid("feature", "Provisioning is not supported.")
	}
	return a, nil
}

func (c *call) listFeatures() (reply, error) {
	a, err := c.provisioned()
	if err != nil {
		return reply{}, err
	}
	return ok([]object{c.org.viewFeature(a)})
}

func (c *call) getFeature() (reply, error) {
	a, err := c.provisioned()
	if err != nil {
		return reply{}, err
	}
	if c.param("feature") != "USER_PROVISIONING" {
		return reply{}, notFound(c.param("feature"), "ApplicationFeature")
	}
	return ok(c.org.viewFeature(a))
}

// getConnection shows how the org reaches the app to make users there. An app that
// cannot provision has the connection UNKNOWN.
func (c *call) getConnection() (reply, error) {
	a, err := c.app()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewConnection(a))
}

func (o *Org) viewConnection(a *app) object {
	self := o.href("api/v1/apps", a.id, "connections/default")
	links := object{"self": object{"href": self, "hints": allow("GET", "POST")}}
	if !a.provisions() {
		return object{"profile": object{"authScheme": "UNKNOWN"}, "status": "UNKNOWN", "_links": links}
	}
	links["deactivate"] = object{"href": self + "/lifecycle/deactivate", "hints": allow("POST")}
	return object{
		"authScheme": "TOKEN", "baseUrl": "https://scim.example.com/v2/" + a.id,
		"profile": object{"authScheme": "TOKEN"}, "status": "ENABLED", "_links": links,
	}
}
