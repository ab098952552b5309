package oktatest_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestReplaceUserInPart replaces the profile, the credentials or both; each of
// them stays if the request does not have it.
func TestReplaceUserInPart(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	const old, chosen = "the old password", "the new password"
	profile := newUser("ada@example.com", "")["profile"]
	for name, test := range map[string]struct {
		body       object
		status     int
		department any
		password   string
	}{
		"profile":     {object{"profile": profile}, 200, nil, old},
		"credentials": {setPassword(chosen), 200, "Sales", chosen},
		"both":        {object{"profile": profile, "credentials": setPassword(chosen)["credentials"]}, 200, nil, chosen},
		"neither":     {object{}, 400, "Sales", old},
		"question": {object{"credentials": object{"recovery_question": object{"question": "Which?", "answer": "That one"}}},
			200, "Sales", old},
	} {
		id := c.org.AddUser(oktatest.User{Login: name + "@example.com", Profile: object{"department": "Sales"}})
		c.admin("POST", usersPath+id, setPassword(old)).want(t, 200)
		if p, has := test.body["profile"].(object); has {
			p["login"] = name + "@example.com"
		}
		c.admin("PUT", usersPath+id, test.body).want(t, test.status)
		a := c.admin("GET", usersPath+id, nil).want(t, 200)
		if got := a.json(t)["profile"].(object)["department"]; got != test.department {
			t.Errorf("%s: department = %v, want %v", name, got, test.department)
		}
		if !strings.Contains(a.body, `"password":{}`) {
			t.Errorf("%s: the password is gone: %s", name, a.body)
		}
		change := object{"oldPassword": object{"value": test.password}, "newPassword": object{"value": "another password"}}
		c.admin("POST", usersPath+id+"/credentials/change_password", change).want(t, 200)
	}
}

// TestRealm shows that a user is in a realm, and refuses what is no id of one.
func TestRealm(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	me := c.admin("GET", "/api/v1/users/me", nil).text(t, "realmId")
	if len(me) != 20 || !strings.HasPrefix(me, "guo") {
		t.Errorf("realmId = %q", me)
	}
	const other = "guo000000000000095d7"
	id := c.org.AddUser(oktatest.User{})
	c.admin("POST", usersPath+id, object{"realmId": "x"}).wantError(t, 400, "E0000001", "realmId")
	body := newUser("bob@example.com", "")
	body["realmId"] = "x"
	c.admin("POST", "/api/v1/users", body).wantError(t, 400, "E0000001", "realmId")
	body["realmId"] = other
	if got := c.admin("POST", "/api/v1/users", body).want(t, 200).text(t, "realmId"); got != other {
		t.Errorf("realmId of a new user = %q", got)
	}
	if got := c.admin("POST", usersPath+id, object{"realmId": other}).want(t, 200).text(t, "realmId"); got != other {
		t.Errorf("realmId after a change = %q", got)
	}
	if got := c.admin("POST", usersPath+id, object{"profile": object{"city": "Oslo"}}).want(t, 200).text(t, "realmId"); got != other {
		t.Errorf("realmId after another change = %q", got)
	}
}
