package oktatest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestStateHasNoSecret sets passwords and makes links and looks for them.
func TestStateHasNoSecret(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	id := c.admin("POST", "/api/v1/users", newUser("a@example.com", "my secret password")).want(t, 200).text(t, "id")
	secrets := []string{"my secret password"}
	for _, call := range []struct{ path, name string }{
		{"/lifecycle/expire_password_with_temp_password", "tempPassword"}, {"/lifecycle/reset_password?sendEmail=false", "resetPasswordUrl"},
		{"/lifecycle/reactivate", "activationToken"},
	} {
		secrets = append(secrets, c.admin("POST", usersPath+id+call.path, nil).want(t, 200).text(t, call.name))
	}
	logs := c.admin("GET", "/api/v1/logs", nil).want(t, 200).body
	where := string(c.org.State()) + logs + fmt.Sprint(c.org.Requests())
	for _, secret := range secrets {
		if strings.Contains(where, secret) {
			t.Errorf("the secret %q shows", secret)
		}
	}
}

// TestSameOrgsSameState does the same to two orgs.
func TestSameOrgsSameState(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var states []string
		for range 2 {
			c := newCaller(t, oktatest.Config{APIToken: "00token"})
			id := c.org.AddUser(oktatest.User{Factors: []string{"push", "webauthn"}, Sessions: 1, Clients: []string{"0oaclient"}})
			c.admin("POST", usersPath+id+"/lifecycle/expire_password_with_temp_password", nil).want(t, 200)
			c.admin("POST", usersPath+id+"/lifecycle/deactivate", nil).want(t, 200)
			states = append(states, string(c.org.State()))
		}
		if states[0] != states[1] {
			t.Errorf("states differ:\n%s\n%s", states[0], states[1])
		}
		if !strings.Contains(states[0], `"passwordNumber":2`) {
			t.Errorf("the state does not count passwords: %s", states[0])
		}
	})
}
