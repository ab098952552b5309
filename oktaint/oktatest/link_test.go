package oktatest_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestOwnLinks asks for everything that the org links to, with the methods that
// the links name: no link to the org's own API leads nowhere.
func TestOwnLinks(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Origin: "https://login.example.com", RateLimits: unlimited()})
	app := c.newApp("okta.users.read")
	group := c.org.AddGroup(oktatest.Group{Name: "g"})
	user := c.org.AddUser(oktatest.User{Groups: []string{group}, Clients: []string{app}, Factors: []string{"sms", "question"}})
	for _, status := range []string{"STAGED", "PROVISIONED", "SUSPENDED", "LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY", "DEPROVISIONED"} {
		c.org.AddUser(oktatest.User{Status: status})
	}
	c.admin("POST", "/api/v1/groups/"+group+"/owners", object{"id": user, "type": "USER"}).want(t, 201)
	c.admin("POST", "/api/v1/groups/rules", ruleBody("r", `user.login=="a"`, []string{group})).want(t, 200)
	c.newRole("r", "okta.users.read")
	set := c.newSet("s", "/api/v1/users", "/api/v1/groups", "/api/v1/apps")
	c.bind("s", "r", app).want(t, 200)
	c.assign(app, "USER_ADMIN").want(t, 201)
	c.granted(usersBase+user, "APP_ADMIN")
	c.install(t, "store", "okta.users.read")
	plain := serviceApp("secret")
	plain["credentials"] = object{"oauthClient": object{"token_endpoint_auth_method": "client_secret_basic"}}
	withSecret := c.admin("POST", "/api/v1/apps", plain).want(t, 200).text(t, "id")

	crawl := &crawler{caller: c, t: t, seen: map[string]bool{}}
	for _, path := range []string{
		"/.well-known/okta-organization", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server",
		"/api/v1/org", "/api/v1/users", `/api/v1/users?search=status+eq+"DEPROVISIONED"`, "/api/v1/users/me", "/api/v1/groups", "/api/v1/groups/rules", "/api/v1/apps",
		"/api/v1/apps/" + app + "/grants", "/api/v1/apps/" + app + "/credentials/jwks", "/api/v1/apps/" + withSecret + "/credentials/secrets",
		"/api/v1/users/" + user + "/roles", "/api/v1/users/" + user + "/factors", "/api/v1/users/" + user + "/factors/catalog",
		"/api/v1/users/" + user + "/factors/questions", "/api/v1/users/" + user + "/grants", "/api/v1/users/" + user + "/clients",
		"/api/v1/users/" + user + "/clients/" + app + "/tokens", "/api/v1/groups/" + group + "/owners",
		"/oauth2/v1/clients/" + app + "/roles", "/api/v1/iam/roles", "/api/v1/iam/roles/r/permissions", "/api/v1/iam/resource-sets",
		"/api/v1/iam/resource-sets/" + set + "/bindings/r/members", "/api/v1/iam/assignees/users", "/api/v1/api-tokens",
		"/integrations/api/v1/api-services", "/api/v1/logs",
	} {
		crawl.visit(strings.ReplaceAll(path, `"`, "%22"))
	}
	if len(crawl.seen) < 150 {
		t.Errorf("%d links were followed", len(crawl.seen))
	}
}

// crawler follows the links of an org.
type crawler struct {
	*caller
	t    *testing.T
	seen map[string]bool // method and path
}

// visit asks for a path and for all that the answer links to.
func (c *crawler) visit(path string) {
	if c.seen["GET "+path] {
		return
	}
	c.seen["GET "+path] = true
	a := c.admin("GET", path, nil)
	if a.status == 501 || a.status == 405 { // nothing to be seen there, or the link is for another method
		return
	}
	if a.status != 200 {
		c.t.Errorf("GET %s: %d %s", path, a.status, a.body)
		return
	}
	if !strings.HasPrefix(a.body, "[") {
		c.follow(path, a.json(c.t))
		return
	}
	for _, item := range a.list(c.t) {
		c.follow(path, item)
	}
}

// follow looks for links in a JSON value.
func (c *crawler) follow(from string, v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			c.follow(from, item)
		}
	case object:
		if href, ok := v["href"].(string); ok {
			c.try(from, href, v)
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			c.follow(from, v[name])
		}
	}
}

// try follows a link. For a method that has an effect it sends TRACE, which no
// path has: 405 says that the path exists.
func (c *crawler) try(from, href string, link object) {
	path, own := strings.CutPrefix(href, c.org.URL())
	if !own || !strings.Contains(path, "/api/v1") && !strings.HasPrefix(path, "/oauth2/v1") {
		return // another host, or a page for people
	}
	methods := []string{"GET"}
	if hints, ok := link["hints"].(object); ok {
		methods = nil
		for _, name := range hints["allow"].([]any) {
			methods = append(methods, name.(string))
		}
	}
	for _, method := range methods {
		if method == "GET" {
			c.visit(path)
			continue
		}
		if c.seen[method+" "+path] {
			continue
		}
		c.seen[method+" "+path] = true
		if a := c.admin(http.MethodTrace, path, nil); a.status != http.StatusMethodNotAllowed {
			c.t.Errorf("%s %s, which GET %s links to: %d %s", method, path, from, a.status, a.body)
		}
	}
}
