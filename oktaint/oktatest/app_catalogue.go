package oktatest

// catalogueApp is an app of Okta's catalogue.
type catalogueApp struct {
	title, description string
	category, website  string
	signOn             string
	features           []string
}

// appCatalogue are the apps of the catalogue that roles can be for. Okta's has
// thousands.
var appCatalogue = map[string]catalogueApp{
	nameOIDC: {
		"OpenID Connect Client", "OpenID Connect Client", "OAUTH2", "http://openid.net/specs/openid-connect-core-1_0.html",
		modeOIDC, []string{"DEFAULT_PUSH_STATUS_TO_PUSH"},
	},
	nameBookmark: {"Bookmark App", "Bookmark App", "COLLABORATION", "https://www.okta.com", "BOOKMARK", nil},
	nameSWA:      {"Template App", "Template App", "COLLABORATION", "https://www.okta.com", "BROWSER_PLUGIN", nil},
	"facebook": {
		"Facebook", "Giving people the power to share and make the world more open and connected.", "SOCIAL",
		"https://www.facebook.com/", "BROWSER_PLUGIN", nil,
	},
	"salesforce": {"Salesforce.com", "Customer relationship management.", "CRM", "https://www.salesforce.com", "SAML_2_0", nil},
}

// viewTarget is a target of a role: an app of the catalogue or one app, which
// shows its label as its name, as recorded.
func (o *Org) viewTarget(t *target) object {
	if one, found := o.apps.get(t.app); found {
		return object{
			"id": one.id, "name": one.label, "status": one.status,
			"_links": object{"self": object{"href": o.href("api/v1/apps", one.id)}},
		}
	}
	entry := appCatalogue[t.name]
	view := object{
		"name": t.name, "displayName": entry.title, "description": entry.description, "status": statusActive,
		"lastUpdated": "2021-03-18T17:37:56.000Z", "category": entry.category, "verificationStatus": "OKTA_VERIFIED",
		"website": entry.website, "signOnModes": []string{entry.signOn},
		"_links": object{
			"logo": []object{{"name": "medium", "type": "image/png", "href": "https://op3static.oktacdn.com/assets/img/logos/default.png"}},
			"self": object{"href": o.href("api/v1/catalog/apps", t.name)},
		},
	}
	if entry.features != nil {
		view["features"] = entry.features
	}
	return view
}
