package oktatest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// userCall is a write to a user, who is in the right status for it.
type userCall struct {
	name, method, path string
	status             string // of the user
	body               any
	permissions        []string // those of a custom role that open it, besides okta.users.manage
	helpDesk           bool
}

var userCalls = []userCall{
	{"create", "POST", "", "", nil, []string{"okta.users.create"}, false},
	{"profile", "POST", "/{id}", "ACTIVE", object{"profile": object{"city": "Oslo"}}, []string{"okta.users.userprofile.manage"}, false},
	{"password", "POST", "/{id}", "ACTIVE", object{"credentials": object{"password": object{"value": "long enough"}}}, []string{"okta.users.credentials.manage"}, false},
	{"both", "POST", "/{id}", "ACTIVE", object{"profile": object{"city": "Oslo"}, "credentials": object{"password": object{"value": "long enough"}}}, nil, false},
	{"deactivate", "POST", "/{id}/lifecycle/deactivate", "ACTIVE", nil, []string{"okta.users.lifecycle.deactivate", "okta.users.lifecycle.manage"}, false},
	{"deactivate by DELETE", "DELETE", "/{id}", "ACTIVE", nil, []string{"okta.users.lifecycle.deactivate", "okta.users.lifecycle.manage"}, false},
	{"delete", "DELETE", "/{id}", "DEPROVISIONED", nil, []string{"okta.users.lifecycle.delete", "okta.users.lifecycle.manage"}, false},
	{"activate", "POST", "/{id}/lifecycle/activate", "STAGED", nil, []string{"okta.users.lifecycle.activate", "okta.users.lifecycle.manage"}, false},
	{"reactivate", "POST", "/{id}/lifecycle/reactivate", "PROVISIONED", nil, []string{"okta.users.lifecycle.activate", "okta.users.lifecycle.manage"}, false},
	{"suspend", "POST", "/{id}/lifecycle/suspend", "ACTIVE", nil, []string{"okta.users.lifecycle.suspend", "okta.users.lifecycle.manage"}, false},
	{"unsuspend", "POST", "/{id}/lifecycle/unsuspend", "SUSPENDED", nil, []string{"okta.users.lifecycle.unsuspend", "okta.users.lifecycle.manage"}, false},
	{"unlock", "POST", "/{id}/lifecycle/unlock", "LOCKED_OUT", nil, []string{"okta.users.lifecycle.unlock", "okta.users.lifecycle.manage"}, true},
	{"sessions", "DELETE", "/{id}/sessions", "ACTIVE", nil, []string{"okta.users.lifecycle.clearSessions", "okta.users.lifecycle.manage"}, true},
	{"expire", "POST", "/{id}/lifecycle/expire_password", "ACTIVE", nil, []string{"okta.users.credentials.expirePassword", "okta.users.credentials.manage"}, true},
	{"temporary", "POST", "/{id}/lifecycle/expire_password_with_temp_password", "ACTIVE", nil, []string{"okta.users.credentials.expirePassword", "okta.users.credentials.manage"}, true},
	{"reset", "POST", "/{id}/lifecycle/reset_password?sendEmail=true", "ACTIVE", nil, []string{"okta.users.credentials.resetPassword", "okta.users.credentials.manage"}, true},
	{"factors", "POST", "/{id}/lifecycle/reset_factors", "ACTIVE", nil, []string{"okta.users.credentials.resetFactors", "okta.users.credentials.manage"}, true},
	{"factor", "DELETE", "/{id}/factors/{factor}", "ACTIVE", nil, []string{"okta.users.credentials.resetFactors", "okta.users.credentials.manage"}, true},
	{"enroll", "POST", "/{id}/factors", "ACTIVE", object{"factorType": "push", "provider": "OKTA"}, nil, false},
	{"grants", "DELETE", "/{id}/grants", "ACTIVE", nil, nil, false},
	{"client grants", "DELETE", "/{id}/clients/0oaclient/grants", "ACTIVE", nil, nil, false},
	{"client tokens", "DELETE", "/{id}/clients/0oaclient/tokens", "ACTIVE", nil, nil, false},
	{"forgot", "POST", "/{id}/credentials/forgot_password", "ACTIVE", nil, []string{"okta.users.credentials.manage"}, false},
}

// try makes the call as somebody, on a fresh user, and reports whether it was
// allowed.
func (u userCall) try(c *caller, auth string) bool {
	c.t.Helper()
	body, path := u.body, u.path
	if u.name == "create" {
		body = newUser(fmt.Sprintf("new%d@example.com", len(c.org.Requests())), "")
	} else {
		id := c.org.AddUser(oktatest.User{Status: u.status, Factors: []string{"sms"}, Clients: []string{"0oaclient"}})
		path = strings.ReplaceAll(path, "{id}", id)
		if strings.Contains(path, "{factor}") {
			path = strings.TrimPrefix(c.factor(id, "sms"), "/api/v1/users")
		}
	}
	a := c.do(u.method, "/api/v1/users"+path, auth, body)
	if a.status == 403 && a.text(c.t, "errorCode") == "E0000006" {
		return false
	}
	if a.status/100 != 2 {
		c.t.Errorf("%s: status %d, body %s", u.name, a.status, a.body)
	}
	return true
}

// TestUserPermissions tries every call with every permission.
func TestUserPermissions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	permissions := []string{"okta.users.manage", "okta.users.read", "okta.groups.manage", "okta.users.groupMembership.manage"}
	for _, call := range userCalls {
		permissions = append(permissions, call.permissions...)
	}
	slices.Sort(permissions)
	permissions = slices.Compact(permissions)
	set := c.newSet("all users", "/api/v1/users")
	for _, permission := range permissions {
		app := c.newApp("okta.users.manage")
		c.bind(set, c.newRole(permission, permission), app).want(t, 200)
		auth := c.bearer(app, "okta.users.manage")
		for _, call := range userCalls {
			want := permission == "okta.users.manage" || slices.Contains(call.permissions, permission)
			if got := call.try(c, auth); got != want {
				t.Errorf("%s with %s: allowed %v, want %v", call.name, permission, got, want)
			}
		}
	}
}

// TestUserRoles tries every call with every standard role.
func TestUserRoles(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	for role, want := range map[string]func(userCall) bool{
		"SUPER_ADMIN":            func(userCall) bool { return true },
		"ORG_ADMIN":              func(userCall) bool { return true },
		"USER_ADMIN":             func(userCall) bool { return true },
		"HELP_DESK_ADMIN":        func(call userCall) bool { return call.helpDesk },
		"READ_ONLY_ADMIN":        func(userCall) bool { return false },
		"GROUP_MEMBERSHIP_ADMIN": func(userCall) bool { return false },
		"APP_ADMIN":              func(userCall) bool { return false },
	} {
		auth := "SSWS " + c.org.NewAPIToken(role)
		for _, call := range userCalls {
			if got := call.try(c, auth); got != want(call) {
				t.Errorf("%s as %s: allowed %v, want %v", call.name, role, got, want(call))
			}
		}
	}
}

// TestUsersNeedScopes shows that okta.users.read opens no write.
func TestUsersNeedScopes(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	app := c.newApp("okta.users.read")
	c.assign(app, "SUPER_ADMIN").want(t, 201)
	auth := c.bearer(app, "okta.users.read")
	id := c.org.AddUser(oktatest.User{Clients: []string{"0oaclient"}})
	for _, path := range []string{"", "/groups", "/factors", "/grants", "/clients", "/clients/0oaclient/grants", "/clients/0oaclient/tokens"} {
		c.do("GET", usersPath+id+path, auth, nil).want(t, 200)
	}
	for _, call := range userCalls {
		path := strings.ReplaceAll(strings.ReplaceAll(call.path, "{id}", id), "{factor}", "mbl1")
		a := c.do(call.method, "/api/v1/users"+path, auth, call.body).want(t, 403)
		if got := a.header.Get("WWW-Authenticate"); !strings.Contains(got, `scope="okta.users.manage"`) || !strings.Contains(got, "insufficient_scope") {
			t.Errorf("%s: WWW-Authenticate %q", call.name, got)
		}
	}
}

// TestAdminsAreOutOfReach shows that only a Super Admin writes to an admin.
func TestAdminsAreOutOfReach(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	orgAdmin := "SSWS " + c.org.NewAPIToken("ORG_ADMIN")
	id := c.org.AddUser(oktatest.User{Roles: []string{"READ_ONLY_ADMIN", "REPORT_ADMIN"}, Factors: []string{"sms"}, Clients: []string{"0oaclient"}, Sessions: 1})
	factor := strings.TrimPrefix(c.factor(id, "sms"), "/api/v1/users")
	before := string(c.org.State())
	for _, call := range userCalls {
		if call.name == "create" {
			continue
		}
		path := strings.ReplaceAll(call.path, "{id}", id)
		if strings.Contains(path, "{factor}") {
			path = factor
		}
		c.do(call.method, "/api/v1/users"+path, orgAdmin, call.body).wantError(t, 403, "E0000006", "")
	}
	if string(c.org.State()) != before {
		t.Error("a refused write took effect")
	}
	c.do("GET", usersPath+id, orgAdmin, nil).want(t, 200)
	c.admin("POST", usersPath+id+"/lifecycle/suspend", nil).want(t, 200)
}

// TestTargetedRole shows how far a role with a group target reaches.
func TestTargetedRole(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	auth := "SSWS " + c.org.NewAPIToken("USER_ADMIN")
	me := c.do("GET", "/api/v1/users/me", auth, nil).want(t, 200).text(t, "id")
	team := c.org.AddGroup(oktatest.Group{Name: "Team"})
	role := c.admin("GET", usersPath+me+"/roles", nil).want(t, 200).list(t)[0]["id"].(string)
	c.do("POST", "/api/v1/users", auth, newUser("before@example.com", "")).want(t, 200)
	c.admin("PUT", usersPath+me+"/roles/"+role+"/targets/groups/"+team, nil).want(t, 204)

	c.do("POST", "/api/v1/users", auth, newUser("after@example.com", "")).wantError(t, 403, "E0000006", "")
	suspend := func(user oktatest.User) answer {
		t.Helper()
		return c.do("POST", usersPath+c.org.AddUser(user)+"/lifecycle/suspend", auth, nil)
	}
	suspend(oktatest.User{Groups: []string{team}}).want(t, 200)
	suspend(oktatest.User{}).wantError(t, 403, "E0000006", "")
}

// TestUnknownUser makes every call about a user who does not exist.
func TestUnknownUser(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	calls := append(slices.Clone(userCalls),
		userCall{method: "GET", path: "/{id}"}, userCall{method: "GET", path: "/{id}/groups"}, userCall{method: "GET", path: "/{id}/factors"},
		userCall{method: "GET", path: "/{id}/factors/{factor}"}, userCall{method: "GET", path: "/{id}/grants"},
		userCall{method: "GET", path: "/{id}/grants/oag1"}, userCall{method: "DELETE", path: "/{id}/grants/oag1"},
		userCall{method: "GET", path: "/{id}/clients"}, userCall{method: "GET", path: "/{id}/clients/0oaclient/grants"},
		userCall{method: "GET", path: "/{id}/clients/0oaclient/tokens"}, userCall{method: "GET", path: "/{id}/clients/0oaclient/tokens/oar1"},
		userCall{method: "DELETE", path: "/{id}/clients/0oaclient/tokens/oar1"},
		userCall{method: "POST", path: "/{id}/credentials/change_password"}, userCall{method: "POST", path: "/{id}/credentials/change_recovery_question"},
		userCall{method: "POST", path: "/{id}/credentials/forgot_password_recovery_question"},
		userCall{method: "PUT", path: "/{id}", body: object{}}, userCall{method: "PUT", path: "/{id}/factors/{factor}", body: object{}},
	)
	for _, call := range calls {
		if call.name == "create" {
			continue
		}
		path := strings.ReplaceAll(strings.ReplaceAll(call.path, "{id}", "00unone"), "{factor}", "mbl1")
		c.admin(call.method, "/api/v1/users"+path, call.body).wantError(t, 404, "E0000007", "00unone (User)")
	}
}
