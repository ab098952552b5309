package oktatest

// directoryKinds describe users and what is linked to them.
var directoryKinds = []assetKind{
	{path: pathUserTypes, one: "{typeId}", scope: "okta.userTypes.read", need: readSettings,
		prefix: "oty", class: "UserType", event: "directory.non_default_user_profile.create directory.user_profile.update directory.user_profile.delete"},
	{path: "/api/v1/meta/schemas/user/linkedObjects", one: "{linkedObjectName}", scope: "okta.linkedObjects.read", need: readSchemas,
		key: "primary.name", class: "LinkedObjectDefinition", links: "self", event: "directory.linked_object.create directory.linked_object.create directory.linked_object.delete"},
	{path: pathUserSchemas, scope: "okta.schemas.read", need: readSchemas, array: single, class: "UserSchema", event: "directory.user_profile.update"},
	{path: "/api/v1/meta/schemas/group/default", scope: "okta.schemas.read", need: readSchemas, array: single, event: "directory.group_profile.update"},
	{path: "/api/v1/meta/schemas/logStream", one: "{logStreamType}", scope: "okta.logStreams.read", need: superAdmin,
		class: "LogStreamSchema", feature: "log-streams"},
	{path: "/api/v1/mappings", one: "{mappingId}", scope: "okta.profileMappings.read", need: readSettings, query: "after limit sourceId=source.id targetId=target.id",
		limit: 20, most: 200, prefix: "prm", class: "ProfileMapping", links: "self", event: "directory.mapping.update"},
	{path: "/api/v1/meta/uischemas", one: "{id}", scope: "okta.uischemas.read", need: readSettings,
		prefix: "uis", class: "UISchemaEntity", links: "self:GET,PUT,DELETE", feature: "uischemas", event: "directory.ui_schema.update"},
}

// settingKinds are the settings of the org, its domains and features.
var settingKinds = []assetKind{
	{path: "/api/v1/org/contacts", scope: "okta.orgs.read", need: readOrg, event: "org.contact.update"},
	{path: "/api/v1/org/contacts/{contactType}", scope: "okta.orgs.read", need: readOrg, array: single, class: "OrgContact", event: "org.contact.update"},
	{path: "/api/v1/org/preferences", scope: "okta.orgs.read", need: readOrg, array: single, links: "hideEndUserFooter:POST", event: "org.preferences.update"},
	{path: "/api/v1/org/privacy/oktaSupport", scope: "okta.orgs.read", need: superAdmin, array: single,
		links: "cases:GET", event: "user.session.impersonation.grant"},
	{path: "/api/v1/org/privacy/oktaSupport/cases", scope: "okta.orgs.read", need: superAdmin, array: single, event: "user.session.impersonation.grant"},
	{path: "/api/v1/org/privacy/oktaCommunication", scope: "okta.orgs.read", need: readOrg, array: single, links: "optIn:POST", event: "org.privacy.update"},
	{path: "/api/v1/org/privacy/aerial", scope: "okta.orgs.manage", need: superAdmin, array: single, feature: "aerial", event: "org.privacy.update"},
	{path: "/api/v1/org/settings/autoAssignAdminAppSetting", scope: "okta.orgs.read", need: readOrg, array: single, event: "org.settings.update"},
	{path: "/api/v1/org/orgSettings/thirdPartyAdminSetting", scope: "okta.orgs.read", need: readOrg, array: single, event: "org.settings.update"},
	{path: "/api/v1/org/factors/yubikey_token/tokens", one: "{tokenId}", scope: "okta.users.read", need: readUsers, query: "after filter limit", lacks: "expand forDownload sortBy sortOrder",
		limit: 20, most: 200, prefix: "ykk", class: "YubikeyToken", links: "self:GET,DELETE", event: "system.mfa.factor.yubikey.update"},
	{path: "/api/v1/org/captcha", scope: "okta.captchas.read", need: readSettings, array: single, feature: "captchas", event: "system.captcha.update"},
	{path: "/api/v1/first-party-app-settings/{appName}", scope: "okta.apps.read", need: superAdmin, array: single, class: "AppInstance", event: "application.lifecycle.update"},
	{path: "/api/v1/domains", one: "{domainId}", scope: "okta.domains.read", need: readSettings, array: "domains",
		prefix: "OcD", class: "Domain", links: "self:GET,PUT,DELETE", event: "system.custom_url_domain.initiate system.custom_url_domain.update system.custom_url_domain.delete"},
	{path: "/api/v1/features", one: "{featureId}", scope: "okta.features.read", need: readSettings,
		prefix: "ftr", class: "Feature", links: "self dependents dependencies", event: "system.feature.enable system.feature.enable system.feature.disable"},
	{path: "/api/v1/features/{featureId}/dependencies", scope: "okta.features.read", need: readSettings, class: "Feature", event: "system.feature.enable"},
	{path: "/api/v1/features/{featureId}/dependents", scope: "okta.features.read", need: readSettings, class: "Feature", event: "system.feature.enable"},
	{path: "/api/v1/rate-limit-settings/admin-notifications", scope: "okta.rateLimits.read", need: readSettings, array: single, event: "system.rate_limit.configuration.update"},
	{path: "/api/v1/rate-limit-settings/per-client", scope: "okta.rateLimits.read", need: readSettings, array: single, event: "system.rate_limit.configuration.update"},
	{path: "/api/v1/rate-limit-settings/warning-threshold", scope: "okta.rateLimits.read", need: readSettings, array: single, event: "system.rate_limit.configuration.update"},
	{path: "/api/v1/principal-rate-limits", one: "{principalRateLimitId}", scope: "okta.principalRateLimits.read", need: readSettings, query: "filter! after limit",
		limit: 20, most: 50, quiet: true, prefix: "prl", class: "PrincipalRateLimitEntity", event: "system.rate_limit.configuration.update"},
}
