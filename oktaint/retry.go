package oktaint

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// checkRetry tells the engine after each attempt whether there is to be another. It
// leaves the wait before that in c.pause. The engine does not pass the request to it,
// so it uses the one in the call.
func (c *call) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	var why string
	var again bool
	switch {
	case ctx.Err() != nil, c.fatal:
	case err != nil:
		c.pause, why = backoff(c.attempts-1), networkReason(err)
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
	case http.StatusForbidden:
		return 0, "", c.renew(resp)
	case http.StatusTooManyRequests:
		return readLimits(resp.Header).pause(time.Now(), n), "rate limit of " + c.bucket, true
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return max(backoff(n), retryAfter(resp.Header)), statusText(resp.StatusCode), c.repeatable() && !c.asksForLess(resp)
	case http.StatusLocked, http.StatusConflict, http.StatusInternalServerError:
		code := peekCode(resp)
		if isOktaCode(code) {
			why = " (" + code + ")"
		}
		return backoff(n), statusText(resp.StatusCode) + why, !c.asksForLess(resp) && c.asksAgain(resp.StatusCode, code)
	}
	return 0, "", false
}

// asksForLess reports whether the page takes the org too long and the caller will ask
// for a smaller one.
func (c *call) asksForLess(resp *http.Response) bool {
	return c.fate != nil && c.fate.smaller && tooSlow(resp.StatusCode)
}

// tooSlow reports whether the org may answer with this status if a page is too large.
func tooSlow(status int) bool {
	return status == http.StatusInternalServerError || status == http.StatusGatewayTimeout
}

// maxFailed is how often a GET is sent again after a 500.
const maxFailed = 3

// asksAgain reports whether to try again after an error of Okta's: Okta asks for that
// because it has done nothing yet, or the request may be repeated safely.
func (c *call) asksAgain(status int, code string) bool {
	switch code {
	case "E0000239", // policy priorities are being reconciled
		"E0000268", // another request is changing the role assignments
		"E0000112": // the user is still being activated
		return status != http.StatusInternalServerError
	case "E0000053": // the filter: it will not get better
		return false
	}
	if status != http.StatusInternalServerError || !c.repeatable() {
		return false
	}
	switch {
	case c.req.Method == http.MethodGet || c.req.Method == http.MethodHead:
		c.failed++
		return c.failed <= maxFailed
	case c.req.Method == http.MethodDelete: // recorded twice on deleting an app, which then worked
		return code == "E0000009" && isAppPath(c.req.URL.Path)
	}
	return false
}

// isAppPath matches /api/v1/apps/{id} exactly.
func isAppPath(path string) bool {
	id, ok := strings.CutPrefix(path, "/api/v1/apps/")
	return ok && id != "" && !strings.Contains(id, "/")
}

// reprove reports whether another DPoP proof may be accepted: after the nonce has
// changed, or after net/http has sent a request, and its proof, twice on its own.
func (c *call) reprove(resp *http.Response) bool {
	return c.grant != nil && c.grant.bound && c.proofs.again(parseChallenge(resp.Header).Error)
}

// renew drops the token that the org refuses, once per call, and reports whether it
// did. If the org refuses a proof, the token stays. Okta answers E0000005 to a token
// that it has revoked, and also if the endpoint accepts no token at all, so only a
// token that has worked before is dropped for it.
func (c *call) renew(resp *http.Response) bool {
	if c.grant == nil || c.grant.refreshAt.IsZero() || c.renewed {
		return false
	}
	challenge := parseChallenge(resp.Header).Error
	if challenge == errUseNonce || challenge == errInvalidProof {
		return false
	}
	switch code := peekCode(resp); {
	case resp.StatusCode == http.StatusUnauthorized && (challenge == "invalid_token" || code == "E0000011"):
	case resp.StatusCode == http.StatusForbidden && code == "E0000005" && c.grant.worked.Load():
	default:
		return false
	}
	c.t.Source.Invalidate(c.grant.token)
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

// peekCode returns the error code of an answer outside of 2xx.
func peekCode(resp *http.Response) string {
	var doc struct {
		ErrorCode string `json:"errorCode"`
	}
	_ = json.Unmarshal(peekedBytes(resp.Body), &doc) // no JSON, no code
	return doc.ErrorCode
}

// peekedBytes returns what has been read of a body within the attempt.
func peekedBytes(body io.ReadCloser) []byte {
	switch b := body.(type) {
	case *wholeReader:
		return b.bytes
	case *streamedBody:
		return peekedBytes(b.ReadCloser)
	case *peekedBody:
		return b.bytes
	}
	return nil
}

var oktaCode = regexp.MustCompile(`^E[0-9]{7}$`)

// isOktaCode reports whether a code has the form of Okta's.
func isOktaCode(code string) bool { return oktaCode.MatchString(code) }

// backoff is the wait before attempt n+2 if the server names none: half a second,
// doubled each time up to 30 s, and up to a quarter more, so that many clients do
// not come back in step.
func backoff(n int) time.Duration {
	d := min(500*time.Millisecond<<min(n, 10), 30*time.Second)
	return d + rand.N(d/4)
}

// retryAfter reads Retry-After, in seconds or as a date. A date is measured by the
// server's clock if the answer has a Date. Proxies send it with a 503.
func retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if s, err := strconv.ParseInt(value, 10, 64); err == nil {
		return time.Duration(min(max(s, 0), int64(longest/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return min(max(at.Sub(now), 0), longest)
}

// longest bounds the wait that a server can ask for. It is far above MaxWait.
const longest = 365 * 24 * time.Hour

func deadlineWithin(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= d
}

// isDialError reports whether err came before a connection was there, and so
// before anything was sent.
func isDialError(err error) bool {
	var op *net.OpError
	var cert *tls.CertificateVerificationError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect") || errors.As(err, new(*proxyError)) || errors.As(err, &cert)
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
	var proxy *proxyError
	if errors.As(err, &proxy) {
		return proxy.status >= http.StatusBadGateway && proxy.status <= http.StatusGatewayTimeout
	}
	var op *net.OpError
	return errors.As(err, &op) || isBroken(err) || isTimeout(err)
}

// isBroken reports whether err is a connection or stream that ended.
func isBroken(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.ErrClosedPipe) || isHTTP2(err)
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
