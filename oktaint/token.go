package oktaint

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
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

	// secret is that of the credential, if it is in memory.
	secret func() (Secret, bool)

	// authenticate completes the request with the client's authentication.
	// It runs for every attempt, since an assertion is good for one only.
	authenticate func(*clientcredentials.Config) error
	// explain gives the hint for an error of this kind of credential.
	explain func(*Error) string
}

// source makes the Source of an endpoint; err is what its literal lacks.
func (e *endpoint) source(kind Kind, budget time.Duration, err error) *Source {
	if budget <= 0 {
		budget = defaultFetchTimeout
	}
	return &Source{org: e.org, scheme: string(kind), clientID: e.clientID, secret: e.secret, fetch: e.fetch, budget: budget, dpop: e.dpop, err: err}
}

// fetch asks for a token until there is one, the error is final, or the next
// wait would outlast the context's budget.
func (e *endpoint) fetch(ctx context.Context) (grant, error) {
	var proofs proofErrors
	for n := 0; ; n++ {
		g, err := e.attempt(ctx)
		if err == nil {
			return g, nil
		}
		if proofs.againToken(err, e.dpop) {
			n--
			continue
		}
		wait, again := tokenRetry(err, n)
		if deadline, ok := ctx.Deadline(); !again || ok && time.Until(deadline) < wait {
			return grant{}, err
		}
		announce(ctx, Wait{Bucket: tokenPath, For: wait, Reason: "token endpoint: " + reason(err)})
		if err := sleep(ctx, wait); err != nil {
			return grant{}, fmt.Errorf("oktaint: access token: %w", err)
		}
	}
}

// attempt makes one token request.
func (e *endpoint) attempt(ctx context.Context) (grant, error) {
	// A Config is made for each attempt: an assertion in it is good for one.
	conf := &clientcredentials.Config{
		TokenURL:       e.org.String() + tokenPath,
		Scopes:         strings.Fields(e.scopes.String()),
		EndpointParams: url.Values{},
	}
	if err := e.authenticate(conf); err != nil {
		return grant{}, err
	}
	sent := time.Now()
	seen := &tokenTransport{base: e.base, dpop: e.dpop}
	tok, err := conf.Token(context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport:     seen,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}))
	if err != nil {
		return grant{}, e.wrap(ctx, err, seen, conf)
	}
	return e.grant(tok, sent, seen)
}

// grant reads what was granted from the answer.
func (e *endpoint) grant(tok *oauth2.Token, sent time.Time, seen *tokenTransport) (grant, error) {
	granted := e.scopes // RFC 6749, section 5.1: no scope means that asked for
	if s, ok := tok.Extra("scope").(string); ok {
		set, err := scopes.Parse(s)
		if err != nil {
			return grant{}, seen.error("the answer's scope cannot be read", err)
		}
		granted = set
	}
	bound := strings.EqualFold(tok.TokenType, headerDPoP)
	if tok.Type() != "Bearer" && !bound {
		return grant{}, seen.error(fmt.Sprintf("the token is of type %.20q, neither Bearer nor DPoP", tok.TokenType), nil)
	}
	if missing := e.scopes.Minus(granted); e.requireAll && !missing.IsEmpty() {
		err := seen.error("the token lacks scopes that were asked for: "+missing.String(), nil)
		err.OAuthError, err.Scope = insufficientScope, missing.Slice()[0]
		err.Hint = "a Super Admin grants them to the app (Okta API Scopes tab), or ask for fewer"
		return grant{}, err
	}
	lifetime := defaultLifetime
	if s, ok := tok.Extra("expires_in").(float64); ok && s > 0 && s < 1e9 {
		lifetime = time.Duration(s * float64(time.Second))
	}
	g := newGrant(nil, granted, sent, lifetime)
	// A token of its own leaves out the raw answer, which idle sources would keep.
	g.token, g.bound = &oauth2.Token{AccessToken: tok.AccessToken, TokenType: "Bearer", Expiry: g.expiry, ExpiresIn: int64(lifetime / time.Second)}, bound
	if bound {
		g.token.TokenType = headerDPoP
	}
	return g, nil
}

// wrap turns an error of x/oauth2 into an *Error that holds no secret, even if
// the server's answer repeats the request.
func (e *endpoint) wrap(ctx context.Context, err error, seen *tokenTransport, conf *clientcredentials.Config) error {
	clean := scrubber(conf.ClientSecret, url.QueryEscape(conf.ClientSecret), basicAuth(conf), conf.EndpointParams.Get("client_assertion"))
	var re *oauth2.RetrieveError
	if !errors.As(err, &re) {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err
		}
		out := seen.error("", err)
		out.scrub(clean)
		return out
	}
	body := re.Body[:min(len(re.Body), 64<<10)] // an error has a few lines
	out := seen.error("", nil)
	out.OAuthError, out.OAuthDescription = re.ErrorCode, re.ErrorDescription
	out.parseBody(body, re.Response.Header)
	if out.Hint == "" {
		out.Hint = e.explain(out)
	}
	out.scrub(clean)
	out.err = &oauth2.RetrieveError{ // without the request, which holds the credential
		Response:         &http.Response{Status: re.Response.Status, StatusCode: re.Response.StatusCode, Header: cleanHeader(re.Response.Header, clean), Body: http.NoBody},
		Body:             []byte(clean(string(body))),
		ErrorCode:        clean(re.ErrorCode),
		ErrorDescription: clean(re.ErrorDescription),
		ErrorURI:         clean(re.ErrorURI),
	}
	return out
}

// basicAuth is the credential as x/oauth2 sends it.
func basicAuth(conf *clientcredentials.Config) string {
	if conf.ClientSecret == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(conf.ClientID) + ":" + url.QueryEscape(conf.ClientSecret)))
}

func cleanHeader(h http.Header, clean func(string) string) http.Header {
	h = h.Clone()
	for _, values := range h {
		for i := range values {
			values[i] = clean(values[i])
		}
	}
	return h
}

// scrubber returns a func that takes secrets out of a text.
func scrubber(secrets ...string) func(string) string {
	var pairs []string
	for _, s := range secrets {
		if s != "" {
			pairs = append(pairs, s, redacted)
		}
	}
	return strings.NewReplacer(pairs...).Replace
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
		return backoff(n), true
	}
	return backoff(n), isTransient(e.err) // no answer, or one that was cut
}

// A tokenTransport sends one token request and keeps what its answer says about
// itself. x/oauth2 sets neither Accept nor User-Agent.
type tokenTransport struct {
	base     http.RoundTripper
	dpop     *prover
	answer   *http.Response
	received time.Time
	began    bool
}

func (t *tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent())
	if t.dpop.on.Load() {
		if err := t.dpop.prove(req, ""); err != nil {
			return nil, err
		}
	}
	t.began = true
	resp, err := t.base.RoundTrip(req)
	t.answer, t.received = resp, time.Now()
	if err != nil {
		return nil, err
	}
	learn(&t.dpop.tokenNonce, resp.Header)
	// x/oauth2 reports a body that ends early as text only: read it here,
	// where the cause is still known.
	body, err := readBody(resp, maxErrorBody)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// error makes an *Error about the token endpoint.
func (t *tokenTransport) error(summary string, err error) *Error {
	e := &Error{Method: http.MethodPost, Path: tokenPath, Summary: summary, err: err, sent: t.began && !isDialError(err)}
	if t.answer != nil {
		e.readHeader(t.answer, t.received)
	}
	return e
}
