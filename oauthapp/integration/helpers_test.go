package integration_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/integration"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

const catalogueType = "acmevisibility"

var entry = scopes.New(scopes.UsersRead, scopes.LogsRead)

func desired() integration.Desired {
	return integration.Desired{Type: catalogueType, Scopes: entry, Role: "READ_ONLY_ADMIN"}
}

// A vault is where a service stores its credentials.
type vault struct {
	creds  oktaint.Credentials
	stored int
}

func (v *vault) store(ctx context.Context, creds oktaint.Credentials) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	v.creds = creds
	v.stored++
	return nil
}

// A setup is a simulated org with an entry in the catalogue, and an administrator.
type setup struct {
	t     *testing.T
	sim   *oktatest.Org
	org   oktaint.Org
	base  http.RoundTripper
	admin *oktaint.Client
	v     vault

	writes bool // the request that was struck is a write
}

func newSetup(t *testing.T, config oktatest.Config) *setup {
	t.Helper()
	sim := oktatest.New(t, config)
	sim.AddIntegration(catalogueType, entry)
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	s := &setup{t: t, sim: sim, org: org}
	s.calm()
	return s
}

// over sends the requests from now on through a transport.
func (s *setup) over(base http.RoundTripper) {
	s.base = base
	s.admin = s.client(s.sim.APIToken())
}

// calm ends what over has begun.
func (s *setup) calm() { s.over(s.sim.Transport()) }

func (s *setup) client(apiToken string) *oktaint.Client {
	return oktaint.NewClient(oktaint.APIToken{Org: s.org, Token: oktaint.NewSecret(apiToken)}, s.base)
}

// install installs an integration, which must not fail.
func (s *setup) install(d integration.Desired) *integration.Result {
	s.t.Helper()
	res, err := integration.Install(context.Background(), s.admin, d, s.v.store)
	if err != nil {
		s.t.Fatalf("Install: %v", err)
	}
	return res
}

// rotate rotates what is stored.
func (s *setup) rotate(ctx context.Context) error {
	before := s.v.creds
	next, err := integration.Rotate(ctx, s.admin, s.v.creds, s.v.store, integration.RotateOptions{Base: s.base})
	if err == nil && next.ClientSecret.Reveal() == before.ClientSecret.Reveal() {
		s.t.Error("the secret is the old one")
	}
	return err
}

// mint gets a token with creds, over an undisturbed transport.
func (s *setup) mint(creds oktaint.Credentials) error {
	_, err := creds.Source(s.sim.Transport()).TokenContext(context.Background())
	return err
}

// An instance is a store integration as oktatest says that the org has it.
type instance struct {
	ID      string
	Secrets []struct{ ID, Status string }
	roles   []string
}

// instances returns what the org has, whatever it shows.
func (s *setup) instances() []instance {
	s.t.Helper()
	var state struct {
		APIServices []instance
		Roles       []struct{ Holder, Type string }
	}
	if err := json.Unmarshal(s.sim.State(), &state); err != nil {
		s.t.Fatal(err)
	}
	for n := range state.APIServices {
		one := &state.APIServices[n]
		for _, r := range state.Roles {
			if r.Holder == one.ID {
				one.roles = append(one.roles, r.Type)
			}
		}
		slices.Sort(one.roles)
	}
	return state.APIServices
}

// secrets returns the states of the secrets of an instance.
func (s *setup) secrets(id string) (states []string) {
	s.t.Helper()
	for _, one := range s.instances() {
		for _, x := range one.Secrets {
			if one.ID == id {
				states = append(states, x.Status)
			}
		}
	}
	return states
}

// written returns the requests that may have changed the org, as "POST /path".
func (s *setup) written() []string {
	var list []string
	for _, r := range s.sim.Requests() {
		if r.Method != http.MethodGet {
			list = append(list, r.Method+" "+r.Path)
		}
	}
	return list
}

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A hit is what happens to some requests on their way.
type hit struct {
	match func(*http.Request) bool
	do    func(*http.Request, http.RoundTripper) (*http.Response, error)
}

// disturb lets a hit handle the requests from now on that match.
func (s *setup) disturb(h hit) {
	real := s.sim.Transport()
	s.over(roundTrip(func(r *http.Request) (*http.Response, error) {
		if h.match(r) {
			return h.do(r, real)
		}
		return real.RoundTrip(r)
	}))
}

// nth matches the n-th request, from 1.
func nth(n int) func(*http.Request) bool {
	var mu sync.Mutex
	return func(*http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		n--
		return n == 0
	}
}

// ends matches the requests of a method whose path ends so.
func ends(method, path string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.Method == method && strings.HasSuffix(r.URL.Path, path) }
}

// late gives one answer to what matches for a while, from now on.
func late(d time.Duration, match func(*http.Request) bool, status int, body string) hit {
	until := time.Now().Add(d)
	return hit{func(r *http.Request) bool { return match(r) && time.Now().Before(until) }, claim(status, body)}
}

// claim is a proxy that answers a request without passing it on.
func claim(status int, body string) func(*http.Request, http.RoundTripper) (*http.Response, error) {
	return func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
		return answer(r, status, body), nil
	}
}

func answer(r *http.Request, status int, body string) *http.Response {
	kind := "application/json"
	if strings.HasPrefix(body, "<") {
		kind = "text/html"
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}
