package oktaint_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// Where the next link may be lost or is not the org's, the list ends with one
// error: it is never taken to be complete.
func TestHostileLinks(t *testing.T) {
	t.Parallel()
	const next = "https://acme.okta.com/api/v1/users?after=1"
	for _, tt := range []struct {
		name  string
		body  string
		links []string
		pages int // that are read; then the list is complete if all are, or else ends with an error
		ok    bool
	}{
		{"none", `[{}]`, nil, 1, true},
		{"only self", `[{}]`, []string{`<https://acme.okta.com/api/v1/users>; rel="self"`}, 1, true},
		{"separate", `[{}]`, []string{`<https://x>; rel="self"`, "<" + next + `>; rel="next"`}, 2, true},
		{"joined", `[{}]`, []string{`<https://x>; rel="self",<` + next + `>; rel="next"`}, 2, true},
		{"joined without a space, a comma in it", `[{}]`, []string{`<https://x?a,b>;rel=self,<` + next + `,2>;rel=next`}, 2, true},
		{"joined, a quote in a title", `[{}]`, []string{`<https://x>; title="6\" tall"; rel="self", <` + next + `>; rel="next"`}, 2, true},
		{"another form of the host", `[{}]`, []string{`<HTTPS://ACME.okta.com:443/api/v1/users?after=1>; rel="next"`}, 2, true},

		{"not closed", `[{}]`, []string{"<" + next + `; rel="next"`}, 0, false},
		{"not opened", `[{}]`, []string{next + `>; rel="next"`}, 0, false},
		{"cut", `[{}]`, []string{"<" + next + `>; rel="ne`}, 0, false},
		{"self cut, next lost", `[{}]`, []string{`<https://acme.okta.com/api/v1/us`}, 0, false},
		{"no semicolon", `[{}]`, []string{"<" + next + `> rel="next"`}, 0, false},
		{"empty", `[{}]`, []string{`<>; rel="next"`}, 0, false},
		{"another host", `[{}]`, []string{`<https://evil.example/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"another host, joined", `[{}]`, []string{`<https://x>; rel="self", <https://acme.okta.com@evil.example/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"another scheme", `[{}]`, []string{`<http://acme.okta.com/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"another port", `[{}]`, []string{`<https://acme.okta.com:8443/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"user info", `[{}]`, []string{`<https://a:b@acme.okta.com/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"no scheme", `[{}]`, []string{`<//evil.example/api/v1/users?after=1>; rel="next"`}, 0, false},
		{"another path", `[{}]`, []string{`<https://acme.okta.com/api/v1/users/../apps?after=1>; rel="next"`}, 0, false},
		{"in the body, another host", `{"roles":[{}],"_links":{"next":{"href":"https://evil.example/api/v1/users?after=1"}}}`, nil, 0, false},
		{"in the body, of another type", `{"roles":[{}],"_links":{"next":"` + next + `"}}`, nil, 0, false},
		{"in the body, a number", `{"roles":[{}],"_links":{"next":{"href":7}}}`, nil, 0, false},
	} {
		var hosts []string
		pages, errs := 0, 0
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			hosts = append(hosts, req.URL.Scheme+"://"+req.URL.Host)
			if req.URL.RawQuery != "" {
				return respond(req, 200, `[{}]`), nil
			}
			resp := respond(req, 200, tt.body)
			resp.Header["Link"] = tt.links
			return resp, nil
		})
		for _, err := range oktaint.Pages[item](t.Context(), clientOver(base), "", nil, "api", "v1", "users") {
			if err != nil {
				errs++
				continue
			}
			pages++
		}
		if pages != tt.pages || errs == 0 != tt.ok || errs > 1 {
			t.Errorf("%s: %d pages, %d errors; want %d, ok %v", tt.name, pages, errs, tt.pages, tt.ok)
		}
		for _, host := range hosts {
			if host != "https://acme.okta.com" {
				t.Errorf("%s: a request went to %s", tt.name, host)
			}
		}
	}
}

// A list whose cursors are always new goes on until the caller has had enough.
// It takes no more memory for that, and no goroutine.
func TestEndlessList(t *testing.T) {
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		if err := req.Context().Err(); err != nil {
			return nil, err
		}
		var n int
		fmt.Sscan(req.URL.Query().Get("after"), &n)
		return respond(req, 200, `[{"id":"1"}]`, "Link", fmt.Sprintf(`<https://acme.okta.com/api/v1/users?after=%d>; rel="next"`, n+1)), nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var early, late uint64
	n, goroutines := 0, runtime.NumGoroutine()
	for _, err := range oktaint.Pages[item](ctx, clientOver(base), "", url.Values{"limit": {"1"}}, "api", "v1", "users") {
		if err != nil {
			if n < 10_000 || ctx.Err() == nil {
				t.Errorf("page %d: %v", n, err)
			}
			break
		}
		switch n++; n {
		case 1000:
			early = heap()
		case 10_000:
			late = heap()
			if g := runtime.NumGoroutine(); g > goroutines+1 {
				t.Errorf("%d goroutines, %d before", g, goroutines)
			}
			cancel()
		}
	}
	if late > early+64<<10 {
		t.Errorf("9,000 pages kept %d bytes", late-early)
	}
}

// What a consumer does not wait for any more ends at once, with the goroutine
// that fetches it: the bubble would not end otherwise.
func TestPagesLeft(t *testing.T) {
	t.Parallel()
	for name, leave := range map[string]func(context.CancelFunc) bool{
		"break":  func(context.CancelFunc) bool { return true },
		"cancel": func(cancel context.CancelFunc) bool { cancel(); return false },
		"panic":  func(context.CancelFunc) bool { panic("enough") },
	} {
		synctest.Test(t, func(t *testing.T) {
			var ended atomic.Int32
			pages := pagesOf(99, separate)
			base := roundTripper(func(req *http.Request) (*http.Response, error) {
				if req.URL.Query().Get("after") == "2" {
					<-req.Context().Done()
					ended.Add(1)
					return nil, req.Context().Err()
				}
				return pages(req)
			})
			start, n := time.Now(), 0
			func() {
				defer func() { _ = recover() }()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				for _, err := range oktaint.Pages[item](ctx, clientOver(base), "", nil, "api", "v1", "users") {
					if err != nil {
						break
					}
					if n++; n == 2 {
						synctest.Wait() // the third is on its way
						if leave(cancel) {
							break
						}
					}
				}
			}()
			if n != 2 || ended.Load() != 1 || time.Since(start) != 0 {
				t.Errorf("%s: %d pages, %d requests ended, %v", name, n, ended.Load(), time.Since(start))
			}
		})
	}
}

// crowded is an org that refuses more than so many requests at once.
type crowded struct {
	limit   atomic.Int32
	headers bool // of the minute's limit, on what is answered

	mu                            sync.Mutex
	inFlight, most, refused, done int
}

func (c *crowded) RoundTrip(req *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.inFlight++
	c.most = max(c.most, c.inFlight)
	over := c.inFlight > int(c.limit.Load())
	c.mu.Unlock()
	<-time.After(100 * time.Millisecond)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight--
	reset := itoa(time.Now().Add(time.Minute).Unix())
	switch {
	case over:
		c.refused++
		return respond(req, 429, "", "X-Rate-Limit-Limit", "0", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", reset), nil
	case c.headers:
		c.done++
		return respond(req, 200, "{}", "X-Rate-Limit-Limit", "10000", "X-Rate-Limit-Remaining", "9000", "X-Rate-Limit-Reset", reset), nil
	}
	c.done++
	return respond(req, 200, "{}"), nil
}

// Where the org takes fewer requests at once than are sent, fewer are in flight,
// few are refused, and none is lost; later there are more again.
func TestConcurrencyAdapts(t *testing.T) {
	t.Parallel()
	for _, headers := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			base := &crowded{headers: headers}
			base.limit.Store(3)
			c := clientOver(base)
			const n = 1500
			d := run(t, c, n) // fails for each that is lost
			if base.done != n || base.refused > n/10 || base.refused == 0 || d > 2*n/3*100*time.Millisecond {
				t.Errorf("headers %v: %d answered, %d refused, %v", headers, base.done, base.refused, d)
			}
			base.limit.Store(100)
			run(t, c, 200)
			base.mu.Lock()
			base.most, base.refused = 0, 0
			base.mu.Unlock()
			if run(t, c, 200); base.most != 8 || base.refused != 0 {
				t.Errorf("headers %v: with room again %d in flight, %d refused", headers, base.most, base.refused)
			}
			t.Logf("headers %v: %d requests in %v", headers, n, d)
		})
	}
}
