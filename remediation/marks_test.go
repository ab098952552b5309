package remediation_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// statusChanged is when a user's status changed, as the mark of a record has it.
func (s *setup) statusChanged(user string) string {
	s.t.Helper()
	var doc struct{ StatusChanged time.Time }
	if err := s.client.Get(s.t.Context(), &doc, nil, "api", "v1", "users", user); err != nil {
		s.t.Fatal(err)
	}
	return doc.StatusChanged.UTC().Format(time.RFC3339Nano)
}

// forge appends a record by hand, without the credential: what came of the first
// step of a plan, and that it stands while the org shows the mark.
func (s *setup) forge(a remediation.Action, plan string, o remediation.Outcome, mark string, mac []byte) {
	s.t.Helper()
	err := s.records.Append(s.t.Context(), remediation.Record{
		Version: 1, ID: "forged", Org: s.org, Plan: plan, Time: time.Now().Add(time.Hour), Action: a, Target: a.Facts().Target,
		Outcome: o, Mark: mark, MAC: mac,
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// endSessions is what Contain does after the suspension.
func endSessions(user string) remediation.Action {
	return remediation.ClearSessions{UserID: user, OAuthTokens: true, ForgetDevices: true}
}

// contain contains a user and checks what came of the steps and the sessions.
func (s *setup) contain(r *remediation.Responder, user, want string) {
	s.t.Helper()
	report := s.run(r, remediation.Contain(user, remediation.ContainOptions{})...)
	if outcomes(report) != want || s.sim.Sessions(user) != 0 || !report.Contained(user) {
		s.t.Errorf("%s, want %s; %d sessions, contained: %v", outcomes(report), want, s.sim.Sessions(user), report.Contained(user))
	}
}

// A record that was written without the credential, by whatever mark, leaves no
// session: neither of a user who is suspended nor of one who is about to be.
func TestForgedMark(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(remediation.Guards{})
		genuine := s.sim.AddUser(oktatest.User{Sessions: 1})
		s.contain(r, genuine, "done done")
		all := s.records.all(t, s.org)
		mac := all[len(all)-1].MAC
		if len(mac) == 0 || all[len(all)-1].Mark != s.statusChanged(genuine) {
			t.Fatalf("the record has no MAC or mark: %+v", all[len(all)-1])
		}
		for _, forged := range [][]byte{nil, {}, mac, make([]byte, len(mac))} {
			suspended := s.sim.AddUser(oktatest.User{Status: "SUSPENDED", Sessions: 2})
			active := s.sim.AddUser(oktatest.User{Sessions: 2})
			for _, user := range []string{suspended, active} {
				s.forge(endSessions(user), "", remediation.OutcomeDone, s.statusChanged(user), forged)
			}
			s.contain(r, suspended, "already done")
			time.Sleep(time.Minute)
			s.contain(r, active, "done done")
		}
	})
}

// A genuine record spares a user's sessions from being ended again: while they are
// suspended as they were, and to the credential that has written it.
func TestGenuineMark(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r, g := s.gated(remediation.Guards{})
		user := s.sim.AddUser(oktatest.User{Sessions: 1})
		s.contain(r, user, "done done")
		s.contain(r, user, "already already")

		other := *r
		other.Client = s.tokenClient(s.sim.NewAPIToken("SUPER_ADMIN"))
		s.contain(&other, user, "already done")

		genuine := slices.Clone(s.records.lines)
		time.Sleep(time.Minute)
		s.sim.SetUserStatus(user, "ACTIVE")
		s.sim.SignIn(user)
		s.sim.SetUserStatus(user, "SUSPENDED")
		s.records.lines = append(s.records.lines, genuine...) // somebody repeats them
		s.contain(r, user, "already done")

		s.records.lines = nil // or takes them away
		s.contain(r, user, "already done")
		if len(g.committed) != 4 {
			t.Errorf("written: %q", g.committed)
		}
	})
}

// A genuine record in which somebody has changed anything is none: the user, the
// mark, or what came of the step.
func TestChangedRecord(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(remediation.Guards{})
		one, two := s.sim.AddUser(oktatest.User{Sessions: 1}), s.sim.AddUser(oktatest.User{Status: "SUSPENDED", Sessions: 1})
		s.contain(r, one, "done done")
		if s.statusChanged(one) != s.statusChanged(two) {
			t.Fatal("the users have no mark in common")
		}
		genuine := slices.Clone(s.records.lines)
		s.tamper(`"user_id":"`+one, `"user_id":"`+two)
		s.contain(r, two, "already done")

		s.records.lines = genuine
		old := s.statusChanged(one)
		time.Sleep(time.Minute)
		s.sim.SetUserStatus(one, "ACTIVE")
		s.sim.SignIn(one)
		s.sim.SetUserStatus(one, "SUSPENDED")
		s.tamper(`"mark":"`+old, `"mark":"`+s.statusChanged(one))
		s.contain(r, one, "already done")
	})
}

// What may have been sent is not known to be done because somebody has written so
// into its record: it goes on being held.
func TestChangedOutcome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r, g := s.gated(remediation.Guards{})
		plan := s.plan(r, remediation.ReactivateUser{UserID: s.sim.AddUser(oktatest.User{Status: "PROVISIONED"}), SendEmail: true})
		approval := plan.Approve("alice", time.Hour)
		g.when, g.do = isWrite, after
		for range 2 {
			report, err := r.Run(t.Context(), plan, approval)
			if err != nil || outcomes(report) != "unknown" {
				t.Errorf("%v, %s", err, outcomes(report))
			}
			s.tamper(`"outcome":"unknown"`, `"outcome":"done"`)
		}
		if len(g.committed) != 1 {
			t.Errorf("sent: %q", g.committed)
		}
	})
}

// tamper changes the text of the records.
func (s *setup) tamper(from, to string) {
	s.t.Helper()
	if !bytes.Contains(bytes.Join(s.records.lines, nil), []byte(from)) {
		s.t.Fatalf("no %s in the records", from)
	}
	s.records.lines = slices.Clone(s.records.lines)
	for i, line := range s.records.lines {
		s.records.lines[i] = bytes.ReplaceAll(line, []byte(from), []byte(to))
	}
}

// No record that was written without the credential makes a run leave out a step, or
// hold it, whatever the kind of the action: not by a mark, not as a step of the very
// plan, and not as something that may have been sent.
func TestForgedRecord(t *testing.T) {
	t.Parallel()
	for _, kind := range remediation.Kinds() {
		for _, outcome := range []remediation.Outcome{remediation.OutcomeDone, remediation.OutcomeUnknown, remediation.OutcomeSending} {
			t.Run(string(kind)+" "+string(outcome), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newSetup(t, oktatest.Config{})
					v := s.victim(kind, fromOf(kind), allRight)
					a, r := tableActions[kind](v), s.responder(everything())
					before := s.plan(r, a)
					s.forge(a, before.Digest(), outcome, s.statusChanged(v.user), nil)
					plan := s.plan(r, a)
					if len(plan.Warnings) > 0 && remediation.Sample(kind).Facts().Repeatable || plan.Digest() != before.Digest() || verdicts(plan) != "run" {
						t.Errorf("with the record the plan is\n%s, and was\n%s", plan, before)
					}
					if report := s.runPlan(r, plan); outcomes(report) != "done" {
						t.Errorf("%s: %v", outcomes(report), report.Err())
					}
					want := fmt.Sprintf("%s:%s %s:sending %s:done", kind, outcome, kind, kind)
					if got := outcomesOf(s.records.all(t, s.org)); got != want {
						t.Errorf("records: %s, want %s", got, want)
					}
				})
			})
		}
	}
}

// A run that is broken off while the sessions end keeps the mark of it, and the next
// run does not end them again.
func TestMarkOutlivesTheRun(t *testing.T) {
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
		if got, want := all[len(all)-1].Mark, s.statusChanged(user); got != want {
			t.Errorf("mark %q, want %q", got, want)
		}
		s.contain(r, user, "already already")
		if n := s.deletes(); n != 1 {
			t.Errorf("the sessions were ended %d times, want once", n)
		}
	})
}
