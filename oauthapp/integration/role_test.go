package integration_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oauthapp/integration"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// Another role is added, and the one that is there stays.
func TestAnotherRole(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	s.install(desired())
	d := desired()
	d.Role = "HELP_DESK_ADMIN"
	res := s.install(d)
	if want := []string{"HELP_DESK_ADMIN", "READ_ONLY_ADMIN"}; !slices.Equal(res.Roles, want) || !slices.Equal(s.instances()[0].roles, want) {
		t.Errorf("roles: %q, the org: %q", res.Roles, s.instances()[0].roles)
	}
}

// Roles that cannot be read are a warning where none is wanted.
func TestRolesUnread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		s.disturb(hit{ends(http.MethodGet, "/roles"), claim(403, `{"errorCode":"E0000006","errorSummary":"no"}`)})
		d := desired()
		d.Role = ""
		res := s.install(d)
		if len(res.Warnings) != 1 || !strings.Contains(res.Warnings[0], "is not known") || len(res.Roles) != 0 {
			t.Errorf("%+v", res)
		}
		if _, err := integration.Install(t.Context(), s.admin, desired(), s.v.store); err == nil || !strings.Contains(err.Error(), "SUPER_ADMIN") {
			t.Errorf("a role is wanted: %v", err)
		}
	})
}

// A role that somebody else assigns at the same moment is there.
func TestRoleHeldMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		s.disturb(hit{ends(http.MethodPost, "/roles"), func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
			other := r.Clone(r.Context())
			other.Body, _ = r.GetBody()
			if resp, err := real.RoundTrip(other); err != nil || resp.StatusCode > 299 {
				t.Errorf("the other: %v, %v", resp, err)
			}
			return real.RoundTrip(r)
		}})
		if res := s.install(desired()); !slices.Equal(res.Roles, []string{"READ_ONLY_ADMIN"}) {
			t.Errorf("roles: %q", res.Roles)
		}
	})
}
