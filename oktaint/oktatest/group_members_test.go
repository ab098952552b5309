package oktatest_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const groupsPath = "/api/v1/groups/"

// ids are the ids of the rows of a list.
func ids(rows []map[string]any) []string {
	var found []string
	for _, row := range rows {
		found = append(found, row["id"].(string))
	}
	return found
}

// members lists the ids of the members of a group.
func (c *caller) members(group string) []string {
	c.t.Helper()
	return ids(c.admin("GET", groupsPath+group+"/users", nil).want(c.t, 200).list(c.t))
}

// eventTypes lists the types of the events about somebody or something.
func (c *caller) eventTypes(id string) []string {
	c.t.Helper()
	var types []string
	for _, e := range c.eventsAbout(id) {
		types = append(types, e["eventType"].(string))
	}
	return types
}

func TestMembers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		group := c.org.AddGroup(oktatest.Group{Name: "Crew"})
		ada, bob := c.org.AddUser(oktatest.User{}), c.org.AddUser(oktatest.User{Status: "DEPROVISIONED"})
		before := c.admin("GET", groupsPath+group, nil).want(t, 200)
		time.Sleep(time.Minute)
		for _, user := range []string{bob, ada, ada} { // the second time is fine, too
			c.admin("PUT", groupsPath+group+"/users/"+user, nil).want(t, 204)
		}
		if got := c.members(group); !slices.Equal(got, []string{ada, bob}) {
			t.Errorf("members = %v", got)
		}
		after := c.admin("GET", groupsPath+group, nil).want(t, 200)
		if after.text(t, "lastUpdated") != before.text(t, "lastUpdated") || after.text(t, "lastMembershipUpdated") == before.text(t, "lastMembershipUpdated") {
			t.Errorf("group = %s, before %s", after.body, before.body)
		}
		own := ids(c.admin("GET", "/api/v1/users/"+ada+"/groups", nil).want(t, 200).list(t))
		if len(own) != 2 || own[1] != group {
			t.Errorf("groups of a user = %v", own)
		}
		for range 2 {
			c.admin("DELETE", groupsPath+group+"/users/"+ada, nil).want(t, 204)
		}
		if got := c.members(group); !slices.Equal(got, []string{bob}) {
			t.Errorf("members = %v", got)
		}
		if got, want := c.eventTypes(ada), []string{"group.user_membership.add", "group.user_membership.remove"}; !slices.Equal(got, want) {
			t.Errorf("events = %v, want %v", got, want)
		}
	})
}

func TestMemberRefusals(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	user := c.org.AddUser(oktatest.User{Login: "ada@example.com"})
	group := c.org.AddGroup(oktatest.Group{})
	imported := c.org.AddGroup(oktatest.Group{Type: "APP_GROUP", Members: []string{user}})
	everyone := c.admin("GET", "/api/v1/groups?q=Everyone", nil).list(t)[0]["id"].(string)
	for _, method := range []string{"PUT", "DELETE"} {
		c.admin(method, groupsPath+imported+"/users/"+user, nil).wantError(t, 403, "E0000006", "")
		c.admin(method, groupsPath+everyone+"/users/"+user, nil).wantError(t, 403, "E0000006", "")
		c.admin(method, groupsPath+group+"/users/00unobody", nil).wantError(t, 404, "E0000007", "(User)")
		c.admin(method, groupsPath+group+"/users/ada@example.com", nil).wantError(t, 404, "E0000007", "(User)")
		c.admin(method, groupsPath+"00gnothing/users/"+user, nil).wantError(t, 404, "E0000007", "(UserGroup)")
	}
	c.admin("GET", groupsPath+"00gnothing/users", nil).wantError(t, 404, "E0000007", "(UserGroup)")
	if got := c.members(imported); !slices.Equal(got, []string{user}) {
		t.Errorf("members of the app's group = %v", got)
	}
	c.admin("PUT", groupsPath+imported, object{"profile": object{"name": "x"}}).wantError(t, 501, "E0000060", "")
	c.admin("DELETE", groupsPath+imported, nil).want(t, 204)
}

func TestMemberPages(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Users: 7})
	everyone := c.admin("GET", "/api/v1/groups?q=Everyone", nil).list(t)[0]["id"].(string)
	path, pages := groupsPath+everyone+"/users?limit=3", 0
	var all []string
	for path != "" {
		a := c.admin("GET", path, nil).want(t, 200)
		all, pages, path = append(all, ids(a.list(t))...), pages+1, ""
		for _, link := range a.header.Values("Link") {
			if target, ok := strings.CutSuffix(link, `>; rel="next"`); ok {
				path = strings.TrimPrefix(target, "<"+c.org.URL())
			}
		}
	}
	if len(all) != 8 || pages != 3 || !slices.IsSorted(all) { // the owner is one
		t.Errorf("%d members on %d pages: %v", len(all), pages, all)
	}
	if got := c.members(everyone); len(got) != 8 {
		t.Errorf("members = %v", got)
	}
	c.admin("GET", groupsPath+everyone+"/users?limit=1001", nil).wantError(t, 400, "E0000001", "limit")
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

func TestOwners(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		user := c.org.AddUser(oktatest.User{Profile: object{"firstName": "TestAcc", "lastName": "Smith"}})
		group, parent := c.org.AddGroup(oktatest.Group{}), c.org.AddGroup(oktatest.Group{Name: "Parents"})
		path := groupsPath + group + "/owners"
		a := c.admin("POST", path, object{"id": user, "type": "USER"}).want(t, 201)
		if a.text(t, "displayName") != "TestAcc Smith" || a.text(t, "lastUpdated") != "Sat Jan 01 00:00:00 UTC 2000" {
			t.Errorf("owner = %s", a.body)
		}
		c.admin("POST", path, object{"id": user, "type": "USER"}).wantError(t, 400, "E0000001", "Provided owner is already assigned to this group")
		c.admin("POST", path, object{"id": parent, "type": "GROUP"}).want(t, 201)
		rows := c.admin("GET", path, nil).want(t, 200).list(t)
		if len(rows) != 2 || rows[0]["displayName"] != "Parents" || rows[1]["lastUpdated"] != "2000-01-01 00:00:00.0" {
			t.Errorf("owners = %v", rows)
		}
		if a := c.admin("GET", path, nil); len(a.header.Values("Link")) != 0 {
			t.Errorf("Link = %q", a.header.Values("Link"))
		}
		if a := c.admin("GET", path+"?limit=1", nil); len(a.list(t)) != 1 || len(a.header.Values("Link")) != 2 {
			t.Errorf("a page = %s, Link %q", a.body, a.header.Values("Link"))
		}
		c.admin("POST", path, object{"id": "00unobody", "type": "USER"}).wantError(t, 404, "E0000007", "(User)")
		c.admin("POST", path, object{"id": user, "type": "GROUP"}).wantError(t, 404, "E0000007", "(UserGroup)")
		c.admin("POST", path, object{"id": user, "type": "APP"}).wantError(t, 400, "E0000001", "type")
		c.admin("DELETE", path+"/"+user, nil).want(t, 204)
		c.admin("DELETE", path+"/"+user, nil).wantError(t, 404, "E0000007", "(LinkedObject)")
	})
}

// TestAddGroupRefuses shows what the Go API panics on.
func TestAddGroupRefuses(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{})
	for what, add := range map[string]func(){
		"type":        func() { org.AddGroup(oktatest.Group{Type: "TEAM"}) },
		"in use":      func() { org.AddGroup(oktatest.Group{Name: "Everyone"}) },
		"no user":     func() { org.AddGroup(oktatest.Group{Members: []string{"00unobody"}}) },
		"no user and": func() { org.AddGroup(oktatest.Group{Owners: []string{"00unobody"}}) },
		"role":        func() { org.AddGroup(oktatest.Group{Roles: []string{"KING"}}) },
		"a rule":      func() { org.AddRule(oktatest.Rule{Expression: "true"}) },
		"no OKTA":     func() { org.AddRule(oktatest.Rule{Expression: "true", Groups: []string{"00gnothing"}}) },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, what) {
					t.Errorf("%s: panic %q", what, got)
				}
			}()
			add()
		}()
	}
}

// TestStateShowsGroups makes one change after the other, each of which must
// show.
func TestStateShowsGroups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		user := c.org.AddUser(oktatest.User{Roles: []string{"USER_ADMIN", "APP_ADMIN"}})
		group := c.org.AddGroup(oktatest.Group{})
		rule := c.org.AddRule(oktatest.Rule{Expression: "false", Groups: []string{group}})
		roles := usersBase + user + "/roles/"
		before := c.org.State()
		for _, try := range []attempt{
			{"PUT", groupsPath + group + "/users/" + user, nil},
			{"POST", groupsPath + group + "/owners", object{"id": user, "type": "USER"}},
			{"POST", rulesPath + "/" + rule + "/lifecycle/deactivate", nil},
			{"PUT", roles + "KVJUKUS7IFCE2SKO/targets/groups/" + group, nil},
			{"PUT", roles + "IFIFAX2BIRGUSTQ/targets/catalog/apps/facebook", nil},
			{"POST", groupsPath + group + "/roles", object{"type": "REPORT_ADMIN"}},
		} {
			if got := c.admin(try.method, try.path, try.body).status; got/100 != 2 {
				t.Fatalf("%s %s: status %d", try.method, try.path, got)
			}
			after := c.org.State()
			if bytes.Equal(before, after) {
				t.Errorf("%s %s does not show", try.method, try.path)
			}
			before = after
		}
	})
}
