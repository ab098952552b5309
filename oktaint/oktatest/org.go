package oktatest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Org is a simulated Okta org. It is an [http.Handler]; make one with New,
// NewOrg or Serve.
type Org struct {
	cfg    Config
	host   string
	id     string
	token  string // the owner's API token
	routes []route
	limits *limiter
	faults *faults
	log    *requestLog

	wireOnce sync.Once
	wire     *wire
	done     chan struct{} // closed by Close
	close    sync.Once

	errorIDs   atomic.Int64
	requestIDs atomic.Int64

	mu sync.Mutex // guards store and versions; held while a request takes effect
	store
	versions []version // what reads show within the lag, oldest first

	sortedLists []sortedList // oldest first
}

// New returns a new org for the test t, which is closed when t ends. It fails
// t if cfg is wrong. In a [testing/synctest] bubble call it inside the bubble.
func New(t testing.TB, cfg Config) *Org {
	t.Helper()
	o, err := NewOrg(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	return o
}

// NewOrg returns a new org. It owns no goroutine until [Org.Transport] is
// called; Close it then.
func NewOrg(cfg Config) (*Org, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(cfg.Origin)
	if err != nil {
		return nil, fmt.Errorf("oktatest: origin: %w", err)
	}
	o := &Org{
		cfg:    cfg,
		host:   u.Host,
		id:     orgID(u.Host),
		token:  cfg.APIToken,
		faults: &faults{},
		done:   make(chan struct{}),
	}
	o.limits = newLimiter(cfg, o.now)
	o.log = &requestLog{w: cfg.Log, keep: cfg.KeepRequests}
	o.routes = allRoutes()
	for _, spec := range cfg.Faults {
		if err := o.AddFault(spec); err != nil {
			return nil, err
		}
	}
	o.seed()
	return o, nil
}

// orgID derives an org's id from its host, so that two orgs have two ids.
func orgID(host string) string {
	sum := sha256.Sum256([]byte(host))
	return "00o" + hex.EncodeToString(sum[:])[:14] + "5d7"
}

// URL returns the org's URL, without a slash at its end.
func (o *Org) URL() string { return o.cfg.Origin }

// ID returns the org's id, 00o and 17 more characters.
func (o *Org) ID() string { return o.id }

// APIToken returns the API token of the org's owner, who is a Super Admin.
func (o *Org) APIToken() string { return o.token }

// Transport returns a RoundTripper that reaches this org, and only it: every
// connection is an in-memory pipe that carries plain HTTP/1.1, whatever host
// an https URL names. It is the same one on every call. Requests for http
// URLs are errors.
func (o *Org) Transport() http.RoundTripper {
	o.wireOnce.Do(func() { o.wire = newWire(o, func(string) *Org { return o }) })
	return o.wire
}

// Close closes all connections and ends the requests in flight.
func (o *Org) Close() {
	o.close.Do(func() {
		close(o.done)
		o.wireOnce.Do(func() {})
		if o.wire != nil {
			o.wire.close()
		}
	})
}

// Requests returns what arrived so far, in order of arrival, faults included.
// [Config.KeepRequests] bounds it.
func (o *Org) Requests() []Request { return o.log.all() }

// ResetRequests forgets what [Org.Requests] returns.
func (o *Org) ResetRequests() { o.log.reset() }

// AddFault adds a fault, written
//
//	METHOD /path/{id} #n kind
//
// An element in braces matches any one element of a path. With #n only the
// n-th request that matches is hit, counted from the moment the fault was
// added; without it, each one. The kinds are
//
//	refuse        no connection: through Transport an ECONNREFUSED before
//	              anything is sent, elsewhere the same as reset-before
//	reset-before  the connection is closed and nothing took effect
//	reset-after   the request took effect, then the connection is closed
//	delay=D       the answer comes D later, 250ms say
//	429           E0000047, with a reset one second ahead
//	500 503       E0000009 and E0000010
//	502 504       a gateway's HTML page
//	html          200 and an HTML page in place of JSON
//	proxy-404     404 and the HTML page of a proxy
//	answer=S B    status S and the body B, which may be missing: answer=200,
//	              answer=200 {}, answer=404 {"status":404}. A body that begins
//	              with < is HTML, any other JSON; an error code of Okta's,
//	              answer=404 E0000008 say, stands for that error
//	cut           the request took effect, the body of the answer ends half way
//	stall         no answer until the client gives up
//
// A request that is hit has no effect and counts against no rate limit, except
// with delay, reset-after and cut. If several faults hit one request, the first
// one added is used. net/http itself sends a GET once more if its
// connection was reused and closed without an answer; the second one counts.
func (o *Org) AddFault(spec string) error {
	f, err := parseFault(spec)
	if err != nil {
		return err
	}
	o.faults.add(f)
	return nil
}

// ClearFaults takes back every fault that was added or configured.
func (o *Org) ClearFaults() { o.faults.clear() }

// now is the time by the org's clock.
func (o *Org) now() time.Time { return time.Now().Add(o.cfg.Skew) }

// wait waits for d and reports whether it passed: false if the client left or
// the org was closed.
func (o *Org) wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-o.done:
	}
	return false
}

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// randomText returns n random letters and digits.
func randomText(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = base62[int(b[i])%len(base62)]
	}
	return string(b)
}
