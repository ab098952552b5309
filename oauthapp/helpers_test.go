package oauthapp_test

import (
	"context"
	"hash/fnv"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

const label = "acme-visibility"

var testKey = sync.OnceValue(func() oktaint.Key {
	pem, err := os.ReadFile("testdata/rsa2048_TEST_ONLY.pem")
	if err != nil {
		panic(err)
	}
	key, err := oktaint.ParseKey(pem, "")
	if err != nil {
		panic(err)
	}
	return key
})

// A setup is a simulated org and an administrator's client of it.
type setup struct {
	t     *testing.T
	sim   *oktatest.Org
	org   oktaint.Org
	base  http.RoundTripper
	admin *oktaint.Client
}

func newSetup(t *testing.T, config oktatest.Config) *setup {
	t.Helper()
	sim := oktatest.New(t, config)
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	s := &setup{t: t, sim: sim, org: org, base: sim.Transport()}
	s.admin = s.client(sim.APIToken())
	return s
}

// client returns a client with an API token of its own.
func (s *setup) client(apiToken string) *oktaint.Client {
	token := oktaint.APIToken{Org: s.org, Token: oktaint.NewSecret(apiToken)}
	return oktaint.NewClient(token, s.base)
}

func desired() oauthapp.Desired {
	return oauthapp.Desired{Label: label, Key: testKey().Public(), Scopes: scopes.Visibility}
}

// plan builds a plan that must not fail.
func (s *setup) plan(d oauthapp.Desired, j durable.State) *oauthapp.Plan {
	s.t.Helper()
	p, err := oauthapp.BuildPlan(context.Background(), s.admin, d, j)
	if err != nil {
		s.t.Fatalf("BuildPlan: %v", err)
	}
	return p
}

// onboard plans and applies, which must not fail.
func (s *setup) onboard(d oauthapp.Desired, j durable.State) *oauthapp.Result {
	s.t.Helper()
	res, err := s.plan(d, j).Apply(context.Background())
	if err != nil {
		s.t.Fatalf("Apply: %v", err)
	}
	return res
}

// takeBack rolls back what a journal says was made.
func (s *setup) takeBack(ctx context.Context, j durable.State) (*oauthapp.TeardownResult, error) {
	return takeBack(ctx, s.admin, j, nil)
}

func takeBack(ctx context.Context, c *oktaint.Client, j durable.State, progress func(oauthapp.Event)) (*oauthapp.TeardownResult, error) {
	back, err := oauthapp.BuildRollback(ctx, c, j)
	if err != nil {
		return &oauthapp.TeardownResult{}, err
	}
	back.Progress = progress
	return back.Apply(ctx)
}

// credentials are what a service would store after res, with other scopes.
func (s *setup) credentials(res *oauthapp.Result, want scopes.Set) oktaint.Credentials {
	c := res.Credentials(testKey())
	c.Scopes = want
	return c
}

// refused are the scopes that the org refused to grant.
func refused(res *oauthapp.Result) map[scopes.Scope]error {
	list := map[scopes.Scope]error{}
	for _, u := range res.Unmet {
		if u.Err == nil {
			continue
		}
		for scope := range u.Step.Scopes.All() {
			list[scope] = u.Err
		}
	}
	return list
}

// unmet is what is not so, in plain words.
func unmet(res *oauthapp.Result) []string {
	var list []string
	for _, u := range res.Unmet {
		list = append(list, u.String())
	}
	return list
}

// passed is what Verify says of an app that works.
func passed(res *oauthapp.Result) *oauthapp.Report {
	return &oauthapp.Report{ClientID: res.ClientID, OK: true}
}

// says are steps in plain words.
func says(steps []oauthapp.Step) []string {
	var list []string
	for _, s := range steps {
		list = append(list, s.String())
	}
	return list
}

// cell runs one of very many subtests. Under the race detector, which makes each of them
// four times as slow, it runs a quarter of them: all run without it.
func cell(t *testing.T, name string, f func(*testing.T)) {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(name))
	if raceEnabled && sum.Sum32()%4 != 0 {
		return
	}
	t.Run(name, f)
}

// applyWith applies a plan and tells progress how far it is.
func applyWith(p *oauthapp.Plan, ctx context.Context, progress func(oauthapp.Event)) (*oauthapp.Result, error) {
	p.Progress = progress
	return p.Apply(ctx)
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

// apps counts the apps that the org has under the label.
func (s *setup) apps() int {
	s.t.Helper()
	n := 0
	for app, err := range oktaint.List[struct{ Label string }](context.Background(), s.admin, nil, "api", "v1", "apps") {
		if err != nil {
			s.t.Fatal(err)
		}
		if app.Label == label {
			n++
		}
	}
	return n
}

func kinds(steps []oauthapp.Step) string {
	var names []string
	for _, s := range steps {
		names = append(names, string(s.Kind))
	}
	return strings.Join(names, ", ")
}

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// readBody returns the body of a request, which can be sent still.
func readBody(t *testing.T, r *http.Request) []byte {
	t.Helper()
	body, err := r.GetBody()
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// lose is a transport that loses the answer to the first request of a method.
// If it commits, the org gets the request all the same.
type lose struct {
	next    http.RoundTripper
	method  string
	commits bool
	seen    int // requests of the method
}

func (l *lose) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != l.method {
		return l.next.RoundTrip(r)
	}
	if l.seen++; l.seen > 1 {
		return l.next.RoundTrip(r)
	}
	if l.commits {
		resp, err := l.next.RoundTrip(r)
		if err == nil {
			resp.Body.Close()
		}
	}
	return nil, io.ErrUnexpectedEOF
}
