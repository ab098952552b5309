package oktatest_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestUnknownInput sends every endpoint a parameter and a member that nobody
// declares, and those that Okta has and the simulated org has not.
func TestUnknownInput(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	bodies := 0
	for _, e := range oktatest.Endpoints() {
		path := regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(e.Path, "x")
		if strings.HasPrefix(path, "/oauth2/v1/token") || strings.HasPrefix(path, "/oauth2/v1/revoke") {
			continue // they take a form
		}
		c.admin(e.Method, path+"?unknown=1", nil).wantError(t, 400, "E0000001", "unknown: The parameter is unknown")
		for _, name := range e.Lacks {
			c.admin(e.Method, path+"?"+name+"=1", nil).wantError(t, 501, "E0000060", "parameter "+name)
			if a := c.admin(e.Method, path+"?"+name+"=false", nil); a.status == 501 {
				t.Errorf("%s %s: %s=false: %s", e.Method, path, name, a.body)
			}
		}
		c.admin(e.Method, path, object{"unknown": 1}).wantError(t, 400, "E0000003", "unknown: The member is unknown")
		for _, member := range e.Body {
			bodies++
			if name, free := strings.CutSuffix(member, ".*"); free {
				if a := c.admin(e.Method, path, nested(name, object{"unknown": 1})); strings.Contains(a.body, "The member is unknown") {
					t.Errorf("%s %s: %s: %s", e.Method, path, member, a.body)
				}
				continue
			}
			if a := c.admin(e.Method, path, nested(member, nil)); strings.Contains(a.body, "The member is unknown") {
				t.Errorf("%s %s: %s: %s", e.Method, path, member, a.body)
			}
			above := member[:strings.LastIndexByte(member, '.')+1]
			wrong := above + "unknown"
			for _, list := range []any{nested(wrong, 1), nested(strings.TrimSuffix(above, "."), []any{object{"unknown": 1}})} {
				if above == "" {
					continue
				}
				c.admin(e.Method, path, list).wantError(t, 400, "E0000003", wrong+": The member is unknown")
			}
		}
	}
	if bodies < 200 {
		t.Errorf("%d members of bodies are declared", bodies)
	}
}

// nested is a JSON object with a value at a path.
func nested(path string, value any) any {
	for _, name := range slices.Backward(strings.Split(path, ".")) {
		value = object{name: value}
	}
	return value
}

// TestKnownInput sends back what was answered.
func TestKnownInput(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	app := c.newApp("okta.users.read")
	group := c.org.AddGroup(oktatest.Group{Name: "g"})
	rule := c.admin("POST", "/api/v1/groups/rules", ruleBody("r", `user.login=="a"`, []string{group})).want(t, 200).text(t, "id")
	for _, path := range []string{
		"/api/v1/users/" + c.org.AddUser(oktatest.User{}), "/api/v1/groups/" + group, "/api/v1/apps/" + app, "/api/v1/groups/rules/" + rule, "/api/v1/iam/resource-sets/" + c.newSet("s", "/api/v1/users"),
	} {
		c.admin("PUT", path, c.admin("GET", path, nil).want(t, 200).json(t)).want(t, 200)
	}
}
