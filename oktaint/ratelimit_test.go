package oktaint_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// After a 429 the wait is to the reset by the server's clock, a second more and
// up to half a second of jitter.
func TestRateLimitWait(t *testing.T) {
	t.Parallel()
	for n, skew := range []time.Duration{
		0, time.Hour, -time.Hour, time.Second, -time.Second, 30 * time.Second, -30 * time.Second, 5 * time.Minute, -5 * time.Minute, 12 * time.Hour, -12 * time.Hour, 23 * time.Hour, -23 * time.Hour,
	} {
		ahead := []time.Duration{20 * time.Second, 2 * time.Second, 59 * time.Second}[n%3]
		synctest.Test(t, func(t *testing.T) {
			s := &script{steps: []func(*http.Request) (*http.Response, error){rateLimited(ahead, skew), status(200, "{}")}}
			var waits []oktaint.Wait
			ctx := oktaint.WithOnWait(t.Context(), func(w oktaint.Wait) { waits = append(waits, w) })
			if err := oktaint.NewClient(mustOrg(t, "acme"), s).Get(ctx, nil, nil, "api", "v1", "apps"); err != nil {
				t.Fatal(err)
			}
			if d := s.when[1].Sub(s.when[0]); d < ahead+time.Second || d > ahead+2*time.Second {
				t.Errorf("skew %v: the second attempt came after %v, want 1 to 1.5 s more than %v", skew, d, ahead)
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
