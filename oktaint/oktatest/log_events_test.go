package oktatest_test

import (
	"encoding/base64"
	"net/url"
	"slices"
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

func TestServices(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	const path = "/integrations/api/v1/api-services"
	body := map[string]any{"type": "someservice", "grantedScopes": []string{"okta.users.read", "okta.logs.read", "okta.groups.read"}}
	a := c.admin("POST", path, body).want(t, 201)
	id, secret := a.text(t, "id"), a.text(t, "clientSecret")
	if len(secret) != 64 || a.text(t, "createdAt") == "" || a.text(t, "createdBy") == "" {
		t.Errorf("answer = %s", a.body)
	}
	one, two := c.admin("GET", path+"/"+id, nil).want(t, 200), c.admin("GET", path+"/"+id, nil).want(t, 200)
	if strings.Contains(one.body, "clientSecret") {
		t.Error("GET shows the secret")
	}
	if one.body == two.body {
		t.Error("the order of grantedScopes stays")
	}
	ask := func(secret string) answer {
		basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(id)+":"+url.QueryEscape(secret)))
		return c.do("POST", "/oauth2/v1/token", basic, url.Values{"grant_type": {"client_credentials"}, "scope": {"okta.users.read"}})
	}
	token := ask(secret).want(t, 200)
	if got := ask("wrong").want(t, 401).text(t, "error_description"); got != "The client secret supplied for a confidential client is invalid." {
		t.Errorf("error_description = %q", got)
	}
	post := url.Values{"grant_type": {"client_credentials"}, "scope": {"okta.users.read"}, "client_id": {id}, "client_secret": {secret}}
	if got := c.do("POST", "/oauth2/v1/token", "", post).want(t, 401).text(t, "error_description"); !strings.Contains(got, "client_secret_basic") {
		t.Errorf("error_description = %q", got)
	}
	// The roles are those of any client.
	auth := "Bearer " + token.text(t, "access_token")
	if got := c.do("GET", "/api/v1/users", auth, nil).want(t, 200).body; got != "[]" {
		t.Errorf("users = %s", got)
	}
	c.assign(id, "READ_ONLY_ADMIN").want(t, 201)
	if got := c.do("GET", "/api/v1/users", auth, nil).want(t, 200).list(t); len(got) == 0 {
		t.Error("no users")
	}

	secrets := path + "/" + id + "/credentials/secrets"
	first := c.admin("GET", secrets, nil).want(t, 200).list(t)[0]
	if first["client_secret"] != "***"+secret[60:] {
		t.Errorf("client_secret = %v, want it masked", first["client_secret"])
	}
	added := c.admin("POST", secrets, nil).want(t, 201)
	c.admin("POST", secrets, nil).wantError(t, 400, "E0000001", "maximum")
	ask(added.text(t, "client_secret")).want(t, 200)
	own := secrets + "/" + first["id"].(string)
	c.admin("DELETE", own, nil).want(t, 400)
	c.admin("POST", own+"/lifecycle/deactivate", nil).want(t, 200)
	ask(secret).want(t, 401)
	c.admin("POST", own+"/lifecycle/activate", nil).want(t, 200)
	ask(secret).want(t, 200)
	c.admin("POST", own+"/lifecycle/deactivate", nil).want(t, 200)
	c.admin("DELETE", own, nil).want(t, 204)

	if got := c.admin("GET", path, nil).want(t, 200); len(got.list(t)) != 1 || !strings.Contains(got.header.Get("Link"), `rel="self"`) {
		t.Errorf("list = %s", got.body)
	}
	if strings.Contains(string(c.org.State()), added.text(t, "client_secret")) {
		t.Error("State holds a secret")
	}
	for what, bad := range map[string]any{"type": "", "grantedScopes": []string{"okta.nonsense"}} {
		with := map[string]any{"type": "x", "grantedScopes": []string{"okta.users.read"}}
		with[what] = bad
		c.admin("POST", path, with).wantError(t, 400, "E0000001", what)
	}
	c.admin("DELETE", path+"/"+id, nil).want(t, 204)
	c.admin("DELETE", path+"/"+id, nil).wantError(t, 404, "E0000007", "")
	ask(added.text(t, "client_secret")).want(t, 401)
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

func TestGroups(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	a := c.admin("GET", "/api/v1/groups", nil).want(t, 200)
	everyone := a.list(t)[0]
	if everyone["type"] != "BUILT_IN" || everyone["profile"].(map[string]any)["name"] != "Everyone" {
		t.Errorf("groups = %s", a.body)
	}
	path := "/api/v1/groups/"
	c.admin("DELETE", path+everyone["id"].(string), nil).wantError(t, 403, "E0000006", "")
	profile := func(name string) any {
		return map[string]any{"profile": map[string]string{"name": name, "description": "d"}}
	}
	id := c.admin("POST", "/api/v1/groups", profile("Crew")).want(t, 200).text(t, "id")
	c.admin("POST", "/api/v1/groups", profile("Crew")).wantError(t, 409, "E0000055", "")
	c.admin("POST", "/api/v1/groups", profile("")).wantError(t, 400, "E0000001", "name")
	if got := c.admin("PUT", path+id, profile("Team")).want(t, 200).text(t, "profile.name"); got != "Team" {
		t.Errorf("name = %q", got)
	}
	if got := c.admin("GET", path+id, nil).want(t, 200).text(t, "type"); got != "OKTA_GROUP" {
		t.Errorf("type = %q", got)
	}
	a = c.admin("GET", "/api/v1/groups?q=team", nil).want(t, 200)
	if len(a.list(t)) != 1 || len(a.header.Values("Link")) != 0 {
		t.Errorf("q: %s, Link %q", a.body, a.header.Values("Link"))
	}
	if got := c.admin("GET", "/api/v1/groups?filter=type+eq+%22OKTA_GROUP%22", nil).want(t, 200).list(t); len(got) != 1 {
		t.Errorf("filter: %v", got)
	}
	c.admin("DELETE", path+id, nil).want(t, 204)
	c.admin("GET", path+id, nil).wantError(t, 404, "E0000007", "(UserGroup)")
}

func TestOrgDocuments(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Origin: "https://rezonate.okta.com"})
	a := c.do("GET", "/.well-known/okta-organization", "", nil).want(t, 200)
	if a.text(t, "id") != c.org.ID() || a.text(t, "pipeline") != "idx" || a.text(t, "_links.organization.href") != "https://rezonate.okta.com" {
		t.Errorf("answer = %s", a.body)
	}
	if other := oktatest.New(t, oktatest.Config{}); other.ID() == c.org.ID() || len(c.org.ID()) != 20 {
		t.Errorf("ids = %q and %q", c.org.ID(), other.ID())
	}
	for _, path := range []string{"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"} {
		a := c.do("GET", path, "", nil).want(t, 200)
		if a.text(t, "issuer") != "https://rezonate.okta.com" || a.text(t, "token_endpoint") != "https://rezonate.okta.com/oauth2/v1/token" {
			t.Errorf("%s = %s", path, a.body)
		}
	}
	if got := c.admin("GET", "/api/v1/org", nil).want(t, 200).text(t, "subdomain"); got != "rezonate" {
		t.Errorf("subdomain = %q", got)
	}
}

func TestLogs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"logs": 0}})
		start := time.Now().UTC().Format(time.RFC3339)
		time.Sleep(time.Second)
		for _, label := range []string{"one", "two", "three"} {
			c.admin("POST", "/api/v1/apps", serviceApp(label)).want(t, 200)
			time.Sleep(time.Second)
		}
		labels := func(a answer) []string {
			var got []string
			for _, e := range a.want(t, 200).list(t) {
				if targets := e["target"].([]any); len(targets) == 1 {
					got = append(got, targets[0].(map[string]any)["displayName"].(string))
				}
			}
			return got
		}
		follow := func(a answer) string {
			links := a.header.Values("Link")
			if len(links) != 2 {
				return ""
			}
			return strings.TrimSuffix(strings.TrimPrefix(links[1], "<https://acme.okta.com"), `>; rel="next"`)
		}
		const created = "&filter=eventType+eq+%22application.lifecycle.create%22"

		// Polling goes on for ever.
		a := c.admin("GET", "/api/v1/logs?limit=2&since="+start+created, nil)
		if got := labels(a); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("first page = %v", got)
		}
		a = c.admin("GET", follow(a), nil)
		if got := labels(a); !slices.Equal(got, []string{"three"}) {
			t.Errorf("second page = %v", got)
		}
		a = c.admin("GET", follow(a), nil)
		if links := a.header.Values("Link"); a.body != "[]" || strings.Replace(links[0], "self", "next", 1) != links[1] {
			t.Errorf("caught up: body %s, Link %q; want [] and next == self", a.body, links)
		}
		c.admin("POST", "/api/v1/apps", serviceApp("four")).want(t, 200)
		if got := labels(c.admin("GET", follow(a), nil)); !slices.Equal(got, []string{"four"}) {
			t.Errorf("after an event = %v", got)
		}
		a = c.admin("GET", "/api/v1/logs?since=2000-01-02T00:00:00Z", nil).want(t, 200)
		if a.body != "[]" || follow(a) == "" {
			t.Errorf("nothing yet: body %s, Link %q", a.body, a.header.Values("Link"))
		}

		// Bounded queries end.
		until := time.Now().Add(-500 * time.Millisecond).UTC().Format(time.RFC3339Nano)
		a = c.admin("GET", "/api/v1/logs?limit=2&since="+start+"&until="+until+created, nil)
		if got := labels(a); !slices.Equal(got, []string{"one", "two"}) {
			t.Errorf("first page = %v", got)
		}
		a = c.admin("GET", follow(a), nil)
		if got := labels(a); !slices.Equal(got, []string{"three"}) || follow(a) != "" {
			t.Errorf("last page = %v, Link %q", got, a.header.Values("Link"))
		}
		time.Sleep(time.Second)
		if got := labels(c.admin("GET", "/api/v1/logs?sortOrder=DESCENDING&limit=2", nil)); !slices.Equal(got, []string{"four", "three"}) {
			t.Errorf("descending = %v", got)
		}
		if got := c.admin("GET", "/api/v1/logs?limit=0", nil).want(t, 200).body; got != "[]" {
			t.Errorf("limit=0: %s", got)
		}

		for query, code := range map[string]string{
			"since=1999-01-01T00:00:00Z": "E0000053", "since=yesterday": "E0000001", "until=x": "E0000001", "limit=1001": "E0000001",
			"sortOrder=UP": "E0000001", "filter=eventType+eq": "E0000053", "after=x": "E0000029", "after=1_999": "E0000029",
		} {
			c.admin("GET", "/api/v1/logs?"+query, nil).wantError(t, 400, code, "")
		}
		time.Sleep(91 * 24 * time.Hour)
		fresh := "SSWS " + c.org.NewAPIToken("REPORT_ADMIN")
		if got := c.do("GET", "/api/v1/logs?since=2000-01-01T00:00:00Z", fresh, nil).want(t, 200).body; got != "[]" {
			t.Errorf("after the retention: %s", got)
		}
	})
}
