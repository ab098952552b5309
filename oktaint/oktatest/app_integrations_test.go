package oktatest_test

import (
	"encoding/base64"
	"net/url"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

const pathServices = "/integrations/api/v1/api-services"

// install installs an integration and returns its id and secret.
func (c *caller) install(t *testing.T, kind string, granted ...string) (id, secret string) {
	t.Helper()
	a := c.admin("POST", pathServices, map[string]any{"type": kind, "grantedScopes": granted}).want(t, 201)
	return a.text(t, "id"), a.text(t, "clientSecret")
}

// tokenBySecret asks for a token with a client secret.
func (c *caller) tokenBySecret(id, secret, scope string) answer {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
	return c.do("POST", "/oauth2/v1/token", basic, url.Values{"grant_type": {"client_credentials"}, "scope": {scope}})
}

// An integration's tokens carry those of the scopes asked for that it has, and
// end with it.
func TestServiceTokens(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	id, secret := c.install(t, "someservice", "okta.users.read", "okta.logs.read")
	other, otherSecret := c.install(t, "otherservice", "okta.users.read")
	c.assign(id, "READ_ONLY_ADMIN").want(t, 201)

	a := c.tokenBySecret(id, secret, "okta.groups.read okta.users.read").want(t, 200)
	if got := a.text(t, "scope"); got != "okta.users.read" {
		t.Errorf("scope = %q", got)
	}
	if got := c.tokenBySecret(id, secret, "okta.groups.read").want(t, 400).text(t, "error"); got != "consent_required" {
		t.Errorf("error = %q", got)
	}
	c.tokenBySecret(other, secret, "okta.users.read").want(t, 401)

	auth := "Bearer " + a.text(t, "access_token")
	kept := "Bearer " + c.tokenBySecret(other, otherSecret, "okta.users.read").want(t, 200).text(t, "access_token")
	c.do("GET", "/api/v1/users", auth, nil).want(t, 200)
	c.do("GET", "/api/v1/groups", auth, nil).want(t, 403)
	c.admin("DELETE", pathServices+"/"+id, nil).want(t, 204)
	c.do("GET", "/api/v1/users", auth, nil).want(t, 401)
	c.do("GET", "/api/v1/users", kept, nil).want(t, 200)
	c.tokenBySecret(id, secret, "okta.users.read").want(t, 401)
	c.admin("GET", pathServices+"/"+id, nil).want(t, 404)
	c.admin("GET", pathServices+"/"+id+"/credentials/secrets", nil).want(t, 404)
	c.admin("GET", "/oauth2/v1/clients/"+id+"/roles", nil).want(t, 404)
}

func TestServiceCatalogue(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.org.AddIntegration("someservice", scopes.New(scopes.UsersRead, scopes.LogsRead))
	for _, granted := range [][]string{
		{"okta.users.read"},
		{"okta.users.read", "okta.logs.read", "okta.groups.read"},
		{"okta.users.read", "okta.groups.read"},
	} {
		body := map[string]any{"type": "someservice", "grantedScopes": granted}
		c.admin("POST", pathServices, body).wantError(t, 400, "E0000001", "grantedScopes")
	}
	c.install(t, "someservice", "okta.users.read", "okta.logs.read")
	c.install(t, "otherservice", "okta.groups.read")
}
