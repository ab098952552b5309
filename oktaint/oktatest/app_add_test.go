package oktatest_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// rsaJWK is the public half of rsaKey as JSON, named k1.
func rsaJWK(t testing.TB) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(jwk(rsaKey(), "k1"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// serviceApp makes an app with rsaKey and returns an Authorization header with
// a token of these scopes.
func (c *caller) serviceApp(in oktatest.ServiceApp, granted string) string {
	c.t.Helper()
	set, err := scopes.Parse(granted)
	if err != nil {
		c.t.Fatal(err)
	}
	in.Key, in.Scopes = rsaJWK(c.t), set
	return c.bearer(c.org.AddServiceApp(in), strings.Fields(granted)...)
}

func TestAddServiceApp(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	auth := c.serviceApp(oktatest.ServiceApp{Label: "Robot", Roles: []string{"READ_ONLY_ADMIN"}}, "okta.users.read okta.apps.read")
	c.do("GET", "/api/v1/users", auth, nil).want(t, 200)
	app := c.do("GET", "/api/v1/apps?q=Robot", auth, nil).want(t, 200).list(t)[0]
	id := app["id"].(string)
	if app["status"] != "ACTIVE" {
		t.Errorf("app = %v", app)
	}
	if got := c.admin("GET", "/api/v1/apps/"+id+"/grants", nil).want(t, 200).list(t); len(got) != 2 {
		t.Errorf("grants = %v", got)
	}
	if got := c.admin("GET", "/oauth2/v1/clients/"+id+"/roles", nil).want(t, 200).list(t); len(got) != 1 {
		t.Errorf("roles = %v", got)
	}
}

// TestAddedAppIsLikeCreated compares an app with one that the endpoint makes.
func TestAddedAppIsLikeCreated(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		show := func(make func(*caller) string) string {
			c := newCaller(t, oktatest.Config{})
			return c.admin("GET", "/api/v1/apps/"+make(c), nil).want(t, 200).body
		}
		added := show(func(c *caller) string {
			return c.org.AddServiceApp(oktatest.ServiceApp{Label: "Robot", Key: rsaJWK(t)})
		})
		made := show(func(c *caller) string {
			return c.admin("POST", "/api/v1/apps", serviceApp("Robot", jwk(rsaKey(), "k1"))).want(t, 200).text(t, "id")
		})
		if added != made {
			t.Errorf("added %s\ncreated %s", added, made)
		}
	})
}

func TestAddServiceAppWithPermissions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	user := c.org.AddUser(oktatest.User{})
	for range 2 { // a second app has a role of its own
		auth := c.serviceApp(oktatest.ServiceApp{Permissions: []string{"okta.users.lifecycle.suspend", "okta.users.lifecycle.unsuspend"}}, "okta.users.manage")
		c.do("POST", usersBase+user+"/lifecycle/suspend", auth, nil).want(t, 200)
		c.do("POST", usersBase+user+"/lifecycle/unsuspend", auth, nil).want(t, 200)
		c.do("POST", usersBase+user+"/lifecycle/deactivate", auth, nil).wantError(t, 403, "E0000006", "")
	}
}

// TestAddServiceAppWithPrivileges has the setting make it a Super Admin.
func TestAddServiceAppWithPrivileges(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{ClientPrivileges: true})
	auth := c.serviceApp(oktatest.ServiceApp{}, "okta.roles.read")
	if got := c.do("GET", "/api/v1/iam/roles", auth, nil); got.status != 200 {
		t.Errorf("status %d, body %s", got.status, got.body)
	}
}

func TestAddServiceAppWithDPoP(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	set, err := scopes.Parse("okta.users.read")
	if err != nil {
		t.Fatal(err)
	}
	id := c.org.AddServiceApp(oktatest.ServiceApp{Key: rsaJWK(t), Scopes: set, DPoP: true})
	if got := c.askToken(id, "okta.users.read").want(t, 400).text(t, "error"); got != "invalid_dpop_proof" {
		t.Errorf("error = %q", got)
	}
}

func TestAddServiceAppRefuses(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{})
	for want, in := range map[string]oktatest.ServiceApp{
		"'kty'":     {Key: json.RawMessage(`{}`)},
		"a string":  {Key: "a key"},
		"a ed25519": {Key: ed25519.PublicKey(make([]byte, 32))},
		"public":    {Key: json.RawMessage(`{"kty":"RSA","d":"x"}`)},
		"2,048":     {Key: json.RawMessage(`{"kty":"RSA","n":"AQAB","e":"AQAB"}`)},
		"JSON":      {Key: json.RawMessage(`{`)},
		"KING":      {Key: rsaJWK(t), Roles: []string{"KING"}},
		"okta.king": {Key: rsaJWK(t), Permissions: []string{"okta.king"}},
		"too long":  {Key: rsaJWK(t), Label: strings.Repeat("x", 101)},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "oktatest: ") || !strings.Contains(got, want) {
					t.Errorf("%s: panic %q", want, got)
				}
			}()
			org.AddServiceApp(in)
		}()
	}
}
