package oktatest_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// namesOf lists a member of each object.
func namesOf(objects []map[string]any, member string) []string {
	var names []string
	for _, o := range objects {
		names = append(names, fmt.Sprint(o[member]))
	}
	return names
}

// TestAssetQueries asks lists with every kind of parameter that selects.
func TestAssetQueries(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	for _, tt := range []struct{ path, member, want string }{
		{`/api/v1/zones?filter=usage eq "BLOCKLIST"`, "name", "BlockedIpZone DefaultEnhancedDynamicZone"},
		{`/api/v1/zones?filter=system eq false`, "name", "Countries Office 5"},
		{"/api/v1/idps?type=SAML2", "name", "Partner"},
		{"/api/v1/idps?q=prov", "name", "Provider 2"},
		{"/api/v1/authorizationServers?q=DEF", "name", "default"},
		{"/api/v1/policies?type=ACCESS_POLICY&q=okta", "name", "Okta Admin Console Okta Dashboard Okta Browser Plugin"},
		{"/api/v1/policies?type=PASSWORD&status=INACTIVE", "name", ""},
		{"/api/v1/inlineHooks?type=com.okta.saml.tokens.transform", "name", ""},
		{"/api/v1/push-providers?type=APNS", "name", "Apple"},
		{"/api/v1/mappings?sourceId=oty000000000000015d7", "id", "prm000000000000015d7"},
		{`/api/v1/realms?search=profile.name eq "Default Realm"`, "id", "guo000000000000015d7"},
		{`/api/v1/principal-rate-limits?filter=principalType eq "SSWS_TOKEN"`, "principalId", "00T000000000000015d7"},
		{"/api/v1/agentPools?poolType=Radius", "name", "RADIUS"},
		{"/api/v1/ssf/stream", "stream_id", "esc000000000000015d7"},
	} {
		got := namesOf(c.admin("GET", escaped(tt.path), nil).want(t, 200).list(t), tt.member)
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s: %q, want %q", tt.path, got, tt.want)
		}
	}
	if one := c.admin("GET", "/api/v1/ssf/stream?stream_id=esc000000000000015d7", nil).want(t, 200); one.text(t, "format") != "iss_sub" {
		t.Errorf("one stream: %s", one.body)
	}
}

// escaped escapes what a query may not have.
func escaped(path string) string { return strings.NewReplacer(" ", "%20", `"`, "%22").Replace(path) }

// TestAssetRefusals asks for what Okta refuses.
func TestAssetRefusals(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	for _, tt := range []struct {
		path   string
		status int
		code   string
	}{
		{"/api/v1/zones?q=a", 400, "E0000001"},
		{"/api/v1/zones?limit=201", 400, "E0000001"},
		{"/api/v1/zones?limit=0", 400, "E0000001"},
		{"/api/v1/zones?after=x", 400, "E0000029"},
		{"/api/v1/zones?filter=nothing", 400, "E0000031"},
		{"/api/v1/devices?search=nothing", 400, "E0000031"},
		{"/api/v1/devices?expand=apps", 400, "E0000001"},
		{"/api/v1/principal-rate-limits", 400, "E0000028"},
		{"/api/v1/agentPools?limitPerPoolType=0", 400, "E0000001"},
		{"/api/v1/agentPools?after=x", 400, "E0000029"},
		{"/api/v1/brands?expand=themes", 501, "E0000060"},
		{"/api/v1/iam/governance/bundles?after=x", 400, "E0000029"},
		{"/api/v1/threats/configuration?a=b", 400, "E0000001"},
		{"/api/v1/zones/nzo1", 404, "E0000007"},
		{"/api/v1/domains/OcD1", 404, "E0000163"},
		{"/api/v1/policies/00p1/app", 404, "E0000007"},
		{"/api/v1/policies/00p1/mappings", 404, "E0000007"},
		{"/api/v1/idps/0oa1/users", 404, "E0000007"},
		{"/api/v1/ssf/stream?stream_id=esc1", 404, "E0000007"},
		{"/api/v1/org/contacts/legal", 404, "E0000007"},
		{"/api/v1/meta/schemas/user/osc1", 404, "E0000007"},
		{"/api/v1/meta/schemas/apps/0oa1/default", 404, "E0000007"},
	} {
		c.admin("GET", tt.path, nil).wantError(t, tt.status, tt.code, "")
	}
}

// TestAgentPools reads pools of two types, five of each on a page if nothing else
// is asked.
func TestAgentPools(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Assets: 12})
	count := func(path string) (perPage []int) {
		for path != "" {
			a := c.admin("GET", path, nil).want(t, 200)
			perPage, path = append(perPage, len(a.list(t))), c.nextPath(a)
		}
		return perPage
	}
	for path, want := range map[string][]int{
		"/api/v1/agentPools":                                     {5, 5, 3},
		"/api/v1/agentPools?limitPerPoolType=200":                {13},
		"/api/v1/agentPools?limitPerPoolType=10&poolType=AD":     {10, 2},
		"/api/v1/agentPools?limitPerPoolType=10&poolType=Radius": {1},
	} {
		if got := count(path); !slices.Equal(got, want) {
			t.Errorf("%s: pages of %v, want %v", path, got, want)
		}
	}
}

// TestDevices looks at the users of devices, and for what changed since.
func TestDevices(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{Users: 3})
		users := func(path string) []any {
			device := c.admin("GET", path, nil).want(t, 200).list(t)[0]
			return device["_embedded"].(map[string]any)["users"].([]any)
		}
		whole := users("/api/v1/devices?expand=user")[0].(map[string]any)["user"].(map[string]any)
		short := users("/api/v1/devices?expand=userSummary")[0].(map[string]any)["user"].(map[string]any)
		if whole["credentials"] == nil || short["credentials"] != nil || whole["id"] != short["id"] {
			t.Errorf("users: %v and %v", whole, short)
		}
		if d := c.admin("GET", "/api/v1/devices", nil).want(t, 200); strings.Contains(d.body, "_embedded") {
			t.Errorf("without expand: %s", d.body)
		}
		for _, path := range []string{"/api/v1/devices?expand=user", "/api/v1/devices?expand=userSummary"} {
			c.wantAssets(path, c.admin("GET", path, nil).want(t, 200).list(t))
		}
		user := whole["id"].(string)
		c.admin("POST", usersPath+user+"/lifecycle/deactivate", nil).want(t, 200)
		c.admin("DELETE", usersPath+user, nil).want(t, 204)
		if left := users("/api/v1/devices?expand=user"); len(left) != 0 {
			t.Errorf("a deleted user is still of the device: %v", left)
		}

		time.Sleep(time.Minute)
		since := time.Now().UTC().Format(time.RFC3339)
		time.Sleep(time.Minute)
		id := c.put("/api/v1/devices", map[string]any{"status": "SUSPENDED"})
		got := c.admin("GET", "/api/v1/devices?search="+url.QueryEscape(`lastUpdated gt "`+since+`"`), nil).want(t, 200)
		if ids := namesOf(got.list(t), "id"); !slices.Equal(ids, []string{id}) || !strings.Contains(got.body, "/lifecycle/unsuspend") {
			t.Errorf("changed since: %s", got.body)
		}
	})
}

// TestPolicyApps reads the apps of a policy, of which the Admin Console is shown to
// Super Admins only.
func TestPolicyApps(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	var policy string
	for _, p := range c.admin("GET", "/api/v1/policies?type=ACCESS_POLICY", nil).want(t, 200).list(t) {
		if p["name"] == "Okta Admin Console" {
			policy = p["id"].(string)
		}
	}
	path := "/api/v1/policies/" + policy
	apps := c.admin("GET", path+"/app", nil).want(t, 200).list(t)
	if got := namesOf(apps, "name"); !slices.Equal(got, []string{"saasure"}) {
		t.Errorf("apps: %v", got)
	}
	mapping := apps[0]["_links"].(map[string]any)["policyMapping"].(map[string]any)["href"].(string)
	c.admin("GET", strings.TrimPrefix(mapping, c.org.URL()), nil).want(t, 200)
	reader := "SSWS " + c.org.NewAPIToken("READ_ONLY_ADMIN")
	if got := c.do("GET", path+"/app", reader, nil).want(t, 200).list(t); len(got) != 0 {
		t.Errorf("a read-only admin sees %v", got)
	}
}

// TestAssetLinks follows all links of all assets.
func TestAssetLinks(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited(), Users: 3})
	crawl := &crawler{caller: c, t: t, seen: map[string]bool{}}
	for _, template := range oktatest.AssetPaths() {
		lists, err := c.org.AssetLists(template)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range lists {
			for _, path := range c.readPaths(list) {
				crawl.visit(path)
			}
		}
	}
	if len(crawl.seen) < 200 {
		t.Errorf("%d links were followed", len(crawl.seen))
	}
}
