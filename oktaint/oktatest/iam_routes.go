package oktatest

var roleRoutes = []route{
	{method: get, pattern: pathRoles, scope: "okta.roles.read", need: readRoles, query: "expand", handler: (*call).listClientRoles},
	{method: post, pattern: pathRoles, scope: "okta.roles.manage", need: superAdmin, body: "type role resource-set", handler: (*call).assignClientRole},
	{method: get, pattern: pathRoles + "/{assignment}", scope: "okta.roles.read", need: readRoles, handler: (*call).getClientRole},
	{method: del, pattern: pathRoles + "/{assignment}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).unassignClientRole},
}

var customRoleRoutes = []route{
	{method: get, pattern: pathIAMRoles, scope: "okta.roles.read", need: readRoles, query: "after", handler: (*call).listCustomRoles},
	{method: post, pattern: pathIAMRoles, scope: "okta.roles.manage", need: superAdmin, body: "label description permissions", handler: (*call).createCustomRole},
	{method: get, pattern: pathIAMRoles + "/{role}", scope: "okta.roles.read", need: readRoles, handler: (*call).getCustomRole},
	{method: put, pattern: pathIAMRoles + "/{role}", scope: "okta.roles.manage", need: superAdmin, body: "label description", handler: (*call).replaceCustomRole},
	{method: del, pattern: pathIAMRoles + "/{role}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).deleteCustomRole},
	{method: get, pattern: pathIAMRoles + "/{role}/permissions", scope: "okta.roles.read", need: readRoles, handler: (*call).listPermissions},
	{method: get, pattern: pathPermission, scope: "okta.roles.read", need: readRoles, handler: (*call).getPermission},
	{method: post, pattern: pathPermission, scope: "okta.roles.manage", need: superAdmin, body: "conditions{include{*} exclude{*}}", handler: (*call).addPermission},
	{method: put, pattern: pathPermission, scope: "okta.roles.manage", need: superAdmin, body: "conditions{include{*} exclude{*}}", handler: (*call).replacePermission},
	{method: del, pattern: pathPermission, scope: "okta.roles.manage", need: superAdmin, handler: (*call).removePermission},
}

var resourceSetRoutes = []route{
	{method: get, pattern: pathSets, scope: "okta.roles.read", need: readRoles, query: "after", handler: (*call).listResourceSets},
	{method: post, pattern: pathSets, scope: "okta.roles.manage", need: superAdmin, body: "label description resources", handler: (*call).createResourceSet},
	{method: get, pattern: pathSets + "/{set}", scope: "okta.roles.read", need: readRoles, handler: (*call).getResourceSet},
	{method: put, pattern: pathSets + "/{set}", scope: "okta.roles.manage", need: superAdmin, body: "id label description created lastUpdated _links{*}", handler: (*call).replaceResourceSet},
	{method: del, pattern: pathSets + "/{set}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).deleteResourceSet},
	{method: get, pattern: pathResources, scope: "okta.roles.read", need: readRoles, query: "after limit", handler: (*call).listResources},
	{method: post, pattern: pathResources, scope: "okta.roles.manage", need: superAdmin, body: "resourceOrnOrUrl conditions{Exclude{okta:ORN}}", handler: (*call).addSetResource},
	{method: get, pattern: pathResources + "/{resource}", scope: "okta.roles.read", need: readRoles, handler: (*call).getSetResource},
	{method: put, pattern: pathResources + "/{resource}", scope: "okta.roles.manage", need: superAdmin, body: "conditions{Exclude{okta:ORN}}", handler: (*call).replaceSetResource},
	{method: patch, pattern: pathResources, scope: "okta.roles.manage", need: superAdmin, body: "additions", handler: (*call).addSetResources},
	{method: del, pattern: pathResources + "/{resource}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).removeSetResource},
}

var bindingRoutes = []route{
	{method: get, pattern: pathBindings, scope: "okta.roles.read", need: readRoles, query: "after", handler: (*call).listBindings},
	{method: post, pattern: pathBindings, scope: "okta.roles.manage", need: superAdmin, body: "role members", handler: (*call).createBinding},
	{method: get, pattern: pathBindings + "/{role}", scope: "okta.roles.read", need: readRoles, handler: (*call).getBinding},
	{method: del, pattern: pathBindings + "/{role}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).deleteBinding},
	{method: get, pattern: pathMembers, scope: "okta.roles.read", need: readRoles, query: "after", handler: (*call).listMembers},
	{method: patch, pattern: pathMembers, scope: "okta.roles.manage", need: superAdmin, body: "additions", handler: (*call).patchMembers},
	{method: get, pattern: pathMembers + "/{member}", scope: "okta.roles.read", need: readRoles, handler: (*call).getMember},
	{method: del, pattern: pathMembers + "/{member}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).removeMember},
}

var adminRoutes = []route{
	{method: get, pattern: pathUserRoles, scope: "okta.roles.read", need: readRoles, query: "expand", handler: (*call).listUserRoles},
	{method: post, pattern: pathUserRoles, scope: "okta.roles.manage", need: superAdmin, query: "disableNotifications", body: "type role resource-set", handler: (*call).assignUserRole},
	{method: get, pattern: pathUserRoles + "/{assignment}", scope: "okta.roles.read", need: readRoles, handler: (*call).getUserRole},
	{method: del, pattern: pathUserRoles + "/{assignment}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).unassignUserRole},
	{method: get, pattern: pathUserRoles + "/{assignment}/targets", scope: "okta.roles.read", need: readRoles, query: "assignmentType after limit", handler: (*call).listRoleTargets},
	{method: put, pattern: pathUserRoles + "/{assignment}/targets/catalog/apps", scope: "okta.roles.manage", need: superAdmin, handler: (*call).targetAllApps},
	{method: get, pattern: pathGroupRoles, scope: "okta.roles.read", need: readRoles, query: "expand", handler: (*call).listGroupRoles},
	{method: post, pattern: pathGroupRoles, scope: "okta.roles.manage", need: superAdmin, query: "disableNotifications", body: "type role resource-set", handler: (*call).assignGroupRole},
	{method: get, pattern: pathGroupRoles + "/{assignment}", scope: "okta.roles.read", need: readRoles, handler: (*call).getGroupRole},
	{method: del, pattern: pathGroupRoles + "/{assignment}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).unassignGroupRole},
	{method: get, pattern: "/api/v1/iam/assignees/users", scope: "okta.roles.read", need: readRoles, query: "after limit", handler: (*call).listAssignees},
}

// targetRoutes are the routes of the targets of roles, below the path of
// assignments.
func targetRoutes(path string) []route {
	groups := path + "/{assignment}/targets/groups"
	apps := path + "/{assignment}/targets/catalog/apps"
	return []route{
		{method: get, pattern: groups, scope: "okta.roles.read", need: readRoles, query: "after limit", handler: (*call).listGroupTargets},
		{method: put, pattern: groups + "/{target}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).addGroupTarget},
		{method: del, pattern: groups + "/{target}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).removeGroupTarget},
		{method: get, pattern: apps, scope: "okta.roles.read", need: readRoles, query: "after limit status", handler: (*call).listAppTargets},
		{method: put, pattern: apps + "/{name}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).addAppTarget},
		{method: del, pattern: apps + "/{name}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).removeAppTarget},
		{method: put, pattern: apps + "/{name}/{target}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).addAppTarget},
		{method: del, pattern: apps + "/{name}/{target}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).removeAppTarget},
	}
}
