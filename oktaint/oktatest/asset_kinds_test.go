package oktatest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// superOnly are the assets that only a Super Admin reads.
var superOnly = []string{
	"/api/v1/first-party-app-settings/{appName}", "/api/v1/meta/schemas/logStream", "/api/v1/org/privacy/aerial",
	"/api/v1/org/privacy/oktaSupport", "/api/v1/org/privacy/oktaSupport/cases", "/workload-principals/api/v1/ai-agents",
}

// schemaAssets are the assets that those read who manage apps or the org.
var schemaAssets = []string{
	"/api/v1/meta/schemas/user/{schemaId}", "/api/v1/meta/schemas/group/default", "/api/v1/meta/schemas/user/linkedObjects",
}

// TestAssetRoles reads every asset as an administrator of each kind.
func TestAssetRoles(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	others := []string{"ORG_ADMIN", "APP_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN", "REPORT_ADMIN", "HELP_DESK_ADMIN"}
	callers := map[string]string{}
	for _, role := range append(others, "SUPER_ADMIN", "READ_ONLY_ADMIN") {
		callers[role] = "SSWS " + c.org.NewAPIToken(role)
	}
	readsUsers := map[string]bool{}
	for role, token := range callers {
		readsUsers[role] = c.do("GET", "/api/v1/users", token, nil).status == 200
	}
	sees := func(role, template string) bool {
		under := func(part string) bool { return strings.Contains(template, part) }
		switch {
		case role == "SUPER_ADMIN":
			return true
		case slices.Contains(superOnly, template):
			return false
		case under("/yubikey_token"):
			return readsUsers[role]
		case slices.Contains(schemaAssets, template):
			return slices.Contains([]string{"ORG_ADMIN", "APP_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"}, role)
		case role == "READ_ONLY_ADMIN" || role == "ORG_ADMIN":
			return true
		case role == "APP_ADMIN":
			return under("/policies") && !under("/authorizationServers") || under("/authenticators") || under("/device-")
		case role == "API_ACCESS_MANAGEMENT_ADMIN":
			return under("/authorizationServers")
		case role == "HELP_DESK_ADMIN":
			return under("/realm")
		}
		return false
	}
	for _, template := range oktatest.AssetPaths() {
		if strings.Contains(template, "/iam/governance") {
			continue // seen by those who read roles
		}
		lists, err := c.org.AssetLists(template)
		if err != nil {
			t.Fatal(err)
		}
		path := c.readPaths(lists[0])[0]
		for role, token := range callers {
			want := map[bool]int{true: 200, false: 403}[sees(role, template)]
			if a := c.do("GET", path, token, nil); a.status != want {
				t.Errorf("%s reads %s: %d, want %d: %s", role, path, a.status, want, a.body)
			}
		}
	}
}

// TestAssetScopes reads every asset with an access token of the scope that its
// endpoint names, and with one of another scope.
func TestAssetScopes(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	needed := map[string]string{}
	for _, e := range oktatest.Endpoints() {
		if e.Method == "GET" && slices.Contains(oktatest.AssetPaths(), e.Path) {
			needed[e.Path] = string(e.Scope)
		}
	}
	app := c.newApp("okta.clients.read")
	granted := map[string]bool{}
	for _, scope := range needed {
		if !granted[scope] {
			c.grant(app, scope).want(t, 200)
		}
		granted[scope] = true
	}
	c.assign(app, "SUPER_ADMIN").want(t, 201)
	tokens := map[string]string{}
	for scope := range granted {
		tokens[scope] = c.bearer(app, scope)
	}
	wrong := c.bearer(app, "okta.clients.read")
	for template, scope := range needed {
		lists, err := c.org.AssetLists(template)
		if err != nil {
			t.Fatal(err)
		}
		path := c.readPaths(lists[0])[0]
		c.do("GET", path, tokens[scope], nil).want(t, 200)
		if a := c.do("GET", path, wrong, nil).want(t, 403); !strings.Contains(a.header.Get("WWW-Authenticate"), "insufficient_scope") {
			t.Errorf("%s without %s: %v", path, scope, a.header)
		}
	}
	if len(needed) < 80 {
		t.Errorf("%d endpoints", len(needed))
	}
}

// TestClassicAssets reads every asset of an org of the Classic Engine: what is
// Identity Engine's alone is not there.
func TestClassicAssets(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Classic: true, RateLimits: unlimited()})
	absent := 0
	for _, template := range oktatest.AssetPaths() {
		lists, err := c.org.AssetLists(template)
		if err != nil {
			t.Fatal(err)
		}
		path := c.readPaths(lists[0])[0]
		if strings.HasPrefix(path, "/api/v1/policies?") {
			path = "/api/v1/policies?type=PASSWORD"
		}
		switch a := c.admin("GET", path, nil); a.status {
		case 200:
		case 404:
			a.wantError(t, 404, "E0000008", "")
			absent++
		default:
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if absent < 12 {
		t.Errorf("%d paths are not there", absent)
	}
	c.admin("GET", "/api/v1/devices", nil).wantError(t, 404, "E0000008", "")
	c.admin("GET", "/api/v1/authenticators", nil).wantError(t, 404, "E0000008", "")
}
