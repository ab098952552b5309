package oktatest

var ruleRoutes = []route{
	{method: get, pattern: pathRules, scope: "okta.groups.read", need: readGroups, query: "limit after search expand", handler: (*call).listRules},
	{method: post, pattern: pathRules, scope: "okta.groups.manage", need: manageGroups, body: ruleMembers, handler: (*call).createRule},
	{method: get, pattern: pathRules + "/{rule}", scope: "okta.groups.read", need: readGroups, query: "expand", handler: (*call).getRule},
	{method: put, pattern: pathRules + "/{rule}", scope: "okta.groups.manage", need: manageGroups, body: ruleMembers + " id status created lastUpdated allGroupsValid _links{*} _embedded{*}", handler: (*call).replaceRule},
	{method: del, pattern: pathRules + "/{rule}", scope: "okta.groups.manage", need: manageGroups, query: "removeUsers", handler: (*call).deleteRule},
	{method: post, pattern: pathRules + "/{rule}/lifecycle/activate", scope: "okta.groups.manage", need: manageGroups, handler: (*call).activateRule},
	{method: post, pattern: pathRules + "/{rule}/lifecycle/deactivate", scope: "okta.groups.manage", need: manageGroups, handler: (*call).deactivateRule},
}

// ruleMembers is what a request may say of a rule.
const ruleMembers = "type name conditions{expression{type value} people{users{exclude} groups{exclude}}} actions{assignUserToGroups{groupIds}}"
