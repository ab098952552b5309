package oktatest_test

import (
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

// TestMakersOfMembers shows that a new member of a group needs what any new
// member needs, of the groups and of the users.
func TestMakersOfMembers(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	team := c.org.AddGroup(oktatest.Group{Name: "Team"})
	set := c.newSet("all", "/api/v1/users", "/api/v1/groups")
	for i, test := range []struct {
		permissions []string
		status      int
	}{
		{[]string{"okta.users.create"}, 403},
		{[]string{"okta.users.create", "okta.groups.members.manage"}, 403},
		{[]string{"okta.users.create", "okta.users.groupMembership.manage"}, 403},
		{[]string{"okta.users.create", "okta.users.groupMembership.manage", "okta.groups.members.manage"}, 200},
	} {
		app := c.newApp("okta.users.manage")
		c.bind(set, c.newRole(fmt.Sprint("maker ", i), test.permissions...), app).want(t, 200)
		auth := c.bearer(app, "okta.users.manage")
		body := newUser(fmt.Sprint("with", i, "@example.com"), "")
		body["groupIds"] = []string{team}
		if got := c.do("POST", "/api/v1/users", auth, body).status; got != test.status {
			t.Errorf("%v: status %d, want %d", test.permissions, got, test.status)
		}
		c.do("POST", "/api/v1/users", auth, newUser(fmt.Sprint("without", i, "@example.com"), "")).want(t, 200)
	}
}
