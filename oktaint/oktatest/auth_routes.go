package oktatest

var discoveryRoutes = []route{
	{method: get, pattern: "/.well-known/okta-organization", flags: public | unlimited, handler: (*call).wellKnownOrg},
	{method: get, pattern: "/.well-known/openid-configuration", flags: public | unlimited, lacks: "client_id", handler: (*call).openIDConfiguration},
	{method: get, pattern: "/.well-known/oauth-authorization-server", flags: public | unlimited, handler: (*call).oauthMetadata},
}

var oauthRoutes = []route{
	{method: post, pattern: "/oauth2/v1/token", flags: public | form, handler: (*call).token},
	{method: post, pattern: "/oauth2/v1/revoke", flags: public | form, handler: (*call).revoke},
}

var tokenRoutes = []route{
	{method: del, pattern: pathTokens + "/current", need: anyone, handler: (*call).revokeCurrentToken},
	{method: get, pattern: pathTokens, scope: "okta.apiTokens.read", need: readTokens, flags: slash, query: "q", handler: (*call).listTokens},
	{method: get, pattern: pathTokens + "/{token}", scope: "okta.apiTokens.read", need: readTokens, handler: (*call).getToken},
	{method: put, pattern: pathTokens + "/{token}", scope: "okta.apiTokens.manage", need: manageTokens, body: "name userId clientName created network{connection include exclude}", handler: (*call).replaceToken},
	{method: del, pattern: pathTokens + "/{token}", scope: "okta.apiTokens.manage", need: clearTokens, handler: (*call).revokeToken},
}
