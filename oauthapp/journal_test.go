package oauthapp_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/durable/durabletest"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A row is a journal in memory, as a database would keep it.
type row struct {
	mu      sync.Mutex
	state   []byte
	version int
	saves   int
	fail    error
}

func (r *row) Load(ctx context.Context) ([]byte, string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := cmp.Or(ctx.Err(), r.fail)
	if r.version == 0 || err != nil {
		return nil, "", err
	}
	return bytes.Clone(r.state), strconv.Itoa(r.version), nil
}

func (r *row) Save(ctx context.Context, state []byte, prev string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return "", err
	}
	have := ""
	if r.version > 0 {
		have = strconv.Itoa(r.version)
	}
	if r.fail != nil || prev != have {
		return "", errors.Join(r.fail, durable.ErrConflict)
	}
	r.state, r.version, r.saves = bytes.Clone(state), r.version+1, r.saves+1
	return strconv.Itoa(r.version), nil
}

type journalState struct {
	ApplicationID string `json:"application_id"`
	Changes       map[string]struct {
		State string `json:"state"`
	} `json:"changes"`
}

// state is what the journal says of a change, "" if nothing.
func (s journalState) state(name string) string { return s.Changes[name].State }

func (r *row) read(t *testing.T) journalState {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	var s journalState
	if len(r.state) > 0 {
		if err := json.Unmarshal(r.state, &s); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// Every write is in the journal as "sending" before it is sent, and as "done"
// in the end. No secret is.
func TestJournalComesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		j := &row{}
		real := s.base
		s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
			if name := writeName(t, r); name != "" && j.read(t).state(name) != "sending" {
				t.Errorf("%s was sent before the journal said so", name)
			}
			return real.RoundTrip(r)
		})
		s.admin = s.client(s.sim.APIToken())
		if plan := s.plan(desired(), j); j.saves != 0 {
			t.Errorf("BuildPlan saved the journal %d times: %v", j.saves, plan.Steps())
		}
		res := s.onboard(desired(), j)
		state := j.read(t)
		if state.ApplicationID != res.ApplicationID || len(state.Changes) != 31 {
			t.Errorf("journal: %+v", state)
		}
		for name := range state.Changes {
			if st := state.state(name); st != "done" {
				t.Errorf("%s: %v", name, st)
			}
		}
		pem, err := testKey().PEM()
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{s.sim.APIToken(), pem.Reveal(), strings.Split(pem.Reveal(), "\n")[1]} {
			if strings.Contains(string(j.state), secret) {
				t.Error("the journal holds a secret")
			}
		}
	})
}

// writeName is what the journal calls a write.
func writeName(t *testing.T, r *http.Request) string {
	switch {
	case r.Method != http.MethodPost:
		return ""
	case r.URL.Path == "/api/v1/apps":
		return "create"
	case strings.HasSuffix(r.URL.Path, "/roles"):
		return "role READ_ONLY_ADMIN"
	case strings.HasSuffix(r.URL.Path, "/grants"):
		body, err := r.GetBody()
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		var grant struct{ ScopeID string }
		if err := json.NewDecoder(body).Decode(&grant); err != nil {
			t.Fatal(err)
		}
		return "grant " + grant.ScopeID
	}
	return ""
}

func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		j := &row{}
		first, second := s.plan(desired(), j), s.plan(desired(), j)
		if _, err := first.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.sim.ResetRequests()
		res, err := second.Apply(t.Context())
		if !errors.Is(err, durable.ErrConflict) || res.ApplicationID != "" {
			t.Errorf("the second run: %+v, %v; want ErrConflict", res, err)
		}
		if n := len(s.sim.Requests()); n != 0 {
			t.Errorf("the second run sent %d requests", n)
		}
	})
}

func TestJournalFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		j := &row{}
		plan := s.plan(desired(), j)
		j.fail = errors.New("disk full")
		if _, err := plan.Apply(t.Context()); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("Apply: %v", err)
		}
		if _, err := oauthapp.BuildPlan(t.Context(), s.admin, desired(), j); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("BuildPlan: %v", err)
		}
		if w := s.written(); len(w) != 0 {
			t.Errorf("written: %q", w)
		}
	})
}

// A process dies after its create was sent. The next one does not see the app
// in the list for a while, and makes no second one all the same.
func TestResumeAfterCreate(t *testing.T) {
	t.Parallel()
	for _, hidden := range []time.Duration{0, 7 * time.Second} {
		t.Run(hidden.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				j := &row{}
				ctx, kill := context.WithCancel(t.Context())
				defer kill()
				var seen time.Time
				real := s.base
				s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
					if r.URL.Path == "/api/v1/apps" && r.Method == http.MethodGet && time.Now().Before(seen) {
						return answer(r, 200, "application/json", "[]"), nil
					}
					resp, err := real.RoundTrip(r)
					if r.URL.Path == "/api/v1/apps" && r.Method == http.MethodPost && err == nil {
						resp.Body.Close()
						kill()
						return nil, io.ErrUnexpectedEOF
					}
					return resp, err
				})
				s.admin = s.client(s.sim.APIToken())
				if _, err := s.plan(desired(), j).Apply(ctx); err == nil {
					t.Fatal("the first run did not fail")
				}
				if got := j.read(t).state("create"); got != "sending" {
					t.Fatalf("the journal says %q of the create", got)
				}
				s.sim.ResetRequests()
				seen = time.Now().Add(hidden)
				s.onboard(desired(), j)
				for _, w := range s.written() {
					if w == "POST /api/v1/apps" {
						t.Error("the create was sent again")
					}
				}
				seen = time.Time{}
				s.checkDone(s.onboard(desired(), j))
				for name, st := range j.read(t).Changes {
					if st.State != "done" {
						t.Errorf("%s: %v", name, st)
					}
				}
			})
		})
	}
}

// A run dies at any of its writes, before or after that took effect. The next
// one ends as if nothing had happened, with a journal and without.
func TestAbandonedAnywhere(t *testing.T) {
	t.Parallel()
	for n := range 31 {
		for _, committed := range []bool{false, true} {
			for _, j := range []*row{nil, {}} {
				cell(t, fmt.Sprintf("write %d, committed %t, journal %t", n+1, committed, j != nil), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) { abandonAt(t, n+1, committed, j) })
				})
			}
		}
	}
}

func abandonAt(t *testing.T, n int, committed bool, j *row) {
	s := newSetup(t, oktatest.Config{})
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	real := s.base
	var writes atomic.Int32
	s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodPost || writes.Add(1) != int32(n) {
			return real.RoundTrip(r)
		}
		defer kill()
		if committed {
			resp, err := real.RoundTrip(r)
			if err != nil {
				return nil, err
			}
			resp.Body.Close()
		}
		return nil, io.ErrUnexpectedEOF
	})
	s.admin = s.client(s.sim.APIToken())
	var journal durable.State
	if j != nil {
		journal = j
	}
	if _, err := s.plan(desired(), journal).Apply(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("the first run: %v, want Canceled", err)
	}
	s.checkDone(s.onboard(desired(), journal))
	if j == nil {
		return
	}
	state := j.read(t)
	if len(state.Changes) != 31 {
		t.Errorf("%d changes in the journal, want 31", len(state.Changes))
	}
	for name, st := range state.Changes {
		if st.State != "done" {
			t.Errorf("%s: %v", name, st)
		}
	}
}

func TestRefusedWriteLeavesTheJournal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{RefusedScopes: scopes.New(scopes.BotProtectionRead)})
		j := &row{}
		d := desired()
		d.Scopes = scopes.New(scopes.UsersRead, scopes.BotProtectionRead)
		s.onboard(d, j)
		if state := j.read(t); len(state.Changes) != 6 || state.state("grant okta.users.read") != "done" {
			t.Errorf("journal: %v", state)
		}
	})
}

// With a journal the app is the one that it names, unless that is gone.
func TestJournalNamesTheApp(t *testing.T) {
	t.Parallel()
	bodies := ready()
	bodies["/api/v1/apps/0oa1"] = app("0oa1", label, "ACTIVE", "service", ourJWKS(t))
	bodies["/api/v1/apps/0oa1/grants"] = `[]`
	bodies["/oauth2/v1/clients/client-0oa1/roles"] = `[]`
	state := `{"version":2,"org_url":"https://acme.okta.com","label":"` + label + `","key_thumbprint":"` + testKey().Public().Thumbprint() + `","application_id":`
	plan, err := oauthapp.BuildPlan(t.Context(), served(t, bodies), desired(), &row{version: 1, state: []byte(state + `"0oa1"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if plan.App == nil || plan.App.ID != "0oa1" {
		t.Errorf("app: %+v", plan.App)
	}
	plan, err = oauthapp.BuildPlan(t.Context(), served(t, bodies), desired(), &row{version: 1, state: []byte(state + `"0oaGONE"}`)})
	if err != nil {
		t.Fatal(err)
	}
	if plan.App != nil {
		t.Errorf("app: %+v, want none", plan.App)
	}
}

func TestJournalOfSomethingElse(t *testing.T) {
	t.Parallel()
	key := testKey().Public().Thumbprint()
	for _, tc := range []struct{ name, state, want string }{
		{"text", `hello`, "cannot be read"},
		{"newer", `{"version":3}`, "version 3"},
		{"other org", `{"version":2,"org_url":"https://other.okta.com","label":"` + label + `","key_thumbprint":"` + key + `"}`, "https://other.okta.com"},
		{"other label", `{"version":2,"org_url":"https://acme.okta.com","label":"older","key_thumbprint":"` + key + `"}`, `"older"`},
		{"other key", `{"version":2,"org_url":"https://acme.okta.com","label":"` + label + `","key_thumbprint":"AAAA"}`, "another key (AAAA)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := oauthapp.BuildPlan(t.Context(), served(t, ready()), desired(), &row{version: 1, state: []byte(tc.state)})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("error: %v, want %q", err, tc.want)
			}
		})
	}
}

// A journal that says what was done, but not where, is not taken for an empty one
// and overwritten.
func TestJournalThatIsDamaged(t *testing.T) {
	t.Parallel()
	for name, rest := range map[string]string{
		"changes":         `"org_url":"","changes":{"create":{"state":"done"}}`,
		"changes, no org": `"changes":{"create":{"state":"sending"}}`,
		"app":             `"org_url":"","application_id":"0oa1"`,
		"client":          `"org_url":"","client_id":"0oa1"`,
		"label":           `"org_url":"","label":"` + label + `"`,
		"key":             `"org_url":"","key_thumbprint":"AAAA"`,
		"roles":           `"org_url":"","roles_before_grants":["SUPER_ADMIN"]`,
		"org only":        `"org_url":"https://acme.okta.com","changes":{"create":{"state":"done"}}`,
		"no key":          `"org_url":"https://acme.okta.com","label":"` + label + `"`,
		"no label":        `"org_url":"https://acme.okta.com","key_thumbprint":"AAAA"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := &row{version: 1, state: []byte(`{"version":2,` + rest + `}`)}
			before := string(j.state)
			_, planErr := oauthapp.BuildPlan(t.Context(), served(t, ready()), desired(), j)
			_, backErr := takeBack(t.Context(), served(t, nil), j, nil)
			for _, err := range []error{planErr, backErr} {
				if err == nil || !strings.Contains(err.Error(), "the journal cannot be read: it says that something was done, but not for which org") {
					t.Errorf("error: %v", err)
				}
			}
			if string(j.state) != before || j.saves != 0 {
				t.Errorf("the journal was overwritten: %s", j.state)
			}
		})
	}
	// What Rollback leaves is empty.
	j := &row{version: 1, state: []byte(`{"version":2,"org_url":"","label":"","key_thumbprint":""}`)}
	if _, err := oauthapp.BuildPlan(t.Context(), served(t, ready()), desired(), j); err != nil {
		t.Errorf("after a rollback: %v", err)
	}
}

// The journals of these tests, and the one of the example, keep their promises.
func TestJournalsAreStates(t *testing.T) {
	t.Parallel()
	durabletest.TestState(t, func(*testing.T) durable.State { return &row{} })
	durabletest.TestState(t, func(*testing.T) durable.State { return &integrationRow{} })
}
