package inventory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

const (
	join  = "group.user_membership.add"
	leave = "group.user_membership.remove"
)

// Memberships follow the System Log as long as the group bears it out, and are read again
// where it does not.
func TestDeltaMembers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		moved  time.Duration // lastMembershipUpdated, after the last run; 0: it has not moved
		count  int           // -1: none
		events func(at func(time.Duration) time.Time) []string
		want   string // the members
		asked  bool   // for the list, which has 00u7
	}{
		{"nothing", 0, 2, nil, "00u1 00u2", false},
		{"joined", time.Minute, 3, func(at func(time.Duration) time.Time) []string {
			return []string{event(join, at(time.Minute), "SUCCESS", "User 00u3", "UserGroup 00g1")}
		}, "00u1 00u2 00u3", false},
		{"left", time.Minute, 1, func(at func(time.Duration) time.Time) []string {
			return []string{event(leave, at(time.Minute), "SUCCESS", "UserGroup 00g1", "User 00u1")}
		}, "00u2", false},
		{"no count", time.Minute, -1, func(at func(time.Duration) time.Time) []string {
			return []string{event(leave, at(time.Minute), "SUCCESS", "User 00u1", "UserGroup 00g1")}
		}, "00u2", false},
		{"known already", 0, 2, func(at func(time.Duration) time.Time) []string {
			return []string{event(join, at(-time.Hour), "SUCCESS", "User 00u1", "UserGroup 00g1")}
		}, "00u1 00u2", false},
		{"of another group", 0, 2, func(at func(time.Duration) time.Time) []string {
			return []string{event(join, at(time.Minute), "SUCCESS", "User 00u3", "UserGroup 00g9")}
		}, "00u1 00u2", false},
		{"late and twice", 2 * time.Minute, 2, func(at func(time.Duration) time.Time) []string {
			a, b := event(leave, at(2*time.Minute), "SUCCESS", "User 00u3", "UserGroup 00g1"), event(join, at(time.Minute), "SUCCESS", "User 00u3", "UserGroup 00g1")
			return []string{a, b, a}
		}, "00u1 00u2", false},
		{"a user is gone", time.Minute, 1, func(at func(time.Duration) time.Time) []string {
			return []string{event("user.lifecycle.delete.completed", at(time.Minute), "SUCCESS", "User 00u1")}
		}, "00u2", false},
		{"a user is gone, it is said", time.Minute, 1, func(at func(time.Duration) time.Time) []string {
			return []string{event("user.lifecycle.delete.initiated", at(time.Minute), "SUCCESS", "User 00u1")}
		}, "00u7", true},
		{"wrong count", time.Minute, 4, func(at func(time.Duration) time.Time) []string {
			return []string{event(join, at(time.Minute), "SUCCESS", "User 00u3", "UserGroup 00g1")}
		}, "00u7", true},
		{"moved later", 2 * time.Minute, 3, func(at func(time.Duration) time.Time) []string {
			return []string{event(join, at(time.Minute), "SUCCESS", "User 00u3", "UserGroup 00g1")}
		}, "00u7", true},
		{"moved without an event", time.Minute, 2, nil, "00u7", true},
		{"an event that the group does not know", 0, 3, func(at func(time.Duration) time.Time) []string {
			return []string{event(join, at(time.Minute), "SUCCESS", "User 00u3", "UserGroup 00g1")}
		}, "00u7", true},
		{"at once", 2 * time.Second, 3, func(at func(time.Duration) time.Time) []string {
			return []string{event(join, at(2*time.Second), "SUCCESS", "User 00u3", "UserGroup 00g1"), event(leave, at(time.Second), "SUCCESS", "User 00u3", "UserGroup 00g1")}
		}, "00u7", true},
		{"no success", time.Minute, 3, func(at func(time.Duration) time.Time) []string {
			return []string{event(join, at(time.Minute), "FAILURE", "User 00u3", "UserGroup 00g1")}
		}, "00u7", true},
		{"no user", time.Minute, 3, func(at func(time.Duration) time.Time) []string {
			return []string{event(join, at(time.Minute), "SUCCESS", "UserGroup 00g1")}
		}, "00u7", true},
		{"another kind beside a plain one", time.Minute, -1, func(at func(time.Duration) time.Time) []string {
			return []string{event(join, at(time.Minute), "SUCCESS", "User 00u3", "UserGroup 00g1"), event("group.user_membership.new", at(time.Minute), "SUCCESS", "UserGroup 00g1")}
		}, "00u7", true},
		{"another kind", time.Minute, 3, func(at func(time.Duration) time.Time) []string {
			return []string{event("group.user_membership.new", at(time.Minute), "SUCCESS", "User 00u3", "UserGroup 00g1")}
		}, "00u7", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				at := func(d time.Duration) time.Time { return start.Add(d) }
				group := func(moved time.Duration, count int) string {
					stats := ""
					if count >= 0 {
						stats = fmt.Sprintf(`,"_embedded":{"stats":{"usersCount":%d,"appsCount":0,"hasAdminPrivilege":false}}`, count)
					}
					return fmt.Sprintf(`{"id":"00g1","type":"OKTA_GROUP","lastMembershipUpdated":%q%s}`, at(moved).UTC().Format(time.RFC3339), stats)
				}
				was := -time.Hour
				dir := fill(t, map[string][]inventory.Batch{
					"groups":        {batch("groups", "", group(was, 2))},
					"group-members": {batch("group-members", "00g1", `{"id":"00u1"}`, `{"id":"00u2"}`)},
				})
				var events []string
				if tt.events != nil {
					events = tt.events(at)
				}
				if tt.moved == 0 {
					tt.moved = was
				}
				org := newFakeOrg(map[string]answer{
					"/api/v1/groups":            {body: "[" + group(tt.moved, tt.count) + "]"},
					"/api/v1/groups/00g1/users": {body: `[{"id":"00u7","profile":{}}]`},
					"/api/v1/logs":              {body: "[" + strings.Join(events, ",") + "]"},
				})
				time.Sleep(time.Hour)
				opts := inventory.Options{Resources: []string{"groups", "group-members"}}
				report, err := deltaOf(t, org, dir, earlier(t, start, opts.Resources...), opts)
				must(t, err)
				var got []string
				for _, line := range collected(t, dir)["group-members"] {
					got = append(got, strings.NewReplacer(`group-members 00g1 {"id":"`, "", `"}`, "").Replace(line))
				}
				if strings.Join(got, " ") != tt.want {
					t.Errorf("members %q, want %q", got, tt.want)
				}
				if got := org.requests(); !strings.Contains(strings.Join(got, "\n"), `or eventType sw "user.lifecycle.delete.")`) {
					t.Errorf("the log was not asked for deletions: %q", got)
				}
				if asked := len(org.lists("/api/v1/groups/00g1/users")) > 0; asked != tt.asked {
					t.Errorf("the list was asked for: %v, want %v", asked, tt.asked)
				}
				if row, _ := report.Row("group-members"); row.Count != len(got) || row.Status != inventory.Complete || row.Changes.Whole != "" {
					t.Errorf("row %+v", row)
				}
			})
		})
	}
}

// Users of a large app are asked for one by one; of a small one, and of one that a group
// was assigned to, the list is read again.
func TestDeltaAppUsers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var many []string
		for i := range 1000 {
			many = append(many, fmt.Sprintf(`{"id":"u%d"}`, i))
		}
		dir := fill(t, map[string][]inventory.Batch{
			"apps": {batch("apps", "", `{"id":"large"}`, `{"id":"small"}`, `{"id":"group"}`, `{"id":"same"}`, `{"id":"old"}`)},
			"app-users": {batch("app-users", "large", many...), batch("app-users", "small", `{"id":"u1"}`), batch("app-users", "group", `{"id":"u1"}`),
				batch("app-users", "same", `{"id":"u1"}`), batch("app-users", "old", `{"id":"u1"}`)},
		})
		at := start.Add(time.Minute)
		org := newFakeOrg(map[string]answer{
			"/api/v1/apps": {body: `[{"id":"large"},{"id":"small"},{"id":"group"},{"id":"same"}]`},
			"/api/v1/logs": {body: "[" + strings.Join([]string{
				event("application.user_membership.update", at, "SUCCESS", "AppUser 0ua1", "AppInstance large", "User u1"),
				event("application.user_membership.remove", at, "SUCCESS", "AppUser 0ua1", "AppInstance large", "User u2"),
				event("application.user_membership.add", at, "SUCCESS", "AppInstance small", "User u2"),
				event("group.application_assignment.add", at, "SUCCESS", "AppInstance group", "UserGroup 00g1"),
			}, ",") + "]"},
			"/api/v1/apps/large/users/u1": {body: `{"id":"u1","scope":"USER"}`},
			"/api/v1/apps/large/users/u2": failure(404, "E0000007"),
			"/api/v1/apps/small/users":    {body: `[{"id":"u2"}]`},
			"/api/v1/apps/group/users":    {body: `[{"id":"u1"},{"id":"u9"}]`},
		})
		time.Sleep(time.Hour)
		opts := inventory.Options{Resources: []string{"apps", "app-users"}}
		report, err := deltaOf(t, org, dir, earlier(t, start, opts.Resources...), opts)
		must(t, err)
		wantSame(t, "asked", org.lists("/api/v1/apps/"), []string{
			"/api/v1/apps/group/users", "/api/v1/apps/large/users/u1", "/api/v1/apps/large/users/u2", "/api/v1/apps/small/users",
		})
		want := []string{`app-users large {"id":"u1","scope":"USER"}`, `app-users small {"id":"u2"}`, `app-users group {"id":"u1"}`, `app-users group {"id":"u9"}`, `app-users same {"id":"u1"}`}
		for i := range many {
			if i != 1 && i != 2 {
				want = append(want, "app-users large "+many[i])
			}
		}
		slices.Sort(want)
		wantSame(t, "users of apps", collected(t, dir)["app-users"], want)
		row, _ := report.Row("app-users")
		if got := *row.Changes; got != (inventory.Changes{Added: 2, Changed: 1, Deleted: 3}) || row.Count != len(want) {
			t.Errorf("row %+v, changes %+v", row, got)
		}
	})
}
