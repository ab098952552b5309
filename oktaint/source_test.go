package oktaint_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
)

// Every version of Okta's SDK makes 64 token requests here.
func TestColdHerd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		e.latency = 100 * time.Millisecond
		src := e.source(t)
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				if tok, err := src.Token(); err != nil || tok.AccessToken != "token-1" {
					t.Errorf("Token = %v, %v", tok, err)
				}
			})
		}
		wg.Wait()
		if e.requests() != 1 {
			t.Errorf("%d token requests for 64 callers, want 1", e.requests())
		}
	})
}

// Over ten expiries there is one request for each, every token that is handed out is
// alive, and only the first caller waits.
func TestTenExpiries(t *testing.T) {
	t.Parallel()
	for _, lifetime := range []int{1, 2, 10, 3600} {
		synctest.Test(t, func(t *testing.T) {
			e := newTokenEndpoint()
			e.lifetime, e.latency = lifetime, 20*time.Millisecond
			src := e.source(t)
			if _, err := src.Token(); err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			served := make(map[string]bool)
			var wg sync.WaitGroup
			for i := range 64 {
				wg.Go(func() {
					for range 1500 {
						<-time.After(time.Duration(lifetime) * time.Second / 100)
						if e.requests() > 11 {
							return
						}
						before := time.Now()
						tok, err := src.Token()
						if err != nil {
							t.Error(err)
							return
						}
						if waited := time.Since(before); waited > 0 {
							t.Errorf("lifetime %d s: caller %d waited %v", lifetime, i, waited)
						}
						if !e.live(tok.AccessToken) {
							t.Errorf("lifetime %d s: caller %d got a token that had expired", lifetime, i)
						}
						mu.Lock()
						served[tok.AccessToken] = true
						mu.Unlock()
					}
				})
			}
			wg.Wait()
			<-time.After(time.Second) // a refresh may be on its way
			if e.most != 1 {
				t.Errorf("lifetime %d s: %d token requests at once, want 1", lifetime, e.most)
			}
			if len(served) < 11 || e.requests() > len(served)+1 {
				t.Errorf("lifetime %d s: %d requests for %d tokens", lifetime, e.requests(), len(served))
			}
		})
	}
}

// A refresh that fails is tried again with back-off, and the valid token goes on
// being served.
func TestRefreshFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		e.lifetime = 1000
		down := false
		e.answer = func(n int, req *http.Request) *http.Response {
			if down {
				return respond(req, 400, `{"error":"invalid_request"}`)
			}
			return nil
		}
		src := e.source(t)
		if _, err := src.Token(); err != nil {
			t.Fatal(err)
		}
		down = true
		<-time.After(905 * time.Second)
		for range 60 {
			tok, err := src.Token()
			if err != nil || tok.AccessToken != "token-1" {
				t.Fatalf("Token = %v, %v; want the valid one", tok, err)
			}
			<-time.After(time.Second)
		}
		if n := e.requests() - 1; n < 4 || n > 8 {
			t.Errorf("%d refreshes in a minute of failures, want a few", n)
		}
		down = false
		<-time.After(33 * time.Second)
		src.Token()
		synctest.Wait()
		if tok, _ := src.Token(); tok.AccessToken == "token-1" {
			t.Error("the token was not refreshed after the failures ended")
		}
	})
}

// A caller's context ends its own wait; the fetch ends when the last has left.
func TestWaiters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		e.latency = 10 * time.Second
		src := e.source(t)
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			start := time.Now()
			_, err := src.TokenContext(short)
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
				t.Errorf("TokenContext = %v after %v", err, time.Since(start))
			}
		})
		wg.Go(func() {
			if _, err := src.TokenContext(t.Context()); err != nil {
				t.Errorf("the other waiter: %v", err)
			}
		})
		wg.Wait()
		if e.requests() != 1 {
			t.Errorf("%d requests, want 1", e.requests())
		}
	})
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		e.latency = 10 * time.Second
		src := e.source(t)
		start := time.Now()
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if _, err := src.TokenContext(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("TokenContext = %v", err)
			}
			cancel()
		}
		synctest.Wait()
		if len(e.ended) != 2 || time.Since(start) != 2*time.Second || e.most != 1 {
			t.Errorf("%d requests ended with their last waiter after %v, %d at once", len(e.ended), time.Since(start), e.most)
		}
	})
}

// A fetch has its own budget, whatever the callers' contexts allow.
func TestFetchTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		e.latency = time.Hour
		start := time.Now()
		_, err := e.source(t).Token()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 30*time.Second {
			t.Errorf("Token = %v after %v, want the deadline after 30 s", err, time.Since(start))
		}
	})
}

// Rate limits, failures of the server and of the network are retried, each time
// with an assertion of its own.
func TestTokenRetries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		e.answer = func(n int, req *http.Request) *http.Response {
			switch n {
			case 1:
				return respond(req, 503, "busy")
			case 2:
				reset := time.Now().Add(3 * time.Second).Unix()
				return respond(req, 429, `{"errorCode":"E0000047"}`, "X-Rate-Limit-Limit", "1", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", itoa(reset))
			case 3:
				resp := respond(req, 200, "")
				resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"access`), errReader{io.ErrUnexpectedEOF}))
				return resp
			}
			return nil
		}
		var waits []oktaint.Wait
		ctx := oktaint.WithOnWait(t.Context(), func(w oktaint.Wait) { waits = append(waits, w) })
		tok, err := e.source(t).TokenContext(ctx)
		if err != nil || tok.AccessToken != "token-4" {
			t.Fatalf("Token = %v, %v", tok, err)
		}
		seen := make(map[any]bool)
		for _, form := range e.forms {
			_, c := claims(t, form)
			seen[c["jti"]] = true
		}
		if len(seen) != 4 {
			t.Errorf("4 attempts used %d assertions", len(seen))
		}
		if len(waits) != 3 || waits[1].For < 4*time.Second || waits[1].Reason != "token endpoint: rate limit" {
			t.Errorf("waits: %+v", waits)
		}
	})
}

func TestGranted(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	e.answer = func(n int, req *http.Request) *http.Response {
		return respond(req, 200, `{"token_type":"bearer","expires_in":3600,"access_token":"a","scope":"okta.users.read okta.new.read"}`)
	}
	src := e.source(t)
	if !src.Granted().IsEmpty() {
		t.Error("Granted is not empty before the first token")
	}
	if _, err := src.Token(); err != nil {
		t.Fatal(err)
	}
	if got := src.Granted().String(); got != "okta.new.read okta.users.read" {
		t.Errorf("Granted = %s", got)
	}
	all := oktaint.PrivateKeyJWT{
		Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"),
		Scopes: scopes.New(scopes.UsersRead, scopes.GroupsRead), RequireAll: true,
	}.Source(e)
	_, err := all.Token()
	if d, _ := oktaint.Denied(err); d.Lacks != oktaint.LacksScope || d.Scope != scopes.GroupsRead {
		t.Errorf("RequireAll: %v", err)
	}
}

func TestInvalidate(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	src := e.source(t)
	first, err := src.Token()
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		src.Invalidate(first)
	}
	second, err := src.Token()
	if err != nil || second == first {
		t.Fatalf("Token = %v, %v", second, err)
	}
	src.Invalidate(first) // gone already: the new one stays
	src.Invalidate(&oauth2.Token{AccessToken: second.AccessToken})
	if third, _ := src.Token(); third != second {
		t.Error("Invalidate of another token dropped the one at hand")
	}
}

// The error of a credential comes at its first use, before anything is sent.
func TestIncompleteCredentials(t *testing.T) {
	t.Parallel()
	org, key := mustOrg(t, "acme"), readKey(t, "ec_p256_TEST_ONLY.pem")
	read := scopes.New(scopes.UsersRead)
	base := roundTripper(func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return nil, io.EOF
	})
	for name, src := range map[string]*oktaint.Source{
		"no org":    oktaint.PrivateKeyJWT{ClientID: "0oa1", Key: key, Scopes: read}.Source(base),
		"no client": oktaint.PrivateKeyJWT{Org: org, Key: key, Scopes: read}.Source(base),
		"no key":    oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Scopes: read}.Source(base),
		"no scopes": oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: key}.Source(base),
		"no secret": oktaint.ClientSecret{Org: org, ClientID: "0oa1", Scopes: read}.Source(base),
		"no token":  oktaint.APIToken{Org: org}.Source(base),
		"zero":      new(oktaint.Source),
	} {
		if _, err := src.Token(); err == nil || !strings.HasPrefix(err.Error(), "oktaint: ") {
			t.Errorf("%s: Token = %v", name, err)
		}
	}
}

type errReader struct{ error }

func (r errReader) Read([]byte) (int, error) { return 0, r.error }

// Many calls that the token endpoint refuses for good cause few requests: its answer is
// remembered for a second.
func TestRefusalIsRemembered(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"error":"invalid_client","error_description":"The client secret supplied for a confidential client is invalid."}`, `{"error":"invalid_scope"}`, "<html>"} {
		synctest.Test(t, func(t *testing.T) {
			e := newTokenEndpoint()
			e.latency = 10 * time.Millisecond
			good := false
			e.answer = func(_ int, req *http.Request) *http.Response {
				if good {
					return nil
				}
				return respond(req, 401, body)
			}
			src := e.source(t)
			start := time.Now()
			var wg sync.WaitGroup
			for range 100 {
				wg.Go(func() {
					for range 10 {
						if _, err := src.Token(); err == nil {
							t.Error("a token")
						}
						time.Sleep(300 * time.Millisecond)
					}
				})
			}
			wg.Wait()
			if n, seconds := e.requests(), time.Since(start).Seconds(); float64(n) > 2*seconds {
				t.Errorf("%d token requests in %.1f s for 1000 calls, want at most 2 a second", n, seconds)
			}
			good = true
			time.Sleep(time.Second)
			if _, err := src.Token(); err != nil {
				t.Errorf("a second later: %v", err)
			}
		})
	}
}

// The end of a caller's wait, or of the budget of a fetch, is not an error of other
// callers.
func TestEndedFetchIsNotRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		e.latency = 2 * time.Second
		src := e.source(t)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := src.TokenContext(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("within a second: %v", err)
		}
		if _, err := src.Token(); err != nil {
			t.Errorf("the next caller: %v", err)
		}
	})
}

// A refresh in the background goes on when a caller that had joined it leaves.
func TestRefreshOutlivesItsWaiters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		e.lifetime = 20
		src := e.source(t)
		if _, err := src.Token(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(19*time.Second + 500*time.Millisecond)
		e.latency = 5 * time.Second
		if _, err := src.Token(); err != nil { // the valid one; a refresh begins
			t.Fatal(err)
		}
		time.Sleep(time.Second) // it has expired
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := src.TokenContext(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a caller with a deadline: %v", err)
		}
		time.Sleep(4 * time.Second)
		if tok, err := src.Token(); err != nil || tok.AccessToken != "token-2" || e.requests() != 2 || len(e.ended) != 0 {
			t.Errorf("%v, %v after %d requests, ended %v", tok, err, e.requests(), e.ended)
		}
	})
}

// After a 429 of the token endpoint no request is sent to it before its reset.
func TestTokenLimitIsRemembered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := newTokenEndpoint()
		reset := time.Now().Add(time.Minute)
		e.answer = func(_ int, req *http.Request) *http.Response {
			if time.Now().Before(reset) {
				return respond(req, 429, "{}", windowHeaders(300, 0, reset)...)
			}
			return nil
		}
		src := e.source(t)
		for range 100 {
			if wait, ok := oktaint.RateLimited(second(src.Token())); !ok || wait > 63*time.Second {
				t.Fatalf("RateLimited = %v, %v", wait, ok)
			}
			<-time.After(100 * time.Millisecond)
		}
		if e.requests() != 1 {
			t.Errorf("%d requests, want 1", e.requests())
		}
		<-time.After(time.Minute)
		if _, err := src.Token(); err != nil {
			t.Error(err)
		}
	})
}

// A callback for waits that ends its goroutine or hangs ends neither the shared fetch
// nor the Source.
func TestForeignOnWait(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	for name, fn := range map[string]func(oktaint.Wait){
		"panics":             func(oktaint.Wait) { panic("out of order") },
		"ends its goroutine": func(oktaint.Wait) { runtime.Goexit() },
		"hangs":              func(oktaint.Wait) { <-release },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release = make(chan struct{})
				e := newTokenEndpoint()
				e.answer = func(n int, req *http.Request) *http.Response {
					if n == 1 {
						return respond(req, 503, "")
					}
					return nil
				}
				src := e.source(t)
				start := time.Now()
				_, err := src.TokenContext(oktaint.WithOnWait(t.Context(), fn))
				if d := time.Since(start); err == nil || !strings.Contains(err.Error(), "a callback") || d > 33*time.Second {
					t.Errorf("the caller with the callback: %v after %v", err, d)
				}
				time.Sleep(2 * time.Second)
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if _, err := src.TokenContext(ctx); err != nil {
					t.Errorf("the next caller: %v", err)
				}
				close(release)
			})
		})
	}
}

// The token endpoint cannot make a caller wait for longer than MaxWait is by default,
// however long a fetch may take.
func TestHugeFetchTimeout(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 503} {
		synctest.Test(t, func(t *testing.T) {
			e := newTokenEndpoint()
			e.answer = func(_ int, req *http.Request) *http.Response { return respond(req, status, "", "Retry-After", "3600") }
			src := oktaint.PrivateKeyJWT{
				Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.Visibility, FetchTimeout: 24 * time.Hour,
			}.Source(e)
			start := time.Now()
			_, err := src.TokenContext(t.Context())
			var e2 *oktaint.Error
			if d := time.Since(start); d > 90*time.Second || !errors.As(err, &e2) || e2.StatusCode != status {
				t.Errorf("%d: %v after %v, want it within 90 s", status, err, d)
			}
		})
	}
}

// Authorize fills in the header of a request that has none yet.
func TestAuthorizeWithoutHeader(t *testing.T) {
	t.Parallel()
	src := oktaint.APIToken{Org: mustOrg(t, "acme"), Token: oktaint.NewSecret("00tok")}.Source(nil)
	req := &http.Request{Method: "GET", URL: &url.URL{Scheme: "https", Host: "acme.okta.com", Path: "/api/v1/users"}}
	if err := src.Authorize(req); err != nil || req.Header.Get("Authorization") != "SSWS 00tok" {
		t.Errorf("%v, %v", err, req.Header)
	}
}
