package oktatest_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestResourceNames names one resource of each kind by URL and by ORN.
func TestResourceNames(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app, user, group := c.newApp(), c.org.AddUser(oktatest.User{}), c.org.AddGroup(oktatest.Group{})
	org := c.org.ID()
	kinds := []struct{ path, orn string }{
		{"users", "directory:ORG:users"},
		{"users/" + user, "directory:ORG:users:" + user},
		{"groups", "directory:ORG:groups"},
		{"groups/" + group, "directory:ORG:groups:" + group},
		{"groups/" + group + "/users", "directory:ORG:groups:" + group + ":contained_resources"},
		{"apps", "idp:ORG:apps"},
		{"apps?filter=name+eq+%22salesforce%22", "idp:ORG:apps:salesforce"},
		{"apps/" + app, "idp:ORG:apps:oidc_client:" + app},
		{"authorizationServers", "idp:ORG:authorization_servers"},
		{"authorizationServers/aus1", "idp:ORG:authorization_servers:aus1"},
		{"devices", "directory:ORG:devices"},
		{"idps", "idp:ORG:identity_providers"},
		{"idps/0oa1", "idp:ORG:identity_providers:0oa1"},
		{"policies/ACCESS_POLICY", "idp:ORG:policies:ACCESS_POLICY"},
		{"realms", "directory:ORG:realms"},
	}
	var byURL, byORN []string
	for _, k := range kinds {
		byURL = append(byURL, "/api/v1/"+k.path)
		byORN = append(byORN, "orn:okta:"+strings.Replace(k.orn, "ORG", org, 1))
	}
	first := c.admin("GET", setsPath+"/"+c.newSet("by URL", byURL...)+"/resources?limit=1000", nil).want(t, 200).items(t, "resources")
	made := c.admin("POST", setsPath, object{"label": "by ORN", "description": "d", "resources": byORN}).want(t, 200).text(t, "id")
	second := c.admin("GET", setsPath+"/"+made+"/resources?limit=1000", nil).want(t, 200).items(t, "resources")
	if len(first) != len(kinds) || len(second) != len(kinds) {
		t.Fatalf("%d and %d resources, want %d", len(first), len(second), len(kinds))
	}
	for i := range kinds {
		for _, r := range []object{first[i], second[i]} {
			if self := r["_links"].(object)["self"]; r["orn"] != byORN[i] || self.(object)["href"] != c.org.URL()+byURL[i] {
				t.Errorf("%s: %v of %v, want %s", kinds[i].path, r["orn"], self, byORN[i])
			}
		}
	}
	// Things that are no entity have no URL.
	virtual := []string{"iam:" + org + ":contained_resources", "support:" + org + ":cases", "workflow:" + org + ":flows", "idp:" + org + ":customizations"}
	for i := range virtual {
		virtual[i] = "orn:okta:" + virtual[i]
	}
	made = c.admin("POST", setsPath, object{"label": "virtual", "description": "d", "resources": virtual}).want(t, 200).text(t, "id")
	for i, r := range c.admin("GET", setsPath+"/"+made+"/resources", nil).want(t, 200).items(t, "resources") {
		if r["orn"] != virtual[i] || r["_links"].(object)["self"] != nil {
			t.Errorf("%v, want %s without a URL", r, virtual[i])
		}
	}
	for _, bad := range []string{
		"apps/0oanone", "apps?q=x", "apps?filter=name+eq+%22%22", "users?q=x",
		"policies", "policies/a/b", "logs", "groups/" + group + "/roles", "users/",
	} {
		body := object{"label": "x", "description": "d", "resources": []string{c.org.URL() + "/api/v1/" + bad}}
		c.admin("POST", setsPath, body).wantError(t, 400, "E0000001", "is not a resource")
	}
}
