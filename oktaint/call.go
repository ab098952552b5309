package oktaint

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// A call is one request with all its attempts. It is the base of the engine's
// http.Client, deliberately without CloseIdleConnections: the engine would call
// it on the shared base.
type call struct {
	t      *Transport
	req    *http.Request // the caller's
	bucket string
	fate   *fate // nil if the caller reads the body: see wholeBody

	attempts   int
	sent       bool           // an attempt may have taken effect
	fatal      bool           // the last error does not come from the network
	refusal    *Error         // the last error, if it is about a token or a rate limit
	grant      *grant         // that authorised the last attempt; nil for none
	credential credentialSent // of the last attempt
	renewed    bool           // the token was dropped because the org refused it
	failed     int            // answers of 500 that were answered by another attempt
	proofs     proofErrors
	alone      bool          // no other attempt of the Source is on its way: see takeTurn
	pause      time.Duration // before the next attempt
}

// RoundTrip makes one attempt: it waits for a place in the bucket, checks the
// origin again, authorises, sends, and learns from the answer.
func (c *call) RoundTrip(req *http.Request) (*http.Response, error) {
	c.attempts++
	place, err := c.t.pacing().enter(req.Context(), c.bucket, c.rank())
	if err != nil {
		return nil, c.refuse(err)
	}
	defer place.leave()
	turn, err := c.takeTurn(req.Context())
	if err != nil {
		return nil, c.refuse(err)
	}
	defer turn()
	out := req.Clone(req.Context())
	if err := c.authorize(out); err != nil {
		return nil, c.refuse(err)
	}
	if err := req.Context().Err(); err != nil { // the grace of WithGrace is for what was sent before
		return nil, c.refuse(err)
	}
	began := time.Now()
	resp, err := c.send(out, place)
	if resp != nil {
		place.observe(resp, began, time.Now())
		c.learn(resp)
	}
	if err != nil {
		c.sent = c.sent || !isDialError(err)
		return nil, err
	}
	c.sent = c.sent || resp.StatusCode >= 500
	return resp, nil
}

// rank is how the next attempt stands in line.
func (c *call) rank() rank {
	switch {
	case c.alone:
		return alone
	case c.t.urgent:
		return urgent
	}
	return normal
}

// refuse notes why nothing was sent. It is the only place that looks for an *Error:
// net/http answers with the cause of a context, which may be the *Error of another
// request.
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
		c.grant, err = c.t.Source.authorize(req, c.proofs.own)
		c.credential = sentWith(c.t.Source.kind, req)
	}
	if c.fate != nil {
		c.fate.credential = c.credential
	}
	return err
}

// send sends one attempt over the base. A base is foreign code: it is left behind
// if it does not come back, and a panic in it is an error of this call alone. The
// body is read within the attempt if there is a fate, so that one that is cut is
// retried. Outside of 2xx what the policy looks at is read within the attempt.
func (c *call) send(req *http.Request, place *bucket) (*http.Response, error) {
	ctx, cancel := onTheWire(req.Context())
	req = req.WithContext(ctx)
	base, whole := baseTransport(c.t.Base), c.fate != nil
	resp, err := foreign(ctx, "the base transport", &place.stuck, func() (*http.Response, error) {
		if whole {
			return roundTripWhole(base, req, cancel, maxBody)
		}
		resp, err := roundTrip(base, req)
		if err == nil && resp.StatusCode > 299 {
			peek(resp, cancel)
		}
		return resp, err
	}, func(late *http.Response) { late.Body.Close() })
	if err == nil && !whole {
		resp.Body = &streamedBody{resp.Body, cancel}
		return resp, nil
	}
	cancel(nil)
	if err != nil {
		c.fatal = errors.As(err, new(tooLarge)) || errors.As(err, new(switched))
		if slow, ok := context.Cause(ctx).(slowAnswer); ok {
			err = slow
		}
		return resp, cleanError(err, c.credential.scrubber())
	}
	return resp, nil
}

// roundTrip takes one answer from the base. One that switches protocols is no
// answer: its body is the connection itself, and reading it would never end.
func roundTrip(base http.RoundTripper, req *http.Request) (*http.Response, error) {
	resp, err := base.RoundTrip(req)
	if resp != nil && resp.Body == nil {
		resp.Body = http.NoBody // as net/http's client takes it
	}
	switch {
	case err != nil && resp != nil: // which no base should do
		resp.Body.Close()
		return nil, err
	case err != nil:
		return nil, err
	case resp == nil:
		return nil, &foreignError{"the base transport", "returned neither an answer nor an error"}
	case resp.StatusCode < 200:
		resp.Body.Close()
		return nil, switched(resp.StatusCode)
	}
	return resp, nil
}

// roundTripWhole is roundTrip with the body read. It ends the attempt by cancel
// where the header or the body takes too long, and takes at most limit bytes.
func roundTripWhole(base http.RoundTripper, req *http.Request, cancel context.CancelCauseFunc, limit int64) (*http.Response, error) {
	timer := time.AfterFunc(headerTimeout, func() { cancel(slowAnswer("header")) })
	defer timer.Stop()
	resp, err := roundTrip(base, req)
	if err != nil {
		return nil, err
	}
	timer.Stop()
	return readWhole(resp, cancel, limit)
}

// learn notes what an answer says about the credential.
func (c *call) learn(resp *http.Response) {
	if c.grant == nil || c.grant.refreshAt.IsZero() {
		return // an API token: nothing about it changes
	}
	if resp.StatusCode < 300 {
		c.grant.worked.Store(true)
	}
	if c.t.Source.dpop != nil {
		c.proofs.learn(&c.t.Source.dpop.apiNonce, resp)
	}
}

// takeTurn returns what ends the turn of an attempt to use a nonce of the API. Any
// number of attempts have a turn at the same time, until a call has been refused two
// nonces in a row: that one goes on alone, while no other of the Source is on its way.
func (c *call) takeTurn(ctx context.Context) (func(), error) {
	s := c.t.Source
	if c.alone || s == nil || s.dpop == nil || !s.dpop.on.Load() {
		return func() {}, nil
	}
	if c.proofs.nonce < 2 {
		if err := s.dpop.turns.Acquire(ctx, 1); err != nil {
			return nil, err
		}
		return func() { s.dpop.turns.Release(1) }, nil
	}
	if err := s.dpop.turns.Acquire(ctx, allTurns); err != nil {
		return nil, err
	}
	c.alone = true
	return func() {}, nil
}

// end is the end of the call.
func (c *call) end() {
	if c.alone {
		c.t.Source.dpop.turns.Release(allTurns)
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
		a.Status, a.RequestID = resp.StatusCode, cleanText(c.credential.scrubber(), resp.Header.Get(headerRequestID))
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
