package oktatest_test

import (
	"fmt"
	"slices"
	"strings"
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
		c.admin("PATCH", setsPath+"/"+set+"/resources", object{"additions": []string{"orn:okta:iam:" + c.org.ID() + ":contained_resources"}}).want(t, 200)
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

// TestIAMReader tries what shows roles: below SUPER_ADMIN it takes okta.iam.read, which
// changes nothing.
func TestIAMReader(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.newRole("r", "okta.users.read")
	set := setsPath + "/" + c.newSet("s", "/api/v1/users")
	app := c.newApp()
	c.bind("s", "r", app).want(t, 200)
	admin, group := usersBase+c.org.AddUser(oktatest.User{Roles: []string{"APP_ADMIN"}}), "/api/v1/groups/"+c.org.AddGroup(oktatest.Group{Roles: []string{"APP_ADMIN"}})
	client := "/oauth2/v1/clients/" + app
	iam := c.serviceApp(oktatest.ServiceApp{Permissions: []string{"okta.iam.read"}}, "okta.roles.manage")
	readOnly := c.serviceApp(oktatest.ServiceApp{Roles: []string{"READ_ONLY_ADMIN", "ORG_ADMIN"}}, "okta.roles.manage")
	reads := []string{
		rolesPath, rolesPath + "/r", rolesPath + "/r/permissions", setsPath, set, set + "/resources", set + "/bindings",
		set + "/bindings/r", set + "/bindings/r/members", "/api/v1/iam/assignees/users",
		admin + "/roles", admin + "/roles/IFIFAX2BIRGUSTQ", admin + "/roles/IFIFAX2BIRGUSTQ/targets/catalog/apps",
		group + "/roles", group + "/roles/IFIFAX2BIRGUSTQ/targets/catalog/apps", client + "/roles",
	}
	for _, path := range reads {
		c.do("GET", path, iam, nil).want(t, 200)
		c.do("GET", path, readOnly, nil).wantError(t, 403, "E0000006", "")
	}
	for _, w := range []string{"POST " + rolesPath, "POST " + setsPath, "DELETE " + rolesPath + "/r", "POST " + admin + "/roles", "POST " + rolesPath + "/r/permissions/okta.groups.read"} {
		method, path, _ := strings.Cut(w, " ")
		c.do(method, path, iam, object{}).wantError(t, 403, "E0000006", "")
	}
	// Nor may one read one's own roles, be it user or app.
	own := "SSWS " + c.org.NewAPIToken("READ_ONLY_ADMIN")
	me := c.do("GET", "/api/v1/users/me", own, nil).want(t, 200).text(t, "id")
	c.do("GET", usersBase+me+"/roles", own, nil).wantError(t, 403, "E0000006", "")
	c.do("GET", "/api/v1/users/me/roles", own, nil).wantError(t, 403, "E0000006", "")
}

// TestIAMResources tries over which sets okta.iam.read shows roles, and which ORNs of them
// an org takes.
func TestIAMResources(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		config oktatest.Config
		orn    string // with ORG for the id of the org
		status int
	}{
		{oktatest.Config{}, "orn:okta:iam:ORG:contained_resources", 200},
		{oktatest.Config{Partition: "oktapreview"}, "orn:oktapreview:iam:ORG:contained_resources", 200},
		{oktatest.Config{Partition: "oktapreview"}, "orn:okta:iam:ORG:contained_resources", 400},
		{oktatest.Config{}, "orn:okta:iam:00oanother:contained_resources", 400},
		{oktatest.Config{}, "orn:okta:iam:ORG:roles", 400},
		{oktatest.Config{NoIAMResources: true}, "orn:okta:iam:ORG:contained_resources", 400},
	} {
		c := newCaller(t, tc.config)
		app := c.newApp("okta.roles.read")
		auth := c.bearer(app, "okta.roles.read")
		orn := strings.Replace(tc.orn, "ORG", c.org.ID(), 1)
		a := c.admin("POST", setsPath, object{"label": "iam", "description": "d", "resources": []string{orn}}).want(t, tc.status)
		if tc.status != 200 {
			a.wantError(t, 400, "E0000001", "is not a resource")
			continue
		}
		c.newSet("users", "/api/v1/users", "/api/v1/groups")
		c.newRole("r", "okta.iam.read")
		c.bind("users", "r", app).want(t, 200)
		c.do("GET", rolesPath, auth, nil).wantError(t, 403, "E0000006", "")
		c.bind("iam", "r", app).want(t, 200)
		c.do("GET", rolesPath, auth, nil).want(t, 200)
	}
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
