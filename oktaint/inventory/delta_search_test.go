package inventory_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// What an event tells of and the search does not have, or not as it is after the event, is
// looked up; what is deleted is gone from what belongs to others too.
func TestDeltaSearch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		user := func(id, more string, updated time.Duration) string {
			return `{"id":"` + id + `","status":"` + more + `","lastUpdated":"` + start.Add(updated).UTC().Format(time.RFC3339) + `"}`
		}
		old := -time.Hour
		dir := fill(t, map[string][]inventory.Batch{
			"users":        {batch("users", "", user("same", "A", old), user("found", "A", old), user("stale", "A", old), user("gone", "A", old), user("hidden", "A", old))},
			"groups":       {batch("groups", "", `{"id":"00g1"}`)},
			"group-owners": {batch("group-owners", "00g1", `{"id":"gone","type":"USER"}`, `{"id":"same","type":"USER"}`)},
		})
		at := start.Add(30 * time.Minute)
		search := `search=lastUpdated gt "` + start.Add(-overlap).UTC().Format("2006-01-02T15:04:05.000Z") + `" or statusChanged gt "` +
			start.Add(-overlap).UTC().Format("2006-01-02T15:04:05.000Z") + `"`
		org := newFakeOrg(map[string]answer{
			"/api/v1/users?limit=200&" + search:              {body: "[" + user("found", "B", 30*time.Minute) + "," + user("stale", "A", 0) + "]"},
			`/api/v1/users?filter=id eq "stale"&limit=200`:   {body: "[" + user("stale", "B", 30*time.Minute) + "]"},
			`/api/v1/users?filter=id eq "created"&limit=200`: {body: "[" + user("created", "A", 30*time.Minute) + "]"},
			"/api/v1/users":        {body: "[]"},
			"/api/v1/users/gone":   failure(404, "E0000007"),
			"/api/v1/users/hidden": {body: user("hidden", "A", old)},
			"/api/v1/groups":       {body: "[]"},
			"/api/v1/logs": {body: "[" + strings.Join([]string{
				event("user.account.update_profile", at, "SUCCESS", "User found"),
				event("user.account.update_profile", at, "SUCCESS", "User stale"),
				event("user.lifecycle.create", at, "SUCCESS", "User created"),
				event("user.lifecycle.delete.initiated", at, "SUCCESS", "User gone"),
				event("user.lifecycle.delete.initiated", at, "SUCCESS", "User hidden"),
			}, ",") + "]"},
		})
		time.Sleep(time.Hour)
		opts := inventory.Options{Resources: []string{"users", "groups", "group-owners"}}
		report, err := deltaOf(t, org, dir, earlier(t, start, opts.Resources...), opts)
		must(t, err)
		got := collected(t, dir)
		wantSame(t, "users", got["users"], []string{
			"users  " + user("created", "A", 30*time.Minute), "users  " + user("found", "B", 30*time.Minute), "users  " + user("hidden", "A", old),
			"users  " + user("same", "A", old), "users  " + user("stale", "B", 30*time.Minute),
		})
		wantSame(t, "owners", got["group-owners"], []string{`group-owners 00g1 {"id":"same","type":"USER"}`})
		row, _ := report.Row("users")
		if *row.Changes != (inventory.Changes{Added: 1, Changed: 2, Deleted: 1}) || row.Count != 5 || row.Status != inventory.Complete {
			t.Errorf("row %+v, %+v", row, *row.Changes)
		}
		wantSame(t, "asked", org.lists("/api/v1/users/"), []string{"/api/v1/users/gone", "/api/v1/users/hidden"})
		if d := report.Delta; d.Events != 5 || d.NoLog != "" || !d.Since.Equal(start) {
			t.Errorf("basis %+v", d)
		}
	})
}

// If many objects would have to be looked up, the list is read as a whole.
func TestDeltaSearchMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		dir := fill(t, map[string][]inventory.Batch{"users": {batch("users", "", `{"id":"a"}`, `{"id":"b"}`)}})
		var events []string
		for _, id := range strings.Fields("a b c d e f g h i j k") {
			events = append(events, event("user.account.lock", start.Add(time.Minute), "SUCCESS", "User "+id))
		}
		org := newFakeOrg(map[string]answer{
			"/api/v1/users":           {body: "[]"},
			"/api/v1/users?limit=200": {body: `[{"id":"a"},{"id":"c"}]`},
			"/api/v1/logs":            {body: "[" + strings.Join(events, ",") + "]"},
		})
		time.Sleep(time.Hour)
		opts := inventory.Options{Resources: []string{"users"}}
		report, err := deltaOf(t, org, dir, earlier(t, start, "users"), opts)
		must(t, err)
		wantSame(t, "users", collected(t, dir)["users"], []string{`users  {"id":"a"}`, `users  {"id":"c"}`})
		if row, _ := report.Row("users"); row.Requests != 3 || row.Changes.Whole == "" {
			t.Errorf("row %+v, %+v", row, row.Changes)
		}
	})
}

// The groups that an app was assigned to are looked up when it is gone, and so is what stood
// for the app.
func TestDeltaAppGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		group := func(id string, apps string) string {
			return `{"id":"` + id + `","_embedded":{"stats":{"usersCount":0,"appsCount":` + apps + `,"hasAdminPrivilege":false}}}`
		}
		dir := fill(t, map[string][]inventory.Batch{
			"apps":       {batch("apps", "", `{"id":"0oa1"}`, `{"id":"0oa2"}`)},
			"groups":     {batch("groups", "", group("00g1", "2"), group("00g2", "1"), group("00g3", "1"), group("00g4", "1"))},
			"group-apps": {batch("group-apps", "00g1", `{"id":"0oa1"}`, `{"id":"0oa2"}`), batch("group-apps", "00g2", `{"id":"0oa2"}`), batch("group-apps", "00g3", `{"id":"0oa1"}`), batch("group-apps", "00g4", `{"id":"0oa2"}`)},
		})
		org := newFakeOrg(map[string]answer{
			"/api/v1/apps":   {body: `[{"id":"0oa2"}]`},
			"/api/v1/groups": {body: "[]"},
			`/api/v1/groups?expand=stats&filter=id eq "00g1"&limit=200`: {body: "[" + group("00g1", "1") + "]"},
			`/api/v1/groups?expand=stats&filter=id eq "00g3"&limit=200`: {body: "[" + group("00g3", "0") + "]"},
			`/api/v1/groups?expand=stats&filter=id eq "00g4"&limit=200`: {body: "[" + group("00g4", "0") + "]"},
			"/api/v1/logs":             {body: "[" + event("group.application_assignment.remove", start.Add(time.Minute), "SUCCESS", "UserGroup 00g4", "AppInstance 0oa2") + "]"},
			"/api/v1/groups/00g1/apps": {body: `[{"id":"0oa2"}]`},
		})
		time.Sleep(time.Hour)
		opts := inventory.Options{Resources: []string{"apps", "groups", "group-apps"}}
		report, err := deltaOf(t, org, dir, earlier(t, start, opts.Resources...), opts)
		must(t, err)
		got := collected(t, dir)
		wantSame(t, "groups", got["groups"], []string{"groups  " + group("00g1", "1"), "groups  " + group("00g2", "1"), "groups  " + group("00g3", "0"), "groups  " + group("00g4", "0")})
		wantSame(t, "apps of groups", got["group-apps"], []string{`group-apps 00g1 {"id":"0oa2"}`, `group-apps 00g2 {"id":"0oa2"}`})
		if row, _ := report.Row("group-apps"); row.Changes.Deleted != 3 || row.Count != 2 || len(org.lists("/api/v1/groups/")) != 1 {
			t.Errorf("row %+v, %+v", row, row.Changes)
		}
	})
}
