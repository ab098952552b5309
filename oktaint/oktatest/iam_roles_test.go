package oktatest_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const usersBase = "/api/v1/users/"

// granted gives a role to the user or group of the path and returns the id of
// the assignment.
func (c *caller) granted(holder, role string) string {
	c.t.Helper()
	return c.admin("POST", holder+"/roles", object{"type": role}).want(c.t, 201).text(c.t, "id")
}

// tokenOf makes a user with these roles who has an API token, and returns the
// Authorization header and the user's id.
func (c *caller) tokenOf(roles ...string) (auth, id string) {
	c.t.Helper()
	auth = "SSWS " + c.org.NewAPIToken(roles...)
	return auth, c.do("GET", "/api/v1/users/me", auth, nil).want(c.t, 200).text(c.t, "id")
}

func TestAdminRoles(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	user := c.org.AddUser(oktatest.User{})
	group := c.org.AddGroup(oktatest.Group{Members: []string{user}})
	for holder, test := range map[string]struct{ kind, prefix, event string }{
		usersBase + user:   {"USER", "ra1", "user.account.privilege"},
		groupsPath + group: {"GROUP", "gra", "group.privilege"},
	} {
		id := holder[strings.LastIndexByte(holder, '/')+1:]
		roles := holder + "/roles"
		a := c.admin("POST", roles+"?disableNotifications=true", object{"type": "HELP_DESK_ADMIN"}).want(t, 201)
		if a.text(t, "id") != "JBCUYUC7IRCVGS27IFCE2SKO" || a.text(t, "assignmentType") != test.kind || a.text(t, "_links.assignee.href") != c.org.URL()+holder {
			t.Errorf("assignment = %s", a.body)
		}
		c.admin("POST", roles, object{"type": "HELP_DESK_ADMIN"}).wantError(t, 409, "E0000263", "")
		c.admin("POST", roles, object{"type": "KING"}).wantError(t, 400, "E0000001", "type")
		second := c.granted(holder, "READ_ONLY_ADMIN")
		if !strings.HasPrefix(second, test.prefix) {
			t.Errorf("id = %s", second)
		}
		if got := c.admin("GET", roles+"/"+second, nil).want(t, 200).text(t, "type"); got != "READ_ONLY_ADMIN" {
			t.Errorf("type = %s", got)
		}
		c.admin("DELETE", roles+"/"+second, nil).want(t, 204)
		c.admin("DELETE", roles+"/"+second, nil).wantError(t, 404, "E0000007", "(RoleAssignment)")
		want := []string{test.event + ".grant", test.event + ".grant", test.event + ".revoke"}
		if got := c.eventTypes(id); !slices.Equal(got, want) {
			t.Errorf("events = %v, want %v", got, want)
		}
	}
	rows := c.admin("GET", usersBase+user+"/roles", nil).want(t, 200).list(t)
	var kinds []string
	for _, row := range rows {
		kinds = append(kinds, row["assignmentType"].(string))
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, []string{"GROUP", "USER"}) {
		t.Errorf("the user's roles = %v", rows)
	}
	if got := c.admin("GET", groupsPath+group+"/roles", nil).want(t, 200).list(t); len(got) != 1 {
		t.Errorf("the group's roles = %v", got)
	}
	c.admin("POST", groupsPath+"00gnothing/roles", object{"type": "ORG_ADMIN"}).wantError(t, 404, "E0000007", "(UserGroup)")
	c.admin("POST", usersBase+"00unobody/roles", object{"type": "ORG_ADMIN"}).wantError(t, 404, "E0000007", "(User)")
}

// TestCustomRoleOfGroup gives a custom role to a group directly.
func TestCustomRoleOfGroup(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	auth, user := c.tokenOf()
	group := c.org.AddGroup(oktatest.Group{Members: []string{user}})
	c.do("GET", "/api/v1/users", auth, nil).wantError(t, 403, "E0000006", "")
	body := object{"type": "CUSTOM", "role": c.newRole("r", "okta.users.read"), "resource-set": c.newSet("s", "/api/v1/users")}
	id := c.admin("POST", groupsPath+group+"/roles", body).want(t, 201).text(t, "id")
	c.admin("POST", groupsPath+group+"/roles", body).wantError(t, 409, "E0000090", "")
	c.do("GET", "/api/v1/users", auth, nil).want(t, 200)
	c.admin("DELETE", groupsPath+group+"/roles/"+id, nil).want(t, 204)
	c.do("GET", "/api/v1/users", auth, nil).wantError(t, 403, "E0000006", "")
}

func TestGroupTargets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		user := c.org.AddUser(oktatest.User{})
		roles := usersBase + user + "/roles/"
		targets := roles + c.granted(usersBase+user, "GROUP_MEMBERSHIP_ADMIN") + "/targets/groups"
		one, two := c.org.AddGroup(oktatest.Group{}), c.org.AddGroup(oktatest.Group{})
		a := c.admin("GET", targets, nil).want(t, 200)
		if a.body != "[]" || !strings.Contains(a.header.Get("Link"), "limit=20") {
			t.Errorf("targets = %s, Link %q", a.body, a.header.Get("Link"))
		}
		time.Sleep(time.Second)
		for _, group := range []string{two, one, one} {
			c.admin("PUT", targets+"/"+group, nil).want(t, 204)
		}
		if got := ids(c.admin("GET", targets, nil).want(t, 200).list(t)); !slices.Equal(got, []string{one, two}) {
			t.Errorf("targets = %v", got)
		}
		role := c.admin("GET", strings.TrimSuffix(targets, "/targets/groups"), nil).want(t, 200)
		if role.text(t, "created") == role.text(t, "lastUpdated") {
			t.Errorf("role = %s", role.body)
		}
		c.admin("DELETE", targets+"/"+one, nil).want(t, 204)
		c.admin("DELETE", targets+"/"+one, nil).want(t, 204)
		c.admin("DELETE", targets+"/"+two, nil).wantError(t, 400, "E0000001", "last target")
		c.admin("PUT", targets+"/00gnothing", nil).wantError(t, 404, "E0000007", "(UserGroup)")
		readOnly := roles + c.granted(usersBase+user, "READ_ONLY_ADMIN")
		c.admin("PUT", readOnly+"/targets/groups/"+one, nil).wantError(t, 400, "E0000001", "targets")
		c.admin("GET", roles+"nothing/targets/groups", nil).wantError(t, 404, "E0000007", "(RoleAssignment)")
		c.admin("GET", targets+"?limit=201", nil).wantError(t, 400, "E0000001", "limit")
	})
}

func TestAppTargets(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	group := c.org.AddGroup(oktatest.Group{})
	targets := groupsPath + group + "/roles/" + c.granted(groupsPath+group, "APP_ADMIN") + "/targets/catalog/apps"
	app := c.newApp()
	names := func() (found []string) {
		for _, row := range c.admin("GET", targets, nil).want(t, 200).list(t) {
			found = append(found, row["name"].(string))
		}
		return found
	}
	c.admin("PUT", targets+"/oidc_client/"+app, nil).want(t, 204)
	c.admin("PUT", targets+"/facebook", nil).want(t, 204)
	if got := names(); !slices.Equal(got, []string{"Test app", "facebook"}) {
		t.Errorf("targets = %v", got)
	}
	c.admin("POST", "/api/v1/apps/"+app+"/lifecycle/deactivate", nil).want(t, 200)
	for status, want := range map[string]int{"ACTIVE": 1, "INACTIVE": 1, "DELETED": 0} {
		if got := c.admin("GET", targets+"?status="+status, nil).want(t, 200).list(t); len(got) != want {
			t.Errorf("targets with status %s = %v", status, got)
		}
	}
	c.admin("PUT", targets+"/oidc_client", nil).want(t, 204) // takes the place of the one app
	if got := names(); !slices.Equal(got, []string{"facebook", "oidc_client"}) {
		t.Errorf("targets = %v", got)
	}
	c.admin("PUT", targets+"/oidc_client/"+app, nil).wantError(t, 400, "E0000001", "all apps")
	c.admin("PUT", targets+"/nothing", nil).wantError(t, 404, "E0000007", "")
	c.admin("PUT", targets+"/facebook/"+app, nil).wantError(t, 404, "E0000007", "(AppInstance)")
	c.admin("DELETE", targets+"/oidc_client", nil).want(t, 204)
	c.admin("DELETE", targets+"/oidc_client", nil).want(t, 204)
	c.admin("DELETE", targets+"/facebook", nil).wantError(t, 400, "E0000001", "last target")

	user := c.org.AddUser(oktatest.User{Roles: []string{"APP_ADMIN", "ORG_ADMIN"}})
	role := usersBase + user + "/roles/" + "IFIFAX2BIRGUSTQ/targets/catalog/apps"
	c.admin("PUT", role+"/facebook", nil).want(t, 204)
	c.admin("PUT", role, nil).want(t, 200)
	if got := c.admin("GET", role, nil).want(t, 200).body; got != "[]" {
		t.Errorf("targets = %s", got)
	}
}

// TestClientTargets limits a role of an app.
func TestClientTargets(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.groups.manage")
	role := c.assign(app, "GROUP_MEMBERSHIP_ADMIN").want(t, 201).text(t, "id")
	user := c.org.AddUser(oktatest.User{})
	mine, other := c.org.AddGroup(oktatest.Group{}), c.org.AddGroup(oktatest.Group{})
	c.admin("PUT", "/oauth2/v1/clients/"+app+"/roles/"+role+"/targets/groups/"+mine, nil).want(t, 204)
	auth := c.bearer(app, "okta.groups.manage")
	c.do("PUT", groupsPath+mine+"/users/"+user, auth, nil).want(t, 204)
	c.do("PUT", groupsPath+other+"/users/"+user, auth, nil).wantError(t, 403, "E0000006", "")
}

func TestAssignees(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	const path = "/api/v1/iam/assignees/users"
	owner := c.admin("GET", "/api/v1/users/me", nil).want(t, 200).text(t, "id")
	own, through := c.org.AddUser(oktatest.User{Roles: []string{"ORG_ADMIN", "APP_ADMIN"}}), c.org.AddUser(oktatest.User{})
	c.org.AddUser(oktatest.User{})
	c.org.AddGroup(oktatest.Group{Members: []string{own, through}, Roles: []string{"HELP_DESK_ADMIN"}})
	a := c.admin("GET", path, nil).want(t, 200)
	found := a.items(t, "value")
	if got := ids(found); !slices.Equal(got, []string{owner, own, through}) {
		t.Errorf("assignees = %v", got)
	}
	if found[1]["orn"] != "orn:okta:directory:"+c.org.ID()+":users:"+own || a.json(t)["_links"] != nil {
		t.Errorf("assignees = %s", a.body)
	}
	a = c.admin("GET", path+"?limit=2", nil).want(t, 200)
	next := strings.TrimPrefix(a.text(t, "_links.next.href"), c.org.URL())
	if rest := c.admin("GET", next, nil).want(t, 200); len(a.items(t, "value")) != 2 || !slices.Equal(ids(rest.items(t, "value")), []string{through}) {
		t.Errorf("pages = %s and %s", a.body, rest.body)
	}
	c.admin("GET", path+"?after=x", nil).wantError(t, 400, "E0000029", "cursor")
	if text := c.admin("GET", path+"?after=x", nil).text(t, "errorSummary"); text != "Invalid paging request." {
		t.Errorf("errorSummary = %q", text)
	}
	c.do("GET", path, "SSWS "+c.org.NewAPIToken("HELP_DESK_ADMIN"), nil).wantError(t, 403, "E0000006", "")
}

// TestRoleOrder lists assignments, whose order is not that of their making.
func TestRoleOrder(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	want := []string{
		"APP_ADMIN", "SUPER_ADMIN", "GROUP_MEMBERSHIP_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN",
		"ORG_ADMIN", "REPORT_ADMIN", "MOBILE_ADMIN", "READ_ONLY_ADMIN",
	}
	app := c.newApp()
	user := c.org.AddUser(oktatest.User{})
	group := c.org.AddGroup(oktatest.Group{Name: "admins"})
	for _, path := range []string{usersBase + user, "/api/v1/groups/" + group, "/oauth2/v1/clients/" + app} {
		for _, role := range slices.Backward(want) {
			c.granted(path, role)
		}
		var got []string
		for _, a := range c.admin("GET", path+"/roles", nil).want(t, 200).list(t) {
			got = append(got, a["type"].(string))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: roles %v, want %v", path, got, want)
		}
	}
}
