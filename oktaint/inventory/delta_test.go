package inventory_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A simOrg is a simulated org with the clients of an administrator and of a collector.
type simOrg struct {
	t   *testing.T
	sim *oktatest.Org
	c   *oktaint.Client
}

// noLimits are the classes of endpoints without a limit.
func noLimits() map[string]int {
	all := oktatest.DefaultRateLimits()
	for class := range all {
		all[class] = 0
	}
	return all
}

func newSimOrg(t *testing.T, cfg oktatest.Config) *simOrg {
	t.Helper()
	cfg.RateLimits = noLimits()
	sim := oktatest.New(t, cfg)
	org, err := oktaint.ParseOrg(sim.URL())
	must(t, err)
	token, err := oktaint.ParseAPIToken(sim.APIToken())
	must(t, err)
	return &simOrg{t, sim, oktaint.NewClient(oktaint.APIToken{Org: org, Token: token}, sim.Transport())}
}

// do sends a request of the administrator, which must succeed.
func (s *simOrg) do(method, path string, body any) {
	s.t.Helper()
	req, err := s.c.Org.NewRequest(context.Background(), method, nil, body, strings.Split(path, "/")...)
	must(s.t, err)
	if err := s.c.Do(req, nil); err != nil {
		s.t.Fatal(err)
	}
}

// ids are the ids of a list.
func (s *simOrg) ids(path string) []string {
	s.t.Helper()
	var ids []string
	for o, err := range oktaint.List[struct {
		ID string `json:"id"`
	}](context.Background(), s.c, nil, strings.Split(path, "/")...) {
		must(s.t, err)
		ids = append(ids, o.ID)
	}
	return ids
}

// collect collects into a folder, and returns the report and the number of requests.
func (s *simOrg) collect(dir string, opts inventory.Options) (*inventory.Report, int) {
	s.t.Helper()
	return s.count(dir, func(f *inventory.Files) (*inventory.Report, error) {
		return inventory.Collect(s.t.Context(), s.c, f, opts)
	})
}

// delta brings a folder up to date. The report has been through JSON, as in a manifest.
func (s *simOrg) delta(dir string, last *inventory.Report, opts inventory.Options) (*inventory.Report, int) {
	s.t.Helper()
	text, err := json.Marshal(last)
	must(s.t, err)
	var read inventory.Report
	must(s.t, json.Unmarshal(text, &read))
	return s.count(dir, func(f *inventory.Files) (*inventory.Report, error) {
		updates, err := f.Updates()
		must(s.t, err)
		return inventory.Delta(s.t.Context(), s.c, updates, &read, opts)
	})
}

func (s *simOrg) count(dir string, work func(*inventory.Files) (*inventory.Report, error)) (*inventory.Report, int) {
	s.t.Helper()
	f := openFiles(s.t, dir, inventory.FileOptions{})
	defer f.Close()
	s.sim.ResetRequests()
	report, err := work(f)
	must(s.t, err)
	return report, len(s.sim.Requests())
}

// wantEqual compares a folder with that of a full run.
func (s *simOrg) wantEqual(dir string, opts inventory.Options) (requests int) {
	s.t.Helper()
	full := s.t.TempDir()
	report, requests := s.collect(full, opts)
	got, want := collected(s.t, dir), collected(s.t, full)
	for resource, lines := range want {
		if !slices.Equal(got[resource], lines) {
			s.t.Errorf("%s: %d lines, want %d: %s", resource, len(got[resource]), len(lines), firstDifference(got[resource], lines))
		}
	}
	for _, row := range report.Rows {
		if row.Count != len(want[row.Resource]) {
			s.t.Errorf("%s: %d lines of %d", row.Resource, len(want[row.Resource]), row.Count)
		}
	}
	return requests
}

func firstDifference(got, want []string) string {
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			return fmt.Sprintf("line %d:\n%s\nwant\n%s", i, strings.Join(got[min(i, len(got)):min(i+1, len(got))], ""), strings.Join(want[min(i, len(want)):min(i+1, len(want))], ""))
		}
	}
	return ""
}

// After one in a hundred of users, groups and memberships has changed and some were
// deleted, a delta equals a full run, with a tenth of its requests.
func TestDelta(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSimOrg(t, oktatest.Config{Users: 2000, Groups: 300, Apps: 60})
		dir, last, full := s.collected()
		s.change(20, 3)
		time.Sleep(time.Hour)
		report, requests := s.delta(dir, last, inventory.Options{})
		s.wantEqual(dir, inventory.Options{})
		if requests*10 > full || report.Delta.NoLog != "" {
			t.Errorf("%d requests of %d, basis %+v", requests, full, report.Delta)
		}
		if row, _ := report.Row("group-members"); row.Changes.Added != 20 || row.Changes.Deleted < 7 || row.Requests > 3 {
			t.Errorf("%+v, %+v", row, row.Changes)
		}
		for _, row := range report.Rows {
			if row.Status != inventory.Complete || row.Changes.Whole != "" {
				t.Errorf("%+v, %+v", row, row.Changes)
			}
		}
	})
}

// A delta equals a full run after apps, assignments, roles, policies and other assets have
// changed too.
func TestDeltaEverything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSimOrg(t, oktatest.Config{Users: 700, Groups: 150, Apps: 40})
		dir, last, full := s.collected()
		s.change(20, 3)
		s.changeApps()
		s.changeAssets()
		time.Sleep(time.Hour)
		report, requests := s.delta(dir, last, inventory.Options{})
		s.wantEqual(dir, inventory.Options{})
		if requests*2 > full {
			t.Errorf("%d requests of %d", requests, full)
		}
		for name, want := range map[string]inventory.Changes{
			"apps": {Added: 1, Deleted: 1}, "group-apps": {Added: 1, Deleted: 2}, "app-grants": {Added: 1}, "group-roles": {Added: 1},
			"network-zones": {Added: 1, Changed: 1}, "devices": {Added: 1, Changed: 1, Deleted: 1}, "policy-rules": {Added: 1, Changed: 1},
		} {
			if row, _ := report.Row(name); *row.Changes != want {
				t.Errorf("%s: %+v, want %+v", name, *row.Changes, want)
			}
		}
	})
}

// collected collects an hour before something changes.
func (s *simOrg) collected() (dir string, last *inventory.Report, requests int) {
	s.t.Helper()
	time.Sleep(time.Hour)
	dir = s.t.TempDir()
	last, requests = s.collect(dir, inventory.Options{})
	time.Sleep(time.Hour)
	return dir, last, requests
}

// change changes that many users and groups, and deletes some of each.
func (s *simOrg) change(users, groups int) {
	s.t.Helper()
	people, all := s.ids("api/v1/users"), s.ids("api/v1/groups")
	for i := range users {
		user, group := people[10+i*7], all[2+i*3%len(all)]
		s.do(http.MethodPost, "api/v1/users/"+user, map[string]any{"profile": map[string]any{"department": fmt.Sprintf("New %d", i)}})
		s.do(http.MethodPut, "api/v1/groups/"+group+"/users/"+user, nil)
		if i%3 == 0 {
			members := s.ids("api/v1/groups/" + group + "/users")
			s.do(http.MethodDelete, "api/v1/groups/"+group+"/users/"+members[0], nil)
		}
	}
	for i := range groups {
		s.do(http.MethodPut, "api/v1/groups/"+all[100+i], map[string]any{"profile": map[string]any{"name": fmt.Sprintf("Renamed %d", i)}})
		s.do(http.MethodPost, "api/v1/groups", map[string]any{"profile": map[string]any{"name": fmt.Sprintf("Made %d", i)}})
	}
	s.do(http.MethodDelete, "api/v1/groups/"+all[len(all)-1], nil)
	for _, user := range people[300:302] { // the first only deactivates
		s.do(http.MethodDelete, "api/v1/users/"+user, nil)
	}
	s.do(http.MethodDelete, "api/v1/users/"+people[300], nil)
}

// changeApps changes apps, who is assigned to them, and who holds roles; some are deleted.
func (s *simOrg) changeApps() {
	s.t.Helper()
	people, groups, apps := s.ids("api/v1/users"), s.ids("api/v1/groups"), s.ids("api/v1/apps")
	apps = slices.DeleteFunc(apps, func(id string) bool { return s.ofOkta(id) })
	var direct string // a user who is assigned to the app, not through a group
	used := slices.IndexFunc(apps, func(app string) bool {
		for u, err := range oktaint.List[struct{ ID, Scope string }](s.t.Context(), s.c, nil, "api", "v1", "apps", app, "users") {
			if must(s.t, err); u.Scope == "USER" {
				direct = u.ID
			}
		}
		return direct != ""
	})
	s.do(http.MethodPost, "api/v1/apps/"+apps[used]+"/users", map[string]any{"id": people[77], "scope": "USER"})
	s.do(http.MethodDelete, "api/v1/apps/"+apps[used]+"/users/"+direct, nil)
	s.do(http.MethodPut, "api/v1/apps/"+apps[used+1]+"/groups/"+groups[40], map[string]any{})
	s.do(http.MethodPost, "api/v1/apps/"+apps[len(apps)-1]+"/lifecycle/deactivate", nil)
	s.do(http.MethodPost, "api/v1/apps/"+apps[len(apps)-2]+"/lifecycle/deactivate", nil)
	s.do(http.MethodDelete, "api/v1/apps/"+apps[len(apps)-2], nil)
	client := s.sim.AddServiceApp(oktatest.ServiceApp{Scopes: scopes.New(scopes.UsersRead), Roles: []string{"READ_ONLY_ADMIN"}})
	s.do(http.MethodPost, "oauth2/v1/clients/"+client+"/roles", map[string]any{"type": "REPORT_ADMIN"})
	s.do(http.MethodPost, "api/v1/users/"+people[78]+"/roles", map[string]any{"type": "REPORT_ADMIN"})
	s.do(http.MethodPost, "api/v1/groups/"+groups[41]+"/roles", map[string]any{"type": "MOBILE_ADMIN"})
}

// ofOkta reports whether an app is one of Okta's own.
func (s *simOrg) ofOkta(id string) bool {
	s.t.Helper()
	var app struct{ Name string }
	must(s.t, s.c.Get(s.t.Context(), &app, nil, "api", "v1", "apps", id))
	return app.Name == "saasure" || strings.HasPrefix(app.Name, "okta_")
}

// changeAssets changes, adds and removes policies, rules, servers, devices and the like.
func (s *simOrg) changeAssets() {
	s.t.Helper()
	for _, template := range []string{
		"/api/v1/policies/{policyId}/rules", "/api/v1/authorizationServers/{authServerId}/scopes", "/api/v1/zones", "/api/v1/devices",
	} {
		lists, err := s.sim.AssetLists(template)
		must(s.t, err)
		objects, err := s.sim.Assets(lists[0])
		must(s.t, err)
		_, err = s.sim.PutAsset(lists[0], map[string]any{"id": objects[0]["id"], "name": "Changed"})
		must(s.t, err)
		_, err = s.sim.PutAsset(lists[len(lists)-1], map[string]any{"name": "Added"})
		must(s.t, err)
		if template == "/api/v1/devices" {
			must(s.t, s.sim.RemoveAsset(lists[0], objects[1]["id"].(string)))
		}
	}
}

// A delta without a change changes nothing; one from the same report again, as after a
// crash, comes to the same; one after the other goes on.
func TestDeltaAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSimOrg(t, oktatest.Config{Users: 600, Groups: 150})
		time.Sleep(time.Hour)
		dir, opts := t.TempDir(), inventory.Options{Resources: []string{"users", "groups", "group-members", "group-owners"}}
		first, _ := s.collect(dir, opts)
		time.Sleep(time.Hour)
		s.change(20, 3)
		second, _ := s.delta(dir, first, opts)
		after := snapshot(t, dir)
		again, _ := s.delta(dir, first, opts)
		quiet, requests := s.delta(dir, second, opts)
		for _, report := range []*inventory.Report{again, quiet} {
			for _, row := range report.Rows {
				if c := *row.Changes; c != (inventory.Changes{}) || row.Status != inventory.Complete {
					t.Errorf("%s: %+v, %+v", row.Resource, row, c)
				}
			}
		}
		wantSame(t, "folder", snapshot(t, dir), after)
		if requests > 12 {
			t.Errorf("%d requests without a change", requests)
		}
		time.Sleep(time.Hour)
		people, all := s.ids("api/v1/users"), s.ids("api/v1/groups")
		s.do(http.MethodPut, "api/v1/groups/"+all[5]+"/users/"+people[9], nil)
		s.do(http.MethodPost, "api/v1/groups/"+all[5]+"/owners", map[string]any{"id": people[9], "type": "USER"})
		s.do(http.MethodPut, "api/v1/groups/"+all[6], map[string]any{"profile": map[string]any{"name": "Another"}})
		third, _ := s.delta(dir, quiet, opts)
		if row, _ := third.Row("group-owners"); row.Changes.Added != 1 || row.Requests != 1 || !row.Started.Equal(third.Started) {
			t.Errorf("%+v, %+v", row, row.Changes)
		}
		if row, _ := third.Row("group-members"); row.Changes.Added != 1 || row.Requests != 0 {
			t.Errorf("%+v, %+v", row, row.Changes)
		}
		s.wantEqual(dir, opts)
	})
}

// What lists and searches show late, the next delta has.
func TestDeltaLag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSimOrg(t, oktatest.Config{Users: 600, Groups: 150, Lag: oktatest.Lag{Lists: 10 * time.Minute}})
		time.Sleep(time.Hour)
		dir, opts := t.TempDir(), inventory.Options{Resources: []string{"users", "groups", "group-members", "group-owners"}}
		last, _ := s.collect(dir, opts)
		time.Sleep(time.Hour)
		s.change(20, 3)
		time.Sleep(time.Minute)
		last, _ = s.delta(dir, last, opts)
		time.Sleep(15 * time.Minute)
		s.delta(dir, last, opts)
		s.wantEqual(dir, opts)
	})
}

// What is wrong with the call is said before anything is sent.
func TestDeltaRefuses(t *testing.T) {
	t.Parallel()
	org := newFakeOrg(nil)
	f := openFiles(t, t.TempDir(), inventory.FileOptions{})
	defer f.Close()
	s, err := f.Updates()
	must(t, err)
	other := earlier(t, time.Now())
	must(t, other.Org.UnmarshalText([]byte("https://other.okta.com")))
	for _, tt := range []struct {
		store inventory.Store
		last  *inventory.Report
		opts  inventory.Options
		want  string
	}{
		{nil, earlier(t, time.Now()), inventory.Options{}, "no Store"},
		{s, nil, inventory.Options{}, "no Store, or no Report"},
		{s, other, inventory.Options{}, "other.okta.com"},
		{s, earlier(t, time.Now()), inventory.Options{Resources: []string{"user"}}, `no resource "user"`},
	} {
		if _, err := inventory.Delta(t.Context(), org.client(t), tt.store, tt.last, tt.opts); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
	if got := org.requests(); len(got) > 0 {
		t.Errorf("sent: %q", got)
	}
}
