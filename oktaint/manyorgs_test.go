package oktaint_test

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// manyOrgs is a base transport to any number of orgs, told apart by host name,
// each with a limit of its own.
type manyOrgs struct {
	perMinute int
	latency   func(host string) time.Duration

	mu      sync.Mutex
	windows map[string]int // requests by host and minute
	refused atomic.Int64
}

func (m *manyOrgs) RoundTrip(req *http.Request) (*http.Response, error) {
	select {
	case <-time.After(m.latency(req.URL.Host)):
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	if req.URL.Path == "/oauth2/v1/token" {
		return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"`+strings.Repeat("t", 900)+`","scope":"okta.users.read"}`), nil
	}
	minute := time.Now().Unix() / 60
	window := fmt.Sprint(req.URL.Host, minute)
	m.mu.Lock()
	m.windows[window]++
	left := m.perMinute - m.windows[window]
	m.mu.Unlock()
	code := 200
	if left < 0 {
		m.refused.Add(1)
		code, left = 429, 0
	}
	return respond(req, code, `[{"id":"1"}]`, "X-Rate-Limit-Limit", itoa(int64(m.perMinute)), "X-Rate-Limit-Remaining", itoa(int64(left)), "X-Rate-Limit-Reset", itoa(60*(minute+1))), nil
}

// orgClients makes a client for each of n orgs, each with a key of its own.
func orgClients(t testing.TB, n int, key string, base http.RoundTripper) []*oktaint.Client {
	t.Helper()
	pem, err := os.ReadFile("testdata/" + key)
	if err != nil {
		t.Fatal(err)
	}
	clients := make([]*oktaint.Client, n)
	for i := range clients {
		key, err := oktaint.ParseKey(pem, "")
		if err != nil {
			t.Fatal(err)
		}
		org := mustOrg(t, fmt.Sprintf("org%d", i))
		src := oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: key, Scopes: scopes.New(scopes.UsersRead)}.Source(base)
		clients[i] = oktaint.NewClient(src, base)
	}
	return clients
}

// Many orgs are polled once a minute. Each has limits of its own: nobody is
// answered 429, and an org that is slow delays none but itself.
func TestManyOrgs(t *testing.T) {
	t.Parallel()
	n := 10_000
	if raceEnabled {
		n = 300
	}
	synctest.Test(t, func(t *testing.T) {
		const latency, minutes = 50 * time.Millisecond, 3
		base := &manyOrgs{perMinute: 4, windows: make(map[string]int), latency: func(host string) time.Duration {
			if host == "org7.okta.com" {
				return 20 * time.Second
			}
			return latency
		}}
		clients := orgClients(t, n, "ec_p256_TEST_ONLY.pem", base)
		<-time.After(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute + time.Second)))
		for minute := range minutes {
			var wg sync.WaitGroup
			start := time.Now()
			for i, c := range clients {
				wg.Go(func() {
					for range 2 {
						if err := c.Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil {
							t.Error(err)
						}
					}
					want := 2 * latency
					if minute == 0 {
						want += latency // for the token
					}
					if d := time.Since(start); i != 7 && d != want {
						t.Errorf("minute %d: org %d took %v, want %v", minute, i, d, want)
					}
				})
			}
			wg.Wait()
			<-time.After(time.Until(start.Add(time.Minute)))
		}
		if r := base.refused.Load(); r != 0 || len(base.windows) < n*minutes {
			t.Errorf("%d answered 429; %d windows", r, len(base.windows))
		}
	})
}

// An org that was polled and is idle takes at most 16 kB and no goroutine: its
// client, transport, limits, source, token and an RSA key, the largest kind.
func TestIdleOrgs(t *testing.T) {
	n := 1000
	if raceEnabled {
		n = 100
	}
	base := &manyOrgs{perMinute: 100, windows: make(map[string]int), latency: func(string) time.Duration { return 0 }}
	goroutines, before := runtime.NumGoroutine(), heap()
	clients := orgClients(t, n, "rsa2048_TEST_ONLY.pem", base)
	for _, c := range clients {
		if err := c.Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil {
			t.Fatal(err)
		}
	}
	base.windows = nil // the server's
	each := (heap() - before) / uint64(n)
	t.Logf("%d bytes each of %d", each, n)
	if each > 16_000 {
		t.Errorf("an idle org takes %d bytes, want at most 16000", each)
	}
	if now := runtime.NumGoroutine(); now > goroutines+2 { // a fetch may be ending
		t.Errorf("goroutines: %d before, %d after", goroutines, now)
	}
	runtime.KeepAlive(clients)
}
