// Package oktatest simulates an Okta org, for tests and examples that need no
// tenant.
//
//	func TestApps(t *testing.T) {
//		org := oktatest.New(t, oktatest.Config{})
//		client := &http.Client{Transport: org.Transport()}
//		req, _ := http.NewRequest("GET", org.URL()+"/api/v1/apps", nil)
//		req.Header.Set("Authorization", "SSWS "+org.APIToken())
//		resp, err := client.Do(req)
//		...
//	}
//
// [New] serves the org over in-memory pipes, so that a test needs no socket
// and may run in a [testing/synctest] bubble, where a minute of rate limiting
// takes no time. [Serve] serves it over TLS on a loopback address, with a
// certificate authority of its own. An [Org] is an http.Handler too.
//
// An org always has its owner, a Super Admin with an API token, and the group
// Everyone. It is strict where Okta is strict: the checks of the token
// endpoint, scopes, admin roles, media types, missing lengths, rate limits and
// paging. It can be told to fail: see [Org.AddFault]. What it was asked is in
// [Org.Requests], what it has become in [Org.State]; neither holds a secret.
//
// The package shares no code with the packages it tests but the names of
// scopes.
//
// # Choices
//
// Its answers follow recorded exchanges with real orgs, then Okta's
// specification and documentation. Where none of them says what Okta does,
// this is what the org does.
//
// Apps:
//   - An app's path takes the app's id, not its client_id.
//   - Activating an active app or deactivating an inactive one is 200 and
//     changes nothing.
//   - The names oidc_client, bookmark and template_swa exist; any other is
//     501 E0000060.
//   - A second client with a client_id in use is refused, as is an app that
//     asks for both jwks and jwks_uri, or a service app without the grant type
//     client_credentials. A replacement that changes name, client_id or
//     application_type is refused.
//   - Keys in the body of an app are checked as the endpoint of keys does. A
//     replacement keeps the id of a key whose kid it names.
//   - A token issued before its app was deactivated or deleted works until it
//     expires; the roles go with the app.
//
// Keys and secrets:
//   - The list of keys is an array, as the specification's schema says.
//   - The curves are P-256, P-384 and P-521. A JWK with parts of a private key
//     is refused. An EC key without crv is stored, as recorded; the length of
//     its x names the curve.
//   - jwks_uri is never fetched: a token request fails with Okta's error of an
//     unreachable one.
//   - A change of keys by who is not a Super Admin is refused once the app has
//     grants.
//
// Grants:
//   - A grant that exists already is 400 E0000001 on scopeId; a scope that is
//     not in the catalogue and an issuer that is not the org's URL are
//     400 E0000001, too.
//   - Grants of a client_id chosen by an administrator outlive the app; those
//     of a generated one go with it.
//   - okta.users.manage granted does not let a token request ask for
//     okta.users.read.
//
// Roles:
//   - The matrix is small. SUPER_ADMIN may everything. READ_ONLY_ADMIN and
//     ORG_ADMIN read all there is; ORG_ADMIN also manages groups. APP_ADMIN
//     and API_ACCESS_MANAGEMENT_ADMIN read users and groups and manage apps.
//     USER_ADMIN, GROUP_MEMBERSHIP_ADMIN, HELP_DESK_ADMIN and MOBILE_ADMIN
//     read users and groups, and USER_ADMIN manages groups. REPORT_ADMIN reads
//     the System Log. Grants, roles, integrations, API tokens and the
//     privileges setting are changed by SUPER_ADMIN only. Reading a role
//     assignment needs a role that reads all, even for one's own.
//   - The assignment of a standard role whose id was not recorded gets one
//     that begins with ra1.
//   - The privileges setting makes a service app a Super Admin with its first
//     grant, once.
//
// Custom roles, resource sets and bindings:
//   - They are changed by SUPER_ADMIN only and read by who reads roles.
//   - The label of another role or set, a permission or a resource that does
//     not exist, and a second binding of a role to a set are 400 E0000001.
//     A binding needs a member; one who is a member already is one still.
//   - A role that is bound and a set that has bindings are not deleted, which
//     is 400 E0000001. A binding that lost its members stays.
//   - A role assigned to a client is a member of the binding, which is made if
//     there is none; 409 E0000090 if the client is one.
//   - A permission counts only where the set holds all of its kind:
//     /api/v1/users, /api/v1/groups or /api/v1/apps. Single resources are kept
//     and open nothing, conditions restrict nothing, an ORN is not checked.
//   - okta.users.read and okta.users.manage read users, okta.groups.read and
//     okta.groups.manage read groups, okta.apps.read and okta.apps.manage read
//     apps, okta.users.apitokens.read and okta.users.apitokens.manage, over
//     users, API tokens. okta.groups.create and okta.groups.manage make
//     groups, okta.groups.manage changes and deletes them, okta.apps.manage
//     does so with apps. okta.iam.read, over any set, reads roles. No
//     permission reads the System Log or the org.
//   - A permission that a role has already can be added again.
//   - Links of roles point to the Admin Console's host, as recorded, where the
//     org is under a domain of Okta's; the org does not answer there.
//
// Tokens:
//   - Several client credentials are 400 invalid_request, as the specification
//     says; the error catalogue says 401. A repeated parameter is, too.
//   - A scope that ends in .self is 400 invalid_scope.
//   - An assertion is used up once it was accepted, also when the request then
//     fails. An assertion for the revocation endpoint names that one.
//   - GET /api/v1/users/me with an access token is 404: it belongs to no user.
//   - An expired access token is refused as invalid.
//   - An API token used from outside its network zones is 401 E0000011.
//
// DPoP:
//   - A client that need not send a proof and does gets a bound token, as
//     RFC 9449 says.
//   - The checks of a proof come in the order of the documented errors; a key
//     with which the client authenticates is "Invalid DPoP Public Key binding".
//   - A proof that is refused for its nonce needs no jti; one that it has is
//     used up, as is the client assertion. Other refused proofs are not.
//   - The nonces are one set for tokens and the API. An answer to a proof that
//     needed a nonce has dpop-nonce. The API's own use_dpop_nonce, off unless
//     configured, is 401.
//   - insufficient_scope names the scheme of the token.
//
// Integrations:
//   - The store has every type, with any scopes; [Org.AddIntegration] fixes the
//     scopes of one, and then others, more or fewer, are 400 E0000001.
//   - A type can be installed more than once.
//   - The limit of secrets and the refusals are those of an app's.
//   - The removal revokes the access tokens with the scopes. A token issued for
//     a secret outlives the secret.
//
// Lists:
//   - A limit that is too high or no number is 400 E0000001; a filter that
//     cannot be read is 400 E0000031, in the System Log 400 E0000053.
//   - The list of groups has the Link header of the other lists.
//   - DESCENDING without until is a bounded query of the System Log.
//
// Messages:
//   - Characters of four bytes are 400 E0000003. A POST or PUT without a body
//     and without Content-Length is 411 and an empty body, checked for requests
//     read off a wire.
//   - A path that does not exist is 404 before the credential is looked at. No
//     credential is 403 E0000005, as recorded.
//   - A request with a bad credential counts against no rate limit. When the
//     whole org has used up a bucket, Remaining is 0 for everybody.
//   - The reset of a concurrency 429 is two minutes ahead.
package oktatest
