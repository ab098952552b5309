package remediation_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// Contain stops a user, and its undo leaves the org as it was, but for what the
// plan named.
func TestContainAndUndo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		id := s.sim.AddUser(oktatest.User{Login: "mallory@example.com", Factors: []string{"push"}, Sessions: 0})
		before := s.state()
		s.sim.SignIn(id)
		r := s.responder(remediation.Guards{})
		plan := s.plan(r, remediation.Contain(id, remediation.ContainOptions{})...)
		if got := verdicts(plan); got != "run run" {
			t.Fatalf("verdicts: %s\n%s", got, plan)
		}
		if len(s.writes()) != 0 {
			t.Errorf("planning has written: %q", s.writes())
		}
		report := s.runPlan(r, plan)
		if got := outcomes(report); got != "done done" || !report.Contained(id) || report.Err() != nil {
			t.Errorf("outcomes: %s, contained: %v, %v", got, report.Contained(id), report.Err())
		}
		if s.status(id) != remediation.StatusSuspended || s.sim.Sessions(id) != 0 {
			t.Errorf("status %s, %d sessions", s.status(id), s.sim.Sessions(id))
		}
		want := "POST /api/v1/users/" + id + "/lifecycle/suspend DELETE /api/v1/users/" + id + "/sessions"
		if got := strings.Join(s.writes(), " "); got != want {
			t.Errorf("written: %s", got)
		}
		s.checkNothingLeft(r, remediation.Contain(id, remediation.ContainOptions{})...)

		undo, err := r.BuildUndo(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := verdicts(undo); got != "run" || len(undo.Warnings) != 1 || !strings.Contains(undo.Warnings[0], "clear_sessions of user mallory@example.com") {
			t.Errorf("undo: %s, warnings %q", got, undo.Warnings)
		}
		if got := outcomes(s.runPlan(r, undo)); got != "done" {
			t.Errorf("undo: %s", got)
		}
		if after := s.state(); after != before {
			t.Errorf("the org differs:\n%s", difference(before, after))
		}
		again, err := r.BuildUndo(t.Context(), nil)
		if err != nil || len(again.Steps) != 0 {
			t.Errorf("the undo would be undone: %v\n%s", err, again)
		}
	})
}

// checkNothingLeft plans and runs actions once more, which must send no write.
func (s *setup) checkNothingLeft(r *remediation.Responder, actions ...remediation.Action) {
	s.t.Helper()
	n := len(s.writes())
	plan := s.plan(r, actions...)
	report := s.runPlan(r, plan)
	if got := strings.Trim(strings.ReplaceAll(outcomes(report), "already", ""), " "); got != "" {
		s.t.Errorf("second run: %s\n%s", outcomes(report), plan)
	}
	if more := s.writes()[n:]; len(more) != 0 {
		s.t.Errorf("second run has written: %q", more)
	}
}

// Nobody is said to be contained who is not.
func TestNotContained(t *testing.T) {
	t.Parallel()
	for _, status := range []remediation.Status{"LOCKED_OUT", "PASSWORD_EXPIRED", "RECOVERY", "PROVISIONED", "STAGED"} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				id := s.sim.AddUser(oktatest.User{Status: string(status), Sessions: 2})
				r := s.responder(remediation.Guards{})
				plan := s.plan(r, remediation.Contain(id, remediation.ContainOptions{})...)
				if got := verdicts(plan); got != "impossible run" || len(plan.Steps[0].Instead) == 0 || plan.Steps[0].Instead[0] != remediation.KindDeactivateUser {
					t.Errorf("plan: %s", plan)
				}
				report := s.runPlan(r, plan)
				if report.Contained(id) || report.OK() || !strings.Contains(report.Err().Error(), string(status)) {
					t.Errorf("contained: %v, %v", report.Contained(id), report.Err())
				}
				if s.status(id) != status || s.sim.Sessions(id) != 0 {
					t.Errorf("status %s, %d sessions", s.status(id), s.sim.Sessions(id))
				}
				otherwise := remediation.ContainOptions{OrDeactivate: true}
				if got := verdicts(s.plan(r, remediation.Contain(id, otherwise)...)); got != "refused run" {
					t.Errorf("not allowed by name: %s", got)
				}
				r.Guards.Destructive = []remediation.Kind{remediation.KindDeactivateUser}
				if report := s.run(r, remediation.Contain(id, otherwise)...); !report.Contained(id) {
					t.Errorf("not contained: %v", report.Err())
				}
				if s.status(id) != remediation.StatusDeprovisioned {
					t.Errorf("status %s", s.status(id))
				}
				s.checkNothingLeft(r, remediation.Contain(id, otherwise)...)
			})
		})
	}
}

// Password and factors go after the suspension.
func TestContainWithResets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		id := s.sim.AddUser(oktatest.User{Factors: []string{"push", "sms"}, Sessions: 1})
		options := remediation.ContainOptions{ResetPassword: true, ResetFactors: true}
		r := s.responder(remediation.Guards{})
		if got := verdicts(s.plan(r, remediation.Contain(id, options)...)); got != "run run refused refused" {
			t.Errorf("verdicts: %s", got)
		}
		r.Guards.Destructive = []remediation.Kind{remediation.KindSetPassword, remediation.KindResetFactors}
		report := s.run(r, remediation.Contain(id, options)...)
		if got := outcomes(report); got != "done done done done" || !report.Contained(id) {
			t.Errorf("outcomes: %s, %v", got, report.Err())
		}
		s.checkNothingLeft(r, remediation.Contain(id, options)...)
		for _, rec := range s.records.all(t, s.org) {
			if rec.Action.Facts().Kind == remediation.KindResetFactors && !strings.Contains(string(rec.Snapshot), `"factorType":"push"`) {
				t.Errorf("snapshot: %s", rec.Snapshot)
			}
		}
	})
}

// An attacker who signs in again does not invalidate an approval; a status that
// changed does.
func TestChangedTarget(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		id := s.sim.AddUser(oktatest.User{Factors: []string{"sms"}})
		r := s.responder(remediation.Guards{})
		plan := s.plan(r, remediation.Contain(id, remediation.ContainOptions{})...)
		approval := plan.Approve("alice", time.Hour)
		time.Sleep(time.Minute)
		s.sim.SignIn(id)
		if fresh := s.plan(r, remediation.Contain(id, remediation.ContainOptions{})...); fresh.Digest() != plan.Digest() {
			t.Error("the digest changes by a sign-in")
		}
		s.sim.SetUserStatus(id, "LOCKED_OUT")
		report, err := r.Run(t.Context(), plan, approval)
		if err != nil || outcomes(report) != "changed done" || report.Contained(id) {
			t.Errorf("%v: %s, contained %v", err, outcomes(report), report.Contained(id))
		}
		if s.status(id) != "LOCKED_OUT" {
			t.Errorf("status %s", s.status(id))
		}
		s.sim.SetUserStatus(id, "ACTIVE")
		s.sim.SignIn(id)
		report, err = r.Run(t.Context(), plan, approval)
		if err != nil || outcomes(report) != "done done" || !report.Contained(id) || s.sim.Sessions(id) != 0 {
			t.Errorf("%v: %s, %d sessions", err, outcomes(report), s.sim.Sessions(id))
		}
	})
}
