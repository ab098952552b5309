package inventory_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// earlier is the report of a run at a time that read these resources completely.
func earlier(t *testing.T, at time.Time, resources ...string) *inventory.Report {
	t.Helper()
	report := &inventory.Report{Started: at, Roles: []string{"SUPER_ADMIN"}}
	must(t, report.Org.UnmarshalText([]byte(fakeOrigin)))
	for _, name := range resources {
		report.Rows = append(report.Rows, inventory.Row{Resource: name, Outcome: complete})
	}
	return report
}

// fill makes a folder that holds objects, by resource and parent.
func fill(t *testing.T, old map[string][]inventory.Batch) string {
	t.Helper()
	dir := t.TempDir()
	f := openFiles(t, dir, inventory.FileOptions{})
	must(t, f.Restore(t.Context(), ""))
	for resource, batches := range old {
		for _, b := range batches {
			must(t, f.Put(t.Context(), b))
		}
		must(t, f.Finish(t.Context(), inventory.Row{Resource: resource, Outcome: complete}))
	}
	must(t, f.Close())
	return dir
}

// deltaOf brings a folder up to date.
func deltaOf(t *testing.T, org *fakeOrg, dir string, last *inventory.Report, opts inventory.Options) (*inventory.Report, error) {
	t.Helper()
	f := openFiles(t, dir, inventory.FileOptions{})
	defer f.Close()
	updates, err := f.Updates()
	must(t, err)
	return inventory.Delta(t.Context(), org.client(t), updates, last, opts)
}

// An event of the System Log, its targets by type.
func event(kind string, at time.Time, result string, targets ...string) string {
	var list []string
	for _, target := range targets {
		kind, id, _ := strings.Cut(target, " ")
		list = append(list, fmt.Sprintf(`{"type":%q,"id":%q}`, kind, id))
	}
	text := fmt.Sprintf(`"eventType":%q,"published":%q,"outcome":{"result":%q},"target":[%s]`,
		kind, at.UTC().Format(time.RFC3339Nano), result, strings.Join(list, ","))
	return fmt.Sprintf(`{"uuid":"%x",%s}`, sha256.Sum256([]byte(text)), text)
}

// lists are the paths below a prefix that were asked for, without their queries.
func (f *fakeOrg) lists(prefix string) []string {
	var list []string
	for _, asked := range f.requests() {
		path, _, _ := strings.Cut(asked, "?")
		if strings.HasPrefix(path, prefix) {
			list = append(list, path)
		}
	}
	slices.Sort(list)
	return list
}

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

// An event makes those lists be read again whose parent it names; one that names none makes
// all be read again.
func TestDeltaChildren(t *testing.T) {
	t.Parallel()
	policies := `{"id":"00p1","name":"a"}`
	for _, tt := range []struct {
		name   string
		events []string
		now    string // the policies
		want   []string
	}{
		{"nothing", nil, policies + `,{"id":"00p2"}`, nil},
		{"named", []string{"policy.rule.update|PolicyRule 0pr1,PolicyEntity 00p2"}, policies + `,{"id":"00p2"}`, []string{"00p2"}},
		{"of another kind of policy", []string{"policy.rule.update|PolicyRule 0pr1,PolicyEntity 00p9"}, policies + `,{"id":"00p2"}`, nil},
		{"not named", []string{"policy.rule.update|PolicyRule 0pr1"}, policies + `,{"id":"00p2"}`, []string{"00p1", "00p2"}},
		{"named without its type", []string{"policy.rule.update|Policy 00p1"}, policies + `,{"id":"00p2"}`, []string{"00p1"}},
		{"of another resource", []string{"zone.update|Zone 00p1"}, policies + `,{"id":"00p2"}`, nil},
		{"changed parent", nil, policies + `,{"id":"00p2","name":"b"}`, []string{"00p2"}},
		{"new parent", nil, policies + `,{"id":"00p2"},{"id":"00p3"}`, []string{"00p3"}},
		{"parent gone", nil, policies, nil},
		{"nothing any more", []string{"policy.rule.delete|PolicyEntity 00p2"}, policies + `,{"id":"00p2"}`, []string{"00p2 none"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				dir := fill(t, map[string][]inventory.Batch{
					"policies":     {batch("policies", "", policies, `{"id":"00p2"}`)},
					"policy-rules": {batch("policy-rules", "00p1", `{"id":"0pr1"}`), batch("policy-rules", "00p2", `{"id":"0pr2"}`, `{"id":"0pr3"}`)},
				})
				var events []string
				for _, e := range tt.events {
					kind, targets, _ := strings.Cut(e, "|")
					events = append(events, event(kind, start.Add(time.Minute), "SUCCESS", strings.Split(targets, ",")...))
				}
				answers := map[string]answer{
					"/api/v1/policies?type=ACCESS_POLICY": {body: "[" + tt.now + "]"},
					"/api/v1/policies":                    {body: "[]"},
					"/api/v1/logs":                        {body: "[" + strings.Join(events, ",") + "]"},
				}
				want := []string{`policy-rules 00p1 {"id":"0pr1"}`, `policy-rules 00p2 {"id":"0pr2"}`, `policy-rules 00p2 {"id":"0pr3"}`}
				var asked []string
				for _, id := range tt.want {
					id, none := strings.CutSuffix(id, " none")
					answers["/api/v1/policies/"+id+"/rules"] = answer{body: `[{"id":"new"}]`}
					asked = append(asked, "/api/v1/policies/"+id+"/rules")
					want = slices.DeleteFunc(want, func(line string) bool { return strings.Contains(line, " "+id+" ") })
					if none {
						answers["/api/v1/policies/"+id+"/rules"] = failure(404, "E0000007")
						continue
					}
					want = append(want, `policy-rules `+id+` {"id":"new"}`)
				}
				if !strings.Contains(tt.now, "00p2") {
					want = want[:1]
				}
				org := newFakeOrg(answers)
				time.Sleep(time.Hour)
				opts := inventory.Options{Resources: []string{"policies", "policy-rules"}}
				report, err := deltaOf(t, org, dir, earlier(t, start, opts.Resources...), opts)
				must(t, err)
				slices.Sort(want)
				wantSame(t, "rules", collected(t, dir)["policy-rules"], want)
				wantSame(t, "asked", org.lists("/api/v1/policies/"), asked)
				if row, _ := report.Row("policy-rules"); row.Count != len(want) || !report.OK() {
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

// A list that cannot be read stays as it was, its row says so, and the next run reads the
// resource as a whole.
func TestDeltaFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		dir := fill(t, map[string][]inventory.Batch{
			"policies":     {batch("policies", "", `{"id":"00p1"}`, `{"id":"00p2"}`)},
			"policy-rules": {batch("policy-rules", "00p1", `{"id":"0pr1"}`), batch("policy-rules", "00p2", `{"id":"0pr2"}`)},
		})
		answers := map[string]answer{
			"/api/v1/policies?type=ACCESS_POLICY": {body: `[{"id":"00p1","name":"new"},{"id":"00p2","name":"new"}]`},
			"/api/v1/policies":                    {body: "[]"},
			"/api/v1/policies/00p1/rules":         {body: `[{"id":"0pr8"}]`},
			"/api/v1/policies/00p2/rules":         {pages: []string{`[]`, `[]`}},
			"/api/v1/policies/00p2/rules?after=1": failure(403, "E0000006"),
		}
		org := newFakeOrg(answers)
		time.Sleep(time.Hour)
		opts := inventory.Options{Resources: []string{"policies", "policy-rules"}}
		report, err := deltaOf(t, org, dir, earlier(t, start, opts.Resources...), opts)
		must(t, err)
		wantSame(t, "rules", collected(t, dir)["policy-rules"], []string{`policy-rules 00p1 {"id":"0pr8"}`, `policy-rules 00p2 {"id":"0pr2"}`})
		if row, _ := report.Row("policy-rules"); row.Status != inventory.Partial || row.Count != 2 || !strings.Contains(row.Why, "1 of 2 lists") {
			t.Errorf("row %+v", row)
		}
		answers = maps.Clone(answers)
		answers["/api/v1/policies/00p2/rules"] = answer{body: `[{"id":"0pr9"}]`}
		org = newFakeOrg(answers)
		report, err = deltaOf(t, org, dir, report, opts)
		must(t, err)
		wantSame(t, "rules", collected(t, dir)["policy-rules"], []string{`policy-rules 00p1 {"id":"0pr8"}`, `policy-rules 00p2 {"id":"0pr9"}`})
		if row, _ := report.Row("policy-rules"); row.Status != inventory.Complete || row.Changes.Whole == "" || row.Requests != 2 {
			text, _ := json.Marshal(row)
			t.Errorf("row %s", text)
		}
	})
}
