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

// TestETag shows what changes it, and that a change can depend on it.
func TestETag(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	id := c.org.AddUser(oktatest.User{Factors: []string{"sms"}})
	path := usersPath + id
	etag := func() string {
		t.Helper()
		return c.admin("GET", path, nil).want(t, 200).header.Get("Etag")
	}
	for _, test := range []struct {
		what   string
		change func()
		want   bool
	}{
		{"nothing", func() {}, false},
		{"sign-in", func() { c.org.SignIn(id) }, false},
		{"sessions", func() { c.admin("DELETE", path+"/sessions", nil).want(t, 204) }, false},
		{"factors", func() { c.admin("POST", path+"/lifecycle/reset_factors", nil).want(t, 200) }, false},
		{"same profile", func() { c.admin("POST", path, object{"profile": object{"firstName": "Test"}}).want(t, 200) }, false},
		{"profile", func() { c.admin("POST", path, object{"profile": object{"city": "Oslo"}}).want(t, 200) }, true},
		{"password", func() {
			c.admin("POST", path, object{"credentials": object{"password": object{"value": "long enough"}}}).want(t, 200)
		}, true},
		{"status", func() { c.admin("POST", path+"/lifecycle/suspend", nil).want(t, 200) }, true},
		{"status, behind the back", func() { c.org.SetUserStatus(id, "ACTIVE") }, true},
	} {
		before := etag()
		test.change()
		if changed := etag() != before; changed != test.want {
			t.Errorf("%s: ETag changed %v, want %v", test.what, changed, test.want)
		}
	}
	send := func(method, match string) answer {
		t.Helper()
		req := c.request(method, path, "SSWS "+c.org.APIToken(), newUser("ada@example.com", ""))
		req.Header.Set("If-Match", match)
		resp, err := c.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return c.read(resp)
	}
	stale := etag()
	send("POST", stale).want(t, 200)
	send("POST", stale).wantError(t, 412, "E0000231", "")
	send("PUT", stale).wantError(t, 412, "E0000231", "")
	send("PUT", etag()).want(t, 200)
}
