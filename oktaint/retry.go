package oktaint

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// checkRetry is the engine's question after each attempt: is there to be
// another? It leaves the wait before it in c.pause. The engine does not pass
// the request on: what is needed of it is in the call.
func (c *call) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	var why string
	var again bool
	switch {
	case ctx.Err() != nil, c.fatal:
	case err != nil:
		c.pause, why = backoff(c.attempts-1), "no connection to the org"
		again = isTransient(err) && (c.repeatable() || isDialError(err))
	default:
		c.pause, why, again = c.checkStatus(resp)
	}
	again = again && c.attempts <= c.maxRetries() && c.pause <= c.t.maxWait() && !deadlineWithin(ctx, c.pause)
	if !again {
		c.pause = 0
	}
	c.report(c.req, resp, unwrapURL(err))
	if again && c.pause > 0 {
		announce(ctx, Wait{Bucket: c.bucket, For: c.pause, Reason: why})
	}
	return again, nil
}

// checkStatus decides by the status and, for some, the error code.
func (c *call) checkStatus(resp *http.Response) (wait time.Duration, why string, again bool) {
	n := c.attempts - 1
	switch resp.StatusCode {
	case http.StatusBadRequest, http.StatusUnauthorized:
		return 0, "", c.reprove(resp) || c.renew(resp)
	case http.StatusTooManyRequests:
		return readLimits(resp.Header).pause(time.Now(), n), "rate limit of " + c.bucket, true
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return max(backoff(n), retryAfter(resp.Header)), resp.Status, c.repeatable()
	case http.StatusLocked, http.StatusConflict, http.StatusInternalServerError:
		code := peekCode(resp)
		return backoff(n), resp.Status + " (" + code + ")", c.asksAgain(resp.StatusCode, code)
	}
	return 0, "", false
}

// asksAgain knows the answers after which Okta asks to try again: they come
// before anything was done.
func (c *call) asksAgain(status int, code string) bool {
	switch code {
	case "E0000239", // policy priorities are being reconciled
		"E0000268", // another request is changing the role assignments
		"E0000112": // the user is still being activated
		return status != http.StatusInternalServerError
	case "E0000009": // recorded twice on deleting an app, which then worked
		return c.req.Method == http.MethodDelete && isAppPath(c.req.URL.Path) && c.repeatable()
	}
	return false
}

// isAppPath matches /api/v1/apps/{id} exactly.
func isAppPath(path string) bool {
	id, ok := strings.CutPrefix(path, "/api/v1/apps/")
	return ok && id != "" && !strings.Contains(id, "/")
}

// reprove reports whether another DPoP proof may do: after a nonce has changed, or
// where net/http sent a request twice on its own and with it the proof.
func (c *call) reprove(resp *http.Response) bool {
	if c.token == nil || c.token.TokenType != headerDPoP {
		return false
	}
	return c.proofs.again(parseChallenge(resp.Header).Error)
}

// renew drops the token that the org called invalid, once per call.
func (c *call) renew(resp *http.Response) bool {
	if resp.StatusCode != http.StatusUnauthorized || c.token == nil || c.t.Source.fetch == nil || c.renewed {
		return false
	}
	if parseChallenge(resp.Header).Error != "invalid_token" && peekCode(resp) != "E0000011" {
		return false
	}
	c.t.Source.Invalidate(c.token)
	c.renewed = true
	return true
}

// repeatable reports whether sending the request twice does no harm.
func (c *call) repeatable() bool {
	if marked, ok := c.req.Context().Value(repeatable{}).(bool); ok {
		return marked
	}
	switch c.req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// peekCode reads the error code of an answer and puts the body back.
func peekCode(resp *http.Response) string {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // an error comes again to whom reads on
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
	var e struct {
		ErrorCode string `json:"errorCode"`
	}
	_ = json.Unmarshal(body, &e) // no JSON, no code
	return clip(e.ErrorCode)
}

// backoff is the wait before attempt n+2 where the server names none: half a
// second doubled each time up to 30 s, and up to a quarter more, so that many
// clients do not come back in step.
func backoff(n int) time.Duration {
	d := min(500*time.Millisecond<<min(n, 10), 30*time.Second)
	return d + rand.N(d/4)
}

// retryAfter reads the seconds of Retry-After, which proxies send with a 503.
func retryAfter(h http.Header) time.Duration {
	s, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || s < 0 || s > 1<<20 {
		return 0
	}
	return time.Duration(s) * time.Second
}

func deadlineWithin(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= d
}

// isDialError reports whether err came before a connection was there, and so
// before anything was sent.
func isDialError(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}

// isTransient reports whether an error of the network may go away by itself.
// A name that does not exist and a certificate that is not trusted do not.
func isTransient(err error) bool {
	var dns *net.DNSError
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false
	case errors.As(err, &dns) && dns.IsNotFound, errors.As(err, &cert), errors.As(err, &record):
		return false
	case errors.As(err, new(tooLarge)):
		return false
	}
	var op *net.OpError
	return errors.As(err, &op) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) || isTimeout(err) || isHTTP2(err)
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// isHTTP2 knows the errors that net/http makes of a connection or stream that
// the server gave up. Their types are not exported.
func isHTTP2(err error) bool {
	s := err.Error()
	return strings.Contains(s, "http2: ") || strings.Contains(s, "stream error:") || strings.Contains(s, "server closed idle connection")
}
