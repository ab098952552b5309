package oktatest_test

import (
	"fmt"
	"net/url"
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

func TestUsers(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	me := c.admin("GET", "/api/v1/users/me", nil).want(t, 200)
	id, login := me.text(t, "id"), me.text(t, "profile.login")
	if login != "org.owner.1@example.com" || me.text(t, "status") != "ACTIVE" || me.text(t, "_links.suspend.method") != "POST" {
		t.Errorf("me = %s", me.body)
	}
	if etag := me.header.Get("Etag"); !strings.HasPrefix(etag, `W/"`) || len(etag) != 68 {
		t.Errorf("Etag = %q", etag)
	}
	for _, name := range []string{id, login, strings.ToUpper(login)} {
		if got := c.admin("GET", "/api/v1/users/"+url.PathEscape(name), nil).want(t, 200).text(t, "id"); got != id {
			t.Errorf("%s: id = %q", name, got)
		}
	}
	c.admin("GET", "/api/v1/users/00unknown", nil).wantError(t, 404, "E0000007", "(User)")
	role := c.admin("GET", "/api/v1/users/"+id+"/roles", nil).want(t, 200).list(t)
	if len(role) != 1 || role[0]["type"] != "SUPER_ADMIN" || role[0]["assignmentType"] != "USER" || !strings.HasPrefix(role[0]["id"].(string), "ra1") {
		t.Errorf("roles = %v", role)
	}
	for range 2 {
		c.org.NewAPIToken("READ_ONLY_ADMIN")
	}
	a := c.admin("GET", "/api/v1/users?limit=2", nil).want(t, 200)
	list := a.list(t)
	if len(list) != 2 || len(list[0]["_links"].(map[string]any)) != 1 || a.header.Get("Etag") != "" {
		t.Errorf("users = %s", a.body)
	}
	next := a.header.Values("Link")[1]
	if want := `<https://acme.okta.com/api/v1/users?after=1` + list[1]["id"].(string) + `&limit=2>; rel="next"`; next != want {
		t.Errorf("next = %s, want %s", next, want)
	}
	path := strings.TrimPrefix(strings.TrimSuffix(next, `>; rel="next"`), "<https://acme.okta.com")
	if rest := c.admin("GET", path, nil).want(t, 200); len(rest.list(t)) != 1 || len(rest.header.Values("Link")) != 1 {
		t.Errorf("last page = %s, Link %q", rest.body, rest.header.Values("Link"))
	}
	for query, want := range map[string]int{
		"?q=own":                                1,
		"?q=nobody":                             0,
		"?filter=status+eq+%22ACTIVE%22":        3,
		"?filter=status+eq+%22DEPROVISIONED%22": 0,
		"?search=profile.lastName+eq+%22Admin%22+and+(status+pr)":                         2,
		"?search=profile.lastName+eq+%22Owner%22+or+profile.login+sw+%22test%22":          3,
		"?search=created+gt+%221990%22+and+profile.nothing+pr":                            0,
		"?search=profile.email+ew+%22example.com%22+and+not.there+ne+%22x%22&limit=1":     0,
		"?search=profile.email+co+%22owner%22+and+created+le+%229%22+and+id+ge+%2200u%22": 1,
	} {
		if got := c.admin("GET", "/api/v1/users"+query, nil).want(t, 200).list(t); len(got) != want {
			t.Errorf("%s: %d users, want %d", query, len(got), want)
		}
	}
	for _, bad := range []string{"status", "status+eq", "status+eq+ACTIVE", "(status+pr", "status+xx+%22a%22", "status+pr+and", "status+eq+%22a"} {
		c.admin("GET", "/api/v1/users?search="+bad, nil).wantError(t, 400, "E0000031", "")
	}
}
