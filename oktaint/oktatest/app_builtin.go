package oktatest

// builtIn is what is particular to one of Okta's own apps.
type builtIn struct {
	id, name, label string
	emailOptIn      string
	appLinks        map[string]bool
	logo            string
	everyone        bool // shown to every caller who reads apps, not only to Super Admins
}

// builtIns are the apps that every org has from the start, as recorded of fresh
// orgs. Their ids come before those that newID makes.
var builtIns = []*builtIn{
	{id: "0oa000000000000005d1", name: "saasure", label: "Okta Admin Console", emailOptIn: "ENABLED",
		appLinks: map[string]bool{"admin": true}, logo: "okta_admin_app"},
	{id: "0oa000000000000005d2", name: "okta_enduser", label: "Okta Dashboard", emailOptIn: "NONE",
		appLinks: map[string]bool{}, logo: "okta-logo-end-user-dashboard"},
	{id: "0oa000000000000005d3", name: "okta_browser_plugin", label: "Okta Browser Plugin", emailOptIn: "NONE",
		appLinks: map[string]bool{}, logo: "okta-logo-browser-plugin", everyone: true},
}

// addBuiltIns adds Okta's own apps.
func (o *Org) addBuiltIns() {
	now := o.now()
	for _, b := range builtIns {
		in := *newAppInput()
		in.Visibility.Hide.IOS, in.Visibility.Hide.Web = new(false), new(false)
		in.Visibility.AppLinks = b.appLinks
		o.apps.put(b.id, &app{
			id: b.id, name: b.name, label: b.label, status: statusActive, signOnMode: modeOIDC,
			created: now, updated: now, in: in, builtIn: b,
		})
	}
}

// sees reports whether the caller may know of an app.
func (c *call) sees(a *app) bool { return c.seen()(a) }

// seen returns which apps the caller may know of: most of Okta's own apps are
// shown to Super Admins only, and API_ACCESS_MANAGEMENT_ADMIN is for OIDC apps.
func (c *call) seen() func(*app) bool {
	held := c.rights.rolesOf(c.actor)
	super, others := c.rights.allows(held, superAdmin), c.rights.allows(held, readOtherApps)
	return func(a *app) bool {
		if a.builtIn != nil && !a.builtIn.everyone {
			return super
		}
		return others || a.signOnMode == modeOIDC
	}
}

// showBuiltIn changes the view of an app to that of one of Okta's own.
func (o *Org) showBuiltIn(a *app, view object) {
	view["credentials"].(object)["signing"] = object{"kid": signingKeyID}
	settings := view["settings"].(object)
	settings["emOptInStatus"] = a.builtIn.emailOptIn
	delete(settings, "notes")
	view["visibility"] = object{
		"autoSubmitToolbar": false, "hide": a.in.Visibility.Hide, "appLinks": a.in.Visibility.AppLinks,
	}
	view["_links"].(object)["logo"] = []object{{
		"name": "medium", "type": "image/png",
		"href": "https://op3static2.oktacdn.com/assets/img/logos/" + a.builtIn.logo + ".png",
	}}
}
