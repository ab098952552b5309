package oktatest_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestUserLinks lists the links of a user in the statuses that were not
// recorded. They are what clients of Okta found.
func TestUserLinks(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	for status, want := range map[string]string{
		"PASSWORD_EXPIRED": "changePassword changeRecoveryQuestion deactivate expirePassword forgotPassword resetFactors resetPassword schema self suspend type",
		"SUSPENDED":        "deactivate resetFactors schema self type unsuspend",
	} {
		id := c.org.AddUser(oktatest.User{Status: status})
		links := c.admin("GET", usersPath+id, nil).want(t, 200).json(t)["_links"].(object)
		if got := strings.Join(slices.Sorted(maps.Keys(links)), " "); got != want {
			t.Errorf("%s: links %s, want %s", status, got, want)
		}
	}
}

// TestEmails shows the address among the credentials of a user with a password,
// in lists as well, and not of any other.
func TestEmails(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	for _, test := range []struct {
		user oktatest.User
		want bool
	}{
		{oktatest.User{}, true},
		{oktatest.User{NoPassword: true}, false},
		{oktatest.User{Provider: "IMPORT"}, false},
		{oktatest.User{Provider: "FEDERATION"}, false},
	} {
		id := c.org.AddUser(test.user)
		one := c.admin("GET", usersPath+id, nil).want(t, 200).json(t)
		listed := c.admin("GET", `/api/v1/users?search=id+eq+"`+id+`"`, nil).want(t, 200).list(t)[0]
		for what, view := range map[string]object{"GET": one, "list": listed} {
			emails, has := view["credentials"].(object)["emails"].([]any)
			if has != test.want || has && emails[0].(object)["value"] != one["profile"].(object)["email"] {
				t.Errorf("%+v: %s: emails = %v", test.user, what, emails)
			}
		}
	}
}
