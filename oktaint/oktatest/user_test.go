package oktatest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

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

// TestUserNames finds users by id, login and short name, where each is allowed.
func TestUserNames(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	ada := c.org.AddUser(oktatest.User{Login: "Ada@example.com"})
	c.org.AddUser(oktatest.User{Login: "bob@example.com"})
	second := c.org.AddUser(oktatest.User{Login: "bob@example.org"})
	for name, want := range map[string]int{
		ada: 200, "ada@example.com": 200, "ADA": 200, "bob": 404, "bob@example.com": 200, "nobody": 404,
	} {
		path := usersPath + url.PathEscape(name)
		c.admin("GET", path, nil).want(t, want)
		c.admin("POST", path, object{"profile": object{}}).want(t, want)
		c.admin("POST", path+"/lifecycle/reset_factors", nil).want(t, want)
	}
	c.admin("GET", usersPath+"ada@example.com/factors", nil).wantError(t, 404, "E0000007", "(User)")
	c.admin("DELETE", usersPath+"ada@example.com/sessions", nil).wantError(t, 404, "E0000007", "(User)")
	c.admin("DELETE", usersPath+ada+"/sessions", nil).want(t, 204)

	// A new login is a new name; the name of a deleted user is free.
	c.admin("POST", usersPath+ada, object{"profile": object{"login": "countess@example.com"}}).want(t, 200)
	c.admin("GET", usersPath+"ada", nil).want(t, 404)
	c.admin("GET", usersPath+"countess", nil).want(t, 200)
	for range 2 {
		c.admin("DELETE", usersPath+second, nil).want(t, 204)
	}
	c.admin("GET", usersPath+"bob", nil).want(t, 200)
	c.admin("POST", "/api/v1/users", newUser("bob@example.org", "")).want(t, 200)
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

// TestETag shows what changes it, and that a change can depend on it.
func TestETag(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	id := c.org.AddUser(oktatest.User{Factors: []string{"sms"}})
	path := usersPath + id
	etag := func() string {
		t.Helper()
		return c.admin("GET", path, nil).want(t, 200).header.Get("Etag")
	}
	for _, test := range []struct {
		what   string
		change func()
		want   bool
	}{
		{"nothing", func() {}, false},
		{"sign-in", func() { c.org.SignIn(id) }, false},
		{"sessions", func() { c.admin("DELETE", path+"/sessions", nil).want(t, 204) }, false},
		{"factors", func() { c.admin("POST", path+"/lifecycle/reset_factors", nil).want(t, 200) }, false},
		{"same profile", func() { c.admin("POST", path, object{"profile": object{"firstName": "Test"}}).want(t, 200) }, false},
		{"profile", func() { c.admin("POST", path, object{"profile": object{"city": "Oslo"}}).want(t, 200) }, true},
		{"password", func() {
			c.admin("POST", path, object{"credentials": object{"password": object{"value": "long enough"}}}).want(t, 200)
		}, true},
		{"status", func() { c.admin("POST", path+"/lifecycle/suspend", nil).want(t, 200) }, true},
		{"status, behind the back", func() { c.org.SetUserStatus(id, "ACTIVE") }, true},
	} {
		before := etag()
		test.change()
		if changed := etag() != before; changed != test.want {
			t.Errorf("%s: ETag changed %v, want %v", test.what, changed, test.want)
		}
	}
	send := func(method, match string) answer {
		t.Helper()
		req := c.request(method, path, "SSWS "+c.org.APIToken(), newUser("ada@example.com", ""))
		req.Header.Set("If-Match", match)
		resp, err := c.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		return c.read(resp)
	}
	stale := etag()
	send("POST", stale).want(t, 200)
	send("POST", stale).wantError(t, 412, "E0000231", "")
	send("PUT", stale).wantError(t, 412, "E0000231", "")
	send("PUT", etag()).want(t, 200)
}

// TestAddUserPanics shows what AddUser and its like do not accept.
func TestAddUserPanics(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{})
	id := org.AddUser(oktatest.User{Login: "ada@example.com"})
	locked := org.AddUser(oktatest.User{Status: "LOCKED_OUT"})
	for what, call := range map[string]func(){
		"status":      func() { org.AddUser(oktatest.User{Status: "HAPPY"}) },
		"provider":    func() { org.AddUser(oktatest.User{Provider: "NOBODY"}) },
		"factor":      func() { org.AddUser(oktatest.User{Factors: []string{"telepathy"}}) },
		"role":        func() { org.AddUser(oktatest.User{Roles: []string{"KING"}}) },
		"group":       func() { org.AddUser(oktatest.User{Groups: []string{"00gnone"}}) },
		"client":      func() { org.AddUser(oktatest.User{Clients: []string{""}}) },
		"sessions":    func() { org.AddUser(oktatest.User{Sessions: -1}) },
		"login":       func() { org.AddUser(oktatest.User{Login: "ADA@example.com"}) },
		"set status":  func() { org.SetUserStatus(id, "HAPPY") },
		"set whose":   func() { org.SetUserStatus("00unone", "ACTIVE") },
		"sign in":     func() { org.SignIn(locked) },
		"sign in who": func() { org.SignIn("00unone") },
		"sessions of": func() { org.Sessions("00unone") },
	} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.HasPrefix(text, "oktatest: ") {
					t.Errorf("%s: %s, want a panic of the package", what, text)
				}
			}()
			call()
		}()
	}
	// Nothing is left of them, and no lock is held.
	if got := strings.Count(string(org.State()), `"profile":{"email"`); got != 3 {
		t.Errorf("%d users, want 3", got)
	}
}

// TestBlocks answers as recorded.
func TestBlocks(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	c.admin("GET", usersPath+c.org.AddUser(oktatest.User{})+"/blocks", nil).wantError(t, 401, "E0000015", "")
	c.admin("GET", usersPath+"00unone/blocks", nil).wantError(t, 404, "E0000007", "(User)")
}
