package remediation_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// foreignAnswers are answers that do not come from Okta, or say nothing about the
// object that was asked for.
var foreignAnswers = map[string]func(*gate, *http.Request) (*http.Response, error){
	"html 404":   answer(404, "<html>not found</html>"),
	"empty 404":  answer(404, ""),
	"status 404": answer(404, `{"status":404}`),
	"no path":    answer(404, `{"errorCode":"E0000008","errorSummary":"The requested path was not found","errorLink":"E0000008","errorId":"oae1","errorCauses":[]}`),
	"empty 200":  answer(200, ""),
	"{} 200":     answer(200, "{}"),
}

// A place is a request of some work: the n-th one of a method and a path, from 1.
type place struct {
	method, path string
	n            int
}

// A proxy stands between a client and the gate, and knows what passes it.
type proxy struct {
	next *gate

	mu   sync.Mutex
	seen map[place]bool
	last map[string]int // n of the last request, by method and path

	at     place
	always bool // answer the later ones of this method and path, too
	answer func(*gate, *http.Request) (*http.Response, error)
	hit    bool
}

func (p *proxy) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.meets(r) {
		return p.answer(p.next, r)
	}
	return p.next.RoundTrip(r)
}

func (p *proxy) meets(r *http.Request) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[r.Method+" "+r.URL.Path]++
	here := place{r.Method, r.URL.Path, p.last[r.Method+" "+r.URL.Path]}
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		p.seen[here] = true
	}
	if p.answer == nil || here.method != p.at.method || here.path != p.at.path || here.n < p.at.n || here.n > p.at.n && !p.always {
		return false
	}
	p.hit = true
	return true
}

// through sends the requests of r through p, from now on and over a fresh gate.
func (p *proxy) through(s *setup, r *remediation.Responder) {
	p.next, p.seen, p.last = &gate{next: s.sim.Transport()}, map[place]bool{}, map[string]int{}
	r.Client = s.over(p)
}

// walkScenes are the playbooks, and each action that is a DELETE.
func walkScenes() []scene {
	one := func(name string, u oktatest.User, action func(v victim) remediation.Action) scene {
		var victims sync.Map // victim by setup: cells are walked side by side
		return scene{
			name: name, guards: everything(),
			prepare: func(s *setup) string {
				v := victim{user: s.sim.AddUser(u)}
				v.group = s.sim.AddGroup(oktatest.Group{Name: "Staff", Members: []string{v.user}, Owners: []string{v.user}})
				v.factor = s.factorOf(v.user)
				victims.Store(s, v)
				return v.user
			},
			actions: func(s *setup, _ string) []remediation.Action {
				v, _ := victims.Load(s)
				return []remediation.Action{action(v.(victim))}
			},
			check: func(*setup, string) {},
		}
	}
	full := oktatest.User{Factors: []string{"sms", "push"}, Sessions: 2, Clients: []string{tableClient}}
	suspended, gone := full, full
	suspended.Status, gone.Status = "SUSPENDED", "DEPROVISIONED"
	all := scenes
	for kind, u := range map[remediation.Kind]oktatest.User{
		remediation.KindClearSessions: suspended, remediation.KindDeleteUser: gone, remediation.KindRemoveFactor: full,
		remediation.KindRevokeGrants: full, remediation.KindRevokeClientGrants: full, remediation.KindRevokeClientTokens: full,
		remediation.KindRemoveGroupMember: full, remediation.KindRemoveGroupOwner: full, remediation.KindDeleteGroup: full,
	} {
		all = append(all, one(string(kind), u, tableActions[kind]))
	}
	return all
}

// factorOf returns the id of a user's first factor, if any.
func (s *setup) factorOf(user string) string {
	s.t.Helper()
	for f, err := range oktaint.List[struct{ ID string }](s.t.Context(), s.client, nil, "api", "v1", "users", user, "factors") {
		if err != nil {
			s.t.Fatal(err)
		}
		return f.ID
	}
	return ""
}

// Nothing is called gone or done because of an answer that does not say so, the
// records tell what was done, and the next run of the good org finishes the job:
// for each GET and each DELETE of each scene, one at a time.
func TestForeignAnswers(t *testing.T) {
	t.Parallel()
	cells := 0
	for _, sc := range walkScenes() {
		all := slices.Collect(maps.Keys(foreignAnswers))
		if len(sc.guards.Destructive) != len(remediation.Kinds()) { // a playbook, whose actions have scenes of their own
			all = fewAnswers
		}
		t.Run(sc.name+" plan", func(t *testing.T) { cells += sc.walk(t, walkPlan, all) })
		t.Run(sc.name+" run", func(t *testing.T) { cells += sc.walk(t, walkRun, all) })
		t.Run(sc.name+" after a kill", func(t *testing.T) { cells += sc.walk(t, walkAfterKill, fewAnswers) })
		t.Run(sc.name+" undo", func(t *testing.T) { cells += sc.walk(t, walkUndo, fewAnswers) })
	}
	t.Logf("%d cells", cells)
}

// A walk is one part of the work of a scene: p is what its requests are to pass, at
// the right moment. It returns the gates that the requests of the whole work have
// passed.
type walk func(sc scene, s *setup, r *remediation.Responder, user string, p *proxy) []*gate

func (sc scene) walk(t *testing.T, w walk, answers []string) (cells int) {
	t.Helper()
	places := &proxy{}
	want := ""
	synctest.Test(t, func(t *testing.T) { want = sc.foreign(t, w, places) })
	for at := range places.seen {
		for _, kind := range answers {
			for _, always := range []bool{false, true} {
				if always && at.method == http.MethodGet {
					continue
				}
				cells++
				name := fmt.Sprintf("%s %s #%d %s always=%v", at.method, strings.ReplaceAll(at.path, "/", "."), at.n, kind, always)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						p := &proxy{at: at, always: always, answer: foreignAnswers[kind]}
						if got := sc.foreign(t, w, p); got != want {
							t.Errorf("the org differs:\n%s", difference(want, got))
						}
						if !p.hit {
							t.Error("the place was not met")
						}
					})
				})
			}
		}
	}
	return cells
}

// fewAnswers are enough for requests that are walked with all answers elsewhere.
var fewAnswers = []string{"html 404", "no path", "{} 200"}

// foreign does a part of the work through p and finishes it with the good org.
func (sc scene) foreign(t *testing.T, w walk, p *proxy) (state string) {
	s := newSetup(t, oktatest.Config{})
	user := sc.prepare(s)
	r := s.responder(sc.guards)
	gates := w(sc, s, r, user, p)
	var committed []string
	for _, g := range gates {
		committed = append(committed, g.committed...)
	}
	s.checkRecords(committed, false)
	return s.state()
}

// finish does what is left with the good org.
func (sc scene) finish(s *setup, r *remediation.Responder, user string) *gate {
	s.t.Helper()
	good, g := s.gated(sc.guards)
	r.Client = good.Client
	if report := s.run(r, sc.actions(s, user)...); !report.OK() {
		s.t.Errorf("the next run does not finish: %v", report.Err())
	}
	sc.check(s, user)
	s.checkNothingLeft(r, sc.actions(s, user)...)
	return g
}

// checkPlanned holds a plan through a proxy against that of the good org, which
// runs every step.
func checkPlanned(t *testing.T, good, p *remediation.Plan, err error) {
	t.Helper()
	checkSaysNothing(t, err)
	if err != nil {
		return
	}
	if len(p.Steps) != len(good.Steps) {
		t.Errorf("%d steps, want %d\n%s", len(p.Steps), len(good.Steps), p)
		return
	}
	refused := make(map[remediation.Target]bool) // what comes after may be impossible then
	for i, step := range p.Steps {
		target := step.Action.Facts().Target
		refused[target] = refused[target] || step.Verdict == remediation.Refused
		if step.Before.Missing || !refused[target] && step.Verdict != good.Steps[i].Verdict {
			t.Errorf("step %d is judged %s, %s: %s; want %s", i+1, step.Verdict, step.Before, step.Reason, good.Steps[i].Verdict)
		}
	}
}

// checkSaysNothing holds an error against what it must not say.
func checkSaysNothing(t *testing.T, err error) {
	t.Helper()
	if oktaint.IsNotFound(err) || errors.Is(err, remediation.ErrUnknownUser) || errors.Is(err, remediation.ErrUnknownGroup) {
		t.Errorf("it says that something is not there: %v", err)
	}
}

func walkPlan(sc scene, s *setup, r *remediation.Responder, user string, p *proxy) []*gate {
	actions := sc.actions(s, user)
	good := s.plan(r, actions...)
	p.through(s, r)
	plan, err := r.BuildPlan(s.t.Context(), actions...)
	checkPlanned(s.t, good, plan, err)
	return []*gate{sc.finish(s, r, user)}
}

func walkRun(sc scene, s *setup, r *remediation.Responder, user string, p *proxy) []*gate {
	plan := s.plan(r, sc.actions(s, user)...)
	p.through(s, r)
	s.checkRun(r, plan, p.next)
	return []*gate{p.next, sc.finish(s, r, user)}
}

// checkRun runs a plan through a proxy, after work that has passed gates. What is not
// done is not called done, and not needless.
func (s *setup) checkRun(r *remediation.Responder, plan *remediation.Plan, gates ...*gate) {
	s.t.Helper()
	report, err := r.Run(s.t.Context(), plan, plan.Approve("alice", time.Hour))
	checkSaysNothing(s.t, err)
	for i, step := range report.Steps {
		needless := step.Outcome == remediation.OutcomeAlready || step.Outcome == remediation.OutcomeImpossible
		if needless && plan.Steps[i].Verdict == remediation.WillRun {
			s.t.Errorf("step %d is %s: %s%s", i+1, step.Outcome, step.Reason, step.Error)
		}
	}
	var committed []string
	for _, g := range gates {
		committed = append(committed, g.committed...)
	}
	s.checkRecords(committed, false)
}

// walkAfterKill runs a plan again that a kill has broken off behind its first write.
func walkAfterKill(sc scene, s *setup, r *remediation.Responder, user string, p *proxy) []*gate {
	plan := s.plan(r, sc.actions(s, user)...)
	killed, g := s.gated(sc.guards)
	g.when, g.do = isWrite, faults["kill-after"]
	s.records.fail = func(int, remediation.Record) error {
		if g.isDead() {
			return errDead
		}
		return nil
	}
	if _, err := killed.Run(s.t.Context(), plan, plan.Approve("alice", time.Hour)); err == nil {
		s.t.Error("the run of a dead process has no error")
	}
	s.records.fail = nil
	p.through(s, r)
	report, err := r.Run(s.t.Context(), plan, plan.Approve("alice", time.Hour))
	checkSaysNothing(s.t, err)
	for i, step := range report.Steps {
		if step.Outcome == remediation.OutcomeImpossible {
			s.t.Errorf("step %d is %s: %s%s", i+1, step.Outcome, step.Reason, step.Error)
		}
	}
	return []*gate{g, p.next, sc.finish(s, r, user)}
}

// walkUndo plans to take back what was done, and does so.
func walkUndo(sc scene, s *setup, r *remediation.Responder, user string, p *proxy) []*gate {
	first := sc.finish(s, r, user)
	good, err := r.BuildUndo(s.t.Context(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	p.through(s, r)
	plan, err := r.BuildUndo(s.t.Context(), nil)
	checkPlanned(s.t, good, plan, err)
	if err == nil {
		s.checkRun(r, plan, first, p.next)
	}
	last, g := s.gated(sc.guards)
	r.Client = last.Client
	if plan, err = r.BuildUndo(s.t.Context(), nil); err == nil {
		s.runPlan(r, plan)
		plan, err = r.BuildUndo(s.t.Context(), nil)
	}
	if err != nil || plan.WillRun() != 0 {
		s.t.Errorf("the undo is not finished: %v\n%s", err, plan)
	}
	return []*gate{first, p.next, g}
}

// Nobody is unknown because of an answer that does not say so.
func TestForeignAnswersToNames(t *testing.T) {
	t.Parallel()
	cells := 0
	type resolve func(context.Context, *oktaint.Client, string) (remediation.Target, error)
	for what, find := range map[string]resolve{
		"user": remediation.ResolveUser, "group": remediation.ResolveGroup,
		"users": func(ctx context.Context, c *oktaint.Client, name string) (remediation.Target, error) {
			all, err := remediation.ResolveUsers(ctx, c, remediation.ReadTargets(strings.NewReader(name)))
			if err != nil {
				return remediation.Target{}, err
			}
			return all[0], nil
		},
	} {
		for _, by := range []string{"id", "name", "a name to escape"} {
			work := func(t *testing.T, p *proxy) {
				s := newSetup(t, oktatest.Config{})
				user := oktatest.User{Login: "mallory@example.com"}
				group := oktatest.Group{Name: "Staff"}
				if by == "a name to escape" {
					user.Login, group.Name = "o^mallory@example.com", `Staff "2026"`
				}
				want, name := s.sim.AddUser(user), user.Login
				if g := s.sim.AddGroup(group); what == "group" {
					want, name = g, group.Name
				}
				if by == "id" {
					name = want
				}
				r := s.responder(remediation.Guards{})
				p.through(s, r)
				got, err := find(t.Context(), r.Client, name)
				checkSaysNothing(t, err)
				if (err == nil) != (got.ID == want) || err == nil && p.answer != nil && !p.hit {
					t.Errorf("%+v, %v", got, err)
				}
			}
			places := &proxy{}
			synctest.Test(t, func(t *testing.T) { work(t, places) })
			for at := range places.seen {
				for kind, foreign := range foreignAnswers {
					cells++
					t.Run(fmt.Sprintf("%s by %s %s %s", what, by, at.method, kind), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { work(t, &proxy{at: at, answer: foreign}) })
					})
				}
			}
		}
	}
	t.Logf("%d cells", cells)
}
