package remediation_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A mail that may have gone out does not go out again, however often the plan is
// run, until somebody approves it who can know of that.
func TestMailIsHeld(t *testing.T) {
	t.Parallel()
	for name, disturb := range map[string]func(s *setup, g *gate){
		"answer lost": func(_ *setup, g *gate) { g.when, g.do = isWrite, after },
		"killed":      func(s *setup, _ *gate) { s.records.failAt(2) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				mail := remediation.ReactivateUser{UserID: s.sim.AddUser(oktatest.User{Status: "PROVISIONED"}), SendEmail: true}
				r, g := s.gated(remediation.Guards{})
				plan := s.plan(r, mail)
				approval := plan.Approve("alice", time.Hour)
				disturb(s, g)
				_, err := r.Run(t.Context(), plan, approval)
				if killed := name == "killed"; errors.Is(err, errDead) != killed || !killed && err != nil {
					t.Errorf("the first run: %v", err)
				}
				for range 3 {
					report, err := r.Run(t.Context(), plan, approval)
					if err != nil || outcomes(report) != "unknown" || !strings.Contains(report.Err().Error(), "it must not be sent twice: look at the user") {
						t.Errorf("%v, %s: %v", err, outcomes(report), report.Err())
					}
				}
				if len(g.committed) != 1 {
					t.Errorf("sent: %q", g.committed)
				}
				time.Sleep(time.Minute)
				plan = s.plan(r, mail)
				if got := strings.Join(plan.Steps[0].Warnings, " "); !strings.Contains(got, "it may have been sent at 2000-01-01 00:00:0") {
					t.Errorf("warnings: %s", got)
				}
				if report := s.runPlan(r, plan); outcomes(report) != "done" || len(g.committed) != 2 {
					t.Errorf("approved anew: %s, sent: %q", outcomes(report), g.committed)
				}
				if plan := s.plan(r, mail); len(plan.Steps[0].Warnings) != 0 {
					t.Errorf("warned of what is known to be done: %q", plan.Steps[0].Warnings)
				}
			})
		})
	}
}

// A temporary password that may have been given is not replaced by another one,
// though the user's status shows nothing of it any more.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		r, g := s.gated(everything())
		plan := s.plan(r, remediation.ExpirePasswordTemporary{UserID: user})
		approval := plan.Approve("alice", time.Hour)
		s.records.failAt(2)
		if _, err := r.Run(t.Context(), plan, approval); !errors.Is(err, errDead) {
			t.Fatal(err)
		}
		s.sim.SetUserStatus(user, "ACTIVE") // the user has signed in by it
		report, err := r.Run(t.Context(), plan, approval)
		if err != nil || outcomes(report) != "unknown" || len(g.committed) != 1 {
			t.Errorf("%v, %s, sent: %q", err, outcomes(report), g.committed)
		}
		const want = "expire_password_with_temp_password:sending expire_password_with_temp_password:unknown"
		if got := outcomesOf(s.records.all(t, s.org)); got != want {
			t.Errorf("records: %s", got)
		}
	})
}

// The DELETE that deletes a deactivated user deactivates an active one. If they were
// activated meanwhile and its answer is lost, it is not sent again: the second one
// would delete them.
func TestActivatedBeforeDelete(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{Status: "DEPROVISIONED"})
		r, g := s.gated(everything())
		time.Sleep(time.Minute)
		plan := s.plan(r, remediation.DeleteUser{UserID: user})
		g.when = isDelete
		g.do = func(g *gate, q *http.Request) (*http.Response, error) {
			time.Sleep(time.Second)
			s.sim.SetUserStatus(user, "ACTIVE")
			time.Sleep(time.Second)
			return after(g, q)
		}
		report := s.runPlan(r, plan)
		if outcomes(report) != "unknown" || !strings.Contains(report.Err().Error(), "does not tell whether it took effect") {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		if got := s.deletes(); got != 1 || s.status(user) != remediation.StatusDeprovisioned {
			t.Errorf("%d DELETEs, status %s", got, s.status(user))
		}
	})
}

// A DELETE that took effect and whose answer is lost is done by that one, and one
// that never arrived is sent again after a look.
func TestLostDelete(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"reset-after", "reset-before", "503"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				user := s.sim.AddUser(oktatest.User{Status: "DEPROVISIONED"})
				r, g := s.gated(everything())
				time.Sleep(time.Minute)
				plan := s.plan(r, remediation.DeleteUser{UserID: user})
				g.when, g.do = isDelete, faults[fault]
				if report := s.runPlan(r, plan); outcomes(report) != "done" || s.deletes() != 1 || s.status(user) != "gone" {
					t.Errorf("%s: %v, %d DELETEs, status %s", outcomes(report), report.Err(), s.deletes(), s.status(user))
				}
				if got := outcomesOf(s.records.all(t, s.org)); got != "delete_user:sending delete_user:done" {
					t.Errorf("records: %s", got)
				}
			})
		})
	}
}

// deletes counts the DELETEs that have reached the org.
func (s *setup) deletes() int {
	n := 0
	for _, w := range s.writes() {
		if strings.HasPrefix(w, http.MethodDelete) {
			n++
		}
	}
	return n
}

// A run whose context has ended neither sends a request again nor begins one, and
// says that it was ended.
func TestNothingAfterTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r, g := s.gated(remediation.Guards{})
		ended := func(disturb func(cancel func()), want, records string) {
			t.Helper()
			plan := s.plan(r, remediation.Contain(s.sim.AddUser(oktatest.User{}), remediation.ContainOptions{})...)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			disturb(cancel)
			report, err := r.Run(ctx, plan, plan.Approve("alice", time.Hour))
			if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), "remediation: the run was ended early") {
				t.Errorf("error: %v", err)
			}
			if outcomes(report) != want || len(s.writes()) != 0 {
				t.Errorf("%s, want %s; written: %q", outcomes(report), want, s.writes())
			}
			if got := outcomesOf(s.records.all(t, s.org)); got != records {
				t.Errorf("records: %s", got)
			}
		}
		ended(func(cancel func()) {
			g.when, g.do = isWrite, func(g *gate, q *http.Request) (*http.Response, error) {
				cancel()
				return faults["reset-before"](g, q)
			}
		}, "unknown not_run", "suspend_user:sending suspend_user:unknown")
		s.records.lines = nil
		ended(func(cancel func()) {
			s.records.fail = func(int, remediation.Record) error { cancel(); return nil }
		}, "failed not_run", "suspend_user:sending suspend_user:failed")
	})
}
