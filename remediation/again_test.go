package remediation_test

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// mailed is an action whose mail must not go out twice, on a user of its own.
func (s *setup) mailed() remediation.Action {
	return remediation.ReactivateUser{UserID: s.sim.AddUser(oktatest.User{Status: "PROVISIONED"}), SendEmail: true}
}

// failing answers 500.
func failing(g *gate, r *http.Request) (*http.Response, error) {
	return answer(500, `{"errorCode":"E0000009","errorSummary":"Internal Server Error"}`)(g, r)
}

// then lets the org have a request, and every look after it fails.
func then(also func()) func(*gate, *http.Request) (*http.Response, error) {
	return func(g *gate, r *http.Request) (*http.Response, error) {
		resp, err := g.forward(r)
		also()
		g.mu.Lock()
		defer g.mu.Unlock()
		g.when, g.do = func(r *http.Request) bool { return r.Method == http.MethodGet }, failing
		return resp, err
	}
}

// The same plan under the same approval sends a mail once, also where the approver's
// clock is ahead, and whether its answer came or not.
func TestApproverAhead(t *testing.T) {
	t.Parallel()
	for _, lost := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := newSetup(t, oktatest.Config{})
			r, g := s.gated(remediation.Guards{})
			plan := s.plan(r, s.mailed())
			a := plan.Approve("alice", time.Hour)
			a.At = a.At.Add(2 * time.Minute)
			if lost {
				g.when, g.do = isWrite, after
			}
			for range 3 {
				if _, err := r.Run(t.Context(), plan, a); err != nil {
					t.Fatal(err)
				}
			}
			if len(g.committed) != 1 {
				t.Errorf("lost %v: sent %d times", lost, len(g.committed))
			}
		})
	}
}

// What was sent and not kept is not sent again under the same approval, if a second
// mail would do harm.
func TestMailNotKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		r, g := s.gated(everything())
		plan := s.plan(r, remediation.ResetPassword{UserID: user, SendEmail: true})
		a := plan.Approve("alice", time.Hour)
		g.when, g.do = isWrite, func(g *gate, r *http.Request) (*http.Response, error) {
			resp, err := g.forward(r)
			s.sim.SetUserStatus(user, "ACTIVE") // who was quick
			return resp, err
		}
		for _, want := range []string{"not_kept", "unknown"} {
			if report, err := r.Run(t.Context(), plan, a); err != nil || outcomes(report) != want {
				t.Errorf("%s, %v; want %s", outcomes(report), err, want)
			}
		}
		if len(g.committed) != 1 {
			t.Errorf("sent %d times", len(g.committed))
		}
	})
}

// Nobody is contained whom nobody has seen after the sessions were ended.
func TestNotSeenAfterwards(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{Sessions: 1})
		r, g := s.gated(remediation.Guards{})
		plan := s.plan(r, remediation.Contain(user, remediation.ContainOptions{})...)
		g.when = isDelete
		g.do = func(g *gate, r *http.Request) (*http.Response, error) {
			s.sim.SetUserStatus(user, "ACTIVE")
			return then(func() { s.sim.SignIn(user) })(g, r)
		}
		report, err := approve(t, r, plan)
		if err != nil || outcomes(report) != "not_kept done" || report.Contained(user) {
			t.Errorf("%s, %v, contained: %v, with %d sessions", outcomes(report), err, report.Contained(user), s.sim.Sessions(user))
		}
	})
}

// Of a user who was deleted only that is so already which a deletion entails.
func TestDeletedTarget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{Status: "DEPROVISIONED"})
		r := s.responder(everything())
		s.run(r, remediation.DeleteUser{UserID: user})
		plan := s.plan(r, remediation.UnsuspendUser{UserID: user}, remediation.ActivateUser{UserID: user}, remediation.ClearSessions{UserID: user}, remediation.DeleteUser{UserID: user})
		if got := verdicts(plan); got != "impossible impossible already already" {
			t.Errorf("%s\n%s", got, plan)
		}
		if report := s.runPlan(r, plan); report.OK() {
			t.Error("letting in a user who is gone is reported as done")
		}
	})
}

// A plan with a verdict that is none is not run, and one that was turned into a
// deletion of somebody who is active deactivates nobody.
func TestTurnedVerdicts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		r := s.responder(everything())
		plan := s.plan(r, remediation.SuspendUser{UserID: user})
		plan.Steps[0].Verdict = "Run"
		if _, err := approve(t, r, plan); err == nil || !strings.Contains(err.Error(), `step 1 of the plan has the verdict "Run"`) {
			t.Errorf("error: %v", err)
		}
		plan = s.plan(r, remediation.DeleteUser{UserID: user})
		plan.Steps[0].Verdict = remediation.WillRun
		if report := s.runPlan(r, plan); outcomes(report) != "impossible" || len(s.writes()) != 0 {
			t.Errorf("%s, written: %q", outcomes(report), s.writes())
		}
	})
}

// Two runs do not work on one target at a time, whatever they have read before: the
// second one waits, as long as its context lasts.
func TestOneRunAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r, g := s.gated(remediation.Guards{})
		path := filepath.Join(t.TempDir(), "records")
		shared := &remediation.FileRecorder{Path: path}
		r.Recorder = shared
		plan := s.plan(r, s.mailed())
		a := plan.Approve("alice", time.Hour)
		g.when = func(*http.Request) bool { return true } // at the first request of the run
		g.do = func(g *gate, req *http.Request) (*http.Response, error) {
			for _, recorder := range []remediation.Recorder{shared, &remediation.FileRecorder{Path: path}} {
				second := *r
				second.Recorder = recorder
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				if _, err := second.Run(ctx, plan, a); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "waiting for another run") {
					t.Errorf("a second run: %v", err)
				}
				cancel()
			}
			return g.forward(req)
		}
		report, err := r.Run(t.Context(), plan, a)
		if err != nil || outcomes(report) != "done" || len(g.committed) != 1 {
			t.Errorf("%s, %v, sent %d times", outcomes(report), err, len(g.committed))
		}
		other := *r
		other.Recorder = &remediation.FileRecorder{Path: path} // after it
		if report, err := other.Run(t.Context(), plan, a); err != nil || outcomes(report) != "already" || len(g.committed) != 1 {
			t.Errorf("after it: %s, %v, sent %d times", outcomes(report), err, len(g.committed))
		}
	})
}

// What a person has taken back is not done again under the approval of before.
func TestTakenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		r := s.responder(remediation.Guards{})
		plan := s.plan(r, remediation.SuspendUser{UserID: user})
		a := plan.Approve("alice", time.Hour)
		if report, err := r.Run(t.Context(), plan, a); err != nil || outcomes(report) != "done" {
			t.Fatal(outcomes(report), err)
		}
		time.Sleep(10 * time.Minute)
		s.run(r, remediation.Release(user)...)
		n := len(s.writes())
		report, err := r.Run(t.Context(), plan, a)
		if err != nil || outcomes(report) != "changed" || len(s.writes()) != n || !strings.Contains(report.Err().Error(), "was taken back") {
			t.Errorf("%s, %v: %v", outcomes(report), err, report.Err())
		}
	})
}

// Whose answer is lost gets another link by planning again, and a person is told.
func TestLostLink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		link := remediation.ResetPassword{UserID: s.sim.AddUser(oktatest.User{})}
		r, g := s.gated(everything())
		g.when, g.do = isWrite, after
		report := s.run(r, link)
		if outcomes(report) != "done" || report.Steps[0].Err() == nil || !report.Steps[0].Secret.IsZero() {
			t.Errorf("%s: %v", outcomes(report), report.Steps[0].Err())
		}
		if report := s.run(r, link); outcomes(report) != "done" || report.Steps[0].Secret.IsZero() {
			t.Errorf("again: %s", outcomes(report))
		}
	})
}

// A plan is the same at each build, though what could not be read is told with
// another request each time.
func TestDigestWithoutRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		group := s.sim.AddGroup(oktatest.Group{Name: "Staff", Members: []string{user}})
		r, g := s.gated(remediation.Guards{})
		rules := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/groups/rules") }
		g.do = func(g *gate, req *http.Request) (*http.Response, error) {
			g.mu.Lock()
			g.when = rules // for the next one, too
			g.mu.Unlock()
			resp, err := failing(g, req)
			resp.Header.Set("X-Okta-Request-Id", time.Now().Format("150405"))
			return resp, err
		}
		var digests []string
		for range 2 {
			time.Sleep(time.Second)
			g.when = rules
			plan := s.plan(r, remediation.RemoveGroupMember{GroupID: group, UserID: user})
			if len(plan.Steps[0].Warnings) != 1 || !strings.Contains(plan.Steps[0].Warnings[0], "500") {
				t.Errorf("warnings: %q", plan.Steps[0].Warnings)
			}
			digests = append(digests, plan.Digest())
		}
		if digests[0] != digests[1] {
			t.Error("the digest changes at each build")
		}
	})
}

// Two apps that the org does not know are two mistakes.
func TestUnknownApps(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		plan := s.plan(s.responder(everything()), remediation.RevokeClientTokens{UserID: user, ClientID: "0oaTYPO1"}, remediation.RevokeClientTokens{UserID: user, ClientID: "0oaTYPO2"})
		if got := verdicts(plan); got != "impossible impossible" {
			t.Errorf("%s", got)
		}
	})
}

// A group that could not be seen after it was made can be undone all the same.
func TestGroupNotSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r, g := s.gated(everything())
		plan := s.plan(r, remediation.CreateGroup{Name: "Quarantine"})
		g.when, g.do = isWrite, then(func() {})
		report, err := approve(t, r, plan)
		if err != nil || outcomes(report) != "done" || report.Steps[0].Target.ID != s.groups()["Quarantine"] {
			t.Errorf("%s, %v: %s", outcomes(report), err, report.Steps[0].Target)
		}
		undo, err := r.BuildUndo(t.Context(), nil)
		if err != nil || verdicts(undo) != "run" {
			t.Errorf("%v\n%s", err, undo)
		}
	})
}
