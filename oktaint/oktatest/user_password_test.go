package oktatest_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func setPassword(value string) object {
	return object{"credentials": object{"password": object{"value": value}}}
}

// TestSetPassword sets one in every status.
func TestSetPassword(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	want := []string{"STAGED", "ACTIVE", "ACTIVE", "ACTIVE", "ACTIVE", "LOCKED_OUT", "SUSPENDED", "403 E0000038"}
	for i, status := range allStatuses {
		id := c.org.AddUser(oktatest.User{Status: status, NoPassword: status == "STAGED"})
		a := c.admin("POST", usersPath+id, setPassword("long enough"))
		if got := c.outcome(id, a); got != want[i] {
			t.Errorf("in %s: %s, want %s", status, got, want[i])
		}
		if a.status == 200 && !strings.Contains(a.body, `"password":{}`) {
			t.Errorf("in %s: no password in %s", status, a.body)
		}
	}
	id := c.org.AddUser(oktatest.User{})
	c.admin("POST", usersPath+id, setPassword("1234567")).wantError(t, 400, "E0000001", "Password requirements were not met")
	c.admin("POST", usersPath+c.org.AddUser(oktatest.User{Provider: "LDAP"}), setPassword("long enough")).wantError(t, 403, "E0000023", "")
	if events := c.eventsAbout(id); len(events) != 0 {
		t.Errorf("events = %v", events)
	}
	// A profile that is refused keeps the password from being set.
	body := setPassword("long enough")
	body["profile"] = object{"login": ""}
	before := string(c.org.State())
	c.admin("POST", usersPath+id, body).want(t, 400)
	if string(c.org.State()) != before {
		t.Error("a refused change took effect in part")
	}
	// And the other way round.
	body = setPassword("short")
	body["profile"] = object{"city": "Oslo"}
	c.admin("POST", usersPath+id, body).want(t, 400)
	if string(c.org.State()) != before {
		t.Error("a refused password changed the profile")
	}
	c.admin("POST", usersPath+id, setPassword("long enough")).want(t, 200)
	if events := c.eventsAbout(id); len(events) != 1 || events[0]["eventType"] != "user.account.update_password" {
		t.Errorf("events = %v", events)
	}
}

func TestChangePassword(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	change := func(id, before, after string) answer {
		t.Helper()
		return c.admin("POST", usersPath+id+"/credentials/change_password", object{
			"oldPassword": object{"value": before}, "newPassword": object{"value": after}, "revokeSessions": true,
		})
	}
	want := map[string]string{
		"STAGED": "STAGED", "ACTIVE": "ACTIVE", "PASSWORD_EXPIRED": "ACTIVE", "RECOVERY": "ACTIVE", "LOCKED_OUT": "403 E0000035",
		"SUSPENDED": "403 E0000035",
	}
	for status, want := range want {
		id := c.org.AddUser(oktatest.User{Sessions: 2})
		c.admin("POST", usersPath+id, setPassword("old password")).want(t, 200)
		c.org.SetUserStatus(id, status)
		if got := c.outcome(id, change(id, "old password", "new password")); got != want {
			t.Errorf("in %s: %s, want %s", status, got, want)
		}
		if got := c.org.Sessions(id); (got == 0) != (status == "SUSPENDED" || !strings.HasPrefix(want, "403")) {
			t.Errorf("in %s: %d sessions", status, got)
		}
	}
	id := c.org.AddUser(oktatest.User{})
	change(id, "", "new password").wantError(t, 403, "E0000014", "") // a password nobody knows
	c.admin("POST", usersPath+id, setPassword("old password")).want(t, 200)
	change(id, "wrong", "new password").wantError(t, 403, "E0000014", "")
	change(id, "old password", "short").wantError(t, 403, "E0000080", "")
	a := change(id, "old password", "new password").want(t, 200)
	if a.text(t, "provider.type") != "OKTA" || strings.Contains(a.body, "new password") {
		t.Errorf("answer = %s", a.body)
	}
	change(id, "old password", "newer password").wantError(t, 403, "E0000014", "")
	change(c.org.AddUser(oktatest.User{Provider: "LDAP"}), "a", "b").wantError(t, 403, "E0000035", "")
}

func TestRecoveryQuestion(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	id := c.org.AddUser(oktatest.User{})
	path := usersPath + id + "/credentials/"
	question := object{"question": "Who?", "answer": "Nobody"}
	byAnswer := func(answer string) object {
		return object{"password": object{"value": "from the answer"}, "recovery_question": object{"answer": answer}}
	}
	c.admin("POST", path+"forgot_password_recovery_question", byAnswer("Nobody")).wantError(t, 403, "E0000034", "")
	c.admin("POST", usersPath+id, setPassword("the password")).want(t, 200)
	change := object{"password": object{"value": "the password"}, "recovery_question": question}
	c.admin("POST", path+"change_recovery_question", object{"recovery_question": question}).wantError(t, 403, "E0000014", "")
	c.admin("POST", path+"change_recovery_question", object{"password": object{"value": "the password"}}).wantError(t, 400, "E0000001", "recovery_question")
	a := c.admin("POST", path+"change_recovery_question", change).want(t, 200)
	if a.text(t, "recovery_question.question") != "Who?" || strings.Contains(a.body+string(c.org.State()), "Nobody") {
		t.Errorf("answer = %s", a.body)
	}
	for _, operation := range []string{"forgot_password_recovery_question", "forgot_password"} {
		c.admin("POST", path+operation, byAnswer("Somebody")).wantError(t, 403, "E0000014", "")
		c.admin("POST", path+operation, byAnswer("Nobody")).want(t, 200)
		change["password"] = object{"value": "from the answer"}
		c.admin("POST", path+"change_recovery_question", change).want(t, 200)
	}
	// An administrator sets one without the password.
	id = c.org.AddUser(oktatest.User{})
	path = usersPath + id + "/credentials/"
	a = c.admin("POST", usersPath+id, object{"credentials": object{"recovery_question": question}}).want(t, 200)
	if a.text(t, "credentials.recovery_question.question") != "Who?" || strings.Contains(a.body, "Nobody") {
		t.Errorf("user = %s", a.body)
	}
	c.admin("POST", path+"forgot_password_recovery_question", byAnswer("Nobody")).want(t, 200)
	if got := c.admin("POST", path+"forgot_password", nil).want(t, 200).body; got != "{}" {
		t.Errorf("by email = %s", got)
	}
	if got := c.admin("POST", path+"forgot_password?sendEmail=false", nil).want(t, 200).text(t, "resetPasswordUrl"); !strings.HasPrefix(got, "https://acme.okta.com/signin/reset-password/") {
		t.Errorf("link = %q", got)
	}
	if got := c.status(id); got != "ACTIVE" {
		t.Errorf("status = %s", got)
	}
	for _, user := range []oktatest.User{{Status: "LOCKED_OUT"}, {NoPassword: true}, {Provider: "ACTIVE_DIRECTORY"}} {
		c.admin("POST", usersPath+c.org.AddUser(user)+"/credentials/forgot_password", nil).wantError(t, 403, "E0000034", "")
	}
	expired := c.org.AddUser(oktatest.User{Status: "PASSWORD_EXPIRED"})
	c.admin("POST", usersPath+expired+"/credentials/change_recovery_question", change).wantError(t, 403, "E0000036", "")
}
