package oktatest_test

import (
	"encoding/json"
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
