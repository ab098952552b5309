package scopes

// Visibility reads all assets, privileges and activities that every org has: 26
// scopes.
var Visibility = New(
	APITokensRead, AppGrantsRead, AppsRead, AuthenticatorsRead, AuthorizationServersRead, BehaviorsRead, ClientsRead,
	DevicesRead, DomainsRead, EventHooksRead, FeaturesRead, GroupsRead, IdPsRead, InlineHooksRead, LogStreamsRead,
	LogsRead, NetworkZonesRead, OAuthIntegrationsRead, OrgsRead, PoliciesRead, RolesRead, SchemasRead,
	ThreatInsightsRead, TrustedOriginsRead, UserTypesRead, UsersRead,
)

// VisibilityExtended reads resources that only some orgs have, or that few programs
// need. Ask for it as well as for [Visibility].
var VisibilityExtended = New(
	AgentPoolsRead, BrandsRead, CAPTCHAsRead, DeviceAssuranceRead, DeviceIntegrationsRead, DevicePostureChecksRead,
	EmailDomainsRead, EmailServersRead, LinkedObjectsRead, PrincipalRateLimitsRead, ProfileMappingsRead, RateLimitsRead,
	RealmAssignmentsRead, RealmsRead, SSFRead, SecurityEventsProvidersRead, UserRiskRead,
)

// Remediation acts on users and groups. Only the users and groups that the
// app's admin roles reach can be acted on.
var Remediation = New(UsersManage, GroupsManage)
