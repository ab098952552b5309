package oktatest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

const usersPath = "/api/v1/users/"

// allStatuses are the columns of the tables below.
var allStatuses = []string{
	"STAGED", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED", "DEPROVISIONED",
}

// status returns a user's status.
func (c *caller) status(id string) string {
	c.t.Helper()
	return c.admin("GET", usersPath+id, nil).want(c.t, 200).text(c.t, "status")
}

// outcome is the status after a call, or its error.
func (c *caller) outcome(id string, a answer) string {
	c.t.Helper()
	if a.status >= 400 {
		return fmt.Sprint(a.status, " ", a.text(c.t, "errorCode"))
	}
	return c.status(id)
}

// TestTransitions tries every operation in every status.
func TestTransitions(t *testing.T) {
	t.Parallel()
	for action, want := range map[string][]string{
		"activate": {
			"ACTIVE", "403 E0000038", "403 E0000016", "403 E0000038", "403 E0000038", "403 E0000038", "403 E0000038", "ACTIVE",
		},
		"reactivate": {
			"403 E0000038", "PROVISIONED", "403 E0000038", "RECOVERY", "403 E0000038", "403 E0000038", "403 E0000038", "403 E0000038",
		},
		"suspend": {
			"400 E0000001", "400 E0000001", "SUSPENDED", "400 E0000001", "400 E0000001", "400 E0000001", "400 E0000001", "400 E0000001",
		},
		"unsuspend": {
			"400 E0000001", "400 E0000001", "400 E0000001", "400 E0000001", "400 E0000001", "400 E0000001", "ACTIVE", "400 E0000001",
		},
		"deactivate": {
			"DEPROVISIONED", "DEPROVISIONED", "DEPROVISIONED", "DEPROVISIONED", "DEPROVISIONED", "DEPROVISIONED", "DEPROVISIONED", "404 E0000007",
		},
		"unlock": {
			"403 E0000032", "403 E0000032", "403 E0000032", "403 E0000032", "403 E0000032", "ACTIVE", "403 E0000032", "403 E0000032",
		},
		"expire_password": {
			"403 E0000038", "403 E0000038", "PASSWORD_EXPIRED", "403 E0000038", "PASSWORD_EXPIRED", "403 E0000038", "403 E0000038", "403 E0000038",
		},
		"expire_password_with_temp_password": {
			"403 E0000038", "403 E0000038", "PASSWORD_EXPIRED", "403 E0000038", "403 E0000038", "403 E0000038", "403 E0000038", "403 E0000038",
		},
		"reset_password?sendEmail=true": {
			"403 E0000017", "403 E0000017", "RECOVERY", "RECOVERY", "RECOVERY", "RECOVERY", "403 E0000017", "403 E0000017",
		},
		"reset_factors": {
			"403 E0000038", "PROVISIONED", "ACTIVE", "RECOVERY", "PASSWORD_EXPIRED", "LOCKED_OUT", "SUSPENDED", "403 E0000038",
		},
	} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
			for i, status := range allStatuses {
				id := c.org.AddUser(oktatest.User{Status: status, Factors: []string{"sms"}})
				if got := c.status(id); got != status {
					t.Fatalf("a new user is %s, want %s", got, status)
				}
				got := c.outcome(id, c.admin("POST", usersPath+id+"/lifecycle/"+action, nil))
				if got != want[i] {
					t.Errorf("from %s: %s, want %s", status, got, want[i])
				}
			}
		})
	}
}

// TestSuspendAsOffered suspends from the statuses whose _links offer it, and from no other.
func TestSuspendAsOffered(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited(), SuspendAsOffered: true})
	for _, status := range allStatuses {
		id, want := c.org.AddUser(oktatest.User{Status: status}), "400 E0000001"
		if _, offered := c.admin("GET", usersPath+id, nil).json(t)["_links"].(map[string]any)["suspend"]; offered {
			want = "SUSPENDED"
		}
		if got := c.outcome(id, c.admin("POST", usersPath+id+"/lifecycle/suspend", nil)); got != want || (status == "PASSWORD_EXPIRED" && got != "SUSPENDED") {
			t.Errorf("from %s: %s, want %s", status, got, want)
		}
		if got := c.outcome(id, c.admin("POST", usersPath+id+"/lifecycle/unsuspend", nil)); (got == "ACTIVE") != (want == "SUSPENDED" || status == "SUSPENDED") {
			t.Errorf("unsuspended after %s: %s", status, got)
		}
	}
}

// TestTransitionAnswers shows bodies, causes and what providers change.
func TestTransitionAnswers(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	post := func(user oktatest.User, action string) answer {
		t.Helper()
		return c.admin("POST", usersPath+c.org.AddUser(user)+"/lifecycle/"+action, nil)
	}
	of := func(status string) oktatest.User { return oktatest.User{Status: status} }
	for _, empty := range []struct{ status, action string }{
		{"ACTIVE", "suspend"}, {"SUSPENDED", "unsuspend"}, {"ACTIVE", "deactivate?sendEmail=false"}, {"STAGED", "activate"},
		{"LOCKED_OUT", "unlock"}, {"ACTIVE", "reset_password?sendEmail=true"}, {"ACTIVE", "reset_factors"},
		{"PROVISIONED", "reactivate?sendEmail=true"},
	} {
		if got := post(of(empty.status), empty.action).want(t, 200).body; got != "{}" {
			t.Errorf("%s: %s, want {}", empty.action, got)
		}
	}
	for _, link := range []struct{ status, action, name, text string }{
		{"STAGED", "activate?sendEmail=false", "activationUrl", "https://acme.okta.com/welcome/"},
		{"DEPROVISIONED", "activate?sendEmail=false", "activationToken", ""},
		{"RECOVERY", "reactivate", "activationUrl", "https://acme.okta.com/welcome/"},
		{"LOCKED_OUT", "reset_password?sendEmail=false", "resetPasswordUrl", "https://acme.okta.com/reset_password/"},
		{"ACTIVE", "expire_password_with_temp_password", "tempPassword", ""},
		{"ACTIVE", "expire_password?tempPassword=true", "tempPassword", ""},
		{"ACTIVE", "expire_password", "status", "PASSWORD_EXPIRED"},
	} {
		if got := post(of(link.status), link.action).want(t, 200).text(t, link.name); !strings.HasPrefix(got, link.text) || len(got) < 16 {
			t.Errorf("%s: %s = %q", link.action, link.name, got)
		}
	}
	post(of("LOCKED_OUT"), "suspend").wantError(t, 400, "E0000001", "Cannot suspend a user that is not active")
	post(of("ACTIVE"), "unsuspend").wantError(t, 400, "E0000001", "Cannot unsuspend a user that is not suspended")
	post(of("DEPROVISIONED"), "deactivate").wantError(t, 404, "E0000007", "(User)")
	post(of("ACTIVE"), "reset_password").wantError(t, 400, "E0000028", "")
	post(of("ACTIVE"), "reset_password?sendEmail=maybe").wantError(t, 400, "E0000001", "sendEmail")

	for _, provider := range []string{"ACTIVE_DIRECTORY", "LDAP"} {
		post(oktatest.User{Provider: provider}, "reset_password?sendEmail=true").wantError(t, 403, "E0000017", "")
		post(oktatest.User{Provider: provider, Status: "LOCKED_OUT"}, "unlock").wantError(t, 403, "E0000032", "")
		post(oktatest.User{Provider: provider}, "expire_password").want(t, 200)
	}
	noPassword := oktatest.User{NoPassword: true}
	post(noPassword, "expire_password").wantError(t, 403, "E0000038", "")
	post(noPassword, "reset_password?sendEmail=true").wantError(t, 403, "E0000017", "")
	for _, user := range []struct {
		user oktatest.User
		want string
	}{
		{oktatest.User{Status: "STAGED", NoPassword: true}, "PROVISIONED"},
		{oktatest.User{Status: "STAGED", Provider: "FEDERATION"}, "ACTIVE"},
	} {
		id := c.org.AddUser(user.user)
		c.admin("POST", usersPath+id+"/lifecycle/activate", nil).want(t, 200)
		if got := c.status(id); got != user.want {
			t.Errorf("%+v activated is %s, want %s", user.user, got, user.want)
		}
	}
}

// TestDeactivation shows what goes and what stays, and that a DELETE does the
// same first.
func TestDeactivation(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	for _, method := range []string{"POST", "DELETE"} {
		id := c.org.AddUser(oktatest.User{
			Profile: map[string]any{"department": "Sales"}, Factors: []string{"push", "sms"}, Sessions: 3, Clients: []string{"0oaclient"},
		})
		path := usersPath + id
		if method == "POST" {
			c.admin("POST", path+"/lifecycle/deactivate", nil).want(t, 200)
		} else {
			c.admin("DELETE", path+"?sendEmail=false", nil).want(t, 204)
		}
		user := c.admin("GET", path, nil).want(t, 200)
		if user.text(t, "status") != "DEPROVISIONED" || user.text(t, "profile.department") != "Sales" || !strings.Contains(user.body, `"password":{}`) {
			t.Errorf("after %s: %s", method, user.body)
		}
		if got := user.text(t, "_links.delete.method"); got != "DELETE" {
			t.Errorf("delete link = %q", got)
		}
		for _, below := range []string{"/factors", "/grants", "/clients", "/clients/0oaclient/tokens"} {
			if got := c.admin("GET", path+below, nil).want(t, 200).body; got != "[]" {
				t.Errorf("%s = %s", below, got)
			}
		}
		if got := c.org.Sessions(id); got != 0 {
			t.Errorf("%d sessions", got)
		}
		c.admin("DELETE", path, nil).want(t, 204)
		c.admin("DELETE", path, nil).wantError(t, 404, "E0000007", "(User)")
		c.admin("GET", path, nil).wantError(t, 404, "E0000007", "(User)")
	}
}

// TestDeprovisionedHasNothing shows that what a deactivation ends is not there
// either way.
func TestDeprovisionedHasNothing(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	user := oktatest.User{Factors: []string{"sms"}, Sessions: 2, Clients: []string{"0oaclient"}}
	changed := c.org.AddUser(user)
	c.org.SetUserStatus(changed, "DEPROVISIONED")
	user.Status = "DEPROVISIONED"
	for _, id := range []string{changed, c.org.AddUser(user)} {
		if got := c.org.Sessions(id); got != 0 {
			t.Errorf("%d sessions", got)
		}
		for _, below := range []string{"/factors", "/clients"} {
			if got := c.admin("GET", usersPath+id+below, nil).want(t, 200).body; got != "[]" {
				t.Errorf("%s = %s", below, got)
			}
		}
	}
}

// TestStatusEndsTokens shows that the API tokens of a user who is not active
// do not work, and that deactivation takes them for good.
func TestStatusEndsTokens(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	auth := "SSWS " + c.org.NewAPIToken("READ_ONLY_ADMIN")
	id := c.do("GET", "/api/v1/users/me", auth, nil).want(t, 200).text(t, "id")
	for _, step := range []struct {
		action string
		status int
	}{{"suspend", 401}, {"unsuspend", 200}, {"deactivate", 401}, {"activate", 401}} {
		c.admin("POST", usersPath+id+"/lifecycle/"+step.action, nil).want(t, 200)
		c.do("GET", "/api/v1/users/me", auth, nil).want(t, step.status)
	}
	if got := c.admin("GET", "/api/v1/api-tokens", nil).want(t, 200).list(t); len(got) != 1 {
		t.Errorf("tokens = %v", got)
	}
}

// TestTimestamps shows when each time of a user changes.
func TestTimestamps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		id := c.admin("POST", "/api/v1/users?activate=false", newUser("a@example.com", "long enough")).want(t, 200).text(t, "id")
		const start, second, third = "2000-01-01T00:00:00.000Z", "2000-01-01T00:00:01.000Z", "2000-01-01T00:00:02.000Z"
		want := func(times map[string]any) {
			t.Helper()
			user := c.admin("GET", usersPath+id, nil).want(t, 200).json(t)
			for name, at := range times {
				if got, set := user[name]; got != at || !set {
					t.Errorf("%s = %v, want %v", name, got, at)
				}
			}
		}
		want(map[string]any{"created": start, "passwordChanged": start, "activated": nil, "statusChanged": nil, "lastLogin": nil, "lastUpdated": start})
		time.Sleep(time.Second)
		c.admin("POST", usersPath+id+"/lifecycle/activate", nil).want(t, 200)
		c.org.SignIn(id)
		want(map[string]any{"created": start, "activated": second, "statusChanged": second, "lastLogin": second, "lastUpdated": second})
		time.Sleep(time.Second)
		c.org.SignIn(id)
		want(map[string]any{"lastLogin": third, "lastUpdated": second})
		c.org.SetUserStatus(id, "LOCKED_OUT")
		want(map[string]any{"activated": second, "statusChanged": third, "lastUpdated": third, "passwordChanged": start})
		c.admin("POST", usersPath+id+"/lifecycle/unlock", nil).want(t, 200)
		c.admin("POST", usersPath+id+"/lifecycle/deactivate", nil).want(t, 200)
		want(map[string]any{"activated": second, "statusChanged": third})
		c.admin("POST", usersPath+id+"/lifecycle/activate", nil).want(t, 200)
		want(map[string]any{"activated": third})
		c.org.SetUserStatus(id, "PROVISIONED")
		if a := c.admin("GET", usersPath+id, nil); strings.Contains(a.body, `"password":{}`) {
			t.Errorf("a PROVISIONED user has a password: %s", a.body)
		}
	})
}

// TestLifecycleEvents shows the event of each operation.
func TestLifecycleEvents(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	owner := c.admin("GET", "/api/v1/users/me", nil).want(t, 200).text(t, "id")
	for _, test := range []struct{ status, method, path, event string }{
		{"ACTIVE", "POST", "/lifecycle/suspend", "user.lifecycle.suspend"},
		{"SUSPENDED", "POST", "/lifecycle/unsuspend", "user.lifecycle.unsuspend"},
		{"ACTIVE", "POST", "/lifecycle/deactivate", "user.lifecycle.deactivate"},
		{"ACTIVE", "DELETE", "", "user.lifecycle.deactivate"},
		{"DEPROVISIONED", "DELETE", "", "user.lifecycle.delete.initiated"},
		{"STAGED", "POST", "/lifecycle/activate", "user.lifecycle.activate"},
		{"PROVISIONED", "POST", "/lifecycle/reactivate", "user.lifecycle.reactivate"},
		{"LOCKED_OUT", "POST", "/lifecycle/unlock", "user.account.unlock_by_admin"},
		{"ACTIVE", "POST", "/lifecycle/expire_password_with_temp_password", "user.account.expire_password"},
		{"ACTIVE", "POST", "/lifecycle/reset_password?sendEmail=false", "user.account.reset_password"},
		{"ACTIVE", "POST", "/lifecycle/reset_factors", "user.mfa.factor.reset_all"},
		{"ACTIVE", "DELETE", "/sessions", "user.session.clear"},
		{"ACTIVE", "DELETE", "/grants", "app.oauth2.as.consent.revoke.user"},
		{"ACTIVE", "DELETE", "/clients/0oaclient/tokens", "app.oauth2.token.revoke"},
	} {
		id := c.org.AddUser(oktatest.User{Status: test.status, Factors: []string{"push"}, Clients: []string{"0oaclient"}})
		a := c.admin(test.method, usersPath+id+test.path, nil)
		if a.status/100 != 2 {
			t.Fatalf("%s %s: status %d", test.method, test.path, a.status)
		}
		events := c.eventsAbout(id)
		if len(events) != 1 || events[0]["eventType"] != test.event || events[0]["actor"].(map[string]any)["id"] != owner {
			t.Errorf("%s %s: events = %v", test.method, test.path, events)
		}
	}
	// What changes nothing leaves no event.
	id := c.org.AddUser(oktatest.User{})
	c.admin("POST", usersPath+id+"/lifecycle/reset_factors", nil).want(t, 200)
	c.admin("POST", usersPath+id+"/lifecycle/unsuspend", nil).want(t, 400)
	if events := c.eventsAbout(id); len(events) != 0 {
		t.Errorf("events = %v", events)
	}
}

// eventsAbout lists the events whose target is this one.
func (c *caller) eventsAbout(id string) []map[string]any {
	c.t.Helper()
	var found []map[string]any
	for _, event := range c.admin("GET", "/api/v1/logs?limit=1000", nil).want(c.t, 200).list(c.t) {
		for _, target := range event["target"].([]any) {
			if target.(map[string]any)["id"] == id {
				found = append(found, event)
			}
		}
	}
	return found
}
