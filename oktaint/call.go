package oktaint

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

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
