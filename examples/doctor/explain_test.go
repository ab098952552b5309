package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// What an answer means stands apart from what to do and who can do it.
func TestExplain(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err              error
		why, remedy, who string
	}{
		{&oktaint.Error{Method: "POST", Path: "/oauth2/v1/token", StatusCode: 401, OAuthError: "invalid_client", Hint: "this machine's clock and Okta's differ: set the clock"},
			"POST /oauth2/v1/token: 401 invalid_client: this machine's clock and Okta's differ", setTheClock, byOperator},
		{&oktaint.Error{Method: "GET", Path: "/api/v1/users", StatusCode: 401, Code: "E0000011", Hint: "the API token is wrong: make a new one"},
			"GET /api/v1/users: 401 E0000011: the API token is wrong", "make a new one", bySuperAdmin},
		{fmt.Errorf("looking: %w", &oktaint.Error{Method: "GET", Path: "/x", StatusCode: 503}), "GET /x: 503", "try again", byNetwork},
		{&oktaint.Error{Method: "GET", Path: "/x", Summary: "no answer", Hint: "nothing answers: is a proxy needed?"}, "GET /x: no answer: nothing answers", "find out: is a proxy needed?", byNetwork},
		{&oktaint.Error{Method: "GET", Path: "/x", StatusCode: 403, Code: "E0000006"}, "GET /x: 403 E0000006: no admin role reaches this", "a Super Admin assigns one to the owner of the credential", bySuperAdmin},
		{fmt.Errorf("oktaint: it does not answer like an Okta org"), "it does not answer like an Okta org", "", ""},
	} {
		why, remedy, who := explain(tt.err)
		if why != tt.why || remedy != tt.remedy || who != tt.who || strings.Contains(why, "oktaint") {
			t.Errorf("%v:\n%q, %q, %q\nwant\n%q, %q, %q", tt.err, why, remedy, who, tt.why, tt.remedy, tt.who)
		}
	}
}
