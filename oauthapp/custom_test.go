package oauthapp_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

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
	responseSteps = "create, role, custom role, resource set, binding, grant"
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
		if got := plan.Steps()[2].String(); got != "create a custom role with 17 permissions" {
			t.Errorf("third step: %s", got)
		}
		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(res.Roles, []string{"CUSTOM", "READ_ONLY_ADMIN"}) || !slices.Equal(res.Permissions, oauthapp.ResponsePermissions()) || len(unmet(res)) != 0 {
			t.Errorf("roles %q, permissions %q, warnings %q", res.Roles, res.Permissions, unmet(res))
		}
		want := []string{"POST " + rolesPath, "POST " + setsPath}
		if w := s.written(); !slices.Equal(w[2:4], want) || !strings.HasSuffix(w[4], "/bindings") {
			t.Errorf("written: %q, want %q and a binding behind the role", w[:5], want)
		}
		if report := s.verify(res, response().Scopes); !report.OK {
			t.Errorf("not verified: %v", report.Err())
		}
		again := s.plan(response(), nil)
		if len(again.Steps()) != 0 || len(again.Warnings) != 0 || !slices.Equal(again.App.Permissions, oauthapp.ResponsePermissions()) {
			t.Errorf("second plan: %v, %q", again.Steps(), again.Warnings)
		}
		if roles, sets := s.iam(); roles != 1 || sets != 1 {
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
				bodies[r.URL.Path] = string(text)
			}
			return real.RoundTrip(r)
		})
		s.admin = s.client(s.sim.APIToken())
		d := response()
		d.Permissions = []string{"okta.users.read", "okta.users.lifecycle.suspend", "okta.users.read"}
		res := s.onboard(d, nil)
		app := res.ClientID
		want := map[string]string{
			rolesPath: `{"label":"acme-visibility (` + app + `)","description":"Response actions of the app acme-visibility","permissions":["okta.users.lifecycle.suspend","okta.users.read"]}`,
			setsPath:  `{"label":"acme-visibility (` + app + `)","description":"All users and groups, for the app acme-visibility","resources":["` + s.sim.URL() + `/api/v1/users","` + s.sim.URL() + `/api/v1/groups"]}`,
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
		if len(bodies) != 3 {
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
				if got := strings.Contains(kinds(plan.Steps()), "custom role"); got != (tc.want > 0) {
					t.Errorf("steps: %s", kinds(plan.Steps()))
				}
			})
		})
	}
}

// The custom role is the app's own, so its permissions become those wanted.
func TestPermissionsChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		d := response()
		d.Permissions = []string{"okta.users.read", "okta.groups.read", "okta.users.lifecycle.suspend"}
		s.onboard(d, nil)
		d.Permissions = []string{"okta.users.read", "okta.users.lifecycle.unsuspend"}
		plan := s.plan(d, nil)
		if got := kinds(plan.Steps()); got != "permissions" {
			t.Fatalf("steps: %s", got)
		}
		want := "add the permission okta.users.lifecycle.unsuspend to and take 2 permissions from the custom role"
		if got := plan.Steps()[0].String(); got != want {
			t.Errorf("step: %s, want %s", got, want)
		}
		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(res.Permissions, " "); got != "okta.users.lifecycle.unsuspend okta.users.read" {
			t.Errorf("permissions: %s", got)
		}
		if steps := s.plan(d, nil).Steps(); len(steps) != 0 {
			t.Errorf("still to do: %v", steps)
		}
	})
}

// A custom role that is not wanted any more goes if the journal says that it
// made it, or if the app shall have nothing else.
func TestCustomRoleRemoved(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		journal durable.State
		exact   bool
		steps   string
	}{
		{"journal", &row{}, false, "remove custom role"},
		{"exact", nil, true, "remove custom role"},
		{"neither", nil, false, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				s.onboard(response(), tc.journal)
				d := response()
				d.Permissions, d.Exact = []string{}, tc.exact
				plan := s.plan(d, tc.journal)
				if got := kinds(plan.Steps()); got != tc.steps {
					t.Fatalf("steps: %s, want %s", got, tc.steps)
				}
				if warned := len(plan.Warnings) == 1; warned != (tc.steps == "") {
					t.Errorf("warnings: %q", plan.Warnings)
				}
				if _, err := plan.Apply(t.Context()); err != nil {
					t.Fatal(err)
				}
				left := 1
				if tc.steps != "" {
					left = 0
				}
				if roles, sets := s.iam(); roles != left || sets != left {
					t.Errorf("%d custom roles and %d resource sets", roles, sets)
				}
				if steps := s.plan(d, tc.journal).Steps(); len(steps) != 0 {
					t.Errorf("still to do: %v", steps)
				}
				if tc.steps != "" { // and back
					if res := s.onboard(response(), tc.journal); len(res.Permissions) != 17 {
						t.Errorf("result: %+v", res)
					}
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
			for role, err := range oktaint.List[struct{ ID string }](t.Context(), s.admin, nil, "api", "v1", "iam", "roles") {
				if err != nil {
					t.Error(err)
				}
				s.send(request.RemovePermission(t.Context(), s.org, role.ID, "okta.users.lifecycle.suspend"))
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Permissions) != 16 || len(unmet(res)) != 1 || !warned(unmet(res), "wanted permissions") {
			t.Errorf("permissions %q, warnings %q", res.Permissions, unmet(res))
		}
		if got := kinds(s.plan(response(), nil).Steps()); got != "permissions" {
			t.Errorf("steps: %s", got)
		}
	})
}
