package oktatest

const (
	pathAppUsers    = pathApp + "/users"
	pathAppGroups   = pathApp + "/groups"
	pathAppTokens   = pathApp + "/tokens"
	pathAppFeatures = pathApp + "/features"
	pathAppPush     = pathApp + "/group-push/mappings"
	pathSigningKeys = pathApp + "/credentials/keys"
	pathClients     = "/oauth2/v1/clients"
)

// assignRoutes are who and what is assigned to apps.
var assignRoutes = []route{
	{method: get, pattern: pathAppUsers, scope: "okta.apps.read", need: readApps, query: "after limit q expand", handler: (*call).listAppUsers},
	{method: post, pattern: pathAppUsers, scope: "okta.apps.manage", need: manageApps, body: appUserMembers, handler: (*call).assignAppUser},
	{method: get, pattern: pathAppUsers + "/{user}", scope: "okta.apps.read", need: readApps, query: "expand", handler: (*call).getAppUser},
	{method: post, pattern: pathAppUsers + "/{user}", scope: "okta.apps.manage", need: manageApps, body: "id credentials{userName password{value}} profile{*}", handler: (*call).updateAppUser},
	{method: del, pattern: pathAppUsers + "/{user}", scope: "okta.apps.manage", need: manageApps, query: "sendEmail", handler: (*call).removeAppUser},
	{method: get, pattern: pathAppGroups, scope: "okta.apps.read", need: readApps, query: "after limit q expand", handler: (*call).listAppGroups},
	{method: get, pattern: pathAppGroups + "/{group}", scope: "okta.apps.read", need: readApps, query: "expand", handler: (*call).getAppGroup},
	{method: put, pattern: pathAppGroups + "/{group}", scope: "okta.apps.manage", need: manageApps, body: appGroupMembers, handler: (*call).assignAppGroup},
	{method: del, pattern: pathAppGroups + "/{group}", scope: "okta.apps.manage", need: manageApps, handler: (*call).unassignAppGroup},
	{method: get, pattern: pathGroup + "/apps", scope: "okta.groups.read", need: readGroups, query: "after limit", handler: (*call).listAppsOfGroup},
	{method: get, pattern: pathUser + "/appLinks", scope: "okta.users.read", need: readUsers, handler: (*call).listAppLinks},
}

// appPartRoutes are what else an app has, and the OAuth clients.
var appPartRoutes = []route{
	{method: get, pattern: pathAppTokens, scope: "okta.apps.read", need: readApps, query: "after limit expand", handler: (*call).listAppTokens},
	{method: del, pattern: pathAppTokens, scope: "okta.apps.manage", need: manageApps, handler: (*call).revokeAppTokens},
	{method: get, pattern: pathAppTokens + "/{token}", scope: "okta.apps.read", need: readApps, lacks: "expand", handler: (*call).getAppToken},
	{method: del, pattern: pathAppTokens + "/{token}", scope: "okta.apps.manage", need: manageApps, handler: (*call).revokeAppToken},
	{method: get, pattern: pathSigningKeys, scope: "okta.apps.read", need: readApps, handler: (*call).listSigningKeys},
	{method: get, pattern: pathSigningKeys + "/{key}", scope: "okta.apps.read", need: readApps, handler: (*call).getSigningKey},
	{method: get, pattern: pathAppFeatures, scope: "okta.apps.read", need: readApps, handler: (*call).listFeatures},
	{method: get, pattern: pathAppFeatures + "/{feature}", scope: "okta.apps.read", need: readApps, handler: (*call).getFeature},
	{method: get, pattern: pathApp + "/connections/default", scope: "okta.apps.read", need: readApps, handler: (*call).getConnection},
	{method: get, pattern: pathAppPush, scope: "okta.apps.read", need: readApps, query: "after limit lastUpdated sourceGroupId status", handler: (*call).listPushMappings},
	{method: get, pattern: pathAppPush + "/{mapping}", scope: "okta.apps.read", need: readApps, handler: (*call).getPushMapping},
	{method: get, pattern: pathClients, scope: "okta.clients.read", need: readApps, query: "after limit q", handler: (*call).listClients},
	{method: get, pattern: pathClients + "/{client}", scope: "okta.clients.read", need: readApps, handler: (*call).getClient},
}

// What a request may say of an assignment. What the org alone sets is accepted and
// ignored.
const (
	appUserMembers = "id scope credentials{userName password{value}} profile{*} externalId created lastUpdated status statusChanged " +
		"passwordChanged syncState lastSync _links{*} _embedded{*}"
	appGroupMembers = "id lastUpdated priority profile{*} _links{*} _embedded{*}"
)
