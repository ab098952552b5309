package oktatest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestGroupStats reads the stats of groups under each name of the admin flag.
func TestGroupStats(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"", "hasAdminPrivilege", "hasAdminPrivlege", "hasAdminPrivileges"} {
		c := newCaller(t, oktatest.Config{AdminFlag: flag})
		user := c.org.AddUser(oktatest.User{})
		c.org.AddGroup(oktatest.Group{Name: "plain", Members: []string{user}})
		admins := c.org.AddGroup(oktatest.Group{Name: "admins", Roles: []string{"APP_ADMIN"}})
		c.admin("PUT", "/api/v1/apps/"+c.newApp()+"/groups/"+admins, nil).want(t, 200)
		if flag == "" {
			flag = "hasAdminPrivilege"
		}
		for name, want := range map[string]object{
			"Everyone": {"usersCount": 2.0, "appsCount": 0.0, "groupPushMappingsCount": 0.0, flag: false},
			"plain":    {"usersCount": 1.0, "appsCount": 0.0, "groupPushMappingsCount": 0.0, flag: false},
			"admins":   {"usersCount": 0.0, "appsCount": 1.0, "groupPushMappingsCount": 0.0, flag: true},
		} {
			group := c.admin("GET", "/api/v1/groups?expand=stats&q="+name, nil).want(t, 200).list(t)[0]
			if got := group["_embedded"].(object)["stats"].(object); !maps.Equal(got, want) {
				t.Errorf("%s: stats %v, want %v", name, got, want)
			}
		}
		if group := c.admin("GET", "/api/v1/groups", nil).want(t, 200).list(t)[0]; group["_embedded"] != nil {
			t.Errorf("without expand: %v", group["_embedded"])
		}
		c.admin("GET", "/api/v1/groups?expand=banana", nil).wantError(t, 400, "E0000001", "expand")
	}
	c := newCaller(t, oktatest.Config{AdminFlag: oktatest.NoAdminFlag})
	c.org.AddGroup(oktatest.Group{Name: "admins", Roles: []string{"APP_ADMIN"}})
	group := c.admin("GET", "/api/v1/groups?expand=stats&q=admins", nil).want(t, 200).list(t)[0]
	if got := group["_embedded"].(object)["stats"].(object); len(got) != 3 || got["usersCount"] != 0.0 {
		t.Errorf("without a flag: stats %v", got)
	}
	if _, err := oktatest.NewOrg(oktatest.Config{AdminFlag: "isAdmin"}); err == nil || !strings.Contains(err.Error(), "isAdmin") {
		t.Errorf("err = %v", err)
	}
}

// TestSortedLists pages through lists in another order than that of the ids.
func TestSortedLists(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	for _, name := range []string{"m", "z", "a", "k"} {
		c.org.AddUser(oktatest.User{Login: name + "@example.com"})
		c.org.AddGroup(oktatest.Group{Name: name})
	}
	names := func(rows []object, member string) (list []string) {
		for _, row := range rows {
			list = append(list, row["profile"].(object)[member].(string)[:1])
		}
		return list
	}
	search := "/api/v1/users?search=profile.email+ew+%22m%22+and+profile.firstName+eq+%22Test%22&limit=1"
	for query, want := range map[string]string{
		"": "mzak", "&sortOrder=0": "mzak", "&sortBy=profile.login": "akmz", "&sortBy=profile.login&sortOrder=desc": "zmka", "&sortBy=status": "mzak",
	} {
		if got := strings.Join(names(c.walk(t, search+query), "login"), ""); got != want {
			t.Errorf("users%s: %s, want %s", query, got, want)
		}
	}
	if got := strings.Join(names(c.walk(t, "/api/v1/groups?limit=1&filter=type+eq+%22OKTA_GROUP%22&sortBy=profile.name"), "name"), ""); got != "akmz" {
		t.Errorf("groups: %s", got)
	}
	c.admin("GET", "/api/v1/groups?sortBy=id&sortOrder=up", nil).wantError(t, 400, "E0000001", "sortOrder")
	group := c.org.AddGroup(oktatest.Group{Name: "late"})
	if got := c.walk(t, "/api/v1/groups?search=lastMembershipUpdated+gt+%222020-01-01T00:00:00.000Z%22"); !slices.Contains(ids(got), group) {
		t.Errorf("by lastMembershipUpdated: %v", ids(got))
	}
	if got := c.walk(t, "/api/v1/groups?search=lastUpdated+gt+%222100-01-01T00:00:00.000Z%22"); len(got) != 0 {
		t.Errorf("of the future: %v", ids(got))
	}
}
