package oktaint_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"golang.org/x/oauth2"
)

func windowHeaders(limit, remaining int, reset time.Time) []string {
	return []string{"X-Rate-Limit-Limit", itoa(int64(limit)), "X-Rate-Limit-Remaining", itoa(int64(remaining)), "X-Rate-Limit-Reset", itoa(reset.Unix())}
}

// A request that hangs does not shut its bucket beyond the reset.
func TestHangingRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begin, n := time.Now(), 0
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			switch n++; n {
			case 1:
				return respond(req, 200, "[]", windowHeaders(10, 1, begin.Add(10*time.Second))...), nil
			case 2:
				<-time.After(10 * time.Minute)
			}
			return respond(req, 200, "[]", windowHeaders(10, 9, time.Now().Add(time.Minute))...), nil
		})
		c := oktaint.NewClient(mustOrg(t, "acme"), base)
		get := func() {
			if err := c.Get(t.Context(), nil, nil, "api", "v1", "logs"); err != nil {
				t.Error(err)
			}
		}
		var wg sync.WaitGroup
		get()
		wg.Go(get)
		synctest.Wait()
		wg.Go(func() {
			if get(); time.Since(begin) > 12*time.Second {
				t.Errorf("sent after %v; the reset was after 10s", time.Since(begin))
			}
		})
		wg.Wait()
		time.Sleep(10 * time.Minute) // the base returns at last
	})
}

// A new window is entered with the limit of the one before, not without any.
func TestLimitIsRemembered(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		share          float64
		limit, allowed int
	}{{0.2, 10, 2}, {0, 3, 3}} {
		synctest.Test(t, func(t *testing.T) {
			begin, used := time.Now(), make(map[int]int)
			var mu sync.Mutex
			base := roundTripper(func(req *http.Request) (*http.Response, error) {
				mu.Lock()
				w := int(time.Since(begin) / time.Minute)
				used[w]++
				n := used[w]
				mu.Unlock()
				<-time.After(100 * time.Millisecond)
				reset := begin.Add(time.Duration(w+1) * time.Minute)
				if n > tt.limit {
					return respond(req, 429, "", windowHeaders(tt.limit, 0, reset)...), nil
				}
				return respond(req, 200, "{}", windowHeaders(tt.limit, tt.limit-n, reset)...), nil
			})
			c := (&oktaint.Transport{Org: mustOrg(t, "acme"), Base: base, Share: tt.share}).Client()
			get := func() {
				if err := c.Get(t.Context(), nil, nil, "api", "v1", "logs"); err != nil {
					t.Error(err)
				}
			}
			get()
			var wg sync.WaitGroup
			for range 12 {
				wg.Go(get)
			}
			wg.Wait()
			for w, n := range used {
				if w > 0 && n > tt.allowed {
					t.Errorf("share %v of limit %d: %d requests in window %d, want at most %d", tt.share, tt.limit, n, w, tt.allowed)
				}
			}
		})
	}
}

// What an earlier attempt may have done is not forgotten over a later answer, and
// what the token endpoint says is not taken for an answer to the request.
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

// After a 429 of the token endpoint nobody asks it again before its reset.
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

func second(_ *oauth2.Token, err error) error { return err }

// The status of an error counts, though its body is cut.
func TestCutErrorBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken := func(code int) func(*http.Request) (*http.Response, error) {
			return func(req *http.Request) (*http.Response, error) {
				resp := respond(req, code, "")
				resp.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"err`), errReader{io.ErrUnexpectedEOF}))
				return resp, nil
			}
		}
		s := &script{steps: []func(*http.Request) (*http.Response, error){broken(403)}}
		err := oktaint.NewClient(mustOrg(t, "acme"), s).Get(t.Context(), nil, nil, "x")
		var oe *oktaint.Error
		if !errors.As(err, &oe) || oe.StatusCode != 403 || len(s.sent) != 1 {
			t.Errorf("%v after %d attempts", err, len(s.sent))
		}
		s = &script{steps: []func(*http.Request) (*http.Response, error){broken(429), status(200, "{}")}}
		req, err := mustOrg(t, "acme").NewRequest(t.Context(), "POST", nil, nil, "x")
		if err != nil {
			t.Fatal(err)
		}
		if err := oktaint.NewClient(mustOrg(t, "acme"), s).Do(req, nil); err != nil || len(s.sent) != 2 {
			t.Errorf("%v after %d attempts", err, len(s.sent))
		}
	})
}

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

// A list that has caught up is known by its query, whatever its order, also after
// the limit was halved.
func TestCaughtUpAfterHalving(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			limit := req.URL.Query().Get("limit")
			if limit == "1000" {
				return respond(req, 500, ""), nil
			}
			return respond(req, 200, "[]", "Link", `<https://acme.okta.com/api/v1/logs?since=2026-01-01&limit=`+limit+`&after=c1>; rel="next"`), nil
		})
		n := 0
		for page, err := range oktaint.Pages[item](t.Context(), oktaint.NewClient(mustOrg(t, "acme"), base), "", url.Values{"limit": {"1000"}, "since": {"2026-01-01"}}, "api", "v1", "logs") {
			if err != nil {
				t.Fatal(err)
			}
			if n++; page.Next == "" {
				t.Error("no cursor")
			}
		}
		if n != 2 {
			t.Errorf("%d pages, want 2", n)
		}
	})
}

// Discover takes the authorisation of x/oauth2 off, too.
func TestDiscoverWithOAuth2(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "login.example.com")
	src := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("hunter2")}.Source(nil)
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.Header.Get("Authorization") != "" {
			t.Error("a credential was sent")
		}
		return respond(req, 200, `{"id":"00o1"}`), nil
	})
	if _, err := oktaint.Discover(t.Context(), org, &oauth2.Transport{Source: src, Base: base}); err != nil {
		t.Error(err)
	}
}

// What a caller's id brings with it does not break a log.
func TestPathInErrors(t *testing.T) {
	t.Parallel()
	err := oktaint.NewClient(mustOrg(t, "acme"), roundTripper(apiError(404, "E0000007"))).Get(t.Context(), nil, nil, "api", "v1", "users", "x\n2026 INFO\x1b[2J\u009b")
	if err == nil || strings.ContainsAny(err.Error(), "\n\x1b\u009b") {
		t.Errorf("error %q", err)
	}
}
