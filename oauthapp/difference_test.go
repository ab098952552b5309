package oauthapp_test

import (
	"encoding/json"
	"errors"
	"fmt"
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

// object is an app as the org shows it.
func (s *setup) object(id string) map[string]any {
	s.t.Helper()
	var app map[string]any
	if err := s.admin.Get(s.t.Context(), &app, nil, "api", "v1", "apps", id); err != nil {
		s.t.Fatal(err)
	}
	return app
}

// A grant and a role that are not wanted any more stay, whoever gave them, and are told
// of. They go if they are named, or if the app shall have nothing else.
func TestLess(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name          string
		change        func(*oauthapp.Desired)
		steps         string
		roles, scopes string
		left          []string
	}{
		{"nothing", func(*oauthapp.Desired) {}, "role", "CUSTOM HELP_DESK_ADMIN READ_ONLY_ADMIN REPORT_ADMIN", "okta.apps.read okta.groups.read okta.logs.read okta.users.read",
			[]string{"READ_ONLY_ADMIN", "REPORT_ADMIN", "okta.apps.read", "okta.logs.read", "IAM reader"}},
		{"by name", func(d *oauthapp.Desired) {
			d.Remove = oauthapp.Removal{Scopes: scopes.New(scopes.LogsRead), Roles: []string{"REPORT_ADMIN", oauthapp.RoleIAMReader}}
		}, "role, revoke, unbind, unassign, remove custom role, remove resource set", "HELP_DESK_ADMIN READ_ONLY_ADMIN", "okta.apps.read okta.groups.read okta.users.read",
			[]string{"READ_ONLY_ADMIN", "okta.apps.read"}},
		{"exact", func(d *oauthapp.Desired) { d.Exact = true }, "role, revoke, unbind, unassign, unassign, remove custom role, remove resource set", "HELP_DESK_ADMIN", "okta.users.read", nil},
	} {
		for _, j := range []*row{nil, {}} {
			t.Run(fmt.Sprintf("%s, journal %t", tc.name, j != nil), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newSetup(t, oktatest.Config{})
					var journal durable.State
					if j != nil {
						journal = j
					}
					d := desired()
					d.Scopes = scopes.New(scopes.UsersRead, scopes.GroupsRead, scopes.LogsRead)
					first := s.onboard(d, journal)
					// What somebody else has added.
					s.send(request.Grant(t.Context(), s.org, first.ApplicationID, scopes.AppsRead))
					s.send(request.AssignRole(t.Context(), s.org, first.ClientID, "REPORT_ADMIN"))
					before := s.sim.State()

					d.Scopes, d.Role = scopes.New(scopes.UsersRead), "HELP_DESK_ADMIN"
					tc.change(&d)
					plan := s.plan(d, journal)
					if got := kinds(plan.Steps()); got != tc.steps {
						t.Fatalf("steps: %s, want %s", got, tc.steps)
					}
					res, err := plan.Apply(t.Context())
					if err != nil || res.Err() != nil {
						t.Fatal(err, res.Err())
					}
					again := s.plan(d, journal)
					if len(again.Steps()) != 0 {
						t.Errorf("still to do: %v", again.Steps())
					}
					if got := strings.Join(s.holds(res.ClientID), " "); got != tc.roles || strings.Join(res.Roles, " ") != tc.roles {
						t.Errorf("roles: %s, result %q, want %s", got, res.Roles, tc.roles)
					}
					if got := again.App.Granted.String(); got != tc.scopes {
						t.Errorf("granted: %s, want %s", got, tc.scopes)
					}
					for _, list := range [][]string{plan.Left, res.Left, again.Left} {
						for _, name := range []string{"READ_ONLY_ADMIN", "REPORT_ADMIN", "okta.apps.read", "okta.logs.read", "IAM reader"} {
							if warned(list, name) != slices.Contains(tc.left, name) {
								t.Errorf("left: %q, want %q", list, tc.left)
							}
						}
					}
					if journal != nil && tc.name != "nothing" {
						s.checkGivenBack(before, journal)
					}
				})
			})
		}
	}
}

// checkGivenBack rolls back a journal that created the app, which removes all.
func (s *setup) checkGivenBack(_ []byte, journal durable.State) {
	s.t.Helper()
	if _, err := s.takeBack(s.t.Context(), journal); err != nil {
		s.t.Error(err)
	}
	if n := s.apps(); n != 0 {
		s.t.Errorf("%d apps", n)
	}
}

// A scope that was revoked and is wanted again is granted again.
func TestMoreAfterLess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		j := &row{}
		wide, narrow := desired(), desired()
		wide.Scopes, narrow.Scopes = scopes.New(scopes.UsersRead, scopes.LogsRead), scopes.New(scopes.UsersRead)
		narrow.Exact = true
		for _, d := range []oauthapp.Desired{wide, narrow, wide} {
			res := s.onboard(d, j)
			if got := s.plan(d, j); got.App.Granted != d.Scopes || len(got.Steps()) != 0 || res.Granted != d.Scopes {
				t.Errorf("granted %s, want %s", got.App.Granted, d.Scopes)
			}
		}
		if state := j.read(t).state("grant okta.logs.read"); state != "done" {
			t.Errorf("journal: %q", state)
		}
	})
}

// A rename and the settings keep everything else of the app as it is.
func TestRenameAndUpdate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		j := &row{}
		d := response()
		first := s.onboard(d, j)
		before := s.object(first.ApplicationID)

		d.Label, d.ApplicationID = "acme response", first.ApplicationID
		d.DPoP, d.Network = true, &request.Network{Include: []string{"nzo2", "nzo1"}}
		plan := s.plan(d, j)
		if got := kinds(plan.Steps()); got != "rename, update" {
			t.Fatalf("steps: %s", got)
		}
		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if res.ApplicationID != first.ApplicationID || res.Granted != d.Scopes || len(res.Permissions) != 17 {
			t.Errorf("result: %+v", res)
		}
		after := s.object(first.ApplicationID)
		client := after["settings"].(map[string]any)["oauthClient"].(map[string]any)
		network, err := json.Marshal(client["network"])
		if err != nil {
			t.Fatal(err)
		}
		if after["label"] != "acme response" || client["dpop_bound_access_tokens"] != true ||
			string(network) != `{"connection":"ZONE","include":["nzo2","nzo1"]}` {
			t.Errorf("label %v, DPoP %v, network %s", after["label"], client["dpop_bound_access_tokens"], network)
		}
		was := before["settings"].(map[string]any)["oauthClient"].(map[string]any)
		for _, gone := range []string{"dpop_bound_access_tokens", "network"} {
			delete(client, gone)
			delete(was, gone)
		}
		for _, gone := range []string{"label", "lastUpdated"} {
			delete(after, gone)
			delete(before, gone)
		}
		if x, y := text(t, before), text(t, after); x != y {
			t.Errorf("the app was\n%s\nand is\n%s", x, y)
		}

		d.Network.Include = []string{"nzo1", "nzo2"} // the order says nothing
		again := s.plan(d, j)
		if len(again.Steps()) != 0 || again.App.Label != "acme response" || !again.App.DPoP {
			t.Errorf("still to do: %v", again.Steps())
		}
		if roles, sets := s.iam(); roles != 2 || sets != 2 {
			t.Errorf("%d custom roles and %d resource sets after the rename", roles, sets)
		}
		d.ApplicationID = "" // the journal has the new label too
		if again := s.plan(d, j); len(again.Steps()) != 0 {
			t.Errorf("still to do: %v", again.Steps())
		}
	})
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The create sends the settings, so that nothing is left to update.
func TestCreateWithSettings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		d := desired()
		d.DPoP, d.Network = true, &request.Network{Exclude: []string{"nzo1"}}
		creds := s.credentials(s.onboard(d, nil), d.Scopes)
		creds.DPoP = true
		if report, err := oauthapp.Verify(t.Context(), creds, oauthapp.VerifyOptions{Base: s.base}); err != nil || !report.OK {
			t.Errorf("Verify: %v, %v", report, err)
		}
		again := s.plan(d, nil)
		if len(again.Steps()) != 0 || !again.App.DPoP || again.App.Network == nil || !slices.Equal(again.App.Network.Exclude, []string{"nzo1"}) {
			t.Errorf("steps %v, app %+v", again.Steps(), again.App)
		}
	})
}

// Settings that protect the app are not loosened by saying nothing.
func TestSettingsStay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		d := desired()
		d.DPoP, d.Network = true, &request.Network{Include: []string{"nzo1"}}
		s.onboard(d, nil)
		plan := s.plan(desired(), nil)
		if len(plan.Steps()) != 0 || !warned(plan.Left, "DPoP") || !warned(plan.Left, "network zones") {
			t.Errorf("steps %v, left %q", plan.Steps(), plan.Left)
		}
		d = desired()
		d.Exact = true
		if got := kinds(s.plan(d, nil).Steps()); got != "update" {
			t.Fatalf("steps: %s", got)
		}
		s.onboard(d, nil)
		if plan := s.plan(d, nil); len(plan.Steps()) != 0 || plan.App.DPoP || plan.App.Network != nil {
			t.Errorf("steps %v, app %+v", plan.Steps(), plan.App)
		}
	})
}

// An update whose answer is lost is looked for, not sent blindly.
func TestRenameAnswerLost(t *testing.T) {
	t.Parallel()
	for _, commits := range []bool{true, false} {
		t.Run(map[bool]string{true: "after", false: "before"}[commits], func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				first := s.onboard(desired(), nil)
				lost := &lose{next: s.base, method: http.MethodPut, commits: commits}
				s.base = lost
				s.admin = s.client(s.sim.APIToken())
				d := desired()
				d.Label, d.ApplicationID = "acme two", first.ApplicationID
				s.onboard(d, nil)
				if got := s.object(first.ApplicationID)["label"]; got != "acme two" {
					t.Errorf("label: %v", got)
				}
				if want := map[bool]int{true: 1, false: 2}[commits]; lost.seen < want || lost.seen > 2 {
					t.Errorf("%d PUT requests", lost.seen)
				}
			})
		})
	}
}

// Desired.ApplicationID names one app, and no other is taken for it.
func TestNamedApp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		first := s.onboard(desired(), nil)
		d := desired()
		d.ApplicationID = "0oaUNKNOWN"
		if _, err := oauthapp.BuildPlan(t.Context(), s.admin, d, nil); err == nil || !strings.Contains(err.Error(), "0oaUNKNOWN") {
			t.Errorf("an unknown app: %v", err)
		}
		other, err := oktaint.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		d.ApplicationID, d.Key = first.ApplicationID, other.Public()
		var oe *oauthapp.OtherKeyError
		if _, err := oauthapp.BuildPlan(t.Context(), s.admin, d, nil); !errors.As(err, &oe) || oe.ApplicationID != first.ApplicationID {
			t.Errorf("another key: %v", err)
		}
		d = desired()
		d.Label = "somewhat else"
		if plan := s.plan(d, nil); plan.App != nil {
			t.Errorf("an app of another label was found without its name: %+v", plan.App)
		}
	})
}

// A label that somebody else has changed is left alone and told of.
func TestRenamedByAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		j := &row{}
		first := s.onboard(desired(), j)
		other := s.object(first.ApplicationID)
		other["label"] = "acme (do not touch)"
		s.send(request.UpdateApp(t.Context(), s.org, first.ApplicationID, json.RawMessage(text(t, other))))
		plan := s.plan(desired(), j)
		if len(plan.Steps()) != 0 || !warned(plan.Left, "acme (do not touch)") {
			t.Errorf("steps %v, left %q", plan.Steps(), plan.Left)
		}
	})
}
