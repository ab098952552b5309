package oktatest

import (
	"strings"

	"github.com/rezonate-io/okta-integration/scopes"
)

func (c *call) wellKnownOrg() (reply, error) {
	pipeline := "idx"
	if c.org.cfg.Classic {
		pipeline = "v1"
	}
	return ok(object{
		"id": c.org.id, "cell": "op3", "pipeline": pipeline,
		"settings": object{
			"analyticsCollectionEnabled": false, "bugReportingEnabled": true, "omEnabled": false,
			"pssoEnabled": false, "desktopMFAEnabled": false, "itpEnabled": true,
		},
		"_links": object{"organization": object{"href": c.org.URL()}},
	})
}

var signingAlgs = []string{"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"}

func (c *call) oauthMetadata() (reply, error) { return ok(c.org.metadata()) }

func (c *call) openIDConfiguration() (reply, error) {
	meta := c.org.metadata()
	meta["userinfo_endpoint"] = c.org.href("oauth2/v1/userinfo")
	meta["jwks_uri"] = c.org.href("oauth2/v1/keys")
	meta["id_token_signing_alg_values_supported"] = []string{"RS256"}
	return ok(meta)
}

// metadata describes the org's authorization server.
func (o *Org) metadata() object {
	at := func(path string) string { return o.href("oauth2/v1", path) }
	methods := []string{"client_secret_basic", "client_secret_post", "client_secret_jwt", methodPrivateKey, "none"}
	var names []string
	for info := range scopes.Catalogue() {
		names = append(names, string(info.Scope))
	}
	return object{
		"issuer": o.URL(), "scopes_supported": names, "subject_types_supported": []string{"public"},
		"authorization_endpoint": at("authorize"), "token_endpoint": at("token"), "registration_endpoint": at("clients"),
		"introspection_endpoint": at("introspect"), "revocation_endpoint": at("revoke"), "end_session_endpoint": at("logout"),
		"device_authorization_endpoint":                     at("device/authorize"),
		"pushed_authorization_request_endpoint":             at("par"),
		"token_endpoint_auth_methods_supported":             methods,
		"introspection_endpoint_auth_methods_supported":     methods,
		"revocation_endpoint_auth_methods_supported":        methods,
		"grant_types_supported":                             []string{"client_credentials"},
		"response_types_supported":                          []string{"code", "token", "id_token", "code id_token", "code token", "id_token token", "code id_token token"},
		"response_modes_supported":                          []string{"query", "fragment", "form_post", "okta_post_message"},
		"claims_supported":                                  []string{"ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"},
		"code_challenge_methods_supported":                  []string{"S256"},
		"request_parameter_supported":                       true,
		"request_object_signing_alg_values_supported":       append([]string{"HS256", "HS384", "HS512"}, signingAlgs...),
		"dpop_signing_alg_values_supported":                 signingAlgs,
		"frontchannel_logout_supported":                     true,
		"frontchannel_logout_session_supported":             true,
		"identity_chaining_requested_token_types_supported": []string{"urn:ietf:params:oauth:token-type:id-jag"},
	}
}

func (c *call) getOrg() (reply, error) {
	o := c.org
	name, _, _ := strings.Cut(o.host, ".")
	settings := func(path string) object { return object{"href": o.href("api/v1/org", path)} }
	born := o.users.rows[o.users.ids[0]].created
	return ok(object{
		"id": o.id, "subdomain": name, "companyName": name, "status": statusActive,
		"created": stamp(born), "lastUpdated": stamp(born), "expiresAt": nil,
		"website": "https://example.com", "phoneNumber": "", "endUserSupportHelpURL": "", "supportPhoneNumber": "",
		"address1": nil, "address2": nil, "city": nil, "state": nil, "country": nil, "postalCode": nil,
		"_links": object{
			"preferences": settings("preferences"), "contacts": settings("contacts"),
			"oktaCommunication": settings("privacy/oktaCommunication"), "oktaSupport": settings("privacy/oktaSupport"),
			"uploadLogo": object{"href": o.href("api/v1/org/logo"), "hints": allow("POST")}, "logo": nil,
		},
	})
}

func (c *call) getPrivileges() (reply, error) {
	return ok(object{"clientPrivilegesSetting": c.org.privileges})
}

func (c *call) setPrivileges() (reply, error) {
	var in struct {
		On *bool `json:"clientPrivilegesSetting"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.On == nil {
		return reply{}, invalid("clientPrivilegesSetting", "clientPrivilegesSetting: The field cannot be left blank")
	}
	c.org.privileges = *in.On
	return c.getPrivileges()
}
