package oktatest_test

import (
	"fmt"
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

// newUser is a body that makes a user, with a password unless it is empty.
func newUser(login, password string) object {
	body := object{"profile": object{"login": login, "email": login, "firstName": "Ada", "lastName": "Smith"}}
	if password != "" {
		body["credentials"] = object{"password": object{"value": password}}
	}
	return body
}

func TestCreateUser(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	create := func(query string, body any) answer {
		t.Helper()
		return c.admin("POST", "/api/v1/users"+query, body)
	}
	for i, test := range []struct{ query, password, status string }{
		{"", "long enough", "ACTIVE"},
		{"", "", "PROVISIONED"},
		{"?activate=true", "long enough", "ACTIVE"},
		{"?activate=false", "long enough", "STAGED"},
		{"?activate=false", "", "STAGED"},
		{"?nextLogin=changePassword", "long enough", "PASSWORD_EXPIRED"},
	} {
		a := create(test.query, newUser(fmt.Sprint("u", i, "@example.com"), test.password)).want(t, 200)
		if got := a.text(t, "status"); got != test.status {
			t.Errorf("%s, password %q: %s, want %s", test.query, test.password, got, test.status)
		}
		if shows := strings.Contains(a.body, `"password":{}`); shows != (test.password != "") || strings.Contains(a.body, "long enough") {
			t.Errorf("password %q: credentials in %s", test.password, a.body)
		}
		if got, has := a.json(t)["profile"].(map[string]any)["mobilePhone"]; got != nil || !has {
			t.Errorf("an unset mobilePhone is not null: %s", a.body)
		}
		if got := c.admin("GET", usersPath+a.text(t, "id"), nil).want(t, 200); got.body != a.body {
			t.Errorf("GET = %s, want %s", got.body, a.body)
		}
	}
	body := newUser("fed@example.com", "")
	body["credentials"] = object{"provider": object{"type": "FEDERATION", "name": "FEDERATION"}}
	if a := create("?provider=true", body).want(t, 200); a.text(t, "status") != "ACTIVE" || a.text(t, "credentials.provider.type") != "FEDERATION" {
		t.Errorf("a federated user = %s", a.body)
	}
	body = newUser("hash@example.com", "")
	body["credentials"] = object{"password": object{"hash": object{"algorithm": "MD5", "value": "x"}}}
	if a := create("", body).want(t, 200); a.text(t, "status") != "ACTIVE" || a.text(t, "credentials.provider.type") != "IMPORT" {
		t.Errorf("an imported user = %s", a.body)
	}
}

func TestCreateUserRefused(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	c.admin("POST", "/api/v1/users", newUser("taken@example.com", "")).want(t, 200)
	with := func(name string, value any) object {
		body := newUser("new@example.com", "")
		body["profile"].(object)[name] = value
		return body
	}
	for _, test := range []struct {
		what, query string
		body        any
		code, cause string
	}{
		{"login in use", "", newUser("Taken@example.com", ""), "E0000001", "login: An object with this field already exists in the current organization"},
		{"no profile", "", object{}, "E0000001", "The field cannot be left blank"},
		{"no last name", "", with("lastName", nil), "E0000001", "lastName: The field cannot be left blank"},
		{"login without a domain", "", with("login", "ada"), "E0000001", "form of an email address"},
		{"email without a domain", "", with("email", "ada@home"), "E0000001", "email: Does not match required pattern"},
		{"recovery question without an answer", "", object{
			"profile": newUser("new@example.com", "")["profile"], "credentials": object{"recovery_question": object{"question": "Who?"}},
		}, "E0000001", "recovery_question"},
		{"unknown next login", "?nextLogin=never", newUser("new@example.com", ""), "E0000001", "nextLogin"},
		{"unknown attribute", "", with("notValid", "x"), "E0000001", "Property name 'notValid' is not defined in profile"},
		{"number for text", "", with("city", 1), "E0000001", "city: wrong type"},
		{"short password", "", newUser("new@example.com", "1234567"), "E0000001", "Password requirements were not met"},
		{"no switch", "?activate=perhaps", newUser("new@example.com", ""), "E0000001", "activate"},
		{"expired and staged", "?activate=false&nextLogin=changePassword", newUser("new@example.com", "long enough"), "E0000125", ""},
		{"expired without password", "?nextLogin=changePassword", newUser("new@example.com", ""), "E0000124", ""},
		{"no provider", "?provider=true", newUser("new@example.com", ""), "E0000001", "credentials.provider"},
		{"a directory", "?provider=true", object{
			"profile": newUser("new@example.com", "")["profile"], "credentials": object{"provider": object{"type": "LDAP"}},
		}, "E0000001", "credentials.provider"},
	} {
		a := c.admin("POST", "/api/v1/users"+test.query, test.body)
		a.want(t, 400)
		if got := a.text(t, "errorCode"); got != test.code || !strings.Contains(a.body, test.cause) {
			t.Errorf("%s: %s", test.what, a.body)
		}
	}
	if got := c.admin("GET", "/api/v1/users", nil).want(t, 200).list(t); len(got) != 2 {
		t.Errorf("%d users, want the owner and the first", len(got))
	}
}

func TestUpdateUser(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	id := c.org.AddUser(oktatest.User{Login: "ada@example.com", Profile: object{"department": "Sales", "badge": 7, "mobilePhone": "1"}})
	path := usersPath + id
	a := c.admin("POST", path, object{"profile": object{"title": "Boss", "badge": nil, "mobilePhone": nil}}).want(t, 200)
	profile := a.json(t)["profile"].(map[string]any)
	if _, has := profile["badge"]; has || profile["department"] != "Sales" || profile["title"] != "Boss" || profile["mobilePhone"] != nil {
		t.Errorf("profile after a partial update = %v", profile)
	}
	if !strings.Contains(a.body, `"password":{}`) {
		t.Errorf("the password is gone: %s", a.body)
	}
	full := newUser("ada@example.com", "")
	a = c.admin("PUT", path, full).want(t, 200)
	profile = a.json(t)["profile"].(map[string]any)
	if _, has := profile["department"]; has || profile["lastName"] != "Smith" {
		t.Errorf("user after a replacement = %s", a.body)
	}
	c.admin("PUT", path, object{"profile": object{"login": "ada@example.com"}}).wantError(t, 400, "E0000001", "cannot be left blank")
	c.admin("POST", path, object{"profile": object{"lastName": ""}}).wantError(t, 400, "E0000001", "lastName")
	c.admin("POST", path, object{"profile": object{"notValid": 1}}).wantError(t, 400, "E0000001", "Property name 'notValid'")
	owner := "org.owner.1@example.com"
	c.admin("POST", path, object{"profile": object{"login": owner}}).wantError(t, 400, "E0000001", "login: An object with this field already exists")
	c.admin("POST", path, object{"profile": object{"login": "ADA@example.com"}}).want(t, 200)

	for _, test := range []struct {
		user oktatest.User
		want string
	}{
		{oktatest.User{Status: "DEPROVISIONED"}, "403 E0000038"},
		{oktatest.User{Provider: "ACTIVE_DIRECTORY"}, "403 E0000023"},
		{oktatest.User{Provider: "LDAP"}, "403 E0000023"},
		{oktatest.User{Status: "SUSPENDED"}, "SUSPENDED"},
		{oktatest.User{Status: "LOCKED_OUT"}, "LOCKED_OUT"},
	} {
		id := c.org.AddUser(test.user)
		if got := c.outcome(id, c.admin("POST", usersPath+id, object{"profile": object{"city": "Oslo"}})); got != test.want {
			t.Errorf("%+v: %s, want %s", test.user, got, test.want)
		}
	}
	if got := c.eventsAbout(id)[0]["eventType"]; got != "user.account.update_profile" {
		t.Errorf("event = %v", got)
	}
}
