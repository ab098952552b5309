package oktaint

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// tokenPath is the token endpoint of the org authorization server, the only one
// that issues tokens for Okta's own scopes.
const tokenPath = "/oauth2/v1/token"

// defaultLifetime is Okta's fixed one, for an answer without expires_in.
const defaultLifetime = time.Hour

// An endpoint fetches tokens from the org's token endpoint by the client
// credentials grant (RFC 6749, section 4.4).
type endpoint struct {
	org        Org
	clientID   string
	scopes     scopes.Set
	requireAll bool
	base       http.RoundTripper
	dpop       *prover

	// authenticate completes the request with the client's authentication.
	// It runs for every attempt, since an assertion is good for one only.
	authenticate func(context.Context, *clientcredentials.Config) error
	// explain gives the hint for an error of this kind of credential.
	explain func(*Error) string
	// moved reports whether what the org has just refused is another one by now. Nil
	// means that it cannot be.
	moved func(context.Context, error) bool

	kind  Kind
	stuck stuckCount // token requests that were left behind
	deaf  stuckCount // callbacks that were left behind
}

// source makes the Source of an endpoint. err is the error of its credential, if any.
func (e *endpoint) source(kind Kind, budget time.Duration, err error) *Source {
	e.kind = kind
	if budget <= 0 {
		budget = defaultFetchTimeout
	}
	return &Source{org: e.org, kind: kind, clientID: e.clientID, asked: e.scopes, fetch: e.fetch, revoke: e.revoke, budget: budget, dpop: e.dpop, err: err}
}

// fetch asks for a token until there is one, the error is final, or the next wait
// would outlast the context's budget or be longer than MaxWait is by default.
func (e *endpoint) fetch(ctx context.Context) (*grant, error) {
	var proofs proofErrors
	var moved bool
	for n := 0; ; n++ {
		g, err := e.attempt(ctx)
		if err == nil {
			return g, nil
		}
		if e.moved != nil && !moved && e.moved(ctx, err) {
			moved = true
			continue
		}
		if proofs.againToken(err, e.dpop) {
			n--
			continue
		}
		wait, again := tokenRetry(err, n)
		if deadline, ok := ctx.Deadline(); !again || wait > defaultMaxWait || ok && time.Until(deadline) < wait {
			return nil, err
		}
		if err := e.announce(ctx, Wait{Bucket: tokenPath, For: wait, Reason: "token endpoint: " + reason(err)}); err != nil {
			return nil, err
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, fmt.Errorf("oktaint: access token: %w", err)
		}
	}
}

// announce tells the callback of a wait. The callback belongs to one caller, and the
// fetch to all who wait for it, so the callback must not hold it up.
func (e *endpoint) announce(ctx context.Context, w Wait) error {
	if err := e.deaf.full("a callback of the token request", maxAbandoned); err != nil {
		return err
	}
	_, err := foreign(ctx, "a callback of the token request", &e.deaf, func() (struct{}, error) { announce(ctx, w); return struct{}{}, nil }, nil)
	return err
}

// attempt makes one token request.
func (e *endpoint) attempt(ctx context.Context) (*grant, error) {
	// A Config is made for each attempt: an assertion in it is good for one.
	conf := &clientcredentials.Config{
		TokenURL:       e.org.String() + tokenPath,
		Scopes:         strings.Fields(e.scopes.String()),
		EndpointParams: url.Values{},
	}
	seen := &tokenTransport{endpoint: e}
	if err := e.authenticate(ctx, conf); err != nil {
		return nil, seen.error("", err)
	}
	seen.secrets = []string{conf.ClientSecret, basicAuth(conf), conf.EndpointParams.Get("client_assertion")}
	sent := time.Now()
	tok, err := conf.Token(context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport:     seen,
		CheckRedirect: neverRedirect,
	}))
	if err != nil {
		return nil, e.wrap(ctx, err, seen)
	}
	return e.grant(tok, sent, seen)
}

// grant reads the token and its scopes from the answer.
func (e *endpoint) grant(tok *oauth2.Token, sent time.Time, seen *tokenTransport) (*grant, error) {
	granted := e.scopes // RFC 6749, section 5.1: no scope means that asked for
	if s, ok := tok.Extra("scope").(string); ok {
		set, err := scopes.Parse(s)
		if err != nil {
			return nil, seen.error("the answer's scope cannot be read", err)
		}
		granted = set
	}
	bound := strings.EqualFold(tok.TokenType, headerDPoP)
	switch {
	case tok.Type() != "Bearer" && !bound:
		return nil, seen.error(fmt.Sprintf("the token is of type %.20q, neither Bearer nor DPoP", tok.TokenType), nil)
	case !bound && e.dpop.required:
		err := seen.error("the token is not bound to the DPoP key, though the credential requires that", nil)
		err.Hint = "switch DPoP on for the app (its setting dpop_bound_access_tokens), or off in the credential"
		return nil, err
	case !isSendable(tok.AccessToken):
		return nil, seen.error("the token holds characters that cannot be sent in a header", nil)
	}
	if missing := e.scopes.Minus(granted); e.requireAll && !missing.IsEmpty() {
		err := seen.error("the token lacks scopes that were asked for: "+missing.String(), nil)
		err.OAuthError, err.Scope = insufficientScope, missing.Slice()[0]
		err.Hint = err.explain() + ", or ask for fewer scopes"
		return nil, err
	}
	lifetime, err := lifetimeOf(tok)
	if err != nil {
		return nil, seen.error("", err)
	}
	g := newGrant(nil, granted, sent, lifetime)
	// A new token leaves out the raw answer, which an idle source would keep.
	g.token, g.bound = &oauth2.Token{AccessToken: tok.AccessToken, TokenType: "Bearer", Expiry: g.expiry, ExpiresIn: int64(lifetime / time.Second)}, bound
	if bound {
		g.token.TokenType = headerDPoP
	}
	return g, nil
}

// lifetimeOf reads expires_in, which some servers write as a string.
func lifetimeOf(tok *oauth2.Token) (time.Duration, error) {
	raw := tok.Extra("expires_in")
	if raw == nil {
		return defaultLifetime, nil
	}
	s, err := strconv.ParseFloat(fmt.Sprint(raw), 64)
	switch {
	case err != nil, math.IsNaN(s):
		return defaultLifetime, nil
	case s <= 0:
		return 0, errors.New("oktaint: the token has expired already: its expires_in is not above 0")
	}
	return time.Duration(min(s, longest.Seconds()) * float64(time.Second)), nil
}

// isSendable reports whether s can stand in a header as it is.
func isSendable(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// wrap turns an error of x/oauth2 into an *Error that holds no secret, even if
// the server's answer repeats the request.
func (e *endpoint) wrap(ctx context.Context, err error, seen *tokenTransport) error {
	clean := scrubber(seen.secrets...)
	var re *oauth2.RetrieveError
	if !errors.As(err, &re) {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		out := seen.error("", cleanError(err, clean))
		out.Hint = explainNetwork(err)
		if seen.body != nil { // x/oauth2 could not read it, and its error may repeat a part of it
			out.err = &scrubbedError{text: "it does not have the form of RFC 6749", err: err}
			out.readBody(seen.body, seen.answer.Header, clean)
			out.Summary = cmp.Or(out.Summary, "the answer holds no token")
		}
		return out
	}
	out := seen.error("", nil)
	out.readBody(re.Body, re.Response.Header, clean)
	if out.Hint == "" {
		out.Hint = e.explain(out)
	}
	out.err = &oauth2.RetrieveError{ // without the request, which holds the credential
		Response:         &http.Response{Status: re.Response.Status, StatusCode: re.Response.StatusCode, Header: cleanHeader(re.Response.Header, clean), Body: http.NoBody},
		Body:             cleanBody(re.Body, clean, maxTokenError),
		ErrorCode:        out.OAuthError,
		ErrorDescription: out.OAuthDescription,
		ErrorURI:         cleanText(clean, re.ErrorURI),
	}
	return out
}

// maxTokenError bounds what is kept of an error's body: it has a few lines.
const maxTokenError = 16 << 10

// basicAuth is the credential as x/oauth2 sends it.
func basicAuth(conf *clientcredentials.Config) string {
	if conf.ClientSecret == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(conf.ClientID) + ":" + url.QueryEscape(conf.ClientSecret)))
}

// tokenRetry says whether and after what wait a token request is made again.
func tokenRetry(err error, n int) (time.Duration, bool) {
	var e *Error
	if !errors.As(err, &e) {
		return 0, false
	}
	switch {
	case e.StatusCode == http.StatusTooManyRequests:
		return e.wait(n), true
	case e.StatusCode >= 500, e.OAuthError == "temporarily_unavailable", e.OAuthError == "server_error":
		return max(backoff(n), e.limits.retryAfter), true
	}
	return backoff(n), isTransient(e.err) // no answer, or one that was cut
}

// A tokenTransport sends one token request and keeps its answer for errors. It sets
// Accept and User-Agent, which x/oauth2 does not.
type tokenTransport struct {
	*endpoint
	answer   *http.Response
	body     []byte
	secrets  []string // what the request carries
	received time.Time
	began    bool
}

func (t *tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.stuck.full("the base transport", maxAbandoned); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	defer cancel(nil)
	req = req.Clone(ctx)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent())
	if t.dpop.on.Load() {
		if err := t.dpop.proveToken(req); err != nil {
			return nil, err
		}
		t.secrets = append(t.secrets, req.Header.Get(headerDPoP))
	}
	t.began = true
	// The body is read here: x/oauth2 reports one that ends early as text only.
	resp, err := foreign(ctx, "the base transport", &t.stuck, func() (*http.Response, error) { return roundTripWhole(t.base, req, cancel, maxErrorBody) }, nil)
	t.answer, t.received = resp, time.Now()
	if err != nil {
		return nil, err // a RoundTripper returns an answer or an error
	}
	t.body = resp.Body.(*wholeReader).bytes
	learn(&t.dpop.tokenNonce, resp.Header)
	return resp, nil
}

// error makes an *Error about the token endpoint.
func (t *tokenTransport) error(summary string, err error) *Error {
	e := &Error{Method: http.MethodPost, Path: tokenPath, Summary: summary, err: err, sent: t.began && !isDialError(err), kind: t.kind}
	if t.answer != nil {
		e.readHeader(t.answer, t.received, scrubber(t.secrets...))
	}
	return e
}
