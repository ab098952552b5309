package oktatest_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestAuthentication(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	a := c.do("GET", "/api/v1/users", "SSWS bad", nil)
	a.wantError(t, 401, "E0000011", "")
	if got := a.header.Get("WWW-Authenticate"); got != "SSWS" {
		t.Errorf("WWW-Authenticate = %q", got)
	}
	c.do("GET", "/api/v1/users", "", nil).wantError(t, 403, "E0000005", "")
	c.do("GET", "/api/v1/users", "Digest x", nil).wantError(t, 403, "E0000005", "")
	c.do("GET", "/api/v1/users", "ssws "+c.org.APIToken(), nil).want(t, 200)

	a = c.do("GET", "/api/v1/users", "Bearer bad", nil).want(t, 401)
	const want = `Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", scope="okta.users.read", error="invalid_token", error_description="The access token is invalid.", resource="/api/v1/users"`
	if got := a.header.Get("WWW-Authenticate"); got != want || a.body != "" || a.header.Get("Content-Type") != "" {
		t.Errorf("WWW-Authenticate = %q, body %q, Content-Type %q", got, a.body, a.header.Get("Content-Type"))
	}
}

func TestAccessTokenExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{TokenLifetime: 2 * time.Second})
		app := c.newApp("okta.users.read")
		a := c.askToken(app, "okta.users.read").want(t, 200)
		if got := a.json(t)["expires_in"]; got != 2.0 {
			t.Errorf("expires_in = %v", got)
		}
		auth := "Bearer " + a.text(t, "access_token")
		time.Sleep(2*time.Second - time.Nanosecond)
		c.do("GET", "/api/v1/users", auth, nil).want(t, 200)
		time.Sleep(time.Nanosecond)
		c.do("GET", "/api/v1/users", auth, nil).want(t, 401)
		auth = c.bearer(app, "okta.users.read")
		c.org.RevokeAccessTokens()
		c.do("GET", "/api/v1/users", auth, nil).want(t, 401)
	})
}

func TestScopes(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.manage", "okta.logs.read")
	c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
	auth := c.bearer(app, "okta.users.manage", "okta.logs.read")
	c.do("GET", "/api/v1/users", auth, nil).want(t, 200) // manage covers read
	c.do("GET", "/api/v1/logs", auth, nil).want(t, 200)
	a := c.do("GET", "/api/v1/groups", auth, nil).want(t, 403)
	const want = `Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", scope="okta.groups.read", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/groups"`
	if got := a.header.Get("WWW-Authenticate"); got != want || a.body != "" {
		t.Errorf("WWW-Authenticate = %q, body %q", got, a.body)
	}
	// Endpoints that take no access token at all.
	c.do("DELETE", "/api/v1/api-tokens/current", auth, nil).wantError(t, 403, "E0000005", "")
	// It belongs to no user.
	c.do("GET", "/api/v1/users/me", auth, nil).wantError(t, 404, "E0000007", "(User)")
	// A revoked grant counts from the next token on.
	id := c.admin("GET", "/api/v1/apps/"+app+"/grants", nil).list(t)[1]["id"].(string)
	c.admin("DELETE", "/api/v1/apps/"+app+"/grants/"+id, nil).want(t, 204)
	c.do("GET", "/api/v1/logs", auth, nil).want(t, 200)
	if got := c.askToken(app, "okta.users.manage okta.logs.read").want(t, 200).text(t, "scope"); got != "okta.users.manage" {
		t.Errorf("scope = %q", got)
	}
}

// TestNoRole has an app with all scopes and no role.
func TestNoRole(t *testing.T) {
	t.Parallel()
	for _, mode := range []oktatest.RoleMissing{oktatest.EmptyList, oktatest.Forbidden} {
		c := newCaller(t, oktatest.Config{RoleMissing: mode})
		app := c.newApp("okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read", "okta.orgs.read")
		auth := c.bearer(app, "okta.users.read", "okta.groups.read", "okta.apps.read", "okta.logs.read", "okta.orgs.read")
		for _, path := range []string{"/api/v1/users", "/api/v1/groups?q=Every", "/api/v1/apps?limit=1"} {
			a := c.do("GET", path, auth, nil)
			if mode == oktatest.Forbidden {
				a.wantError(t, 403, "E0000006", "")
			} else if a.want(t, 200); a.body != "[]" {
				t.Errorf("%s: body = %s", path, a.body)
			}
		}
		for _, path := range []string{"/api/v1/logs", "/api/v1/apps/" + app, "/api/v1/org"} {
			c.do("GET", path, auth, nil).wantError(t, 403, "E0000006", "")
		}
		// A role that does not reach is not the same as none.
		c.assign(app, "REPORT_ADMIN").want(t, 201)
		c.do("GET", "/api/v1/users", auth, nil).wantError(t, 403, "E0000006", "")
		c.do("GET", "/api/v1/logs", auth, nil).want(t, 200)
		c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
		if got := c.do("GET", "/api/v1/users", auth, nil).want(t, 200).list(t); len(got) == 0 {
			t.Error("an app with a role sees no users")
		}
	}
}

// TestRoleMatrix says what each role may, by the status of one request of each
// kind.
func TestRoleMatrix(t *testing.T) {
	t.Parallel()
	limits := map[string]int{}
	for class := range oktatest.DefaultRateLimits() {
		limits[class] = 0
	}
	c := newCaller(t, oktatest.Config{RateLimits: limits})
	app := c.newApp()
	probes := []struct{ method, path string }{
		{"GET", "/api/v1/users"}, {"GET", "/api/v1/groups"}, {"GET", "/api/v1/apps"}, {"GET", "/api/v1/logs"},
		{"GET", "/oauth2/v1/clients/" + app + "/roles"}, {"GET", "/api/v1/api-tokens"}, {"GET", "/api/v1/org"},
		{"POST", "/api/v1/apps"}, {"POST", "/api/v1/groups"},
		{"POST", "/api/v1/apps/" + app + "/grants"}, {"POST", "/oauth2/v1/clients/" + app + "/roles"},
		{"PUT", "/api/v1/org/settings/clientPrivilegesSetting"}, {"DELETE", "/api/v1/api-tokens/none"},
		{"GET", "/api/v1/users/me"}, {"GET", "/api/v1/apps/" + app + "/grants"},
	}
	tests := []struct{ roles, want string }{ // one letter a probe: y may, - may not
		{"", "-------------y-"},
		{"REPORT_ADMIN", "---y---------y-"},
		{"HELP_DESK_ADMIN", "yy-----------y-"},
		{"MOBILE_ADMIN", "yy-----------y-"},
		{"GROUP_MEMBERSHIP_ADMIN", "yy-----------y-"},
		{"USER_ADMIN", "yy------y----y-"},
		{"APP_ADMIN", "yyy----y-----y-"},
		{"API_ACCESS_MANAGEMENT_ADMIN", "--y----y-----y-"},
		{"READ_ONLY_ADMIN", "yyyy-yy------y-"},
		{"ORG_ADMIN", "yy-y-yy-y----y-"},
		{"USER_ADMIN REPORT_ADMIN", "yy-y----y----y-"},
		{"SUPER_ADMIN", "yyyyyyyyyyyyyyy"},
	}
	for _, tt := range tests {
		auth := "SSWS " + c.org.NewAPIToken(strings.Fields(tt.roles)...)
		var got strings.Builder
		for _, p := range probes {
			var body any
			if p.method == "POST" || p.method == "PUT" {
				body = "{}"
			}
			a := c.do(p.method, p.path, auth, body)
			if a.status == 403 {
				a.wantError(t, 403, "E0000006", "")
				got.WriteByte('-')
			} else {
				got.WriteByte('y')
			}
		}
		if got.String() != tt.want {
			t.Errorf("%q: %s, want %s", tt.roles, got.String(), tt.want)
		}
	}
}

func TestNewAPITokenPanics(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{})
	defer func() {
		if got := fmt.Sprint(recover()); !strings.Contains(got, "KING") {
			t.Errorf("panic = %q", got)
		}
	}()
	org.NewAPIToken("KING")
}

// TestFrontDoor covers what is refused before a handler is asked.
