package oktaint

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

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
	l.known = err == [3]error{} && l.remaining >= 0 && (l.limit > 0 || l.limit == 0 && l.remaining == 0) && reset >= 0 && reset < 1<<40
	l.reset = time.Unix(reset, 0)
	return l
}

// concurrency reports whether a 429 is about requests at the same time, not
// about those of a minute. Then both figures are 0.
func (l limits) concurrency() bool { return l.known && l.limit == 0 && l.remaining == 0 }

// window is the length of Okta's rate limit windows.
const window = time.Minute

// left is the time to the reset, and whether it can be believed: a reset is less
// than two windows ahead. It is measured by the server's own clock. If that gives
// nothing plausible, it is measured by ours, since either may be wrong.
func (l limits) left(received time.Time) (time.Duration, bool) {
	for _, now := range []time.Time{l.date, received} {
		if d := l.reset.Sub(now); !now.IsZero() && -window/2 < d && d <= 2*window {
			return max(d, 0), true
		}
	}
	return 0, false
}

// blind is how long to wait before a probe if a limit is used up and the reset is not
// known.
const blind = 5 * time.Second

// jitter keeps clients that were answered 429 from coming back in step.
func jitter() time.Duration { return rand.N(500 * time.Millisecond) }

// pause is the wait after the n-th 429 in a row, from 0.
func (l limits) pause(received time.Time, n int) time.Duration {
	if l.concurrency() {
		return time.Second<<min(n, 5) + jitter()
	}
	if l.known {
		if left, ok := l.left(received); ok { // a second more, since both ends are whole ones
			return left + time.Second + jitter()
		}
	}
	switch {
	case l.retryAfter > 0:
		return l.retryAfter + jitter()
	case l.known:
		return blind + backoff(n)
	}
	return time.Second + backoff(n)
}

// bucketOf names the rate limit that a request counts against, after the table
// of Okta's Terraform provider. Where Okta has a limit for each method, so has it.
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
	return len(elem) >= len(prefix) && slices.Equal(elem[:len(prefix)], prefix)
}
