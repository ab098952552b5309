package oktatest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const (
	rolesPath = "/api/v1/iam/roles"
	setsPath  = "/api/v1/iam/resource-sets"
)

type object = map[string]any

// newRole makes a custom role and returns its id.
func (c *caller) newRole(label string, permissions ...string) string {
	c.t.Helper()
	body := object{"label": label, "description": "d", "permissions": permissions}
	return c.admin("POST", rolesPath, body).want(c.t, 200).text(c.t, "id")
}

// newSet makes a resource set of paths of the org and returns its id.
func (c *caller) newSet(label string, paths ...string) string {
	c.t.Helper()
	var resources []string
	for _, path := range paths {
		resources = append(resources, c.org.URL()+path)
	}
	body := object{"label": label, "description": "d", "resources": resources}
	return c.admin("POST", setsPath, body).want(c.t, 200).text(c.t, "id")
}

// bind gives a client a role over a set.
func (c *caller) bind(set, role, client string) answer {
	c.t.Helper()
	return c.admin("POST", setsPath+"/"+set+"/bindings",
		object{"role": role, "members": []string{c.org.URL() + "/oauth2/v1/clients/" + client}})
}

// items returns a list in an object of the body.
func (a answer) items(t testing.TB, name string) []object {
	t.Helper()
	list, ok := a.json(t)[name].([]any)
	if !ok {
		t.Fatalf("%s is no list in %s", name, a.body)
	}
	var items []object
	for _, item := range list {
		items = append(items, item.(object))
	}
	return items
}

func TestCustomRole(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	a := c.admin("POST", rolesPath, object{"label": "Suspender ' $", "description": "suspends", "permissions": []string{
		"okta.users.read", "okta.users.lifecycle.suspend",
	}}).want(t, 200)
	id := a.text(t, "id")
	self := "https://acme-admin.okta.com/api/v1/iam/roles/" + id
	if got, want := a.header.Get("Link"), "<"+self+`>; rel="self"`; got != want {
		t.Errorf("Link = %s, want %s", got, want)
	}
	if got := a.text(t, "_links.permissions.href"); got != self+"/permissions" {
		t.Errorf("permissions = %s", got)
	}
	for _, name := range []string{id, "Suspender%20%27%20$"} {
		if got := c.admin("GET", rolesPath+"/"+name, nil).want(t, 200).body; got != a.body {
			t.Errorf("by %s: %s, want %s", name, got, a.body)
		}
	}
	c.admin("PUT", rolesPath+"/"+id, object{"label": "b", "description": "c"}).want(t, 200)
	if got := c.admin("GET", rolesPath, nil).want(t, 200).items(t, "roles"); len(got) != 1 || got[0]["label"] != "b" {
		t.Errorf("roles = %v", got)
	}
	c.admin("DELETE", rolesPath+"/b", nil).want(t, 204)
	c.admin("DELETE", rolesPath+"/"+id, nil).wantError(t, 404, "E0000007", "")
}

func TestCustomRoleRefused(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.newRole("taken", "okta.users.read")
	other := c.newRole("other", "okta.users.read")
	tests := []struct {
		label, description, permission, cause string
	}{
		{"", "d", "okta.users.read", "label"},
		{"a", "", "okta.users.read", "description"},
		{"a", "d", "", "permissions"},
		{"a", "d", "okta.logs.read", "okta.logs.read"},
		{"a", "d", "okta.devices.", "okta.devices."},
		{"taken", "d", "okta.users.read", "already exists"},
	}
	for _, tt := range tests {
		body := object{"label": tt.label, "description": tt.description}
		if tt.permission != "" {
			body["permissions"] = []string{tt.permission}
		}
		c.admin("POST", rolesPath, body).wantError(t, 400, "E0000001", tt.cause)
	}
	c.admin("PUT", rolesPath+"/"+other, object{"label": "taken", "description": "d"}).wantError(t, 400, "E0000001", "already exists")
	c.admin("PUT", rolesPath+"/"+other, object{"label": "other", "description": "e"}).want(t, 200)
	c.newRole("devices", "okta.devices.read")
}

func TestPermissions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	path := rolesPath + "/" + c.newRole("r", "okta.users.read") + "/permissions"
	c.admin("POST", path+"/okta.groups.read", nil).want(t, 204)
	c.admin("POST", path+"/okta.groups.read", nil).want(t, 204)
	c.admin("POST", path+"/okta.nonsense", nil).wantError(t, 400, "E0000001", "okta.nonsense")
	condition := object{"conditions": object{"include": object{"okta:ResourceAttribute/User/Profile": []string{"title"}}}}
	a := c.admin("PUT", path+"/okta.users.read", condition).want(t, 200)
	if !strings.Contains(a.body, `["title"]`) {
		t.Errorf("body = %s", a.body)
	}
	if got, want := a.header.Get("Link"), "<https://acme-admin.okta.com"+path+`/okta.users.read>; rel="self"`; got != want {
		t.Errorf("Link = %s, want %s", got, want)
	}
	a = c.admin("GET", path, nil).want(t, 200)
	if got := a.header.Get("Link"); got != "" {
		t.Errorf("Link of the list = %s, want none", got)
	}
	var names []string
	for _, p := range a.items(t, "permissions") {
		names = append(names, p["label"].(string))
	}
	if want := []string{"okta.groups.read", "okta.users.read"}; !slices.Equal(names, want) {
		t.Errorf("permissions = %v, want %v", names, want)
	}
	c.admin("DELETE", path+"/okta.users.read", nil).want(t, 204)
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		var body any
		if method == "PUT" {
			body = condition
		}
		c.admin(method, path+"/okta.users.read", body).wantError(t, 404, "E0000007", "")
	}
}

func TestResourceSet(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp()
	id := c.newSet("s", "/api/v1/users")
	path := setsPath + "/" + id
	c.admin("PATCH", path+"/resources", object{"additions": []string{
		c.org.URL() + "/api/v1/users", c.org.URL() + "/api/v1/groups", c.org.URL() + "/api/v1/apps/" + app,
		"orn:okta:idp:" + c.org.ID() + ":policies",
	}}).want(t, 200)
	var orns []string
	resources := c.admin("GET", path+"/resources?limit=200", nil).want(t, 200).items(t, "resources")
	for _, r := range resources {
		orns = append(orns, r["orn"].(string))
	}
	org := c.org.ID()
	want := []string{
		"orn:okta:directory:" + org + ":users", "orn:okta:directory:" + org + ":groups",
		"orn:okta:idp:" + org + ":apps:oidc_client:" + app, "orn:okta:idp:" + org + ":policies",
	}
	if !slices.Equal(orns, want) {
		t.Errorf("ORNs = %v, want %v", orns, want)
	}
	c.admin("DELETE", path+"/resources/"+resources[0]["id"].(string), nil).want(t, 204)
	c.admin("DELETE", path+"/resources/"+resources[0]["id"].(string), nil).wantError(t, 404, "E0000007", "")

	c.newSet("taken", "/api/v1/users")
	c.admin("PUT", path, object{"label": "taken", "description": "d"}).wantError(t, 400, "E0000001", "already exists")
	c.admin("PUT", path, object{"label": "t", "description": "d"}).want(t, 200)
	for _, bad := range []string{"/api/v1/users", "https://evil.example/api/v1/users", c.org.URL() + "/api/v1/logs", c.org.URL() + "/api/v1/users/", "orn:a", c.org.URL() + "/api/v1/apps/0oaunknown"} {
		body := object{"label": "x", "description": "d", "resources": []string{bad}}
		c.admin("POST", setsPath, body).wantError(t, 400, "E0000001", "is not a resource")
	}
	c.admin("POST", setsPath, object{"label": "x", "description": "d"}).wantError(t, 400, "E0000001", "resources")
	c.admin("DELETE", setsPath+"/t", nil).want(t, 204)
	c.admin("GET", path, nil).wantError(t, 404, "E0000007", "ResourceSet")
}

// TestBinding follows a binding from its making to its end.
func TestBinding(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app, other := c.newApp(), c.newApp()
	before := string(c.org.State())
	role, set := c.newRole("r", "okta.users.read"), c.newSet("s", "/api/v1/users")
	path := setsPath + "/" + set + "/bindings"
	c.admin("GET", path+"/"+role, nil).wantError(t, 404, "E0000007", "")
	c.bind("s", "r", app).want(t, 200)
	c.bind(set, role, other).wantError(t, 400, "E0000001", "already bound")
	if got := c.admin("GET", path, nil).want(t, 200).items(t, "roles"); len(got) != 1 || got[0]["id"] != role {
		t.Errorf("bindings = %v", got)
	}
	members := path + "/" + role + "/members"
	url := c.org.URL() + "/oauth2/v1/clients/"
	c.admin("PATCH", members, object{"additions": []string{url + app, url + other}}).want(t, 200)
	list := c.admin("GET", members, nil).want(t, 200).items(t, "members")
	if len(list) != 2 {
		t.Fatalf("members = %v, want 2", list)
	}
	if got := list[0]["_links"].(object)["self"].(object)["href"]; got != url+app {
		t.Errorf("first member = %s, want %s", got, url+app)
	}

	held := c.admin("GET", "/oauth2/v1/clients/"+app+"/roles", nil).want(t, 200).list(t)
	if len(held) != 1 || held[0]["type"] != "CUSTOM" || held[0]["label"] != "r" || held[0]["role"] != role ||
		held[0]["resource-set"] != set || held[0]["id"] != list[0]["id"] {
		t.Errorf("roles of the client = %v", held)
	}

	c.admin("DELETE", rolesPath+"/"+role, nil).wantError(t, 400, "E0000001", "is bound")
	c.admin("DELETE", setsPath+"/"+set, nil).wantError(t, 400, "E0000001", "has bindings")
	c.admin("DELETE", members+"/"+list[0]["id"].(string), nil).want(t, 204)
	c.admin("DELETE", members+"/"+list[0]["id"].(string), nil).wantError(t, 404, "E0000007", "")
	c.admin("DELETE", path+"/"+role, nil).want(t, 204)
	if got := c.admin("GET", "/oauth2/v1/clients/"+other+"/roles", nil).want(t, 200).list(t); len(got) != 0 {
		t.Errorf("roles after the binding is deleted = %v", got)
	}
	c.admin("DELETE", setsPath+"/"+set, nil).want(t, 204)
	c.admin("DELETE", rolesPath+"/"+role, nil).want(t, 204)
	if after := string(c.org.State()); after != before {
		t.Errorf("state after all is deleted:\n%s\nbefore:\n%s", after, before)
	}
}

func TestBindingRefused(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp()
	role, set := c.newRole("r", "okta.users.read"), c.newSet("s", "/api/v1/users")
	path := setsPath + "/" + set + "/bindings"
	member := c.org.URL() + "/oauth2/v1/clients/" + app
	web := serviceApp("web")
	web["settings"].(object)["oauthClient"] = object{"application_type": "web", "grant_types": []string{"authorization_code"},
		"response_types": []string{"code"}, "redirect_uris": []string{"https://example.com/"}}
	web["credentials"].(object)["oauthClient"] = object{"token_endpoint_auth_method": "client_secret_basic"}
	webID := c.admin("POST", "/api/v1/apps", web).want(t, 200).text(t, "id")
	tests := []struct {
		role    any
		members []string
		status  int
		code    string
	}{
		{nil, []string{member}, 400, "E0000001"},
		{"unknown", []string{member}, 404, "E0000007"},
		{role, nil, 400, "E0000001"},
		{role, []string{app}, 400, "E0000001"},
		{role, []string{c.org.URL() + "/api/v1/users/00uunknown"}, 400, "E0000001"},
		{role, []string{c.org.URL() + "/oauth2/v1/clients/" + webID}, 400, "E0000227"},
	}
	for _, tt := range tests {
		c.admin("POST", path, object{"role": tt.role, "members": tt.members}).wantError(t, tt.status, tt.code, "")
	}
	c.admin("POST", setsPath+"/unknown/bindings", object{"role": role, "members": []string{member}}).wantError(t, 404, "E0000007", "ResourceSet")
	if got := c.admin("GET", path, nil).want(t, 200).items(t, "roles"); len(got) != 0 {
		t.Errorf("a refused request made bindings: %v", got)
	}
}

// TestCustomAssignment assigns a custom role by the roles of a client.
func TestCustomAssignment(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp()
	role, set := c.newRole("r", "okta.users.read"), c.newSet("s", "/api/v1/users")
	path := "/oauth2/v1/clients/" + app + "/roles"
	body := object{"type": "CUSTOM", "role": role, "resource-set": set}
	a := c.admin("POST", path, body).want(t, 201)
	c.admin("POST", path, body).wantError(t, 409, "E0000090", "")
	c.admin("POST", path, object{"type": "CUSTOM", "role": "unknown", "resource-set": set}).wantError(t, 404, "E0000007", "CustomRole")
	c.admin("POST", path, object{"type": "CUSTOM", "role": role, "resource-set": "unknown"}).wantError(t, 404, "E0000007", "ResourceSet")
	c.admin("GET", setsPath+"/"+set+"/bindings/"+role, nil).want(t, 200)
	member := strings.TrimPrefix(a.text(t, "_links.member.href"), c.org.URL())
	c.admin("GET", member, nil).want(t, 200)

	// Deleting the app ends its membership, not the binding.
	c.admin("POST", "/api/v1/apps/"+app+"/lifecycle/deactivate", nil).want(t, 200)
	c.admin("DELETE", "/api/v1/apps/"+app, nil).want(t, 204)
	c.admin("GET", member, nil).want(t, 404)
	c.admin("GET", setsPath+"/"+set+"/bindings/"+role, nil).want(t, 200)
}

// TestIAMPages follows the links in the bodies of lists.
func TestIAMPages(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	var paths []string
	for i := range 201 {
		c.newRole(fmt.Sprint("role ", i), "okta.users.read")
		paths = append(paths, fmt.Sprint("/api/v1/groups/g", i))
	}
	set := setsPath + "/" + c.newSet("s", paths...)
	tests := []struct {
		path, name, host, query string
		pages                   []int
	}{
		{rolesPath, "roles", "https://acme-admin.okta.com", "", []int{100, 100, 1}},
		{set + "/resources", "resources", c.org.URL(), "", []int{100, 100, 1}},
		{set + "/resources", "resources", c.org.URL(), "?limit=150", []int{150, 51}},
	}
	for _, tt := range tests {
		var pages []int
		seen := map[any]bool{}
		for next := tt.path + tt.query; next != ""; {
			a := c.admin("GET", next, nil).want(t, 200)
			items := a.items(t, tt.name)
			for _, item := range items {
				seen[item["id"]] = true
			}
			pages, next = append(pages, len(items)), ""
			if link, ok := a.json(t)["_links"].(object)["next"].(object); ok {
				href := link["href"].(string)
				if next, ok = strings.CutPrefix(href, tt.host); !ok {
					t.Fatalf("next = %s, want it at %s", href, tt.host)
				}
			}
		}
		if !slices.Equal(pages, tt.pages) || len(seen) != 201 {
			t.Errorf("%s%s: pages %v with %d ids, want %v with 201", tt.path, tt.query, pages, len(seen), tt.pages)
		}
	}
	c.admin("GET", rolesPath+"?after=x", nil).wantError(t, 400, "E0000029", "")
}

// TestIAMNotFound asks everywhere for what does not exist.
func TestIAMNotFound(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.newRole("r", "okta.users.read")
	c.newSet("s", "/api/v1/users")
	bodyOf := func(method, path string) any {
		switch {
		case method == "GET" || method == "DELETE":
			return nil
		case method == "PATCH":
			return object{"additions": []string{}}
		case strings.HasSuffix(path, "/bindings"):
			return object{"role": "r"}
		case strings.Contains(path, "/permissions/"):
			return object{}
		}
		return object{"label": "a", "description": "b"}
	}
	for _, call := range []string{
		"GET /roles/x", "PUT /roles/x", "DELETE /roles/x", "GET /roles/x/permissions", "GET /roles/x/permissions/okta.users.read",
		"POST /roles/x/permissions/okta.users.read", "PUT /roles/x/permissions/okta.users.read", "DELETE /roles/x/permissions/okta.users.read",
		"GET /resource-sets/x", "PUT /resource-sets/x", "DELETE /resource-sets/x",
		"GET /resource-sets/x/resources", "PATCH /resource-sets/x/resources", "DELETE /resource-sets/x/resources/y",
		"GET /resource-sets/x/bindings", "POST /resource-sets/x/bindings", "GET /resource-sets/x/bindings/r", "GET /resource-sets/s/bindings/x",
		"GET /resource-sets/s/bindings/r", "DELETE /resource-sets/s/bindings/r", "GET /resource-sets/s/bindings/r/members",
		"PATCH /resource-sets/s/bindings/r/members", "GET /resource-sets/s/bindings/r/members/y", "DELETE /resource-sets/s/bindings/r/members/y",
	} {
		method, path, _ := strings.Cut(call, " ")
		c.admin(method, "/api/v1/iam"+path, bodyOf(method, path)).wantError(t, 404, "E0000007", "Not found: Resource not found: ")
	}
}

// TestIAMCustomDomain shows that an org under a domain of its own links to
// itself.
func TestIAMCustomDomain(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Origin: "https://login.example.com"})
	id := c.newRole("r", "okta.users.read")
	if got, want := c.admin("GET", rolesPath+"/r", nil).text(t, "_links.self.href"), "https://login.example.com"+rolesPath+"/"+id; got != want {
		t.Errorf("self = %s, want %s", got, want)
	}
}

// unlimited is no rate limit at all.
func unlimited() map[string]int {
	limits := oktatest.DefaultRateLimits()
	for class := range limits {
		limits[class] = 0
	}
	return limits
}
