package oktaint

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/rezonate-io/okta-integration/scopes"
)

const insufficientScope = "insufficient_scope"

// An Error is a request to an org that did not succeed: an answer outside of
// 2xx, an answer that cannot be read, or none at all. Ask what it means with
// [IsNotFound], [Denied], [NoToken], [RateLimited] and [Ambiguous]. Decide by those,
// by StatusCode and by Code: Summary and Causes are for people, and in the org's
// language.
type Error struct {
	StatusCode int      // 0 if there was no answer
	Code       string   // Okta's error code, such as E0000006
	Summary    string   // what Okta says, or what could not be read
	Causes     []string // Okta's reasons, where it gives any
	ID         string   // of the error, for Okta's support
	RequestID  string   // X-Okta-Request-Id, for Okta's support
	Method     string
	Path       string // without the query

	// OAuthError is the error of RFC 6749, section 5.2 or RFC 6750, section
	// 3.1: from the token endpoint's answer or WWW-Authenticate.
	OAuthError       string
	OAuthDescription string

	// Scope is the scope that the endpoint wants, where the org names it.
	Scope scopes.Scope

	// Hint says in plain words what to do. It may be empty.
	Hint string

	err        error
	kind       Kind          // of the credential that was sent
	sent       bool          // without an answer: it may have reached the org
	earlier    bool          // an attempt before the one of this answer may have taken effect
	skew       time.Duration // the server's clock less ours
	limits     limits
	received   time.Time
	retryAfter time.Duration // of a request that was not sent
}

// Error implements error. It never holds a secret.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("oktaint:")
	if e.Method != "" {
		fmt.Fprintf(&b, " %s", e.Method)
	}
	fmt.Fprintf(&b, " %s:", e.Path)
	if e.StatusCode != 0 {
		fmt.Fprintf(&b, " %d", e.StatusCode)
	}
	for _, s := range []string{e.Code, e.OAuthError} {
		if s != "" {
			b.WriteString(" " + s)
		}
	}
	for _, s := range append([]string{e.Summary, e.OAuthDescription}, e.Causes...) {
		if s != "" {
			b.WriteString(" " + s + ";")
		}
	}
	out := strings.TrimSuffix(b.String(), ";")
	// The text of a RetrieveError is in the fields above.
	if e.err != nil && e.OAuthError == "" && e.Code == "" {
		if e.Summary != "" {
			out += ":"
		}
		out += " " + strings.TrimPrefix(e.errText(), "oktaint: ")
	}
	if e.RequestID != "" {
		out += " (request " + e.RequestID + ")"
	}
	if e.Hint != "" {
		out += ": " + e.Hint
	}
	return out
}

// errText is the wrapped error's text; x/oauth2 would print a body whole.
func (e *Error) errText() string {
	if e.StatusCode < 200 || e.StatusCode > 299 {
		if e.StatusCode != 0 {
			return http.StatusText(e.StatusCode)
		}
	}
	return e.err.Error()
}

// Unwrap returns the error below: of the network, of the context, of reading
// the answer, or an *oauth2.RetrieveError of the token endpoint.
func (e *Error) Unwrap() error { return e.err }

// newError describes an answer outside of 2xx, or one of 2xx that cannot be read.
// The summary, if there is one, replaces that of the body.
func newError(req *http.Request, resp *http.Response, body []byte, sent credentialSent, summary string) *Error {
	clean := sent.scrubber()
	e := &Error{Method: req.Method, Path: clip(req.URL.Path), sent: true, kind: sent.kind}
	e.readHeader(resp, time.Now(), clean)
	c := parseChallenge(resp.Header)
	e.OAuthError, e.OAuthDescription = cleanText(clean, c.Error), cleanText(clean, c.Description)
	if c.Error == insufficientScope {
		first, _, _ := strings.Cut(c.Scope, " ")
		e.Scope = scopes.Scope(cleanText(clean, first))
	}
	e.readBody(body, resp.Header, clean)
	if summary != "" {
		e.Summary, e.Causes = cleanText(clean, summary), nil
	}
	if e.Hint == "" {
		e.Hint = e.explain()
	}
	return e
}

func (e *Error) readHeader(resp *http.Response, received time.Time, clean func(string) string) {
	e.StatusCode, e.RequestID = resp.StatusCode, cleanText(clean, resp.Header.Get(headerRequestID))
	e.limits, e.received = readLimits(resp.Header), received
	if !e.limits.date.IsZero() {
		e.skew = e.limits.date.Sub(received)
	}
}

// clip makes a server's text fit into a line of a log: it is short and printable.
func clip(s string) string {
	if len(s) > 1000 {
		s = s[:1000] + "..."
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
}

// wait is how long to wait after the n-th 429 in a row, from 0.
func (e *Error) wait(n int) time.Duration {
	if e.retryAfter > 0 {
		return e.retryAfter
	}
	return e.limits.pause(e.received, n)
}

// reason names an error in a few words, for progress.
func reason(err error) string {
	var e *Error
	switch {
	case !errors.As(err, &e) || e.StatusCode == 0:
		return networkReason(err)
	case e.StatusCode == http.StatusTooManyRequests:
		return "rate limit"
	}
	return statusText(e.StatusCode)
}

// statusText describes a status without the server's text in the status line.
func statusText(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

// RateLimited reports whether err is a rate limit, and how long to wait.
func RateLimited(err error) (time.Duration, bool) {
	var e *Error
	if !errors.As(err, &e) || e.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	return e.wait(0), true
}

// Ambiguous reports whether the request may have taken effect although it failed:
// the connection broke or the context ended while it was on its way, the server
// failed (5xx), its answer could not be read, or one of these happened to an
// attempt before the last. False means that it did not take effect.
func Ambiguous(err error) bool {
	var none *noTokenError
	if errors.As(err, &none) {
		return none.sent
	}
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	return e.earlier || e.sent && (e.StatusCode == 0 || e.StatusCode >= 500 || 200 <= e.StatusCode && e.StatusCode < 300)
}

// unwrapURL takes off what http.Client adds: the method and the URL, whose query may
// be confidential.
func unwrapURL(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}
