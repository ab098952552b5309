package oktatest_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

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

func TestUsers(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	me := c.admin("GET", "/api/v1/users/me", nil).want(t, 200)
	id, login := me.text(t, "id"), me.text(t, "profile.login")
	if login != "org.owner.1@example.com" || me.text(t, "status") != "ACTIVE" || me.text(t, "_links.suspend.method") != "POST" {
		t.Errorf("me = %s", me.body)
	}
	if etag := me.header.Get("Etag"); !strings.HasPrefix(etag, `W/"`) || len(etag) != 68 {
		t.Errorf("Etag = %q", etag)
	}
	for _, name := range []string{id, login, strings.ToUpper(login)} {
		if got := c.admin("GET", "/api/v1/users/"+url.PathEscape(name), nil).want(t, 200).text(t, "id"); got != id {
			t.Errorf("%s: id = %q", name, got)
		}
	}
	c.admin("GET", "/api/v1/users/00unknown", nil).wantError(t, 404, "E0000007", "(User)")
	role := c.admin("GET", "/api/v1/users/"+id+"/roles", nil).want(t, 200).list(t)
	if len(role) != 1 || role[0]["type"] != "SUPER_ADMIN" || role[0]["assignmentType"] != "USER" || !strings.HasPrefix(role[0]["id"].(string), "ra1") {
		t.Errorf("roles = %v", role)
	}
	for range 2 {
		c.org.NewAPIToken("READ_ONLY_ADMIN")
	}
	a := c.admin("GET", "/api/v1/users?limit=2", nil).want(t, 200)
	list := a.list(t)
	if len(list) != 2 || len(list[0]["_links"].(map[string]any)) != 1 || a.header.Get("Etag") != "" {
		t.Errorf("users = %s", a.body)
	}
	next := a.header.Values("Link")[1]
	if want := `<https://acme.okta.com/api/v1/users?after=1` + list[1]["id"].(string) + `&limit=2>; rel="next"`; next != want {
		t.Errorf("next = %s, want %s", next, want)
	}
	path := strings.TrimPrefix(strings.TrimSuffix(next, `>; rel="next"`), "<https://acme.okta.com")
	if rest := c.admin("GET", path, nil).want(t, 200); len(rest.list(t)) != 1 || len(rest.header.Values("Link")) != 1 {
		t.Errorf("last page = %s, Link %q", rest.body, rest.header.Values("Link"))
	}
	for query, want := range map[string]int{
		"?q=own":                                1,
		"?q=nobody":                             0,
		"?filter=status+eq+%22ACTIVE%22":        3,
		"?filter=status+eq+%22DEPROVISIONED%22": 0,
		"?search=profile.lastName+eq+%22Admin%22+and+(status+pr)":                         2,
		"?search=profile.lastName+eq+%22Owner%22+or+profile.login+sw+%22test%22":          3,
		"?search=created+gt+%221990%22+and+profile.nothing+pr":                            0,
		"?search=profile.email+ew+%22example.com%22+and+not.there+ne+%22x%22&limit=1":     0,
		"?search=profile.email+co+%22owner%22+and+created+le+%229%22+and+id+ge+%2200u%22": 1,
	} {
		if got := c.admin("GET", "/api/v1/users"+query, nil).want(t, 200).list(t); len(got) != want {
			t.Errorf("%s: %d users, want %d", query, len(got), want)
		}
	}
	for _, bad := range []string{"status", "status+eq", "status+eq+ACTIVE", "(status+pr", "status+xx+%22a%22", "status+pr+and", "status+eq+%22a"} {
		c.admin("GET", "/api/v1/users?search="+bad, nil).wantError(t, 400, "E0000031", "")
	}
}
