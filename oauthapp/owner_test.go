package oauthapp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// bootstrap makes an app that is to do the work, and returns its client and
// what it was made of.
func (s *setup) bootstrap(want scopes.Set, role string) (*oktaint.Client, oauthapp.Desired, *oauthapp.Result) {
	s.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.t.Fatal(err)
	}
	key, err := oktaint.NewKey(private, "")
	if err != nil {
		s.t.Fatal(err)
	}
	d := oauthapp.Desired{Label: "bootstrap", Key: key.Public(), Scopes: want, Role: role}
	res := s.onboard(d, nil)
	creds := s.credentials(res, want)
	creds.Key = key
	return oktaint.NewClient(creds, s.base), d, res
}

// byHand returns a client that does not know whose credential its HTTP client adds.
func byHand(c *oktaint.Client) *oktaint.Client { return &oktaint.Client{Org: c.Org, HTTP: c.HTTP} }

func TestOAuthBootstrap(t *testing.T) {
	t.Parallel()
	for _, named := range []bool{true, false} {
		t.Run(map[bool]string{true: "named", false: "unnamed"}[named], func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{ClientPrivileges: true})
				c, _, boot := s.bootstrap(oauthapp.BootstrapScopes, oauthapp.RoleSuperAdmin)
				d := response()
				want := oauthapp.Owner{ClientID: boot.ClientID, Roles: []string{"SUPER_ADMIN"}}
				if !named {
					c, want = byHand(c), oauthapp.Owner{}
				}
				plan, err := oauthapp.BuildPlan(t.Context(), c, d, nil)
				if err != nil {
					t.Fatal(err)
				}
				if o := plan.Owner; o.ID != "" || o.Login != "" || o.ClientID != want.ClientID || !slices.Equal(o.Roles, want.Roles) {
					t.Errorf("owner: %+v, want %+v", o, want)
				}
				if warned(plan.Warnings, "no user") == named {
					t.Errorf("warnings: %q", plan.Warnings)
				}
				res, err := plan.Apply(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if !res.SuperAdminRemoved || !res.Missing.IsEmpty() || len(res.Permissions) != 17 {
					t.Errorf("result: %+v", res)
				}
				if got := s.holds(boot.ClientID); !slices.Equal(got, []string{"SUPER_ADMIN"}) {
					t.Errorf("the bootstrap app holds %q", got)
				}
				if err := plan.RevokeAPIToken(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "not an API token") {
					t.Errorf("revoking an OAuth credential: %v", err)
				}
			})
		})
	}
}

// What the bootstrap app lacks is named, by whichever request shows it.
func TestOAuthBootstrapLacks(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		scopes scopes.Set
		role   string
		want   []string // of the error
		warns  string
	}{
		{"appGrants", oauthapp.BootstrapScopes.Minus(scopes.New(scopes.AppGrantsManage)), "SUPER_ADMIN", []string{"okta.appGrants.", "needs okta.appGrants.manage okta.apps.manage okta.orgs.read okta.roles.manage"}, ""},
		{"roles", oauthapp.BootstrapScopes.Minus(scopes.New(scopes.RolesManage)), "SUPER_ADMIN", []string{"okta.roles.", "needs okta.appGrants.manage okta.apps.manage okta.orgs.read okta.roles.manage"}, "could not be read"},
		{"apps", oauthapp.BootstrapScopes.Minus(scopes.New(scopes.AppsManage)), "SUPER_ADMIN", []string{"okta.apps.", "needs okta.appGrants.manage okta.apps.manage okta.orgs.read okta.roles.manage"}, ""},
		{"orgs", oauthapp.BootstrapScopes.Minus(scopes.New(scopes.OrgsRead)), "SUPER_ADMIN", nil, "could not be read"},
		{"super admin", oauthapp.BootstrapScopes, "APP_ADMIN", []string{"not a Super Admin", "SUPER_ADMIN"}, ""},
		{"any role", oauthapp.BootstrapScopes, oauthapp.RoleNone, []string{"not a Super Admin", "SUPER_ADMIN"}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				c, _, _ := s.bootstrap(tc.scopes, tc.role)
				d := desired()
				plan, err := oauthapp.BuildPlan(t.Context(), c, d, nil)
				if err == nil {
					if tc.warns != "" && !warned(plan.Warnings, tc.warns) {
						t.Errorf("warnings: %q, want %q", plan.Warnings, tc.warns)
					}
					_, err = plan.Apply(t.Context())
				}
				if (err == nil) != (tc.want == nil) {
					t.Fatalf("error: %v, want %q", err, tc.want)
				}
				for _, want := range tc.want {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("error %q does not say %q", err, want)
					}
				}
				if tc.role != "SUPER_ADMIN" && !errors.Is(err, oauthapp.ErrNotSuperAdmin) {
					t.Errorf("error %v is not ErrNotSuperAdmin", err)
				}
			})
		})
	}
}

// A bootstrap credential that does not work is told of once.
func TestOAuthBootstrapRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		c, _, boot := s.bootstrap(oauthapp.BootstrapScopes, oauthapp.RoleSuperAdmin)
		deactivate(t, s, boot.ApplicationID)
		d := desired()
		_, err := oauthapp.BuildPlan(t.Context(), c, d, nil)
		var oe *oktaint.Error
		if !errors.As(err, &oe) || oe.OAuthError != "invalid_client" || strings.Count(err.Error(), "invalid_client") != 1 || !strings.Contains(err.Error(), "checking the credential") {
			t.Errorf("error: %v", err)
		}
	})
}

// The app whose credential does the work keeps SUPER_ADMIN, whatever is wanted
// of it.
func TestBootstrapKeepsItsRole(t *testing.T) {
	t.Parallel()
	for _, named := range []bool{true, false} {
		t.Run(map[bool]string{true: "named", false: "unnamed"}[named], func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				c, d, boot := s.bootstrap(oauthapp.BootstrapScopes, oauthapp.RoleSuperAdmin)
				d.Role, d.Exact = oauthapp.RoleReadOnlyAdmin, true
				if !named {
					c = byHand(c)
				}
				plan, err := oauthapp.BuildPlan(t.Context(), c, d, nil)
				if err != nil {
					t.Fatal(err)
				}
				if got := kinds(plan.Steps()); got != "role" || !warned(plan.Left, "SUPER_ADMIN") {
					t.Errorf("steps %s, left %q", got, plan.Left)
				}
				if _, err := plan.Apply(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := s.holds(boot.ClientID); !slices.Contains(got, "SUPER_ADMIN") {
					t.Errorf("the bootstrap app holds %q", got)
				}
				// Somebody else may take it away.
				if kinds(s.plan(d, nil).Steps()) != "unassign" {
					t.Errorf("steps for an API token: %v", s.plan(d, nil).Steps())
				}
			})
		})
	}
}

// revoked reports whether the API token of the setup is gone.
func (s *setup) revoked() bool {
	err := s.admin.Get(s.t.Context(), nil, nil, "api", "v1", "users", "me")
	var oe *oktaint.Error
	return errors.As(err, &oe) && oe.Code == "E0000011"
}

func TestRevokeAPIToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		j := &row{}
		real := s.base
		s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method == http.MethodDelete && j.read(t).state("revoke token") != "sending" {
				t.Error("the request was sent before the journal said so")
			}
			return real.RoundTrip(r)
		})
		s.admin = s.client(s.sim.APIToken())
		plan := s.plan(desired(), j)
		if err := plan.RevokeAPIToken(t.Context(), nil); err == nil || s.revoked() {
			t.Fatalf("the token was revoked before the plan was applied: %v", err)
		}
		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, report := range []*oauthapp.Report{nil, {ClientID: res.ClientID}, {ClientID: "another", OK: true}} {
			if err := plan.RevokeAPIToken(t.Context(), report); err == nil || s.revoked() {
				t.Fatalf("the token was revoked though the app was not verified: %v", err)
			}
		}
		var events []oauthapp.Event
		plan.Progress = func(e oauthapp.Event) { events = append(events, e) }
		for range 2 { // a token that is gone is no error
			if err := plan.RevokeAPIToken(t.Context(), passed(res)); err != nil || !s.revoked() {
				t.Fatalf("RevokeAPIToken: %v, revoked %t", err, s.revoked())
			}
		}
		if len(events) != 4 || events[0].Step.String() != "revoke the API token that was used" || events[1].Done != 1 {
			t.Errorf("events: %+v", events)
		}
		_, err = oauthapp.BuildPlan(t.Context(), s.admin, desired(), j)
		var oe *oktaint.Error
		if !errors.Is(err, oauthapp.ErrTokenRevoked) || !errors.As(err, &oe) || oe.Code != "E0000011" {
			t.Errorf("BuildPlan: %v, want ErrTokenRevoked", err)
		}
		if _, err := oauthapp.BuildPlan(t.Context(), s.admin, desired(), nil); err == nil || errors.Is(err, oauthapp.ErrTokenRevoked) {
			t.Errorf("BuildPlan without the journal: %v", err)
		}
	})
}

// A revocation whose answer is lost has an outcome all the same.
func TestRevokeAnswerLost(t *testing.T) {
	t.Parallel()
	for _, commits := range []bool{true, false} {
		t.Run(map[bool]string{true: "after", false: "before"}[commits], func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				s.onboard(desired(), nil)
				j := &row{}
				lost := &lose{next: s.base, method: http.MethodDelete, commits: commits}
				s.base = lost
				s.admin = s.client(s.sim.APIToken())
				plan := s.plan(desired(), j)
				res, err := plan.Apply(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if err := plan.RevokeAPIToken(t.Context(), passed(res)); err != nil {
					t.Fatal(err)
				}
				if !s.revoked() || j.read(t).state("revoke token") != "done" {
					t.Errorf("revoked %t, journal %v", s.revoked(), j.read(t).Changes)
				}
			})
		})
	}
}

// A process that ended while it revoked the token leaves "sending" in the
// journal: whether the request was sent shows in what the org says.
func TestRevokeInterrupted(t *testing.T) {
	t.Parallel()
	for _, sent := range []bool{true, false} {
		t.Run(map[bool]string{true: "sent", false: "not sent"}[sent], func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				j := &row{}
				s.onboard(desired(), j)
				state := strings.Replace(string(j.state), `"changes":{`, `"changes":{"revoke token":{"state":"sending"},`, 1)
				j.state = []byte(state)
				if sent {
					s.sim.RevokeAPIToken(s.sim.APIToken())
				}
				plan, err := oauthapp.BuildPlan(t.Context(), s.admin, desired(), j)
				if sent {
					if !errors.Is(err, oauthapp.ErrTokenRevoked) {
						t.Errorf("BuildPlan: %v, want ErrTokenRevoked", err)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				res, err := plan.Apply(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if err := plan.RevokeAPIToken(t.Context(), passed(res)); err != nil || !s.revoked() {
					t.Errorf("RevokeAPIToken: %v", err)
				}
			})
		})
	}
}

// A run that broke off leaves the token, whatever is said of the app.
func TestRevokeAfterAFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		isGrant := func(r *http.Request) bool {
			return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/grants")
		}
		ctx := s.abandon(isGrant, "before")
		plan := s.plan(desired(), j)
		res, err := plan.Apply(ctx)
		if err == nil || res.Unmet != nil {
			t.Fatalf("result: %+v, %v", res, err)
		}
		s.calm()
		if err := plan.RevokeAPIToken(t.Context(), passed(res)); err == nil || s.revoked() {
			t.Errorf("the token was revoked: %v", err)
		}
	})
}
