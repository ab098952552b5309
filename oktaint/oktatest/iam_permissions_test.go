package oktatest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestPermissionsOpen shows what each permission lets an app do, by trying
// every call with every permission.
func TestPermissionsOpen(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	calls := []struct {
		name, method, path string
		body               any
		opens              []string
	}{
		{"users", "GET", "/api/v1/users", nil, []string{"okta.users.read", "okta.users.manage"}},
		{"groups", "GET", "/api/v1/groups", nil, []string{"okta.groups.read", "okta.groups.manage"}},
		{"new group", "POST", "/api/v1/groups", nil, []string{"okta.groups.create", "okta.groups.manage"}},
		{"apps", "GET", "/api/v1/apps", nil, []string{"okta.apps.read", "okta.apps.manage"}},
		{"logs", "GET", "/api/v1/logs", nil, nil},
		{"roles", "GET", rolesPath, nil, []string{"okta.iam.read"}},
		{"tokens", "GET", "/api/v1/api-tokens", nil, []string{"okta.users.apitokens.read", "okta.users.apitokens.manage"}},
		{"new role", "POST", rolesPath, object{}, nil},
	}
	permissions := []string{
		"okta.users.read", "okta.users.manage", "okta.users.lifecycle.suspend", "okta.groups.read", "okta.groups.create",
		"okta.groups.manage", "okta.apps.read", "okta.apps.manage", "okta.iam.read", "okta.users.apitokens.read", "okta.users.apitokens.manage",
	}
	scopes := []string{"okta.users.read", "okta.groups.manage", "okta.apps.read", "okta.logs.read", "okta.roles.manage", "okta.apiTokens.read"}
	for i, permission := range permissions {
		app := c.newApp(scopes...)
		set := c.newSet(fmt.Sprint("set ", i), "/api/v1/users", "/api/v1/groups", "/api/v1/apps")
		c.bind(set, c.newRole(permission, permission), app).want(t, 200)
		auth := c.bearer(app, scopes...)
		for _, call := range calls {
			body := call.body
			if call.name == "new group" {
				body = object{"profile": object{"name": permission}}
			}
			status := c.do(call.method, call.path, auth, body).status
			if opened := status == 200; opened != slices.Contains(call.opens, permission) {
				t.Errorf("%s with %s: status %d", call.name, permission, status)
			}
		}
	}
}

// TestPermissionNeedsResource shows that a permission over a set without its
// kind of resource opens nothing.
func TestPermissionNeedsResource(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.read")
	auth := c.bearer(app, "okta.users.read")
	if a := c.do("GET", "/api/v1/users", auth, nil).want(t, 200); a.body != "[]" {
		t.Errorf("users without a role = %s", a.body)
	}
	user := c.admin("GET", "/api/v1/users/me", nil).want(t, 200).text(t, "id")
	set := c.newSet("s", "/api/v1/groups", "/api/v1/users/"+user)
	c.bind(set, c.newRole("r", "okta.users.read"), app).want(t, 200)
	c.do("GET", "/api/v1/users", auth, nil).wantError(t, 403, "E0000006", "")
	c.admin("PATCH", setsPath+"/"+set+"/resources", object{"additions": []string{c.org.URL() + "/api/v1/users"}}).want(t, 200)
	c.do("GET", "/api/v1/users", auth, nil).want(t, 200)
}

// TestIAMNeedsSuperAdmin tries the endpoints with lesser roles.
func TestIAMNeedsSuperAdmin(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.newRole("r", "okta.users.read")
	readOnly, helpDesk := "SSWS "+c.org.NewAPIToken("READ_ONLY_ADMIN", "ORG_ADMIN"), "SSWS "+c.org.NewAPIToken("HELP_DESK_ADMIN")
	for _, path := range []string{rolesPath, rolesPath + "/r", rolesPath + "/r/permissions", setsPath} {
		c.do("GET", path, readOnly, nil).want(t, 200)
		c.do("GET", path, helpDesk, nil).wantError(t, 403, "E0000006", "")
	}
	c.do("POST", rolesPath, readOnly, object{}).wantError(t, 403, "E0000006", "")
	c.do("POST", setsPath, readOnly, object{}).wantError(t, 403, "E0000006", "")
	c.do("DELETE", rolesPath+"/r", readOnly, nil).wantError(t, 403, "E0000006", "")
	c.do("POST", rolesPath+"/r/permissions/okta.groups.read", readOnly, nil).wantError(t, 403, "E0000006", "")
}

// TestUserWithCustomRole binds a user and a group.
func TestUserWithCustomRole(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	auth := "SSWS " + c.org.NewAPIToken()
	c.do("GET", "/api/v1/users", auth, nil).wantError(t, 403, "E0000006", "")
	user := c.do("GET", "/api/v1/users/me", auth, nil).want(t, 200).text(t, "id")
	group := c.admin("POST", "/api/v1/groups", object{"profile": object{"name": "g"}}).want(t, 200).text(t, "id")
	bindings := setsPath + "/" + c.newSet("s", "/api/v1/users") + "/bindings"
	c.admin("POST", bindings, object{"role": c.newRole("r", "okta.users.read"), "members": []string{
		c.org.URL() + "/api/v1/users/" + user, c.org.URL() + "/api/v1/groups/" + group,
	}}).want(t, 200)
	c.do("GET", "/api/v1/users", auth, nil).want(t, 200)
	if got := c.admin("GET", "/api/v1/users/"+user+"/roles", nil).want(t, 200).list(t); len(got) != 1 || got[0]["assignmentType"] != "USER" {
		t.Errorf("roles = %v", got)
	}
	c.admin("DELETE", "/api/v1/groups/"+group, nil).want(t, 204)
	if got := c.admin("GET", bindings+"/r/members", nil).want(t, 200).items(t, "members"); len(got) != 1 {
		t.Errorf("members after the group is deleted = %v", got)
	}
}
