// Package oktaintegration documents the module: it has no code. The module
// connects a security product to its customers' Okta orgs. Read the packages in
// this order:
//
//   - [github.com/rezonate-io/okta-integration/scopes] names what an app may
//     ask for.
//   - [github.com/rezonate-io/okta-integration/oktaint] turns a credential into
//     authorised, paced and retried requests, and into lists that are complete
//     or say why not. Services that read an org start here.
//   - [github.com/rezonate-io/okta-integration/oktaint/inventory] reads what an
//     org has and who may do what there, keeps it up to date, and says of each
//     resource whether that is all of it.
//   - [github.com/rezonate-io/okta-integration/oktaint/systemlog] follows what
//     happens in an org, and misses nothing.
//   - [github.com/rezonate-io/okta-integration/oauthapp] sets up the OAuth
//     service app in a customer's org and proves that it works.
//     [github.com/rezonate-io/okta-integration/oauthapp/request] builds its raw
//     requests.
//   - [github.com/rezonate-io/okta-integration/oauthapp/integration] looks after a
//     store integration, which the customer installs instead: installs it, rotates
//     its secret, removes it.
//   - [github.com/rezonate-io/okta-integration/remediation] responds to attacks:
//     it plans, runs on approval and records what is done to users and groups,
//     and takes it back.
//   - [github.com/rezonate-io/okta-integration/oktaint/oktatest] is a simulated
//     org, for tests.
//
// The programs in the folder examples are made of these packages:
// examples/onboard sets up an app, examples/connect takes over a credential,
// examples/collect reads an org or follows its log, examples/doctor finds out what
// is missing, examples/respond responds to an attack, and examples/fakeorg serves a
// simulated org.
//
// # Compatibility
//
// The module is at v0: any release may change any of it, and CHANGELOG.md says
// what. What is stored outlives releases all the same: the credentials document
// of oktaint carries a version, and a later release reads what an earlier one
// wrote.
//
// Only types of the standard library, of golang.org/x/oauth2 and of this module
// appear in exported signatures.
package oktaintegration
