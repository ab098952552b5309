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
		assignRoutes,
		appPartRoutes,
		ruleRoutes,
		groupRoutes,
		adminRoutes,
		subscriptionRoutes,
		belongingRoutes,
		targetRoutes(pathRoles),
		targetRoutes(pathUserRoles),
		targetRoutes(pathGroupRoles),
		logRoutes,
		orgRoutes,
		linkedRoutes,
		policyAppRoutes,
		idpLinkRoutes,
		deviceRoutes,
		logoutRoutes,
		assetRoutes(),
	)
	for i := range rows {
		rows[i].elems = elemsOf(rows[i].pattern)
		rows[i].members = parseMembers(rows[i].body)
	}
	return rows
}

var logRoutes = []route{
	{method: get, pattern: "/api/v1/logs", scope: "okta.logs.read", need: readLogs, query: "since until after filter q limit sortOrder", handler: (*call).listLogs},
}

// policyAppRoutes show what the table of assets does not: apps.
var policyAppRoutes = []route{
	{method: get, pattern: pathPolicies + "/{policyId}/app", scope: "okta.policies.read", need: readPolicies, query: "limit after", handler: (*call).listPolicyApps},
	{method: get, pattern: "/api/v1/meta/schemas/apps/{appId}/default", scope: "okta.schemas.read", need: readAppSchemas, handler: (*call).getSchemaOfApp},
}

var orgRoutes = []route{
	{method: get, pattern: "/api/v1/org", scope: "okta.orgs.read", need: readOrg, handler: (*call).getOrg},
	{method: get, pattern: pathPrivileges, scope: "okta.orgs.read", need: readOrg, handler: (*call).getPrivileges},
	{method: put, pattern: pathPrivileges, scope: "okta.orgs.manage", need: superAdmin, body: "clientPrivilegesSetting", handler: (*call).setPrivileges},
}
