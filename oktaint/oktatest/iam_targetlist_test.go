package oktatest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const everyTarget = "?expand=targets/groups&expand=targets/catalog/apps"

// embedded lists the targets that an assignment of a list shows: names of groups, and
// of apps.
func embedded(t *testing.T, a object) (groups, apps []string) {
	t.Helper()
	targets := a["_embedded"].(object)["targets"].(object)
	if list, shown := targets["groups"]; shown {
		groups = []string{}
		for _, g := range list.([]any) {
			groups = append(groups, g.(object)["profile"].(object)["name"].(string))
		}
	}
	if catalog, shown := targets["catalog"]; shown {
		apps = []string{}
		for _, x := range catalog.(object)["apps"].([]any) {
			apps = append(apps, x.(object)["name"].(string))
		}
	}
	return groups, apps
}

// TestExpandTargets lists the roles of a user, a group and a client with their targets
// in one request; no target is all of the org.
func TestExpandTargets(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	east, west := c.org.AddGroup(oktatest.Group{Name: "East"}), c.org.AddGroup(oktatest.Group{Name: "West"})
	app := c.newApp()
	holders := []string{
		usersBase + c.org.AddUser(oktatest.User{}), "/api/v1/groups/" + c.org.AddGroup(oktatest.Group{Name: "g"}), "/oauth2/v1/clients/" + app,
	}
	for _, holder := range holders {
		for _, role := range []string{"APP_ADMIN", "HELP_DESK_ADMIN", "SUPER_ADMIN"} {
			c.admin("POST", holder+"/roles", object{"type": role}).want(t, 201)
		}
		desk := holder + "/roles/JBCUYUC7IRCVGS27IFCE2SKO/targets/groups/"
		c.admin("PUT", desk+east, nil).want(t, 204)
		c.admin("PUT", desk+west, nil).want(t, 204)
		c.admin("PUT", holder+"/roles/IFIFAX2BIRGUSTQ/targets/catalog/apps/salesforce", nil).want(t, 204)
		got := map[string]string{}
		for _, a := range c.admin("GET", holder+"/roles"+everyTarget, nil).want(t, 200).list(t) {
			groups, apps := embedded(t, a)
			got[a["type"].(string)] = fmt.Sprint(groups, apps)
		}
		want := map[string]string{"APP_ADMIN": "[] [salesforce]", "HELP_DESK_ADMIN": "[East West] []", "SUPER_ADMIN": "[] []"}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: targets = %v, want %v", holder, got, want)
		}
		for _, a := range c.admin("GET", holder+"/roles?expand=targets/groups", nil).want(t, 200).list(t) {
			if groups, apps := embedded(t, a); groups == nil || apps != nil {
				t.Errorf("%s: only groups were asked for: %v", holder, a)
			}
		}
		if a := c.admin("GET", holder+"/roles", nil).want(t, 200); strings.Contains(a.body, "_embedded") {
			t.Errorf("%s: nothing was asked for: %s", holder, a.body)
		}
		c.admin("GET", holder+"/roles?expand=targets", nil).wantError(t, 400, "E0000001", "cannot be expanded")
	}
	set, role := c.newSet("s", "/api/v1/users"), c.newRole("r", "okta.users.read")
	c.bind(set, role, app).want(t, 200)
	for _, a := range c.admin("GET", holders[2]+"/roles"+everyTarget, nil).want(t, 200).list(t) {
		if a["type"] == "CUSTOM" && a["_embedded"] != nil {
			t.Errorf("a custom role has targets: %v", a)
		}
	}
}

// TestRoleTargets lists the targets of a role that a user holds both directly and
// through a group.
func TestRoleTargets(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	user := c.org.AddUser(oktatest.User{Roles: []string{"APP_ADMIN", "READ_ONLY_ADMIN"}})
	team := c.org.AddGroup(oktatest.Group{Name: "team", Members: []string{user}, Roles: []string{"APP_ADMIN"}})
	app := c.newApp()
	targets := "/roles/IFIFAX2BIRGUSTQ/targets/catalog/apps"
	c.admin("PUT", usersBase+user+targets+"/oidc_client/"+app, nil).want(t, 204)
	c.admin("PUT", "/api/v1/groups/"+team+targets+"/salesforce", nil).want(t, 204)
	path := usersBase + user + "/roles/IFIFAX2BIRGUSTQ/targets"
	read := func(query string) (found []string) {
		for _, x := range c.admin("GET", path+query, nil).want(t, 200).list(t) {
			self := x["_links"].(object)["self"].(object)["href"].(string)
			found = append(found, fmt.Sprint(x["assignmentType"], " ", x["orn"], " ", strings.TrimPrefix(self, c.org.URL())))
		}
		return found
	}
	orn := "orn:okta:idp:" + c.org.ID() + ":apps:"
	own := "USER " + orn + "oidc_client:" + app + " /api/v1/apps/" + app
	inherited := "GROUP " + orn + "salesforce /api/v1/apps?filter=name+eq+%22salesforce%22"
	for query, want := range map[string][]string{
		"": {own, inherited}, "?assignmentType=USER": {own}, "?assignmentType=GROUP": {inherited}, "?limit=1": {own},
	} {
		if got := read(query); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
	links := c.admin("GET", path+"?limit=1", nil).header.Values("Link")
	next := strings.TrimSuffix(strings.TrimPrefix(links[len(links)-1], "<"+c.org.URL()), `>; rel="next"`)
	if got := c.admin("GET", next, nil).want(t, 200).list(t); len(got) != 1 || got[0]["assignmentType"] != "GROUP" {
		t.Errorf("second page %s = %v", next, got)
	}
	c.admin("GET", path+"?assignmentType=CLIENT", nil).wantError(t, 400, "E0000001", "assignmentType")
	if got := c.admin("GET", usersBase+user+"/roles/KJCUCRC7J5HEYWK7IFCE2SKO/targets", nil).want(t, 200).list(t); len(got) != 0 {
		t.Errorf("targets of a role that has none = %v", got)
	}
	c.admin("GET", usersBase+user+"/roles/KNKVARKSL5AUITKJJY/targets", nil).wantError(t, 404, "E0000007", "RoleAssignment")
}

// TestOwnRolesOnly leaves out of one list or both what users hold through a group; they
// hold it all the same.
func TestOwnRolesOnly(t *testing.T) {
	t.Parallel()
	for _, cfg := range []oktatest.Config{{}, {OwnRolesOnly: true}, {DirectAssigneesOnly: true}} {
		own, direct := cfg.OwnRolesOnly, cfg.DirectAssigneesOnly
		c := newCaller(t, cfg)
		auth := "SSWS " + c.org.NewAPIToken()
		user := c.do("GET", "/api/v1/users/me", auth, nil).want(t, 200).text(t, "id")
		c.org.AddGroup(oktatest.Group{Members: []string{user}, Roles: []string{"SUPER_ADMIN"}})
		listed, admins := 1, 2
		if own {
			listed, admins = 0, 1 // the owner of the org
		}
		if direct {
			admins = 1
		}
		if got := c.do("GET", usersBase+user+"/roles", auth, nil).want(t, 200).list(t); len(got) != listed || listed > 0 && got[0]["assignmentType"] != "GROUP" {
			t.Errorf("own only %v, direct only %v: roles = %v", own, direct, got)
		}
		if got := c.do("GET", "/api/v1/iam/assignees/users", auth, nil).want(t, 200).items(t, "value"); len(got) != admins {
			t.Errorf("own only %v, direct only %v: admins = %v", own, direct, got)
		}
	}
}
