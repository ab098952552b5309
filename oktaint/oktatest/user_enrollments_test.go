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

// TestDeleteEnrollment removes each enrollment alone: Okta Verify as a whole, a phone with
// the recovery of the account, and no password.
func TestDeleteEnrollment(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	all := []string{"token:software:totp", "push", "signed_nonce", "sms", "call", "webauthn", "question"}
	for at, left := range [][]string{
		nil, {"sms", "call", "webauthn", "question"}, {"token:software:totp", "push", "signed_nonce", "call", "webauthn", "question"},
		{"token:software:totp", "push", "signed_nonce", "sms", "webauthn", "question"}, {"token:software:totp", "push", "signed_nonce", "sms", "call", "question"},
	} {
		user := c.org.AddUser(oktatest.User{Status: "SUSPENDED", Factors: all})
		path := usersPath + user + "/authenticator-enrollments"
		one := path + "/" + c.admin("GET", path, nil).want(t, 200).list(t)[at]["id"].(string)
		if left == nil {
			c.admin("DELETE", one, nil).wantError(t, 400, "E0000001", "enrollmentId")
			continue
		}
		c.admin("DELETE", one, nil).want(t, 204)
		if got := c.factors(user); !slices.Equal(got, left) {
			t.Errorf("left %q, want %q", got, left)
		}
		if got := c.org.Access(user).RecoveryPhone; got != (slices.Contains(left, "sms") && slices.Contains(left, "call")) {
			t.Errorf("recovery phone %v with %q", got, left)
		}
		c.admin("DELETE", one, nil).wantError(t, 404, "E0000007", "(AuthenticatorEnrollment)")
	}
	gone := c.org.AddUser(oktatest.User{Status: "DEPROVISIONED"})
	c.admin("DELETE", usersPath+gone+"/authenticator-enrollments/mbl1", nil).wantError(t, 403, "E0000038", "")
}
