package oktatest

import "strings"

// viewClient is the OAuth client of an app as /oauth2/v1/clients shows it, without
// its secret.
func (o *Org) viewClient(a *app) object {
	view := object{
		"client_id": a.client.id, "client_id_issued_at": a.created.Unix(), "client_name": a.label,
		"token_endpoint_auth_method": a.credentials().Method,
	}
	settings := showSettings(a)
	for _, name := range clientFields {
		if value, set := settings[name]; set {
			view[name] = value
		}
	}
	if a.usesSecret() {
		view["client_secret_expires_at"] = 0
	}
	return view
}

// clientFields are the settings of an app that its OAuth client shows.
var clientFields = []string{
	"application_type", "client_uri", "logo_uri", "redirect_uris", "post_logout_redirect_uris", "response_types",
	"grant_types", "initiate_login_uri", "policy_uri", "tos_uri", "jwks", "jwks_uri", "frontchannel_logout_uri",
	"frontchannel_logout_session_required", "request_object_signing_alg", "id_token_encrypted_response_alg",
}

func (c *call) listClients() (reply, error) {
	q := strings.ToLower(c.query.Get("q"))
	return list(c, lister[*app]{
		paging: paging{limit: 200, most: 200, params: []string{"after", "limit", "q"}},
		table:  &c.org.apps,
		id:     func(a *app) string { return a.id },
		match: func(a *app) bool {
			return a.client != nil && (strings.HasPrefix(strings.ToLower(a.label), q) || strings.HasPrefix(strings.ToLower(a.client.id), q))
		},
		view: c.org.viewClient,
	})
}

// getClient shows one client. Of API service integrations and Okta's own apps,
// which links lead to, it shows what is known: id, name and time.
func (c *call) getClient() (reply, error) {
	id := c.param("client")
	if a, found := c.org.apps.get(id); found && a.builtIn != nil && c.seen()(a) {
		return ok(object{"client_id": a.id, "client_id_issued_at": a.created.Unix(), "client_name": a.label})
	}
	cl, err := c.client()
	if err != nil {
		return reply{}, err
	}
	if x := cl.service; x != nil {
		return ok(object{"client_id": x.id, "client_id_issued_at": x.created.Unix(), "client_name": x.kind})
	}
	return ok(c.org.viewClient(cl.app))
}
