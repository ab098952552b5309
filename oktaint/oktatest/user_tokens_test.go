package oktatest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestUserTokens lets an app get access tokens, which expire, and revokes them in each way
// that there is.
func TestUserTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		counts := func(id string, refresh, access int) {
			t.Helper()
			if a := c.org.Access(id); len(a.RefreshTokens) != refresh || a.AccessTokens != access {
				t.Errorf("%d refresh and %d access tokens, want %d and %d", len(a.RefreshTokens), a.AccessTokens, refresh, access)
			}
		}
		user := c.org.AddUser(oktatest.User{Clients: []string{"0oaone", "0oatwo"}})
		counts(user, 2, 2)
		time.Sleep(59 * time.Minute)
		if n := c.org.UseRefreshToken(user, "0oaone"); n != 1 {
			t.Errorf("%d tokens", n)
		}
		c.wantLast("app.oauth2.token.grant.access_token SUCCESS <nil> PublicClientApp:0oaone")
		counts(user, 2, 3)
		time.Sleep(time.Minute)
		counts(user, 2, 1)

		// One refresh token goes with what it has got; all of a client go alone.
		c.org.UseRefreshToken(user, "0oatwo")
		counts(user, 2, 2)
		tokens := usersPath + user + "/clients/0oatwo/tokens"
		c.admin("DELETE", tokens+"/"+c.admin("GET", tokens, nil).list(t)[0]["id"].(string), nil).want(t, 204)
		counts(user, 1, 1)
		c.admin("DELETE", usersPath+user+"/clients/0oaone/tokens", nil).want(t, 204)
		counts(user, 0, 1)

		// Of two tokens of one client only the one that is revoked goes.
		c.org.SignIn(user)
		for range 2 {
			if err := c.org.Authorize(user, "0oatwo"); err != nil {
				t.Error(err)
			}
		}
		counts(user, 2, 3)
		c.admin("DELETE", tokens+"/"+c.admin("GET", tokens, nil).list(t)[0]["id"].(string), nil).want(t, 204)
		counts(user, 1, 2)

		// A refresh token expires: it is shown and of use no longer.
		other := c.org.AddUser(oktatest.User{Clients: []string{"0oaone"}})
		path := usersPath + other + "/clients/0oaone/tokens"
		id := c.admin("GET", path, nil).list(t)[0]["id"].(string)
		time.Sleep(7 * 24 * time.Hour)
		counts(other, 0, 0)
		if n := c.org.UseRefreshToken(other, "0oaone"); n != 0 {
			t.Errorf("an expired refresh token got %d tokens", n)
		}
		if got := c.admin("GET", path, nil).want(t, 200).body; got != "[]" {
			t.Errorf("tokens = %s", got)
		}
		c.admin("GET", path+"/"+id, nil).wantError(t, 404, "E0000007", "")
		if got := c.admin("GET", usersPath+other+"/clients", nil).want(t, 200).list(t); len(got) != 1 {
			t.Errorf("clients of a consent = %v", got)
		}
		c.admin("DELETE", usersPath+other+"/grants", nil).want(t, 204)
		if got := c.admin("GET", usersPath+other+"/clients", nil).want(t, 200).body; got != "[]" {
			t.Errorf("clients of an expired token = %s", got)
		}
		gone := c.org.AddUser(oktatest.User{Clients: []string{"0oaone"}})
		c.admin("POST", usersPath+gone+"/lifecycle/deactivate", nil).want(t, 200)
		counts(gone, 0, 0)
	})
}

// TestAuthorize needs a user who has signed in.
func TestAuthorize(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	user, out := c.org.AddUser(oktatest.User{Sessions: 1}), c.org.AddUser(oktatest.User{Status: "LOCKED_OUT", Sessions: 1})
	if err := c.org.Authorize(user, "0oaapp"); err != nil {
		t.Error(err)
	}
	c.wantLast("app.oauth2.as.consent.grant SUCCESS <nil> PublicClientApp:0oaapp")
	if got := c.admin("GET", usersPath+user+"/clients/0oaapp/grants", nil).want(t, 200).list(t); len(got) != 1 {
		t.Errorf("grants = %v", got)
	}
	for id, client := range map[string]string{out: "0oaapp", user: "", c.org.AddUser(oktatest.User{}): "0oaapp"} {
		if err := c.org.Authorize(id, client); err == nil {
			t.Errorf("%s authorizes %q", id, client)
		}
	}
}
