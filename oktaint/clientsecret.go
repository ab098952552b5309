package oktaint

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// ClientSecret is the credential of a store integration (API Service
// Integration): the client id and secret that Okta shows once when a customer
// installs it. Token requests authenticate by HTTP Basic (client_secret_basic;
// RFC 6749, section 2.3.1). Okta refuses a secret for an OAuth service app: use
// [PrivateKeyJWT] there.
type ClientSecret struct {
	Org      Org    // Required.
	ClientID string // Required.
	Secret   Secret // Required.

	// Scopes are asked for in each token request; at least one is required.
	// They are among those of the integration's entry in Okta's catalogue.
	Scopes scopes.Set

	// DPoP makes the first token request with a proof (RFC 9449), for an app
	// that requires it. Where it is false and the org asks for proofs, that is
	// learned from its answer, at the price of a refused request.
	DPoP bool

	// RequireAll makes it an error if a token lacks any of Scopes.
	RequireAll bool

	// FetchTimeout is the budget of one fetch of a token with all its
	// retries. Zero means 30 seconds.
	FetchTimeout time.Duration
}

// Source returns a Source of access tokens that sends its token requests over
// base. A nil base means a transport that all of this package shares. If something
// is missing in c, the Source reports it when it is first used.
func (c ClientSecret) Source(base http.RoundTripper) *Source {
	var idErr, secretErr error
	c.ClientID, idErr = cleanID("the client id", c.ClientID)
	c.Secret, secretErr = c.Secret.clientSecret()
	e := &endpoint{
		org: c.Org, clientID: c.ClientID, scopes: c.Scopes, requireAll: c.RequireAll, base: baseTransport(base), dpop: newProver(c.DPoP),
		authenticate: func(_ context.Context, conf *clientcredentials.Config) error {
			conf.ClientID, conf.ClientSecret = c.ClientID, c.Secret.Reveal()
			conf.AuthStyle = oauth2.AuthStyleInHeader
			return nil
		},
		explain: explainSecret,
	}
	return e.source(KindClientSecret, c.FetchTimeout, cmp.Or(idErr, secretErr, c.check()))
}

func (c ClientSecret) check() error {
	switch {
	case c.Org.IsZero():
		return errors.New("oktaint: ClientSecret has no Org: make one with ParseOrg")
	case c.ClientID == "":
		return errors.New("oktaint: ClientSecret has no ClientID: it is the integration's id (0oa...)")
	case c.Secret.IsZero():
		return errors.New("oktaint: ClientSecret has no Secret: Okta shows it once, when the integration is installed")
	case c.Scopes.IsEmpty():
		return errors.New("oktaint: ClientSecret has no Scopes: Okta has no default, so name at least one")
	}
	return nil
}

func explainSecret(e *Error) string {
	switch {
	case e.OAuthError == "invalid_client" && strings.Contains(e.OAuthDescription, "private_key_jwt"):
		return "a client secret works for store integrations only: this app needs a private key (private_key_jwt)"
	case e.OAuthError == "invalid_client":
		return "the client id or secret is wrong, or the integration was removed: make a new secret, or install it again"
	}
	return explainCommon(e)
}
