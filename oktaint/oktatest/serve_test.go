package oktatest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestHandler calls the org as a handler, without a server.
func TestHandler(t *testing.T) {
	t.Parallel()
	org, err := oktatest.NewOrg(oktatest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("GET", org.URL()+"/api/v1/groups", nil)
	req.Header.Set("Authorization", "SSWS "+org.APIToken())
	rec := httptest.NewRecorder()
	org.ServeHTTP(rec, req)
	if rec.Code != 200 {
		t.Errorf("status = %d, body %s", rec.Code, rec.Body)
	}
	// On the wire the names of these headers are in lower case.
	names := slices.Collect(maps.Keys(rec.Header()))
	if !slices.Contains(names, "x-rate-limit-limit") || !slices.Contains(names, "x-okta-request-id") {
		t.Errorf("headers = %v", names)
	}
	org.Close()
	org.Close()
}

// TestNumbersAreKept shows that the org gives back every digit of the numbers that it
// was given, at any depth, however it was given them.
func TestNumbersAreKept(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	const names = `{"login":%q,"email":"ada@example.com","firstName":"Ada","lastName":"Smith","badge":%s}`
	for i, value := range []string{
		"9007199254740993", "-9007199254740993", "18446744073709551617", "123456789012345678901234567890",
		"1000000", "0.1", "-0", "1.10", "1e400", "-1E-400", "3.141592653589793238462643383279",
		`{"a":{"b":[1,{"c":9007199254740993}]}}`, `[[-0.10],[1e400,null,true,"1e400"]]`,
	} {
		raw, login := json.RawMessage(value), fmt.Sprintf("n%d@example.com", i)
		kept := func(how, body string) {
			t.Helper()
			if !strings.Contains(body, `"badge":`+value+`,`) {
				t.Errorf("%s: %s became %s", how, value, body)
			}
		}
		added := c.org.AddUser(oktatest.User{Login: "added." + login, Profile: object{"badge": raw}})
		kept("AddUser", c.admin("GET", usersPath+added, nil).want(t, 200).body)
		made := c.admin("POST", "/api/v1/users", fmt.Sprintf(`{"profile":`+names+`}`, login, value)).want(t, 200)
		kept("POST", made.body)
		var u struct{ ID string } // what decodes the number would have it fit a float64
		if err := json.Unmarshal([]byte(made.body), &u); err != nil {
			t.Fatal(err)
		}
		id := u.ID
		c.admin("POST", usersPath+id, `{"profile":{"badge":0}}`).want(t, 200)
		kept("a partial update", c.admin("POST", usersPath+id, `{"profile":{"badge":`+value+`}}`).want(t, 200).body)
		kept("an update of another attribute", c.admin("POST", usersPath+id, `{"profile":{"title":"Boss"}}`).want(t, 200).body)
		c.admin("POST", usersPath+id, `{"profile":{"badge":0}}`).want(t, 200)
		kept("PUT", c.admin("PUT", usersPath+id, fmt.Sprintf(`{"profile":`+names+`}`, login, value)).want(t, 200).body)
		kept("the list", c.admin("GET", "/api/v1/users?filter="+url.QueryEscape(`profile.login eq "`+login+`"`), nil).want(t, 200).body)
		app := serviceApp("App of "+login, jwk(rsaKey(), "k1"))
		app["profile"] = object{"badge": raw, "z": 0}
		kept("an app", c.admin("POST", "/api/v1/apps", app).want(t, 200).body)
		kept("State", strings.ReplaceAll(string(c.org.State()), "\n", ""))
	}
}

// TestNumbersInConditions shows that searches and group rules compare numbers by
// the digits that were given.
func TestNumbersInConditions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	values := []string{"9007199254740993", "9007199254740992", "-9007199254740993", "1000000", "21", "0.1", "1e400"}
	group := map[string]string{}
	for i, value := range values {
		group[value] = c.org.AddGroup(oktatest.Group{Name: value})
		if strings.Trim(value, "0123456789") == "" { // an expression has only such numbers
			c.org.AddRule(oktatest.Rule{Name: value, Expression: "user.badge == " + value, Groups: []string{group[value]}})
		} else {
			c.org.AddRule(oktatest.Rule{Name: value, Expression: `user.badge == "` + value + `"`, Groups: []string{group[value]}})
		}
		c.org.AddUser(oktatest.User{Login: fmt.Sprintf("n%d@example.com", i), Profile: object{"badge": json.RawMessage(value)}})
	}
	for i, value := range values {
		login := fmt.Sprintf("n%d@example.com", i)
		for _, path := range []string{
			"/api/v1/users?search=" + url.QueryEscape(`profile.badge eq "`+value+`"`),
			"/api/v1/users?filter=" + url.QueryEscape(`profile.badge eq "`+value+`"`),
			"/api/v1/groups/" + group[value] + "/users",
		} {
			got := c.admin("GET", path, nil).want(t, 200).body
			if strings.Count(got, `"login":`) != 1 || !strings.Contains(got, `"login":"`+login+`"`) {
				t.Errorf("%s: %s, want %s only", path, got, login)
			}
		}
	}
}

// TestOneJSONValue refuses a body, and parts of an assertion, that go on after
// their JSON value.
func TestOneJSONValue(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	id := c.org.AddUser(oktatest.User{})
	for _, tail := range []string{"{}", "}", "]", ",", "1", "x", `"`, "\x00"} {
		c.admin("POST", usersPath+id, `{"profile":{"title":"Boss"}}`+tail).wantError(t, 400, "E0000003", "")
	}
	c.admin("POST", usersPath+id, "{\"profile\":{\"title\":\"Boss\"}} \r\n\t").want(t, 200)
}
