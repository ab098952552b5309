package oktatest_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// walk reads a list to its end.
func (c *caller) walk(t *testing.T, path string) (all []object) {
	t.Helper()
	for path != "" {
		a := c.admin("GET", path, nil).want(t, 200)
		all, path = append(all, a.list(t)...), ""
		for _, link := range a.header.Values("Link") {
			if target, next := strings.CutSuffix(link, `>; rel="next"`); next {
				path = strings.TrimPrefix(strings.TrimPrefix(target, "<"), c.org.URL())
			}
		}
	}
	return all
}

// TestObjects holds every list of a seeded org, read page by page, against the
// org's own objects.
func TestObjects(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Users: 120, Groups: 60, Apps: 30, RateLimits: unlimited(), ConcurrencyLimit: -1})
	counts := map[string]int{}
	check := func(path, query string) []object {
		t.Helper()
		want, err := c.org.Objects(path)
		if err != nil {
			t.Fatal(err)
		}
		got := c.walk(t, path+query)
		counts[path[strings.LastIndex(path, "/")+1:]] += len(got)
		if len(got) != len(want) {
			t.Errorf("%s: %d objects, the org has %d", path, len(got), len(want))
			return got
		}
		for i := range got {
			if !reflect.DeepEqual(got[i], want[i]) {
				t.Errorf("%s: %v\nthe org has %v", path, got[i], want[i])
			}
		}
		return got
	}
	check("/api/v1/users", "?search=id+pr&limit=50")
	check("/api/v1/groups/rules", "?limit=5")
	check("/oauth2/v1/clients", "?limit=4")
	for _, group := range check("/api/v1/groups", "?expand=stats&limit=7") {
		stats, id := group["_embedded"].(object)["stats"].(object), group["id"].(string)
		users, apps := check(groupsPath+id+"/users", "?limit=20"), check(groupsPath+id+"/apps", "?limit=2")
		check(groupsPath+id+"/owners", "?limit=2")
		if stats["usersCount"] != float64(len(users)) || stats["appsCount"] != float64(len(apps)) {
			t.Errorf("group %s: stats %v, %d users, %d apps", id, stats, len(users), len(apps))
		}
	}
	for _, app := range check("/api/v1/apps", "?limit=9") {
		path := "/api/v1/apps/" + app["id"].(string)
		check(path+"/users", "?limit=30")
		check(path+"/groups", "?limit=20")
		check(path+"/tokens", "")
		check(path+"/credentials/keys", "")
		if features, _ := app["features"].([]any); len(features) > 0 {
			check(path+"/group-push/mappings", "?limit=1")
			continue
		}
		c.admin("GET", path+"/group-push/mappings", nil).wantError(t, 404, "E0000007", "")
		c.admin("GET", path+"/features", nil).wantError(t, 400, "E0000001", "Provisioning is not supported.")
	}
	for _, name := range []string{"users", "groups", "apps", "owners", "rules", "mappings", "clients", "keys"} {
		if counts[name] == 0 {
			t.Errorf("no %s were compared: %v", name, counts)
		}
	}
	for _, path := range []string{"", "/api/v1/zones", "/api/v1/apps/0oa1/users", "/api/v1/groups/" + ids(c.walk(t, "/api/v1/groups"))[0] + "/x"} {
		if _, err := c.org.Objects(path); err == nil {
			t.Errorf("objects of %q: no error", path)
		}
	}
}
