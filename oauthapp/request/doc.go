// Package request builds the raw HTTP requests that set an OAuth service app up:
// one pure function for each, from values to an [http.Request]. Nothing is
// sent and nothing is read. Package [oauthapp] sends them in the right order;
// use this package to show them, to send them by other means, or to build
// another flow.
//
//	req, err := request.CreateApp(ctx, org, request.App{Label: "Rezonate", Key: key.Public()})
//
// Each function names the scope that its request needs with an OAuth token, the
// statuses of success, and the errors to expect of it beside those of every
// request:
//
//   - 401 E0000011: an API token that is wrong, revoked or expired. An OAuth
//     token in that state gets a 401 with a WWW-Authenticate header;
//   - 403 with insufficient_scope in WWW-Authenticate: the token lacks the scope;
//   - 403 E0000006: the owner of the token lacks the admin role;
//   - 429 E0000047: a rate limit.
//
// A request carries no credential. The errors of the functions are about their
// arguments.
//
// [oauthapp]: https://pkg.go.dev/github.com/rezonate-io/okta-integration/oauthapp
package request
