package oktatest_test

import (
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestGroups(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	a := c.admin("GET", "/api/v1/groups", nil).want(t, 200)
	everyone := a.list(t)[0]
	if everyone["type"] != "BUILT_IN" || everyone["profile"].(map[string]any)["name"] != "Everyone" {
		t.Errorf("groups = %s", a.body)
	}
	path := "/api/v1/groups/"
	c.admin("DELETE", path+everyone["id"].(string), nil).wantError(t, 403, "E0000006", "")
	profile := func(name string) any {
		return map[string]any{"profile": map[string]string{"name": name, "description": "d"}}
	}
	id := c.admin("POST", "/api/v1/groups", profile("Crew")).want(t, 200).text(t, "id")
	c.admin("POST", "/api/v1/groups", profile("Crew")).wantError(t, 409, "E0000055", "")
	c.admin("POST", "/api/v1/groups", profile("")).wantError(t, 400, "E0000001", "name")
	if got := c.admin("PUT", path+id, profile("Team")).want(t, 200).text(t, "profile.name"); got != "Team" {
		t.Errorf("name = %q", got)
	}
	if got := c.admin("GET", path+id, nil).want(t, 200).text(t, "type"); got != "OKTA_GROUP" {
		t.Errorf("type = %q", got)
	}
	a = c.admin("GET", "/api/v1/groups?q=team", nil).want(t, 200)
	if len(a.list(t)) != 1 || len(a.header.Values("Link")) != 0 {
		t.Errorf("q: %s, Link %q", a.body, a.header.Values("Link"))
	}
	if got := c.admin("GET", "/api/v1/groups?filter=type+eq+%22OKTA_GROUP%22", nil).want(t, 200).list(t); len(got) != 1 {
		t.Errorf("filter: %v", got)
	}
	c.admin("DELETE", path+id, nil).want(t, 204)
	c.admin("GET", path+id, nil).wantError(t, 404, "E0000007", "(UserGroup)")
}

// TestDeletedGroupAndUser shows that memberships go with either side.
func TestDeletedGroupAndUser(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	user := c.org.AddUser(oktatest.User{Status: "DEPROVISIONED"})
	gone := c.org.AddGroup(oktatest.Group{Members: []string{user}, Roles: []string{"HELP_DESK_ADMIN"}})
	stays := c.org.AddGroup(oktatest.Group{Members: []string{user}, Owners: []string{user, gone}})
	c.admin("DELETE", groupsPath+gone, nil).want(t, 204)
	if got := ids(c.admin("GET", "/api/v1/users/"+user+"/groups", nil).want(t, 200).list(t)); len(got) != 2 || slices.Contains(got, gone) {
		t.Errorf("groups = %v", got)
	}
	if got := c.admin("GET", "/api/v1/users/"+user+"/roles", nil).want(t, 200).body; got != "[]" {
		t.Errorf("roles after the group is gone = %s", got)
	}
	if got := ids(c.admin("GET", groupsPath+stays+"/owners", nil).want(t, 200).list(t)); !slices.Equal(got, []string{user}) {
		t.Errorf("owners = %v", got)
	}
	c.admin("DELETE", "/api/v1/users/"+user, nil).want(t, 204)
	if members, owners := c.members(stays), c.admin("GET", groupsPath+stays+"/owners", nil).body; len(members) != 0 || owners != "[]" {
		t.Errorf("members %v, owners %s", members, owners)
	}
}
