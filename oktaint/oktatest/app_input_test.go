package oktatest_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestReplaceWithWhatGetShows sends back what GET answered, changed a little.
func TestReplaceWithWhatGetShows(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	id := c.newApp("okta.users.read")
	path := "/api/v1/apps/" + id
	c.assign(id, "READ_ONLY_ADMIN").want(t, 201)
	app := c.admin("GET", path, nil).want(t, 200).json(t)
	keys, grants, roles := c.admin("GET", path+"/credentials/jwks", nil).body, c.admin("GET", path+"/grants", nil).body,
		c.admin("GET", "/oauth2/v1/clients/"+id+"/roles", nil).body

	app["label"] = "renamed"
	settings := app["settings"].(map[string]any)["oauthClient"].(map[string]any)
	settings["dpop_bound_access_tokens"] = true
	settings["network"] = map[string]any{"connection": "ZONE", "include": []string{"nzo1"}}
	c.admin("PUT", path, app).want(t, 200)
	after := c.admin("GET", path, nil).want(t, 200).json(t)
	delete(after, "lastUpdated")
	delete(app, "lastUpdated")
	got, _ := json.Marshal(after)
	want, _ := json.Marshal(app)
	if string(got) != string(want) {
		t.Errorf("app = %s\nwant %s", got, want)
	}
	for path, want := range map[string]string{
		path + "/credentials/jwks": keys, path + "/grants": grants, "/oauth2/v1/clients/" + id + "/roles": roles,
	} {
		if got := c.admin("GET", path, nil).want(t, 200).body; got != strings.ReplaceAll(want, "Test app", "renamed") {
			t.Errorf("%s = %s\nwant %s", path, got, want)
		}
	}
}

// TestAppOptions sets what shows only if it is set.
func TestAppOptions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	body := serviceApp("options")
	body["profile"] = map[string]any{"team": "blue"}
	client := body["settings"].(map[string]any)["oauthClient"].(map[string]any)
	options := map[string]any{
		"initiate_login_uri": "https://example.com/login", "policy_uri": "https://example.com/policy",
		"tos_uri": "https://example.com/terms", "sector_identifier_uri": "https://example.com/sector",
		"subject_type": "pairwise", "frontchannel_logout_uri": "https://example.com/logout",
		"frontchannel_logout_session_required": true,
	}
	maps.Copy(client, options)
	a := c.admin("POST", "/api/v1/apps", body).want(t, 200)
	for _, shown := range []answer{a, c.admin("GET", "/api/v1/apps/"+a.text(t, "id"), nil).want(t, 200)} {
		if got := shown.text(t, "profile.team"); got != "blue" {
			t.Errorf("profile.team = %q", got)
		}
		settings := shown.json(t)["settings"].(map[string]any)["oauthClient"].(map[string]any)
		for name, want := range options {
			if settings[name] != want {
				t.Errorf("%s = %v, want %v", name, settings[name], want)
			}
		}
		if settings["refresh_token"] != nil {
			t.Errorf("refresh_token = %v without the grant type", settings["refresh_token"])
		}
	}
	plain := c.admin("POST", "/api/v1/apps", serviceApp("plain")).want(t, 200).json(t)
	if _, set := plain["profile"]; set {
		t.Error("an app without a profile shows one")
	}
	for name := range options {
		if _, set := plain["settings"].(map[string]any)["oauthClient"].(map[string]any)[name]; set {
			t.Errorf("%s shows without being set", name)
		}
	}
}

// TestRefreshPolicy makes clients that may have refresh tokens.
func TestRefreshPolicy(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	for _, tt := range []struct{ set, want map[string]any }{
		{nil, map[string]any{"rotation_type": "STATIC", "leeway": 0.0}},
		{map[string]any{"rotation_type": "ROTATE"}, map[string]any{"rotation_type": "ROTATE", "leeway": 30.0}},
		{map[string]any{"rotation_type": "ROTATE", "leeway": 0}, map[string]any{"rotation_type": "ROTATE", "leeway": 0.0}},
	} {
		body := serviceApp("web")
		client := body["settings"].(map[string]any)["oauthClient"].(map[string]any)
		client["application_type"], client["response_types"] = "web", []string{"code"}
		client["grant_types"] = []string{"authorization_code", "refresh_token"}
		if tt.set != nil {
			client["refresh_token"] = tt.set
		}
		shown := c.admin("POST", "/api/v1/apps", body).want(t, 200).json(t)
		got := shown["settings"].(map[string]any)["oauthClient"].(map[string]any)["refresh_token"]
		if !reflect.DeepEqual(got, any(tt.want)) {
			t.Errorf("refresh_token = %v, want %v", got, tt.want)
		}
	}
}
