package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

// parsed is what a command line asks for.
func parsed(t *testing.T, args ...string) *options {
	t.Helper()
	o, err := parse(&cli.Program{Name: "onboard", Args: append([]string{"--tenant-id", "acme"}, args...)})
	if err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return o
}

// The visibility profile is the default, with --remediation and --actions too, which add
// up.
func TestWant(t *testing.T) {
	t.Parallel()
	o := parsed(t)
	if o.role != oauthapp.RoleVisibility || o.scopes != scopes.Visibility || o.permissions != nil || o.takes() || o.responds() || o.leftOut != nil {
		t.Errorf("%+v", o)
	}
	all := parsed(t, "--remediation")
	if all.role != oauthapp.RoleVisibility || all.scopes != scopes.Visibility.Union(scopes.Remediation) || !all.responds() {
		t.Errorf("role %s, scopes %s", all.role, all.scopes)
	}
	both := parsed(t, "--remediation", "--actions", "set_password,delete_user", "--role", "READ_ONLY_ADMIN")
	for _, p := range append(oauthapp.ResponsePermissions(), "okta.users.credentials.manage", "okta.users.lifecycle.delete") {
		if !slices.Contains(both.permissions, p) {
			t.Errorf("--remediation --actions lacks %s", p)
		}
	}
	if len(both.leftOut) != len(all.leftOut)-2 || both.role != "READ_ONLY_ADMIN" {
		t.Errorf("left out %q, then %q; role %s", all.leftOut, both.leftOut, both.role)
	}
	// The guards look also where few scopes are asked for.
	if few := parsed(t, "--remediation", "--scopes", "okta.logs.read"); few.scopes != scopes.New(scopes.LogsRead).Union(scopes.Remediation, remediation.GuardScopes(remediation.Guards{})) {
		t.Errorf("scopes %s", few.scopes)
	}
}

// Each action is given by --remediation, or named with what it takes and why that is left
// out.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	left := strings.Join(parsed(t, "--remediation").leftOut, "\n")
	for _, kind := range remediation.Kinds() {
		lacks := without(remediation.Permissions(remediation.Sample(kind)), oauthapp.ResponsePermissions())
		if named := strings.Contains(left, string(kind)); named != (len(lacks) > 0) {
			t.Errorf("%s lacks %q, named %v", kind, lacks, named)
		}
		for _, p := range lacks {
			if wide[p] == "" || !strings.Contains(left, p+", which "+wide[p]) {
				t.Errorf("it is not said why %s is left out", p)
			}
		}
	}
	for _, want := range []string{"for set_password, options of the playbook contain\n", "for delete_user, options of the playbook offboard\n", "revoke_grants, the playbook offboard\n"} {
		if !strings.Contains(left, want) {
			t.Errorf("%q lacks %q", left, want)
		}
	}
	for p := range wide {
		if !strings.Contains(left, p) {
			t.Errorf("nothing takes %s", p)
		}
	}
}

// --remove names scopes, roles and permissions; what is both a scope and a permission has
// to be told apart.
func TestRemoval(t *testing.T) {
	t.Parallel()
	o := parsed(t, "--remove", "okta.logs.read, ORG_ADMIN,iam reader,CUSTOM , okta.users.lifecycle.suspend,permission:okta.users.read,scope:okta.groups.manage,permission:okta.apps.read,role:REPORT_ADMIN")
	r := o.remove
	if r.Scopes != scopes.New(scopes.LogsRead, scopes.GroupsManage) || !slices.Equal(r.Roles, []string{"ORG_ADMIN", "IAM reader", "CUSTOM", "REPORT_ADMIN"}) ||
		!slices.Equal(r.Permissions, []string{"okta.users.lifecycle.suspend", "okta.users.read", "okta.apps.read"}) || !o.takes() {
		t.Errorf("%+v", r)
	}
	// What is removed is not wanted by default.
	if o.scopes.Contains(scopes.LogsRead) || o.scopes.Len() != scopes.Visibility.Len()-1 || o.role != "READ_ONLY_ADMIN" {
		t.Errorf("role %s, scopes %s", o.role, o.scopes)
	}
	o = parsed(t, "--remediation", "--remove", "permission:okta.users.lifecycle.suspend,scope:okta.groups.manage")
	if slices.Contains(o.permissions, "okta.users.lifecycle.suspend") || o.scopes.Contains(scopes.GroupsManage) || !o.scopes.Contains(scopes.UsersManage) {
		t.Errorf("permissions %q, scopes %s", o.permissions, o.scopes)
	}
	if strings.Contains(strings.Join(o.leftOut, ""), "suspend") {
		t.Errorf("left out: %q", o.leftOut)
	}
	for list, want := range map[string]string{
		"okta.users.manage":           "--remove: okta.users.manage is a scope and a permission: write scope:okta.users.manage or permission:okta.users.manage",
		"okta.users.reed":             `"okta.users.reed" is not a scope of Okta's: did you mean okta.users.read`,
		"okta.users.lifecycle.suspnd": "if it is a permission, write permission:okta.users.lifecycle.suspnd",
		"KING":                        `"KING" is not a scope, a permission, or a role: CUSTOM, IAM reader, SUPER_ADMIN`,
		"READ_ONLY_ADMIN":             "--remove: READ_ONLY_ADMIN comes with --role visibility: give another --role, or none",
		"okta.logs.read,":             "a name is empty",
		"scope:okta.users.read x":     "is not a scope",
	} {
		_, err := parse(&cli.Program{Name: "onboard", Args: []string{"--tenant-id", "acme", "--remove", list}})
		if !cli.IsUsage(err) || !strings.Contains(err.Error(), want) {
			t.Errorf("--remove %s: %v, want %q", list, err, want)
		}
	}
	_, err := parse(&cli.Program{Name: "onboard", Args: []string{"--tenant-id", "acme", "--actions", "suspend_user", "--remove", "okta.users.lifecycle.suspend"}})
	if !cli.IsUsage(err) || !strings.Contains(err.Error(), "--actions needs the permission okta.users.lifecycle.suspend, which --remove names") {
		t.Errorf("wanted and removed: %v", err)
	}
}
