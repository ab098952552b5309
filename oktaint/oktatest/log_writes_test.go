package oktatest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// lastEvents returns the newest n events as type, result, reason, and types and ids of the
// targets.
func (c *caller) lastEvents(n int) []string {
	c.t.Helper()
	list := c.admin("GET", "/api/v1/logs?limit=1000", nil).want(c.t, 200).list(c.t)
	var says []string
	for _, e := range list[max(0, len(list)-n):] {
		outcome := e["outcome"].(map[string]any)
		says = append(says, fmt.Sprint(e["eventType"], " ", outcome["result"], " ", outcome["reason"]))
		for _, t := range e["target"].([]any) {
			target := t.(map[string]any)
			says[len(says)-1] += fmt.Sprint(" ", target["type"], ":", target["id"])
		}
	}
	return says
}

func (c *caller) wantLast(want ...string) {
	c.t.Helper()
	if got := c.lastEvents(len(want)); fmt.Sprint(got) != fmt.Sprint(want) {
		c.t.Errorf("events\n%q, want\n%q", got, want)
	}
}

// TestTokenEvents writes an event for each token request: granted, refused, and asked for
// a nonce.
func TestTokenEvents(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.read")
	c.askToken(app, "okta.users.read").want(t, 200)
	c.wantLast("app.oauth2.token.grant SUCCESS <nil> PublicClientApp:" + app)
	c.askToken(app, "okta.groups.read").want(t, 400)
	c.wantLast("app.oauth2.token.grant FAILURE no_matching_scope PublicClientApp:" + app)
	c.askToken("0oaunknown", "okta.users.read").want(t, 401)
	c.wantLast("app.oauth2.token.grant FAILURE invalid_client")
	bound := c.newDPoPApp("okta.users.read")
	token := c.boundToken(bound, "okta.users.read")
	c.wantLast(
		"app.oauth2.token.grant CHALLENGE use_dpop_nonce PublicClientApp:"+bound,
		"app.oauth2.token.grant SUCCESS <nil> PublicClientApp:"+bound,
	)
	if token == "" {
		t.Error("no token")
	}
}

// TestWriteEvents names in the event of a write what it is about, and what it has made. A
// write that is refused is no event.
func TestWriteEvents(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp()
	grant := c.grant(app, "okta.users.read").text(t, "id")
	c.wantLast("app.oauth2.admin.consent.grant SUCCESS <nil> AppInstance:" + app + " Grant:" + grant)
	c.grant(app, "okta.users.read").want(t, 400)
	c.admin("DELETE", "/api/v1/apps/"+app+"/grants/"+grant, nil).want(t, 204)
	c.wantLast(
		"app.oauth2.admin.consent.grant SUCCESS <nil> AppInstance:"+app+" Grant:"+grant,
		"app.oauth2.admin.consent.revoke SUCCESS <nil> AppInstance:"+app+" Grant:"+grant,
	)
	role := c.assign(app, "READ_ONLY_ADMIN").want(t, 201).text(t, "id")
	c.wantLast("app.oauth2.client.privilege.grant SUCCESS <nil> PublicClientApp:" + app + " Assignment:" + role)
	set := c.admin("POST", "/api/v1/iam/resource-sets", map[string]any{"label": "All", "description": "d", "resources": []string{c.org.URL() + "/api/v1/users"}}).want(t, 200).text(t, "id")
	c.wantLast("iam.resourceset.create SUCCESS <nil> Set:" + set)
	c.admin("DELETE", "/api/v1/iam/resource-sets/"+set, nil).want(t, 204)
	c.wantLast("iam.resourceset.delete SUCCESS <nil> Set:" + set)
}

// TestMembershipEvents names user and group, and user and app: a reader of the log needs
// no other request.
func TestMembershipEvents(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	user, group, app := c.org.AddUser(oktatest.User{}), c.org.AddGroup(oktatest.Group{}), c.newApp()
	member := groupsPath + group + "/users/" + user
	c.admin("PUT", member, nil).want(t, 204)
	c.wantLast("group.user_membership.add SUCCESS <nil> User:" + user + " UserGroup:" + group)
	c.admin("DELETE", member, nil).want(t, 204)
	c.wantLast("group.user_membership.remove SUCCESS <nil> User:" + user + " UserGroup:" + group)
	c.admin("DELETE", groupsPath+group, nil).want(t, 204)
	c.wantLast("group.lifecycle.delete SUCCESS <nil> UserGroup:" + group)
	c.admin("POST", "/api/v1/apps/"+app+"/lifecycle/deactivate", object{}).want(t, 200)
	c.wantLast("application.lifecycle.deactivate SUCCESS <nil> AppInstance:" + app)
	c.admin("DELETE", "/api/v1/apps/"+app, nil).want(t, 204)
	c.wantLast("application.lifecycle.delete SUCCESS <nil> AppInstance:" + app)
}

// TestSecretEvents writes an event when a client secret is read, within a lag too.
func TestSecretEvents(t *testing.T) {
	t.Parallel()
	for _, lag := range []time.Duration{0, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			c := newCaller(t, oktatest.Config{RateLimits: unlimited(), Lag: oktatest.Lag{All: lag}})
			app := serviceApp("With a secret")
			app["credentials"] = map[string]any{"oauthClient": map[string]any{"token_endpoint_auth_method": "client_secret_basic"}}
			id := c.admin("POST", "/api/v1/apps", app).want(t, 200).text(t, "id")
			time.Sleep(2 * lag)
			c.org.AddGroup(oktatest.Group{})
			c.admin("POST", "/api/v1/groups", object{"profile": object{"name": "Crew"}}).want(t, 200)
			c.admin("GET", "/api/v1/apps/"+id+"/credentials/secrets", nil).want(t, 200)
			c.wantLast("app.oauth2.client.read_client_secret SUCCESS <nil> AppInstance:" + id)
		})
	}
}

// TestTransactions gives what one request has caused one transaction, and others others.
func TestTransactions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{ClientPrivileges: true})
	app := c.newApp("okta.users.read", "okta.groups.read")
	of := map[string][]string{}
	for _, e := range c.admin("GET", "/api/v1/logs", nil).want(t, 200).list(t) {
		id := e["transaction"].(map[string]any)["id"].(string)
		of[id] = append(of[id], e["eventType"].(string))
	}
	if len(of) != 4 { // the owner's session, the app, two grants
		t.Errorf("%d transactions: %v", len(of), of)
	}
	both := 0
	for _, types := range of {
		if len(types) == 2 {
			both++
		}
	}
	if both != 1 {
		t.Errorf("%v: want one transaction that grants a scope and a privilege, to %s", of, app)
	}
}
