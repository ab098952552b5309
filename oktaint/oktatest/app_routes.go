package oktatest

var appRoutes = []route{
	{method: get, pattern: pathApps, scope: "okta.apps.read", need: readApps, flags: emptyList, query: "q after limit filter expand includeNonDeleted", lacks: "useOptimization alwaysIncludeVpnSettings", handler: (*call).listApps},
	{method: post, pattern: pathApps, scope: "okta.apps.manage", need: manageApps, query: "activate", body: appMembers, handler: (*call).createApp},
	{method: get, pattern: pathApp, scope: "okta.apps.read", need: readApps, query: "expand", handler: (*call).getApp},
	{method: put, pattern: pathApp, scope: "okta.apps.manage", need: manageApps, body: appMembers, handler: (*call).replaceApp},
	{method: del, pattern: pathApp, scope: "okta.apps.manage", need: manageApps, handler: (*call).deleteApp},
	{method: post, pattern: pathApp + "/lifecycle/activate", scope: "okta.apps.manage", need: manageApps, handler: (*call).activateApp},
	{method: post, pattern: pathApp + "/lifecycle/deactivate", scope: "okta.apps.manage", need: manageApps, handler: (*call).deactivateApp},
}

var keyRoutes = []route{
	{method: get, pattern: pathKeys, scope: "okta.apps.read", need: readApps, handler: (*call).listKeys},
	{method: post, pattern: pathKeys, scope: "okta.apps.manage", need: manageApps, body: keyMembers, handler: (*call).addKey},
	{method: get, pattern: pathKeys + "/{key}", scope: "okta.apps.read", need: readApps, handler: (*call).getKey},
	{method: post, pattern: pathKeys + "/{key}/lifecycle/activate", scope: "okta.apps.manage", need: manageApps, handler: (*call).activateKey},
	{method: post, pattern: pathKeys + "/{key}/lifecycle/deactivate", scope: "okta.apps.manage", need: manageApps, handler: (*call).deactivateKey},
	{method: del, pattern: pathKeys + "/{key}", scope: "okta.apps.manage", need: manageApps, handler: (*call).deleteKey},
}

var appSecretRoutes = []route{
	{method: get, pattern: pathAppSecrets, scope: "okta.apps.read", need: readApps, handler: (*call).listAppSecrets},
	{method: post, pattern: pathAppSecrets, scope: "okta.apps.manage", need: manageApps, body: "client_secret status", handler: (*call).addAppSecret},
	{method: get, pattern: pathAppSecrets + "/{secret}", scope: "okta.apps.read", need: readApps, handler: (*call).getAppSecret},
	{method: post, pattern: pathAppSecrets + "/{secret}/lifecycle/activate", scope: "okta.apps.manage", need: manageApps, handler: (*call).activateAppSecret},
	{method: post, pattern: pathAppSecrets + "/{secret}/lifecycle/deactivate", scope: "okta.apps.manage", need: manageApps, handler: (*call).deactivateAppSecret},
	{method: del, pattern: pathAppSecrets + "/{secret}", scope: "okta.apps.manage", need: manageApps, handler: (*call).deleteAppSecret},
}

var grantRoutes = []route{
	{method: get, pattern: pathGrants, scope: "okta.appGrants.read", need: superAdmin, query: "expand", handler: (*call).listGrants},
	{method: post, pattern: pathGrants, scope: "okta.appGrants.manage", need: superAdmin, body: grantMembers, handler: (*call).createGrant},
	{method: get, pattern: pathGrants + "/{grant}", scope: "okta.appGrants.read", need: superAdmin, query: "expand", handler: (*call).getGrant},
	{method: del, pattern: pathGrants + "/{grant}", scope: "okta.appGrants.manage", need: superAdmin, handler: (*call).revokeGrant},
}

var serviceRoutes = []route{
	{method: get, pattern: pathServices, scope: "okta.oauthIntegrations.read", need: readApps, query: "after", handler: (*call).listServices},
	{method: post, pattern: pathServices, scope: "okta.oauthIntegrations.manage", need: superAdmin, body: "type grantedScopes properties{*}", handler: (*call).installService},
	{method: get, pattern: pathServices + "/{service}", scope: "okta.oauthIntegrations.read", need: readApps, handler: (*call).getService},
	{method: del, pattern: pathServices + "/{service}", scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).removeService},
	{method: get, pattern: pathSvcSecrets, scope: "okta.oauthIntegrations.read", need: readApps, handler: (*call).listServiceSecrets},
	{method: post, pattern: pathSvcSecrets, scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).addServiceSecret},
	{method: post, pattern: pathSvcSecrets + "/{secret}/lifecycle/activate", scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).activateServiceSecret},
	{method: post, pattern: pathSvcSecrets + "/{secret}/lifecycle/deactivate", scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).deactivateServiceSecret},
	{method: del, pattern: pathSvcSecrets + "/{secret}", scope: "okta.oauthIntegrations.manage", need: superAdmin, handler: (*call).deleteServiceSecret},
}

// What a request may say of an app, its keys and its grants. What the org alone
// sets is accepted and ignored, so that a client can send back what it got.
const (
	keyMembers = "kty kid use alg status n e crv x y " + privateKeyMembers
	appMembers = "name label signOnMode profile{*} accessibility{selfService errorRedirectUrl loginRedirectUrl} " +
		"visibility{autoLaunch autoSubmitToolbar hide{iOS web} appLinks{*}} licensing{seatCount} " +
		"credentials{userNameTemplate{template type pushStatus userSuffix} oauthClient{" + clientCredentialMembers + "} signing{" + signingMembers + "} " +
		"scheme revealPassword userName password{" + passwordMembers + "}} " +
		"settings{app{*} manualProvisioning implicitAssignment emOptInStatus identityStoreId inlineHookId notes{admin enduser} " +
		"notifications{vpn{network{connection include exclude} message helpUrl}} oauthClient{" + clientMembers + "}} " +
		"id orn status created lastUpdated features universalLogout{*} expressConfiguration{*} _links{*} _embedded{*}"
	grantMembers = "scopeId issuer id status source clientId userId created createdBy{*} lastUpdated _links{*} _embedded{*}"

	clientCredentialMembers = "client_id client_secret token_endpoint_auth_method autoKeyRotation pkce_required"
	signingMembers          = "kid use rotationMode lastRotated nextRotation"
	clientMembers           = "application_type grant_types response_types redirect_uris post_logout_redirect_uris client_uri logo_uri " +
		"policy_uri tos_uri initiate_login_uri sector_identifier_uri consent_method issuer_mode subject_type wildcard_redirect " +
		"participate_slo frontchannel_logout_uri frontchannel_logout_session_required idp_initiated_login{mode default_scope} " +
		"refresh_token{rotation_type leeway} dpop_bound_access_tokens network{connection include exclude} " +
		"request_object_signing_alg id_token_encrypted_response_alg backchannel_authentication_request_signing_alg " +
		"backchannel_custom_authenticator_id backchannel_token_delivery_mode " +
		"jwks_uri jwks{keys{" + keyMembers + " id created lastUpdated _links{*}}}"

	// privateKeyMembers are the members of a private key, which is refused for what
	// it is, not for an unknown member.
	privateKeyMembers = "d p q dp dq qi oth k"
)
