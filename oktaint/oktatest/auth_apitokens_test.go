package oktatest_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestAPITokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{APIToken: "00my-own-token"})
		if c.org.APIToken() != "00my-own-token" {
			t.Fatal("APIToken is not the configured one")
		}
		token := c.org.NewAPIToken("ORG_ADMIN")
		list := c.admin("GET", "/api/v1/api-tokens", nil).want(t, 200).list(t)
		if len(list) != 2 || list[0]["tokenWindow"] != "P30D" || list[0]["expiresAt"] != "2000-01-31T00:00:00.000Z" {
			t.Fatalf("tokens = %v", list)
		}
		if strings.Contains(c.admin("GET", "/api/v1/api-tokens", nil).body, token) {
			t.Error("the list holds a token's value")
		}
		// Each use slides the life of a token.
		time.Sleep(29 * 24 * time.Hour)
		own := "/api/v1/api-tokens/" + list[1]["id"].(string)
		if got := c.do("GET", own, "SSWS "+token, nil).want(t, 200).text(t, "expiresAt"); got != "2000-02-29T00:00:00.000Z" {
			t.Errorf("expiresAt = %q", got)
		}
		time.Sleep(30*24*time.Hour - 1)
		c.do("GET", own, "SSWS "+token, nil).want(t, 200)
		c.admin("GET", own, nil).wantError(t, 401, "E0000011", "") // not used for 59 days
		time.Sleep(30 * 24 * time.Hour)
		c.do("GET", own, "SSWS "+token, nil).wantError(t, 401, "E0000011", "")
	})
}

func TestAPITokenChanges(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Zones: []string{"nzoHome"}})
	token := c.org.NewAPIToken("SUPER_ADMIN")
	row := c.admin("GET", "/api/v1/api-tokens", nil).list(t)[1]
	path := "/api/v1/api-tokens/" + row["id"].(string)
	body := map[string]any{"name": "renamed", "userId": row["userId"], "network": map[string]any{"connection": "ZONE", "include": []string{"nzoHome"}}}
	if got := c.admin("PUT", path, body).want(t, 200); got.text(t, "name") != "renamed" || got.text(t, "network.connection") != "ZONE" {
		t.Errorf("token = %s", got.body)
	}
	c.do("GET", path, "SSWS "+token, nil).want(t, 200)
	body["network"] = map[string]any{"connection": "ZONE", "exclude": []string{"nzoHome"}}
	c.admin("PUT", path, body).want(t, 200)
	c.do("GET", path, "SSWS "+token, nil).wantError(t, 401, "E0000011", "")
	for what, change := range map[string]any{"name": "", "userId": "00unknown", "network": map[string]string{"connection": "NOWHERE"}} {
		bad := map[string]any{"name": "x", "userId": row["userId"]}
		bad[what] = change
		if got := c.admin("PUT", path, bad).status; got != 400 && got != 404 {
			t.Errorf("%s: status %d", what, got)
		}
	}
	c.admin("DELETE", path, nil).want(t, 204)
	c.admin("GET", path, nil).wantError(t, 404, "E0000007", "(Token)")

	other := c.org.NewAPIToken()
	c.org.RevokeAPIToken("unknown")
	c.org.RevokeAPIToken(other)
	c.do("GET", "/api/v1/users/me", "SSWS "+other, nil).want(t, 401)

	// The current one, of an owner without a role even.
	other = c.org.NewAPIToken()
	c.do("DELETE", "/api/v1/api-tokens/current", "SSWS "+other, nil).want(t, 204)
	c.do("DELETE", "/api/v1/api-tokens/current", "SSWS "+other, nil).wantError(t, 401, "E0000011", "")
	c.admin("GET", "/api/v1/api-tokens/current", nil).want(t, 404)
}

// TestTokenOfAnother makes tokens of a given user, which work as long as the user is ACTIVE,
// and gives none of an admin to anybody below a Super Admin.
func TestTokenOfAnother(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	user, admin := c.org.AddUser(oktatest.User{}), c.org.AddUser(oktatest.User{Roles: []string{"REPORT_ADMIN"}})
	value := c.org.AddAPIToken(user)
	if got := c.do("GET", "/api/v1/users/me", "SSWS "+value, nil).want(t, 200).text(t, "id"); got != user {
		t.Errorf("the token is of %s, want %s", got, user)
	}
	path := "/api/v1/api-tokens/" + c.org.Access(user).APITokens[0]
	c.org.SetUserStatus(user, "SUSPENDED")
	c.do("GET", "/api/v1/users/me", "SSWS "+value, nil).wantError(t, 401, "E0000011", "")
	c.org.SetUserStatus(user, "ACTIVE")
	c.do("GET", "/api/v1/users/me", "SSWS "+value, nil).want(t, 200)

	app := c.newApp("okta.apiTokens.manage")
	c.bind(c.newSet("users", "/api/v1/users"), c.newRole("tokens", "okta.users.apitokens.manage"), app).want(t, 200)
	auth := c.bearer(app, "okta.apiTokens.manage")
	c.do("PUT", path, auth, object{"name": "mine", "userId": user}).want(t, 200)
	c.do("PUT", path, auth, object{"name": "mine", "userId": admin}).wantError(t, 403, "E0000006", "")
	c.admin("PUT", path, object{"name": "theirs", "userId": admin}).want(t, 200)
	c.do("PUT", path, auth, object{"name": "mine", "userId": user}).wantError(t, 403, "E0000006", "")
	c.do("DELETE", path, auth, nil).wantError(t, 403, "E0000006", "")
	c.admin("DELETE", path, nil).want(t, 204)
	c.wantLast("system.api_token.revoke SUCCESS <nil> Token:" + path[len("/api/v1/api-tokens/"):])
	if got := c.org.Access(admin).APITokens; len(got) != 0 {
		t.Errorf("tokens = %v", got)
	}
}
