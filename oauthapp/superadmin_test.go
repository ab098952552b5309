package oauthapp_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// holds returns the roles of a client as the org has them.
func (s *setup) holds(clientID string) []string {
	s.t.Helper()
	var roles []struct{ Type string }
	if err := s.admin.Get(s.t.Context(), &roles, nil, "oauth2", "v1", "clients", clientID, "roles"); err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, r := range roles {
		names = append(names, r.Type)
	}
	slices.Sort(names)
	return names
}

// send sends a request that must succeed, as the administrator.
func (s *setup) send(req *http.Request, err error) {
	s.t.Helper()
	if err == nil {
		err = s.admin.Do(req, nil)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func warned(warnings []string, what string) bool {
	return slices.ContainsFunc(warnings, func(w string) bool { return strings.Contains(w, what) })
}

// The org makes a new app Super Admin after its first grant. This run made the
// app and wants another role, so the role is taken away.
func TestSuperAdminAppears(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{ClientPrivileges: true})
		plan := s.plan(desired(), nil)
		if !plan.SuperAdminByDefault || len(plan.Warnings) != 1 || !warned(plan.Warnings, "SUPER_ADMIN") {
			t.Errorf("plan: setting %t, warnings %q", plan.SuperAdminByDefault, plan.Warnings)
		}
		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !res.SuperAdminRemoved || res.Role != "READ_ONLY_ADMIN" || !slices.Equal(res.Roles, []string{"CUSTOM", "READ_ONLY_ADMIN"}) || len(unmet(res)) != 0 {
			t.Errorf("result: %+v", res)
		}
		if got := s.holds(res.ClientID); !slices.Equal(got, []string{"CUSTOM", "READ_ONLY_ADMIN"}) {
			t.Errorf("the app holds %q", got)
		}
		if again := s.plan(desired(), nil); len(again.Steps()) != 0 {
			t.Errorf("second plan: %v", again.Steps())
		}
	})
}

// Where one of the conditions is not met, the role stays and is told of.
func TestSuperAdminStays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		change  func(*oauthapp.Desired)
		prepare func(*setup)
		warning string
	}{
		{"kept as told", func(d *oauthapp.Desired) { d.KeepSuperAdmin = true }, nil, ""},
		{"kept as told, whatever else goes", func(d *oauthapp.Desired) { d.KeepSuperAdmin, d.Exact = true, true }, nil, ""},
		{"the app was there before", nil, func(s *setup) {
			s.send(request.CreateApp(s.t.Context(), s.org, request.App{Label: label, Key: testKey().Public()}))
		}, "remove the role"},
		{"the role was there before the first grant", nil, func(s *setup) {
			real := s.base
			admin := s.admin
			s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
				resp, err := real.RoundTrip(r)
				if client, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/oauth2/v1/clients/"), "/roles"); ok && r.Method == http.MethodPost {
					req, err := request.AssignRole(context.WithoutCancel(r.Context()), s.org, client, "SUPER_ADMIN")
					if err != nil {
						return nil, err
					}
					if err := admin.Do(req, nil); err != nil {
						return nil, err
					}
				}
				return resp, err
			})
		}, "remove the role"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{ClientPrivileges: true})
				d := desired()
				if tc.change != nil {
					tc.change(&d)
				}
				if tc.prepare != nil {
					tc.prepare(s)
					s.admin = s.client(s.sim.APIToken())
				}
				res := s.onboard(d, nil)
				if res.SuperAdminRemoved || !slices.Contains(res.Roles, "SUPER_ADMIN") || !slices.Contains(s.holds(res.ClientID), "SUPER_ADMIN") {
					t.Errorf("result: %+v", res)
				}
				if got := strings.Join(unmet(res), ""); got != "" != (tc.warning != "") || !strings.Contains(got, tc.warning) {
					t.Errorf("unmet: %q, want %q", got, tc.warning)
				}
				if !warned(res.Left, "SUPER_ADMIN") {
					t.Errorf("left: %q", res.Left)
				}
				again := s.plan(d, nil)
				if len(again.Steps()) != 0 || !warned(again.Left, "SUPER_ADMIN") {
					t.Errorf("second plan: steps %v, left %q", again.Steps(), again.Left)
				}
			})
		})
	}
}

// A run that ended after its first grants leaves the rest to the next one,
// which knows from the journal that the role is not the administrator's.
func TestSuperAdminAfterResume(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		journal durable.State
		steps   string
	}{{"journal", &row{}, "grant, unassign"}, {"no journal", nil, "grant"}} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{ClientPrivileges: true})
				ctx, kill := context.WithCancel(t.Context())
				defer kill()
				_, err := applyWith(s.plan(desired(), tc.journal), ctx, func(e oauthapp.Event) {
					if e.Step.Kind == oauthapp.StepGrant && e.Done == 5 {
						kill()
					}
				})
				if err == nil {
					t.Fatal("Apply succeeded after its context had ended")
				}
				plan := s.plan(desired(), tc.journal)
				if got := kinds(plan.Steps()); got != tc.steps {
					t.Errorf("steps: %s, want %s", got, tc.steps)
				}
				res, err := plan.Apply(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if removed := !slices.Contains(s.holds(res.ClientID), "SUPER_ADMIN"); removed != (tc.journal != nil) || removed != res.SuperAdminRemoved {
					t.Errorf("removed: %t, the result says %t", removed, res.SuperAdminRemoved)
				}
				if tc.journal == nil && !warned(plan.Left, "SUPER_ADMIN") {
					t.Errorf("left: %q", plan.Left)
				}
			})
		})
	}
}

// An org may assign the role only once the app is used.
func TestSuperAdminAppearsLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		plan := s.plan(desired(), nil)
		if res, err := plan.ReadBack(t.Context()); err == nil || res != nil {
			t.Errorf("ReadBack of no app: %v, %v", res, err)
		}
		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.send(request.AssignRole(t.Context(), s.org, res.ClientID, "SUPER_ADMIN"))
		for _, removed := range []bool{true, true} { // the second one has nothing to do
			res, err = plan.ReadBack(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if res.SuperAdminRemoved != removed || !slices.Equal(s.holds(res.ClientID), []string{"CUSTOM", "READ_ONLY_ADMIN"}) || !res.Created || res.Granted != scopes.Visibility {
				t.Errorf("result: %+v", res)
			}
		}
	})
}

func TestSuperAdminOnlyByName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		d := desired()
		d.Role = oauthapp.RoleSuperAdmin
		if res := s.onboard(d, nil); res.Role != "SUPER_ADMIN" || len(res.Roles) != 1 || len(unmet(res)) != 0 {
			t.Errorf("result: %+v", res)
		}
	})
}

// An org whose setting is on may give the role some seconds after the first grant: the end
// waits for it, and it is taken away by the rule, or told of.
func TestSuperAdminLate(t *testing.T) {
	t.Parallel()
	for _, after := range []time.Duration{0, 2 * time.Second, 5 * time.Second, 9 * time.Second} {
		for _, ours := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s ours=%t", after, ours), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newSetup(t, oktatest.Config{ClientPrivileges: true, Lag: oktatest.Lag{Privileges: after}})
					if !ours {
						s.send(request.CreateApp(t.Context(), s.org, request.App{Label: label, Key: testKey().Public()}))
					}
					plan := s.plan(jobs()["visibility"], &row{})
					res, err := plan.Apply(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					held := slices.Contains(s.holds(res.ClientID), "SUPER_ADMIN")
					if held == ours || res.SuperAdminRemoved != ours || (res.Err() == nil) != ours {
						t.Errorf("held %t, result %+v", held, res)
					}
					if err := plan.RevokeAPIToken(t.Context(), passed(res)); (err == nil) != ours || s.revoked() != ours {
						t.Errorf("the token: revoked %t, %v", s.revoked(), err)
					}
				})
			})
		}
	}
}

// A run that is killed after its first grants leaves the wait to the next one.
func TestSuperAdminLateAfterResume(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{ClientPrivileges: true, Lag: oktatest.Lag{Privileges: 6 * time.Second}}), &row{}
		ctx, kill := context.WithCancel(t.Context())
		defer kill()
		_, err := applyWith(s.plan(desired(), j), ctx, func(e oauthapp.Event) {
			if e.Step.Kind == oauthapp.StepGrant && e.Done == 5 {
				kill()
			}
		})
		if err == nil {
			t.Fatal("Apply succeeded after its context had ended")
		}
		res := s.onboard(desired(), j)
		if !res.SuperAdminRemoved || slices.Contains(s.holds(res.ClientID), "SUPER_ADMIN") || res.Err() != nil {
			t.Errorf("result: %+v, %v; held %q", res, res.Err(), s.holds(res.ClientID))
		}
	})
}

// A SUPER_ADMIN that was assigned from here is not one that the org has given: it stays
// until it is named.
func TestSuperAdminAssignedFromHere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		s.onboard(jobs()["visibility"], j)
		super := jobs()["visibility"]
		super.Role = oauthapp.RoleSuperAdmin
		s.onboard(super, j)
		plan := s.plan(jobs()["visibility"], j)
		if len(plan.Steps()) != 0 || !warned(plan.Left, "SUPER_ADMIN") {
			t.Errorf("steps %v, left %q", plan.Steps(), plan.Left)
		}
		less := jobs()["visibility"]
		less.Remove.Roles = []string{oauthapp.RoleSuperAdmin}
		if res := s.onboard(less, j); res.Err() != nil || slices.Contains(s.holds(res.ClientID), "SUPER_ADMIN") {
			t.Errorf("result: %+v", res)
		}
	})
}
