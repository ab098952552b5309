// Package conformance holds the library and its simulated org against what is
// known of Okta's HTTP API: recorded exchanges with real orgs, and Okta's
// published OpenAPI documents.
//
// It is all tests, in a module of its own so that the OpenAPI validator is not
// a dependency of the library. The data is not part of the repository. Two
// environment variables say where it is, and the tests that need it skip where
// they are unset:
//
//	OKTA_RECORDINGS  the file of recorded exchanges, one JSON object a line
//	OKTA_OPENAPI     the folder of management.yaml and oauth.yaml
//
// # Replay
//
// Exchanges that share a scenario are one ordered recording. A scenario is
// replayed against a fresh [oktatest.Org]: recorded ids are replaced by those
// that the org handed out in earlier answers, redacted parts are rebuilt. Of
// every counted exchange the status, the code of an error and the set of key
// paths of the body are compared; other values are not. A key path names the
// way from the root of the body to a key: "_links.self.href"; "[]" stands for
// all elements of an array.
//
// # Pages, proofs and limits
//
// Some answers need more than the recorded request. Of every list the Link
// headers and the links in the body are compared, in their whole text, with a
// page as full as the recorded one; cursors are followed. The token requests
// of DPoP clients are made with real proofs, and the 429s by using up a limit
// or keeping the org busy; of those the names of the headers are compared,
// too, case included.
//
// # Documents
//
// Every request that oauthapp/request builds, and what discovery, onboarding
// and the token sources send, is validated against the operation it is for,
// and so is the answer of the simulated org. So are the golden requests of
// oauthapp/request and of remediation, which were written by hand.
//
// What differs is listed by name, with a reason, in accepted_test.go,
// acceptedusers_test.go, acceptedgroups_test.go, acceptedpages_test.go,
// deviations_test.go and deviationsgroups_test.go. A difference that is not
// listed fails, and so does a listed one that no longer occurs.
//
// [oktatest.Org]: https://pkg.go.dev/github.com/rezonate-io/okta-integration/oktaint/oktatest#Org
package conformance
