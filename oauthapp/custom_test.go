package oauthapp_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// response wants to act on users and groups too.
func response() oauthapp.Desired {
	d := desired()
	d.Scopes = scopes.New(scopes.UsersManage, scopes.GroupsManage, scopes.LogsRead)
	return d
}

const (
	responseSteps = "create, role, custom role, custom role, resource set, resource set, binding, binding, grant"
	rolesPath     = "/api/v1/iam/roles"
	setsPath      = "/api/v1/iam/resource-sets"
)

// iam counts the custom roles and resource sets of the org.
func (s *setup) iam() (roles, sets int) {
	s.t.Helper()
	count := func(what string) (n int) {
		for _, err := range oktaint.List[json.RawMessage](s.t.Context(), s.admin, nil, "api", "v1", "iam", what) {
			if err != nil {
				s.t.Fatal(err)
			}
			n++
		}
		return n
	}
	return count("roles"), count("resource-sets")
}

func TestResponse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		plan := s.plan(response(), nil)
		if got := kinds(plan.Steps()); got != responseSteps {
			t.Fatalf("steps: %s, want %s", got, responseSteps)
		}
		if got := plan.Steps()[3].String(); got != "create the custom role with 17 permissions" {
			t.Errorf("fourth step: %s", got)
		}
		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(res.Roles, []string{"CUSTOM", "READ_ONLY_ADMIN"}) || !slices.Equal(res.Permissions, oauthapp.ResponsePermissions()) || len(unmet(res)) != 0 {
			t.Errorf("roles %q, permissions %q, warnings %q", res.Roles, res.Permissions, unmet(res))
		}
		// The role, the custom roles and the sets are made side by side, then the bindings.
		w := s.written()
		if roles := slices.Sorted(slices.Values(w[1:6])); !slices.Equal(roles[:4], []string{"POST " + setsPath, "POST " + setsPath, "POST " + rolesPath, "POST " + rolesPath}) ||
			!strings.HasSuffix(roles[4], "/roles") || !strings.HasSuffix(w[6], "/bindings") || !strings.HasSuffix(w[7], "/bindings") {
			t.Errorf("written: %q, want the roles, and bindings behind them", w[:8])
		}
		if report := s.verify(res, response().Scopes); !report.OK {
			t.Errorf("not verified: %v", report.Err())
		}
		again := s.plan(response(), nil)
		if len(again.Steps()) != 0 || len(again.Warnings) != 0 || !slices.Equal(again.App.Permissions, oauthapp.ResponsePermissions()) {
			t.Errorf("second plan: %v, %q", again.Steps(), again.Warnings)
		}
		if roles, sets := s.iam(); roles != 2 || sets != 2 {
			t.Errorf("%d custom roles and %d resource sets", roles, sets)
		}
	})
}

// What goes over the wire, but for the ids.
func TestCustomRoleWire(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		bodies := map[string]string{}
		var mu sync.Mutex // requests come side by side
		real := s.base
		s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/api/v1/iam/") {
				body, err := r.GetBody()
				if err != nil {
					t.Error(err)
				}
				text, err := io.ReadAll(body)
				if err != nil {
					t.Error(err)
				}
				name := r.URL.Path
				if strings.Contains(string(text), ") IAM reader") {
					name += " IAM reader"
				}
				mu.Lock()
				defer mu.Unlock()
				bodies[name] = string(text)
			}
			return real.RoundTrip(r)
		})
		s.admin = s.client(s.sim.APIToken())
		d := response()
		d.Permissions = []string{"okta.users.read", "okta.users.lifecycle.suspend", "okta.users.read"}
		res := s.onboard(d, nil)
		app := res.ClientID
		orgID, _, _ := strings.Cut(strings.TrimPrefix(s.object(res.ApplicationID)["orn"].(string), "orn:okta:idp:"), ":")
		want := map[string]string{
			rolesPath + " IAM reader": `{"label":"acme-visibility (` + app + `) IAM reader","description":"Shows who holds admin roles to the app acme-visibility","permissions":["okta.iam.read"]}`,
			setsPath + " IAM reader":  `{"label":"acme-visibility (` + app + `) IAM reader","description":"The org's roles, resource sets and admin assignments, for the app acme-visibility","resources":["orn:okta:iam:` + orgID + `:contained_resources"]}`,
			rolesPath:                 `{"label":"acme-visibility (` + app + `)","description":"Response actions of the app acme-visibility","permissions":["okta.users.lifecycle.suspend","okta.users.read"]}`,
			setsPath:                  `{"label":"acme-visibility (` + app + `)","description":"All users and groups, for the app acme-visibility","resources":["` + s.sim.URL() + `/api/v1/users","` + s.sim.URL() + `/api/v1/groups"]}`,
		}
		for path, body := range want {
			if bodies[path] != body {
				t.Errorf("%s:\n got %s\nwant %s", path, bodies[path], body)
			}
		}
		for path, body := range bodies {
			if strings.HasSuffix(path, "/bindings") && !strings.Contains(body, `"members":["`+s.sim.URL()+`/oauth2/v1/clients/`+app+`"]`) {
				t.Errorf("%s: %s", path, body)
			}
		}
		if len(bodies) != 6 {
			t.Errorf("%d bodies", len(bodies))
		}
	})
}

// Which permissions a Desired stands for.
func TestPermissionsDefault(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name        string
		scopes      scopes.Set
		permissions []string
		want        int
	}{
		{"visibility", scopes.Visibility, nil, 0},
		{"response", scopes.New(scopes.GroupsManage), nil, 17},
		{"response without", scopes.Remediation, []string{}, 0},
		{"visibility with", scopes.Visibility, []string{"okta.users.read"}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				d := desired()
				d.Scopes, d.Permissions = tc.scopes, tc.permissions
				plan := s.plan(d, nil)
				if n := len(plan.Desired.Permissions); n != tc.want {
					t.Errorf("%d permissions, want %d", n, tc.want)
				}
				if got := strings.Contains(strings.Join(says(plan.Steps()), "\n"), "create the custom role with"); got != (tc.want > 0) {
					t.Errorf("steps: %s", kinds(plan.Steps()))
				}
			})
		})
	}
}

// Permissions are added. Those beyond them stay, unless they are named or Exact is set.
func TestPermissionsChange(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		change func(*oauthapp.Desired)
		steps  []string
		want   string
	}{
		{"more", func(*oauthapp.Desired) {}, []string{"add the permission okta.users.lifecycle.unsuspend to the custom role"},
			"okta.groups.read okta.users.lifecycle.suspend okta.users.lifecycle.unsuspend okta.users.read"},
		{"remove", func(d *oauthapp.Desired) { d.Remove.Permissions = []string{"okta.groups.read"} },
			[]string{"add the permission okta.users.lifecycle.unsuspend to the custom role", "take the permission okta.groups.read from the custom role"},
			"okta.users.lifecycle.suspend okta.users.lifecycle.unsuspend okta.users.read"},
		{"exact", func(d *oauthapp.Desired) { d.Exact = true },
			[]string{"add the permission okta.users.lifecycle.unsuspend to the custom role", "take 2 permissions from the custom role"},
			"okta.users.lifecycle.unsuspend okta.users.read"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, j := newSetup(t, oktatest.Config{}), &row{}
				d := response()
				d.Permissions = []string{"okta.users.read", "okta.groups.read", "okta.users.lifecycle.suspend"}
				s.onboard(d, j)
				d.Permissions = []string{"okta.users.read", "okta.users.lifecycle.unsuspend"}
				tc.change(&d)
				plan := s.plan(d, j)
				if got := says(plan.Steps()); !slices.Equal(got, tc.steps) {
					t.Fatalf("steps: %q", got)
				}
				if kept := tc.name != "exact"; warned(plan.Left, "okta.users.lifecycle.suspend") != kept {
					t.Errorf("left: %q", plan.Left)
				}
				res, err := plan.Apply(t.Context())
				if err != nil || res.Err() != nil {
					t.Fatal(err, res.Err())
				}
				if got := strings.Join(res.Permissions, " "); got != tc.want {
					t.Errorf("permissions: %s", got)
				}
				if steps := s.plan(d, j).Steps(); len(steps) != 0 {
					t.Errorf("still to do: %v", steps)
				}
			})
		})
	}
}

// A custom role that is not asked for any more stays, unless it is named or Exact is set,
// and whether or not a journal says that it was made from here.
func TestCustomRoleRemoved(t *testing.T) {
	t.Parallel()
	const all = "unbind, remove custom role, remove resource set"
	for _, tc := range []struct {
		name    string
		journal durable.State
		change  func(*oauthapp.Desired)
		steps   string
	}{
		{"journal", &row{}, func(*oauthapp.Desired) {}, ""},
		{"no journal", nil, func(*oauthapp.Desired) {}, ""},
		{"exact", nil, func(d *oauthapp.Desired) { d.Exact = true }, all},
		{"remove", &row{}, func(d *oauthapp.Desired) { d.Remove.Roles = []string{oauthapp.RoleCustom} }, all},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				s.onboard(response(), tc.journal)
				d := response()
				d.Permissions = []string{}
				tc.change(&d)
				plan := s.plan(d, tc.journal)
				if got := kinds(plan.Steps()); got != tc.steps {
					t.Fatalf("steps: %s, want %s", got, tc.steps)
				}
				if told := warned(plan.Left, "the custom role"); told != (tc.steps == "") {
					t.Errorf("left: %q", plan.Left)
				}
				if res, err := plan.Apply(t.Context()); err != nil || res.Err() != nil {
					t.Fatal(err, res.Err())
				}
				left := 2 // the IAM reader stays
				if tc.steps != "" {
					left = 1
				}
				if roles, sets := s.iam(); roles != left || sets != left {
					t.Errorf("%d custom roles and %d resource sets", roles, sets)
				}
				if steps := s.plan(d, tc.journal).Steps(); len(steps) != 0 {
					t.Errorf("still to do: %v", steps)
				}
				if res := s.onboard(response(), tc.journal); len(res.Permissions) != 17 { // and back
					t.Errorf("result: %+v", res)
				}
			})
		})
	}
}

// The read-back says what the custom role lacks.
func TestCustomRoleReadBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		res, err := applyWith(s.plan(response(), nil), t.Context(), func(e oauthapp.Event) {
			if e.Step.Kind != oauthapp.StepReadBack || e.Done != 0 {
				return
			}
			for role, err := range oktaint.List[struct{ ID, Label string }](t.Context(), s.admin, nil, "api", "v1", "iam", "roles") {
				if err != nil {
					t.Error(err)
				}
				if strings.HasSuffix(role.Label, ")") {
					s.send(request.RemovePermission(t.Context(), s.org, role.ID, "okta.users.lifecycle.suspend"))
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Permissions) != 16 || len(unmet(res)) != 1 || !warned(unmet(res), "add the permission okta.users.lifecycle.suspend") {
			t.Errorf("permissions %q, warnings %q", res.Permissions, unmet(res))
		}
		if got := kinds(s.plan(response(), nil).Steps()); got != "permissions" {
			t.Errorf("steps: %s", got)
		}
	})
}

// An org that does not take the ORN is set up without the IAM reader: what was made for it
// is removed, the rest goes on, and the result names what is missing.
func TestIAMReaderRefused(t *testing.T) {
	t.Parallel()
	for name, d := range jobs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, j := newSetup(t, oktatest.Config{NoIAMResources: true}), &row{}
				bare := s.sim.State()
				start := time.Now()
				plan := s.plan(d, j)
				res, err := plan.Apply(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if res.IAMReader || res.Granted != d.Scopes || res.Role != "READ_ONLY_ADMIN" || len(res.Permissions) != len(d.Permissions) {
					t.Errorf("result: %+v", res)
				}
				if err := res.Err(); err == nil || !strings.Contains(err.Error(), "create a resource set of the org's roles") || !strings.Contains(err.Error(), "is not a resource") {
					t.Errorf("outcome: %v", err)
				}
				own := 0
				if len(d.Permissions) > 0 {
					own = 1
				}
				if roles, sets := s.iam(); roles != own || sets != own {
					t.Errorf("%d custom roles, %d resource sets", roles, sets)
				}
				if took := time.Since(start); took > 5*time.Second {
					t.Errorf("it was waited for %v", took)
				}
				if err := plan.RevokeAPIToken(t.Context(), passed(res)); err == nil || s.revoked() {
					t.Errorf("the token was revoked: %v", err)
				}
				s.undo(bare, j)
			})
		})
	}
}

// The ORN follows from that of the app, whatever the partition.
func TestIAMReaderPartition(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Partition: "oktapreview"})
		if res := s.onboard(jobs()["visibility"], &row{}); res.Err() != nil || !res.IAMReader {
			t.Errorf("result: %+v, %v", res, res.Err())
		}
	})
}
