package oktatest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestListUsersByStatus shows who is left out, and that searches are paged.
func TestListUsersByStatus(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	ids := map[string][]string{"ACTIVE": {c.admin("GET", "/api/v1/users/me", nil).text(t, "id")}}
	var all []string
	for i := range 5 {
		for _, status := range allStatuses {
			id := c.org.AddUser(oktatest.User{Status: status, Profile: object{"department": fmt.Sprint("d", i)}})
			ids[status] = append(ids[status], id)
		}
	}
	for _, status := range allStatuses {
		all = append(all, ids[status]...)
	}
	slices.Sort(all)
	walk := func(query string) []string {
		t.Helper()
		var found []string
		path := "/api/v1/users?limit=2" + query
		for path != "" {
			a := c.admin("GET", path, nil).want(t, 200)
			for _, user := range a.list(t) {
				found = append(found, user["id"].(string))
			}
			path = ""
			if links := a.header.Values("Link"); len(links) == 2 {
				path = strings.TrimSuffix(strings.TrimPrefix(links[1], "<https://acme.okta.com"), `>; rel="next"`)
			}
		}
		return found
	}
	gone := ids["DEPROVISIONED"]
	living := slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(gone, id) })
	for query, want := range map[string][]string{
		"":                                      living,
		"&search=status+pr":                     all,
		"&filter=status+eq+%22DEPROVISIONED%22": gone,
		"&search=status+eq+%22SUSPENDED%22":     ids["SUSPENDED"],
		"&filter=status+eq+%22STAGED%22+or+status+eq+%22LOCKED_OUT%22":                    slices.Sorted(slices.Values(append(slices.Clone(ids["STAGED"]), ids["LOCKED_OUT"]...))),
		"&search=profile.department+eq+%22d3%22+and+status+eq+%22RECOVERY%22":             ids["RECOVERY"][3:4],
		"&filter=id+eq+%22" + ids["STAGED"][1] + "%22":                                    ids["STAGED"][1:2],
		"&search=lastUpdated+gt+%222020%22+and+statusChanged+gt+%222020%22+and+status+pr": slices.DeleteFunc(slices.Clone(all), func(id string) bool { return slices.Contains(ids["STAGED"], id) }),
	} {
		if got := walk(query); !slices.Equal(got, want) {
			t.Errorf("%s: %d users %v, want %d %v", query, len(got), got, len(want), want)
		}
	}
}

// TestUserGroups shows memberships, which a new user can begin with.
func TestUserGroups(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	group := func(name string) string {
		t.Helper()
		return c.admin("POST", "/api/v1/groups", object{"profile": object{"name": name}}).want(t, 200).text(t, "id")
	}
	crew, team := group("Crew"), group("Team")
	names := func(id string) []string {
		t.Helper()
		a := c.admin("GET", usersPath+id+"/groups", nil).want(t, 200)
		if got := a.header.Values("Link"); len(got) != 1 || !strings.Contains(got[0], "/groups?limit=200>") {
			t.Errorf("Link = %q", got)
		}
		var found []string
		for _, g := range a.list(t) {
			found = append(found, g["profile"].(map[string]any)["name"].(string))
		}
		return found
	}
	if got, want := names(c.org.AddUser(oktatest.User{Groups: []string{team, crew}})), []string{"Everyone", "Crew", "Team"}; !slices.Equal(got, want) {
		t.Errorf("groups = %v, want %v", got, want)
	}
	body := newUser("ada@example.com", "")
	body["groupIds"] = []string{"00gnone"}
	c.admin("POST", "/api/v1/users", body).wantError(t, 404, "E0000007", "(UserGroup)")
	body["groupIds"] = []string{team}
	id := c.admin("POST", "/api/v1/users", body).want(t, 200).text(t, "id")
	if got, want := names(id), []string{"Everyone", "Team"}; !slices.Equal(got, want) {
		t.Errorf("groups = %v, want %v", got, want)
	}
	events := c.eventsAbout(id)
	if len(events) != 2 || events[1]["eventType"] != "group.user_membership.add" {
		t.Errorf("events = %v", events)
	}
}

// TestSearchInList finds a user by one element of a list.
func TestSearchInList(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	id := c.org.AddUser(oktatest.User{Profile: object{"badges": []string{"red", "blue"}, "level": 3}})
	c.org.AddUser(oktatest.User{Profile: object{"badges": []string{"green"}}})
	for query, want := range map[string]bool{"badges+eq+%22blue%22": true, "badges+sw+%22re%22": true, "level+eq+%223%22": true, "badges+eq+%22bl%22": false} {
		list := c.admin("GET", "/api/v1/users?search=profile."+query, nil).want(t, 200).list(t)
		if found := len(list) == 1 && list[0]["id"] == id; found != want || len(list) > 1 {
			t.Errorf("%s: %v", query, list)
		}
	}
}

// TestBlocks answers as recorded.
func TestBlocks(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.admin("GET", usersPath+c.org.AddUser(oktatest.User{})+"/blocks", nil).wantError(t, 401, "E0000015", "")
	c.admin("GET", usersPath+"00unone/blocks", nil).wantError(t, 404, "E0000007", "(User)")
}
