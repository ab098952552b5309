package oktatest

var groupRoutes = []route{
	{method: get, pattern: pathGroups, scope: "okta.groups.read", need: readGroups, flags: emptyList, query: "search filter q after limit expand sortBy sortOrder", handler: (*call).listGroups},
	{method: post, pattern: pathGroups, scope: "okta.groups.manage", need: createGroups, body: "profile{name description}", handler: (*call).createGroup},
	{method: get, pattern: pathGroup, scope: "okta.groups.read", need: readGroups, handler: (*call).getGroup},
	{method: put, pattern: pathGroup, scope: "okta.groups.manage", need: manageGroups, body: groupMembers, handler: (*call).replaceGroup},
	{method: del, pattern: pathGroup, scope: "okta.groups.manage", need: manageGroups, handler: (*call).deleteGroup},
	{method: get, pattern: pathGroup + "/users", scope: "okta.groups.read", need: readGroups, query: "after limit", handler: (*call).listGroupMembers},
	{method: put, pattern: pathGroup + "/users/{user}", scope: "okta.groups.manage", need: manageMembers, handler: (*call).addGroupMember},
	{method: del, pattern: pathGroup + "/users/{user}", scope: "okta.groups.manage", need: manageMembers, handler: (*call).removeGroupMember},
	{method: get, pattern: pathGroup + "/owners", scope: "okta.groups.read", need: readGroups, query: "after limit", lacks: "search", handler: (*call).listOwners},
	{method: post, pattern: pathGroup + "/owners", scope: "okta.groups.manage", need: manageGroups, body: "id type", handler: (*call).addOwner},
	{method: del, pattern: pathGroup + "/owners/{owner}", scope: "okta.groups.manage", need: manageGroups, handler: (*call).removeOwner},
}

// groupMembers is what a replacement may say of a group. What the org alone sets is
// accepted and ignored.
const groupMembers = "profile{name description} id type objectClass created lastUpdated lastMembershipUpdated source{*} _links{*} _embedded{*}"
