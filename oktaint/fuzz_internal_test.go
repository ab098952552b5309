package oktaint

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/rezonate-io/okta-integration/scopes"
)

func FuzzNextLink(f *testing.F) {
	f.Add(`<https://a/1>; rel="self", <https://a/2>; rel="next"`)
	f.Add(`<a,b>; rel=next; title="x, y"`)
	f.Fuzz(func(t *testing.T, line string) {
		nextLink(http.Header{"Link": {line}}) // must come to an end
	})
}

// The text of an error is short, printable and without the credential that was sent,
// whatever the answer holds.
func FuzzError(f *testing.F) {
	f.Add(403, `{"errorCode":"E0000006","errorSummary":"s","errorCauses":[{"errorSummary":"c"}]}`, `Bearer realm="a\"b", error="c", scope=d`, "req1")
	f.Add(400, `{"error":{"message":["x"]},"errors":[{"detail":1}]}`, `DPoP error="use_dpop_nonce"`, "")
	f.Add(502, "<html><title>Bad Gateway hunter2secret</title>", "", "hunter2secret")
	f.Add(404, "hunter2secret\x1b[2J", `Bearer error_description="hunter2secret"`, "\u009b")
	const secret = "hunter2secret"
	f.Fuzz(func(t *testing.T, status int, body, challenge, id string) {
		req := &http.Request{Method: "GET", URL: &url.URL{Path: "/api/v1/users"}}
		resp := &http.Response{StatusCode: status, Header: http.Header{"Www-Authenticate": {challenge}, headerRequestID: {id}}}
		e := newError(req, resp, []byte(body), credentialSent{KindAPIToken, []string{secret}}, "")
		text := e.Error()
		if len(text) > 40_000 || strings.Contains(text, secret) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%d bytes: %q", len(text), text)
		}
		if IsNotFound(e) && (status != 404 || e.Code == "") {
			t.Errorf("%d %q says that an object does not exist", status, body)
		}
	})
}

// Every answer of the token endpoint gives a token that can be sent and expires, or an
// error that does not hold the answer's token.
func FuzzTokenAnswer(f *testing.F) {
	f.Add(200, `{"token_type":"Bearer","expires_in":3600,"access_token":"hunter2secret","scope":"okta.users.read"}`)
	f.Add(200, `{"token_type":"DPoP","expires_in":"1","access_token":"hunter2secret\u0000"}`)
	f.Add(200, `{"token_type":"Bearer","expires_in":-1e400,"access_token":"hunter2secret"}`)
	f.Add(400, `{"error":"invalid_client","error_description":"\u0000"}`)
	f.Add(401, `<html>`)
	org := Org{"acme.okta.com"}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 200 || status > 999 {
			status = 200
		}
		s := ClientSecret{Org: org, ClientID: "0oa1", Secret: NewSecret("00secret"), Scopes: scopes.New(scopes.UsersRead), FetchTimeout: time.Millisecond}.Source(fixed(status, body))
		g, err := s.get(t.Context())
		switch {
		case err != nil && strings.Contains(err.Error(), "hunter2secret") && status < 300:
			t.Errorf("%d %q: %v", status, body, err)
		case err == nil && (!isSendable(g.token.AccessToken) || !g.expiry.After(time.Now().Add(-time.Minute))):
			t.Errorf("%d %q: %q until %v", status, body, g.token.AccessToken, g.expiry)
		}
	})
}

// Credentials go to the org that was named or to one under Okta's domains, whatever an
// org says about itself.
func FuzzDiscover(f *testing.F) {
	f.Add(`{"id":"00o1","_links":{"organization":{"href":"https://acme.okta.com"},"alternate":{"href":"https://login.example.com"}},"pipeline":"idx"}`)
	f.Add(`{"id":"00o1","_links":{"organization":{"href":"https://acme.okta.com.evil.net"}}}`)
	f.Add(`{"id":"00o1","_links":{"organization":{"href":"https://acme-admin.okta.com\u0000"}}}`)
	org := Org{"login.example.com"}
	f.Fuzz(func(t *testing.T, body string) {
		info, err := Discover(t.Context(), org, fixed(200, body))
		if err == nil && (info.ID == "" || info.Org != org && !info.Org.HostedByOkta()) {
			t.Errorf("%q: %+v", body, info)
		}
	})
}

// A wait is neither negative nor longer than a year, and a reset that is believed is
// within two windows, whatever the headers say.
func FuzzLimits(f *testing.F) {
	f.Add("600", "0", "946684860", "Sat, 01 Jan 2000 00:00:00 GMT", "7")
	f.Add("0", "0", "", "", "99999999999999999999")
	f.Add("-1", "1", "4102444800", "x", "Sat, 01 Jan 2100 00:00:00 GMT")
	f.Fuzz(func(t *testing.T, limit, remaining, reset, date, after string) {
		l := readLimits(http.Header{"X-Rate-Limit-Limit": {limit}, "X-Rate-Limit-Remaining": {remaining}, "X-Rate-Limit-Reset": {reset}, "Date": {date}, "Retry-After": {after}})
		now := time.Now()
		if d, ok := l.left(now); ok && (d < 0 || d > 2*window) {
			t.Errorf("%v is believed", d)
		}
		for n := range 10 {
			if d := l.pause(now, n); d < 0 || d > longest+time.Minute {
				t.Errorf("a pause of %v", d)
			}
		}
	})
}

// A fixedAnswer is a base transport with one answer for everything.
type fixedAnswer struct {
	status int
	body   string
}

func fixed(status int, body string) http.RoundTripper { return fixedAnswer{status, body} }

func (f fixedAnswer) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: f.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(f.body)), Request: req}, nil
}
