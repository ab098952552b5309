package remediation_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// statusChanged is when a user's status changed.
func (s *setup) statusChanged(user string) time.Time {
	s.t.Helper()
	var doc struct{ StatusChanged time.Time }
	if err := s.client.Get(s.t.Context(), &doc, nil, "api", "v1", "users", user); err != nil {
		s.t.Fatal(err)
	}
	return doc.StatusChanged
}

// contain contains a user and checks what came of the steps and the sessions.
func (s *setup) contain(r *remediation.Responder, user, want string) {
	s.t.Helper()
	report := s.run(r, remediation.Contain(user, remediation.ContainOptions{})...)
	if outcomes(report) != want || s.sim.Sessions(user) != 0 || !report.Contained(user) {
		s.t.Errorf("%s, want %s; %d sessions, contained: %v", outcomes(report), want, s.sim.Sessions(user), report.Contained(user))
	}
}

// The records spare a user's sessions from being ended again while they are suspended
// as they were, whatever the credential; not when the status has changed since, nor
// without records.
func TestSessionsStayEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r, g := s.gated(remediation.Guards{})
		user := s.sim.AddUser(oktatest.User{Sessions: 1})
		s.contain(r, user, "done done")
		s.contain(r, user, "already already")

		other := &remediation.Responder{Client: s.tokenClient(s.sim.NewAPIToken("SUPER_ADMIN")), Recorder: s.records}
		s.contain(other, user, "already already")

		old := slices.Clone(s.records.lines)
		time.Sleep(time.Minute)
		s.sim.SetUserStatus(user, "ACTIVE")
		s.sim.SignIn(user)
		s.sim.SetUserStatus(user, "SUSPENDED")
		s.records.lines = append(s.records.lines, old...) // which are not about this suspension
		s.contain(r, user, "already done")

		s.records.lines = nil
		s.contain(r, user, "already done")
		if len(g.committed) != 4 {
			t.Errorf("written: %q", g.committed)
		}
	})
}

// A run that is broken off while the sessions end records that they ended, and the
// next run does not end them again.
func TestEndOutlivesTheRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r, g := s.gated(remediation.Guards{})
		user := s.sim.AddUser(oktatest.User{Sessions: 1})
		plan := s.plan(r, remediation.Contain(user, remediation.ContainOptions{})...)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		g.when = func(q *http.Request) bool { return q.Method == http.MethodDelete }
		g.do = func(g *gate, q *http.Request) (*http.Response, error) {
			cancel()
			return g.forward(q)
		}
		report, err := r.Run(ctx, plan, plan.Approve("alice", time.Hour))
		if outcomes(report) != "done done" {
			t.Fatalf("%s: %v", outcomes(report), err)
		}
		all := s.records.all(t, s.org)
		if got, want := all[len(all)-1].Since, s.statusChanged(user); !got.Equal(want) {
			t.Errorf("recorded %v, want %v", got, want)
		}
		s.contain(r, user, "already already")
		if n := s.deletes(); n != 1 {
			t.Errorf("the sessions were ended %d times, want once", n)
		}
	})
}

// A record that cannot be understood is told of in the plan, and stops nothing.
func TestBadRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(remediation.Guards{})
		user := s.sim.AddUser(oktatest.User{Sessions: 1})
		for range 5 {
			s.records.lines = append(s.records.lines, []byte(`{"version":9}`))
		}
		plan := s.plan(r, remediation.Contain(user, remediation.ContainOptions{})...)
		if len(plan.Warnings) != 4 {
			t.Errorf("warnings: %q", plan.Warnings)
		}
		if report := s.runPlan(r, plan); !report.Contained(user) {
			t.Errorf("%v", report.Err())
		}
		undo, err := r.BuildUndo(t.Context(), nil)
		if err != nil || undo.WillRun() != 1 {
			t.Errorf("undo: %v\n%s", err, undo)
		}
	})
}
