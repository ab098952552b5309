package oktatest

const (
	pathBrands  = "/api/v1/brands"
	pathPools   = "/api/v1/agentPools"
	pathBundles = "/api/v1/iam/governance/bundles"
)

// extendedKinds are what only some orgs have, or few programs read.
var extendedKinds = []assetKind{
	{path: "/api/v1/realm-assignments/operations", scope: "okta.realmAssignments.read", need: readRealms, query: "limit after",
		limit: 20, most: 200, prefix: "rre", class: "RealmAssignmentOperation", feature: "realms", event: "directory.realm_assignment.update"},
	{path: "/api/v1/realm-assignments", one: "{assignmentId}", scope: "okta.realmAssignments.read", need: readRealms, query: "limit after",
		limit: 20, most: 200, prefix: "rma", class: "RealmAssignment", feature: "realms", links: "self", event: "directory.realm_assignment.update"},
	{path: pathBrands, one: "{brandId}", scope: "okta.brands.read", need: readSettings, query: "after limit q", lacks: "expand",
		limit: 20, most: 200, prefix: "bnd", class: "Brand", links: "self:GET,PUT,DELETE themes:GET domains:GET",
		event: "system.brand.create system.brand.update system.brand.delete"},
	{path: pathBrands + "/{brandId}/themes", one: "{themeId}", scope: "okta.brands.read", need: readSettings,
		prefix: "thd", class: "Theme", links: "self:GET,PUT", event: "system.theme.update"},
	{path: pathBrands + "/{brandId}/domains", scope: "okta.brands.read", need: readSettings, array: "domains", prefix: "OcD", class: "Domain", event: "system.custom_url_domain.update"},
	{path: "/api/v1/email-domains", one: "{emailDomainId}", scope: "okta.emailDomains.read", need: readSettings, lacks: "expand",
		prefix: "OeD", class: "EmailDomain", event: "system.email_domain.create system.email_domain.update system.email_domain.delete"},
	{path: "/api/v1/email-servers", one: "{emailServerId}", scope: "okta.emailServers.read", need: readSettings, array: "email-servers",
		prefix: "ces", class: "EmailServer", event: "system.custom_email_server.lifecycle.create system.custom_email_server.lifecycle.update system.custom_email_server.lifecycle.delete"},
	{path: pathPools, scope: "okta.agentPools.read", need: readSettings, query: "limitPerPoolType poolType=type after",
		prefix: "0oa", class: "AppInstance", event: "system.agent.ad.create system.agent.ad.update system.agent.ad.delete", target: "AgentPool"},
	{path: pathPools + "/{poolId}/updates/settings", scope: "okta.agentPools.read", need: readSettings, array: single, event: "system.agent_pools.auto_update"},
	{path: pathPools + "/{poolId}/updates", one: "{updateId}", scope: "okta.agentPools.read", need: readSettings, lacks: "scheduled",
		prefix: "apu", class: "AgentPoolUpdate", event: "system.agent_pools.auto_update"},
	{path: "/api/v1/ssf/stream", scope: "ssf.read", need: readSettings, query: "stream_id", key: "stream_id", prefix: "esc", class: "SSFStream", feature: "ssf",
		event: "security.events.transmitter.create security.events.transmitter.update security.events.transmitter.delete"},
	{path: "/api/v1/security-events-providers", one: "{securityEventProviderId}", scope: "okta.securityEventsProviders.read", need: readSettings,
		prefix: "sse", class: "SecurityEventsProvider", links: "self:GET,PUT,DELETE lifecycle", feature: "security-events-providers",
		event: "security.events.provider.create security.events.provider.update security.events.provider.delete"},
	{path: "/api/v1/device-assurances", one: "{deviceAssuranceId}", scope: "okta.deviceAssurance.read", need: readPolicies,
		prefix: "dae", class: "DeviceAssuranceRuleManagerImpl", links: "self:GET,PUT,DELETE", feature: "device-assurance",
		event: "device.assurance.policy.add device.assurance.policy.update device.assurance.policy.delete", target: "DeviceAssurancePolicy"},
	{path: "/api/v1/device-posture-checks/default", scope: "okta.devicePostureChecks.read", need: readPolicies,
		prefix: "dch", class: "DevicePostureCheck", feature: "device-posture-checks", event: "device.posture.check.update"},
	{path: "/api/v1/device-posture-checks", one: "{postureCheckId}", scope: "okta.devicePostureChecks.read", need: readPolicies,
		prefix: "dch", class: "DevicePostureCheck", links: "self:GET,PUT,DELETE", feature: "device-posture-checks",
		event: "device.posture.check.add device.posture.check.update device.posture.check.delete"},
	{path: "/api/v1/device-integrations", one: "{deviceIntegrationId}", scope: "okta.deviceIntegrations.read", need: readPolicies,
		class: "DeviceIntegration", links: "self:GET lifecycle", feature: "device-integrations", event: "device.integration.endpoint_security.activate"},
	{path: "/api/v1/captchas", one: "{captchaId}", scope: "okta.captchas.read", need: readSettings,
		prefix: "cap", class: "Captcha", links: "self:GET,POST,PUT,DELETE", feature: "captchas", event: "system.captcha.create system.captcha.update system.captcha.delete"},
	{path: "/api/v1/push-providers", one: "{pushProviderId}", scope: "okta.pushProviders.read", need: readSettings, query: "type=providerType",
		prefix: "ppc", class: "PushProvider", links: "self:DELETE,GET,PUT", event: "device.push.provider.create device.push.provider.update device.push.provider.delete"},
	{path: "/api/v1/iam/governance/optIn", scope: "okta.roles.read", need: readRoles, array: single, feature: "governance", event: "iam.governance.opt_in"},
	{path: pathBundles, one: "{bundleId}", scope: "okta.roles.read", need: readRoles, query: "after limit",
		limit: 20, most: 200, array: "bundles", prefix: "0bb", class: "GovernanceBundle", feature: "governance", event: "iam.governance.bundle.update"},
	{path: pathBundles + "/{bundleId}/entitlements", scope: "okta.roles.read", need: readRoles, query: "after limit",
		limit: 20, most: 200, array: "entitlements", prefix: "esp", class: "BundleEntitlement", feature: "governance", event: "iam.governance.bundle.update"},
	{path: pathBundles + "/{bundleId}/entitlements/{entitlementId}/values", scope: "okta.roles.read", need: readRoles, query: "after limit",
		limit: 20, most: 200, array: "entitlementValues", prefix: "ent", class: "EntitlementValue", feature: "governance", event: "iam.governance.bundle.update"},
	{path: "/workload-principals/api/v1/ai-agents", one: "{agentId}", scope: scopeAIAgents, need: superAdmin, query: "filter after limit", lacks: "orderBy sortOrder",
		limit: 20, most: 200, array: "data", prefix: "wlp", class: "AIAgent", feature: featureAIAgents, links: "self:GET,PATCH,PUT,DELETE",
		event: "workload_principal.ai_agent.register workload_principal.ai_agent.update workload_principal.ai_agent.delete"},
}

const (
	featureAIAgents = "ai-agents"
	scopeAIAgents   = "okta.aiAgents.read"
)
