package oktaint

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	defaultMaxWait    = 90 * time.Second
	defaultMaxRetries = 7
)

// NewBase returns a new base transport with the settings of the shared one, which is
// used if a base is nil. It is for programs that need another proxy or certificate
// authority: change its fields before it is used, and use one for all clients, since
// each base has its own connections.
func NewBase() *http.Transport {
	// Not a clone of http.DefaultTransport, which programs replace.
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		OnProxyConnectResponse: checkProxy,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxIdleConns:           0, // no limit: there may be thousands of orgs
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        30 * time.Second,
		ResponseHeaderTimeout:  time.Minute, // Okta itself gives up after 30 s
		MaxResponseHeaderBytes: 256 << 10,   // of which Okta needs a few
		ForceAttemptHTTP2:      true,
		// A connection that died unnoticed is detected and given up.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second},
	}
}

// sharedBase is the transport under every Transport and Source that has no
// other: one pool of connections for all orgs.
var sharedBase = sync.OnceValue(NewBase)

func baseTransport(base http.RoundTripper) http.RoundTripper {
	if base == nil {
		return sharedBase()
	}
	return base
}

// A Transport is an [http.RoundTripper] that makes requests to one org
// authorised, paced and retried.
//
// No request carries a credential to another host, port or scheme than the
// org's: it is refused before it is sent. Redirects are not followed.
//
// It retries
//
//   - a 429 of any method;
//   - 502, 503, 504 and connection errors of methods that are idempotent, and of
//     requests that [MarkRepeatable] marks;
//   - 500 of a GET, three times at most; lists ask for smaller pages first;
//   - the few answers after which Okta asks to try again: E0000239, E0000268,
//     E0000112, and E0000009 on deleting an app.
//
// Every attempt is authorised afresh. If the org refuses a token (401 invalid_token
// or E0000011, or 403 E0000005 for a token that has worked before), the token is
// dropped and the request repeated once with a new one. If it refuses a DPoP proof,
// the request is repeated with a fresh one.
//
// After a 429 the request waits for the reset that the answer names, measured by
// the server's clock, and up to 1.5 s more. If that is longer than MaxWait or the
// time to the context's deadline, the 429 is returned at once. A reset that is more
// than two minutes ahead, or past, is not believed: the request waits a few seconds
// and tries.
//
// Once the org has answered with its rate limits, requests of a bucket that is
// used up wait in line for its reset instead of being refused, and at most 8 are
// in flight per bucket. If the headers show that others use the bucket too, the last
// quarter of it is spread evenly over the time to the reset.
//
// Nothing is sent once the request's context has ended. The body of an answer outside
// of 2xx is read before RoundTrip returns, up to 1 MB.
//
// The fields must not be changed after the first request.
type Transport struct {
	// Org is the org that requests may go to. Required.
	Org Org

	// Source authorises the requests. If nil, they carry no credential.
	Source *Source

	// Base sends the requests. If nil, a transport that all of this package
	// shares: see [NewBase]. The base limits the size of headers. For a request of a
	// [Client] or of [Pages], the header of an answer may take two minutes, and then
	// its body two minutes more. After that the attempt counts as cut. A whole request
	// is bounded by its context. If the base does not return although the context has
	// ended, the call is left behind. Once 8 calls of a bucket are, its requests fail at
	// once until one of the calls returns.
	Base http.RoundTripper

	// Share is the part of each rate limit that this Transport uses, between
	// 0 and 1, to leave the rest to others with the same credential. Zero
	// means all. Okta gives each credential half of the org's limits by default, so
	// the other half is left to other apps in any case.
	Share float64

	// MaxWait is the longest single wait: for the reset of a rate limit, or
	// before a request is sent again. Zero means 90 seconds. A request may wait
	// for more than one reset where many are in line.
	MaxWait time.Duration

	// MaxRetries is how often a request is sent again at most. Zero means 7,
	// which is 8 attempts; less than zero means never.
	MaxRetries int

	// Logger, if not nil, gets a line per attempt at the level Debug: method,
	// path without its query, status, bucket, remaining, wait and request id.
	// It never gets a header or a body.
	Logger *slog.Logger

	// OnAttempt, if not nil, is called after each attempt, for metrics. It
	// may be called by many goroutines at once.
	OnAttempt func(Attempt)

	once   sync.Once
	pacer  *pacer // shared by the urgent view
	urgent bool
}

// An Attempt describes one try to send a request, for [Transport].OnAttempt.
type Attempt struct {
	Method    string
	Path      string // without the query
	Bucket    string // the rate limit it counts against, such as /api/v1/apps
	Number    int    // from 1
	Status    int    // 0 if there was no answer
	Limit     int    // requests a minute of the bucket, by the answer; -1 if it named none
	Remaining int    // of them; -1 if the answer named none
	Wait      time.Duration
	RequestID string // X-Okta-Request-Id
	Err       error  // why there was no answer
}

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	if !t.Org.owns(req.URL) {
		return nil, originError(t.Org, req.URL)
	}
	c := &call{t: t, req: req, bucket: bucketOf(req.Method, req.URL.Path)}
	defer c.end()
	c.fate, _ = req.Context().Value(wholeBody{}).(*fate)
	// The engine exchanges the body of the request it is given: it gets a copy.
	again, err := retryablehttp.FromRequest(req.Clone(req.Context()))
	if err != nil {
		return nil, &sendError{err: fmt.Errorf("oktaint: read the request's body: %w", err)}
	}
	engine := &retryablehttp.Client{ // a literal: NewClient would log to standard error
		HTTPClient:   &http.Client{Transport: c, CheckRedirect: neverRedirect},
		RetryMax:     c.maxRetries(),
		CheckRetry:   c.checkRetry,
		Backoff:      func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return c.pause },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	resp, err := engine.Do(again)
	if err != nil {
		if resp != nil {
			resp.Body.Close()
		}
		if ue, ok := err.(*url.Error); ok {
			err = ue.Err // the caller's http.Client adds its own
		}
		return nil, &sendError{sent: c.sent, own: c.refusal, err: err}
	}
	if c.fate != nil {
		c.fate.sent = c.sent
	}
	return resp, nil
}

// A fate carries what a Client and its Transport tell each other about one request.
type fate struct {
	smaller    bool           // a 500 or 504 is not retried: the caller asks for less at once
	sent       bool           // an attempt before the last, or the last, may have taken effect though it failed
	credential credentialSent // by the last attempt
}

func neverRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// originError says that a request was not sent. The URL stays out: its query
// may hold anything.
func originError(org Org, u *url.URL) error {
	if org.IsZero() {
		return &sendError{err: errors.New("oktaint: the Org is zero: make it with ParseOrg")}
	}
	return &sendError{err: fmt.Errorf("oktaint: refused to send a request to %s://%s: credentials go to %s only", u.Scheme, u.Host, org)}
}

// A sendError is about a request without an answer. sent tells whether the request may
// have reached the org.
type sendError struct {
	sent bool
	own  *Error // what kept it from being sent: the token endpoint or a rate limit
	err  error
}

func (e *sendError) Error() string { return e.err.Error() }
func (e *sendError) Unwrap() error { return e.err }

// pacing returns what keeps the rate limits, made at the first use.
func (t *Transport) pacing() *pacer {
	t.once.Do(func() {
		if t.pacer == nil {
			t.pacer = &pacer{share: t.Share, maxWait: t.maxWait()}
		}
	})
	return t.pacer
}

// Urgent returns a view of the Transport for requests that must not wait behind
// others, such as the response to an attack. They pass every queue and are sent at
// once, unless nothing is left of their rate limit or 32 requests of it are in flight.
// From the first call on, a fifth of each limit is kept for them.
func (t *Transport) Urgent() *Transport {
	p := t.pacing()
	p.urgent.Store(true)
	return &Transport{
		Org: t.Org, Source: t.Source, Base: t.Base, Share: t.Share, MaxWait: t.MaxWait, MaxRetries: t.MaxRetries,
		Logger: t.Logger, OnAttempt: t.OnAttempt, pacer: p, urgent: true,
	}
}

// Limits describes the rate limits that have been used so far, as their last
// answers told.
func (t *Transport) Limits() []Limit { return t.pacing().snapshot(time.Now()) }

func (t *Transport) maxWait() time.Duration {
	if t.MaxWait <= 0 {
		return defaultMaxWait
	}
	return t.MaxWait
}

func (c *call) maxRetries() int {
	switch n := c.t.MaxRetries; {
	case n < 0:
		return 0
	case n == 0:
		return defaultMaxRetries
	default:
		return n
	}
}
