package oktatest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestPolicyForm looks at what Okta shows of its own policies and rules, and of
// others, in a list and alone.
func TestPolicyForm(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	links := func(o map[string]any) string {
		return strings.Join(slices.Sorted(maps.Keys(o["_links"].(map[string]any))), " ")
	}
	allowed := func(o map[string]any) string {
		var all []string
		for _, m := range o["_links"].(map[string]any)["self"].(map[string]any)["hints"].(map[string]any)["allow"].([]any) {
			all = append(all, m.(string))
		}
		return strings.Join(all, " ")
	}
	for _, p := range c.admin("GET", "/api/v1/policies?type=ACCESS_POLICY", nil).want(t, 200).list(t) {
		wantLinks, wantAllowed := "deactivate mappings rules self", "GET PUT DELETE"
		if p["system"] == true {
			wantLinks, wantAllowed = "rules self", "GET PUT"
		}
		if links(p) != wantLinks || allowed(p) != wantAllowed {
			t.Errorf("%v: links %s, %s", p["name"], links(p), allowed(p))
		}
		path := "/api/v1/policies/" + p["id"].(string)
		one := c.admin("GET", path, nil).want(t, 200).json(t)
		if p["_embedded"] == nil || one["_embedded"] != nil {
			t.Errorf("%v: embedded %v in the list, %v alone", p["name"], p["_embedded"], one["_embedded"])
		}
		for _, r := range c.admin("GET", path+"/rules", nil).want(t, 200).list(t) {
			if want := map[bool]string{true: "self", false: "deactivate self"}[r["system"] == true]; links(r) != want {
				t.Errorf("rule %v: links %s, want %s", r["name"], links(r), want)
			}
		}
	}
}

// TestAssetLinkHeaders compares the Link headers of lists with those recorded.
func TestAssetLinkHeaders(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	policy := c.admin("GET", "/api/v1/policies?type=PASSWORD", nil).list(t)[0]["id"].(string)
	for path, want := range map[string]string{
		"/api/v1/policies?type=PASSWORD":              "/api/v1/policies?type=PASSWORD",
		"/api/v1/policies?limit=20&type=PASSWORD":     "/api/v1/policies?type=PASSWORD&limit=20",
		"/api/v1/policies/" + policy + "/rules":       "",
		"/api/v1/authorizationServers/default/scopes": "",
		"/api/v1/trustedOrigins":                      "/api/v1/trustedOrigins?limit=20",
		"/api/v1/authenticators":                      "",
	} {
		got := c.admin("GET", path, nil).want(t, 200).header.Values("Link")
		if want != "" {
			want = "<" + c.org.URL() + want + `>; rel="self"`
		}
		if strings.Join(got, "\n") != want {
			t.Errorf("%s: Link %q, want %q", path, got, want)
		}
	}
	c.admin("GET", "/api/v1/iam/governance/bundles?limit=201", nil).wantError(t, 400, "E0000001", "limit")
}
