package oktatest

import (
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The classes of endpoints that share a rate limit.
const (
	classToken     = "token"
	classLogs      = "logs"
	classApps      = "apps"
	classApp       = "app"
	classUsers     = "users"
	classUser      = "user"
	classUserWrite = "user-write"
	classGroups    = "groups"
	classGroup     = "group"
	classClients   = "clients"
	classDevices   = "devices"
	classIAM       = "iam"
	classDefault   = "default"
)

// window is the length of a rate limit's window.
const window = time.Minute

// concurrencyReset is how far ahead the reset of a concurrency 429 lies. Okta
// says that it is only a suggestion; 111 to 140 s were recorded.
const concurrencyReset = 2 * time.Minute

var enterprise = map[string]int{
	classToken: 1200, classLogs: 50,
	classApps: 100, classApp: 600,
	classUsers: 600, classUser: 1000, classUserWrite: 600,
	classGroups: 600, classGroup: 600,
	classClients: 100, classDevices: 150, classIAM: 600,
	classDefault: 600,
}

// DefaultRateLimits returns the limits of an org of the Enterprise kind, in
// requests a minute of the whole org, by class:
//
//	token       /oauth2/v1/token
//	logs        /api/v1/logs
//	apps        /api/v1/apps and all below it, except exact /api/v1/apps/{id}
//	app         exact /api/v1/apps/{id}
//	users       GET and POST /api/v1/users, and all below /api/v1/users/{id}/
//	user        GET /api/v1/users/{id}
//	user-write  other methods there
//	groups      /api/v1/groups, /groups/rules and below, and below /groups/{id}/
//	group       /api/v1/groups/{id}
//	clients     /oauth2/v1/clients and below
//	devices     /api/v1/devices and below
//	iam         below /api/v1/iam
//	default     the rest; /.well-known is not limited
func DefaultRateLimits() map[string]int { return maps.Clone(enterprise) }

// classOf returns the class of a request's bucket.
func classOf(method, path string) string {
	path = strings.TrimSuffix(path, "/")
	switch {
	case path == "/oauth2/v1/token":
		return classToken
	case path == "/oauth2/v1/clients" || strings.HasPrefix(path, "/oauth2/v1/clients/"):
		return classClients
	}
	rest, ok := strings.CutPrefix(path, "/api/v1/")
	if !ok {
		return classDefault
	}
	kind, below, nested := strings.Cut(rest, "/")
	one := nested && !strings.Contains(below, "/") // exact /{kind}/{id}
	switch kind {
	case "logs":
		return classLogs
	case "apps":
		if one {
			return classApp
		}
		return classApps
	case "users":
		switch {
		case !one:
			return classUsers
		case method == http.MethodGet:
			return classUser
		}
		return classUserWrite
	case "groups":
		if one && below != "rules" {
			return classGroup
		}
		return classGroups
	case "devices":
		return classDevices
	case "iam":
		return classIAM
	}
	return classDefault
}

// limiter counts requests in fixed windows, per bucket and principal.
type limiter struct {
	now    func() time.Time
	limits map[string]int
	share  float64
	most   int // requests in flight; negative: no limit

	mu       sync.Mutex
	buckets  map[string]*bucket
	inFlight int
}

// bucket is the current window of one class.
type bucket struct {
	ends  time.Time
	total int
	by    map[string]int // requests of each principal
}

// standing is what the headers of an answer say.
type standing struct {
	limit, remaining int
	reset            time.Time
}

func newLimiter(cfg Config, now func() time.Time) *limiter {
	return &limiter{
		now:     now,
		limits:  cfg.RateLimits,
		share:   cfg.PrincipalShare,
		most:    cfg.ConcurrencyLimit,
		buckets: map[string]*bucket{},
	}
}

// take counts one request of a principal. It reports the headers to send (nil
// where the class has no limit) and whether the request may go on. If it
// may not, it is not counted.
func (l *limiter) take(class, principal string) (*standing, bool) {
	org := l.limits[class]
	if org == 0 {
		return nil, true
	}
	mine := l.limitOf(class)

	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.buckets[class]
	if b == nil || !now.Before(b.ends) {
		b = &bucket{ends: now.Add(window), by: map[string]int{}}
		l.buckets[class] = b
	}
	ok := b.by[principal] < mine && b.total < org
	if ok {
		b.by[principal]++
		b.total++
	}
	left := min(mine-b.by[principal], org-b.total)
	return &standing{limit: mine, remaining: left, reset: b.ends}, ok
}

// enter counts a request in flight; it reports whether there is room.
func (l *limiter) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.most >= 0 && l.inFlight >= l.most {
		return false
	}
	l.inFlight++
	return true
}

func (l *limiter) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight--
}

// setHeaders writes the three headers, in Okta's lower case. Reset is rounded
// up to a second, so that a client that waits for it is never early.
func (s *standing) setHeaders(h http.Header) {
	if s == nil {
		return
	}
	reset := s.reset.Unix()
	if s.reset.Nanosecond() > 0 {
		reset++
	}
	h["x-rate-limit-limit"] = []string{strconv.Itoa(s.limit)}
	h["x-rate-limit-remaining"] = []string{strconv.Itoa(s.remaining)}
	h["x-rate-limit-reset"] = []string{strconv.FormatInt(reset, 10)}
}

// limitOf is the limit of a class that headers show.
func (l *limiter) limitOf(class string) int {
	return max(1, int(float64(l.limits[class])*l.share))
}
