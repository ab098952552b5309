package oktatest_test

import (
	"encoding/base64"
	"net/url"
	"strings"
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

func TestServices(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	const path = "/integrations/api/v1/api-services"
	body := map[string]any{"type": "someservice", "grantedScopes": []string{"okta.users.read", "okta.logs.read", "okta.groups.read"}}
	a := c.admin("POST", path, body).want(t, 201)
	id, secret := a.text(t, "id"), a.text(t, "clientSecret")
	if len(secret) != 64 || a.text(t, "createdAt") == "" || a.text(t, "createdBy") == "" {
		t.Errorf("answer = %s", a.body)
	}
	one, two := c.admin("GET", path+"/"+id, nil).want(t, 200), c.admin("GET", path+"/"+id, nil).want(t, 200)
	if strings.Contains(one.body, "clientSecret") {
		t.Error("GET shows the secret")
	}
	if one.body == two.body {
		t.Error("the order of grantedScopes stays")
	}
	ask := func(secret string) answer {
		basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
		return c.do("POST", "/oauth2/v1/token", basic, url.Values{"grant_type": {"client_credentials"}, "scope": {"okta.users.read"}})
	}
	token := ask(secret).want(t, 200)
	if got := ask("wrong").want(t, 401).text(t, "error_description"); got != "The client secret supplied for a confidential client is invalid." {
		t.Errorf("error_description = %q", got)
	}
	post := url.Values{"grant_type": {"client_credentials"}, "scope": {"okta.users.read"}, "client_id": {id}, "client_secret": {secret}}
	if got := c.do("POST", "/oauth2/v1/token", "", post).want(t, 401).text(t, "error_description"); !strings.Contains(got, "client_secret_basic") {
		t.Errorf("error_description = %q", got)
	}
	// The roles are those of any client.
	auth := "Bearer " + token.text(t, "access_token")
	if got := c.do("GET", "/api/v1/users", auth, nil).want(t, 200).body; got != "[]" {
		t.Errorf("users = %s", got)
	}
	c.assign(id, "READ_ONLY_ADMIN").want(t, 201)
	if got := c.do("GET", "/api/v1/users", auth, nil).want(t, 200).list(t); len(got) == 0 {
		t.Error("no users")
	}

	secrets := path + "/" + id + "/credentials/secrets"
	first := c.admin("GET", secrets, nil).want(t, 200).list(t)[0]
	if first["client_secret"] != "***"+secret[60:] {
		t.Errorf("client_secret = %v, want it masked", first["client_secret"])
	}
	added := c.admin("POST", secrets, nil).want(t, 201)
	c.admin("POST", secrets, nil).wantError(t, 400, "E0000001", "maximum")
	ask(added.text(t, "client_secret")).want(t, 200)
	own := secrets + "/" + first["id"].(string)
	c.admin("DELETE", own, nil).want(t, 400)
	c.admin("POST", own+"/lifecycle/deactivate", nil).want(t, 200)
	ask(secret).want(t, 401)
	c.admin("POST", own+"/lifecycle/activate", nil).want(t, 200)
	ask(secret).want(t, 200)
	c.admin("POST", own+"/lifecycle/deactivate", nil).want(t, 200)
	c.admin("DELETE", own, nil).want(t, 204)

	if got := c.admin("GET", path, nil).want(t, 200); len(got.list(t)) != 1 || !strings.Contains(got.header.Get("Link"), `rel="self"`) {
		t.Errorf("list = %s", got.body)
	}
	if strings.Contains(string(c.org.State()), added.text(t, "client_secret")) {
		t.Error("State holds a secret")
	}
	for what, bad := range map[string]any{"type": "", "grantedScopes": []string{"okta.nonsense"}} {
		with := map[string]any{"type": "x", "grantedScopes": []string{"okta.users.read"}}
		with[what] = bad
		c.admin("POST", path, with).wantError(t, 400, "E0000001", what)
	}
	c.admin("DELETE", path+"/"+id, nil).want(t, 204)
	c.admin("DELETE", path+"/"+id, nil).wantError(t, 404, "E0000007", "")
	ask(added.text(t, "client_secret")).want(t, 401)
}
