package oktatest_test

import (
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestFactorCatalog lists what a user can enroll, and enrolls it.
func TestFactorCatalog(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	id := c.org.AddUser(oktatest.User{})
	path := usersPath + id + "/factors"
	var kinds []string
	for _, f := range c.admin("GET", path+"/catalog", nil).want(t, 200).list(t) {
		kind, links := f["factorType"].(string), f["_links"].(object)
		kinds = append(kinds, kind)
		if got := links["enroll"].(object)["href"]; got != c.org.URL()+path {
			t.Errorf("%s: enroll = %v", kind, got)
		}
		if _, has := links["questions"]; has != (kind == "question") {
			t.Errorf("%s: links = %v", kind, links)
		}
		body := object{"factorType": kind, "provider": f["provider"], "profile": object{
			"phoneNumber": "+12025550199", "question": "first_award", "answer": "a medal",
		}}
		c.admin("POST", path, body).want(t, 200)
	}
	want := []string{"call", "email", "push", "question", "sms", "token:software:totp", "webauthn"}
	if !slices.Equal(kinds, want) {
		t.Errorf("catalog = %v, want %v", kinds, want)
	}
	c.admin("GET", usersPath+"00unobody/factors/catalog", nil).wantError(t, 404, "E0000007", "(User)")
}

// TestFactorQuestions lists the questions, each of which a factor can have. No
// scope opens the list.
func TestFactorQuestions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	list := c.admin("GET", usersPath+c.org.AddUser(oktatest.User{})+"/factors/questions", nil).want(t, 200).list(t)
	if len(list) != 3 {
		t.Errorf("questions = %v", list)
	}
	for _, q := range list {
		id := c.org.AddUser(oktatest.User{})
		body := object{"factorType": "question", "provider": "OKTA", "profile": object{"question": q["question"], "answer": "meatball"}}
		a := c.admin("POST", usersPath+id+"/factors", body).want(t, 200)
		if got := a.text(t, "profile.questionText"); got != q["questionText"] {
			t.Errorf("questionText = %q, want %v", got, q["questionText"])
		}
	}
	app := c.newApp("okta.users.read")
	c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
	path := usersPath + c.org.AddUser(oktatest.User{}) + "/factors/"
	auth := c.bearer(app, "okta.users.read")
	c.do("GET", path+"catalog", auth, nil).want(t, 200)
	c.do("GET", path+"questions", auth, nil).want(t, 403)
}
