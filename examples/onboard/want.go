package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

// want works out what the app shall have, and what it shall lose. What --remove names
// is left out of what is wanted by default, and of what --remediation stands for; to
// want something by its name and to remove it as well is a mistake.
func (o *options) want(g *given) (err error) {
	if g.remove != "" {
		if o.remove, err = parseRemoval(g.remove); err != nil {
			return fmt.Errorf("--remove: %w", err)
		}
	}
	if o.scopes, err = cli.ParseScopes(cmp.Or(g.scopes, "visibility")); err != nil {
		return fmt.Errorf("--scopes: %w", err)
	}
	if g.scopes == "" {
		o.scopes = o.scopes.Minus(o.remove.Scopes)
	}
	if o.role = g.role; o.role == "" && slices.Contains(o.remove.Roles, oauthapp.RoleIAMReader) {
		o.role = oauthapp.RoleReadOnlyAdmin
	}
	o.role = cmp.Or(o.role, oauthapp.RoleVisibility)
	for _, role := range standardRole(o.role) {
		if slices.Contains(o.remove.Roles, role) {
			return fmt.Errorf("--remove: %s comes with --role %s: give another --role, or none", role, o.role)
		}
	}
	if g.remediation {
		o.allowRemediation()
	}
	if g.actions != "" {
		err = o.allowActions(g.actions)
	}
	if g.remediation {
		o.leftOut = leftOut(slices.Concat(o.permissions, o.remove.Permissions))
	}
	return err
}

// allowRemediation adds the scopes of all actions, and the permissions of those that
// harm least.
func (o *options) allowRemediation() {
	o.scopes = o.scopes.Union(scopes.Remediation, remediation.GuardScopes(remediation.Guards{})).Minus(o.remove.Scopes)
	o.permissions = without(oauthapp.ResponsePermissions(), o.remove.Permissions)
}

// allowActions adds the scopes and the permissions that these kinds of actions take, with
// those by which guards look whom not to act on.
func (o *options) allowActions(list string) error {
	var actions []remediation.Action
	for name := range strings.SplitSeq(list, ",") {
		kind := remediation.Kind(strings.TrimSpace(name))
		if !slices.Contains(remediation.Kinds(), kind) {
			return fmt.Errorf("--actions: there is no action %.60q: respond --list-actions lists them", kind)
		}
		actions = append(actions, remediation.Sample(kind))
	}
	wanted := slices.Concat(remediation.Permissions(actions...), remediation.GuardPermissions(remediation.Guards{}))
	for _, p := range o.remove.Permissions {
		if slices.Contains(wanted, p) {
			return fmt.Errorf("--actions needs the permission %s, which --remove names: leave it out of one of them", p)
		}
	}
	o.scopes = o.scopes.Union(remediation.Scopes(actions...), remediation.GuardScopes(remediation.Guards{}))
	o.permissions = slices.Concat(o.permissions, wanted)
	return nil
}

// wide says why --remediation does not give a permission.
var wide = map[string]string{
	"okta.users.manage":             "is all that can be done to users",
	"okta.users.credentials.manage": "sets the password of any user",
	"okta.users.lifecycle.delete":   "deletes users for good",
	"okta.users.userprofile.manage": "changes any profile, the login too",
}

// playbooks are those of respond, each without its options and then with them.
var playbooks = []struct {
	name           string
	plain, options []remediation.Action
}{
	{"contain", remediation.Contain("00u1", remediation.ContainOptions{}),
		remediation.Contain("00u1", remediation.ContainOptions{ResetPassword: true, ResetFactors: true, OrDeactivate: true})},
	{"release", remediation.Release("00u1"), nil},
	{"offboard", remediation.Offboard("00u1", remediation.OffboardOptions{}), remediation.Offboard("00u1", remediation.OffboardOptions{Delete: true})},
	{"quarantine", []remediation.Action{
		remediation.Sample(remediation.KindAddGroupMember), remediation.Sample(remediation.KindRemoveGroupMember),
	}, nil},
}

// leftOut names the permissions that --remediation does not give, with the reason and with
// the actions and playbooks that need them.
func leftOut(given []string) (list []string) {
	needed := map[string][]string{}
	for _, kind := range remediation.Kinds() {
		for _, p := range without(remediation.Permissions(remediation.Sample(kind)), given) {
			needed[p] = append(needed[p], string(kind))
		}
	}
	for _, book := range playbooks {
		lacks := without(remediation.Permissions(book.plain...), given)
		for _, p := range lacks {
			needed[p] = append(needed[p], "the playbook "+book.name)
		}
		for _, p := range without(remediation.Permissions(book.options...), append(lacks, given...)) {
			needed[p] = append(needed[p], "options of the playbook "+book.name)
		}
	}
	for _, p := range slices.Sorted(maps.Keys(needed)) {
		list = append(list, fmt.Sprintf("%s, which %s: for %s", p, cmp.Or(wide[p], "is wide"), cli.Join(needed[p])))
	}
	return list
}

// parseRemoval reads what --remove names: scopes, roles by their types, and permissions.
func parseRemoval(list string) (r oauthapp.Removal, err error) {
	for name := range strings.SplitSeq(list, ",") {
		var kind string
		if kind, name, err = removable(strings.TrimSpace(name)); err != nil {
			return r, err
		}
		switch kind {
		case "scope":
			r.Scopes = r.Scopes.Union(scopes.New(scopes.Scope(name)))
		case "role":
			r.Roles = append(r.Roles, name)
		default:
			r.Permissions = append(r.Permissions, name)
		}
	}
	return r, r.Scopes.CheckKnown()
}

// removable says what a name of --remove is: a scope, a role or a permission. Some names
// are those of a scope and of a permission alike; then a prefix has to say which is meant.
func removable(name string) (kind, plain string, err error) {
	if kind, plain, ok := strings.Cut(name, ":"); ok && slices.Contains([]string{"scope", "role", "permission"}, kind) {
		return kind, strings.TrimSpace(plain), nil
	}
	unknown := scopes.New(scopes.Scope(name)).CheckKnown()
	permission := slices.Contains(knownPermissions(), name)
	switch {
	case name == "":
		return "", "", errors.New("a name is empty")
	case strings.EqualFold(name, oauthapp.RoleIAMReader):
		return "role", oauthapp.RoleIAMReader, nil
	case name == oauthapp.RoleCustom || slices.Contains(oauthapp.StandardRoles(), name):
		return "role", name, nil
	case permission && unknown == nil:
		return "", "", fmt.Errorf("%s is a scope and a permission: write scope:%[1]s or permission:%[1]s", name)
	case permission:
		return "permission", name, nil
	case unknown == nil:
		return "scope", name, nil
	case strings.HasPrefix(name, "okta."):
		return "", "", fmt.Errorf("%w; if it is a permission, write permission:%s", unknown, name)
	}
	return "", "", fmt.Errorf("%.60q is not a scope, a permission, or a role: %s, %s, %s", name, oauthapp.RoleCustom, oauthapp.RoleIAMReader, cli.Join(oauthapp.StandardRoles()))
}

// knownPermissions are those that the custom role for response actions may have from here.
func knownPermissions() []string {
	list := slices.Concat(oauthapp.ResponsePermissions(), remediation.GuardPermissions(remediation.Guards{}))
	for _, kind := range remediation.Kinds() {
		list = append(list, remediation.Permissions(remediation.Sample(kind))...)
	}
	return list
}

// without returns what all has and names do not.
func without(all, names []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(names, s) })
}
