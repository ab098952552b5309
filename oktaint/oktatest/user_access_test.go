package oktatest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// closing is a request that closes a way into a user's account, other than those of
// userCalls. Its path has {user}, and names of what the user has: see ownerOf.
type closing struct {
	name, method, path string
	body               string
	scope, collection  string
	permissions        []string // any one opens it to a custom role over the collection
	roles              []string // standard roles that open it, besides SUPER_ADMIN
	admins             bool     // below SUPER_ADMIN it is refused of an admin's
	event              string
}

var closings = []closing{
	{"api token", "DELETE", "/api/v1/api-tokens/{token}", "", "okta.apiTokens.manage", "users",
		[]string{"okta.users.apitokens.clear", "okta.users.apitokens.manage"}, nil, true, "system.api_token.revoke"},
	{"universal logout", "POST", "/oauth2/v1/global-token-revocation", `{"sub_id":{"format":"opaque","id":"{user}"}}`, "okta.universalLogout.manage", "users",
		[]string{"okta.users.lifecycle.clearSessions", "okta.users.lifecycle.manage", "okta.users.manage"},
		[]string{"ORG_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN"}, true, "user.authentication.universal_logout"},
	{"suspend device", "POST", "/api/v1/devices/{device}/lifecycle/suspend", "", "okta.devices.manage", "devices",
		[]string{"okta.devices.lifecycle.suspend", "okta.devices.lifecycle.manage", "okta.devices.manage"}, []string{"ORG_ADMIN"}, false, "device.lifecycle.suspend"},
	{"deactivate device", "POST", "/api/v1/devices/{device}/lifecycle/deactivate", "", "okta.devices.manage", "devices",
		[]string{"okta.devices.lifecycle.deactivate", "okta.devices.lifecycle.manage", "okta.devices.manage"}, []string{"ORG_ADMIN"}, false, "device.lifecycle.deactivate"},
	{"unlink", "DELETE", "/api/v1/idps/{idp}/users/{user}", "", "okta.idps.manage", "idps",
		[]string{"okta.identityProviders.manage"}, []string{"ORG_ADMIN"}, true, "user.account.update_profile"},
	{"enrollment", "DELETE", "/api/v1/users/{user}/authenticator-enrollments/{enrollment}", "", "okta.users.manage", "users",
		[]string{"okta.users.credentials.resetFactors", "okta.users.credentials.manage", "okta.users.manage"},
		[]string{"ORG_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN"}, true, "user.mfa.factor.deactivate"},
	{"risk", "PUT", "/api/v1/users/{user}/risk", `{"riskLevel":"HIGH"}`, "okta.userRisk.manage", "users",
		[]string{"okta.users.risk.manage", "okta.users.manage"}, []string{"ORG_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN"}, true, "user.risk.change"},
	{"role", "DELETE", "/api/v1/users/{user}/roles/{role}", "", "okta.roles.manage", "users", nil, nil, true, "user.account.privilege.revoke"},
}

// ownerOf makes a user who has everything that a path of closings can name, and returns
// what its names stand for.
func (c *caller) ownerOf(in oktatest.User) *strings.Replacer {
	c.t.Helper()
	in.Factors, in.Clients = []string{"sms"}, []string{"0oaclient"}
	user := c.org.AddUser(in)
	c.org.AddAPIToken(user)
	device, idp := c.org.AddDevice(user), c.org.AddIdP(oktatest.IdP{Users: []string{user}})
	role := "none"
	if len(in.Roles) > 0 {
		role = c.admin("GET", usersPath+user+"/roles", nil).want(c.t, 200).list(c.t)[0]["id"].(string)
	}
	access := c.org.Access(user)
	return strings.NewReplacer("{user}", user, "{token}", access.APITokens[0], "{device}", device, "{idp}", idp, "{enrollment}", access.Factors[0], "{role}", role)
}

// try sends the request about a fresh user and returns the status.
func (x closing) try(c *caller, auth string, of oktatest.User) answer {
	c.t.Helper()
	names := c.ownerOf(of)
	if x.body == "" {
		return c.do(x.method, names.Replace(x.path), auth, nil)
	}
	return c.do(x.method, names.Replace(x.path), auth, names.Replace(x.body))
}

// TestClosings tries each request with the scope and without, with each standard role, with
// each permission of its own, and on an admin.
func TestClosings(t *testing.T) {
	t.Parallel()
	standard := []string{"ORG_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN", "READ_ONLY_ADMIN", "APP_ADMIN", "GROUP_MEMBERSHIP_ADMIN"}
	for _, x := range closings {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
			victim := oktatest.User{}
			if x.name == "role" {
				victim.Roles = []string{"REPORT_ADMIN"}
			}
			if got := x.try(c, "SSWS "+c.org.APIToken(), victim).status; got/100 != 2 {
				t.Errorf("as SUPER_ADMIN: %d", got)
			}
			if got := fmt.Sprint(c.lastEvent()["eventType"]); got != x.event {
				t.Errorf("event %s, want %s", got, x.event)
			}
			for _, role := range standard {
				auth := "SSWS " + c.org.NewAPIToken(role)
				if got := x.try(c, auth, victim).status; (got/100 == 2) != slices.Contains(x.roles, role) || got/100 != 2 && got != 403 {
					t.Errorf("as %s: %d", role, got)
				}
				admin := oktatest.User{Roles: []string{"REPORT_ADMIN"}}
				if got := x.try(c, auth, admin).status; (got/100 == 2) != (slices.Contains(x.roles, role) && !x.admins) {
					t.Errorf("as %s, on an admin: %d", role, got)
				}
			}
			lacking := c.newApp("okta.users.read")
			c.assign(lacking, "SUPER_ADMIN").want(t, 201)
			a := x.try(c, c.bearer(lacking, "okta.users.read"), victim).want(t, 403)
			if got := a.header.Get("WWW-Authenticate"); !strings.Contains(got, `scope="`+x.scope+`"`) || !strings.Contains(got, "insufficient_scope") {
				t.Errorf("without the scope: %s", got)
			}
			x.tryPermissions(c, victim)
		})
	}
}

// tryPermissions tries the request with every permission that opens any of closings, over
// the collection that the request is about, and over another one.
func (x closing) tryPermissions(c *caller, victim oktatest.User) {
	c.t.Helper()
	permissions := []string{"okta.users.read", "okta.identityProviders.read", "okta.devices.read", "okta.groups.manage", "okta.iam.read"}
	for _, other := range closings {
		permissions = append(permissions, other.permissions...)
	}
	slices.Sort(permissions)
	set, elsewhere := c.newSet("its own", "/api/v1/"+x.collection), c.newSet("another", "/api/v1/groups")
	for _, permission := range slices.Compact(permissions) {
		role := c.newRole(permission, permission)
		for at, where := range []string{set, elsewhere} {
			app := c.newApp(x.scope)
			c.bind(where, role, app).want(c.t, 200)
			got := x.try(c, c.bearer(app, x.scope), victim).status
			if want := at == 0 && slices.Contains(x.permissions, permission); (got/100 == 2) != want || got/100 != 2 && got != 403 {
				c.t.Errorf("with %s over set %d: %d", permission, at, got)
			}
		}
	}
}

// TestAccess follows what is open of an account through what opens and what closes it.
func TestAccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
		user := c.org.AddUser(oktatest.User{Factors: []string{"sms"}})
		path := usersPath + user
		says := func(want string) {
			t.Helper()
			a := c.org.Access(user)
			got := fmt.Sprintf("%s sessions %d refresh %d access %d api %d grants %d factors %d phone %v devices %d works %v",
				a.Status, a.Sessions, len(a.RefreshTokens), a.AccessTokens, len(a.APITokens), len(a.Grants), len(a.Factors), a.RecoveryPhone, len(a.Devices), a.Works())
			if got != want {
				t.Errorf("\n%s, want\n%s", got, want)
			}
		}
		says("ACTIVE sessions 0 refresh 0 access 0 api 0 grants 0 factors 1 phone true devices 0 works false")
		if err := c.org.Authorize(user, "0oaapp"); err == nil {
			t.Error("a user without a session authorizes an app")
		}
		c.org.SignIn(user)
		if err := c.org.Authorize(user, "0oaapp"); err != nil {
			t.Error(err)
		}
		value, device := c.org.AddAPIToken(user), c.org.AddDevice(user)
		c.do("GET", "/api/v1/users/me", "SSWS "+value, nil).want(t, 200)
		says("ACTIVE sessions 1 refresh 1 access 1 api 1 grants 1 factors 1 phone true devices 1 works true")
		time.Sleep(1500 * time.Millisecond)
		at := time.Now().UTC().Truncate(time.Second)
		c.admin("POST", path+"/lifecycle/suspend", nil).want(t, 200)
		says("SUSPENDED sessions 0 refresh 1 access 1 api 1 grants 1 factors 1 phone true devices 1 works true")
		if a := c.org.Access(user); !a.StatusChanged.Equal(at) || c.admin("GET", path, nil).text(t, "statusChanged") != at.Format("2006-01-02T15:04:05.000Z") {
			t.Errorf("statusChanged %v, want %v", a.StatusChanged, at)
		}
		if n := c.org.UseRefreshToken(user, "0oaapp"); n != 0 {
			t.Errorf("a suspended user's refresh token got %d tokens", n)
		}
		c.do("GET", "/api/v1/users/me", "SSWS "+value, nil).want(t, 401)
		c.admin("DELETE", path+"/sessions", nil).want(t, 204)
		says("SUSPENDED sessions 0 refresh 1 access 1 api 1 grants 1 factors 1 phone true devices 1 works true")
		c.admin("DELETE", path+"/sessions?oauthTokens=true", nil).want(t, 204)
		says("SUSPENDED sessions 0 refresh 0 access 0 api 1 grants 1 factors 1 phone true devices 1 works false")
		c.admin("POST", "/api/v1/devices/"+device+"/lifecycle/suspend", nil).want(t, 204)
		c.admin("DELETE", path+"/grants", nil).want(t, 204)
		c.admin("POST", path+"/lifecycle/reset_factors", nil).want(t, 200)
		says("SUSPENDED sessions 0 refresh 0 access 0 api 1 grants 0 factors 0 phone true devices 0 works false")
		c.org.SetUserStatus(user, "ACTIVE")
		says("ACTIVE sessions 0 refresh 0 access 0 api 1 grants 0 factors 0 phone true devices 0 works true")
		time.Sleep(31 * 24 * time.Hour)
		says("ACTIVE sessions 0 refresh 0 access 0 api 0 grants 0 factors 0 phone true devices 0 works false")
	})
}

// interferences are what happens to users while others contain them. Each says what it did.
var interferences = []func(c *caller, user, closed, open string) string{
	func(c *caller, user, _, _ string) string {
		if c.org.Access(user).Status == "ACTIVE" {
			c.org.SignIn(user)
		}
		return "sign in"
	},
	func(c *caller, user, closed, _ string) string {
		return fmt.Sprint("sign in by a closed identity provider: ", c.org.SignInByIdP(user, closed))
	},
	func(c *caller, user, _, open string) string {
		return fmt.Sprint("sign in by one that unsuspends: ", c.org.SignInByIdP(user, open))
	},
	func(c *caller, user, _, _ string) string {
		return fmt.Sprint("authorize: ", c.org.Authorize(user, "0oaapp"))
	},
	func(c *caller, user, _, _ string) string {
		return fmt.Sprint("refresh: ", c.org.UseRefreshToken(user, "0oaapp"))
	},
	func(c *caller, user, _, _ string) string {
		if len(c.org.Access(user).APITokens) == 0 {
			c.org.AddAPIToken(user)
		}
		return "API token"
	},
	func(c *caller, user, _, _ string) string {
		if c.org.Access(user).Status == "SUSPENDED" {
			c.org.SetUserStatus(user, "ACTIVE")
		}
		return "unsuspend"
	},
	func(c *caller, user, _, _ string) string {
		if c.org.Access(user).Status == "ACTIVE" {
			c.org.SetUserStatus(user, "SUSPENDED")
		}
		return "suspend"
	},
	func(c *caller, _, _, _ string) string { return fmt.Sprint("rules: ", c.org.RunRules()) },
}

// TestRandomWalk contains users while others let them in again. While statusChanged is that of
// the containment, nothing of the user works; once it is not, the status has changed.
func TestRandomWalk(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
		closed, open := c.org.AddIdP(oktatest.IdP{}), c.org.AddIdP(oktatest.IdP{Unsuspends: true})
		var users []string
		for range 10 {
			users = append(users, c.org.AddUser(oktatest.User{Sessions: 1, Clients: []string{"0oaapp"}}))
		}
		contained, opened := map[string]time.Time{}, 0
		for step := range 10000 {
			time.Sleep(time.Second)
			user := users[random.IntN(len(users))]
			did := "contain"
			if n := random.IntN(len(interferences) + 1); n < len(interferences) {
				did = interferences[n](c, user, closed, open)
			} else {
				c.admin("POST", usersPath+user+"/lifecycle/suspend", nil)
				c.admin("DELETE", usersPath+user+"/sessions?oauthTokens=true", nil).want(t, 204)
				contained[user] = c.org.Access(user).StatusChanged
			}
			a := c.org.Access(user)
			since, done := contained[user]
			if done && a.StatusChanged.Equal(since) && (a.Works() || a.Status != "SUSPENDED") {
				t.Fatalf("seed %d, step %d: after %s, contained at %v: %+v", seed, step, did, since, a)
			}
			if done && !a.StatusChanged.Equal(since) {
				delete(contained, user)
				opened++
			}
		}
		if opened == 0 || len(contained) == 0 {
			t.Errorf("seed %d: %d containments were undone, %d stand", seed, opened, len(contained))
		}
	})
}
