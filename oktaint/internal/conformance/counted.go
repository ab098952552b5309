package conformance

import "regexp"

// counted matches the operations that the simulated org serves and that a
// replay counts. A part of the org that is added later adds its operations
// here.
var counted = regexp.MustCompile(`^(?:` +
	`GET /\.well-known/okta-organization|` +
	`POST /oauth2/v1/token|` +
	`(?:GET|POST) /api/v1/apps|` +
	`(?:GET|PUT|DELETE) /api/v1/apps/\{appId\}|` +
	`POST /api/v1/apps/\{appId\}/lifecycle/(?:activate|deactivate)|` +
	`[A-Z]+ /api/v1/apps/\{appId\}/credentials/(?:jwks|secrets)(?:/.*)?|` +
	`[A-Z]+ /api/v1/apps/\{appId\}/grants(?:/\{grantId\})?|` +
	`[A-Z]+ /oauth2/v1/clients/\{clientId\}/roles(?:/\{roleId\})?|` +
	`[A-Z]+ /integrations/api/v1/api-services(?:/.*)?|` +
	`[A-Z]+ /api/v1/api-tokens(?:/.*)?|` +
	`[A-Z]+ /api/v1/iam/(?:roles|resource-sets)(?:/.*)?|` +
	`GET /api/v1/users/me|` +
	`(?:GET|POST) /api/v1/users|` +
	`(?:GET|POST|PUT|DELETE) /api/v1/users/\{userId\}|` +
	`POST /api/v1/users/\{userId\}/(?:lifecycle|credentials)/.*|` +
	`[A-Z]+ /api/v1/users/\{userId\}/factors(?:/\{factorId\})?|` +
	`[A-Z]+ /api/v1/users/\{userId\}/(?:groups|blocks|sessions|clients|grants|devices|idps|risk|classification|subscriptions|authenticator-enrollments)(?:/.*)?|` +
	`[A-Z]+ /api/v1/apps/\{appId\}/(?:users|groups|tokens|features)(?:/.*)?|` +
	`GET /api/v1/apps/\{appId\}/credentials/keys|` +
	`GET /api/v1/groups/\{groupId\}/apps|` +
	`[A-Z]+ /api/v1/users/\{userId\}/roles(?:/.*)?|` +
	`GET /api/v1/iam/assignees/users|` +
	`(?:GET|POST) /api/v1/groups|` +
	`[A-Z]+ /api/v1/groups/rules(?:/.*)?|` +
	`[A-Z]+ /api/v1/groups/\{groupId\}/(?:users|owners|roles)(?:/.*)?|` +
	`(?:GET|PUT|DELETE) /api/v1/groups/\{groupId\}|` +
	`GET /api/v1/(?:policies|authorizationServers|meta/schemas|meta/types/user|rate-limit-settings|principal-rate-limits|features)(?:/.*)?|` +
	`GET /api/v1/(?:agentPools/\{poolId\}|captchas|device-assurances|device-posture-checks|eventHooks|logStreams|mappings|realms|trustedOrigins|meta/uischemas|domains|behaviors)(?:/.*)?|` +
	`GET /api/v1/brands/default` +
	`)$`)

func (e exchange) counted() bool { return counted.MatchString(e.operation()) }
