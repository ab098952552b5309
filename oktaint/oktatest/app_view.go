package oktatest

import (
	"maps"
	"slices"
)

// signingKeyID names the key that Okta signs ID tokens with; it is not the
// client's.
const signingKeyID = "sALQDM5PBTRR6dsVDGloCQexOBDrJNwQmFiZuWur7eo"

// viewApp is an app as GET and lists show it.
func (o *Org) viewApp(a *app) object { return o.showApp(a, false) }

// viewAppWithSecret is an app as POST and PUT show it, with the client secret.
func (o *Org) viewAppWithSecret(a *app) object { return o.showApp(a, true) }

func (o *Org) showApp(a *app, withSecret bool) object {
	in := &a.in
	credentials := object{"userNameTemplate": in.Credentials.UserNameTemplate, "signing": object{}}
	settings := object{
		"app": in.Settings.App,
		"notifications": object{"vpn": object{
			"network": object{"connection": "DISABLED"}, "message": nil, "helpUrl": nil,
		}},
		"manualProvisioning": in.Settings.ManualProvisioning,
		"implicitAssignment": in.Settings.ImplicitAssignment,
		"emOptInStatus":      "NONE",
		"notes":              in.Settings.Notes,
	}
	if a.signOn != nil {
		settings["signOn"] = a.signOn
	}
	if a.signOnMode == modeSAML {
		credentials["signing"] = object{"kid": signingKeyID}
	}
	if a.name == nameSWA || a.signOnMode == modeLogin {
		credentials["scheme"], credentials["revealPassword"] = in.Credentials.Scheme, in.Credentials.RevealPassword
	}
	logout := object{"status": "UNSUPPORTED"}
	if a.client != nil {
		credentials["signing"] = object{"kid": signingKeyID}
		credentials["oauthClient"] = showCredentials(a, withSecret)
		settings["oauthClient"] = showSettings(a)
		logout = object{
			"status": "DISABLED", "supportType": "FULL",
			"identityStack": "NOT_SHARED", "protocol": "GLOBAL_TOKEN_REVOCATION",
		}
	}
	view := object{
		"id": a.id, "orn": o.ornOfApp(a.name, a.id),
		"name": a.name, "label": a.label, "status": a.status, "signOnMode": a.signOnMode,
		"created": stamp(a.created), "lastUpdated": stamp(a.updated),
		"accessibility": in.Accessibility, "visibility": in.Visibility,
		"features": orEmpty(a.features), "universalLogout": logout,
		"credentials": credentials, "settings": settings,
		"_links": o.appLinks(a),
	}
	if in.Profile != nil {
		view["profile"] = in.Profile
	}
	if a.builtIn != nil {
		o.showBuiltIn(a, view)
	}
	return view
}

func showCredentials(a *app, withSecret bool) object {
	creds := a.credentials()
	shown := object{
		"autoKeyRotation": creds.AutoKeyRotation, "client_id": a.client.id,
		"token_endpoint_auth_method": creds.Method, "pkce_required": creds.PKCERequired,
	}
	if withSecret && a.usesSecret() {
		shown["client_secret"] = a.secrets.list[0].value
	}
	return shown
}

func showSettings(a *app) object {
	s := a.settings()
	shown := object{
		"client_uri": s.ClientURI, "logo_uri": s.LogoURI,
		"redirect_uris": orEmpty(s.RedirectURIs), "response_types": orEmpty(s.ResponseTypes),
		"grant_types": s.GrantTypes, "application_type": s.ApplicationType,
		"consent_method": s.ConsentMethod, "issuer_mode": s.IssuerMode,
		"idp_initiated_login": s.IDPInitiatedLogin, "wildcard_redirect": s.WildcardRedirect,
		"dpop_bound_access_tokens": s.DPoPBound, "participate_slo": s.ParticipateSLO,
	}
	if len(s.PostLogoutURIs) > 0 {
		shown["post_logout_redirect_uris"] = s.PostLogoutURIs
	}
	if len(a.keys) > 0 {
		keys := []object{}
		for _, k := range a.keys {
			keys = append(keys, k.echo())
		}
		shown["jwks"] = object{"keys": keys}
	}
	if s.JWKSURI != "" {
		shown["jwks_uri"] = s.JWKSURI
	}
	if s.Network != nil {
		shown["network"] = s.Network
	}
	maps.Copy(shown, plainJSON(s.oauthOptions))
	return shown
}

func orEmpty(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (o *Org) appLinks(a *app) object {
	self := o.href("api/v1/apps", a.id)
	links := object{
		"uploadLogo": object{"href": self + "/logo", "hints": allow("POST")},
		"policies":   object{"href": self + "/policies", "hints": allow("PUT")},
		"groups":     object{"href": self + "/groups"},
		"users":      object{"href": self + "/users"},
		"logo": []object{{
			"name": "medium", "type": "image/png",
			"href": "https://ok12static.oktacdn.com/assets/img/logos/default.png",
		}},
		"profileEnrollment": object{"href": o.href("api/v1/policies", assetID("rst", 1))},
		"accessPolicy":      object{"href": o.href("api/v1/policies", assetID("rst", 2))},
	}
	links["appLinks"] = o.pagesOf(a)
	if a.status == statusActive {
		links["deactivate"] = object{"href": self + "/lifecycle/deactivate"}
	} else {
		links["activate"] = object{"href": self + "/lifecycle/activate"}
	}
	if a.client != nil {
		name := "jwks"
		if a.usesSecret() {
			name = "secrets"
		}
		links["clientCredentials"] = []object{{"name": name, "href": self + "/credentials/" + name}}
	}
	return links
}

// pagesOf lists the pages that sign a user in to an app.
func (o *Org) pagesOf(a *app) []object {
	pages := []object{}
	for _, name := range slices.Sorted(maps.Keys(a.in.Visibility.AppLinks)) {
		pages = append(pages, object{"name": name, "href": o.href("home", a.name, a.id, "2557"), "type": "text/html"})
	}
	return pages
}

// allow is the hint that names the methods of a link.
func allow(methods ...string) object { return object{"allow": methods} }
