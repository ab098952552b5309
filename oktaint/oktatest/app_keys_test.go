package oktatest_test

import (
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"apps": 0}})
	app := c.newApp("okta.users.read")
	path := "/api/v1/apps/" + app + "/credentials/jwks"
	added := c.admin("POST", path, jwk(ecKey(t, elliptic.P384()), "k2")).want(t, 201)
	second := added.text(t, "id")
	if added.text(t, "status") != "ACTIVE" || added.text(t, "_links.deactivate.href") != c.org.URL()+path+"/"+second+"/lifecycle/deactivate" {
		t.Errorf("answer = %s", added.body)
	}
	keys := c.admin("GET", path, nil).want(t, 200).items(t, "keys")
	if len(keys) != 2 || keys[0]["kid"] != "k1" || keys[1]["kid"] != "k2" {
		t.Errorf("keys = %v", keys)
	}
	first := keys[0]["id"].(string)
	if got := c.admin("GET", path+"/"+second, nil).want(t, 200).text(t, "kid"); got != "k2" {
		t.Errorf("kid = %q", got)
	}
	c.admin("GET", path+"/k1", nil).wantError(t, 404, "E0000007", "Resource not found: k1 (JsonWebKey)")
	c.admin("DELETE", path+"/"+first, nil).wantError(t, 400, "E0000001", "You can't delete an active JSON Web Key.")

	off := c.admin("POST", path+"/"+first+"/lifecycle/deactivate", nil).want(t, 200)
	if off.text(t, "status") != "INACTIVE" || off.text(t, "_links.delete.href") == "" || off.text(t, "_links.activate.href") == "" {
		t.Errorf("answer = %s", off.body)
	}
	c.askToken(app, "okta.users.read").want(t, 401) // signed by the key that is off
	c.admin("POST", path+"/"+second+"/lifecycle/deactivate", nil).wantError(t, 400, "E0000001", "Can't deactivate the only active JSON Web Key")
	c.admin("POST", path+"/"+first+"/lifecycle/activate", nil).want(t, 200)
	c.askToken(app, "okta.users.read").want(t, 200)
	c.admin("POST", path+"/"+second+"/lifecycle/deactivate", nil).want(t, 200)
	c.admin("DELETE", path+"/"+second, nil).want(t, 204)
	c.admin("DELETE", path+"/"+second, nil).want(t, 404)
}

func TestKeyRefusals(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"apps": 0}})
	app := c.newApp()
	path := "/api/v1/apps/" + app + "/credentials/jwks"
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	with := func(name string, value any) map[string]any {
		k := jwk(rsaKey(), "k2")
		if k[name] = value; value == nil {
			delete(k, name)
		}
		return k
	}
	const shortRSA = "RSA key length in the 'jwks' is less than '2,048' bits for the given key."
	tests := []struct {
		name string
		key  map[string]any
		want string
	}{
		{"short", jwk(short, "k2"), shortRSA},
		{"no modulus", with("n", nil), shortRSA},
		{"no exponent", with("e", nil), shortRSA},
		{"same kid", with("kid", "k1"), "All keys in the 'jwks' must have a unique `kid`."},
		{"no kid", with("kid", nil), "Each key should have a unique kid when adding multiple keys."},
		{"private", with("d", "AQAB"), "public keys only"},
		{"use", with("use", "any"), "'use'"},
		{"alg", with("alg", "PS256"), "'alg'"},
		{"kty", with("kty", "OKP"), "'kty'"},
		{"status", with("status", "MAYBE"), "status"},
		{"curve", map[string]any{"kty": "EC", "kid": "k2", "crv": "secp256k1", "x": "AA", "y": "AA"}, "curve"},
		{"no point", map[string]any{"kty": "EC", "kid": "k2", "crv": "P-256"}, "curve"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c.admin("POST", path, tt.key).wantError(t, 400, "E0000001", tt.want)
		})
	}
	enc := func(kid string) map[string]any {
		k := jwk(rsaKey(), kid)
		k["use"], k["alg"] = "enc", "RSA-OAEP-256"
		return k
	}
	c.admin("POST", path, enc("e1")).want(t, 201)
	c.admin("POST", path, enc("e2")).wantError(t, 400, "E0000001", "only one active encryption key")
	second := enc("e2")
	second["status"] = "INACTIVE"
	id := c.admin("POST", path, second).want(t, 201).text(t, "id")
	c.admin("POST", path+"/"+id+"/lifecycle/activate", nil).wantError(t, 400, "E0000001", "only one active encryption key")
	for i := 3; i < 50; i++ {
		c.admin("POST", path, jwk(rsaKey(), fmt.Sprint("more", i))).want(t, 201)
	}
	c.admin("POST", path, jwk(rsaKey(), "last")).wantError(t, 400, "E0000001", "maximum number of keys allowed (50)")
}

// TestKeysNeedSuperAdmin has an app admin, who may change keys until the app
// has grants.
func TestKeysNeedSuperAdmin(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"apps": 0}})
	auth := "SSWS " + c.org.NewAPIToken("APP_ADMIN")
	app := c.newApp()
	path := "/api/v1/apps/" + app
	c.do("POST", path+"/credentials/jwks", auth, jwk(rsaKey(), "k2")).want(t, 201)
	c.grant(app, "okta.users.read").want(t, 200)
	c.do("POST", path+"/credentials/jwks", auth, jwk(rsaKey(), "k3")).wantError(t, 403, "E0000006", "")
	c.do("PUT", path, auth, serviceApp("app", jwk(rsaKey(), "other"))).wantError(t, 403, "E0000006", "")
	c.do("PUT", path, auth, serviceApp("app", jwk(rsaKey(), "k1"), jwk(rsaKey(), "k2"))).want(t, 200)
	id := c.admin("GET", path+"/credentials/jwks", nil).items(t, "keys")[1]["id"].(string)
	c.do("POST", path+"/credentials/jwks/"+id+"/lifecycle/deactivate", auth, nil).wantError(t, 403, "E0000006", "")
	c.do("DELETE", path+"/credentials/jwks/"+id, auth, nil).wantError(t, 403, "E0000006", "")
	c.admin("POST", path+"/credentials/jwks/"+id+"/lifecycle/deactivate", nil).want(t, 200)
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	body := serviceApp("secret")
	credentials := body["credentials"].(map[string]any)["oauthClient"].(map[string]any)
	credentials["token_endpoint_auth_method"], credentials["client_secret"] = "client_secret_basic", "chosen-by-me-12345"
	id := c.admin("POST", "/api/v1/apps", body).want(t, 200).text(t, "id")
	path := "/api/v1/apps/" + id + "/credentials/secrets"
	first := c.admin("GET", path, nil).want(t, 200).list(t)[0]
	if first["client_secret"] != "chosen-by-me-12345" || first["status"] != "ACTIVE" {
		t.Errorf("secret = %v", first)
	}
	one := path + "/" + first["id"].(string)
	c.admin("POST", one+"/lifecycle/deactivate", nil).wantError(t, 400, "E0000001", "only active")
	c.admin("POST", path, map[string]string{"client_secret": "short"}).wantError(t, 400, "E0000001", "between 14 and 100")
	c.admin("POST", path, map[string]string{"client_secret": "not\x00printable-123"}).wantError(t, 400, "E0000001", "printable")
	c.admin("POST", path, map[string]string{"status": "INACTIVE"}).want(t, 201)
	c.admin("POST", path, nil).wantError(t, 400, "E0000001", "maximum number of client secrets")
	second := path + "/" + c.admin("GET", path, nil).list(t)[1]["id"].(string)
	c.admin("POST", second+"/lifecycle/activate", nil).want(t, 200)
	c.admin("DELETE", second, nil).wantError(t, 400, "E0000001", "can't delete an active")
	c.admin("POST", one+"/lifecycle/deactivate", nil).want(t, 200)
	c.admin("DELETE", one, nil).want(t, 204)
	c.admin("GET", one, nil).wantError(t, 404, "E0000007", "")
	if got := c.admin("GET", second, nil).want(t, 200).json(t); len(got["client_secret"].(string)) != 64 {
		t.Errorf("secret = %v", got)
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RefusedScopes: scopes.New(scopes.BotProtectionRead)})
	app := c.newApp()
	path := "/api/v1/apps/" + app + "/grants"
	a := c.grant(app, "okta.users.read").want(t, 200)
	id := a.text(t, "id")
	if a.text(t, "scopeId") != "okta.users.read" || a.text(t, "issuer") != c.org.URL() || a.text(t, "clientId") != app ||
		a.text(t, "status") != "ACTIVE" || a.text(t, "source") != "ADMIN" || a.text(t, "_embedded.scope.id") != "okta.users.read" ||
		a.text(t, "createdBy.type") != "User" {
		t.Errorf("answer = %s", a.body)
	}
	c.grant(app, "okta.users.read").wantError(t, 400, "E0000001", "scopeId: The scope is already granted")
	c.grant(app, "okta.nonsense.read").wantError(t, 400, "E0000001", "scopeId: 'scopeId' is invalid")
	c.grant(app, "okta.botProtection.read").wantError(t, 400, "E0000001", "scopeId: 'scopeId' is invalid")
	c.grant(app, "ssf.read").want(t, 200)
	for _, issuer := range []string{"", c.org.URL() + "/", c.org.URL() + "/oauth2/default", "https://other.okta.com"} {
		c.admin("POST", path, map[string]string{"scopeId": "okta.logs.read", "issuer": issuer}).wantError(t, 400, "E0000001", "issuer: 'issuer' is invalid")
	}
	list := c.admin("GET", path, nil).want(t, 200)
	if len(list.list(t)) != 2 || len(list.header.Values("Link")) != 0 {
		t.Errorf("grants = %s, Link = %q", list.body, list.header.Values("Link"))
	}
	if _, embedded := c.admin("GET", path+"/"+id, nil).want(t, 200).json(t)["_embedded"]; embedded {
		t.Error("GET has _embedded")
	}
	if got := c.admin("GET", path+"/"+id+"?expand=scope", nil).want(t, 200).text(t, "_embedded.scope.id"); got != "okta.users.read" {
		t.Errorf("_embedded.scope.id = %q", got)
	}
	other := c.newApp()
	c.admin("DELETE", "/api/v1/apps/"+other+"/grants/"+id, nil).want(t, 404)
	c.admin("DELETE", path+"/"+id, nil).want(t, 204)
	c.admin("DELETE", path+"/"+id, nil).wantError(t, 404, "E0000007", "")
	c.askToken(app, "okta.users.read").want(t, 400)
}

func TestClientRoles(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp()
	path := "/oauth2/v1/clients/" + app + "/roles"
	for kind, id := range map[string]string{ // as recorded
		"HELP_DESK_ADMIN":        "JBCUYUC7IRCVGS27IFCE2SKO",
		"GROUP_MEMBERSHIP_ADMIN": "I5JE6VKQL5GUKTKCIVJFGSCJKBPUCRCNJFHA",
		"APP_ADMIN":              "IFIFAX2BIRGUSTQ",
		"USER_ADMIN":             "KVJUKUS7IFCE2SKO",
	} {
		a := c.assign(app, kind).want(t, 201)
		if a.text(t, "id") != id || a.text(t, "assignmentType") != "CLIENT" || a.text(t, "_links.assignee.href") != c.org.URL()+"/oauth2/v1/clients/"+app {
			t.Errorf("%s: %s", kind, a.body)
		}
		c.assign(app, kind).wantError(t, 409, "E0000263", "")
	}
	read := c.assign(app, "READ_ONLY_ADMIN").want(t, 201).text(t, "id")
	if len(c.admin("GET", path, nil).want(t, 200).list(t)) != 5 {
		t.Error("not all roles are listed")
	}
	if got := c.admin("GET", path+"/"+read, nil).want(t, 200).text(t, "label"); got != "Read-only Administrator" {
		t.Errorf("label = %q", got)
	}
	c.admin("DELETE", path+"/"+read, nil).want(t, 204)
	c.admin("DELETE", path+"/"+read, nil).wantError(t, 404, "E0000007", "(RoleAssignment)")
	c.assign(app, "KING").wantError(t, 400, "E0000001", "type")
	c.assign(app, "CUSTOM").wantError(t, 400, "E0000001", "resource-set")
	c.admin("POST", path, map[string]string{"type": "CUSTOM", "role": "cr01", "resource-set": "iam1"}).want(t, 404)
	c.assign("unknown-client", "APP_ADMIN").want(t, 404)

	web := serviceApp("web")
	web["settings"].(map[string]any)["oauthClient"].(map[string]any)["application_type"] = "web"
	id := c.admin("POST", "/api/v1/apps", web).want(t, 200).text(t, "id")
	c.assign(id, "APP_ADMIN").wantError(t, 400, "E0000227", "")
}

// TestClientPrivileges has the setting that makes new apps Super Admins.
func TestClientPrivileges(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{ClientPrivileges: true})
	const setting = "/api/v1/org/settings/clientPrivilegesSetting"
	if got := c.admin("GET", setting, nil).want(t, 200).body; got != `{"clientPrivilegesSetting":true}` {
		t.Errorf("setting = %s", got)
	}
	kinds := func(app string) []string {
		var kinds []string
		for _, role := range c.admin("GET", "/oauth2/v1/clients/"+app+"/roles", nil).want(t, 200).list(t) {
			kinds = append(kinds, role["type"].(string))
		}
		return kinds
	}
	app := c.newApp()
	if got := kinds(app); got != nil {
		t.Errorf("roles before the first grant = %v", got)
	}
	c.grant(app, "okta.users.read").want(t, 200)
	if got := kinds(app); !slices.Equal(got, []string{"SUPER_ADMIN"}) {
		t.Errorf("roles after the first grant = %v", got)
	}
	id := c.admin("GET", "/oauth2/v1/clients/"+app+"/roles", nil).list(t)[0]["id"].(string)
	c.admin("DELETE", "/oauth2/v1/clients/"+app+"/roles/"+id, nil).want(t, 204)
	c.grant(app, "okta.logs.read").want(t, 200)
	if got := kinds(app); got != nil {
		t.Errorf("roles after the second grant = %v", got)
	}
	if got := c.admin("PUT", setting, map[string]bool{"clientPrivilegesSetting": false}).want(t, 200).body; got != `{"clientPrivilegesSetting":false}` {
		t.Errorf("setting = %s", got)
	}
	c.admin("PUT", setting, map[string]bool{}).wantError(t, 400, "E0000001", "clientPrivilegesSetting")
	if got := kinds(c.newApp("okta.users.read")); got != nil {
		t.Errorf("roles with the setting off = %v", got)
	}
}
