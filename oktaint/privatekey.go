package oktaint

import (
	"cmp"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/cryptosigner"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// An assertion lives as long as a request may take. It is dated back a little, for
// a clock that is ahead of Okta's.
const (
	assertionLifetime = 5 * time.Minute
	assertionBackdate = 30 * time.Second
)

// PrivateKeyJWT is the credential of an OAuth service app: a client id and a
// private key, with which it signs an assertion for each token request
// (private_key_jwt; RFC 7523, section 2.2).
type PrivateKeyJWT struct {
	Org      Org    // Required.
	ClientID string // Required.
	Key      Key    // Required, unless Keys is set: its kid is the one registered with the app.

	// Keys gives the key of each assertion instead of Key, so that the key can change
	// while the program runs.
	Keys KeySource

	// Scopes are asked for in each token request. Okta has no default, so at
	// least one is required. A token carries those of them that are granted to the
	// app: see [Source.Granted].
	Scopes scopes.Set

	// DPoP makes the first token request with a proof (RFC 9449), for an app
	// that requires it. Where it is false and the org asks for proofs, that is
	// learned from its answer, at the price of a refused request.
	DPoP bool

	// RequireAll makes it an error if a token lacks any of Scopes.
	RequireAll bool

	// FetchTimeout is the budget of one fetch of a token with all its
	// retries, the time of the Key's signer included. Zero means 30 seconds.
	FetchTimeout time.Duration
}

// Source returns a Source of access tokens that sends its token requests over
// base. A nil base means a transport that all of this package shares. If something
// is missing in c, the Source reports it when it is first used.
func (c PrivateKeyJWT) Source(base http.RoundTripper) *Source {
	var idErr error
	c.ClientID, idErr = cleanID("the client id", c.ClientID)
	ring := newKeyring(c.Key, c.Keys)
	e := &endpoint{
		org: c.Org, clientID: c.ClientID, scopes: c.Scopes, requireAll: c.RequireAll, base: baseTransport(base), dpop: newProver(c.DPoP),
		authenticate: func(ctx context.Context, conf *clientcredentials.Config) error {
			key, err := ring.key(ctx)
			if err != nil {
				return err
			}
			assertion, err := clientAssertion(ctx, key, c.ClientID, conf.TokenURL)
			if err != nil {
				return err
			}
			conf.AuthStyle = oauth2.AuthStyleInParams // else x/oauth2 tries both and sends each assertion twice
			conf.EndpointParams.Set("client_assertion_type", assertionType)
			conf.EndpointParams.Set("client_assertion", assertion)
			return nil
		},
		explain: func(e *Error) string { return explainAssertion(e, c.ClientID, ring.current().ID()) },
		moved:   ring.moved,
	}
	return e.source(KindPrivateKeyJWT, c.FetchTimeout, cmp.Or(idErr, c.check()))
}

func (c PrivateKeyJWT) check() error {
	switch {
	case c.Org.IsZero():
		return errors.New("oktaint: PrivateKeyJWT has no Org: make one with ParseOrg")
	case c.ClientID == "":
		return errors.New("oktaint: PrivateKeyJWT has no ClientID: it is the app's client id (0oa...)")
	case c.Key.IsZero() && c.Keys == nil:
		return errors.New("oktaint: PrivateKeyJWT has no Key: make one with ParseKey, NewKey or GenerateKey")
	case !c.Key.IsZero() && c.Keys != nil:
		return errors.New("oktaint: PrivateKeyJWT has a Key and Keys: leave one of them out")
	case c.Scopes.IsEmpty():
		return errors.New("oktaint: PrivateKeyJWT has no Scopes: Okta has no default, so name at least one")
	}
	return nil
}

// clientAssertion signs an assertion (RFC 7523, section 3) for audience. Each has
// its own jti, since Okta accepts an assertion only once.
func clientAssertion(ctx context.Context, k Key, clientID, audience string) (string, error) {
	if err := k.k.stuck.full("the signer of key "+k.String(), 1); err != nil {
		return "", err
	}
	now := time.Now()
	claims := jwt.Claims{
		Issuer:   clientID,
		Subject:  clientID,
		Audience: jwt.Audience{audience},
		IssuedAt: jwt.NewNumericDate(now.Add(-assertionBackdate)),
		Expiry:   jwt.NewNumericDate(now.Add(assertionLifetime)),
		ID:       rand.Text(),
	}
	assertion, err := foreign(ctx, "the signer of key "+k.String(), &k.k.stuck, func() (string, error) {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(k.Algorithm()), Key: signingKey(k)}, nil)
		if err != nil {
			return "", err
		}
		return jwt.Signed(signer).Claims(claims).Serialize()
	}, nil)
	if err != nil {
		return "", fmt.Errorf("oktaint: sign the client assertion with key %s: %w", k, err)
	}
	return assertion, nil
}

// signingKey gives go-jose the key itself where it is in memory, and any other
// signer wrapped.
func signingKey(k Key) jose.JSONWebKey {
	var key crypto.PrivateKey = k.k.signer
	switch k.k.signer.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey:
	default:
		key = cryptosigner.Opaque(k.k.signer)
	}
	return jose.JSONWebKey{Key: key, KeyID: k.ID()}
}

// explainAssertion puts an error of the token endpoint in plain words. The
// descriptions are Okta's (error catalogue of the OAuth endpoints); they choose
// between hints, never what the program does.
func explainAssertion(e *Error, clientID, kid string) string {
	says := func(s string) bool { return strings.Contains(e.OAuthDescription, s) }
	skew := e.skewNote()
	switch {
	case e.OAuthError == "invalid_client" && (says("kid") || says("signing key") || says("signature is invalid")):
		return fmt.Sprintf("the key with kid %s is not an active key of app %s: register it with the app, or use the key that is", kid, clientID)
	case e.OAuthError == "invalid_client" && (says("expired") || says("issued before") || says("too far into the future")):
		return "this machine's clock and Okta's differ" + skew + ": set the clock"
	case e.OAuthError == "invalid_client" && says("audience"):
		return "the org calls itself by another host: " + nameCanonical
	case e.OAuthError == "invalid_client" && (says("client_id") || says("subject") || says("issuer")):
		return fmt.Sprintf("client id %s is unknown in this org, or its app is deactivated: activate the app again, or set it up anew if it was deleted", clientID)
	case e.OAuthError == "invalid_client" && says("JWKSet"):
		return fmt.Sprintf("app %s has no public key: register the key with kid %s", clientID, kid)
	case e.OAuthError == "invalid_client":
		return fmt.Sprintf("check the client id %s, that its app is active, and that the key with kid %s is registered%s", clientID, kid, skew)
	}
	return explainCommon(e)
}

// explainCommon explains the errors that do not depend on how the client
// authenticates.
func explainCommon(e *Error) string {
	if d, ok := e.denial(); ok {
		return d.Remedy
	}
	switch e.OAuthError {
	case "invalid_scope":
		return "a scope asked for does not exist in this org"
	case "access_denied":
		return "this address is outside of the app's network zones: send from inside, or change the app's zones"
	case errInvalidProof, errUseNonce:
		return "the org refused the DPoP proof" + e.skewNote() + ": is the clock right, and does a proxy change the URL or the DPoP header?"
	case "unauthorized_client", "unsupported_grant_type":
		if e.kind == KindClientSecret {
			return "the integration does not allow the client credentials grant: is it a store integration (API Service Integration)?"
		}
		return "the app does not allow the client credentials grant: make it an API service app"
	}
	if 300 <= e.StatusCode && e.StatusCode < 400 {
		return "redirects of the token endpoint are not followed: " + nameCanonical
	}
	return ""
}
