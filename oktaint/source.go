package oktaint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
)

// defaultFetchTimeout is the budget of one fetch of a token, retries included.
const defaultFetchTimeout = 30 * time.Second

// A Source turns a credential into authorised requests. It is made by
// [PrivateKeyJWT], [ClientSecret], [APIToken] or [Credentials], is safe for
// concurrent use, and is an [oauth2.TokenSource].
//
// However many goroutines ask, one token request is in flight at a time. A new
// token is fetched in the background, a tenth of its lifetime before the old one
// expires, and callers do not wait while the old one is valid. If the fetch fails,
// the valid token goes on being served and the refresh is tried again. A Source
// that is not being used owns no goroutine and no timer.
//
// Use [NewClient] or [Transport] to send requests with it, or
// oauth2.Transport{Source: src}; not [oauth2.NewClient], which wraps the Source
// in a cache of its own that would go on serving a revoked token.
type Source struct {
	org    Org
	kind   Kind                                  // of the credential
	fetch  func(context.Context) (*grant, error) // one fetch with its retries; nil for an API token
	revoke func(context.Context, string) error   // one revocation; nil for an API token
	budget time.Duration
	dpop   *prover // nil for an API token
	err    error   // of the credential itself

	clientID string     // empty for an API token
	asked    scopes.Set // of each token request; empty for an API token

	current atomic.Pointer[grant]

	mu        sync.Mutex
	flight    *flight   // the token request that is on its way, if any
	failures  int       // of fetches in a row
	retryAt   time.Time // no refresh before this
	refused   *Error    // the answer because of which there is no fetch at all before refusedTo
	refusedTo time.Time
}

const (
	// remembered is how long a final error of the token endpoint is remembered, so
	// that many callers at once do not become many requests.
	remembered = time.Second

	// longestPutOff is the longest time for which a rate limit of the token endpoint
	// is believed.
	longestPutOff = window + 2*time.Second
)

// A grant is one answer of the token endpoint.
type grant struct {
	token     *oauth2.Token
	scopes    scopes.Set
	bound     bool      // by DPoP
	refreshAt time.Time // zero: never, for an API token
	expiry    time.Time
	worked    atomic.Bool // the API has taken the token
}

// newGrant counts the lifetime from before the request was sent, so that the
// token expires here no later than there.
func newGrant(tok *oauth2.Token, granted scopes.Set, sent time.Time, lifetime time.Duration) *grant {
	sent = sent.Round(0) // wall clock: the monotonic one stands still while a machine sleeps
	early := lifetime/10 + rand.N(lifetime/20+1)
	return &grant{token: tok, scopes: granted, refreshAt: sent.Add(lifetime - early), expiry: sent.Add(lifetime)}
}

// fresh reports whether the token can be used without a thought of refreshing.
func (g *grant) fresh(now time.Time) bool { return g.refreshAt.IsZero() || now.Before(g.refreshAt) }

// valid reports whether the token can still be used.
func (g *grant) valid(now time.Time) bool { return g.refreshAt.IsZero() || now.Before(g.expiry) }

// A flight is one fetch, shared by all who wait for it.
type flight struct {
	done    chan struct{} // closed when grant and err are set
	grant   *grant
	err     error
	waiters int
	keep    bool // a background refresh: it runs though nobody waits
	dying   bool // its last waiter has left
	cancel  context.CancelFunc
}

// Token returns a valid token. It implements [oauth2.TokenSource]. Callers that have
// a context use [Source.TokenContext]. The token is shared: do not change it. The
// error is [ErrDPoPBound] for a token that works only with a proof.
func (s *Source) Token() (*oauth2.Token, error) {
	g, err := s.get(context.Background())
	switch {
	case err != nil:
		return nil, err
	case g.bound:
		return nil, ErrDPoPBound
	}
	return g.token, nil
}

// TokenContext returns a valid token. It may be of the type DPoP, which works only
// with a proof: see [Source.Authorize]. The context ends the caller's wait, not the
// fetch that others wait for too. A fetch has its own budget (FetchTimeout of the
// credential). Errors of the token endpoint are of type [*Error].
func (s *Source) TokenContext(ctx context.Context) (*oauth2.Token, error) {
	g, err := s.get(ctx)
	if err != nil {
		return nil, err
	}
	return g.token, nil
}

// Granted returns the scopes of the token at hand: what the org granted, which
// may be less than what was asked for. It is empty before the first token and
// for an API token, which has no scopes.
func (s *Source) Granted() scopes.Set {
	if g := s.current.Load(); g != nil {
		return g.scopes
	}
	return scopes.Set{}
}

// Asked returns the scopes that every token request asks for. It is empty for an API
// token, which has no scopes.
func (s *Source) Asked() scopes.Set { return s.asked }

// ClientID returns the client id that tokens are requested with. It is empty for
// an API token, which belongs to a user.
func (s *Source) ClientID() string { return s.clientID }

// Authorize sets the Authorization header of req, and the DPoP header if the
// token is bound. The request must go to the org of the credential: it is an
// error for any other host, port or scheme. Call it once for every attempt to
// send a request, since a proof is good once. [Transport] does all that, and sends
// another proof if the org asks for one.
func (s *Source) Authorize(req *http.Request) error {
	_, err := s.authorize(req, "")
	return err
}

// authorize is Authorize with the nonce for the proof. "" means that of the last
// answer.
func (s *Source) authorize(req *http.Request, nonce string) (*grant, error) {
	if err := s.broken(); err != nil {
		return nil, err
	}
	if !s.org.owns(req.URL) {
		return nil, originError(s.org, req.URL)
	}
	g, err := s.get(req.Context())
	if err != nil {
		return nil, err
	}
	if req.Header == nil {
		req.Header = make(http.Header)
	}
	g.token.SetAuthHeader(req)
	if g.bound {
		if err := s.dpop.proveUse(req, g.token.AccessToken, nonce); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// broken returns the error of the credential. A nil Source has none.
func (s *Source) broken() error {
	switch {
	case s == nil:
		return nil
	case s.err == nil && s.org.IsZero():
		return errNoSource
	}
	return s.err
}

// Invalidate drops tok, so that the next caller fetches a new one. It does
// nothing if tok is no longer the current token: many callers that met the same 401
// cause one fetch. An API token stays, since it cannot be fetched.
func (s *Source) Invalidate(tok *oauth2.Token) {
	if g := s.current.Load(); g != nil && g.token == tok && s.fetch != nil {
		s.current.CompareAndSwap(g, nil)
	}
}

// get is the hot path: while a token is fresh, an atomic read.
func (s *Source) get(ctx context.Context) (*grant, error) {
	if g := s.current.Load(); g != nil {
		now := time.Now()
		if g.fresh(now) {
			return g, nil
		}
		if g.valid(now) {
			s.refresh(now)
			return g, nil
		}
	}
	return s.wait(ctx)
}

// refresh starts a fetch in the background, unless one is on its way or the
// last one failed a moment ago. It never blocks.
func (s *Source) refresh(now time.Time) {
	if !s.mu.TryLock() {
		return // another caller is at it
	}
	defer s.mu.Unlock()
	g := s.current.Load()
	if s.flight == nil && !now.Before(s.retryAt) && g != nil && !g.fresh(now) {
		s.launch(context.Background(), true)
	}
}

// wait joins the fetch that is on its way, or starts one.
func (s *Source) wait(ctx context.Context) (*grant, error) {
	switch {
	case s.err != nil:
		return nil, s.err
	case s.fetch == nil:
		return nil, errNoSource
	}
	for {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("oktaint: access token: %w", err)
		}
		s.mu.Lock()
		if g := s.current.Load(); g != nil && g.valid(time.Now()) {
			s.mu.Unlock()
			return g, nil
		}
		f := s.flight
		if err := s.stillRefused(); f == nil && err != nil {
			s.mu.Unlock()
			return nil, err
		}
		if f == nil {
			f = s.launch(context.WithoutCancel(ctx), false)
		}
		dying := f.dying
		f.waiters++
		s.mu.Unlock()

		select {
		case <-f.done:
			if dying {
				continue // it was ended before we came, because its last waiter had left
			}
			return f.grant, f.err
		case <-ctx.Done():
			s.leave(f)
		}
	}
}

// leave takes a waiter off f, and ends f with its last one.
func (s *Source) leave(f *flight) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.waiters--
	if f.waiters == 0 && !f.keep {
		f.dying = true
		f.cancel()
	}
}

// launch starts a fetch on its own budget. The values of ctx reach it, for
// tracing. s.mu is held.
func (s *Source) launch(ctx context.Context, background bool) *flight {
	ctx, cancel := context.WithTimeout(ctx, s.budget)
	f := &flight{done: make(chan struct{}), keep: background, cancel: cancel}
	s.flight = f
	go func() {
		defer cancel()
		g, err := s.fetch(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		if err == nil {
			f.grant = g
			s.current.Store(g)
			s.failures, s.retryAt, s.refused = 0, time.Time{}, nil
		} else {
			f.err = err
			s.putOff(err)
		}
		s.flight = nil
		close(f.done)
	}()
	return f
}

// stillRefused returns the error that the token endpoint would give again, nil if
// it may be asked. s.mu is held.
func (s *Source) stillRefused() error {
	if s.refused == nil || !time.Now().Before(s.refusedTo) {
		return nil
	}
	err := *s.refused
	if err.StatusCode == http.StatusTooManyRequests {
		err.retryAfter = time.Until(s.refusedTo)
	}
	return &err
}

// putOff sets when to try again after a fetch that failed. A refresh is tried with
// back-off. No fetch is tried before the end of a rate limit, nor in the second after a
// final error. s.mu is held.
func (s *Source) putOff(err error) {
	now := time.Now()
	s.retryAt = now.Add(min(time.Second<<min(s.failures, 6), time.Minute))
	s.failures++
	s.refused = nil
	reset, limited := RateLimited(err)
	_, transient := tokenRetry(err, 0)
	ended := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	if !limited && (transient || ended) || !errors.As(err, &s.refused) {
		return
	}
	wait := remembered
	if limited {
		wait = min(reset, longestPutOff)
		s.retryAt = now.Add(wait)
	}
	s.refusedTo = now.Add(wait)
}

// String names the kind of credential and the org.
func (s *Source) String() string { return "oktaint: " + string(s.kind) + " for " + s.org.String() }

// Format implements [fmt.Formatter]: every verb prints the form of String,
// never a token.
func (s *Source) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// errNoSource is the error of a zero Source.
var errNoSource = errors.New("oktaint: the Source is zero: take it from PrivateKeyJWT, ClientSecret, APIToken or Credentials")

var _ oauth2.TokenSource = (*Source)(nil)
