package oktaint_test

import (
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A clocked server keeps a limit a minute by a clock of its own, and describes it by
// that clock. Its answers can lie once.
type clocked struct {
	limit int
	off   func(since time.Duration) time.Duration // of its clock
	lie   func(n int, h http.Header)              // about the n-th answer; nil: never
	begin time.Time

	mu      sync.Mutex
	n       int
	window  int64
	used    int
	refused int
}

func (s *clocked) RoundTrip(req *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	now := time.Now().Add(s.off(time.Since(s.begin)))
	if w := now.Unix() / 60; w != s.window {
		s.window, s.used = w, 0
	}
	s.used++
	status, left := 200, s.limit-s.used
	if left < 0 {
		status, left = 429, 0
		s.refused++
	}
	resp := respond(req, status, "{}", windowHeaders(s.limit, left, time.Unix((s.window+1)*60, 0))...)
	resp.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	if s.lie != nil {
		s.lie(s.n, resp.Header)
	}
	return resp, nil
}

// Clocks that are set, and single answers whose figures make no sense, cost a few
// 429s and seconds, not an hour, and pacing goes on after them.
func TestPacingClocks(t *testing.T) {
	t.Parallel()
	set := func(by time.Duration) func(time.Duration) time.Duration {
		return func(since time.Duration) time.Duration {
			if since > 90*time.Second {
				return by
			}
			return 0
		}
	}
	lie := func(name, value string) func(int, http.Header) {
		return func(n int, h http.Header) {
			if n == 60 {
				h.Set(name, value)
			}
		}
	}
	in := func(d time.Duration) string { return itoa(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(d).Unix()) }
	for name, tt := range map[string]struct {
		off     func(time.Duration) time.Duration
		lie     func(int, http.Header)
		refused int // at the most, of 400
	}{
		"right":                   {set(0), nil, 0},
		"two days ahead":          {func(time.Duration) time.Duration { return 48 * time.Hour }, nil, 0},
		"two days behind":         {func(time.Duration) time.Duration { return -48 * time.Hour }, nil, 0},
		"set back by an hour":     {set(-time.Hour), nil, 8},
		"set forward by an hour":  {set(time.Hour), nil, 8},
		"set back by 90 seconds":  {set(-90 * time.Second), nil, 8},
		"set back by 20 seconds":  {set(-20 * time.Second), nil, 8},
		"set forward by 20 s":     {set(20 * time.Second), nil, 8},
		"one reset in 2100":       {set(0), lie("X-Rate-Limit-Reset", "4102444800"), 8},
		"one reset in 1970":       {set(0), lie("X-Rate-Limit-Reset", "60"), 8},
		"one reset in 3 hours":    {set(0), lie("X-Rate-Limit-Reset", in(3*time.Hour)), 8},
		"one Date two days off":   {set(0), lie("Date", "Mon, 03 Jan 2000 00:00:00 GMT"), 8},
		"one Date that is no one": {set(0), lie("Date", "yesterday"), 8},
		"one answer with nothing left": {set(0), func(n int, h http.Header) {
			if n == 60 {
				h.Set("X-Rate-Limit-Remaining", "0")
				h.Set("X-Rate-Limit-Reset", "4102444800")
			}
		}, 8},
		"every reset in 2100": {set(0), func(_ int, h http.Header) { h.Set("X-Rate-Limit-Reset", "4102444800") }, 150},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &clocked{limit: 50, off: tt.off, lie: tt.lie, begin: time.Now()}
				c := (&oktaint.Transport{Org: mustOrg(t, "acme"), Base: s, MaxRetries: 20}).Client()
				d := run(t, c, 400)
				t.Logf("400 requests at 50 a minute: %v, %d answered 429", d, s.refused)
				if s.refused > tt.refused || d > 10*time.Minute {
					t.Errorf("%v and %d answers of 429; want at most 10 min and %d", d, s.refused, tt.refused)
				}
			})
		})
	}
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

// What --json of a program prints of a limit has names like all else there.
func TestLimitJSON(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal([]oktaint.Limit{{Bucket: "/api/v1/apps", Limit: 50, Remaining: 7, InFlight: 2, Shared: true}})
	const want = `[{"bucket":"/api/v1/apps","limit":50,"remaining":7,"in_flight":2,"queued":0,"shared":true}]`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}
