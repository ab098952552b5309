// Package oktaint connects a service to Okta orgs: from a credential to
// authorised, paced and retried requests, and to lists that are complete or say
// why not.
//
// An [Org] says where, a [Credential] says with what, and a [Client] sends the
// requests:
//
//	org, err := oktaint.ParseOrg("acme")
//	key, err := oktaint.ParseKey(pem, "")
//	client := oktaint.NewClient(oktaint.PrivateKeyJWT{
//		Org: org, ClientID: "0oa...", Key: key, Scopes: scopes.Visibility,
//	}, nil)
//	for user, err := range oktaint.List[User](ctx, client, nil, "api", "v1", "users") {
//		if err != nil {
//			return err // the list is not complete
//		}
//		...
//	}
//
// # Three ways in
//
// [PrivateKeyJWT] is an OAuth service app, [ClientSecret] the integration from
// Okta's store, and [APIToken] an API token. What a service stores for a
// customer is one [Credentials] document, whichever of the three it is.
//
// # Tokens for other stacks
//
// The method Source of a credential makes a [Source], which is an
// [golang.org/x/oauth2.TokenSource]. It is used with
//
//	&http.Client{Transport: &oauth2.Transport{Source: src}}
//
// by programs that have their own retries and rate limits. Such a client sends
// the token to any host it is asked to, which [Transport] does not. It cannot send
// the proofs of DPoP (RFC 9449) either: for an app that requires them, the Source
// answers [ErrDPoPBound] there. Use [Client], [Transport] or [Source.Authorize].
//
// # Many orgs
//
// One process can serve thousands of orgs. Make a Client for each: an idle one
// owns no goroutine and no timer, and takes at most 16 kB with its key and token.
// All share one transport, unless they are given another. Its connections are closed
// after 30 seconds without use. Each org has its own rate limits, line of requests,
// token and DPoP key, so an org cannot delay another. Give each round of requests a deadline by its context, and share
// workers rather than clients; the example of NewClient polls 500 orgs.
//
// # The base
//
// Everything that a Client sends goes over one base transport: token requests, API
// requests, and what [Discover] asks. [NewBase] makes one to set a proxy or a
// certificate authority on. Wrap the base to trace every attempt, or the Client's own
// HTTP.Transport to trace each request once. A base or a signer that panics or hangs
// ends the call that needed it, not the process and not other calls.
//
// # Errors
//
// Every failed request is an [*Error]. Ask what it means with [Denied], [IsNotFound],
// [NoToken], [RateLimited] and [Ambiguous]. Its text says what to do next and never
// holds a secret. An answer is believed only if it has Okta's form: a proxy's 404 does
// not say that an object is missing, and an empty answer with a status of success is
// not an empty object.
//
// # Secrets
//
// A [Secret], a [Key], a [Source] and [Credentials] do not print their content, under
// any verb of fmt, in log/slog or in encoding/json. [Secret.Reveal], [Key.PEM] and
// [Credentials.Document] return it.
package oktaint
