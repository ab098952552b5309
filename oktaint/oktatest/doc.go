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
// Everyone. [Org.AddUser] adds users of every status, [Org.SetUserStatus] and
// [Org.SignIn] let something happen that no request does. It is strict where
// Okta is strict: the checks of the token endpoint, scopes, admin roles, the
// statuses of users, media types, missing lengths, rate limits and paging. It
// can be told to fail: see [Org.AddFault]. What it was asked is in
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
//     ORG_ADMIN read all there is; ORG_ADMIN also manages groups and users.
//     APP_ADMIN and API_ACCESS_MANAGEMENT_ADMIN read users and groups and
//     manage apps. USER_ADMIN, GROUP_MEMBERSHIP_ADMIN, HELP_DESK_ADMIN and
//     MOBILE_ADMIN read users and groups; USER_ADMIN manages both,
//     GROUP_MEMBERSHIP_ADMIN changes the members of groups, HELP_DESK_ADMIN
//     resets and expires passwords, removes factors, unlocks and clears
//     sessions. REPORT_ADMIN reads the System Log. Grants, roles, integrations,
//     API tokens and the privileges setting are changed by SUPER_ADMIN only.
//     Reading a role assignment needs a role that reads all, even for one's own.
//   - Users who hold an admin role, themselves or through a group, and groups
//     that carry one are written to by SUPER_ADMIN only, whatever the write:
//     else 403 E0000006. All may read them.
//   - A role with group targets reaches these groups and the users in them, for
//     writes; it makes no groups and no rules. A group that it is for may get
//     any user. When its last target is deleted it reaches nobody.
//   - USER_ADMIN, HELP_DESK_ADMIN and GROUP_MEMBERSHIP_ADMIN have group targets,
//     APP_ADMIN has apps; others are 400 E0000001, as is the removal of the last
//     target. Repeated changes are 204. App targets are kept and restrict
//     nothing; five names of the catalogue exist.
//   - The roles of a user's groups are in the user's list only; they are changed
//     at the group. They go with the group, as a user's go with the user.
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
//   - A change of members needs okta.groups.members.manage or okta.groups.manage
//     over groups, and okta.users.groupMembership.manage or okta.users.manage
//     over users. okta.groups.manage changes owners and rules, too.
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
// Groups, owners and rules:
//   - To add a member and to remove one who is none is 204 and changes nothing.
//     The members of an APP_GROUP are 501 E0000060, those of a built-in group
//     403 E0000006. An APP_GROUP can be deleted; its profile is 501.
//   - Everyone is a member of Everyone. Deactivated users stay members.
//   - Owners are users and groups that exist, listed by id.
//   - An active rule works when it is activated, when a user is made or changes,
//     and at once after a member is removed. It leaves deactivated users alone,
//     adds no events of its own for what it finds done, and never removes.
//   - A rule's expression is made of user.NAME, texts, numbers, true, false,
//     null, parentheses, == and !=, AND, OR and NOT in any case, &&, || and !,
//     String.startsWith, String.stringContains, String.toLowerCase and
//     String.toUpperCase. Text is compared exactly. What is written well but is
//     none of these makes the rule match nobody; what is not is refused, as
//     recorded.
//   - A rule is changed and deleted while it is not active, else 400 E0000001;
//     so is a name in use, a group that is none of Okta's, and a change of its
//     groups. The deletion is done when 202 is answered. removeUsers ends the
//     memberships that this rule began and nobody ended.
//   - Activating an active rule and deactivating an inactive one is 204; an
//     INVALID one is 400 E0000001.
//   - The System Log's names for the creation, change and deletion of a rule and
//     for owners, group.rule and group.owner, are made up.
//
// Users:
//   - {user} in a path is an id, a login or, if only one user has it, a login up
//     to the @, on /users/{user}, /lifecycle, /groups and /blocks; it is an id
//     elsewhere.
//   - The attributes of a profile are Okta's own and those that a user of
//     [Org.AddUser] had; any other is refused, as recorded. Login and email are
//     addresses. A login in use is 400 E0000001.
//   - A PUT drops the password that it does not name.
//   - The ETag changes with profile, status and credentials only. A wrong
//     If-Match is 412 E0000231.
//   - resetFactors is among the links of every user who is not suspended or
//     deprovisioned, as in the newest recordings.
//   - A new user without a password is PROVISIONED, a federated one ACTIVE.
//   - Activation is allowed from STAGED and DEPROVISIONED, reset_password from
//     ACTIVE, PASSWORD_EXPIRED, LOCKED_OUT and RECOVERY, and not for users of a
//     directory or without a password; sendEmail is required, else 400
//     E0000028. Passwords expire from ACTIVE, of those who have one.
//     reset_factors is allowed in all statuses but STAGED, SUSPENDED and
//     DEPROVISIONED; with no factors it is 200 and does nothing.
//   - A deactivation ends sessions, factors, grants, refresh tokens and API
//     tokens. It leaves password, profile, groups and roles. A suspension ends
//     none of them, but no API token of a user who is not ACTIVE works.
//   - SUSPENDED users can be changed, lose single factors, sessions, grants and
//     tokens; DEPROVISIONED ones only be activated or deleted, and the removal
//     of their sessions, grants and tokens is 204.
//   - A password is set in every status but DEPROVISIONED and has at least 8
//     characters, else 400 E0000001, or 403 E0000080 where the user sets it.
//     PROVISIONED, RECOVERY and PASSWORD_EXPIRED become ACTIVE. Users of
//     ACTIVE_DIRECTORY and LDAP are refused, as are changes of their profile.
//   - A factor of a type that the user has is refused. push or signed_nonce
//     takes all of Okta Verify with it. Factors that are not active cannot be
//     activated: there is nobody who has the code.
//   - The blocks of a user are a feature that the org does not have, which is
//     401 E0000015, as recorded.
//   - The grants and tokens of a client that nobody knows are 404; of any other
//     client their removal is 204, also if there is none.
//   - A role with group targets does not let make users.
//   - okta.users.create makes users; okta.users.userprofile.manage changes
//     profiles; okta.users.lifecycle.X and okta.users.lifecycle.manage allow the
//     operation X, activate also reactivate; okta.users.credentials.X allows
//     resetPassword, resetFactors and expirePassword, and
//     okta.users.credentials.manage all of them and passwords. okta.users.manage
//     allows all that, grants, tokens and the enrollment of factors. A DELETE of
//     a user who is not DEPROVISIONED needs what deactivates.
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
