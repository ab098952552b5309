package oktatest_test

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// lagged runs a test in a bubble, on an org that shows changes late.
func lagged(t *testing.T, lag oktatest.Lag, test func(t *testing.T, c *caller)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t, newCaller(t, oktatest.Config{Lag: lag, RateLimits: unlimited()}))
	})
}

// shows describes what a list and a GET show of an object: whether the list has
// it, and the label or name in each, or the status of the GET.
func (c *caller) shows(list, id string) string {
	c.t.Helper()
	name := func(view object) string {
		if profile, ok := view["profile"].(object); ok {
			return fmt.Sprint(profile["name"])
		}
		return fmt.Sprint(view["label"])
	}
	listed := "-"
	for _, row := range c.admin("GET", list, nil).want(c.t, 200).list(c.t) {
		if row["id"] == id {
			listed = name(row)
		}
	}
	a := c.admin("GET", list+"/"+id, nil)
	if a.status != 200 {
		return fmt.Sprint(listed, " ", a.status, " ", a.text(c.t, "errorCode"))
	}
	return listed + " " + name(a.json(c.t))
}

// TestLag makes, changes and deletes an app and a group, each with a lag of its
// list and of its own.
func TestLag(t *testing.T) {
	t.Parallel()
	group := func(name string) object { return object{"profile": object{"name": name}} }
	for _, test := range []struct {
		name, list string
		body       func(name string) object
	}{
		{"app", "/api/v1/apps", func(name string) object { return serviceApp(name, jwk(rsaKey(), "k1")) }},
		{"group", "/api/v1/groups", group},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			lagged(t, oktatest.Lag{Lists: 5 * time.Second, Objects: 2 * time.Second}, func(t *testing.T, c *caller) {
				a := c.admin("POST", test.list, test.body("old")).want(t, 200)
				id := a.text(t, "id")
				check := func(after time.Duration, want string) {
					t.Helper()
					time.Sleep(after)
					if got := c.shows(test.list, id); got != want {
						t.Errorf("%v later: %s, want %s", after, got, want)
					}
				}
				check(0, "- 404 E0000007")
				check(2*time.Second-1, "- 404 E0000007")
				check(1, "- old")
				check(3*time.Second-1, "- old")
				check(1, "old old")

				// A change builds on the last one, whatever is shown.
				c.admin("PUT", test.list+"/"+id, test.body("new")).want(t, 200)
				check(time.Second, "old old")
				if test.name == "app" {
					c.admin("POST", test.list+"/"+id+"/lifecycle/deactivate", nil).want(t, 200)
				}
				check(time.Second, "old new")
				check(3*time.Second, "new new")

				time.Sleep(time.Minute)
				c.admin("DELETE", test.list+"/"+id, nil).want(t, 204)
				c.admin("DELETE", test.list+"/"+id, nil).want(t, 404)
				check(0, "new new")
				check(2*time.Second, "new 404 E0000007")
				check(3*time.Second, "- 404 E0000007")
			})
		})
	}
}

// TestLagBelow shows grants, keys, roles and members late, and their lists 404 as
// long as the app is.
func TestLagBelow(t *testing.T) {
	t.Parallel()
	lagged(t, oktatest.Lag{All: 3 * time.Second}, func(t *testing.T, c *caller) {
		group, user := c.org.AddGroup(oktatest.Group{}), c.org.AddUser(oktatest.User{})
		app := c.newApp("okta.users.read")
		c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
		c.admin("PUT", groupsPath+group+"/users/"+user, nil).want(t, 204)
		c.admin("POST", usersPath+user+"/lifecycle/suspend", nil).want(t, 200)
		c.admin("POST", usersPath+user+"/lifecycle/suspend", nil).want(t, 400) // writes know
		path := "/api/v1/apps/" + app
		for _, below := range []string{path + "/grants", path + "/credentials/jwks", "/oauth2/v1/clients/" + app + "/roles"} {
			c.admin("GET", below, nil).wantError(t, 404, "E0000007", app)
		}
		if got := c.members(group); len(got) != 0 {
			t.Errorf("members at once = %v", got)
		}
		if got := c.status(user); got != "ACTIVE" {
			t.Errorf("status at once = %s", got)
		}
		time.Sleep(3 * time.Second)
		for _, below := range []string{path + "/grants", "/oauth2/v1/clients/" + app + "/roles"} {
			if got := c.admin("GET", below, nil).want(t, 200).list(t); len(got) != 1 {
				t.Errorf("%s = %v", below, got)
			}
		}
		if got := c.members(group); !slices.Equal(got, []string{user}) {
			t.Errorf("members = %v", got)
		}
		if got := ids(c.admin("GET", usersPath+user+"/groups", nil).want(t, 200).list(t)); !slices.Contains(got, group) {
			t.Errorf("groups = %v", got)
		}
		if got := c.status(user); got != "SUSPENDED" {
			t.Errorf("status = %s", got)
		}
	})
}

// TestLagOfRoles gives and takes a role, which takes effect late in both
// directions.
func TestLagOfRoles(t *testing.T) {
	t.Parallel()
	lagged(t, oktatest.Lag{Roles: 4 * time.Second}, func(t *testing.T, c *caller) {
		app := c.newApp("okta.groups.read", "okta.groups.manage")
		auth := c.bearer(app, "okta.groups.read", "okta.groups.manage")
		roles := "/oauth2/v1/clients/" + app + "/roles"
		time.Sleep(4 * time.Second)
		id := c.assign(app, "ORG_ADMIN").want(t, 201).text(t, "id")
		check := func(want int) {
			t.Helper()
			listed := len(c.admin("GET", roles, nil).want(t, 200).list(t)) > 0
			one := c.admin("GET", roles+"/"+id, nil).status == 200
			reads := c.do("GET", "/api/v1/groups", auth, nil).want(t, 200).body != "[]"
			body := object{"profile": object{"name": rand.Text()}}
			writes := c.do("POST", "/api/v1/groups", auth, body).status == 200
			if on := want == 1; listed != on || one != on || reads != on || writes != on {
				t.Errorf("listed %v, one %v, reads %v, writes %v; want %v", listed, one, reads, writes, on)
			}
		}
		time.Sleep(4*time.Second - time.Nanosecond)
		check(0)
		time.Sleep(time.Nanosecond)
		check(1)
		c.admin("DELETE", roles+"/"+id, nil).want(t, 204)
		check(1)
		time.Sleep(4 * time.Second)
		check(0)
	})
}

// TestLagOfPrivileges has the org make an app a Super Admin late, once, and not
// an app that is gone by then.
func TestLagOfPrivileges(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cfg := oktatest.Config{ClientPrivileges: true, RateLimits: unlimited(), Lag: oktatest.Lag{Privileges: 5 * time.Second}}
		c := newCaller(t, cfg)
		app := c.newApp("okta.users.read", "okta.groups.read")
		gone := c.newApp("okta.users.read")
		held := func() string {
			var types []string
			for _, role := range c.admin("GET", "/oauth2/v1/clients/"+app+"/roles", nil).want(t, 200).list(t) {
				types = append(types, role["type"].(string))
			}
			return strings.Join(types, " ")
		}
		c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
		path := "/api/v1/apps/" + gone
		c.admin("POST", path+"/lifecycle/deactivate", nil).want(t, 200)
		c.admin("DELETE", path, nil).want(t, 204)
		time.Sleep(5*time.Second - time.Nanosecond)
		if got := held(); got != "READ_ONLY_ADMIN" {
			t.Errorf("roles before = %s", got)
		}
		time.Sleep(time.Nanosecond)
		if got := held(); got != "SUPER_ADMIN READ_ONLY_ADMIN" {
			t.Errorf("roles after = %s", got)
		}
		events := 0
		for _, e := range c.admin("GET", "/api/v1/logs", nil).want(t, 200).list(t) {
			if e["eventType"] == "app.oauth2.client.privilege.grant" && e["actor"].(map[string]any)["type"] == "SystemPrincipal" {
				events++
			}
		}
		if events != 1 {
			t.Errorf("%d events, want 1", events)
		}
		for _, role := range c.admin("GET", "/oauth2/v1/clients/"+app+"/roles", nil).list(t) {
			c.admin("DELETE", "/oauth2/v1/clients/"+app+"/roles/"+role["id"].(string), nil).want(t, 204)
		}
		c.grant(app, "okta.apps.read").want(t, 200)
		time.Sleep(time.Minute)
		if got := held(); got != "" {
			t.Errorf("roles after a second grant = %s, want none: it happens once", got)
		}
	})
}

// TestLagsAddUp has the lag of roles come on top of that of the privileges,
// whether or not something else was changed meanwhile.
func TestLagsAddUp(t *testing.T) {
	t.Parallel()
	for _, busy := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			lag := oktatest.Lag{Roles: 3 * time.Second, Privileges: 5 * time.Second}
			c := newCaller(t, oktatest.Config{ClientPrivileges: true, RateLimits: unlimited(), Lag: lag})
			app := c.newApp("okta.users.read")
			for second := range 10 {
				if busy {
					c.org.AddGroup(oktatest.Group{})
					c.admin("POST", "/api/v1/groups", object{"profile": object{"name": rand.Text()}}).want(t, 200)
				}
				a := c.admin("GET", "/oauth2/v1/clients/"+app+"/roles", nil)
				if is := strings.Contains(a.body, "SUPER_ADMIN"); is != (second >= 8) {
					t.Errorf("after %d s, busy %v: Super Admin %v", second, busy, is)
				}
				time.Sleep(time.Second)
			}
		})
	}
}

// TestLagOfTokens asks for tokens of an app that the token endpoint does not know
// yet, and of scopes that it does not.
func TestLagOfTokens(t *testing.T) {
	t.Parallel()
	lagged(t, oktatest.Lag{Tokens: 2 * time.Second}, func(t *testing.T, c *caller) {
		app := c.newApp()
		if got := c.askToken(app, "okta.users.read").want(t, 401).text(t, "error"); got != "invalid_client" {
			t.Errorf("error = %s", got)
		}
		time.Sleep(2 * time.Second)
		c.grant(app, "okta.users.read").want(t, 200)
		if got := c.askToken(app, "okta.users.read").want(t, 400).text(t, "error"); got != "consent_required" {
			t.Errorf("error = %s", got)
		}
		time.Sleep(2 * time.Second)
		c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
		auth := c.bearer(app, "okta.users.read")
		c.do("GET", "/api/v1/users", auth, nil).want(t, 200)

		// A token of the time before a change is as good as any.
		c.admin("POST", "/api/v1/apps/"+app+"/lifecycle/deactivate", nil).want(t, 200)
		c.admin("DELETE", "/api/v1/apps/"+app, nil).want(t, 204)
		c.bearer(app, "okta.users.read")
		time.Sleep(2 * time.Second)
		c.askToken(app, "okta.users.read").want(t, 401)
	})
}

// TestLagLeavesAlone shows what is never late: writes, the log, the caller and
// what was there before the first write.
func TestLagLeavesAlone(t *testing.T) {
	t.Parallel()
	lagged(t, oktatest.Lag{All: time.Hour}, func(t *testing.T, c *caller) {
		user := c.org.AddUser(oktatest.User{})
		app := c.org.AddServiceApp(oktatest.ServiceApp{Key: rsaJWK(t)})
		c.admin("GET", usersPath+user, nil).want(t, 200)
		c.askToken(app, "okta.users.read").want(t, 400)
		id := c.admin("POST", "/api/v1/groups", object{"profile": object{"name": "Crew"}}).want(t, 200).text(t, "id")
		c.admin("PUT", groupsPath+id, object{"profile": object{"name": "Team"}}).want(t, 200)
		c.admin("POST", "/api/v1/groups", object{"profile": object{"name": "Team"}}).want(t, 409)
		var types []string
		for _, e := range c.admin("GET", "/api/v1/logs", nil).want(t, 200).list(t) {
			types = append(types, e["eventType"].(string))
		}
		if want := []string{"user.session.start", "app.oauth2.token.grant", "group.lifecycle.create", "group.profile.update"}; !slices.Equal(types, want) {
			t.Errorf("events = %v, want %v", types, want)
		}
		c.admin("GET", "/api/v1/users/me", nil).want(t, 200)
		if _, err := oktatest.NewOrg(oktatest.Config{Lag: oktatest.Lag{Roles: -1}}); err == nil {
			t.Error("a negative lag is accepted")
		}
	})
}

// TestSameStateWithLag shows that a lag changes what is shown, not what is.
func TestSameStateWithLag(t *testing.T) {
	t.Parallel()
	state := func(lag time.Duration) (text string) {
		lagged(t, oktatest.Lag{All: lag}, func(t *testing.T, c *caller) {
			app := c.newApp("okta.users.read")
			c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
			text = string(c.org.State())
		})
		return text
	}
	if state(0) != state(time.Minute) {
		t.Error("the states differ")
	}
}
