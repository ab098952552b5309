package oktaint_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// simulate starts a simulated org on which this credential may make so many
// requests for users a minute.
func simulate(t *testing.T, perMinute int) (*oktatest.Org, func() *oktaint.Transport) {
	sim := oktatest.New(t, oktatest.Config{RateLimits: map[string]int{"users": 2 * perMinute}, Latency: 50 * time.Millisecond})
	org := mustOrg(t, sim.URL())
	src := oktaint.APIToken{Org: org, Token: oktaint.NewSecret(sim.APIToken())}.Source(nil)
	return sim, func() *oktaint.Transport {
		return &oktaint.Transport{Org: org, Source: src, Base: sim.Transport()}
	}
}

// run makes n requests with a few workers and returns how long that took.
func run(t *testing.T, c *oktaint.Client, n int) time.Duration {
	start := time.Now()
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				if err := c.Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

func count429(sim *oktatest.Org) (limited, all int) {
	for _, r := range sim.Requests() {
		if all++; r.Status == 429 {
			limited++
		}
	}
	return limited, all
}

// Alone, a client uses all of its limit and never exceeds it.
func TestPacingAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim, transport := simulate(t, 300)
		d := run(t, transport().Client(), 1500)
		limited, _ := count429(sim)
		t.Logf("1500 requests at 300 a minute: %v, %d answered 429", d, limited)
		if d > 4*time.Minute+10*time.Second || limited != 0 {
			t.Errorf("%v and %d answers of 429; want at most 4m10s and none", d, limited)
		}
	})
}

// Three processes that share a limit without knowing of each other get along by
// the headers alone.
func TestPacingShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim, transport := simulate(t, 300)
		took := make([]time.Duration, 3)
		var wg sync.WaitGroup
		for i := range took {
			wg.Go(func() { took[i] = run(t, transport().Client(), 500) })
		}
		wg.Wait()
		limited, all := count429(sim)
		fastest, slowest := min(took[0], took[1], took[2]), max(took[0], took[1], took[2])
		t.Logf("3 x 500 requests: %v, %d of %d answered 429", took, limited, all)
		if float64(limited) >= 0.01*float64(all) || float64(slowest) > 1.2*float64(fastest) || slowest > 5*time.Minute {
			t.Errorf("%v, %d of %d answered 429; want under 1 percent, and the slowest within 1.2 of the fastest", took, limited, all)
		}
	})
}

// An urgent request passes a long queue.
func TestUrgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, transport := simulate(t, 100)
		tr := transport()
		urgent := tr.Urgent().Client()
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(func() {
				if err := tr.Client().Get(ctx, nil, nil, "api", "v1", "users"); err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
		}
		for range 15 { // in the midst of the rush, and when only what is kept is left
			<-time.After(100 * time.Millisecond)
			start := time.Now()
			if err := urgent.Get(ctx, nil, nil, "api", "v1", "users"); err != nil {
				t.Error(err)
			}
			if d := time.Since(start); d != 50*time.Millisecond {
				t.Errorf("an urgent request took %v, want its latency of 50ms", d)
			}
		}
		if l := tr.Limits(); len(l) != 1 || l[0].Bucket != "/api/v1/users" || l[0].Limit != 100 || l[0].Queued < 800 || l[0].Remaining > 20 || l[0].Shared {
			t.Errorf("limits %+v", l)
		}
		cancel()
		wg.Wait()
		if l := tr.Limits(); l[0].Queued != 0 || l[0].InFlight != 0 {
			t.Errorf("after all gave up: %+v", l)
		}
	})
}

// Share leaves a part of the limit to others.
func TestShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sim, transport := simulate(t, 100)
		tr := transport()
		tr.Share = 0.3
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Second)
		defer cancel()
		n := 0
		for ; n < 100; n++ {
			if err := tr.Client().Get(ctx, nil, nil, "api", "v1", "users"); err != nil {
				if _, ok := oktaint.RateLimited(err); !ok {
					t.Error(err)
				}
				break
			}
		}
		if n != 30 || len(sim.Requests()) != 30 {
			t.Errorf("%d requests of 100 with a share of 0.3", n)
		}
	})
}

// A waiter whose deadline is before the reset gets its error as soon as the reset is
// known, not at the deadline.
func TestQueuedDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, transport := simulate(t, 10)
		c := transport().Client()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		start := time.Now()
		var ok, limited atomic.Int32
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				err := c.Get(ctx, nil, nil, "api", "v1", "users")
				if _, is := oktaint.RateLimited(err); is {
					limited.Add(1)
				} else if err == nil {
					ok.Add(1)
				} else {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if ok.Load() != 10 || limited.Load() != 30 || time.Since(start) > time.Second {
			t.Errorf("%d answered, %d limited, after %v", ok.Load(), limited.Load(), time.Since(start))
		}
	})
}

// If the org takes fewer requests at once than are sent, fewer are in flight, few are
// refused, and none is lost. Later there are more again.
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

// The limit of concurrent requests has 0 for both figures. A request waits for it a few
// seconds, and fewer are in flight.
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

// At most 32 requests of a bucket are on their way at once, urgent ones included.
func TestUrgentInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			n := now.Add(1)
			defer now.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(time.Second)
			return respond(req, 200, "{}"), nil
		})
		c := clientOver(base).Urgent()
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if err := c.Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil {
					t.Error(err)
				}
			})
		}
		start := time.Now()
		wg.Wait()
		if d := time.Since(start); most.Load() != 32 || d != 4*time.Second {
			t.Errorf("%d urgent requests in flight and %v, want 32 and 4 s", most.Load(), d)
		}
	})
}

// A limit of 0 with requests remaining makes no sense, and no request waits for it.
func TestLimitOfNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clientOver(roundTripper(func(req *http.Request) (*http.Response, error) {
			return respond(req, 200, "{}", windowHeaders(0, 5, time.Now().Add(time.Second))...), nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for range 3 {
			start := time.Now()
			if err := c.Get(ctx, nil, nil, "api", "v1", "users"); err != nil || time.Since(start) > 0 {
				t.Fatalf("%v after %v", err, time.Since(start))
			}
			time.Sleep(10 * time.Second)
		}
	})
}
