package oktatest_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestUserConsents(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	app := c.newApp()
	id := c.org.AddUser(oktatest.User{Clients: []string{app, "0oaother"}})
	path := usersPath + id
	count := func(below string) int {
		t.Helper()
		return len(c.admin("GET", path+below, nil).want(t, 200).list(t))
	}
	want := func(when string, clients, grants, ofApp, tokens int) {
		t.Helper()
		got := [4]int{count("/clients"), count("/grants"), count("/clients/" + app + "/grants"), count("/clients/" + app + "/tokens")}
		if got != [4]int{clients, grants, ofApp, tokens} {
			t.Errorf("%s: clients, grants, grants and tokens of the app = %v", when, got)
		}
	}
	want("at first", 2, 2, 1, 1)
	grant := c.admin("GET", path+"/grants?limit=1&expand=scope", nil).want(t, 200)
	one := grant.list(t)[0]
	if one["userId"] != id || one["clientId"] != app || one["source"] != "END_USER" || one["_embedded"] == nil || len(grant.header.Values("Link")) != 2 {
		t.Errorf("grants = %s, Link %q", grant.body, grant.header.Values("Link"))
	}
	own := path + "/grants/" + one["id"].(string)
	c.admin("GET", own, nil).want(t, 200)
	c.admin("DELETE", own, nil).want(t, 204)
	c.admin("DELETE", own, nil).wantError(t, 404, "E0000007", "")
	want("without one grant", 2, 1, 0, 1)

	token := c.admin("GET", path+"/clients/"+app+"/tokens", nil).want(t, 200).list(t)[0]
	if token["userId"] != id || token["clientId"] != app || token["status"] != "ACTIVE" {
		t.Errorf("token = %v", token)
	}
	own = path + "/clients/" + app + "/tokens/" + token["id"].(string)
	c.admin("GET", own, nil).want(t, 200)
	c.admin("GET", path+"/clients/0oaother/tokens/"+token["id"].(string), nil).wantError(t, 404, "E0000007", "(OAuth2RefreshTokenTx)")
	c.admin("DELETE", own, nil).want(t, 204)
	c.admin("DELETE", own, nil).wantError(t, 404, "E0000007", "(OAuth2RefreshTokenTx)")
	want("without one token", 1, 1, 0, 0)

	// To revoke what is not there is fine, of a client that is unknown not.
	for range 2 {
		c.admin("DELETE", path+"/clients/"+app+"/grants", nil).want(t, 204)
		c.admin("DELETE", path+"/clients/0oaother/tokens", nil).want(t, 204)
	}
	c.admin("DELETE", path+"/clients/0oanone/grants", nil).wantError(t, 404, "E0000007", "")
	c.admin("DELETE", path+"/clients/0oanone/tokens", nil).wantError(t, 404, "E0000007", "")
	c.admin("GET", path+"/clients/0oanone/tokens", nil).wantError(t, 404, "E0000007", "")
	want("with a grant of the other", 1, 1, 0, 0)
	for range 2 {
		c.admin("DELETE", path+"/grants", nil).want(t, 204)
	}
	want("at last", 0, 0, 0, 0)
}
