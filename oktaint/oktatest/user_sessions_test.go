package oktatest_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	id := c.org.AddUser(oktatest.User{Sessions: 2, Clients: []string{"0oaclient"}})
	path := usersPath + id
	c.org.SignIn(id)
	if got := c.org.Sessions(id); got != 3 {
		t.Errorf("%d sessions, want 3", got)
	}
	events := c.admin("GET", "/api/v1/logs?filter=eventType+eq+%22user.session.start%22+and+actor.id+eq+%22"+id+"%22", nil).want(t, 200).list(t)
	if len(events) != 1 {
		t.Errorf("sign-ins = %v", events)
	}
	if c.admin("GET", path, nil).want(t, 200).json(t)["lastLogin"] == nil {
		t.Error("lastLogin is null after a sign-in")
	}
	// A suspension ends the sessions and leaves the tokens.
	suspended := c.org.AddUser(oktatest.User{Sessions: 2, Clients: []string{"0oaclient"}})
	c.admin("POST", usersPath+suspended+"/lifecycle/suspend", nil).want(t, 200)
	if a := c.org.Access(suspended); a.Sessions != 0 || len(a.RefreshTokens) != 1 || a.AccessTokens != 1 {
		t.Errorf("after a suspension: %+v", a)
	}
	keeps := newCaller(t, oktatest.Config{SuspendKeepsSessions: true})
	kept := keeps.org.AddUser(oktatest.User{Sessions: 2})
	keeps.admin("POST", usersPath+kept+"/lifecycle/suspend", nil).want(t, 200)
	if got := keeps.org.Sessions(kept); got != 2 {
		t.Errorf("%d sessions where they are to stay, want 2", got)
	}
	tokens := path + "/clients/0oaclient/tokens"
	c.admin("DELETE", path+"/sessions?oauthTokens=maybe", nil).wantError(t, 400, "E0000001", "oauthTokens")
	c.admin("DELETE", path+"/sessions", nil).want(t, 204)
	if got := c.org.Sessions(id); got != 0 || len(c.admin("GET", tokens, nil).want(t, 200).list(t)) != 1 {
		t.Errorf("%d sessions; the tokens must still be there", got)
	}
	c.admin("DELETE", path+"/sessions?oauthTokens=true&forgetDevices=false", nil).want(t, 204)
	if got := c.admin("GET", tokens, nil).want(t, 200).body; got != "[]" {
		t.Errorf("tokens = %s", got)
	}
	for _, status := range allStatuses {
		c.admin("DELETE", usersPath+c.org.AddUser(oktatest.User{Status: status})+"/sessions", nil).want(t, 204)
	}
	for _, revoke := range []string{"reset_password?sendEmail=true&revokeSessions=", "expire_password_with_temp_password?revokeSessions="} {
		for value, want := range map[string]int{"true": 0, "false": 2} {
			id := c.org.AddUser(oktatest.User{Sessions: 2})
			c.admin("POST", usersPath+id+"/lifecycle/"+revoke+value, nil).want(t, 200)
			if got := c.org.Sessions(id); got != want {
				t.Errorf("%s%s: %d sessions, want %d", revoke, value, got, want)
			}
		}
	}
}
