package oktatest_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// attempt is a write that somebody tries.
type attempt struct {
	method, path string
	body         any
}

// TestAdminsAreForSuperAdmins tries to write to admins and to groups that carry
// a role.
func TestAdminsAreForSuperAdmins(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	lesser := "SSWS " + c.org.NewAPIToken("ORG_ADMIN", "USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN")
	super := "SSWS " + c.org.NewAPIToken("SUPER_ADMIN")
	admin, through, plain := c.org.AddUser(oktatest.User{Roles: []string{"REPORT_ADMIN"}}), c.org.AddUser(oktatest.User{}), c.org.AddUser(oktatest.User{})
	carrier := c.org.AddGroup(oktatest.Group{Members: []string{through}, Roles: []string{"READ_ONLY_ADMIN"}})
	group := c.org.AddGroup(oktatest.Group{})
	profile := object{"profile": object{"name": "renamed"}}
	for _, try := range []attempt{
		{"POST", usersBase + admin + "/lifecycle/suspend", nil},
		{"POST", usersBase + through + "/lifecycle/suspend", nil},
		{"DELETE", usersBase + through + "/sessions", nil},
		{"PUT", groupsPath + group + "/users/" + admin, nil},
		{"PUT", groupsPath + group + "/users/" + through, nil},
		{"PUT", groupsPath + carrier + "/users/" + plain, nil},
		{"DELETE", groupsPath + carrier + "/users/" + through, nil},
		{"POST", groupsPath + carrier + "/owners", object{"id": plain, "type": "USER"}},
		{"PUT", groupsPath + carrier, profile},
		{"POST", rulesPath, ruleBody("r", "true", []string{carrier})},
		{"DELETE", groupsPath + carrier, nil},
	} {
		c.do(try.method, try.path, lesser, try.body).wantError(t, 403, "E0000006", "")
		if got := c.do(try.method, try.path, super, try.body).status; got/100 != 2 {
			t.Errorf("%s %s as a Super Admin: %d", try.method, try.path, got)
		}
	}
	c.do("GET", usersBase+admin, lesser, nil).want(t, 200)
	c.do("PUT", groupsPath+group+"/users/"+plain, lesser, nil).want(t, 204)
	c.do("POST", usersBase+plain+"/roles", lesser, object{"type": "REPORT_ADMIN"}).wantError(t, 403, "E0000006", "")
}

// TestTargetedReach tries what a role for one group reaches.
func TestTargetedReach(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	auth, caller := c.tokenOf("USER_ADMIN")
	inside, outside := c.org.AddUser(oktatest.User{}), c.org.AddUser(oktatest.User{})
	mine, other := c.org.AddGroup(oktatest.Group{Members: []string{inside}}), c.org.AddGroup(oktatest.Group{Members: []string{inside, outside}})
	c.admin("PUT", usersBase+caller+"/roles/KVJUKUS7IFCE2SKO/targets/groups/"+mine, nil).want(t, 204)
	profile := object{"profile": object{"name": "n"}}
	for _, try := range []struct {
		attempt
		status int
	}{
		{attempt{"POST", usersBase + inside + "/lifecycle/suspend", nil}, 200},
		{attempt{"POST", usersBase + outside + "/lifecycle/suspend", nil}, 403},
		{attempt{"PUT", groupsPath + mine + "/users/" + outside, nil}, 204},
		{attempt{"POST", usersBase + outside + "/lifecycle/suspend", nil}, 200}, // a member now
		{attempt{"DELETE", groupsPath + mine + "/users/" + outside, nil}, 204},
		{attempt{"PUT", groupsPath + other + "/users/" + inside, nil}, 403},
		{attempt{"DELETE", groupsPath + other + "/users/" + inside, nil}, 403},
		{attempt{"POST", groupsPath + other + "/owners", object{"id": inside, "type": "USER"}}, 403},
		{attempt{"POST", groupsPath + mine + "/owners", object{"id": inside, "type": "USER"}}, 201},
		{attempt{"PUT", groupsPath + other, profile}, 403},
		{attempt{"PUT", groupsPath + mine, profile}, 200},
		{attempt{"POST", "/api/v1/groups", object{"profile": object{"name": "new"}}}, 403},
		{attempt{"POST", rulesPath, ruleBody("r", "true", []string{mine})}, 403},
		{attempt{"GET", usersBase + outside, nil}, 200},
		{attempt{"DELETE", groupsPath + other, nil}, 403},
	} {
		if got := c.do(try.method, try.path, auth, try.body); got.status != try.status {
			t.Errorf("%s %s: status %d, want %d; %s", try.method, try.path, got.status, try.status, got.body)
		}
	}
	// A role whose only target is deleted reaches nobody, not everybody.
	c.admin("DELETE", groupsPath+mine, nil).want(t, 204)
	c.do("POST", usersBase+inside+"/lifecycle/unsuspend", auth, nil).wantError(t, 403, "E0000006", "")
}

// TestMembershipPermissions tries a change of members with custom roles: it
// needs one permission over groups and one over users.
func TestMembershipPermissions(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		permissions []string
		status      int
	}{
		{[]string{"okta.groups.members.manage"}, 403},
		{[]string{"okta.users.groupMembership.manage"}, 403},
		{[]string{"okta.groups.members.manage", "okta.users.groupMembership.manage"}, 204},
		{[]string{"okta.groups.manage", "okta.users.manage"}, 204},
		{[]string{"okta.groups.create", "okta.users.manage"}, 403},
	} {
		c := newCaller(t, oktatest.Config{})
		user := c.org.AddUser(oktatest.User{})
		group := c.org.AddGroup(oktatest.Group{})
		auth := c.serviceApp(oktatest.ServiceApp{Permissions: test.permissions}, "okta.groups.manage")
		if got := c.do("PUT", groupsPath+group+"/users/"+user, auth, nil).status; got != test.status {
			t.Errorf("%v: status %d, want %d", test.permissions, got, test.status)
		}
	}
}
