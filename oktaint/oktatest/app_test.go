package oktatest_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestAppLifecycle(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	before := string(c.org.State())
	a := c.admin("POST", "/api/v1/apps?activate=true", serviceApp("My app", jwk(rsaKey(), "k1"))).want(t, 200)
	id := a.text(t, "id")
	if len(id) != 20 || !strings.HasPrefix(id, "0oa") || a.text(t, "credentials.oauthClient.client_id") != id || a.text(t, "status") != "ACTIVE" {
		t.Errorf("answer = %s", a.body)
	}
	c.grant(id, "okta.users.read").want(t, 200)
	c.assign(id, "READ_ONLY_ADMIN").want(t, 201)
	path := "/api/v1/apps/" + id
	if got := c.admin("GET", path, nil).want(t, 200).text(t, "label"); got != "My app" {
		t.Errorf("label = %q", got)
	}
	c.admin("DELETE", path, nil).wantError(t, 403, "E0000056", "The application must be deactivated before deletion.")
	for _, step := range []struct{ path, status string }{
		{"/lifecycle/deactivate", "INACTIVE"},
		{"/lifecycle/deactivate", "INACTIVE"},
		{"/lifecycle/activate", "ACTIVE"},
		{"/lifecycle/deactivate", "INACTIVE"},
	} {
		if a := c.admin("POST", path+step.path, nil).want(t, 200); a.body != "{}" {
			t.Errorf("%s: body = %s", step.path, a.body)
		}
		if got := c.admin("GET", path, nil).text(t, "status"); got != step.status {
			t.Errorf("%s: status = %q, want %q", step.path, got, step.status)
		}
	}
	if a := c.admin("DELETE", path, nil).want(t, 204); a.body != "" || a.header.Get("Content-Type") != "" {
		t.Errorf("204 has body %q, Content-Type %q", a.body, a.header.Get("Content-Type"))
	}
	c.admin("GET", path, nil).wantError(t, 404, "E0000007", "Resource not found: "+id+" (AppInstance)")
	if after := string(c.org.State()); after != before {
		t.Errorf("state after = %s\nbefore = %s", after, before)
	}
}

func TestAppInactiveFromTheStart(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	if got := c.admin("POST", "/api/v1/apps?activate=false", serviceApp("off")).want(t, 200).text(t, "status"); got != "INACTIVE" {
		t.Errorf("status = %q", got)
	}
}

// TestAppReplacement shows that PUT is a full replacement.
func TestAppReplacement(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	id := c.newApp()
	path := "/api/v1/apps/" + id
	keyID := c.admin("GET", path+"/credentials/jwks", nil).want(t, 200).items(t, "keys")[0]["id"]

	body := serviceApp("Renamed", jwk(rsaKey(), "k1"))
	body["settings"].(map[string]any)["notes"] = map[string]any{"admin": "hello"}
	a := c.admin("PUT", path, body).want(t, 200)
	if a.text(t, "label") != "Renamed" || a.text(t, "settings.notes.admin") != "hello" || a.text(t, "id") != id {
		t.Errorf("answer = %s", a.body)
	}
	if got := c.admin("GET", path+"/credentials/jwks", nil).items(t, "keys")[0]["id"]; got != keyID {
		t.Errorf("the key of the same kid has id %v, was %v", got, keyID)
	}
	body = serviceApp("Renamed")
	delete(body["settings"].(map[string]any)["oauthClient"].(map[string]any), "jwks")
	a = c.admin("PUT", path, body).want(t, 200)
	if strings.Contains(a.body, "hello") || strings.Contains(a.body, `"jwks":{`) {
		t.Errorf("what was left out is not lost: %s", a.body)
	}
	for what, change := range map[string]func(map[string]any){
		"application_type": func(b map[string]any) {
			b["settings"].(map[string]any)["oauthClient"].(map[string]any)["application_type"] = "web"
		},
		"client_id": func(b map[string]any) {
			b["credentials"].(map[string]any)["oauthClient"].(map[string]any)["client_id"] = "another-one"
		},
		"name": func(b map[string]any) {
			b["name"], b["signOnMode"] = "bookmark", "BOOKMARK"
			b["settings"].(map[string]any)["app"] = map[string]any{"url": "https://example.com"}
		},
	} {
		body := serviceApp("Renamed")
		change(body)
		c.admin("PUT", path, body).wantError(t, 400, "E0000001", what)
	}
}

func TestAppRefusals(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	set := func(where, name string, value any) map[string]any {
		body := serviceApp("app", jwk(rsaKey(), "k1"))
		target := body
		if where != "" {
			target = body[where].(map[string]any)["oauthClient"].(map[string]any)
		}
		if target[name] = value; value == nil {
			delete(target, name)
		}
		return body
	}
	tests := []struct {
		name string
		body any
		code string
		want string
	}{
		{"no label", set("", "label", ""), "E0000001", "label"},
		{"label of 101", set("", "label", strings.Repeat("é", 101)), "E0000001", "label"},
		{"emoji", set("", "label", "app \U0001F600"), "E0000003", ""},
		{"escaped emoji", `{"label":"\ud83d\ude00"}`, "E0000003", ""},
		{"bad JSON", `{"label":`, "E0000003", ""},
		{"no object", `[]`, "E0000003", ""},
		{"wrong type", `{"label":1}`, "E0000001", "label"},
		{"sign-on mode", set("", "signOnMode", "BOOKMARK"), "E0000001", "signOnMode"},
		{"no credentials", set("", "credentials", nil), "E0000001", "credentials"},
		{"no settings", set("", "settings", nil), "E0000001", "settings"},
		{"auth method", set("credentials", "token_endpoint_auth_method", "mtls"), "E0000001", "token_endpoint_auth_method"},
		{"secret and key", set("credentials", "client_secret", strings.Repeat("x", 20)), "E0000001", "can't be used when"},
		{"short client_id", set("credentials", "client_id", "abc"), "E0000001", "client_id"},
		{"reserved client_id", set("credentials", "client_id", "ALL_CLIENTS"), "E0000001", "client_id"},
		{"no grant types", set("settings", "grant_types", nil), "E0000001", "grant_types"},
		{"grant types of a service", set("settings", "grant_types", []string{"implicit"}), "E0000001", "grant_types"},
		{"no application type", set("settings", "application_type", nil), "E0000001", "application_type"},
		{"two key sources", set("settings", "jwks_uri", "https://example.com"), "E0000001", "jwks_uri"},
		{"consent", set("settings", "consent_method", "NEVER"), "E0000001", "consent_method"},
		{"response type of another grant type", set("settings", "response_types", []string{"code"}), "E0000001", "response_types"},
		{"response type of no grant type", set("settings", "response_types", []string{"token", "id_token"}), "E0000001", "response_types"},
		{"unknown response type", set("settings", "response_types", []string{"tokens"}), "E0000001", "response_types"},
		{"zones without zones", set("settings", "network", map[string]any{"connection": "ZONE"}), "E0000001", "network"},
		{"leeway", set("settings", "refresh_token", map[string]any{"rotation_type": "ROTATE", "leeway": 61}), "E0000001", "leeway"},
		{"rotation", set("settings", "refresh_token", map[string]any{"rotation_type": "NEVER"}), "E0000001", "rotation_type"},
		{"network", set("settings", "network", map[string]any{"connection": "SOMEWHERE"}), "E0000001", "connection"},
	}
	before := string(c.org.State())
	c.admin("POST", "/api/v1/apps?activate=banana", serviceApp("app")).wantError(t, 400, "E0000001", "activate")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c.admin("POST", "/api/v1/apps", tt.body).wantError(t, 400, tt.code, tt.want)
		})
	}
	c.admin("POST", "/api/v1/apps", set("", "name", "office365")).wantError(t, 501, "E0000060", "office365")
	if string(c.org.State()) != before {
		t.Error("a refusal changed the org")
	}
	c.admin("POST", "/api/v1/apps", set("", "label", strings.Repeat("é", 100))).want(t, 200)
}

func TestAppClientID(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	body := serviceApp("chosen", jwk(rsaKey(), "k1"))
	body["credentials"].(map[string]any)["oauthClient"].(map[string]any)["client_id"] = "my.own-client"
	id := c.admin("POST", "/api/v1/apps", body).want(t, 200).text(t, "id")
	c.admin("POST", "/api/v1/apps", body).wantError(t, 400, "E0000001", "client_id")
	// Apps go by their id, roles and tokens by the client_id.
	c.admin("GET", "/api/v1/apps/my.own-client", nil).want(t, 404)
	c.grant(id, "okta.users.read").want(t, 200)
	c.assign(id, "READ_ONLY_ADMIN").want(t, 404)
	c.assign("my.own-client", "READ_ONLY_ADMIN").want(t, 201)
	auth := c.bearer("my.own-client", "okta.users.read")
	c.do("GET", "/api/v1/users", auth, nil).want(t, 200)
	// Its grants outlive the app.
	c.admin("POST", "/api/v1/apps/"+id+"/lifecycle/deactivate", nil).want(t, 200)
	c.admin("DELETE", "/api/v1/apps/"+id, nil).want(t, 204)
	id = c.admin("POST", "/api/v1/apps", body).want(t, 200).text(t, "id")
	if got := c.admin("GET", "/api/v1/apps/"+id+"/grants", nil).want(t, 200).list(t); len(got) != 1 || got[0]["scopeId"] != "okta.users.read" {
		t.Errorf("grants = %v", got)
	}
	if got := c.admin("GET", "/oauth2/v1/clients/my.own-client/roles", nil).want(t, 200).body; got != "[]" {
		t.Errorf("roles = %s", got)
	}
}

// TestAppOtherKinds checks apps that are no service apps.
func TestAppOtherKinds(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	mark := map[string]any{"name": "bookmark", "label": "Mark", "settings": map[string]any{"app": map[string]any{"url": "https://example.com"}}}
	a := c.admin("POST", "/api/v1/apps", mark).want(t, 200)
	if a.text(t, "signOnMode") != "BOOKMARK" || a.text(t, "settings.app.url") != "https://example.com" {
		t.Errorf("answer = %s", a.body)
	}
	c.grant(a.text(t, "id"), "okta.users.read").wantError(t, 400, "E0000001", "not an OAuth client")

	swa := maps.Clone(mark)
	swa["name"] = "template_swa"
	a = c.admin("POST", "/api/v1/apps", swa).want(t, 200)
	if a.text(t, "signOnMode") != "BROWSER_PLUGIN" || a.text(t, "credentials.scheme") != "EDIT_USERNAME_AND_PASSWORD" {
		t.Errorf("answer = %s", a.body)
	}
	delete(mark, "settings")
	c.admin("POST", "/api/v1/apps", mark).wantError(t, 400, "E0000001", "url")
}

// TestAppSecret checks where the client secret shows.
func TestAppSecret(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	body := serviceApp("secret")
	body["credentials"].(map[string]any)["oauthClient"].(map[string]any)["token_endpoint_auth_method"] = "client_secret_basic"
	delete(body["settings"].(map[string]any)["oauthClient"].(map[string]any), "jwks")
	a := c.admin("POST", "/api/v1/apps", body).want(t, 200)
	secret := a.text(t, "credentials.oauthClient.client_secret")
	if len(secret) != 64 {
		t.Errorf("client_secret has %d characters, want 64", len(secret))
	}
	path := "/api/v1/apps/" + a.text(t, "id")
	if got := c.admin("PUT", path, body).want(t, 200).text(t, "credentials.oauthClient.client_secret"); got != secret {
		t.Error("PUT shows another secret")
	}
	for _, read := range []string{path, "/api/v1/apps"} {
		if strings.Contains(c.admin("GET", read, nil).want(t, 200).body, secret) {
			t.Errorf("GET %s shows the secret", read)
		}
	}
	if strings.Contains(string(c.org.State()), secret) {
		t.Error("State holds the secret")
	}
	// Authentication by a key takes the secrets away.
	body["credentials"].(map[string]any)["oauthClient"].(map[string]any)["token_endpoint_auth_method"] = "private_key_jwt"
	c.admin("PUT", path, body).want(t, 200)
	if got := c.admin("GET", path+"/credentials/secrets", nil).want(t, 200).body; got != "[]" {
		t.Errorf("secrets = %s", got)
	}
	c.admin("POST", path+"/credentials/secrets", nil).wantError(t, 400, "E0000001", "can't be used when")
}

// TestAppGolden holds the whole answer to a create against text.
func TestAppGolden(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	key := map[string]any{"kty": "EC", "kid": "K", "x": "K37X78mXJHHldZYMzrwipjKR-YZUS2SMye0KindHp6I", "y": "8IfvsvXWzbFWOZoVOMwgF5p46mUj3kbOVf9Fk0vVVHo"}
	got := c.admin("POST", "/api/v1/apps", serviceApp("Golden", key)).want(t, 200).json(t)
	for _, name := range []string{"created", "lastUpdated", "orn"} {
		delete(got, name)
	}
	delete(got, "_links")
	text, err := json.MarshalIndent(got, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
 "accessibility": {
  "errorRedirectUrl": null,
  "loginRedirectUrl": null,
  "selfService": false
 },
 "credentials": {
  "oauthClient": {
   "autoKeyRotation": true,
   "client_id": "0oa000000000000015d7",
   "pkce_required": true,
   "token_endpoint_auth_method": "private_key_jwt"
  },
  "signing": {
   "kid": "sALQDM5PBTRR6dsVDGloCQexOBDrJNwQmFiZuWur7eo"
  },
  "userNameTemplate": {
   "template": "${source.login}",
   "type": "BUILT_IN"
  }
 },
 "features": [],
 "id": "0oa000000000000015d7",
 "label": "Golden",
 "name": "oidc_client",
 "settings": {
  "app": {},
  "emOptInStatus": "NONE",
  "implicitAssignment": false,
  "manualProvisioning": false,
  "notes": {
   "admin": null,
   "enduser": null
  },
  "notifications": {
   "vpn": {
    "helpUrl": null,
    "message": null,
    "network": {
     "connection": "DISABLED"
    }
   }
  },
  "oauthClient": {
   "application_type": "service",
   "client_uri": null,
   "consent_method": "TRUSTED",
   "dpop_bound_access_tokens": false,
   "grant_types": [
    "client_credentials"
   ],
   "idp_initiated_login": {
    "default_scope": [],
    "mode": "DISABLED"
   },
   "issuer_mode": "DYNAMIC",
   "jwks": {
    "keys": [
     {
      "crv": null,
      "id": "pks000000000000015d7",
      "kid": "K",
      "kty": "EC",
      "status": "ACTIVE",
      "use": null,
      "x": "K37X78mXJHHldZYMzrwipjKR-YZUS2SMye0KindHp6I",
      "y": "8IfvsvXWzbFWOZoVOMwgF5p46mUj3kbOVf9Fk0vVVHo"
     }
    ]
   },
   "logo_uri": null,
   "participate_slo": false,
   "redirect_uris": [],
   "response_types": [
    "token"
   ],
   "wildcard_redirect": "DISABLED"
  }
 },
 "signOnMode": "OPENID_CONNECT",
 "status": "ACTIVE",
 "universalLogout": {
  "identityStack": "NOT_SHARED",
  "protocol": "GLOBAL_TOKEN_REVOCATION",
  "status": "DISABLED",
  "supportType": "FULL"
 },
 "visibility": {
  "appLinks": {
   "oidc_client_link": true
  },
  "autoLaunch": false,
  "autoSubmitToolbar": false,
  "hide": {
   "iOS": true,
   "web": true
  }
 }
}`
	if string(text) != want {
		t.Errorf("app = %s", text)
	}
}
