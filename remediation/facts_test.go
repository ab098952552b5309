package remediation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A fact is what is known of a kind of action, with words in place of lists.
type fact struct {
	kind, target string
	scope        string
	permissions  string
	from, to     string // from empty: any
	undo         string
	marks        string // d: destructive, r: repeatable, s: its answer has a secret, l: something is lost
}

const (
	members = "okta.groups.members.manage okta.users.groupMembership.manage"

	anyButDeprovisioned = "STAGED PROVISIONED ACTIVE RECOVERY PASSWORD_EXPIRED LOCKED_OUT SUSPENDED"
)

// facts was written by hand from Okta's documents. What is sent twice does no
// harm where the second time is refused, or changes nothing, and nobody is
// mailed twice or given a password that is the wrong one.
var facts = []fact{
	{"suspend_user", "user", "okta.users.manage", "okta.users.lifecycle.suspend", "ACTIVE", "SUSPENDED", "unsuspend_user", "r"},
	{"unsuspend_user", "user", "okta.users.manage", "okta.users.lifecycle.unsuspend", "SUSPENDED", "ACTIVE", "suspend_user", "r"},
	{"deactivate_user", "user", "okta.users.manage", "okta.users.lifecycle.deactivate", anyButDeprovisioned, "DEPROVISIONED", "", "drl"},
	{"activate_user", "user", "okta.users.manage", "okta.users.lifecycle.activate", "STAGED DEPROVISIONED", "ACTIVE", "deactivate_user", "rsl"},
	{"reactivate_user", "user", "okta.users.manage", "okta.users.lifecycle.activate", "PROVISIONED RECOVERY", "", "", "rsl"},
	{"unlock_user", "user", "okta.users.manage", "okta.users.lifecycle.unlock", "LOCKED_OUT", "ACTIVE", "", "rl"},
	{"delete_user", "user", "okta.users.manage", "okta.users.lifecycle.delete", "DEPROVISIONED", "", "", "drl"},

	{"clear_sessions", "user", "okta.users.manage", "okta.users.lifecycle.clearSessions", "", "", "", "rl"},

	{"expire_password", "user", "okta.users.manage", "okta.users.credentials.expirePassword", "ACTIVE", "PASSWORD_EXPIRED", "", "drl"},
	{"expire_password_with_temp_password", "user", "okta.users.manage", "okta.users.credentials.expirePassword", "ACTIVE", "PASSWORD_EXPIRED", "", "dsl"},
	{"reset_password", "user", "okta.users.manage", "okta.users.credentials.resetPassword", "ACTIVE PASSWORD_EXPIRED LOCKED_OUT RECOVERY", "RECOVERY", "", "drsl"},
	{"set_password", "user", "okta.users.manage", "okta.users.credentials.manage", anyButDeprovisioned, "", "", "drl"},

	{"reset_factors", "user", "okta.users.manage", "okta.users.credentials.resetFactors", "ACTIVE PASSWORD_EXPIRED LOCKED_OUT RECOVERY PROVISIONED SUSPENDED", "", "", "drl"},
	{"remove_factor", "user", "okta.users.manage", "okta.users.credentials.resetFactors", anyButDeprovisioned, "", "", "drl"},

	{"revoke_grants", "user", "okta.users.manage", "okta.users.manage", "", "", "", "drl"},
	{"revoke_client_grants", "user", "okta.users.manage", "okta.users.manage", "", "", "", "drl"},
	{"revoke_client_tokens", "user", "okta.users.manage", "okta.users.manage", "", "", "", "rl"},

	{"set_profile_attribute", "user", "okta.users.manage", "okta.users.userprofile.manage", anyButDeprovisioned, "", "set_profile_attribute", "r"},

	{"add_group_member", "user", "okta.groups.manage", members, "", "", "remove_group_member", "r"},
	{"remove_group_member", "user", "okta.groups.manage", members, "", "", "add_group_member", "r"},
	{"create_group", "group", "okta.groups.manage", "okta.groups.create", "", "", "delete_group", "r"},
	{"delete_group", "group", "okta.groups.manage", "okta.groups.manage", "", "", "", "drl"},
	{"add_group_owner", "group", "okta.groups.manage", "okta.groups.manage", "", "", "remove_group_owner", "r"},
	{"remove_group_owner", "group", "okta.groups.manage", "okta.groups.manage", "", "", "add_group_owner", "r"},
	{"activate_group_rule", "group_rule", "okta.groups.manage", "okta.groups.manage", "INACTIVE", "ACTIVE", "deactivate_group_rule", "rl"},
	{"deactivate_group_rule", "group_rule", "okta.groups.manage", "okta.groups.manage", "ACTIVE", "INACTIVE", "activate_group_rule", "r"},
}

// factOf writes facts like the table. Statuses have the order of the table.
func factOf(f remediation.Facts) fact {
	marks := ""
	for _, mark := range []struct {
		is   bool
		mark string
	}{{f.Destructive, "d"}, {f.Repeatable, "r"}, {f.Secret, "s"}, {f.Lost != "", "l"}} {
		if mark.is {
			marks += mark.mark
		}
	}
	return fact{
		string(f.Kind), string(f.Target.Type), string(f.Scope), strings.Join(f.Permissions, " "),
		strings.Trim(fmt.Sprint(f.From), "[]"), string(f.To), strings.Trim(fmt.Sprint(f.Undo), "[]"), marks,
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	kinds := remediation.Kinds()
	for _, want := range facts {
		a := remediation.Sample(remediation.Kind(want.kind))
		if a == nil {
			t.Errorf("no action is a %s", want.kind)
			continue
		}
		if got := factOf(a.Facts()); got != want {
			t.Errorf("facts\n%+v, want\n%+v", got, want)
		}
		kinds = slices.DeleteFunc(kinds, func(k remediation.Kind) bool { return string(k) == want.kind })
	}
	if len(kinds) != 0 {
		t.Errorf("nothing is laid down of %q", kinds)
	}
}

// TestFactsAgree checks what holds of all facts.
func TestFactsAgree(t *testing.T) {
	t.Parallel()
	kinds := remediation.Kinds()
	if !slices.IsSorted(kinds) || slices.Contains(kinds, remediation.KindFirstOf) {
		t.Errorf("kinds: %q", kinds)
	}
	for name, a := range goldens() {
		f := a.Facts()
		switch {
		case f.Version != 1:
			t.Errorf("%s: version %d", name, f.Version)
		case f.Destructive && (f.Lost == "" || len(f.Undo) != 0):
			t.Errorf("%s: destructive, loses %q, undone by %q", name, f.Lost, f.Undo)
		case len(f.Undo) == 0 && f.Lost == "":
			t.Errorf("%s: nothing undoes it, and nothing is lost", name)
		case len(f.Permissions) == 0 || !strings.HasSuffix(string(f.Scope), ".manage"):
			t.Errorf("%s: scope %q, permissions %q", name, f.Scope, f.Permissions)
		case f.To != "" && slices.Contains(f.From, f.To) && f.Kind != remediation.KindResetPassword: // which makes another link
			t.Errorf("%s: from %q to %q", name, f.From, f.To)
		}
		for _, kind := range f.Undo {
			if undo := remediation.Sample(kind); undo == nil || undo.Facts().Target.Type != f.Target.Type || undo.Facts().Scope != f.Scope {
				t.Errorf("%s: undone by %s", name, kind)
			}
		}
	}
}

// TestFactsOfFields checks the facts that an action's fields decide.
func TestFactsOfFields(t *testing.T) {
	t.Parallel()
	all := goldens()
	for name, want := range map[string]string{ // a mail is sent twice if the request is; without one the answer has what it would say
		"ReactivateUser": "rsl", "ReactivateUser_mail": "l",
		"ResetPassword": "drsl", "ResetPassword_mail": "dl", "ResetPassword_revoke": "drsl", "ResetPassword_both": "dl",
		"ActivateUser": "rsl", "ActivateUser_mail": "rl", "DeactivateUser_mail": "drl", // refused the second time
	} {
		if got := factOf(all[name].Facts()).marks; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]struct {
		target remediation.Target
		group  string
	}{
		"SuspendUser":         {remediation.Target{Type: "user", ID: userID}, ""},
		"RevokeClientTokens":  {remediation.Target{Type: "user", ID: userID}, ""},
		"AddGroupMember":      {remediation.Target{Type: "user", ID: userID}, groupID},
		"RemoveGroupMember":   {remediation.Target{Type: "user", ID: userID}, groupID},
		"CreateGroup":         {remediation.Target{Type: "group", Name: "Quarantine"}, ""},
		"AddGroupOwner":       {remediation.Target{Type: "group", ID: groupID}, ""},
		"DeleteGroup":         {remediation.Target{Type: "group", ID: groupID}, ""},
		"ActivateGroupRule":   {remediation.Target{Type: "group_rule", ID: ruleID}, ""},
		"DeactivateGroupRule": {remediation.Target{Type: "group_rule", ID: ruleID}, ""},
	} {
		if f := all[name].Facts(); f.Target != want.target || f.Group != want.group {
			t.Errorf("%s: target %+v, group %q, want %+v", name, f.Target, f.Group, want)
		}
	}
	choice := remediation.FirstOf{all["SuspendUser"], all["DeactivateUser"]}.Facts()
	if choice.Kind != "first_of" || choice.Version != 1 || choice.Target != all["SuspendUser"].Facts().Target {
		t.Errorf("facts of a choice: %+v", choice)
	}
}

// TestNeeds lists the exact scopes and permissions of sets of actions.
func TestNeeds(t *testing.T) {
	t.Parallel()
	all := goldens()
	for _, test := range []struct {
		name                string
		actions             []remediation.Action
		scopes, permissions string
	}{
		{"nothing", nil, "", ""},
		{"suspend", []remediation.Action{all["SuspendUser"]}, "okta.users.manage", "okta.users.lifecycle.suspend okta.users.read"},
		{"twice the same", []remediation.Action{all["SuspendUser"], all["SuspendUser"]}, "okta.users.manage", "okta.users.lifecycle.suspend okta.users.read"},
		{
			"contain", remediation.Contain(userID, remediation.ContainOptions{}),
			"okta.users.manage", "okta.users.lifecycle.clearSessions okta.users.lifecycle.suspend okta.users.read",
		},
		{
			"contain with everything", remediation.Contain(userID, remediation.ContainOptions{
				ResetPassword: true, ResetFactors: true, OrDeactivate: true,
			}),
			"okta.users.manage",
			"okta.users.credentials.manage okta.users.credentials.resetFactors okta.users.lifecycle.clearSessions okta.users.lifecycle.deactivate okta.users.lifecycle.suspend okta.users.read",
		},
		{"release", remediation.Release(userID), "okta.users.manage", "okta.users.lifecycle.unlock okta.users.lifecycle.unsuspend okta.users.read"},
		{
			"offboard", remediation.Offboard(userID, remediation.OffboardOptions{Delete: true}),
			"okta.users.manage",
			"okta.users.lifecycle.clearSessions okta.users.lifecycle.deactivate okta.users.lifecycle.delete okta.users.manage okta.users.read",
		},
		{ // the user is read, the group managed
			"membership", []remediation.Action{all["AddGroupMember"]},
			"okta.groups.manage okta.users.read", "okta.groups.members.manage okta.groups.read okta.users.groupMembership.manage okta.users.read",
		},
		{"a new group", []remediation.Action{all["CreateGroup"]}, "okta.groups.manage", "okta.groups.create okta.groups.read"},
		{"a rule", []remediation.Action{all["DeactivateGroupRule"]}, "okta.groups.manage", "okta.groups.manage okta.groups.read"},
		{
			"suspend and membership", []remediation.Action{all["SuspendUser"], all["RemoveGroupMember"]},
			"okta.groups.manage okta.users.manage",
			"okta.groups.members.manage okta.groups.read okta.users.groupMembership.manage okta.users.lifecycle.suspend okta.users.read",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := remediation.Scopes(test.actions...).String(); got != test.scopes {
				t.Errorf("scopes %q, want %q", got, test.scopes)
			}
			if got := strings.Join(remediation.Permissions(test.actions...), " "); got != test.permissions {
				t.Errorf("permissions %q, want %q", got, test.permissions)
			}
		})
	}
}

// TestNeedsOfAll checks that all actions together take the scopes of
// scopes.Remediation, and permissions that Okta has.
func TestNeedsOfAll(t *testing.T) {
	t.Parallel()
	var all []remediation.Action
	for _, kind := range remediation.Kinds() {
		all = append(all, remediation.Sample(kind))
	}
	if got := remediation.Scopes(all...); got != scopes.Remediation {
		t.Errorf("scopes %q, want %q", got, scopes.Remediation)
	}
	for _, permission := range slices.Concat(remediation.Permissions(all...), remediation.GuardPermissions(remediation.Guards{})) {
		if !slices.Contains(oktaPermissions, permission) {
			t.Errorf("Okta has no permission %s", permission)
		}
	}
}

// oktaPermissions are the permissions of custom roles on users, groups and roles.
var oktaPermissions = []string{
	"okta.users.read", "okta.users.manage", "okta.users.create",
	"okta.users.lifecycle.activate", "okta.users.lifecycle.deactivate", "okta.users.lifecycle.suspend", "okta.users.lifecycle.unsuspend",
	"okta.users.lifecycle.delete", "okta.users.lifecycle.unlock", "okta.users.lifecycle.clearSessions", "okta.users.lifecycle.manage",
	"okta.users.credentials.resetFactors", "okta.users.credentials.resetPassword", "okta.users.credentials.expirePassword", "okta.users.credentials.manage",
	"okta.users.userprofile.manage", "okta.users.groupMembership.manage", "okta.users.appAssignment.manage",
	"okta.users.apitokens.read", "okta.users.apitokens.manage",
	"okta.groups.read", "okta.groups.create", "okta.groups.manage", "okta.groups.members.manage", "okta.groups.appAssignment.manage",
	"okta.iam.read",
}

// TestGuardNeeds lists what guards take to look: roles, API tokens and users.
func TestGuardNeeds(t *testing.T) {
	t.Parallel()
	look, may := "okta.apiTokens.read okta.roles.read okta.users.read", "okta.iam.read okta.users.apitokens.read okta.users.read"
	for _, test := range []struct {
		name                string
		guards              remediation.Guards
		scopes, permissions string
	}{
		{"strictest", remediation.Guards{}, look, may},
		{"with names", remediation.Guards{Allow: []string{userID}, Destructive: []remediation.Kind{remediation.KindDeleteUser}, MaxTargets: 500, AllowUnchecked: true}, look, may},
		{"protected", remediation.Guards{Protected: []string{groupID}}, "okta.apiTokens.read okta.groups.read okta.roles.read okta.users.read", "okta.groups.read " + may},
	} {
		if got := remediation.GuardScopes(test.guards).String(); got != test.scopes {
			t.Errorf("%s: scopes %q, want %q", test.name, got, test.scopes)
		}
		if got := strings.Join(remediation.GuardPermissions(test.guards), " "); got != test.permissions {
			t.Errorf("%s: permissions %q, want %q", test.name, got, test.permissions)
		}
	}
}

// TestNeedsAreTheCallersOwn checks that what is returned can be changed.
func TestNeedsAreTheCallersOwn(t *testing.T) {
	t.Parallel()
	suspend := goldens()["SuspendUser"]
	for range 2 {
		f, p, g, k := suspend.Facts(), remediation.Permissions(suspend), remediation.GuardPermissions(remediation.Guards{}), remediation.Kinds()
		if f.Permissions[0] != "okta.users.lifecycle.suspend" || f.From[0] != "ACTIVE" || p[0] != f.Permissions[0] || g[0] != "okta.iam.read" || k[0] == "" {
			t.Fatalf("%+v, %q, %q, %q", f, p, g, k)
		}
		f.Permissions[0], f.From[0], p[0], g[0], k[0] = "x", "x", "x", "x", ""
	}
}
