package oktatest

var userRoutes = []route{
	{method: get, pattern: pathUsers + "/me", scope: "okta.users.read", need: anyone, lacks: "expand", handler: (*call).currentUser},
	{method: get, pattern: pathUsers, scope: "okta.users.read", need: readUsers, flags: emptyList, query: "search filter q after limit sortBy sortOrder", lacks: "fields expand", handler: (*call).listUsers},
	{method: post, pattern: pathUsers, scope: "okta.users.manage", need: createUsers, query: "activate provider nextLogin", body: newUserMembers, handler: (*call).createUser},
	{method: get, pattern: pathUser, scope: "okta.users.read", need: readUsers, lacks: "expand", handler: (*call).getUser},
	{method: post, pattern: pathUser, scope: "okta.users.manage", need: changeUsers, lacks: "strict", body: userMembers, handler: (*call).updateUser},
	{method: put, pattern: pathUser, scope: "okta.users.manage", need: changeUsers, lacks: "strict", body: userMembers, handler: (*call).replaceUser},
	{method: del, pattern: pathUser, scope: "okta.users.manage", need: removeUsers, query: "sendEmail", handler: (*call).deleteUser},
	{method: get, pattern: pathUser + "/groups", scope: "okta.users.read", need: readUsers, query: "after limit", handler: (*call).listGroupsOfUser},
	{method: get, pattern: pathUser + "/blocks", scope: "okta.users.read", need: readUsers, handler: (*call).listBlocks},
	{method: del, pattern: pathUser + "/sessions", scope: "okta.users.manage", need: clearSessions, query: "oauthTokens forgetDevices", handler: (*call).clearSessions},
}

var lifecycleRoutes = []route{
	lifecycleRoute("activate", activateUsers, "sendEmail"),
	lifecycleRoute("reactivate", activateUsers, "sendEmail"),
	lifecycleRoute("deactivate", deactivateUsers, "sendEmail"),
	lifecycleRoute("suspend", suspendUsers, ""),
	lifecycleRoute("unsuspend", unsuspendUsers, ""),
	lifecycleRoute("unlock", unlockUsers, ""),
	lifecycleRoute("expire_password", expirePasswords, "tempPassword"),
	lifecycleRoute("expire_password_with_temp_password", expirePasswords, "revokeSessions"),
	lifecycleRoute("reset_password", resetPasswords, "sendEmail revokeSessions"),
	lifecycleRoute("reset_factors", resetFactors, ""),
}

func lifecycleRoute(name string, need permission, query string) route {
	return route{method: post, pattern: pathUser + "/lifecycle/" + name, scope: "okta.users.manage", need: need, query: query, handler: lifecycle(name)}
}

var credentialRoutes = []route{
	{method: post, pattern: pathUser + "/credentials/change_password", scope: "okta.users.manage", need: manageCredentials, lacks: "strict", body: "oldPassword{" + passwordMembers + "} newPassword{" + passwordMembers + "} revokeSessions", handler: (*call).changePassword},
	{method: post, pattern: pathUser + "/credentials/change_recovery_question", scope: "okta.users.manage", need: manageCredentials, body: credentialsMembers, handler: (*call).changeRecoveryQuestion},
	{method: post, pattern: pathUser + "/credentials/forgot_password", scope: "okta.users.manage", need: manageCredentials, query: "sendEmail", body: credentialsMembers, handler: (*call).forgotPassword},
	{method: post, pattern: pathUser + "/credentials/forgot_password_recovery_question", scope: "okta.users.manage", need: manageCredentials, lacks: "sendEmail", body: credentialsMembers, handler: (*call).forgotPasswordByQuestion},
	{method: get, pattern: pathFactors, scope: "okta.users.read", need: readUsers, handler: (*call).listFactors},
	{method: post, pattern: pathFactors, scope: "okta.users.manage", need: manageUsers, query: "activate", lacks: "updatePhone templateId tokenLifetimeSeconds", body: factorMembers, handler: (*call).enrollFactor},
	{method: get, pattern: pathFactors + "/catalog", scope: "okta.users.read", need: readUsers, handler: (*call).listSupportedFactors},
	{method: get, pattern: pathFactors + "/questions", need: readUsers, handler: (*call).listQuestions},
	{method: get, pattern: pathFactors + "/{factor}", scope: "okta.users.read", need: readUsers, handler: (*call).getFactor},
	{method: put, pattern: pathFactors + "/{factor}", scope: "okta.users.manage", need: manageUsers, body: factorMembers, handler: (*call).replaceFactor},
	{method: del, pattern: pathFactors + "/{factor}", scope: "okta.users.manage", need: resetFactors, query: "removeRecoveryEnrollment", handler: (*call).deleteFactor},
}

var consentRoutes = []route{
	{method: get, pattern: pathUser + "/grants", scope: "okta.users.read", need: readUsers, query: "scopeId expand after limit", handler: (*call).listUserGrants},
	{method: del, pattern: pathUser + "/grants", scope: "okta.users.manage", need: manageUsers, handler: (*call).revokeUserGrants},
	{method: get, pattern: pathUser + "/grants/{grant}", scope: "okta.users.read", need: readUsers, query: "expand", handler: (*call).getUserGrant},
	{method: del, pattern: pathUser + "/grants/{grant}", scope: "okta.users.manage", need: manageUsers, handler: (*call).revokeUserGrant},
	{method: get, pattern: pathUser + "/clients", scope: "okta.users.read", need: readUsers, handler: (*call).listUserClients},
	{method: get, pattern: pathUserClient + "/grants", scope: "okta.users.read", need: readUsers, query: "expand after limit", handler: (*call).listUserGrants},
	{method: del, pattern: pathUserClient + "/grants", scope: "okta.users.manage", need: manageUsers, handler: (*call).revokeUserGrants},
	{method: get, pattern: pathUserClient + "/tokens", scope: "okta.users.read", need: readUsers, query: "expand after limit", handler: (*call).listRefreshTokens},
	{method: del, pattern: pathUserClient + "/tokens", scope: "okta.users.manage", need: manageUsers, handler: (*call).revokeRefreshTokens},
	{method: get, pattern: pathUserClient + "/tokens/{token}", scope: "okta.users.read", need: readUsers, query: "expand", handler: (*call).getRefreshToken},
	{method: del, pattern: pathUserClient + "/tokens/{token}", scope: "okta.users.manage", need: manageUsers, handler: (*call).revokeRefreshToken},
}

// What a request may say of a user. What the org alone sets is accepted and
// ignored, so that a client can send back what it got.
const (
	passwordMembers    = "value hash{algorithm digestAlgorithm iterationCount keySize salt saltOrder value workFactor} hook{type}"
	credentialsMembers = "password{" + passwordMembers + "} recovery_question{question answer} provider{type name}"
	newUserMembers     = "profile{*} credentials{" + credentialsMembers + "} realmId type{id} groupIds"
	userMembers        = "profile{*} credentials{" + credentialsMembers + " emails{value status type}} realmId type{id} " +
		"id status created activated statusChanged lastLogin lastUpdated passwordChanged transitioningToStatus _links{*} _embedded{*}"
	factorMembers = "factorType provider profile{question questionText answer phoneNumber phoneExtension email} " +
		"id vendorName status created lastUpdated _links{*} _embedded{*}"
)
