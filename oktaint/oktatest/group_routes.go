package oktatest

var ruleRoutes = []route{
	{method: get, pattern: pathRules, scope: "okta.groups.read", need: readGroups, handler: (*call).listRules},
	{method: post, pattern: pathRules, scope: "okta.groups.manage", need: manageGroups, handler: (*call).createRule},
	{method: get, pattern: pathRules + "/{rule}", scope: "okta.groups.read", need: readGroups, handler: (*call).getRule},
	{method: put, pattern: pathRules + "/{rule}", scope: "okta.groups.manage", need: manageGroups, handler: (*call).replaceRule},
	{method: del, pattern: pathRules + "/{rule}", scope: "okta.groups.manage", need: manageGroups, handler: (*call).deleteRule},
	{method: post, pattern: pathRules + "/{rule}/lifecycle/activate", scope: "okta.groups.manage", need: manageGroups, handler: (*call).activateRule},
	{method: post, pattern: pathRules + "/{rule}/lifecycle/deactivate", scope: "okta.groups.manage", need: manageGroups, handler: (*call).deactivateRule},
}

var groupRoutes = []route{
	{method: get, pattern: pathGroups, scope: "okta.groups.read", need: readGroups, flags: emptyList, handler: (*call).listGroups},
	{method: post, pattern: pathGroups, scope: "okta.groups.manage", need: createGroups, handler: (*call).createGroup},
	{method: get, pattern: pathGroup, scope: "okta.groups.read", need: readGroups, handler: (*call).getGroup},
	{method: put, pattern: pathGroup, scope: "okta.groups.manage", need: manageGroups, handler: (*call).replaceGroup},
	{method: del, pattern: pathGroup, scope: "okta.groups.manage", need: manageGroups, handler: (*call).deleteGroup},
	{method: get, pattern: pathGroup + "/users", scope: "okta.groups.read", need: readGroups, handler: (*call).listGroupMembers},
	{method: put, pattern: pathGroup + "/users/{user}", scope: "okta.groups.manage", need: manageMembers, handler: (*call).addGroupMember},
	{method: del, pattern: pathGroup + "/users/{user}", scope: "okta.groups.manage", need: manageMembers, handler: (*call).removeGroupMember},
	{method: get, pattern: pathGroup + "/owners", scope: "okta.groups.read", need: readGroups, handler: (*call).listOwners},
	{method: post, pattern: pathGroup + "/owners", scope: "okta.groups.manage", need: manageGroups, handler: (*call).addOwner},
	{method: del, pattern: pathGroup + "/owners/{owner}", scope: "okta.groups.manage", need: manageGroups, handler: (*call).removeOwner},
}

var adminRoutes = []route{
	{method: get, pattern: pathUserRoles, scope: "okta.roles.read", need: readRoles, handler: (*call).listUserRoles},
	{method: post, pattern: pathUserRoles, scope: "okta.roles.manage", need: superAdmin, handler: (*call).assignUserRole},
	{method: get, pattern: pathUserRoles + "/{assignment}", scope: "okta.roles.read", need: readRoles, handler: (*call).getUserRole},
	{method: del, pattern: pathUserRoles + "/{assignment}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).unassignUserRole},
	{method: put, pattern: pathUserRoles + "/{assignment}/targets/catalog/apps", scope: "okta.roles.manage", need: superAdmin, handler: (*call).targetAllApps},
	{method: get, pattern: pathGroupRoles, scope: "okta.roles.read", need: readRoles, handler: (*call).listGroupRoles},
	{method: post, pattern: pathGroupRoles, scope: "okta.roles.manage", need: superAdmin, handler: (*call).assignGroupRole},
	{method: get, pattern: pathGroupRoles + "/{assignment}", scope: "okta.roles.read", need: readRoles, handler: (*call).getGroupRole},
	{method: del, pattern: pathGroupRoles + "/{assignment}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).unassignGroupRole},
	{method: get, pattern: "/api/v1/iam/assignees/users", scope: "okta.roles.read", need: readRoles, handler: (*call).listAssignees},
}

// targetRoutes are the routes of the targets of roles, below the path of
// assignments.
func targetRoutes(path string) []route {
	groups := path + "/{assignment}/targets/groups"
	apps := path + "/{assignment}/targets/catalog/apps"
	return []route{
		{method: get, pattern: groups, scope: "okta.roles.read", need: readRoles, handler: (*call).listGroupTargets},
		{method: put, pattern: groups + "/{target}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).addGroupTarget},
		{method: del, pattern: groups + "/{target}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).removeGroupTarget},
		{method: get, pattern: apps, scope: "okta.roles.read", need: readRoles, handler: (*call).listAppTargets},
		{method: put, pattern: apps + "/{name}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).addAppTarget},
		{method: del, pattern: apps + "/{name}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).removeAppTarget},
		{method: put, pattern: apps + "/{name}/{target}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).addAppTarget},
		{method: del, pattern: apps + "/{name}/{target}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).removeAppTarget},
	}
}
