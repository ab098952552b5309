package oktaint_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A request that is on the wire when its context ends gets a grace to be answered. A
// request that waits, for a rate limit, for its turn or for another attempt, is no longer
// sent.
func TestWithGrace(t *testing.T) {
	t.Parallel()
	const grace = 10 * time.Second
	for _, tt := range []struct {
		name    string
		latency time.Duration // of an answer
		refuse  int           // so many requests are answered 429 first
		busy    bool          // other requests have all places of the bucket
		sent    int
		took    time.Duration
		err     error // nil: the answer came
	}{
		{"in time", 500 * time.Millisecond, 0, false, 1, 500 * time.Millisecond, nil},
		{"on the wire", 6 * time.Second, 0, false, 1, 6 * time.Second, nil},
		{"too slow", 30 * time.Second, 0, false, 1, time.Second + grace, context.Canceled},
		{"waits out a 429", 100 * time.Millisecond, 1, false, 1, time.Second, context.Canceled},
		{"answered 429 in its grace", 3 * time.Second, 1, false, 1, 3 * time.Second, nil},
		{"waits for a place", 4 * time.Second, 0, true, 8, time.Second, context.Canceled},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var sent atomic.Int64 // by several goroutines, where the bucket is busy
				base := roundTripper(func(req *http.Request) (*http.Response, error) {
					n := int(sent.Add(1))
					select {
					case <-time.After(tt.latency):
					case <-req.Context().Done():
						return nil, req.Context().Err()
					}
					if n <= tt.refuse {
						return respond(req, 429, "", windowHeaders(10, 0, time.Now().Add(20*time.Second))...), nil
					}
					return respond(req, 200, `{"id":"00u1"}`), nil
				})
				c := oktaint.NewClient(mustOrg(t, "acme"), base)
				if tt.busy {
					for range 8 {
						go c.Get(t.Context(), nil, nil, "api", "v1", "users")
					}
					synctest.Wait()
				}
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, cancel)
				start := time.Now()
				err := c.Get(oktaint.WithGrace(ctx, grace), nil, nil, "api", "v1", "users")
				d := time.Since(start)
				limited := func() bool { _, ok := oktaint.RateLimited(err); return ok }
				if tt.refuse > 0 && tt.err == nil {
					if !limited() {
						t.Errorf("%v, want the 429", err)
					}
				} else if !errors.Is(err, tt.err) {
					t.Errorf("%v, want %v", err, tt.err)
				}
				if n := int(sent.Load()); n != tt.sent || d != tt.took {
					t.Errorf("%d requests, %v; want %d, %v", n, d, tt.sent, tt.took)
				}
				if tt.err != nil && oktaint.Ambiguous(err) != (tt.name == "too slow") {
					t.Errorf("Ambiguous(%v)", err)
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

// A request that was answered 429 and then given up had no effect.
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

// A request is not sent if its context has ended before, even if it has a grace and the
// base does not look at contexts.
func TestContextThatIsOver(t *testing.T) {
	t.Parallel()
	for _, grace := range []time.Duration{0, 10 * time.Second} {
		sent := 0
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			sent++
			return respond(req, 200, `{"id":"00u1"}`), nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		req, err := mustOrg(t, "acme").NewRequest(oktaint.WithGrace(ctx, grace), "POST", nil, nil, "api", "v1", "apps")
		if err != nil {
			t.Fatal(err)
		}
		err = oktaint.NewClient(mustOrg(t, "acme"), base).Do(req, nil)
		if !errors.Is(err, context.Canceled) || oktaint.Ambiguous(err) || sent != 0 {
			t.Errorf("grace %v: %v, ambiguous %v, %d requests; want context.Canceled and none", grace, err, oktaint.Ambiguous(err), sent)
		}
	}
}
