package remediation_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A clock notes when each request goes out.
type clock struct {
	next http.RoundTripper
	mu   sync.Mutex
	sent []string
	at   []time.Time
}

func (c *clock) RoundTrip(r *http.Request) (*http.Response, error) {
	c.mu.Lock()
	c.sent, c.at = append(c.sent, r.Method+" "+r.URL.Path), append(c.at, time.Now())
	c.mu.Unlock()
	return c.next.RoundTrip(r)
}

// when returns how long after the first request one with this beginning went out.
func (c *clock) when(t *testing.T, request string) time.Duration {
	t.Helper()
	for i, sent := range c.sent {
		if strings.HasPrefix(sent, request) {
			return c.at[i].Sub(c.at[0])
		}
	}
	t.Fatalf("no %s among %q", request, c.sent)
	return 0
}

// Suspension and the end of the sessions are sent back to back, and everything else
// comes after: no read lies between them, whatever the plan does beyond.
func TestBackToBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Latency: 100 * time.Millisecond})
		user := s.sim.AddUser(oktatest.User{Sessions: 2, Factors: []string{"push", "sms"}})
		r := s.responder(remediation.Guards{
			Destructive: []remediation.Kind{remediation.KindSetPassword, remediation.KindResetFactors}, Protected: []string{"nobody"},
		})
		plan := s.plan(r, remediation.Contain(user, remediation.ContainOptions{ResetPassword: true, ResetFactors: true})...)
		c := &clock{next: s.sim.Transport()}
		r.Client = s.over(c)
		if report := s.runPlan(r, plan); outcomes(report) != "done done done done" || !report.Contained(user) {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		suspended := c.when(t, "POST /api/v1/users/"+user+"/lifecycle/suspend")
		if suspended > 250*time.Millisecond {
			t.Errorf("the suspension goes out %v after the first request", suspended)
		}
		if ended := c.when(t, "DELETE "); ended-suspended != 100*time.Millisecond {
			t.Errorf("the sessions end %v after the suspension", ended-suspended)
		}
	})
}

// What goes wrong with any read after the suspension keeps nobody from ending the
// sessions.
func TestSessionsEndAllTheSame(t *testing.T) {
	t.Parallel()
	for name, fault := range faults {
		for _, lost := range []bool{false, true} {
			if strings.HasPrefix(name, "kill") {
				continue
			}
			t.Run(fmt.Sprint(name, " lost ", lost), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newSetup(t, oktatest.Config{})
					user := s.sim.AddUser(oktatest.User{Sessions: 2})
					r, g := s.gated(remediation.Guards{})
					plan := s.plan(r, remediation.Contain(user, remediation.ContainOptions{})...)
					broken := &brokenReads{next: s.sim.Transport(), gate: g, fault: fault, lost: lost}
					r.Client = s.over(broken)
					report, err := r.Run(t.Context(), plan, plan.Approve("alice", time.Hour))
					if s.status(user) != remediation.StatusSuspended || s.sim.Sessions(user) != 0 {
						t.Errorf("%s, %d sessions: %s, %v", s.status(user), s.sim.Sessions(user), outcomes(report), err)
					}
				})
			})
		}
	}
}

// brokenReads fails every read once the suspension was sent, and loses its answer
// if asked to.
type brokenReads struct {
	next  http.RoundTripper
	gate  *gate
	fault func(*gate, *http.Request) (*http.Response, error)
	lost  bool

	mu   sync.Mutex
	sent bool
}

func (b *brokenReads) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case strings.HasSuffix(r.URL.Path, "/suspend") && !b.sent:
		b.sent = true
		if b.lost {
			return after(b.gate, r)
		}
	case b.sent && r.Method == http.MethodGet:
		return b.fault(b.gate, r)
	}
	return b.next.RoundTrip(r)
}

// A target that cannot be read, or not be written, costs its own steps only; five
// that fail in the same way end the work.
func TestTargetsAreIndependent(t *testing.T) {
	t.Parallel()
	for bad := 1; bad <= 6; bad++ {
		t.Run(fmt.Sprint(bad), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				var users []string
				var actions []remediation.Action
				for range 20 {
					user := s.sim.AddUser(oktatest.User{Sessions: 1})
					users = append(users, user)
					actions = append(actions, remediation.Contain(user, remediation.ContainOptions{})...)
				}
				r := s.responder(remediation.Guards{})
				good := s.plan(r, actions...)
				r.Client = s.over(&failingUsers{next: s.sim.Transport(), users: users[:bad]})
				plan, err := r.BuildPlan(t.Context(), actions...)
				if (err != nil) != (bad >= 5) {
					t.Fatalf("%d targets cannot be read: %v", bad, err)
				}
				if err == nil && plan.WillRun() != 2*(20-bad) {
					t.Errorf("%d steps of %d targets will run", plan.WillRun(), 20-bad)
				}
				report, err := r.Run(t.Context(), good, good.Approve("alice", time.Hour))
				if err == nil {
					t.Error("nothing tells that targets failed")
				}
				contained := 0
				for _, user := range users {
					if report.Contained(user) && s.sim.Sessions(user) == 0 {
						contained++
					}
				}
				if bad < 5 && contained != 20-bad || bad >= 5 && contained > 20-bad {
					t.Errorf("%d of %d contained", contained, 20-bad)
				}
			})
		})
	}
}

// failingUsers answers with 503 whatever is asked about some users.
type failingUsers struct {
	next  http.RoundTripper
	users []string
}

func (f *failingUsers) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, user := range f.users {
		if strings.Contains(r.URL.Path, user) {
			return answer(503, `{"errorCode":"E0000010"}`)(nil, r)
		}
	}
	return f.next.RoundTrip(r)
}
