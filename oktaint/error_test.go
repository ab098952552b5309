package oktaint_test

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

func getError(t *testing.T, step func(*http.Request) (*http.Response, error)) *oktaint.Error {
	t.Helper()
	err := (&oktaint.Transport{Org: mustOrg(t, "acme"), Base: roundTripper(step), MaxRetries: -1}).Client().Get(t.Context(), &struct{}{}, nil, "api", "v1", "users")
	var e *oktaint.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *Error", err)
	}
	return e
}

// The questions that can be asked of an error, and their answers.
func TestErrorQuestions(t *testing.T) {
	t.Parallel()
	const scopeHeader = `Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", scope="okta.users.read", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/users"`
	for _, tt := range []struct {
		name string
		step func(*http.Request) (*http.Response, error)
		is   string // the one question whose answer is yes
		text string
	}{
		{"not found", apiError(404, "E0000007"), "not found", "404 E0000007 s; c"},
		{"missing scope", status(403, "", "WWW-Authenticate", scopeHeader), "scope okta.users.read", "403 insufficient_scope The access token provided does not contain the required scopes.: the token lacks the scope okta.users.read"},
		{"missing role", apiError(403, "E0000006"), "role", "no admin role reaches this"},
		{"feature off", apiError(401, "E0000015"), "feature", "the org does not have this feature"},
		{"no such endpoint", apiError(404, "E0000008"), "", "404 E0000008"},
		{"rate limit", rateLimited(0, 0), "rate", "429 E0000047"},
		{"no credential", apiError(401, "E0000011"), "", "carried no credential"},
		{"server error", apiError(500, "E0000009"), "ambiguous", "500 E0000009"},
		{"dead org", status(404, `{"status":404,"message":"Resource not found"}`), "", "is this the org's URL"},
		{"proxy", status(407, "<html><body>Proxy Authentication Required</body></html>", "Content-Type", "text/html"), "", "a web page, not Okta's JSON"},
		{"proxy with 200", status(200, "<html><body>Sign in</body></html>", "Content-Type", "text/html"), "ambiguous", "a web page, not Okta's JSON"},
		{"no connection", fail(refused), "", "connection refused"},
		{"no session", apiError(403, "E0000005"), "", "carried no credential"},
	} {
		err := fmt.Errorf("wrapped: %w", getError(t, tt.step))
		var got []string
		if oktaint.IsNotFound(err) {
			got = append(got, "not found")
		}
		if d, ok := oktaint.Denied(err); ok {
			got = append(got, strings.TrimSpace(string(d.Lacks)+" "+string(d.Scope)))
		}
		if _, ok := oktaint.RateLimited(err); ok {
			got = append(got, "rate")
		}
		if oktaint.Ambiguous(err) {
			got = append(got, "ambiguous")
		}
		if s := strings.Join(got, " "); s != tt.is {
			t.Errorf("%s: %q, want %q", tt.name, s, tt.is)
		}
		if !strings.Contains(err.Error(), tt.text) || !strings.HasPrefix(err.Error(), "wrapped: oktaint: GET /api/v1/users:") {
			t.Errorf("%s: %q lacks %q", tt.name, err, tt.text)
		}
	}
	other := errors.New("x")
	if oktaint.IsNotFound(other) || oktaint.Lacks(other, "") || oktaint.Ambiguous(other) || oktaint.IsNotFound(nil) {
		t.Error("an error of another kind is judged")
	}
}

// Control characters and long texts of a server do not reach a log.
func TestErrorTextIsBounded(t *testing.T) {
	t.Parallel()
	e := getError(t, status(400, `{"errorCode":"E0000001","errorSummary":"a\nb\u001b[31m`+strings.Repeat("x", 5000)+`"}`))
	if s := e.Error(); len(s) > 1200 || strings.ContainsAny(s, "\n\x1b") {
		t.Errorf("%d characters: %q", len(s), s)
	}
}

// privateExponent is how the private number of the test key prints.
func privateExponent(t *testing.T) string {
	return parsePKCS8(t, readFile(t, "rsa2048_TEST_ONLY.pem")).(*rsa.PrivateKey).D.String()
}

func contextWithBudget(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), 100*time.Millisecond)
}

// The text of a server about an error fits into a line of a log.
func TestErrorIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	body := fmt.Sprintf(`{"errorCode":%q,"errorSummary":%q,"errorId":%q,"errorCauses":[%s{}]}`, long, long, long, strings.Repeat(`{"errorSummary":"`+strings.Repeat("y", 2000)+`"},`, 200))
	base := status(400, body, "X-Okta-Request-Id", long, "WWW-Authenticate", `Bearer error="`+long+`", error_description="`+long+`"`, "Link", strings.Repeat("<", 100_000))
	for name, err := range map[string]error{"Get": get(t.Context(), roundTripper(base)), "token": token(t.Context(), roundTripper(base))} {
		if n := len(err.Error()); n < 1000 || n > 30_000 {
			t.Errorf("%s: the error's text has %d bytes", name, n)
		}
	}
}

// An error stays ambiguous if an earlier attempt may have taken effect, whatever the
// last answer is. An error of the token endpoint does not count as an answer to the
// request.
func TestAmbiguousHistory(t *testing.T) {
	t.Parallel()
	do := func(c *oktaint.Client, method string) error {
		req, err := c.Org.NewRequest(t.Context(), method, nil, nil, "api", "v1", "groups", "00g1")
		if err != nil {
			t.Fatal(err)
		}
		return c.Do(req, nil)
	}
	org := mustOrg(t, "acme")
	s := &script{steps: []func(*http.Request) (*http.Response, error){status(503, ""), apiError(404, "E0000007")}}
	if err := do(oktaint.NewClient(org, s), "DELETE"); !oktaint.Ambiguous(err) || !oktaint.IsNotFound(err) {
		t.Errorf("503, then 404: %v", err)
	}
	s = &script{steps: []func(*http.Request) (*http.Response, error){status(503, "", windowHeaders(10, 0, time.Now().Add(110*time.Second))...)}}
	err := do(oktaint.NewClient(org, s), "PUT")
	if _, limited := oktaint.RateLimited(err); !limited || !oktaint.Ambiguous(err) {
		t.Errorf("503, then not sent: %v", err)
	}
	for _, code := range []int{404, 403} {
		e := newTokenEndpoint()
		e.answer = func(_ int, req *http.Request) *http.Response { return respond(req, code, `{"errorCode":"E0000006"}`) }
		s = &script{steps: []func(*http.Request) (*http.Response, error){status(200, "{}")}}
		err := do(oktaint.NewClient(e.source(t), s), "POST")
		var oe *oktaint.Error
		if !errors.As(err, &oe) || oktaint.Ambiguous(err) || oktaint.IsNotFound(err) || oktaint.Lacks(err, oktaint.LacksRole) || len(s.sent) != 0 {
			t.Errorf("token endpoint answers %d: %v", code, err)
		}
	}
}

// Control characters in a caller's id do not break a log.
func TestPathInErrors(t *testing.T) {
	t.Parallel()
	err := oktaint.NewClient(mustOrg(t, "acme"), roundTripper(apiError(404, "E0000007"))).Get(t.Context(), nil, nil, "api", "v1", "users", "x\n2026 INFO\x1b[2J\u009b")
	if err == nil || strings.ContainsAny(err.Error(), "\n\x1b\u009b") {
		t.Errorf("error %q", err)
	}
}

// An error of the network can repeat a long text that a server wrote instead of HTTP.
// The error's text is bounded, and its chain stays whole.
func TestNetworkErrorIsBounded(t *testing.T) {
	t.Parallel()
	sentinel := errors.New("sentinel")
	base := roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("malformed HTTP response \x1b[31m%s: %w", strings.Repeat("x", 100_000), sentinel)
	})
	for name, err := range map[string]error{"Get": get(t.Context(), base), "list": list(t.Context(), base), "token": token(t.Context(), base)} {
		if s := err.Error(); len(s) > 1500 || strings.Contains(s, "\x1b") || !errors.Is(err, sentinel) {
			t.Errorf("%s: %d bytes: %.80q; the chain is whole: %v", name, len(s), s, errors.Is(err, sentinel))
		}
	}
}
