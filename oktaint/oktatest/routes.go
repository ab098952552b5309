package oktatest

import (
	"net/http"
	"slices"
)

const (
	get   = http.MethodGet
	post  = http.MethodPost
	put   = http.MethodPut
	del   = http.MethodDelete
	patch = http.MethodPatch
)

// The paths under which families of endpoints live.
const (
	pathApps       = "/api/v1/apps"
	pathApp        = pathApps + "/{app}"
	pathKeys       = pathApp + "/credentials/jwks"
	pathAppSecrets = pathApp + "/credentials/secrets"
	pathGrants     = pathApp + "/grants"
	pathRoles      = "/oauth2/v1/clients/{client}/roles"
	pathIAMRoles   = "/api/v1/iam/roles"
	pathPermission = pathIAMRoles + "/{role}/permissions/{permission}"
	pathSets       = "/api/v1/iam/resource-sets"
	pathResources  = pathSets + "/{set}/resources"
	pathBindings   = pathSets + "/{set}/bindings"
	pathMembers    = pathBindings + "/{role}/members"
	pathTokens     = "/api/v1/api-tokens"
	pathServices   = "/integrations/api/v1/api-services"
	pathSvcSecrets = pathServices + "/{service}/credentials/secrets"
	pathUsers      = "/api/v1/users"
	pathUser       = pathUsers + "/{user}"
	pathFactors    = pathUser + "/factors"
	pathUserClient = pathUser + "/clients/{client}"
	pathUserRoles  = pathUser + "/roles"
	pathGroups     = "/api/v1/groups"
	pathGroup      = pathGroups + "/{group}"
	pathGroupRoles = pathGroup + "/roles"
	pathRules      = pathGroups + "/rules"
	pathPrivileges = "/api/v1/org/settings/clientPrivilegesSetting"
)

// allRoutes returns all endpoints. Of two patterns that match, the earlier wins.
func allRoutes() []route {
	rows := slices.Concat(
		discoveryRoutes,
		oauthRoutes,
		appRoutes,
		keyRoutes,
		appSecretRoutes,
		grantRoutes,
		roleRoutes,
		customRoleRoutes,
		resourceSetRoutes,
		bindingRoutes,
		tokenRoutes,
		serviceRoutes,
		userRoutes,
		lifecycleRoutes,
		credentialRoutes,
		consentRoutes,
		ruleRoutes,
		groupRoutes,
		adminRoutes,
		targetRoutes(pathRoles),
		targetRoutes(pathUserRoles),
		targetRoutes(pathGroupRoles),
		logRoutes,
		orgRoutes,
	)
	for i := range rows {
		rows[i].elems = elemsOf(rows[i].pattern)
	}
	return rows
}

var discoveryRoutes = []route{
	{method: get, pattern: "/.well-known/okta-organization", flags: public | unlimited, handler: (*call).wellKnownOrg},
	{method: get, pattern: "/.well-known/openid-configuration", flags: public | unlimited, handler: (*call).openIDConfiguration},
	{method: get, pattern: "/.well-known/oauth-authorization-server", flags: public | unlimited, handler: (*call).oauthMetadata},
}

var oauthRoutes = []route{
	{method: post, pattern: "/oauth2/v1/token", flags: public | form, handler: (*call).token},
	{method: post, pattern: "/oauth2/v1/revoke", flags: public | form, handler: (*call).revoke},
}

var appRoutes = []route{
	{method: get, pattern: pathApps, scope: "okta.apps.read", need: readApps, flags: emptyList, handler: (*call).listApps},
	{method: post, pattern: pathApps, scope: "okta.apps.manage", need: manageApps, handler: (*call).createApp},
	{method: get, pattern: pathApp, scope: "okta.apps.read", need: readApps, handler: (*call).getApp},
	{method: put, pattern: pathApp, scope: "okta.apps.manage", need: manageApps, handler: (*call).replaceApp},
	{method: del, pattern: pathApp, scope: "okta.apps.manage", need: manageApps, handler: (*call).deleteApp},
	{method: post, pattern: pathApp + "/lifecycle/activate", scope: "okta.apps.manage", need: manageApps, handler: (*call).activateApp},
	{method: post, pattern: pathApp + "/lifecycle/deactivate", scope: "okta.apps.manage", need: manageApps, handler: (*call).deactivateApp},
}

var keyRoutes = []route{
	{method: get, pattern: pathKeys, scope: "okta.apps.read", need: readApps, handler: (*call).listKeys},
	{method: post, pattern: pathKeys, scope: "okta.apps.manage", need: manageApps, handler: (*call).addKey},
	{method: get, pattern: pathKeys + "/{key}", scope: "okta.apps.read", need: readApps, handler: (*call).getKey},
	{method: post, pattern: pathKeys + "/{key}/lifecycle/activate", scope: "okta.apps.manage", need: manageApps, handler: (*call).activateKey},
	{method: post, pattern: pathKeys + "/{key}/lifecycle/deactivate", scope: "okta.apps.manage", need: manageApps, handler: (*call).deactivateKey},
	{method: del, pattern: pathKeys + "/{key}", scope: "okta.apps.manage", need: manageApps, handler: (*call).deleteKey},
}

var appSecretRoutes = []route{
	{method: get, pattern: pathAppSecrets, scope: "okta.apps.read", need: readApps, handler: (*call).listAppSecrets},
	{method: post, pattern: pathAppSecrets, scope: "okta.apps.manage", need: manageApps, handler: (*call).addAppSecret},
	{method: get, pattern: pathAppSecrets + "/{secret}", scope: "okta.apps.read", need: readApps, handler: (*call).getAppSecret},
	{method: post, pattern: pathAppSecrets + "/{secret}/lifecycle/activate", scope: "okta.apps.manage", need: manageApps, handler: (*call).activateAppSecret},
	{method: post, pattern: pathAppSecrets + "/{secret}/lifecycle/deactivate", scope: "okta.apps.manage", need: manageApps, handler: (*call).deactivateAppSecret},
	{method: del, pattern: pathAppSecrets + "/{secret}", scope: "okta.apps.manage", need: manageApps, handler: (*call).deleteAppSecret},
}

var grantRoutes = []route{
	{method: get, pattern: pathGrants, scope: "okta.appGrants.read", need: readApps, handler: (*call).listGrants},
	{method: post, pattern: pathGrants, scope: "okta.appGrants.manage", need: superAdmin, handler: (*call).createGrant},
	{method: get, pattern: pathGrants + "/{grant}", scope: "okta.appGrants.read", need: readApps, handler: (*call).getGrant},
	{method: del, pattern: pathGrants + "/{grant}", scope: "okta.appGrants.manage", need: superAdmin, handler: (*call).revokeGrant},
}

var roleRoutes = []route{
	{method: get, pattern: pathRoles, scope: "okta.roles.read", need: readRoles, handler: (*call).listClientRoles},
	{method: post, pattern: pathRoles, scope: "okta.roles.manage", need: superAdmin, handler: (*call).assignClientRole},
	{method: get, pattern: pathRoles + "/{assignment}", scope: "okta.roles.read", need: readRoles, handler: (*call).getClientRole},
	{method: del, pattern: pathRoles + "/{assignment}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).unassignClientRole},
}

var customRoleRoutes = []route{
	{method: get, pattern: pathIAMRoles, scope: "okta.roles.read", need: readRoles, handler: (*call).listCustomRoles},
	{method: post, pattern: pathIAMRoles, scope: "okta.roles.manage", need: superAdmin, handler: (*call).createCustomRole},
	{method: get, pattern: pathIAMRoles + "/{role}", scope: "okta.roles.read", need: readRoles, handler: (*call).getCustomRole},
	{method: put, pattern: pathIAMRoles + "/{role}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).replaceCustomRole},
	{method: del, pattern: pathIAMRoles + "/{role}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).deleteCustomRole},
	{method: get, pattern: pathIAMRoles + "/{role}/permissions", scope: "okta.roles.read", need: readRoles, handler: (*call).listPermissions},
	{method: get, pattern: pathPermission, scope: "okta.roles.read", need: readRoles, handler: (*call).getPermission},
	{method: post, pattern: pathPermission, scope: "okta.roles.manage", need: superAdmin, handler: (*call).addPermission},
	{method: put, pattern: pathPermission, scope: "okta.roles.manage", need: superAdmin, handler: (*call).replacePermission},
	{method: del, pattern: pathPermission, scope: "okta.roles.manage", need: superAdmin, handler: (*call).removePermission},
}

var resourceSetRoutes = []route{
	{method: get, pattern: pathSets, scope: "okta.roles.read", need: readRoles, handler: (*call).listResourceSets},
	{method: post, pattern: pathSets, scope: "okta.roles.manage", need: superAdmin, handler: (*call).createResourceSet},
	{method: get, pattern: pathSets + "/{set}", scope: "okta.roles.read", need: readRoles, handler: (*call).getResourceSet},
	{method: put, pattern: pathSets + "/{set}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).replaceResourceSet},
	{method: del, pattern: pathSets + "/{set}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).deleteResourceSet},
	{method: get, pattern: pathResources, scope: "okta.roles.read", need: readRoles, handler: (*call).listResources},
	{method: post, pattern: pathResources, scope: "okta.roles.manage", need: superAdmin, handler: (*call).addSetResource},
	{method: get, pattern: pathResources + "/{resource}", scope: "okta.roles.read", need: readRoles, handler: (*call).getSetResource},
	{method: put, pattern: pathResources + "/{resource}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).replaceSetResource},
	{method: patch, pattern: pathResources, scope: "okta.roles.manage", need: superAdmin, handler: (*call).addSetResources},
	{method: del, pattern: pathResources + "/{resource}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).removeSetResource},
}

var bindingRoutes = []route{
	{method: get, pattern: pathBindings, scope: "okta.roles.read", need: readRoles, handler: (*call).listBindings},
	{method: post, pattern: pathBindings, scope: "okta.roles.manage", need: superAdmin, handler: (*call).createBinding},
	{method: get, pattern: pathBindings + "/{role}", scope: "okta.roles.read", need: readRoles, handler: (*call).getBinding},
	{method: del, pattern: pathBindings + "/{role}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).deleteBinding},
	{method: get, pattern: pathMembers, scope: "okta.roles.read", need: readRoles, handler: (*call).listMembers},
	{method: patch, pattern: pathMembers, scope: "okta.roles.manage", need: superAdmin, handler: (*call).patchMembers},
	{method: get, pattern: pathMembers + "/{member}", scope: "okta.roles.read", need: readRoles, handler: (*call).getMember},
	{method: del, pattern: pathMembers + "/{member}", scope: "okta.roles.manage", need: superAdmin, handler: (*call).removeMember},
}

var tokenRoutes = []route{
	{method: del, pattern: pathTokens + "/current", need: anyone, handler: (*call).revokeCurrentToken},
	{method: get, pattern: pathTokens, scope: "okta.apiTokens.read", need: readTokens, flags: slash, handler: (*call).listTokens},
	{method: get, pattern: pathTokens + "/{token}", scope: "okta.apiTokens.read", need: readTokens, handler: (*call).getToken},
	{method: put, pattern: pathTokens + "/{token}", scope: "okta.apiTokens.manage", need: superAdmin, handler: (*call).replaceToken},
	{method: del, pattern: pathTokens + "/{token}", scope: "okta.apiTokens.manage", need: superAdmin, handler: (*call).revokeToken},
}

var serviceRoutes = []route{
	{method: get, pattern: pathServices, scope: "okta.oauthIntegrations.read", need: readApps, handler: (*call).listServices},
	{method: post, pattern: pathServices, scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).installService},
	{method: get, pattern: pathServices + "/{service}", scope: "okta.oauthIntegrations.read", need: readApps, handler: (*call).getService},
	{method: del, pattern: pathServices + "/{service}", scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).removeService},
	{method: get, pattern: pathSvcSecrets, scope: "okta.oauthIntegrations.read", need: readApps, handler: (*call).listServiceSecrets},
	{method: post, pattern: pathSvcSecrets, scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).addServiceSecret},
	{method: post, pattern: pathSvcSecrets + "/{secret}/lifecycle/activate", scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).activateServiceSecret},
	{method: post, pattern: pathSvcSecrets + "/{secret}/lifecycle/deactivate", scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).deactivateServiceSecret},
	{method: del, pattern: pathSvcSecrets + "/{secret}", scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).deleteServiceSecret},
}

var userRoutes = []route{
	{method: get, pattern: pathUsers + "/me", scope: "okta.users.read", need: anyone, handler: (*call).currentUser},
	{method: get, pattern: pathUsers, scope: "okta.users.read", need: readUsers, flags: emptyList, handler: (*call).listUsers},
	{method: post, pattern: pathUsers, scope: "okta.users.manage", need: createUsers, handler: (*call).createUser},
	{method: get, pattern: pathUser, scope: "okta.users.read", need: readUsers, handler: (*call).getUser},
	{method: post, pattern: pathUser, scope: "okta.users.manage", need: changeUsers, handler: (*call).updateUser},
	{method: put, pattern: pathUser, scope: "okta.users.manage", need: changeUsers, handler: (*call).replaceUser},
	{method: del, pattern: pathUser, scope: "okta.users.manage", need: removeUsers, handler: (*call).deleteUser},
	{method: get, pattern: pathUser + "/groups", scope: "okta.users.read", need: readUsers, handler: (*call).listGroupsOfUser},
	{method: get, pattern: pathUser + "/blocks", scope: "okta.users.read", need: readUsers, handler: (*call).listBlocks},
	{method: del, pattern: pathUser + "/sessions", scope: "okta.users.manage", need: clearSessions, handler: (*call).clearSessions},
}

var lifecycleRoutes = []route{
	lifecycleRoute("activate", activateUsers),
	lifecycleRoute("reactivate", activateUsers),
	lifecycleRoute("deactivate", deactivateUsers),
	lifecycleRoute("suspend", suspendUsers),
	lifecycleRoute("unsuspend", unsuspendUsers),
	lifecycleRoute("unlock", unlockUsers),
	lifecycleRoute("expire_password", expirePasswords),
	lifecycleRoute("expire_password_with_temp_password", expirePasswords),
	lifecycleRoute("reset_password", resetPasswords),
	lifecycleRoute("reset_factors", resetFactors),
}

func lifecycleRoute(name string, need permission) route {
	return route{method: post, pattern: pathUser + "/lifecycle/" + name, scope: "okta.users.manage", need: need, handler: lifecycle(name)}
}

var credentialRoutes = []route{
	{method: post, pattern: pathUser + "/credentials/change_password", scope: "okta.users.manage", need: manageCredentials, handler: (*call).changePassword},
	{method: post, pattern: pathUser + "/credentials/change_recovery_question", scope: "okta.users.manage", need: manageCredentials, handler: (*call).changeRecoveryQuestion},
	{method: post, pattern: pathUser + "/credentials/forgot_password", scope: "okta.users.manage", need: manageCredentials, handler: (*call).forgotPassword},
	{method: post, pattern: pathUser + "/credentials/forgot_password_recovery_question", scope: "okta.users.manage", need: manageCredentials, handler: (*call).forgotPasswordByQuestion},
	{method: get, pattern: pathFactors, scope: "okta.users.read", need: readUsers, handler: (*call).listFactors},
	{method: post, pattern: pathFactors, scope: "okta.users.manage", need: manageUsers, handler: (*call).enrollFactor},
	{method: get, pattern: pathFactors + "/catalog", scope: "okta.users.read", need: readUsers, handler: (*call).listSupportedFactors},
	{method: get, pattern: pathFactors + "/questions", need: readUsers, handler: (*call).listQuestions},
	{method: get, pattern: pathFactors + "/{factor}", scope: "okta.users.read", need: readUsers, handler: (*call).getFactor},
	{method: put, pattern: pathFactors + "/{factor}", scope: "okta.users.manage", need: manageUsers, handler: (*call).replaceFactor},
	{method: del, pattern: pathFactors + "/{factor}", scope: "okta.users.manage", need: resetFactors, handler: (*call).deleteFactor},
}

var consentRoutes = []route{
	{method: get, pattern: pathUser + "/grants", scope: "okta.users.read", need: readUsers, handler: (*call).listUserGrants},
	{method: del, pattern: pathUser + "/grants", scope: "okta.users.manage", need: manageUsers, handler: (*call).revokeUserGrants},
	{method: get, pattern: pathUser + "/grants/{grant}", scope: "okta.users.read", need: readUsers, handler: (*call).getUserGrant},
	{method: del, pattern: pathUser + "/grants/{grant}", scope: "okta.users.manage", need: manageUsers, handler: (*call).revokeUserGrant},
	{method: get, pattern: pathUser + "/clients", scope: "okta.users.read", need: readUsers, handler: (*call).listUserClients},
	{method: get, pattern: pathUserClient + "/grants", scope: "okta.users.read", need: readUsers, handler: (*call).listUserGrants},
	{method: del, pattern: pathUserClient + "/grants", scope: "okta.users.manage", need: manageUsers, handler: (*call).revokeUserGrants},
	{method: get, pattern: pathUserClient + "/tokens", scope: "okta.users.read", need: readUsers, handler: (*call).listRefreshTokens},
	{method: del, pattern: pathUserClient + "/tokens", scope: "okta.users.manage", need: manageUsers, handler: (*call).revokeRefreshTokens},
	{method: get, pattern: pathUserClient + "/tokens/{token}", scope: "okta.users.read", need: readUsers, handler: (*call).getRefreshToken},
	{method: del, pattern: pathUserClient + "/tokens/{token}", scope: "okta.users.manage", need: manageUsers, handler: (*call).revokeRefreshToken},
}

var logRoutes = []route{
	{method: get, pattern: "/api/v1/logs", scope: "okta.logs.read", need: readLogs, handler: (*call).listLogs},
}

var orgRoutes = []route{
	{method: get, pattern: "/api/v1/org", scope: "okta.orgs.read", need: readOrg, handler: (*call).getOrg},
	{method: get, pattern: pathPrivileges, scope: "okta.orgs.read", need: readOrg, handler: (*call).getPrivileges},
	{method: put, pattern: pathPrivileges, scope: "okta.orgs.manage", need: superAdmin, handler: (*call).setPrivileges},
}
