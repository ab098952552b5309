package oktatest_test

import (
	"bytes"
	"encoding/json"
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

// TestStateShowsGroups makes one change after the other, each of which must
// show.
func TestStateShowsGroups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		user := c.org.AddUser(oktatest.User{Roles: []string{"USER_ADMIN", "APP_ADMIN"}})
		group := c.org.AddGroup(oktatest.Group{})
		rule := c.org.AddRule(oktatest.Rule{Expression: "false", Groups: []string{group}})
		roles := usersBase + user + "/roles/"
		before := c.org.State()
		for _, try := range []attempt{
			{"PUT", groupsPath + group + "/users/" + user, nil},
			{"POST", groupsPath + group + "/owners", object{"id": user, "type": "USER"}},
			{"POST", rulesPath + "/" + rule + "/lifecycle/deactivate", nil},
			{"PUT", roles + "KVJUKUS7IFCE2SKO/targets/groups/" + group, nil},
			{"PUT", roles + "IFIFAX2BIRGUSTQ/targets/catalog/apps/facebook", nil},
			{"POST", groupsPath + group + "/roles", object{"type": "REPORT_ADMIN"}},
		} {
			if got := c.admin(try.method, try.path, try.body).status; got/100 != 2 {
				t.Fatalf("%s %s: status %d", try.method, try.path, got)
			}
			after := c.org.State()
			if bytes.Equal(before, after) {
				t.Errorf("%s %s does not show", try.method, try.path)
			}
			before = after
		}
	})
}

// TestStateStaysWithReads reads a lot and takes tokens.
func TestStateStaysWithReads(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.read")
	before := c.org.State()
	c.bearer(app, "okta.users.read")
	for _, path := range []string{"/api/v1/users", "/api/v1/apps", "/api/v1/api-tokens", "/api/v1/logs"} {
		c.admin("GET", path, nil).want(t, 200)
	}
	if !bytes.Equal(c.org.State(), before) {
		t.Error("reads change the state")
	}
	c.grant(app, "okta.logs.read").want(t, 200)
	if bytes.Equal(c.org.State(), before) {
		t.Error("a write does not change the state")
	}
}

// TestNothingSecretIsKept drives known secrets through the org and looks for
// them in what it tells.
func TestNothingSecretIsKept(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	c := newCaller(t, oktatest.Config{APIToken: "00SECRETtoken", Log: &log, Faults: []string{"GET /api/v1/logs 503"}})
	app := c.newApp("okta.users.read")
	assertion := sign(t, rsaKey(), map[string]any{"alg": "RS256", "kid": "k1"}, c.claims(app))
	token := c.do("POST", "/oauth2/v1/token?"+tokenForm(assertion, "okta.users.read").Encode(), "", nil).want(t, 200).text(t, "access_token")
	c.do("GET", "/api/v1/users?q=SECRETquery", "Bearer "+token, nil).want(t, 200)
	c.do("GET", "/api/v1/users", "SECRETnoscheme", nil).want(t, 403)
	c.admin("GET", "/api/v1/logs", nil).want(t, 503)
	state := string(c.org.State())
	requests, err := json.Marshal(c.org.Requests())
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"SECRET", token, assertion} {
		for name, text := range map[string]string{"log": log.String(), "State": state, "Requests": string(requests)} {
			if strings.Contains(text, secret) {
				t.Errorf("%s holds %.20s", name, secret)
			}
		}
	}
	if got := strings.Count(log.String(), "\n"); got != len(c.org.Requests()) {
		t.Errorf("the log has %d lines for %d requests", got, len(c.org.Requests()))
	}
}
