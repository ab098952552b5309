package oktaint_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A body that is looked into for its error code arrives whole.
func TestPeekedBody(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("x", 1<<20+500)
	tr := &oktaint.Transport{Org: mustOrg(t, "acme"), Base: roundTripper(status(500, body))}
	resp, err := (&http.Client{Transport: tr}).Get("https://acme.okta.com/x")
	if err != nil {
		t.Fatal(err)
	}
	if got := readAll(t, resp); len(got) != len(body) {
		t.Errorf("%d bytes of %d", len(got), len(body))
	}
}

// Okta refuses a token that it has revoked with 403 E0000005. A token that has worked is
// dropped for that once, and the call repeats with a new one. An endpoint that accepts no
// token causes no token requests.
func TestRevokedSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		revoked := ""
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			switch token := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer "); {
			case req.URL.Path == "/oauth2/v1/token":
				return e.RoundTrip(req)
			case token == revoked || strings.HasPrefix(req.URL.Path, "/api/v1/internal"):
				return respond(req, 403, `{"errorCode":"E0000005","errorSummary":"Invalid session"}`), nil
			}
			return respond(req, 200, "{}"), nil
		})
		c := oktaint.NewClient(oktaint.PrivateKeyJWT{Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.Visibility}, base)
		get := func(elem ...string) error { return c.Get(t.Context(), nil, nil, elem...) }
		if err := get("api", "v1", "internal"); err == nil || e.requests() != 1 {
			t.Errorf("a new token: %v, %d token requests", err, e.requests())
		}
		if err := get("api", "v1", "users"); err != nil {
			t.Error(err)
		}
		revoked = "token-1"
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				if err := get("api", "v1", "users"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if e.requests() != 2 {
			t.Errorf("%d token requests, want 2", e.requests())
		}
		for range 3 {
			if err := get("api", "v1", "internal"); err == nil || strings.Contains(err.Error(), "API token") {
				t.Errorf("no token is taken: %v", err)
			}
		}
		if e.requests() > 4 { // the token has worked in between, once
			t.Errorf("%d token requests", e.requests())
		}
	})
}

// The table says what is retried, how often, and with which outcome.
func TestRetryPolicy(t *testing.T) {
	t.Parallel()
	ok := status(200, `{}`)
	steps := func(s ...func(*http.Request) (*http.Response, error)) []func(*http.Request) (*http.Response, error) {
		return s
	}
	for _, tt := range []struct {
		name, method, path string
		mark               bool
		steps              []func(*http.Request) (*http.Response, error)
		attempts           int
		status             int // of the error; 0: success; -1: an error without an answer
		ambiguous          bool
	}{
		{"success", "GET", "users", false, steps(ok), 1, 0, false},
		{"GET 503", "GET", "users", false, steps(status(503, ""), status(502, ""), status(504, ""), ok), 4, 0, false},
		{"GET 503 for ever", "GET", "users", false, steps(status(503, "")), 8, 503, true},
		{"GET 500", "GET", "users", false, steps(apiError(500, "E0000009"), status(500, "<html>"), ok), 3, 0, false},
		{"GET 500 for ever", "GET", "users", false, steps(apiError(500, "E0000009")), 4, 500, true},
		{"GET 500 about a filter", "GET", "logs", false, steps(apiError(500, "E0000053")), 1, 500, true},
		{"PUT 500", "PUT", "apps", false, steps(apiError(500, "E0000009")), 1, 500, true},
		{"POST 503", "POST", "apps", false, steps(status(503, "")), 1, 503, true},
		{"POST 503, marked", "POST", "apps", true, steps(status(503, ""), ok), 2, 0, false},
		{"POST 429", "POST", "apps", false, steps(rateLimited(2*time.Second, 0), ok), 2, 0, false},
		{"PUT 502", "PUT", "apps", false, steps(status(502, ""), ok), 2, 0, false},
		{"DELETE reset", "DELETE", "apps", false, steps(fail(reset), ok), 2, 0, false},
		{"GET reset", "GET", "users", false, steps(fail(reset), ok), 2, 0, false},
		{"POST reset", "POST", "apps", false, steps(fail(reset)), 1, -1, true},
		{"POST reset, marked", "POST", "apps", true, steps(fail(reset), ok), 2, 0, false},
		{"POST refused", "POST", "apps", false, steps(fail(refused), ok), 2, 0, false},
		{"POST refused for ever", "POST", "apps", false, steps(fail(refused)), 8, -1, false},
		{"unknown host", "GET", "users", false, steps(fail(noName)), 1, -1, false},
		{"GET cut", "GET", "users", false, steps(cut, ok), 2, 0, false},
		{"POST cut", "POST", "apps", false, steps(cut), 1, -1, true},
		{"DELETE app 500", "DELETE", "apps", false, steps(apiError(500, "E0000009"), status(204, "")), 2, 0, false},
		{"DELETE other 500", "DELETE", "users", false, steps(apiError(500, "E0000009")), 1, 500, true},
		{"423", "POST", "groups", false, steps(apiError(423, "E0000239"), ok), 2, 0, false},
		{"409 roles", "POST", "apps", false, steps(apiError(409, "E0000268"), ok), 2, 0, false},
		{"409 activating", "POST", "users", false, steps(apiError(409, "E0000112"), ok), 2, 0, false},
		{"409 other", "POST", "users", false, steps(apiError(409, "E0000090")), 1, 409, false},
		{"403", "GET", "users", false, steps(apiError(403, "E0000006")), 1, 403, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{steps: tt.steps}
			c := oktaint.NewClient(mustOrg(t, "acme"), s)
			ctx := t.Context()
			if tt.mark {
				ctx = oktaint.MarkRepeatable(ctx)
			}
			var body any
			if tt.method == "POST" {
				body = map[string]int{"a": 1}
			}
			req, err := c.Org.NewRequest(ctx, tt.method, nil, body, "api", "v1", tt.path, "1")
			if err != nil {
				t.Fatal(err)
			}
			err = c.Do(req, nil)
			var oe *oktaint.Error
			got := 0
			if errors.As(err, &oe) {
				if got = oe.StatusCode; got == 0 {
					got = -1
				}
			}
			if len(s.sent) != tt.attempts || got != tt.status || (err != nil) != (tt.status != 0) {
				t.Errorf("%s: %d attempts, error %v; want %d attempts, status %d", tt.name, len(s.sent), err, tt.attempts, tt.status)
			}
			if oktaint.Ambiguous(err) != tt.ambiguous {
				t.Errorf("%s: Ambiguous(%v) = %v", tt.name, err, !tt.ambiguous)
			}
			for _, sent := range s.sent {
				if body != nil {
					if b, _ := io.ReadAll(sent.Body); string(b) != `{"a":1}` {
						t.Errorf("%s: an attempt had the body %q", tt.name, b)
					}
				}
			}
		})
	}
}

// A request that is marked as unrepeatable is sent once, whatever its method, unless
// it is known not to have been done. The last mark counts.
func TestMarkUnrepeatable(t *testing.T) {
	t.Parallel()
	ok := status(204, "")
	once, twice := oktaint.MarkUnrepeatable, func(ctx context.Context) context.Context {
		return oktaint.MarkRepeatable(oktaint.MarkUnrepeatable(ctx))
	}
	again := func(ctx context.Context) context.Context {
		return oktaint.MarkUnrepeatable(oktaint.MarkRepeatable(ctx))
	}
	for _, tt := range []struct {
		name, method string
		mark         func(context.Context) context.Context
		first        func(*http.Request) (*http.Response, error)
		attempts     int
		ambiguous    bool
	}{
		{"DELETE 503", "DELETE", once, status(503, ""), 1, true},
		{"DELETE 502", "DELETE", once, status(502, ""), 1, true},
		{"DELETE 504", "DELETE", once, status(504, ""), 1, true},
		{"DELETE reset", "DELETE", once, fail(reset), 1, true},
		{"DELETE cut", "DELETE", once, cut, 1, true},
		{"PUT reset", "PUT", once, fail(reset), 1, true},
		{"POST 503", "POST", once, status(503, ""), 1, true},
		{"DELETE 429", "DELETE", once, rateLimited(time.Second, 0), 2, false},
		{"DELETE refused", "DELETE", once, fail(refused), 2, false},
		{"DELETE reset, marked last as unrepeatable", "DELETE", again, fail(reset), 1, true},
		{"DELETE reset, marked last as repeatable", "DELETE", twice, fail(reset), 2, false},
		{"POST 503, marked last as repeatable", "POST", twice, status(503, ""), 2, false},
		{"POST reset, marked as repeatable", "POST", oktaint.MarkRepeatable, fail(reset), 2, false},
		{"DELETE 503, marked as repeatable", "DELETE", oktaint.MarkRepeatable, status(503, ""), 2, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{steps: []func(*http.Request) (*http.Response, error){tt.first, ok}}
			c := oktaint.NewClient(mustOrg(t, "acme"), s)
			req, err := c.Org.NewRequest(tt.mark(t.Context()), tt.method, nil, nil, "api", "v1", "users", "1")
			if err != nil {
				t.Fatal(err)
			}
			err = c.Do(req, nil)
			if len(s.sent) != tt.attempts || oktaint.Ambiguous(err) != tt.ambiguous || (err != nil) != tt.ambiguous {
				t.Errorf("%s: %d attempts, want %d; error %v", tt.name, len(s.sent), tt.attempts, err)
			}
		})
	}
}

// A token that the org calls invalid is dropped and the request repeated once;
// many at once share one fetch.
func TestInvalidToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		revoked := true
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/oauth2/v1/token" {
				return e.RoundTrip(req)
			}
			<-time.After(10 * time.Millisecond)
			if !revoked || req.Header.Get("Authorization") == "Bearer token-2" {
				return respond(req, 200, "{}"), nil
			}
			return respond(req, 401, "", "WWW-Authenticate", `Bearer realm="http://acme.okta.com", error="invalid_token", error_description="The access token has been revoked."`), nil
		})
		src := e.source(t)
		src2 := src
		c := oktaint.NewClient(src2, base)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := c.Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if e.requests() != 2 {
			t.Errorf("%d token requests, want 2", e.requests())
		}
	})
	// If the org refuses every token, there is no loop.
	e := newTokenEndpoint()
	s := &script{steps: []func(*http.Request) (*http.Response, error){status(401, "", "WWW-Authenticate", `Bearer error="invalid_token"`)}}
	err := oktaint.NewClient(e.source(t), s).Get(t.Context(), nil, nil, "api", "v1", "users")
	var oe *oktaint.Error
	if !errors.As(err, &oe) || oe.OAuthError != "invalid_token" || len(s.sent) != 2 || e.requests() != 2 {
		t.Errorf("%v after %d requests and %d tokens, want 2 and 2", err, len(s.sent), e.requests())
	}
	// A feature that is off answers 401 too: the token stays.
	e = newTokenEndpoint()
	s = &script{steps: []func(*http.Request) (*http.Response, error){apiError(401, "E0000015")}}
	err = oktaint.NewClient(e.source(t), s).Get(t.Context(), nil, nil, "api", "v1", "behaviors")
	if !oktaint.Lacks(err, oktaint.LacksFeature) || len(s.sent) != 1 || e.requests() != 1 {
		t.Errorf("%v after %d requests and %d tokens, want 1 and 1", err, len(s.sent), e.requests())
	}
}

// The reason of a wait holds no text of a server or a proxy: no control characters, no
// long texts, and no secret.
func TestWaitReason(t *testing.T) {
	t.Parallel()
	const secret = "00hunter2hunter2"
	for code, body := range map[int]string{429: "", 503: "", 409: `{"errorCode":"E0000268"}`, 500: `{"errorCode":"\u001b` + secret + strings.Repeat("x", 5000) + `"}`} {
		synctest.Test(t, func(t *testing.T) {
			base := roundTripper(func(req *http.Request) (*http.Response, error) {
				resp := respond(req, code, body)
				resp.Status = fmt.Sprintf("%d \x1b[31m%s %s", code, secret, strings.Repeat("x", 5000))
				return resp, nil
			})
			var reasons []string
			ctx := oktaint.WithOnWait(t.Context(), func(w oktaint.Wait) { reasons = append(reasons, w.Reason) })
			c := oktaint.NewClient(oktaint.APIToken{Org: mustOrg(t, "acme"), Token: oktaint.NewSecret(secret)}, base)
			_ = c.Get(ctx, nil, nil, "api", "v1", "users")
			if len(reasons) == 0 {
				t.Errorf("%d: no wait", code)
			}
			for _, r := range reasons {
				if len(r) > 80 || strings.ContainsAny(r, "\x1b") || strings.Contains(r, secret) {
					t.Errorf("%d: %q", code, r)
				}
			}
		})
	}
}

// Okta, and what stands before it, answers one request badly now and then and the next
// one well. A GET does no harm: whatever the bad answer looks like, it is asked again,
// and the caller does not hear of it.
func TestOneBadAnswer(t *testing.T) {
	t.Parallel()
	calls := map[string]func(context.Context, *oktaint.Client) error{
		"an object": func(ctx context.Context, c *oktaint.Client) error {
			var user struct{ ID string }
			err := c.Get(ctx, &user, nil, "api", "v1", "users", "00u1")
			return cmp.Or(err, map[bool]error{true: errors.New("no user")}[user.ID == ""])
		},
	}
	for _, limit := range []string{"", "1", "20", "21", "200"} {
		q := url.Values{}
		if limit != "" {
			q.Set("limit", limit)
		}
		calls["a list of "+limit] = func(ctx context.Context, c *oktaint.Client) error {
			n := 0
			for _, err := range oktaint.List[item](ctx, c, q, "api", "v1", "groups") {
				if n++; err != nil {
					return err
				}
			}
			return map[bool]error{true: fmt.Errorf("%d groups", n)}[n != 3]
		}
	}
	for _, code := range []int{500, 502, 503, 504} {
		for form, body := range map[string]string{
			"Okta's": `{"errorCode":"E0000009","errorSummary":"Internal Server Error"}`, "HTML": "<html><body><h1>error</h1></body></html>", "empty": "",
			"text": "upstream connect error", "JSON of another": `{"message":"Service Unavailable"}`, "cut": `{"errorCode":"E00`,
		} {
			for how, call := range calls {
				for bad := 1; bad <= 3; bad++ { // which request it is
					synctest.Test(t, func(t *testing.T) {
						n := 0
						base := roundTripper(func(req *http.Request) (*http.Response, error) {
							if n++; n == bad {
								return respond(req, code, body, "Content-Type", map[bool]string{true: "text/html"}[form == "HTML"]), nil
							}
							if strings.HasSuffix(req.URL.Path, "/00u1") {
								return respond(req, 200, `{"id":"00u1"}`), nil
							}
							return pagesOf1(req), nil
						})
						if err := call(t.Context(), clientOver(base)); err != nil {
							t.Errorf("%d, %s, %s, request %d: %v", code, form, how, bad, err)
						}
					})
				}
			}
		}
	}
}

// pagesOf1 answers with one of three pages of one item each.
func pagesOf1(req *http.Request) *http.Response {
	resp := respond(req, 200, `[{"id":"1"}]`)
	switch after := req.URL.Query().Get("after"); after {
	case "":
		resp.Header.Set("Link", `<https://acme.okta.com`+req.URL.Path+`?after=1&limit=`+req.URL.Query().Get("limit")+`>; rel="next"`)
	case "1":
		resp.Header.Set("Link", `<https://acme.okta.com`+req.URL.Path+`?after=2&limit=`+req.URL.Query().Get("limit")+`>; rel="next"`)
	}
	return resp
}
