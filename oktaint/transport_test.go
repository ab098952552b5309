package oktaint_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A script answers the attempts of API requests one after the other; its last
// step goes on for ever.
type script struct {
	steps []func(*http.Request) (*http.Response, error)

	mu   sync.Mutex
	sent []*http.Request
	when []time.Time
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		b, _ := io.ReadAll(req.Body)
		req.Body.Close()
		req.Body = io.NopCloser(strings.NewReader(string(b)))
	}
	s.mu.Lock()
	step := s.steps[min(len(s.sent), len(s.steps)-1)]
	s.sent = append(s.sent, req)
	s.when = append(s.when, time.Now())
	s.mu.Unlock()
	return step(req)
}

func status(code int, body string, header ...string) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) { return respond(req, code, body, header...), nil }
}

func fail(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

func cut(req *http.Request) (*http.Response, error) {
	resp := respond(req, 200, "")
	resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`[{"id":`), errReader{io.ErrUnexpectedEOF}))
	return resp, nil
}

// rateLimited answers 429 with a reset so far ahead by the server's clock.
func rateLimited(ahead, skew time.Duration) func(*http.Request) (*http.Response, error) {
	return func(req *http.Request) (*http.Response, error) {
		now := time.Now().Add(skew)
		resp := respond(req, 429, `{"errorCode":"E0000047"}`, "X-Rate-Limit-Limit", "50", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", itoa(now.Add(ahead).Unix()))
		resp.Header.Set("Date", now.UTC().Format(http.TimeFormat))
		return resp, nil
	}
}

func apiError(status_ int, code string) func(*http.Request) (*http.Response, error) {
	return status(status_, `{"errorCode":"`+code+`","errorSummary":"s","errorId":"oae1","errorCauses":[{"errorSummary":"c"}]}`)
}

var (
	reset   = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	refused = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	noName  = &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "acme.okta.com", IsNotFound: true}}
)

// What is retried, how often, and what comes out of it.
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

// After a 429 the wait is to the reset by the server's clock, a second more and
// up to half a second of jitter.
func TestRateLimitWait(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{0, time.Hour, -time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{steps: []func(*http.Request) (*http.Response, error){rateLimited(20*time.Second, skew), status(200, "{}")}}
			var waits []oktaint.Wait
			ctx := oktaint.WithOnWait(t.Context(), func(w oktaint.Wait) { waits = append(waits, w) })
			if err := oktaint.NewClient(mustOrg(t, "acme"), s).Get(ctx, nil, nil, "api", "v1", "apps"); err != nil {
				t.Fatal(err)
			}
			if d := s.when[1].Sub(s.when[0]); d < 21*time.Second || d > 22*time.Second {
				t.Errorf("skew %v: the second attempt came after %v, want 21 to 21.5 s", skew, d)
			}
			if len(waits) == 0 || waits[0].Bucket != "/api/v1/apps" || waits[0].Reason != "rate limit of /api/v1/apps" {
				t.Errorf("waits %+v", waits)
			}
		})
	}
}

// A wait beyond MaxWait or the deadline is not begun: the 429 comes at once.
func TestRateLimitedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, tt := range map[string]struct{ maxWait, deadline time.Duration }{
			"MaxWait": {10 * time.Second, time.Hour}, "deadline": {time.Hour, 10 * time.Second}, "default": {0, time.Hour},
		} {
			ahead := 30 * time.Second
			if name == "default" {
				ahead = 2 * time.Minute
			}
			s := &script{steps: []func(*http.Request) (*http.Response, error){rateLimited(ahead, 0)}}
			c := (&oktaint.Transport{Org: mustOrg(t, "acme"), Base: s, MaxWait: tt.maxWait}).Client()
			ctx, cancel := context.WithTimeout(t.Context(), tt.deadline)
			start := time.Now()
			for i := range 2 { // the second is not even sent
				err := c.Get(ctx, nil, nil, "api", "v1", "apps")
				if wait, ok := oktaint.RateLimited(err); !ok || wait < ahead || wait > ahead+2*time.Second {
					t.Errorf("%s: RateLimited = %v, %v: %v", name, wait, ok, err)
				}
				if oktaint.Ambiguous(err) || time.Since(start) != 0 || len(s.sent) != 1 {
					t.Errorf("%s: request %d: %v after %v, %d sent", name, i, err, time.Since(start), len(s.sent))
				}
			}
			cancel()
		}
	})
}

// Once a bucket is used up, requests wait for its reset unsent; others go on.
func TestBucketUsedUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		end := time.Now().Add(30 * time.Second)
		s := &script{steps: []func(*http.Request) (*http.Response, error){func(req *http.Request) (*http.Response, error) {
			return respond(req, 200, "{}", "X-Rate-Limit-Limit", "50", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", itoa(end.Unix())), nil
		}}}
		c := oktaint.NewClient(mustOrg(t, "acme"), s)
		for _, path := range []string{"apps", "groups", "apps"} {
			if err := c.Get(t.Context(), nil, nil, "api", "v1", path); err != nil {
				t.Fatal(err)
			}
		}
		if d := s.when[1].Sub(s.when[0]); d != 0 {
			t.Errorf("another bucket waited %v", d)
		}
		if s.when[2].Before(end) {
			t.Errorf("a request went out %v before the reset", end.Sub(s.when[2]))
		}
	})
}

// The limit of concurrent requests has 0 for both figures: it is waited for in
// seconds, with fewer in flight.
func TestConcurrencyLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var inFlight, most, refused int
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			mu.Lock()
			inFlight++
			most = max(most, inFlight)
			over := inFlight > 3
			if over {
				refused++
			}
			mu.Unlock()
			<-time.After(100 * time.Millisecond)
			mu.Lock()
			inFlight--
			mu.Unlock()
			if over {
				return respond(req, 429, "", "X-Rate-Limit-Limit", "0", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", itoa(time.Now().Unix()+100)), nil
			}
			return respond(req, 200, "{}"), nil
		})
		c := oktaint.NewClient(mustOrg(t, "acme"), base)
		start := time.Now()
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := c.Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most > 8 || refused == 0 || time.Since(start) > 30*time.Second {
			t.Errorf("%d in flight, %d refused, %v", most, refused, time.Since(start))
		}
	})
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
	// A token that is refused however new it is does not cause a loop.
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

// Without a token nothing is sent, and the cause is told.
func TestNoToken(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	e.answer = func(_ int, req *http.Request) *http.Response {
		return respond(req, 401, `{"error":"invalid_client","error_description":"The client_assertion JWT kid is invalid."}`)
	}
	s := &script{steps: []func(*http.Request) (*http.Response, error){status(200, "{}")}}
	err := oktaint.NewClient(e.source(t), s).Get(t.Context(), nil, nil, "api", "v1", "users")
	var oe *oktaint.Error
	if !errors.As(err, &oe) || oe.OAuthError != "invalid_client" || oktaint.Ambiguous(err) || len(s.sent) != 0 {
		t.Errorf("%v; %d sent", err, len(s.sent))
	}
	if want := "oktaint: GET /api/v1/users: no access token: oktaint: POST /oauth2/v1/token: 401 invalid_client"; !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %q, want it to start %q", err, want)
	}
}

// The caller's request is left as it was, and its body is closed.
func TestRequestIsNotChanged(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	s := &script{steps: []func(*http.Request) (*http.Response, error){status(503, ""), status(200, "{}")}}
	tr := &oktaint.Transport{Org: mustOrg(t, "acme"), Source: e.source(t), Base: s}
	body := &closer{Reader: strings.NewReader("x")}
	req, _ := http.NewRequest("PUT", "https://acme.okta.com/api/v1/apps/1", body)
	resp, err := tr.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if !body.closed || req.Body != io.ReadCloser(body) || len(req.Header) != 0 {
		t.Errorf("closed %v, header %v", body.closed, req.Header)
	}
	if len(s.sent) != 2 || !strings.HasPrefix(s.sent[1].Header.Get("Authorization"), "Bearer token-") {
		t.Errorf("%d attempts", len(s.sent))
	}
}

type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

// Metrics and logs tell what happened to each attempt.
func TestOnAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &script{steps: []func(*http.Request) (*http.Response, error){
			rateLimited(2*time.Second, 0), fail(reset),
			status(200, "{}", "X-Rate-Limit-Limit", "50", "X-Rate-Limit-Remaining", "49", "X-Rate-Limit-Reset", "99", "X-Okta-Request-Id", "req9"),
		}}
		var got []oktaint.Attempt
		c := (&oktaint.Transport{Org: mustOrg(t, "acme"), Base: s, OnAttempt: func(a oktaint.Attempt) { got = append(got, a) }}).Client()
		if err := c.Get(t.Context(), nil, map[string][]string{"q": {"private"}}, "api", "v1", "apps", "0oa1"); err != nil {
			t.Fatal(err)
		}
		if len(got) != 3 {
			t.Fatalf("%d attempts", len(got))
		}
		if a := got[0]; a.Status != 429 || a.Remaining != 0 || a.Wait < 3*time.Second || a.Number != 1 || a.Bucket != "/api/v1/apps/{id}" || a.Path != "/api/v1/apps/0oa1" {
			t.Errorf("first attempt %+v", a)
		}
		if a := got[1]; a.Status != 0 || !errors.Is(a.Err, syscall.ECONNRESET) || a.Wait == 0 || a.Remaining != -1 {
			t.Errorf("second attempt %+v", a)
		}
		if a := got[2]; a.Status != 200 || a.Limit != 50 || a.Remaining != 49 || a.RequestID != "req9" || a.Wait != 0 || a.Number != 3 {
			t.Errorf("third attempt %+v", a)
		}
	})
}

// A request that ends because another of its group failed does not pass for that
// other one.
func TestCauseIsNotOurs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		other := &oktaint.Error{StatusCode: 503, Method: "POST", Path: "/other"}
		ctx, cancel := context.WithCancelCause(t.Context())
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, context.Cause(req.Context()) // as net/http does
		})
		time.AfterFunc(time.Second, func() { cancel(other) })
		err := oktaint.NewClient(mustOrg(t, "acme"), base).Get(ctx, nil, nil, "api", "v1", "users")
		var oe *oktaint.Error
		if !errors.As(err, &oe) || oe == other || oe.StatusCode != 0 || oe.Path != "/api/v1/users" || other.Path != "/other" {
			t.Errorf("error %#v", err)
		}
	})
}

// Nothing took effect by a request that was answered 429 and then given up.
func TestCancelledWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		s := &script{steps: []func(*http.Request) (*http.Response, error){rateLimited(30*time.Second, 0)}}
		c := oktaint.NewClient(mustOrg(t, "acme"), s)
		req, err := c.Org.NewRequest(ctx, "POST", nil, nil, "api", "v1", "apps")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Do(req, nil); !errors.Is(err, context.Canceled) || oktaint.Ambiguous(err) {
			t.Errorf("Do = %v, ambiguous: %v", err, oktaint.Ambiguous(err))
		}
	})
}
