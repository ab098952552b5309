package oktatest_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// factors lists the types of a user's factors.
func (c *caller) factors(id string) []string {
	c.t.Helper()
	kinds := []string{}
	for _, f := range c.admin("GET", usersPath+id+"/factors", nil).want(c.t, 200).list(c.t) {
		kinds = append(kinds, f["factorType"].(string))
	}
	return kinds
}

// factor returns the path of a user's factor of a type.
func (c *caller) factor(id, kind string) string {
	c.t.Helper()
	for _, f := range c.admin("GET", usersPath+id+"/factors", nil).want(c.t, 200).list(c.t) {
		if f["factorType"] == kind {
			return usersPath + id + "/factors/" + f["id"].(string)
		}
	}
	c.t.Fatalf("user %s has no factor %s", id, kind)
	return ""
}

func TestFactors(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	all := []string{"push", "signed_nonce", "sms", "call", "email", "token:software:totp", "webauthn", "question"}
	id := c.org.AddUser(oktatest.User{Factors: all})
	if got := c.factors(id); !slices.Equal(got, all) {
		t.Errorf("factors = %v, want %v", got, all)
	}
	sms := c.factor(id, "sms")
	a := c.admin("GET", sms, nil).want(t, 200)
	if a.text(t, "status") != "ACTIVE" || a.text(t, "provider") != "OKTA" || a.text(t, "_links.user.href") != "https://acme.okta.com"+usersPath+id {
		t.Errorf("factor = %s", a.body)
	}
	c.admin("DELETE", sms, nil).want(t, 204)
	c.admin("DELETE", sms, nil).wantError(t, 404, "E0000007", "")
	c.admin("GET", sms, nil).wantError(t, 404, "E0000007", "")
	// All of Okta Verify goes with its push, but not with its codes alone.
	c.admin("DELETE", c.factor(id, "push"), nil).want(t, 204)
	if got, want := c.factors(id), []string{"call", "email", "webauthn", "question"}; !slices.Equal(got, want) {
		t.Errorf("without Okta Verify: %v, want %v", got, want)
	}
	id = c.org.AddUser(oktatest.User{Factors: []string{"push", "token:software:totp"}})
	c.admin("DELETE", c.factor(id, "token:software:totp")+"?removeRecoveryEnrollment=true", nil).want(t, 204)
	if got, want := c.factors(id), []string{"push"}; !slices.Equal(got, want) {
		t.Errorf("without codes: %v, want %v", got, want)
	}
	if events := c.eventsAbout(id); len(events) != 1 || events[0]["eventType"] != "user.mfa.factor.deactivate" {
		t.Errorf("events = %v", events)
	}
	c.admin("POST", usersPath+id+"/lifecycle/reset_factors", nil).want(t, 200)
	if got := c.factors(id); len(got) != 0 {
		t.Errorf("after a reset: %v", got)
	}
}

// TestFactorsByStatus removes and adds a factor in the statuses that differ.
func TestFactorsByStatus(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	question := object{"factorType": "question", "provider": "OKTA", "profile": object{"question": "disliked_food", "answer": "meatball"}}
	for status, want := range map[string][2]int{"ACTIVE": {204, 200}, "SUSPENDED": {204, 403}, "LOCKED_OUT": {204, 200}} {
		id := c.org.AddUser(oktatest.User{Status: status, Factors: []string{"sms"}})
		c.admin("DELETE", c.factor(id, "sms"), nil).want(t, want[0])
		c.admin("POST", usersPath+id+"/factors", question).want(t, want[1])
	}
	gone := usersPath + c.org.AddUser(oktatest.User{Status: "DEPROVISIONED"}) + "/factors"
	c.admin("DELETE", gone+"/mbl1", nil).wantError(t, 403, "E0000038", "")
	c.admin("POST", gone, question).wantError(t, 403, "E0000038", "")
}

func TestEnrollFactor(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	id := c.org.AddUser(oktatest.User{})
	path := usersPath + id + "/factors"
	sms := object{"factorType": "sms", "provider": "OKTA", "profile": object{"phoneNumber": "+12025550142"}}
	a := c.admin("POST", path, sms).want(t, 200)
	if a.text(t, "status") != "PENDING_ACTIVATION" || a.text(t, "profile.phoneNumber") != "+12025550142" || a.text(t, "_links.activate.href") == "" {
		t.Errorf("sms = %s", a.body)
	}
	c.admin("POST", path, sms).wantError(t, 400, "E0000001", "already set up")
	question := object{"factorType": "question", "provider": "OKTA", "profile": object{"question": "disliked_food", "answer": "meatball"}}
	a = c.admin("POST", path, question).want(t, 200)
	if a.text(t, "status") != "ACTIVE" || a.text(t, "profile.questionText") != "What is the food you least liked as a child?" {
		t.Errorf("question = %s", a.body)
	}
	own := path + "/" + a.text(t, "id")
	a = c.admin("PUT", own, object{"profile": object{"question": "name_of_first_plush_toy", "answer": "meatball"}}).want(t, 200)
	if a.text(t, "profile.question") != "name_of_first_plush_toy" {
		t.Errorf("replaced question = %s", a.body)
	}
	c.admin("PUT", c.factor(id, "sms"), object{"profile": object{}}).wantError(t, 501, "E0000060", "")
	a = c.admin("POST", path+"?activate=true", object{"factorType": "email", "provider": "OKTA", "profile": object{"email": "b@example.com"}}).want(t, 200)
	if a.text(t, "status") != "ACTIVE" || a.text(t, "profile.email") != "b@example.com" {
		t.Errorf("email = %s", a.body)
	}
	for _, bad := range []object{
		{"factorType": "telepathy", "provider": "OKTA"}, {"factorType": "signed_nonce", "provider": "OKTA"},
		{"factorType": "webauthn", "provider": "OKTA"}, {"factorType": "call", "provider": "OKTA"},
	} {
		c.admin("POST", path, bad).wantError(t, 400, "E0000001", "")
	}
	fresh := usersPath + c.org.AddUser(oktatest.User{}) + "/factors"
	for _, profile := range []object{{"question": "what", "answer": "meatball"}, {"question": "disliked_food", "answer": "x"}} {
		c.admin("POST", fresh, object{"factorType": "question", "provider": "OKTA", "profile": profile}).wantError(t, 400, "E0000001", "")
	}
}

// TestRecoveryPhone removes a phone that is a factor, with and without the number that
// recovers the account, which no list shows.
func TestRecoveryPhone(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	for _, tt := range []struct {
		kind, query string
		kept        bool
	}{
		{"sms", "", true}, {"call", "?removeRecoveryEnrollment=false", true}, {"sms", "?removeRecoveryEnrollment=true", false},
		{"call", "?removeRecoveryEnrollment=true", false}, {"email", "?removeRecoveryEnrollment=true", true},
	} {
		user := c.org.AddUser(oktatest.User{Factors: []string{tt.kind}, RecoveryPhone: true})
		c.admin("DELETE", c.factor(user, tt.kind)+tt.query, nil).want(t, 204)
		if got := c.org.Access(user); got.RecoveryPhone != tt.kept || len(got.Factors) != 0 {
			t.Errorf("%s%s: %+v", tt.kind, tt.query, got)
		}
	}
	user := c.org.AddUser(oktatest.User{Factors: []string{"sms"}})
	c.admin("DELETE", c.factor(user, "sms")+"?removeRecoveryEnrollment=maybe", nil).wantError(t, 400, "E0000001", "removeRecoveryEnrollment")
	before := string(c.org.State())
	c.admin("POST", usersPath+user+"/lifecycle/reset_factors", nil).want(t, 200)
	if !c.org.Access(user).RecoveryPhone || strings.Count(before, `"recoveryPhone":true`) != strings.Count(string(c.org.State()), `"recoveryPhone":true`) {
		t.Error("a reset of the factors takes the recovery phone")
	}
	if c.org.Access(c.org.AddUser(oktatest.User{Status: "DEPROVISIONED", RecoveryPhone: true})).RecoveryPhone {
		t.Error("a deactivated user keeps the recovery phone")
	}
}

// TestEnrollFactorOfUser enrolls factors as the user would.
func TestEnrollFactorOfUser(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	user := c.org.AddUser(oktatest.User{})
	id, err := c.org.EnrollFactor(user, "sms")
	if err != nil || c.factor(user, "sms") != usersPath+user+"/factors/"+id || !c.org.Access(user).RecoveryPhone {
		t.Errorf("%s, %v", id, err)
	}
	c.wantLast("user.mfa.factor.activate SUCCESS <nil> User:" + user)
	for _, kind := range []string{"sms", "pigeon"} {
		if _, err := c.org.EnrollFactor(user, kind); err == nil {
			t.Errorf("enrolled %s", kind)
		}
	}
}
