package inventory_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Probe asks for one object, and below a parent only with the first that can have something.
func TestProbe(t *testing.T) {
	t.Parallel()
	org := newFakeOrg(world())
	report, err := inventory.Probe(t.Context(), org.client(t), inventory.Options{Resources: append([]string{"users", "logs"}, worldResources...)})
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() || len(report.Rows) != len(worldResources)+2 {
		t.Errorf("report: %+v", report.Rows)
	}
	got := org.requests()
	slices.Sort(got)
	wantSame(t, "requests", got, []string{
		"/api/v1/groups/00g0/owners?limit=1",
		"/api/v1/groups/00g1/roles?expand=targets/groups&expand=targets/catalog/apps",
		"/api/v1/groups/00g1/users?limit=1",
		"/api/v1/groups?expand=stats&limit=200",
		"/api/v1/iam/resource-sets",
		"/api/v1/iam/resource-sets/iam1/bindings",
		"/api/v1/iam/resource-sets/iam1/bindings/cr01/members",
		"/api/v1/logs?limit=1",
		"/api/v1/users?limit=1",
	})
}

// Below a parent Probe asks once, though there are more of them.
func TestProbeBelow(t *testing.T) {
	t.Parallel()
	org := newFakeOrg(apps(5))
	if _, err := inventory.Probe(t.Context(), org.client(t), inventory.Options{Resources: []string{"app-users"}}); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "requests", org.requests(), []string{"/api/v1/apps?limit=200", "/api/v1/apps/0oa0/users?limit=1"})
}

// A list of which several kinds are asked for is asked on until a kind has something.
func TestProbeKinds(t *testing.T) {
	t.Parallel()
	org := newFakeOrg(map[string]answer{
		"/api/v1/policies": {body: "[]"}, "/api/v1/policies?type=CLIENT_UPDATE": {body: `[{"id":"00p1"}]`},
	})
	report, err := inventory.Probe(t.Context(), org.client(t), inventory.Options{Resources: []string{"policies"}})
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "requests", org.requests(), []string{
		"/api/v1/policies?type=ACCESS_POLICY", "/api/v1/policies?type=CLIENT_POLICY", "/api/v1/policies?type=CLIENT_UPDATE",
	})
	if !report.OK() {
		t.Errorf("report: %+v", report.Rows)
	}
}

// A late org shows what a role opens only after a time: everything is 403, or the role
// itself is not listed.
func late(lag time.Duration, path string) *fakeOrg {
	org := newFakeOrg(nil)
	begin := time.Now()
	org.instead = func(p string) (answer, bool) {
		if !strings.HasPrefix(p, path) || p == "/api/v1/users/me" || time.Since(begin) >= lag {
			return answer{}, false
		}
		if p == "/api/v1/users/00u1/roles" {
			return fakeRoles("REPORT_ADMIN"), path == p
		}
		return noRole, true
	}
	return org
}

// Probe is patient with what the roles that are said to be held should show, and with
// nothing else; it tells the end of each resource once.
func TestProbePatience(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		lag      time.Duration
		path     string
		said     string
		patience time.Duration
		took     time.Duration // at most; it is at least the lag, or the patience
		ok       bool
	}{
		{"in time", 6 * time.Second, "/api/v1/", "SUPER_ADMIN", 10 * time.Second, 8 * time.Second, true},
		{"one resource in time", 6 * time.Second, "/api/v1/zones", "SUPER_ADMIN", 10 * time.Second, 8 * time.Second, true},
		{"the role alone in time", 6 * time.Second, "/api/v1/users/00u1/roles", "SUPER_ADMIN", 10 * time.Second, 8 * time.Second, true},
		{"too late", time.Hour, "/api/v1/zones", "SUPER_ADMIN", 10 * time.Second, 10 * time.Second, false},
		{"without patience", time.Hour, "/api/v1/zones", "SUPER_ADMIN", 0, 0, false},
		{"no role is said to be held", time.Hour, "/api/v1/zones", "", 10 * time.Second, 0, false},
		{"the role does not open it", time.Hour, "/api/v1/zones", "HELP_DESK_ADMIN", 10 * time.Second, 10 * time.Second, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				org := late(tt.lag, tt.path)
				ends, waits := make(map[string]inventory.Status), 0
				opts := inventory.Options{Patience: tt.patience, Progress: func(e inventory.Event) {
					switch {
					case e.Wait != nil:
						waits++
					case e.Row != nil && ends[e.Resource] != "":
						t.Errorf("%s ended twice", e.Resource)
					case e.Row != nil:
						ends[e.Resource] = e.Row.Status
					}
				}}
				if tt.said != "" {
					opts.Roles = []string{tt.said}
				}
				begin := time.Now()
				report, err := inventory.Probe(t.Context(), org.client(t), opts)
				if err != nil {
					t.Fatal(err)
				}
				if ok := report.OK() && len(report.RolesLost) == 0; ok != tt.ok {
					t.Errorf("OK is %t, lost %q: %+v", ok, report.RolesLost, report.Problems(scopes.Set{}))
				}
				if took := time.Since(begin); took > tt.took || tt.ok && took < tt.lag || waits == 0 != (took == 0) {
					t.Errorf("it took %v, with %d waits", took, waits)
				}
				if row, _ := report.Row("network-zones"); waits > 0 && tt.path == "/api/v1/zones" && tt.said == "SUPER_ADMIN" && row.Requests < 2 {
					t.Errorf("%d requests for network zones", row.Requests)
				}
				for _, row := range report.Rows {
					if ends[row.Resource] != row.Status {
						t.Errorf("%s ended as %q, and is %q", row.Resource, ends[row.Resource], row.Status)
					}
				}
			})
		})
	}
}

// A scope that the token does not carry comes with no patience.
func TestProbeMissingScope(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newFakeOrg(map[string]answer{
			"/oauth2/v1/token":              {body: `{"token_type":"Bearer","expires_in":3600,"access_token":"t","scope":"okta.groups.read"}`},
			"/oauth2/v1/clients/0oa1/roles": noRole,
		}).integration(t, scopes.New(scopes.GroupsRead, scopes.UsersRead))
		begin := time.Now()
		report, err := inventory.Probe(t.Context(), c, inventory.Options{Roles: []string{"READ_ONLY_ADMIN"}, Patience: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if row, _ := report.Row("users"); row.Status != inventory.Refused || time.Since(begin) != 0 {
			t.Errorf("users are %+v after %v", row, time.Since(begin))
		}
	})
}

// The caller ends Probe while it waits, and a panic of theirs ends it too.
func TestProbeEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		org := late(time.Hour, "/api/v1/zones")
		gone := errors.New("the caller has gone")
		ctx, cancel := context.WithCancelCause(t.Context())
		opts := inventory.Options{Roles: []string{"SUPER_ADMIN"}, Patience: time.Minute, Resources: []string{"network-zones"}}
		opts.Progress = func(e inventory.Event) {
			if e.Wait != nil {
				cancel(gone)
			}
		}
		if _, err := inventory.Probe(ctx, org.client(t), opts); !errors.Is(err, gone) {
			t.Errorf("error: %v", err)
		}
		for _, wait := range []bool{true, false} {
			opts.Patience = 2 * time.Second
			opts.Progress = func(e inventory.Event) {
				if wait == (e.Wait != nil) && wait != (e.Row != nil) {
					panic("no")
				}
			}
			if _, err := inventory.Probe(t.Context(), org.client(t), opts); err == nil || !strings.Contains(err.Error(), "Progress panicked") {
				t.Errorf("error: %v", err)
			}
		}
	})
}
