package oktatest_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestNotServed asks for what Okta has and the simulated org has not, and for
// what neither has.
func TestNotServed(t *testing.T) {
	t.Parallel()
	type want struct {
		status int
		code   string
	}
	lacking, method, nowhere := want{501, "E0000060"}, want{405, "E0000022"}, want{404, "E0000008"}
	for _, classic := range []bool{false, true} {
		c := newCaller(t, oktatest.Config{Classic: classic, RateLimits: unlimited()})
		for _, tt := range []struct {
			method, path string
			idx, classic want
		}{
			{"GET", "/api/v1/brands/bnd1/pages/error", lacking, lacking},
			{"POST", "/api/v1/policies/00p1/rules", lacking, lacking}, // of a path that is served, another method
			{"GET", "/api/v1/apps/0oa1/federated-claims", lacking, lacking},
			{"POST", "/api/v1/apps/0oa1/credentials/keys/generate/", lacking, lacking},
			{"PUT", "/api/v1/org", lacking, lacking},         // of a path that is served, another method
			{"POST", "/oauth2/v1/clients", lacking, lacking}, // of a path that is served, another method
			{"GET", "/oauth2/v1/keys", lacking, lacking},
			{"POST", "/api/v1/idps/0oa1/lifecycle/deactivate", lacking, lacking},
			{"PATCH", "/api/v1/devices", method, nowhere},
			{"PUT", "/api/v1/authenticators/aut1/methods/sms", lacking, nowhere},
			{"POST", "/api/v1/users/00u1/authenticator-enrollments/phone", lacking, nowhere},
			{"POST", "/api/v1/captchas", lacking, nowhere},
			{"PATCH", "/api/v1/apps", method, method},
			{"DELETE", "/api/v1/policies", method, method},
			{"GET", "/api/v1/devicesx", nowhere, nowhere},
			{"GET", "/api/v1/policies/00p1/rules/0pr1/x", nowhere, nowhere},
			{"GET", "/api/v1/policies//rules", nowhere, nowhere},
			{"GET", "/", nowhere, nowhere},
		} {
			want := tt.idx
			if classic {
				want = tt.classic
			}
			c.admin(tt.method, tt.path, nil).wantError(t, want.status, want.code, map[bool]string{true: "the simulated org has not"}[want == lacking])
		}
		pipeline := map[bool]string{false: "idx", true: "v1"}[classic]
		if got := c.do("GET", "/.well-known/okta-organization", "", nil).want(t, 200).text(t, "pipeline"); got != pipeline {
			t.Errorf("pipeline = %q, want %q", got, pipeline)
		}
	}
}
