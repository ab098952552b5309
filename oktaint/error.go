package oktaint

import (
	"bytes"
	"encoding/json"
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
// 2xx, an answer that cannot be read, or none at all. What it means for the
// caller is asked with [IsNotFound], [MissingScope], [MissingRole],
// [FeatureOff], [RateLimited] and [Ambiguous]. Decide by those, by StatusCode
// and by Code: Summary and Causes are for people, and in the org's language.
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
	// The text of a RetrieveError has been told above.
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
func newError(req *http.Request, resp *http.Response, body []byte) *Error {
	e := &Error{Method: req.Method, Path: clip(req.URL.Path), sent: true}
	e.readHeader(resp, time.Now())
	c := parseChallenge(resp.Header)
	e.OAuthError, e.OAuthDescription = c.Error, c.Description
	if c.Error == insufficientScope {
		first, _, _ := strings.Cut(c.Scope, " ")
		e.Scope = scopes.Scope(first)
	}
	e.parseBody(body, resp.Header)
	if e.Hint == "" {
		e.Hint = e.explain()
	}
	_, credential, _ := strings.Cut(req.Header.Get("Authorization"), " ")
	e.scrub(scrubber(credential))
	return e
}

func (e *Error) readHeader(resp *http.Response, received time.Time) {
	e.StatusCode, e.RequestID = resp.StatusCode, clip(resp.Header.Get(headerRequestID))
	e.limits, e.received = readLimits(resp.Header), received
	if !e.limits.date.IsZero() {
		e.skew = e.limits.date.Sub(received)
	}
}

// parseBody reads the error documents of the API and of the token endpoint.
func (e *Error) parseBody(body []byte, h http.Header) {
	var doc struct {
		ErrorCode    string `json:"errorCode"`
		ErrorSummary string `json:"errorSummary"`
		ErrorID      string `json:"errorId"`
		ErrorCauses  []struct {
			ErrorSummary string `json:"errorSummary"`
		} `json:"errorCauses"`
		Error            string `json:"error"`
		ErrorDescription string `json:"error_description"`
		Message          string `json:"message"`
	}
	if err := json.Unmarshal(body, &doc); err != nil && len(bytes.TrimSpace(body)) > 0 {
		if looksLikeHTML(body, h) {
			e.Hint = "the answer is a web page, not Okta's JSON: is a proxy or a sign-in page in between?"
		}
	}
	e.Code, e.ID = clip(doc.ErrorCode), clip(doc.ErrorID)
	if e.Summary == "" {
		e.Summary = clip(doc.ErrorSummary + doc.Message)
	}
	for _, c := range doc.ErrorCauses[:min(len(doc.ErrorCauses), maxCauses)] {
		e.Causes = append(e.Causes, clip(c.ErrorSummary))
	}
	if e.OAuthError == "" {
		e.OAuthError, e.OAuthDescription = clip(doc.Error), clip(doc.ErrorDescription)
	}
}

// maxCauses bounds the reasons that are kept of an answer.
const maxCauses = 20

func looksLikeHTML(body []byte, h http.Header) bool {
	return strings.Contains(h.Get("Content-Type"), "html") || bytes.HasPrefix(bytes.TrimSpace(body), []byte("<"))
}

// clip bounds what a server can put into a line of a log.
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

// explain gives the hint for errors of the API.
func (e *Error) explain() string {
	switch {
	case e.StatusCode == http.StatusUnauthorized && e.Code == "E0000015":
		return "the org does not have this feature"
	case e.StatusCode == http.StatusUnauthorized && e.Code == "E0000011":
		return "the API token is wrong, revoked or expired (30 days without use): make a new one"
	case e.OAuthError == insufficientScope:
		return fmt.Sprintf("the token lacks the scope %s: a Super Admin grants it to the app (Okta API Scopes tab)", e.Scope)
	case e.Code == "E0000006":
		return "the scope is there, but no admin role allows this: a Super Admin assigns one to the app or to the token's owner"
	case e.Code == "E0000005":
		return "this endpoint does not take OAuth tokens"
	case e.OAuthError == errInvalidProof, e.OAuthError == errUseNonce:
		return explainCommon(e)
	case 300 <= e.StatusCode && e.StatusCode < 400:
		return "redirects are not followed: use the org's canonical URL (Discover)"
	case e.StatusCode == http.StatusNotFound && e.Code == "":
		return "is this the org's URL? Okta answers so where there is no org"
	}
	return ""
}

// scrub takes the request's credential out of everything the server said, in
// case it repeats what it was sent.
func (e *Error) scrub(clean func(string) string) {
	e.Summary, e.OAuthDescription, e.OAuthError = clean(e.Summary), clean(e.OAuthDescription), clean(e.OAuthError)
	e.Code, e.ID, e.RequestID, e.Scope = clean(e.Code), clean(e.ID), clean(e.RequestID), scopes.Scope(clean(string(e.Scope)))
	for i := range e.Causes {
		e.Causes[i] = clean(e.Causes[i])
	}
	e.Hint = clean(e.Hint)
}

// skewNote tells of a difference of the clocks that is worth a word. Date has
// whole seconds, and the answer was some time on its way.
func (e *Error) skewNote() string {
	switch {
	case e.skew > 5*time.Second:
		return fmt.Sprintf(" (this machine is %v behind)", e.skew.Round(time.Second))
	case e.skew < -5*time.Second:
		return fmt.Sprintf(" (this machine is %v ahead)", -e.skew.Round(time.Second))
	}
	return ""
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
		return "no connection to the org"
	case e.StatusCode == http.StatusTooManyRequests:
		return "rate limit"
	}
	return fmt.Sprintf("%d %s", e.StatusCode, http.StatusText(e.StatusCode))
}

// A noTokenError is a request that was not sent for want of a token. What the
// token endpoint said is in its chain, but is no answer to the request.
type noTokenError struct {
	method, path string
	sent         bool // an earlier attempt may have taken effect
	err          *Error
}

func (e *noTokenError) Error() string {
	return fmt.Sprintf("oktaint: %s %s: no access token: %v", e.method, e.path, e.err)
}
func (e *noTokenError) Unwrap() error { return e.err }

// answerOf returns the error of the request itself, not of its token.
func answerOf(err error) (*Error, bool) {
	var none *noTokenError
	if errors.As(err, &none) {
		return nil, false
	}
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// IsNotFound reports whether err is a 404. It does not mean that the thing does
// not exist: Okta also answers 404 for some it does not show, and for a user
// who is deactivated already.
func IsNotFound(err error) bool {
	e, ok := answerOf(err)
	return ok && e.StatusCode == http.StatusNotFound
}

// MissingScope reports whether err says that the token lacks a scope, and which
// one the endpoint wants. The scope is empty if the org did not name it.
func MissingScope(err error) (scopes.Scope, bool) {
	var e *Error
	if !errors.As(err, &e) || e.OAuthError != insufficientScope {
		return "", false
	}
	return e.Scope, true
}

// MissingRole reports whether err is Okta's E0000006: the credential may use
// the endpoint, but no admin role of it reaches what was asked for.
func MissingRole(err error) bool {
	e, ok := answerOf(err)
	return ok && e.StatusCode == http.StatusForbidden && e.Code == "E0000006"
}

// FeatureOff reports whether err says that the org does not have the feature:
// Okta's E0000015 (a 401, though the credential is good), or E0000008 for an
// endpoint that the org's engine does not have.
func FeatureOff(err error) bool {
	e, ok := answerOf(err)
	return ok && (e.Code == "E0000015" || e.Code == "E0000008" && e.StatusCode == http.StatusNotFound)
}

// RateLimited reports whether err is a rate limit, and how long to wait.
func RateLimited(err error) (time.Duration, bool) {
	var e *Error
	if !errors.As(err, &e) || e.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	return e.wait(0), true
}

// Ambiguous reports whether the request may have taken effect all the same: the
// connection broke or the context ended while it was on its way, the server
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

// unwrapURL takes off what http.Client adds: the method and the URL, whose
// query is nobody's business.
func unwrapURL(err error) error {
	var ue *url.Error
	if errors.As(err, &ue) {
		return ue.Err
	}
	return err
}
