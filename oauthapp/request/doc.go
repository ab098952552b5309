// Package request builds the raw HTTP requests that set an OAuth service app up:
// one pure function for each, from values to an [net/http.Request]. Nothing is
// sent and nothing is read. Package [oauthapp] sends them in the right order;
// use this package to show them, to send them by other means, or to build
// another flow.
//
//	req, err := request.CreateApp(ctx, org, request.App{Label: "Rezonate", Key: key.Public()})
//
// Each function names the scope that its request needs, the statuses of success
// and the errors that a caller has to expect. A request carries no credential.
// The errors of the functions are about their arguments.
//
// [oauthapp]: https://pkg.go.dev/github.com/rezonate-io/okta-integration/oauthapp
package request
