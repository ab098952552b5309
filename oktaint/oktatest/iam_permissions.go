package oktatest

import (
	"slices"
	"strings"
)

// knownPermissions are the permissions of custom roles that Okta lists one by
// one. They look like scopes and are none.
var knownPermissions = []string{
	"okta.users.manage", "okta.users.create", "okta.users.read",
	"okta.users.credentials.manage", "okta.users.credentials.resetFactors", "okta.users.credentials.resetPassword",
	"okta.users.credentials.expirePassword", "okta.users.credentials.manageTemporaryAccessCode",
	"okta.users.userprofile.manage", "okta.users.groupMembership.manage", "okta.users.appAssignment.manage",
	"okta.users.lifecycle.manage", "okta.users.lifecycle.activate", "okta.users.lifecycle.deactivate",
	"okta.users.lifecycle.suspend", "okta.users.lifecycle.unsuspend", "okta.users.lifecycle.delete",
	"okta.users.lifecycle.unlock", "okta.users.lifecycle.clearSessions",
	"okta.users.apitokens.read", "okta.users.apitokens.manage", "okta.users.apitokens.clear", "okta.users.risk.read", "okta.users.risk.manage",
	"okta.groups.manage", "okta.groups.create", "okta.groups.read",
	"okta.groups.members.manage", "okta.groups.appAssignment.manage",
	"okta.apps.manage", "okta.apps.read", "okta.apps.assignment.manage",
	"okta.apps.clientCredentials.read", "okta.apps.manageFirstPartyApps",
	"okta.iam.read",
}

// permissionFamilies are the beginnings of those that have no use in the
// simulated org; any name below them is accepted.
var permissionFamilies = []string{
	"okta.agents.", "okta.authzServers.", "okta.customizations.", "okta.devices.", "okta.directories.",
	"okta.governance.", "okta.identityProviders.", "okta.profilesources.", "okta.realms.", "okta.support.",
	"okta.workflows.",
}

func knownPermission(name string) bool {
	return slices.Contains(knownPermissions, name) || slices.ContainsFunc(permissionFamilies, func(family string) bool {
		return strings.HasPrefix(name, family) && len(name) > len(family)
	})
}

// checkPermission refuses a permission that does not exist.
func checkPermission(name string) error {
	if knownPermission(name) {
		return nil
	}
	return invalid("permissions", "permissions: '"+name+"' is not a permission")
}

// opening says which permissions of a custom role, any one of them, allow what
// a route needs, and of which collection the resource set must hold all.
type opening struct {
	collection  string // the end of the collection's ORN, users for example; iam: the org's roles and assignments
	permissions []string
}

// openings is the counterpart of reach for custom roles. What is not in it no
// custom role allows.
var openings = map[permission]opening{
	readUsers:     {"users", []string{"okta.users.read", "okta.users.manage"}},
	readGroups:    {"groups", []string{"okta.groups.read", "okta.groups.manage"}},
	createGroups:  {"groups", []string{"okta.groups.create", "okta.groups.manage"}},
	manageGroups:  {"groups", []string{"okta.groups.manage"}},
	manageMembers: {"groups", []string{"okta.groups.members.manage", "okta.groups.manage"}},
	joinGroups:    {"users", []string{"okta.users.groupMembership.manage", "okta.users.manage"}},
	readApps:      {"apps", []string{"okta.apps.read", "okta.apps.manage"}},
	readOtherApps: {"apps", []string{"okta.apps.read", "okta.apps.manage"}},
	manageApps:    {"apps", []string{"okta.apps.manage"}},
	readTokens:    {"users", []string{"okta.users.apitokens.read", "okta.users.apitokens.manage"}},
	readRoles:     {"iam", []string{"okta.iam.read"}},
	manageTokens:  {"users", []string{"okta.users.apitokens.manage"}},
	clearTokens:   {"users", []string{"okta.users.apitokens.clear", "okta.users.apitokens.manage"}},
	readIdPs:      {"identity_providers", []string{"okta.identityProviders.read", "okta.identityProviders.manage"}},
	manageIdPs:    {"identity_providers", []string{"okta.identityProviders.manage"}},
	readDevices:   {"devices", []string{"okta.devices.read", "okta.devices.manage"}},

	activateDevices:   ofDevices("okta.devices.lifecycle.activate"),
	deactivateDevices: ofDevices("okta.devices.lifecycle.deactivate"),
	suspendDevices:    ofDevices("okta.devices.lifecycle.suspend"),
	unsuspendDevices:  ofDevices("okta.devices.lifecycle.unsuspend"),
	deleteDevices:     ofDevices("okta.devices.lifecycle.delete"),

	createUsers:       ofUsers("okta.users.create"),
	manageUsers:       ofUsers(),
	manageProfiles:    ofUsers("okta.users.userprofile.manage"),
	manageCredentials: ofUsers(manageAllCredentials),
	changeUsers:       ofUsers("okta.users.userprofile.manage", manageAllCredentials),
	expirePasswords:   ofUsers("okta.users.credentials.expirePassword", manageAllCredentials),
	resetPasswords:    ofUsers("okta.users.credentials.resetPassword", manageAllCredentials),
	resetFactors:      ofUsers("okta.users.credentials.resetFactors", manageAllCredentials),
	suspendUsers:      ofUsers("okta.users.lifecycle.suspend", manageLifecycle),
	unsuspendUsers:    ofUsers("okta.users.lifecycle.unsuspend", manageLifecycle),
	activateUsers:     ofUsers("okta.users.lifecycle.activate", manageLifecycle),
	deactivateUsers:   ofUsers("okta.users.lifecycle.deactivate", manageLifecycle),
	deleteUsers:       ofUsers("okta.users.lifecycle.delete", manageLifecycle),
	removeUsers:       ofUsers("okta.users.lifecycle.deactivate", "okta.users.lifecycle.delete", manageLifecycle),
	unlockUsers:       ofUsers("okta.users.lifecycle.unlock", manageLifecycle),
	manageRisk:        ofUsers("okta.users.risk.manage"),
	clearSessions:     ofUsers("okta.users.lifecycle.clearSessions", manageLifecycle),
}

// The permissions that imply narrower ones.
const (
	manageAllCredentials = "okta.users.credentials.manage"
	manageLifecycle      = "okta.users.lifecycle.manage"
)

// ofUsers is an opening over all users, which okta.users.manage opens as well.
func ofUsers(permissions ...string) opening {
	return opening{"users", append(permissions, "okta.users.manage")}
}

// ofDevices is an opening over all devices, which the permissions for every change of
// devices open as well.
func ofDevices(permission string) opening {
	return opening{"devices", []string{permission, "okta.devices.lifecycle.manage", "okta.devices.manage"}}
}

// customAllows reports whether a custom role, held over its resource set,
// allows what is needed.
func (o *Org) customAllows(a *assignment, need permission) bool {
	open, ok := openings[need]
	if !ok {
		return false
	}
	role, _ := o.customRoles.get(a.role)
	set, _ := o.resourceSets.get(a.set)
	if role == nil || set == nil || !o.covers(set, open.collection) {
		return false
	}
	return slices.ContainsFunc(open.permissions, func(name string) bool { return role.permission(name) != nil })
}
