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
// certificate authority of its own. A [Cell] serves several orgs, told apart by
// host. An [Org] is also an http.Handler.
//
// An org always has its owner, a Super Admin with an API token, the group
// Everyone, and one or a few objects in each list of policies, zones, devices and
// what else an administrator looks after: [AssetPaths] lists them, [Org.Assets]
// returns them, [Org.PutAsset] changes them. [Org.AddUser] adds users of every
// status. [Org.SetUserStatus], [Org.SignIn], [Org.SignInByIdP], [Org.Authorize],
// [Org.UseRefreshToken], [Org.EnrollFactor] and [Org.RunRules] bring about what no request
// does, and [Org.Access] says what is open of a user's account.
// [Org.Credentials] returns what a client works with: an API token, a service app
// with a key that the org made, or a store integration, as the document that
// oktaint.ParseCredentials reads.
//
// The org is strict where Okta is strict: the checks of the token endpoint,
// scopes, admin roles, the statuses of users, media types, unknown parameters
// and members, missing lengths, rate limits and paging. An endpoint that Okta
// has and this org has not answers 501; a path that Okta has not is 404
// E0000008.
//
// The org can be told to fail and to be late: see [Org.AddFault] and [Lag].
// [Org.Requests] returns what it was asked, and [Org.State] what it has become;
// neither holds a secret.
//
// Where nobody knows what Okta does, the org makes a choice. CHOICES.md, in the
// folder of this package, lists them.
//
// The package shares no code with the packages that it tests, except the names
// of scopes.
package oktatest
