package oktatest_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// appEvents lists the events about assignments to an app, oldest first, each with
// the ids of its user or group.
func appEvents(t *testing.T, c *caller, app string) (events []string) {
	t.Helper()
	for _, event := range c.admin("GET", "/api/v1/logs?limit=1000", nil).want(t, 200).list(t) {
		kind, about, holder := event["eventType"].(string), false, ""
		for _, target := range event["target"].([]any) {
			target := target.(object)
			switch target["type"] {
			case "AppInstance":
				about = target["id"] == app
			case "User", "UserGroup":
				holder = target["id"].(string)
			}
		}
		if about && (strings.HasPrefix(kind, "application.user_membership") || strings.HasPrefix(kind, "group.application")) {
			events = append(events, strings.TrimPrefix(kind, "application.")+" "+holder)
		}
	}
	return events
}

// TestAppAssignments assigns users and a group to an app, changes the group and
// the users, and follows who is assigned, with the events of each change.
func TestAppAssignments(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	app := c.newApp()
	path := "/api/v1/apps/" + app
	ada, bob, eve := c.org.AddUser(oktatest.User{}), c.org.AddUser(oktatest.User{}), c.org.AddUser(oktatest.User{})
	group := c.org.AddGroup(oktatest.Group{Members: []string{ada}})
	scopes := func() string {
		var list []string
		for _, x := range c.admin("GET", path+"/users", nil).want(t, 200).list(t) {
			list = append(list, x["id"].(string)+" "+x["scope"].(string))
		}
		return strings.Join(list, ", ")
	}
	direct, through := " USER", " GROUP"
	for _, step := range []struct {
		method, path string
		body         any
		status       int
		want         []string
		events       []string
	}{
		{"POST", path + "/users", object{"id": bob}, 200, []string{bob + direct}, []string{"user_membership.add " + bob}},
		{"POST", path + "/users", object{"id": bob}, 200, []string{bob + direct}, []string{"user_membership.update " + bob}},
		{"PUT", path + "/groups/" + group, object{}, 200, []string{ada + through, bob + direct}, []string{"group.application_assignment.add " + group, "user_membership.add " + ada}},
		{"PUT", path + "/groups/" + group, object{"priority": 3}, 200, []string{ada + through, bob + direct}, nil},
		{"PUT", groupsPath + group + "/users/" + bob, nil, 204, []string{ada + through, bob + direct}, nil},
		{"PUT", groupsPath + group + "/users/" + eve, nil, 204, []string{ada + through, bob + direct, eve + through}, []string{"user_membership.add " + eve}},
		{"DELETE", path + "/users/" + bob, nil, 204, []string{ada + through, bob + through, eve + through}, []string{"user_membership.update " + bob}},
		{"DELETE", path + "/users/" + bob, nil, 403, []string{ada + through, bob + through, eve + through}, nil},
		{"DELETE", groupsPath + group + "/users/" + eve, nil, 204, []string{ada + through, bob + through}, []string{"user_membership.remove " + eve}},
		{"POST", usersBase + ada + "/lifecycle/deactivate", nil, 200, []string{bob + through}, []string{"user_membership.remove " + ada}},
		{"POST", usersBase + ada + "/lifecycle/activate?sendEmail=false", nil, 200, []string{ada + through, bob + through}, []string{"user_membership.add " + ada}},
		{"DELETE", path + "/groups/" + group, nil, 204, nil, []string{"group.application_assignment.remove " + group, "user_membership.remove " + ada, "user_membership.remove " + bob}},
	} {
		before := len(appEvents(t, c, app))
		c.admin(step.method, step.path, step.body).want(t, step.status)
		if got := scopes(); got != strings.Join(step.want, ", ") {
			t.Errorf("%s %s: users %q, want %q", step.method, step.path, got, step.want)
		}
		if got := appEvents(t, c, app)[before:]; !slices.Equal(got, step.events) {
			t.Errorf("%s %s: events %q, want %q", step.method, step.path, got, step.events)
		}
	}
}

// TestDeletedHoldersLeaveApps deletes a group, a user and an app, and looks for
// what is left of them.
func TestDeletedHoldersLeaveApps(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	app := c.newApp()
	path := "/api/v1/apps/" + app
	ada, bob := c.org.AddUser(oktatest.User{}), c.org.AddUser(oktatest.User{})
	group, other := c.org.AddGroup(oktatest.Group{Members: []string{ada}}), c.org.AddGroup(oktatest.Group{})
	for _, id := range []string{group, other} {
		c.admin("PUT", path+"/groups/"+id, nil).want(t, 200)
	}
	c.admin("POST", path+"/users", object{"id": bob}).want(t, 200)
	if got := ids(c.admin("GET", groupsPath+group+"/apps", nil).want(t, 200).list(t)); !slices.Equal(got, []string{app}) {
		t.Errorf("apps of the group: %v", got)
	}
	c.admin("DELETE", groupsPath+group, nil).want(t, 204)
	if got := ids(c.admin("GET", path+"/users", nil).want(t, 200).list(t)); !slices.Equal(got, []string{bob}) {
		t.Errorf("users after the group is gone: %v", got)
	}
	if got := ids(c.admin("GET", path+"/groups", nil).want(t, 200).list(t)); !slices.Equal(got, []string{other}) {
		t.Errorf("groups after one is gone: %v", got)
	}
	c.admin("POST", usersBase+bob+"/lifecycle/deactivate", nil).want(t, 200)
	c.admin("DELETE", usersBase+bob, nil).want(t, 204)
	if got := ids(c.admin("GET", path+"/users", nil).want(t, 200).list(t)); len(got) != 0 {
		t.Errorf("users after the last is gone: %v", got)
	}
	c.admin("POST", path+"/lifecycle/deactivate", nil).want(t, 200)
	c.admin("DELETE", path, nil).want(t, 204)
	if got := c.admin("GET", groupsPath+other+"/apps", nil).want(t, 200).list(t); len(got) != 0 {
		t.Errorf("apps of a group after the app is gone: %v", got)
	}
	for _, group := range c.admin("GET", "/api/v1/groups?expand=stats", nil).want(t, 200).list(t) {
		if stats := group["_embedded"].(object)["stats"].(object); stats["appsCount"] != 0.0 {
			t.Errorf("stats of %s after the app is gone: %v", group["id"], stats)
		}
	}
}

// TestAssignmentsLag ends assignments of a seeded org: within the lag, reads show
// those of before, each as it was.
func TestAssignmentsLag(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Users: 60, Groups: 6, Apps: 12, RateLimits: unlimited(), Lag: oktatest.Lag{All: time.Hour}})
	var lists []string
	for _, app := range c.walk(t, "/api/v1/apps") {
		path := "/api/v1/apps/" + app["id"].(string)
		lists = append(lists, path+"/users", path+"/groups?limit=20")
	}
	for _, group := range c.walk(t, "/api/v1/groups") {
		lists = append(lists, groupsPath+group["id"].(string)+"/apps")
	}
	before := map[string][]string{}
	for _, list := range lists {
		before[list] = ids(c.walk(t, list))
	}
	ended := 0
	for _, list := range lists {
		if path, groups := strings.CutSuffix(list, "?limit=20"); groups && len(before[list]) > 0 {
			c.admin("DELETE", path+"/"+before[list][0], nil).want(t, 204)
			ended++
		}
	}
	for _, list := range lists {
		if got := ids(c.walk(t, list)); !slices.Equal(got, before[list]) {
			t.Errorf("%s: %v within the lag, before it %v", list, got, before[list])
		}
	}
	if ended < 5 {
		t.Errorf("%d assignments ended", ended)
	}
}
