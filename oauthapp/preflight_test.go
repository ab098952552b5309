package oauthapp_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Everything that stands in the way is told in one go.
func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		s.onboard(desired(), nil)
		s.sim.ResetRequests()
		other, err := oktaint.GenerateKey()
		if err != nil {
			t.Fatal(err)
		}
		d := desired()
		d.Key = other.Public()
		_, err = oauthapp.BuildPlan(t.Context(), s.client(s.sim.NewAPIToken("READ_ONLY_ADMIN")), d, nil)
		var oe *oauthapp.OtherKeyError
		if !errors.Is(err, oauthapp.ErrNotSuperAdmin) || !errors.As(err, &oe) {
			t.Errorf("error: %v, want both that the owner is no Super Admin and that the label is taken", err)
		}
		if w := s.written(); len(w) != 0 {
			t.Errorf("written: %q", w)
		}
	})
}

// What only follows from a missing role is not told beside it.
func TestNotSuperAdminOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		_, err := oauthapp.BuildPlan(t.Context(), s.client(s.sim.NewAPIToken("REPORT_ADMIN")), desired(), nil)
		if !errors.Is(err, oauthapp.ErrNotSuperAdmin) || strings.Contains(err.Error(), "looking for an app") {
			t.Errorf("error: %v", err)
		}
	})
}

// An org without custom roles is found out before anything is written.
func TestNoCustomRoles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		real := s.base
		s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
			if !strings.HasPrefix(r.URL.Path, "/api/v1/iam/") {
				return real.RoundTrip(r)
			}
			return answer(r, 401, "application/json", `{"errorCode":"E0000015","errorSummary":"You do not have permission to access the feature you are requesting","errorLink":"E0000015","errorId":"oae1","errorCauses":[]}`), nil
		})
		c := s.client(s.sim.APIToken())
		if _, err := oauthapp.BuildPlan(t.Context(), c, response(), nil); err == nil || !strings.Contains(err.Error(), "does not have custom roles") {
			t.Errorf("error: %v", err)
		}
		d := response()
		d.Permissions = []string{}
		if _, err := oauthapp.BuildPlan(t.Context(), c, d, nil); err != nil {
			t.Errorf("error without permissions: %v", err)
		}
	})
}

// A plan says beforehand that the org's rate limit will make it slow.
func TestWarnsOfRateLimit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		limit int
		want  string
	}{
		{20, "10 requests a minute"}, // half of it is one principal's
		{200, ""},
	} {
		t.Run(tc.want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{RateLimits: map[string]int{"apps": tc.limit}})
				plan := s.plan(desired(), nil)
				if tc.want == "" && len(plan.Warnings) != 0 || tc.want != "" && !warned(plan.Warnings, tc.want) {
					t.Errorf("warnings: %q, want %q", plan.Warnings, tc.want)
				}
			})
		})
	}
}

func TestWarnsOfScopesForUsers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		d := desired()
		d.Scopes = scopes.New(scopes.UsersRead, scopes.Scope("okta.myAccount.email.read"))
		if plan := s.plan(d, nil); !warned(plan.Warnings, "okta.myAccount.email.read") {
			t.Errorf("warnings: %q", plan.Warnings)
		}
	})
}
