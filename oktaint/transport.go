package oktaint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/oauth2"
)

const (
	defaultMaxWait    = 90 * time.Second
	defaultMaxRetries = 7
)

// Bodies are read up to these sizes and no further.
const (
	maxBody      = 16 << 20
	maxErrorBody = 1 << 20
)

// bodyTimeout is how long the body of an answer may take that is read within the
// attempt. It bounds what a server can hold up who sends a byte now and then.
const bodyTimeout = 2 * time.Minute

// sharedBase is the transport under every Transport and Source that has no
// other: one pool of connections for all orgs.
var sharedBase = sync.OnceValue(func() http.RoundTripper {
	// Not a clone of http.DefaultTransport, which programs replace.
	dialer := &net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxIdleConns:           0, // no limit: there may be thousands of orgs
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        30 * time.Second,
		ResponseHeaderTimeout:  time.Minute, // Okta itself gives up after 30 s
		MaxResponseHeaderBytes: 256 << 10,   // of which Okta needs a few
		ForceAttemptHTTP2:      true,
	}
	// A connection that died unnoticed is found out and left.
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second}
	return t
})

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
// It retries a 429 for any method; 502, 503, 504 and connection errors for
// methods that are idempotent and for requests that [MarkRepeatable] marks; and
// the few answers after which Okta asks to try again (E0000239, E0000268,
// E0000112, and E0000009 on deleting an app). A token that Okta calls invalid
// is dropped, and the request repeated once with a new one. A DPoP proof that is
// refused is answered by one fresh one. Every attempt is authorised afresh. After a 429 it waits for the reset that the answer names,
// by the server's clock, and up to 1.5 s more. If that is longer than MaxWait or
// the time to the context's deadline, the 429 is returned at once.
//
// Once the org has answered with its rate limits, requests of a bucket that is
// used up wait in line for its reset instead of being refused, and at most 8 are
// in flight per bucket. Where the headers show that others use the bucket too,
// the last quarter of it is spread evenly over the time to the reset.
//
// The fields must not be changed after the first request.
type Transport struct {
	// Org is the org that requests may go to. Required.
	Org Org

	// Source authorises the requests. If nil, they carry no credential.
	Source *Source

	// Base sends the requests. If nil, a transport that all of this package
	// shares. Timeouts of a single attempt up to the header of its answer are
	// its business, and so is the size of a header; a body that is read by
	// [Client] or [Pages] has two minutes and counts as cut after that. A whole
	// request is bounded by its context.
	Base http.RoundTripper

	// Share is the part of each rate limit that this Transport uses, between
	// 0 and 1, to leave the rest to others with the same credential. Zero
	// means all. Okta grants each credential a half of the org's limits by
	// default, so that what other apps use is out of its reach anyway.
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

// An Attempt is what [Transport].OnAttempt is told of one try to send a request.
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
	fate, _ := req.Context().Value(wholeBody{}).(*fate)
	c.whole = fate != nil
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
	if fate != nil {
		fate.sent = c.sent
	}
	return resp, nil
}

// A fate is what a Client is told of its request beside the answer.
type fate struct {
	sent bool // an attempt before the last, or the last, may have taken effect though it failed
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

// A sendError is an error without an answer; sent tells whether the request
// may have reached the org all the same.
type sendError struct {
	sent bool
	own  *Error // what kept it from being sent: the token endpoint or a rate limit
	err  error
}

func (e *sendError) Error() string { return e.err.Error() }
func (e *sendError) Unwrap() error { return e.err }

// A call is one request with all its attempts. It is the base of the engine's
// http.Client, deliberately without CloseIdleConnections: the engine would call
// it on the shared base.
type call struct {
	t      *Transport
	req    *http.Request // the caller's
	bucket string
	whole  bool // read the body within the attempt, so that a cut one is retried

	attempts int
	sent     bool          // an attempt may have taken effect
	fatal    bool          // the last error is none of the network
	refusal  *Error        // the last error, if it is about a token or a rate limit
	token    *oauth2.Token // of the last attempt
	renewed  bool          // the token was dropped for a 401 once
	proofs   proofErrors
	pause    time.Duration // before the next attempt
}

// RoundTrip makes one attempt: it waits for a place in the bucket, checks the
// origin again, authorises, sends, and learns from the answer.
func (c *call) RoundTrip(req *http.Request) (*http.Response, error) {
	c.attempts++
	place, err := c.t.pacing().enter(req.Context(), c.bucket, c.t.urgent)
	if err != nil {
		return nil, c.refuse(err)
	}
	defer place.leave()
	ctx, cancel := req.Context(), context.CancelFunc(nil)
	if c.whole {
		ctx, cancel = context.WithCancel(ctx)
		defer cancel()
	}
	out := req.Clone(ctx)
	if err := c.authorize(out); err != nil {
		return nil, c.refuse(err)
	}
	resp, err := baseTransport(c.t.Base).RoundTrip(out)
	if err != nil {
		c.sent = c.sent || !isDialError(err)
		return nil, err
	}
	c.sent = c.sent || resp.StatusCode >= 500
	place.observe(resp, time.Now())
	if c.t.Source != nil && c.t.Source.dpop != nil {
		learn(&c.t.Source.dpop.apiNonce, resp.Header)
	}
	if c.whole {
		return c.readWhole(resp, cancel)
	}
	return resp, nil
}

// refuse notes why nothing was sent. Errors of the network are not asked for an
// *Error: net/http answers with a context's cause, which may be another
// request's.
func (c *call) refuse(err error) error {
	c.fatal = true
	errors.As(err, &c.refusal)
	return err
}

func (c *call) authorize(req *http.Request) (err error) {
	if !c.t.Org.owns(req.URL) {
		return originError(c.t.Org, req.URL)
	}
	if c.t.Source != nil {
		c.token, err = c.t.Source.authorize(req)
	}
	return err
}

// readWhole replaces the body by its bytes. It ends the attempt by cancel where
// the body takes too long.
func (c *call) readWhole(resp *http.Response, cancel context.CancelFunc) (*http.Response, error) {
	timer := time.AfterFunc(bodyTimeout, cancel)
	body, err := readBody(resp, maxBody)
	if !timer.Stop() && err != nil && c.req.Context().Err() == nil {
		err = slowBody{}
	}
	if err != nil {
		c.fatal = errors.As(err, new(tooLarge))
		c.sent = c.sent || resp.StatusCode < 300
		return nil, err
	}
	resp.Body = &wholeReader{bytes.NewReader(body), body}
	return resp, nil
}

// A wholeReader is a body that has been read within the attempt. A Client takes
// its bytes without reading them again.
type wholeReader struct {
	*bytes.Reader
	bytes []byte
}

func (*wholeReader) Close() error { return nil }

// tooLarge is the error of a body with more than so many bytes.
type tooLarge int64

func (n tooLarge) Error() string {
	return fmt.Sprintf("oktaint: the answer's body is larger than %d MB", n>>20)
}

// slowBody is the error of a body that took longer than bodyTimeout. It is a
// timeout of the network: a connection that died unnoticed looks the same.
type slowBody struct{}

func (slowBody) Error() string {
	return fmt.Sprintf("oktaint: the answer's body was not complete after %v", bodyTimeout)
}
func (slowBody) Timeout() bool { return true }

// readBody reads and closes a body of at most limit bytes. Of an answer outside of
// 2xx the status says most: what is beyond maxErrorBody is dropped.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	if w, ok := resp.Body.(*wholeReader); ok {
		return w.bytes, nil
	}
	defer resp.Body.Close()
	failed := resp.StatusCode < 200 || resp.StatusCode > 299
	if failed {
		limit = maxErrorBody
	}
	body, err := readAll(io.LimitReader(resp.Body, limit+1), min(resp.ContentLength, limit))
	switch {
	case err != nil && failed:
		return body, nil
	case err != nil:
		return nil, fmt.Errorf("the answer's body ended early: %w", err)
	case int64(len(body)) > limit && failed:
		return body[:limit], nil
	case int64(len(body)) > limit:
		return nil, tooLarge(limit)
	}
	return body, nil
}

// readAll is io.ReadAll into a buffer that has the right size from the beginning,
// if the length is known and moderate: a server can say anything.
func readAll(r io.Reader, length int64) ([]byte, error) {
	buf := bytes.NewBuffer(make([]byte, 0, bytes.MinRead+max(0, min(length, maxErrorBody))))
	_, err := buf.ReadFrom(r)
	return buf.Bytes(), err
}

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
// others, such as the response to an attack. They pass every queue and go out at
// once, unless nothing is left of their rate limit. From the first call on, a
// fifth of each limit is kept for them.
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

// report tells the logger and OnAttempt of an attempt.
func (c *call) report(req *http.Request, resp *http.Response, err error) {
	t := c.t
	if t.OnAttempt == nil && t.Logger == nil {
		return
	}
	a := Attempt{Method: req.Method, Path: req.URL.Path, Bucket: c.bucket, Number: c.attempts, Limit: -1, Remaining: -1, Wait: c.pause, Err: err}
	if resp != nil {
		h := readLimits(resp.Header)
		a.Status, a.RequestID = resp.StatusCode, clip(resp.Header.Get(headerRequestID))
		if h.known {
			a.Limit, a.Remaining = h.limit, h.remaining
		}
	}
	if t.OnAttempt != nil {
		t.OnAttempt(a)
	}
	if t.Logger != nil {
		t.Logger.LogAttrs(req.Context(), slog.LevelDebug, "okta request",
			slog.String("method", a.Method), slog.String("path", a.Path), slog.Int("status", a.Status),
			slog.String("bucket", a.Bucket), slog.Int("remaining", a.Remaining), slog.Duration("wait", a.Wait),
			slog.String("request_id", a.RequestID), slog.Any("error", err))
	}
}

type (
	wholeBody  struct{} // context key: *fate; the body is read within the attempt
	repeatable struct{} // context key: safe to repeat
	onWait     struct{} // context key: func(Wait)
)

// MarkRepeatable returns a context for requests that are safe to send twice
// though their method is not idempotent. They are retried after a 502, 503 or
// 504 and after connection errors.
func MarkRepeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatable{}, true)
}

// A Wait is a pause before a request is sent or sent again.
type Wait struct {
	Bucket string        // the rate limit that the request counts against, such as /api/v1/apps
	For    time.Duration // how long, at the most
	Reason string        // in plain words, such as "rate limit of /api/v1/apps"
}

// WithOnWait returns a context in which fn is told of every wait at its
// beginning, so that a program can say what it waits for. A request can be
// waiting while others go on, so fn may be called by many goroutines at once.
func WithOnWait(ctx context.Context, fn func(Wait)) context.Context {
	return context.WithValue(ctx, onWait{}, fn)
}

// announce tells of a wait, unless it is too short to be worth a word.
func announce(ctx context.Context, w Wait) {
	if fn, ok := ctx.Value(onWait{}).(func(Wait)); ok && w.For >= 200*time.Millisecond {
		fn(w)
	}
}

// sleep waits, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err() // not its cause, which may be the error of another request
	}
}
