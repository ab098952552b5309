package oktatest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestEnrollments lists what a user has of each authenticator; Okta Verify is one,
// whatever factors it is.
func TestEnrollments(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	id := c.org.AddUser(oktatest.User{Factors: []string{"push", "signed_nonce", "token:software:totp", "sms", "email", "webauthn", "question"}})
	path := usersBase + id + "/authenticator-enrollments"
	var got []string
	for _, e := range c.admin("GET", path, nil).want(t, 200).list(t) {
		got = append(got, fmt.Sprint(e["type"], " ", e["key"], " ", e["status"]))
		one := c.admin("GET", path+"/"+e["id"].(string), nil).want(t, 200).json(t)
		if fmt.Sprint(one) != fmt.Sprint(e) {
			t.Errorf("one = %v, listed as %v", one, e)
		}
	}
	want := []string{
		"password okta_password ACTIVE", "app okta_verify ACTIVE", "phone phone_number ACTIVE", "email okta_email ACTIVE",
		"security_key webauthn ACTIVE", "security_question security_question ACTIVE",
	}
	if !slices.Equal(got, want) {
		t.Errorf("enrollments = %q, want %q", got, want)
	}
	c.admin("GET", path+"/opfnone", nil).wantError(t, 404, "E0000007", "(AuthenticatorEnrollment)")
	bare := c.org.AddUser(oktatest.User{NoPassword: true})
	if got := c.admin("GET", usersBase+bare+"/authenticator-enrollments", nil).want(t, 200).list(t); len(got) != 0 {
		t.Errorf("of a user with nothing = %v", got)
	}
	classic := newCaller(t, oktatest.Config{Classic: true})
	user := classic.org.AddUser(oktatest.User{})
	classic.admin("GET", usersBase+user+"/authenticator-enrollments", nil).wantError(t, 404, "E0000008", "")
}
