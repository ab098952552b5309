package oktaint

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxInFlight bounds the requests of one bucket that are on their way at once.
const maxInFlight = 8

// headerRequestID names the header by which Okta's support finds a request.
const headerRequestID = "X-Okta-Request-Id"

// limits are the rate limit headers of an answer. The limit is what this
// principal may use, by default half of the org's.
type limits struct {
	known            bool
	limit, remaining int
	reset            time.Time // by the server's clock
	date             time.Time // the server's clock
	retryAfter       time.Duration
}

func readLimits(h http.Header) limits {
	l := limits{retryAfter: retryAfter(h)}
	l.date, _ = http.ParseTime(h.Get("Date"))
	var err [3]error
	var reset int64
	l.limit, err[0] = strconv.Atoi(h.Get("X-Rate-Limit-Limit"))
	l.remaining, err[1] = strconv.Atoi(h.Get("X-Rate-Limit-Remaining"))
	reset, err[2] = strconv.ParseInt(h.Get("X-Rate-Limit-Reset"), 10, 64)
	l.known = err == [3]error{} && l.limit >= 0 && l.remaining >= 0
	l.reset = time.Unix(reset, 0)
	return l
}

// concurrency reports whether a 429 is about requests at the same time, not
// about those of a minute: then both figures are 0.
func (l limits) concurrency() bool { return l.known && l.limit == 0 && l.remaining == 0 }

// untilReset is the time to the reset by the server's clock, and a second more,
// since both ends are whole seconds.
func (l limits) untilReset(received time.Time) time.Duration {
	now := l.date
	if now.IsZero() {
		now = received
	}
	return max(0, l.reset.Sub(now)) + time.Second
}

// pause is the wait after the n-th 429 in a row, from 0.
func (l limits) pause(received time.Time, n int) time.Duration {
	jitter := rand.N(500 * time.Millisecond)
	switch {
	case l.concurrency():
		return time.Second<<min(n, 5) + jitter
	case l.known:
		return l.untilReset(received) + jitter
	case l.retryAfter > 0:
		return l.retryAfter + jitter
	}
	return time.Second + backoff(n)
}

// bucketOf names the rate limit that a request counts against, after the table
// of Okta's Terraform provider. Buckets are told apart by method where Okta
// does.
func bucketOf(method, path string) string {
	switch elem := strings.Split(strings.Trim(path, "/"), "/"); {
	case path == tokenPath:
		return path
	case hasPrefix(elem, "oauth2", "v1", "clients"):
		return "/oauth2/v1/clients"
	case !hasPrefix(elem, "api", "v1"):
		return "/" + elem[0]
	case hasPrefix(elem, "api", "v1", "apps"), hasPrefix(elem, "api", "v1", "groups"):
		if len(elem) == 4 && elem[3] != "rules" {
			return "/api/v1/" + elem[2] + "/{id}"
		}
		return "/api/v1/" + elem[2]
	case hasPrefix(elem, "api", "v1", "users"):
		switch {
		case len(elem) != 4:
			return "/api/v1/users"
		case method == http.MethodGet:
			return "/api/v1/users/{id}"
		}
		return "write /api/v1/users/{id}"
	case hasPrefix(elem, "api", "v1", "logs"), hasPrefix(elem, "api", "v1", "devices"), hasPrefix(elem, "api", "v1", "iam"):
		return "/api/v1/" + elem[2]
	}
	return "/api/v1"
}

func hasPrefix(elem []string, prefix ...string) bool {
	if len(elem) < len(prefix) {
		return false
	}
	for i, p := range prefix {
		if elem[i] != p {
			return false
		}
	}
	return true
}

// buckets are the rate limits of one org, as its answers describe them.
type buckets struct {
	mu sync.Mutex
	m  map[string]*bucket
}

// A bucket knows what is left of its window and who is on the way.
type bucket struct {
	name string

	mu        sync.Mutex
	inFlight  int
	most      int           // how many may be in flight
	known     bool          // remaining and until hold
	remaining int           // of the window that ends at reset
	reset     time.Time     // by the server's clock: which window
	until     time.Time     // its end by our clock
	changed   chan struct{} // closed, and replaced, when there may be room
}

func (b *buckets) get(name string) *bucket {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.m == nil {
		b.m = make(map[string]*bucket)
	}
	if b.m[name] == nil {
		b.m[name] = &bucket{name: name, most: maxInFlight, changed: make(chan struct{})}
	}
	return b.m[name]
}

// enter waits for room in a bucket and takes a place, which the caller must
// leave. It is an error that [RateLimited] knows if the window's end is farther
// than maxWait or the context's deadline.
func (b *buckets) enter(ctx context.Context, name string, maxWait time.Duration) (*bucket, error) {
	k := b.get(name)
	told := false
	for {
		k.mu.Lock()
		wait, ok := k.room(time.Now())
		if ok {
			k.inFlight++
			k.mu.Unlock()
			return k, nil
		}
		changed := k.changed
		k.mu.Unlock()

		if wait > maxWait || wait > 0 && deadlineWithin(ctx, wait) {
			return nil, &Error{StatusCode: http.StatusTooManyRequests, Path: name, retryAfter: wait,
				Summary: fmt.Sprintf("not sent: the rate limit is used up for the next %v", wait.Round(time.Second))}
		}
		if wait > 0 && !told {
			announce(ctx, Wait{Bucket: name, For: wait, Reason: "rate limit of " + name})
			told = true
		}
		if err := await(ctx, changed, wait); err != nil {
			return nil, err
		}
	}
}

// room reports whether one more may be sent now, and else how long the window
// lasts; 0 means until one of those on the way comes back.
func (k *bucket) room(now time.Time) (time.Duration, bool) {
	if k.known && !now.Before(k.until) {
		k.known = false // a new window, of which nothing is known
	}
	switch {
	case k.inFlight >= k.most:
		return 0, false
	case !k.known || k.remaining > k.inFlight:
		return 0, true
	case k.inFlight > 0 && k.remaining > 0:
		return 0, false
	}
	return k.until.Sub(now), false
}

// await waits for a change, for the end of d if that is not 0, or for the
// context's end.
func await(ctx context.Context, changed <-chan struct{}, d time.Duration) error {
	var end <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		end = timer.C
	}
	select {
	case <-changed:
		return nil
	case <-end:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// observe learns from an answer.
func (k *bucket) observe(resp *http.Response, now time.Time) {
	l := readLimits(resp.Header)
	if !l.known {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if l.concurrency() {
		if resp.StatusCode == http.StatusTooManyRequests {
			k.most = max(1, k.inFlight/2)
		}
		return // the figures say nothing about the window
	}
	k.most = min(maxInFlight, k.most+1)
	if resp.StatusCode == http.StatusTooManyRequests {
		l.remaining = 0
	}
	switch {
	case !k.known || l.reset.After(k.reset):
		k.known, k.reset, k.remaining = true, l.reset, l.remaining
		k.until = now.Add(l.untilReset(now) + rand.N(500*time.Millisecond))
	case l.reset.Equal(k.reset): // answers may come in another order than they were made
		k.remaining = min(k.remaining, l.remaining)
	}
}

// leave gives the place back.
func (k *bucket) leave() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.inFlight--
	close(k.changed)
	k.changed = make(chan struct{})
}
