package oktatest_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// limits returns the three headers.
func (a answer) limits(t testing.TB) (limit, remaining int, reset time.Time) {
	t.Helper()
	number := func(name string) int {
		n, err := strconv.Atoi(a.header.Get(name))
		if err != nil {
			t.Fatalf("%s = %q; status %d", name, a.header.Get(name), a.status)
		}
		return n
	}
	return number("X-Rate-Limit-Limit"), number("X-Rate-Limit-Remaining"), time.Unix(int64(number("X-Rate-Limit-Reset")), 0)
}

func TestRateLimitWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"apps": 20}})
		time.Sleep(300 * time.Millisecond) // the window is not aligned to anything
		start := time.Now()
		for i := range 10 {
			limit, remaining, reset := c.admin("GET", "/api/v1/apps", nil).want(t, 200).limits(t)
			if limit != 10 || remaining != 9-i {
				t.Fatalf("request %d: limit %d, remaining %d; want 10, %d", i+1, limit, remaining, 9-i)
			}
			if want := start.Add(60*time.Second + 700*time.Millisecond); !reset.Equal(want) {
				t.Fatalf("request %d: reset %v, want %v: the window's end, rounded up", i+1, reset, want)
			}
			time.Sleep(time.Second)
		}
		a := c.admin("GET", "/api/v1/apps", nil)
		a.wantError(t, 429, "E0000047", "")
		if limit, remaining, _ := a.limits(t); limit != 10 || remaining != 0 {
			t.Errorf("429: limit %d, remaining %d; want 10, 0", limit, remaining)
		}
		if a.header.Get("Retry-After") != "" || a.header.Get("Cache-Control") != "" {
			t.Errorf("429 has Retry-After or Cache-Control: %v", a.header)
		}
		time.Sleep(time.Until(start.Add(60*time.Second - time.Nanosecond)))
		c.admin("GET", "/api/v1/apps", nil).want(t, 429)
		time.Sleep(time.Nanosecond)
		// A new window, in which the 429s do not count.
		if _, remaining, reset := c.admin("GET", "/api/v1/apps", nil).want(t, 200).limits(t); remaining != 9 || reset.Before(start.Add(2*time.Minute)) {
			t.Errorf("after the reset: remaining %d, reset %v", remaining, reset)
		}
	})
}

func TestRateLimitShares(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"users": 4}, PrincipalShare: 0.75})
		first := "SSWS " + c.org.NewAPIToken("READ_ONLY_ADMIN")
		second := "SSWS " + c.org.NewAPIToken("READ_ONLY_ADMIN")
		for range 3 {
			c.do("GET", "/api/v1/users", first, nil).want(t, 200)
		}
		c.do("GET", "/api/v1/users", first, nil).want(t, 429)
		if limit, remaining, _ := c.do("GET", "/api/v1/users", second, nil).want(t, 200).limits(t); limit != 3 || remaining != 0 {
			t.Errorf("second principal: limit %d, remaining %d; want 3 and 0, for the org has no more", limit, remaining)
		}
		c.do("GET", "/api/v1/users", second, nil).want(t, 429)
		// Another bucket is another matter.
		c.do("GET", "/api/v1/groups", first, nil).want(t, 200)
	})
}

func TestRateLimitNone(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"users": 0}})
	a := c.admin("GET", "/api/v1/users", nil).want(t, 200)
	if got := a.header.Get("X-Rate-Limit-Limit"); got != "" {
		t.Errorf("X-Rate-Limit-Limit = %q, want none", got)
	}
	if got := c.do("GET", "/api/v1/users", "SSWS bad", nil).want(t, 401).header.Get("X-Rate-Limit-Limit"); got != "" {
		t.Errorf("a bad token gets X-Rate-Limit-Limit %q", got)
	}
	if got := c.do("GET", "/.well-known/okta-organization", "", nil).want(t, 200).header.Get("X-Rate-Limit-Limit"); got != "" {
		t.Errorf("/.well-known gets X-Rate-Limit-Limit %q", got)
	}
}

// TestRateLimitOfToken counts token requests by the client that asks.
func TestRateLimitOfToken(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: map[string]int{"token": 4}})
	one, two := c.newApp("okta.users.read"), c.newApp("okta.users.read")
	c.askToken(one, "okta.users.read").want(t, 200)
	c.askToken(one, "okta.users.read").want(t, 200)
	c.askToken(one, "okta.users.read").wantError(t, 429, "E0000047", "")
	c.askToken(two, "okta.users.read").want(t, 200)
}

func TestBuckets(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	tests := []struct{ method, path, want string }{
		{"POST", "/oauth2/v1/token", "token"},
		{"POST", "/oauth2/v1/revoke", "default"},
		{"GET", "/api/v1/logs", "logs"},
		{"GET", "/api/v1/apps", "apps"},
		{"POST", "/api/v1/apps", "apps"},
		{"GET", "/api/v1/apps/0oa1", "app"},
		{"DELETE", "/api/v1/apps/0oa1", "app"},
		{"POST", "/api/v1/apps/0oa1/grants", "apps"},
		{"POST", "/api/v1/apps/0oa1/lifecycle/activate", "apps"},
		{"GET", "/api/v1/users", "users"},
		{"POST", "/api/v1/users", "users"},
		{"GET", "/api/v1/users/00u1", "user"},
		{"GET", "/api/v1/users/me", "user"},
		{"POST", "/api/v1/users/00u1", "user-write"},
		{"DELETE", "/api/v1/users/00u1", "user-write"},
		{"GET", "/api/v1/users/00u1/roles", "users"},
		{"POST", "/api/v1/users/00u1/lifecycle/suspend", "users"},
		{"GET", "/api/v1/groups", "groups"},
		{"GET", "/api/v1/groups/rules", "groups"},
		{"GET", "/api/v1/groups/rules/0pr1", "groups"},
		{"GET", "/api/v1/groups/00g1", "group"},
		{"PUT", "/api/v1/groups/00g1/users/00u1", "groups"},
		{"GET", "/oauth2/v1/clients", "clients"},
		{"POST", "/oauth2/v1/clients/0oa1/roles", "clients"},
		{"GET", "/api/v1/devices/guo1", "devices"},
		{"GET", "/api/v1/iam/roles", "iam"},
		{"GET", "/api/v1/org", "default"},
		{"GET", "/integrations/api/v1/api-services", "default"},
	}
	for _, tt := range tests {
		c.org.ResetRequests()
		c.admin(tt.method, tt.path, nil)
		if got := c.org.Requests()[0].Bucket; got != tt.want {
			t.Errorf("%s %s: bucket %q, want %q", tt.method, tt.path, got, tt.want)
		}
	}
}

func TestConcurrencyLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{ConcurrencyLimit: 2, Latency: time.Second})
		var wg sync.WaitGroup
		answers := make([]answer, 3)
		for i := range answers {
			wg.Go(func() { answers[i] = c.admin("GET", "/api/v1/users", nil) })
		}
		wg.Wait()
		refused := 0
		for _, a := range answers {
			if a.status != 429 {
				continue
			}
			refused++
			if limit, remaining, reset := a.limits(t); limit != 0 || remaining != 0 || !reset.After(time.Now()) {
				t.Errorf("429: limit %d, remaining %d, reset %v; want 0, 0 and later", limit, remaining, reset)
			}
		}
		if refused != 1 {
			t.Errorf("%d requests were refused, want 1", refused)
		}
		c.admin("GET", "/api/v1/users", nil).want(t, 200)
	})
}

func TestLatencyAndSkew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{Latency: 100 * time.Millisecond, Skew: -10 * time.Minute})
		start := time.Now()
		a := c.admin("GET", "/api/v1/users", nil).want(t, 200)
		if got := time.Since(start); got != 100*time.Millisecond {
			t.Errorf("the answer took %v, want 100ms", got)
		}
		date, err := http.ParseTime(a.header.Get("Date"))
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Now().Add(-10 * time.Minute).Truncate(time.Second); !date.Equal(want) {
			t.Errorf("Date = %v, want %v", date, want)
		}
		if _, _, reset := a.limits(t); reset.Sub(date) > time.Minute+time.Second || reset.Before(date) {
			t.Errorf("reset %v does not fit Date %v", reset, date)
		}
		// The clock shows in the checks of an assertion, too.
		app := c.newApp("okta.users.read")
		if got := c.askToken(app, "okta.users.read").want(t, 401).text(t, "error_description"); !strings.Contains(got, "issued before") {
			t.Errorf("error_description = %q", got)
		}
	})
}

// TestLatencyEndsWithClient has a client that does not wait: the request took
// effect, and nothing is left of it.
func TestLatencyEndsWithClient(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{Latency: time.Hour})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req := c.request("POST", "/api/v1/apps", "SSWS "+c.org.APIToken(), serviceApp("slow", jwk(rsaKey(), "k1")))
		_, err := c.http.Do(req.WithContext(ctx))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("err = %v", err)
		}
		synctest.Wait()
		if !strings.Contains(string(c.org.State()), `"label":"slow"`) {
			t.Error("the app was not created")
		}
		if got := c.org.Requests(); len(got) != 1 || got[0].Status != 0 {
			t.Errorf("requests = %+v, want one without an answer", got)
		}
	})
}
