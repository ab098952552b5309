package remediation_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// statusChanged is when a user's status changed, as the mark of a record has it.
func (s *setup) statusChanged(user string) string {
	s.t.Helper()
	var doc struct{ StatusChanged time.Time }
	if err := s.client.Get(s.t.Context(), &doc, nil, "api", "v1", "users", user); err != nil || doc.StatusChanged.IsZero() {
		s.t.Fatalf("statusChanged %v: %v", doc.StatusChanged, err)
	}
	return doc.StatusChanged.UTC().Format(time.RFC3339Nano)
}

// forge appends a record by hand: that an action was done, and stands while the org
// shows the mark.
func (s *setup) forge(a remediation.Action, mark string) {
	s.t.Helper()
	err := s.records.Append(s.t.Context(), remediation.Record{
		Version: 1, ID: "forged", Org: s.org, Plan: "forged", Time: time.Now(), Action: a, Target: a.Facts().Target, Outcome: remediation.OutcomeDone, Mark: mark,
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

// endSessions is what Contain does after the suspension.
func endSessions(user string) remediation.Action {
	return remediation.ClearSessions{UserID: user, OAuthTokens: true, ForgetDevices: true}
}

// Who can write records, but does not have the credential, makes no run leave
// anything out: not by the mark that the org shows right then, and not with the MAC
// of another record.
func TestForgedMark(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(remediation.Guards{})
		contain := func(user string) {
			t.Helper()
			report := s.run(r, remediation.Contain(user, remediation.ContainOptions{})...)
			if outcomes(report) != "already done" || s.sim.Sessions(user) != 0 || !report.Contained(user) {
				t.Errorf("%s, %d sessions, contained: %v", outcomes(report), s.sim.Sessions(user), report.Contained(user))
			}
		}
		user := s.sim.AddUser(oktatest.User{Status: "SUSPENDED", Sessions: 2})
		s.forge(endSessions(user), s.statusChanged(user))
		contain(user)
		s.checkNothingLeft(r, remediation.Contain(user, remediation.ContainOptions{})...)

		time.Sleep(time.Minute)
		s.sim.SetUserStatus(user, "ACTIVE")
		s.sim.SignIn(user)
		s.sim.SetUserStatus(user, "SUSPENDED") // with a session
		genuine := s.records.all(t, s.org)
		last := genuine[len(genuine)-1]
		if last.Mark == "" || len(last.MAC) == 0 {
			t.Fatalf("the last record has no mark or no MAC: %+v", last)
		}
		last.Mark = s.statusChanged(user)
		if err := s.records.Append(t.Context(), last); err != nil {
			t.Fatal(err)
		}
		contain(user)
	})
}

// A credential whose key is not in memory gives no MAC. Then records keep nothing
// from being done that does no harm, and what must not be sent twice is left to a
// person.
func TestWithoutMAC(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(everything())
		r.Client = &oktaint.Client{Org: s.org, HTTP: &http.Client{Transport: bearer{s.sim.APIToken(), s.sim.Transport()}}}
		user := s.sim.AddUser(oktatest.User{Sessions: 2})
		if report := s.run(r, remediation.Contain(user, remediation.ContainOptions{})...); !report.Contained(user) {
			t.Fatal(report.Err())
		}
		if report := s.run(r, remediation.Contain(user, remediation.ContainOptions{})...); outcomes(report) != "already done" {
			t.Errorf("again: %s", outcomes(report))
		}
		mailed := s.sim.AddUser(oktatest.User{Status: "PROVISIONED"})
		plan := s.plan(r, remediation.ReactivateUser{UserID: mailed, SendEmail: true})
		approval := plan.Approve("alice", time.Hour)
		for n, want := range []string{"done", "unknown"} {
			if report, err := r.Run(t.Context(), plan, approval); err != nil || outcomes(report) != want {
				t.Errorf("run %d: %s, %v", n+1, outcomes(report), err)
			}
		}
	})
}

// bearer is a transport of somebody else's, which authorises by itself.
type bearer struct {
	token string
	next  http.RoundTripper
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "SSWS "+b.token)
	return b.next.RoundTrip(r)
}

// A forged mark is of no use for a user who is active: neither are his sessions
// left, nor those of a run that suspends him first.
func TestForgedMarkOfAnActiveUser(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(remediation.Guards{})
		alone, first := s.sim.AddUser(oktatest.User{Sessions: 2}), s.sim.AddUser(oktatest.User{Sessions: 2})
		for _, user := range []string{alone, first} {
			s.forge(endSessions(user), s.statusChanged(user))
		}
		if report := s.run(r, endSessions(alone)); outcomes(report) != "done" || s.sim.Sessions(alone) != 0 {
			t.Errorf("%s, %d sessions", outcomes(report), s.sim.Sessions(alone))
		}
		time.Sleep(time.Minute)
		plan := s.plan(r, remediation.Contain(first, remediation.ContainOptions{})...)
		report := s.runPlan(r, plan)
		if verdicts(plan) != "run run" || outcomes(report) != "done done" || !report.Contained(first) || s.sim.Sessions(first) != 0 {
			t.Errorf("%s: %s, contained: %v, %d sessions", verdicts(plan), outcomes(report), report.Contained(first), s.sim.Sessions(first))
		}
	})
}

// No forged record makes a run leave out an action of any kind, or holds it up.
func TestForgedRecordOfEachKind(t *testing.T) {
	t.Parallel()
	for _, kind := range remediation.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				v := s.victim(kind, fromOf(kind), allRight)
				a := tableActions[kind](v)
				s.forge(a, "2000-01-01T00:00:00Z")
				plan := s.plan(s.responder(everything()), a)
				if report := s.runPlan(s.responder(everything()), plan); verdicts(plan) != "run" || outcomes(report) != "done" {
					t.Errorf("%s: %s\n%s", outcomes(report), plan, report.Err())
				}
			})
		})
	}
}
