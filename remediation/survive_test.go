package remediation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A scene is a playbook with the org it is for.
type scene struct {
	name    string
	guards  remediation.Guards
	prepare func(*setup) (user string)
	actions func(s *setup, user string) []remediation.Action
	check   func(s *setup, user string)
}

var scenes = []scene{
	{
		name:   "contain",
		guards: remediation.Guards{Destructive: []remediation.Kind{remediation.KindSetPassword, remediation.KindResetFactors}},
		prepare: func(s *setup) string {
			return s.sim.AddUser(oktatest.User{Factors: []string{"push"}, Sessions: 2, Clients: []string{"0oaclient"}})
		},
		actions: func(_ *setup, user string) []remediation.Action {
			return remediation.Contain(user, remediation.ContainOptions{ResetPassword: true, ResetFactors: true})
		},
		check: func(s *setup, user string) { s.wantStatus(user, remediation.StatusSuspended) },
	},
	{
		name:    "release",
		prepare: func(s *setup) string { return s.sim.AddUser(oktatest.User{Status: "SUSPENDED"}) },
		actions: func(_ *setup, user string) []remediation.Action { return remediation.Release(user) },
		check:   func(s *setup, user string) { s.wantStatus(user, remediation.StatusActive) },
	},
	{
		name: "quarantine",
		prepare: func(s *setup) string {
			user := s.sim.AddUser(oktatest.User{})
			for _, name := range []string{"Sales", "Finance"} {
				s.sim.AddGroup(oktatest.Group{Name: name, Members: []string{user}})
			}
			s.sim.AddGroup(oktatest.Group{Name: "Quarantine"})
			return user
		},
		actions: func(s *setup, user string) []remediation.Action {
			actions, err := remediation.Quarantine(context.Background(), s.client, user, s.groups()["Quarantine"])
			if err != nil {
				s.t.Fatal(err)
			}
			return actions
		},
		check: func(s *setup, user string) {
			if got := s.groupsOf(user); got != "Everyone Quarantine" {
				s.t.Errorf("groups: %s", got)
			}
		},
	},
	{
		name: "offboard",
		guards: remediation.Guards{Destructive: []remediation.Kind{
			remediation.KindDeactivateUser, remediation.KindRevokeGrants, remediation.KindDeleteUser,
		}},
		prepare: func(s *setup) string {
			return s.sim.AddUser(oktatest.User{Factors: []string{"sms"}, Sessions: 1, Clients: []string{"0oaclient"}})
		},
		actions: func(_ *setup, user string) []remediation.Action {
			return remediation.Offboard(user, remediation.OffboardOptions{Delete: true})
		},
		check: func(s *setup, user string) { s.wantStatus(user, "gone") },
	},
	{
		name: "groups and a profile",
		prepare: func(s *setup) string {
			user := s.sim.AddUser(oktatest.User{})
			group := s.sim.AddGroup(oktatest.Group{Name: "Staff", Members: []string{user}, Owners: []string{user}})
			s.sim.AddRule(oktatest.Rule{Name: "staff", Expression: `user.department=="nobody"`, Groups: []string{group}})
			return user
		},
		actions: func(s *setup, user string) []remediation.Action {
			return []remediation.Action{
				remediation.CreateGroup{Name: "Suspects \"2026\"", Description: "under investigation"},
				remediation.DeactivateGroupRule{RuleID: s.rule()},
				remediation.RemoveGroupOwner{GroupID: s.groups()["Staff"], OwnerID: user, OwnerType: "USER"},
				remediation.SetProfileAttribute{UserID: user, Name: "department", Value: json.RawMessage(`"Suspects"`)},
				remediation.RemoveGroupMember{GroupID: s.groups()["Staff"], UserID: user},
			}
		},
		check: func(s *setup, user string) {
			if got := s.groupsOf(user); got != "Everyone" {
				s.t.Errorf("groups: %s", got)
			}
			if groups := s.groups(); groups[`Suspects "2026"`] == "" || len(groups) != 3 {
				s.t.Errorf("groups: %v", groups)
			}
		},
	},
}

// rule returns the id of the org's one group rule.
func (s *setup) rule() string {
	s.t.Helper()
	var rules []struct{ ID string }
	if err := s.client.Get(context.Background(), &rules, nil, "api", "v1", "groups", "rules"); err != nil || len(rules) != 1 {
		s.t.Fatalf("%v, %d rules", err, len(rules))
	}
	return rules[0].ID
}

func (s *setup) wantStatus(user string, want remediation.Status) {
	s.t.Helper()
	if got := s.status(user); got != want {
		s.t.Errorf("status %s, want %s", got, want)
	}
	if want == "gone" {
		return
	}
	if n := s.sim.Sessions(user); n != 0 {
		s.t.Errorf("%d sessions", n)
	}
}

// groups returns the ids of the org's groups by name.
func (s *setup) groups() map[string]string {
	s.t.Helper()
	ids := make(map[string]string)
	type group struct {
		ID      string
		Profile struct{ Name string }
	}
	for g, err := range oktaint.List[group](context.Background(), s.client, nil, "api", "v1", "groups") {
		if err != nil {
			s.t.Fatal(err)
		}
		ids[g.Profile.Name] = g.ID
	}
	return ids
}

// groupsOf returns the names of a user's groups.
func (s *setup) groupsOf(user string) string {
	s.t.Helper()
	var groups []struct{ Profile struct{ Name string } }
	if err := s.client.Get(context.Background(), &groups, nil, "api", "v1", "users", user, "groups"); err != nil {
		s.t.Fatal(err)
	}
	var names []string
	for _, g := range groups {
		names = append(names, g.Profile.Name)
	}
	return strings.Join(names, " ")
}

// A gate stands between a client and the org. It does something at the n-th
// request, and knows which writes have taken effect.
type gate struct {
	next http.RoundTripper
	at   int                                                // 0: at none
	when func(*http.Request) bool                           // or at the first such request; nil: at none
	do   func(*gate, *http.Request) (*http.Response, error) // at the n-th request
	dead bool                                               // the process is: nothing goes out any more

	mu        sync.Mutex
	seen      int
	committed []string // writes with a 2xx
}

var errDead = errors.New("the process was killed")

func (g *gate) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	g.seen++
	hit, dead := g.seen == g.at || g.when != nil && g.when(r), g.dead
	if hit {
		g.when = nil
	}
	g.mu.Unlock()
	switch {
	case dead:
		return nil, errDead
	case hit:
		return g.do(g, r)
	}
	return g.forward(r)
}

func (g *gate) forward(r *http.Request) (*http.Response, error) {
	resp, err := g.next.RoundTrip(r)
	if err == nil && r.Method != http.MethodGet && resp.StatusCode < 300 {
		g.mu.Lock()
		g.committed = append(g.committed, r.Method+" "+r.URL.Path)
		g.mu.Unlock()
	}
	return resp, err
}

func (g *gate) die() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dead = true
}

func (g *gate) isDead() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.dead
}

func isWrite(r *http.Request) bool { return r.Method != http.MethodGet }

// after lets the org have the request and loses the answer.
func after(g *gate, r *http.Request) (*http.Response, error) {
	resp, err := g.forward(r)
	if err == nil {
		resp.Body.Close()
	}
	return nil, io.ErrUnexpectedEOF
}

// answer is an answer in place of the org's.
func answer(status int, body string) func(*gate, *http.Request) (*http.Response, error) {
	return func(_ *gate, r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Status: fmt.Sprint(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
		}, nil
	}
}

var faults = map[string]func(*gate, *http.Request) (*http.Response, error){
	"reset-before": func(*gate, *http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
	"reset-after":  after,
	"429":          answer(429, `{"errorCode":"E0000047"}`),
	"500":          answer(500, `{"errorCode":"E0000009"}`),
	"503":          answer(503, `{"errorCode":"E0000010"}`),
	"html": func(g *gate, r *http.Request) (*http.Response, error) {
		return answer(200, "<html>sign in</html>")(g, r)
	},
	"kill-before": func(g *gate, r *http.Request) (*http.Response, error) {
		g.die()
		return nil, errDead
	},
	"kill-after": func(g *gate, r *http.Request) (*http.Response, error) {
		resp, err := after(g, r)
		g.die()
		return resp, err
	},
}

// Whatever happens at whatever request of a run, the next run finishes the job,
// and the records tell what was done.
func TestSurvive(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			want, requests := sc.undisturbed(t)
			for name, fault := range faults {
				for at := 1; at <= requests; at++ {
					t.Run(fmt.Sprintf("%s at %d", name, at), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) { sc.disturbed(t, want, at, fault) })
					})
				}
			}
		})
	}
}

// undisturbed runs the playbook and returns the org's state after it and how many
// requests the run has sent.
func (sc scene) undisturbed(t *testing.T) (state string, requests int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := sc.prepare(s)
		r, g := s.gated(sc.guards)
		plan := s.plan(r, sc.actions(s, user)...)
		g.seen = 0
		report := s.runPlan(r, plan)
		if !report.OK() || plan.WillRun() == 0 {
			t.Fatalf("undisturbed: %v\n%s", report.Err(), plan)
		}
		sc.check(s, user)
		state, requests = s.state(), g.seen
		s.checkNothingLeft(r, sc.actions(s, user)...)
	})
	return state, requests
}

// gated returns a responder whose requests pass a gate.
func (s *setup) gated(guards remediation.Guards) (*remediation.Responder, *gate) {
	g := &gate{next: s.sim.Transport()}
	r := s.responder(guards)
	r.Client = s.over(g)
	return r, g
}

func (sc scene) disturbed(t *testing.T, want string, at int, fault func(*gate, *http.Request) (*http.Response, error)) {
	s := newSetup(t, oktatest.Config{})
	user := sc.prepare(s)
	r, g := s.gated(sc.guards)
	plan := s.plan(r, sc.actions(s, user)...)
	g.seen, g.at, g.do = 0, at, fault
	s.records.fail = func(int, remediation.Record) error {
		if g.isDead() {
			return errDead
		}
		return nil
	}
	report, err := r.Run(t.Context(), plan, plan.Approve("alice", time.Hour))
	if g.isDead() && err == nil {
		t.Errorf("the run of a dead process has no error: %s", outcomes(report))
	}
	s.checkRecords(g.committed, g.isDead())

	s.records.fail = nil
	r, g2 := s.gated(sc.guards)
	if report := s.run(r, sc.actions(s, user)...); !report.OK() {
		t.Errorf("the next run does not finish: %v", report.Err())
	}
	sc.check(s, user)
	if got := s.state(); got != want {
		t.Errorf("the org differs:\n%s", difference(want, got))
	}
	s.checkRecords(append(g.committed, g2.committed...), false)
	s.checkNothingLeft(r, sc.actions(s, user)...)
}

// checkRecords holds the records against the writes that took effect.
func (s *setup) checkRecords(committed []string, open bool) {
	s.t.Helper()
	last := make(map[string]remediation.Record)
	for _, r := range s.records.all(s.t, s.org) {
		last[r.ID] = r
	}
	done, doubtful := make(map[string]int), make(map[string]int)
	for _, r := range last {
		req, err := r.Action.Request(context.Background(), s.org)
		if err != nil {
			s.t.Fatal(err)
		}
		write := req.Method + " " + req.URL.Path
		switch r.Outcome {
		case remediation.OutcomeDone:
			done[write]++
		case remediation.OutcomeUnknown:
			doubtful[write]++
		case remediation.OutcomeSending:
			doubtful[write]++
			if !open {
				s.t.Errorf("still open: %s", write)
			}
		}
	}
	took := make(map[string]int)
	for _, write := range committed {
		took[write]++
	}
	for write, n := range done {
		if took[write] == 0 {
			s.t.Errorf("recorded %d times as done and never done: %s", n, write)
		}
	}
	for write := range took {
		if done[write]+doubtful[write] == 0 {
			s.t.Errorf("done and not recorded: %s", write)
		}
	}
}
