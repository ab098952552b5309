package oktaint_test

import (
	"fmt"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// DoHeader gives the header of an answer with and without a body, and none if there is
// no answer of 2xx.
func TestDoHeader(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	for name, test := range map[string]struct {
		status int
		body   string
		etag   string
		failed bool
	}{
		"with a body": {200, `{"id":"00u1"}`, `W/"1"`, false},
		"without":     {204, "", `W/"1"`, true},
		"no JSON":     {200, "<html>", `W/"1"`, true},
		"refused":     {404, `{"errorCode":"E0000007"}`, "", true},
	} {
		base := roundTripper(func(r *http.Request) (*http.Response, error) {
			return respond(r, test.status, test.body, "ETag", `W/"1"`), nil
		})
		client := oktaint.NewClient(org, base)
		req, err := org.NewRequest(t.Context(), http.MethodGet, nil, nil, "api", "v1", "users", "00u1")
		if err != nil {
			t.Fatal(err)
		}
		var user struct{ ID string }
		header, err := client.DoHeader(req, &user)
		if header.Get("ETag") != test.etag || (err != nil) != test.failed {
			t.Errorf("%s: header %v, error %v", name, header, err)
		}
		if name == "with a body" && user.ID != "00u1" {
			t.Errorf("%s: %+v", name, user)
		}
	}
}

// An answer that does not hold what was asked for is an error, and ambiguous: it
// did not come from Okta.
func TestChecked(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	do := func(method string, status int, body string, out any) error {
		c := oktaint.NewClient(org, roundTripper(func(r *http.Request) (*http.Response, error) { return respond(r, status, body), nil }))
		req, err := org.NewRequest(t.Context(), method, nil, nil, "api", "v1", "users", "00u1")
		if err != nil {
			t.Fatal(err)
		}
		return c.Do(req, out)
	}
	for body, failed := range map[string]bool{`{"id":"00u1"}`: false, `{"id":"00u2"}`: true, `{}`: true, ``: true, `[]`: true, `{"errorCode":"E0000007"}`: true} {
		var user struct{ ID string }
		err := do(http.MethodPost, 200, body, oktaint.Checked(&user, func() bool { return user.ID == "00u1" }))
		if (err != nil) != failed || oktaint.Ambiguous(err) != failed {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, test := range []struct {
		status int
		body   string
		failed bool
	}{{204, "", false}, {200, "", true}, {200, "{}", true}, {202, "", true}, {200, "<html>", true}} {
		err := do(http.MethodDelete, test.status, test.body, oktaint.NoContent{})
		if (err != nil) != test.failed || oktaint.Ambiguous(err) != test.failed {
			t.Errorf("%d %q: %v", test.status, test.body, err)
		}
	}
	if err := do(http.MethodDelete, 404, `{"errorCode":"E0000007"}`, oktaint.NoContent{}); !oktaint.IsNotFound(err) || oktaint.Ambiguous(err) {
		t.Errorf("404: %v", err)
	}
}

// A client returns its Source, and a Source its client id.
func TestClientSource(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	app := oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: readKey(t, "rsa2048_TEST_ONLY.pem"), Scopes: scopes.Visibility}.Source(nil)
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00token")}.Source(nil)
	integration := oktaint.ClientSecret{Org: org, ClientID: "0oa2", Secret: oktaint.NewSecret("s"), Scopes: scopes.Visibility}.Source(nil)
	for src, id := range map[*oktaint.Source]string{app: "0oa1", token: "", integration: "0oa2"} {
		transport := &oktaint.Transport{Org: org, Source: src}
		if got := oktaint.NewClient(src, nil).Source(); got != src || got.ClientID() != id {
			t.Errorf("source %v, client id %q, want %q", got, got.ClientID(), id)
		}
		if got := transport.Urgent().Client().Source(); got != src {
			t.Errorf("the urgent view has the source %v", got)
		}
	}
	for _, c := range []*oktaint.Client{{Org: org}, {Org: org, HTTP: new(http.Client)}, oktaint.NewClient(org, nil)} {
		if c.Source() != nil {
			t.Errorf("%+v has a source", c)
		}
	}
	if err := new(oktaint.Client).Get(t.Context(), nil, nil, "x"); err == nil {
		t.Error("the zero Client answers")
	}
	if err := oktaint.NewClient(org, nil).Do(new(http.Request), nil); err == nil || !strings.Contains(err.Error(), "no URL") {
		t.Errorf("a request without a URL: %v", err)
	}
}

// The first call returns the error of the credential, for every kind of credential and
// each way to call.
func TestBadCredential(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	key := readKey(t, "ec_p256_TEST_ONLY.pem")
	for _, tt := range []struct {
		cred oktaint.Credential
		want string
	}{
		{oktaint.PrivateKeyJWT{}, "PrivateKeyJWT has no Org"},
		{oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: key}, "has no Scopes"},
		{oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa\x00", Key: key, Scopes: scopes.Visibility}, "control character"},
		{oktaint.ClientSecret{Org: org}, "has no ClientID"},
		{oktaint.ClientSecret{Org: org, ClientID: "0oa1", Secret: oktaint.NewSecret("a\nb"), Scopes: scopes.Visibility}, "line break"},
		{oktaint.APIToken{Org: org}, "has no Token"},
		{oktaint.APIToken{Org: org, Token: oktaint.NewSecret("a b")}, "white space"},
		{oktaint.Credentials{}, "are of kind"},
		{oktaint.Credentials{Kind: oktaint.KindAPIToken, Org: org}, "has no Token"},
		{(*oktaint.Source)(nil), "the Source is zero"},
		{new(oktaint.Source), "the Source is zero"},
		{oktaint.Org{}, "the Org is zero"},
		{nil, "the Org is zero"},
	} {
		c := oktaint.NewClient(tt.cred, roundTripper(func(*http.Request) (*http.Response, error) {
			t.Error("a request was sent")
			return nil, http.ErrServerClosed
		}))
		errs := map[string]error{"Get": c.Get(t.Context(), nil, nil, "api", "v1", "users")}
		for _, err := range oktaint.List[User](t.Context(), c, nil, "api", "v1", "users") {
			errs["List"] = err
		}
		req, err := org.NewRequest(t.Context(), http.MethodGet, nil, nil, "api", "v1", "users")
		if err != nil {
			t.Fatal(err)
		}
		errs["Do"] = c.Do(req, nil)
		if c.Source() != nil {
			_, errs["Token"] = c.Source().Token()
		}
		for how, err := range errs {
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%T, %s: %v, want %q", tt.cred, how, err, tt.want)
			}
		}
	}
}

// A tracer is a RoundTripper around another, as programs use it for tracing.
type tracer struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen []string
}

func (t *tracer) RoundTrip(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	t.seen = append(t.seen, req.Method+" "+req.URL.Path)
	t.mu.Unlock()
	return t.next.RoundTrip(req)
}

// A Client keeps its Source and its Transport whatever wraps its HTTP client. The one
// base that it was made with carries token requests, API requests and urgent ones.
func TestWrappedClient(t *testing.T) {
	t.Parallel()
	base := &tracer{next: new(turncoat)}
	app := oktaint.PrivateKeyJWT{Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead)}
	c := oktaint.NewClient(app, base)
	transport, src := c.Transport(), c.Source()
	outer := &tracer{next: c.HTTP.Transport}
	c.HTTP.Transport = outer
	if c.Transport() != transport || c.Source() != src || src.ClientID() != "0oa1" {
		t.Error("the Client has lost its Transport or its Source")
	}
	for _, client := range []*oktaint.Client{c, c.Urgent()} {
		var user User
		if err := client.Get(t.Context(), &user, nil, "api", "v1", "users", "00u1"); err != nil || user.ID != "00u1" {
			t.Errorf("%+v, %v", user, err)
		}
		if client.Source() != src {
			t.Error("another Source")
		}
	}
	if want := []string{"GET /api/v1/users/00u1"}; !slices.Equal(outer.seen, want) {
		t.Errorf("around HTTP: %q, want %q", outer.seen, want)
	}
	if want := []string{"POST /oauth2/v1/token", "GET /api/v1/users/00u1", "GET /api/v1/users/00u1"}; !slices.Equal(base.seen, want) {
		t.Errorf("at the base: %q, want %q", base.seen, want)
	}
}

// Many orgs are polled once a minute. Each has its own limits: no request is answered
// 429, and a slow org delays only itself.
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
