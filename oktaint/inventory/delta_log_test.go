package inventory_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Without the System Log a delta equals a full run all the same, and says why it was of no
// use. Of memberships those that have moved are read.
func TestDeltaNoLog(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		pause time.Duration
		set   scopes.Set
		want  string
	}{
		{"too old", 100 * 24 * time.Hour, scopes.Set{}, "longer ago than the System Log keeps"},
		{"no scope", time.Hour, scopes.New(scopes.UsersRead, scopes.GroupsRead, scopes.PoliciesRead), "does not ask for okta.logs.read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSimOrg(t, oktatest.Config{Users: 600, Groups: 150})
				time.Sleep(time.Hour)
				admin := s.c
				if tt.set.Len() > 0 {
					app := s.sim.AddServiceApp(oktatest.ServiceApp{Scopes: tt.set, Roles: []string{"READ_ONLY_ADMIN"}})
					creds, err := oktaint.ParseCredentials(s.sim.Credentials(app))
					must(t, err)
					s.c = oktaint.NewClient(creds, s.sim.Transport())
				}
				collector := s.c
				opts := inventory.Options{Resources: []string{"users", "groups", "group-members", "group-owners", "policies", "policy-rules"}}
				dir := t.TempDir()
				last, _ := s.collect(dir, opts)
				s.c = admin
				for end := time.Now().Add(tt.pause); time.Now().Before(end); time.Sleep(min(time.Until(end), 20*24*time.Hour)) {
					s.ids("api/v1/groups") // a token that is not used for 30 days is gone
				}
				s.change(20, 3)
				s.c = collector
				time.Sleep(time.Hour)
				report, _ := s.delta(dir, last, opts)
				if !strings.Contains(report.Delta.NoLog, tt.want) {
					t.Errorf("basis %+v", report.Delta)
				}
				for name, whole := range map[string]bool{"users": true, "groups": true, "group-members": false, "group-owners": true, "policies": false, "policy-rules": true} {
					row, _ := report.Row(name)
					if (row.Changes.Whole != "") != whole || row.Status != inventory.Complete {
						t.Errorf("%s: %+v, %+v", name, row, row.Changes)
					}
				}
				if row, _ := report.Row("group-members"); row.Requests > 60 || row.Changes.Added == 0 || row.Changes.Deleted == 0 {
					t.Errorf("members: %+v, %+v", row, row.Changes)
				}
				s.wantEqual(dir, opts)
			})
		})
	}
}

// A filter that the org does not understand is left out; an org that does not answer ends the
// run, and nothing has changed.
func TestDeltaLogAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		filtered answer
		all      answer
		want     string // of the basis
		err      string
	}{
		{"filter", failure(400, "E0000053"), answer{body: "[]"}, "", ""},
		{"role", failure(403, "E0000006"), failure(403, "E0000006"), "the System Log: should be seen with the role", ""},
		{"broken", failure(400, "E0000001"), failure(400, "E0000001"), "", "inventory: the System Log: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				dir := fill(t, map[string][]inventory.Batch{"users": {batch("users", "", `{"id":"a"}`)}})
				since := "limit=1000&since=" + start.Add(-overlap).UTC().Format("2006-01-02T15:04:05.000Z") + "&sortOrder=ASCENDING"
				org := newFakeOrg(map[string]answer{
					"/api/v1/logs":            tt.filtered,
					"/api/v1/logs?" + since:   tt.all,
					"/api/v1/users":           {body: `[]`},
					"/api/v1/users?limit=200": {body: `[{"id":"b"}]`},
				})
				time.Sleep(time.Hour)
				opts := inventory.Options{Resources: []string{"users"}}
				report, err := deltaOf(t, org, dir, earlier(t, start, "users"), opts)
				if tt.err != "" {
					if err == nil || !strings.HasPrefix(err.Error(), tt.err) {
						t.Errorf("error %v", err)
					}
					wantSame(t, "users", collected(t, dir)["users"], []string{`users  {"id":"a"}`})
					return
				}
				must(t, err)
				want := []string{`users  {"id":"a"}`}
				if tt.want != "" {
					want[0] = `users  {"id":"b"}`
				}
				wantSame(t, "users", collected(t, dir)["users"], want)
				if got := report.Delta.NoLog; !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
					t.Errorf("why: %q", got)
				}
			})
		})
	}
}

// All pages of the log are read, also those that are shorter than they could be.
func TestDeltaLogPages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		dir := fill(t, map[string][]inventory.Batch{
			"policies":     {batch("policies", "", `{"id":"00p1"}`, `{"id":"00p2"}`)},
			"policy-rules": {batch("policy-rules", "00p1", `{"id":"0pr1"}`), batch("policy-rules", "00p2", `{"id":"0pr2"}`)},
		})
		page := func(id string) string {
			return "[" + event("policy.rule.update", start.Add(time.Minute), "SUCCESS", "PolicyEntity "+id) + "]"
		}
		org := newFakeOrg(map[string]answer{
			"/api/v1/policies?type=ACCESS_POLICY": {body: `[{"id":"00p1"},{"id":"00p2"}]`},
			"/api/v1/policies":                    {body: "[]"},
			"/api/v1/policies/00p2/rules":         {body: `[{"id":"new"}]`},
			"/api/v1/logs":                        {pages: []string{page("00p9"), page("00p2")}},
		})
		time.Sleep(time.Hour)
		opts := inventory.Options{Resources: []string{"policies", "policy-rules"}}
		report, err := deltaOf(t, org, dir, earlier(t, start, opts.Resources...), opts)
		must(t, err)
		wantSame(t, "rules", collected(t, dir)["policy-rules"], []string{`policy-rules 00p1 {"id":"0pr1"}`, `policy-rules 00p2 {"id":"new"}`})
		if report.Delta.Events != 2 {
			t.Errorf("basis %+v", report.Delta)
		}
		for _, asked := range org.requests() {
			if strings.HasPrefix(asked, "/api/v1/logs") && !strings.Contains(asked, `filter=eventType sw "policy.rule."&`) {
				t.Errorf("asked for %s", asked)
			}
		}
	})
}
