package remediation_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// standing is a policy that lets users be contained for a day.
func standing() remediation.Policy {
	return remediation.Policy{
		Name: "stolen sessions", By: "alice@example.com", Expires: time.Now().Add(24 * time.Hour),
		Kinds: []remediation.Kind{remediation.KindSuspendUser, remediation.KindClearSessions},
	}
}

// An app that begins without a token suspends a user 0.4 s after its first request, and
// ends the sessions 0.1 s after that, where each answer takes 0.1 s: the token, the
// reads that decide in at most two rounds, and the write.
func TestRespondAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Latency: 100 * time.Millisecond})
		user := s.sim.AddUser(oktatest.User{Sessions: 2})
		actions := remediation.Contain(user, remediation.ContainOptions{})
		want := remediation.Scopes(actions...).Union(remediation.GuardScopes(remediation.Guards{}))
		permissions := append(remediation.Permissions(actions...), remediation.GuardPermissions(remediation.Guards{})...)
		id := s.sim.AddServiceApp(oktatest.ServiceApp{Label: "response", Key: appKey().Public(), Scopes: want, Permissions: permissions})
		c := &clock{next: s.sim.Transport()}
		app := oktaint.PrivateKeyJWT{Org: s.org, ClientID: id, Key: appKey(), Scopes: want}
		r := &remediation.Responder{Client: oktaint.NewClient(app, c), Recorder: s.records}
		report, err := r.Respond(t.Context(), standing(), actions...)
		if err != nil || outcomes(report) != "done done" || !report.Contained(user) || s.sim.Sessions(user) != 0 {
			t.Fatalf("%v, %s: %v", err, outcomes(report), report.Err())
		}
		suspended, ended := c.when(t, "POST /api/v1/users/"+user+"/lifecycle/suspend"), c.when(t, "DELETE ")
		t.Logf("suspended after %v, sessions ended after %v: %q", suspended, ended+100*time.Millisecond, c.sent)
		if suspended > 450*time.Millisecond || ended > 550*time.Millisecond {
			t.Errorf("suspended after %v, sessions ended after %v", suspended, ended+100*time.Millisecond)
		}
		reads := 0
		for _, sent := range c.sent {
			if sent == "GET /api/v1/users/"+user {
				reads++
			}
		}
		if reads != 2 {
			t.Errorf("the user was read %d times, want once before and once after", reads)
		}
		for _, rec := range s.records.all(t, s.org) {
			if rec.By != "policy stolen sessions" || rec.Plan != report.Plan {
				t.Errorf("the record is by %q under %q", rec.By, rec.Plan)
			}
		}
		if report, err := r.Respond(t.Context(), standing(), actions...); err != nil || outcomes(report) != "already already" {
			t.Errorf("again: %v, %s", err, outcomes(report))
		}
	})
}

// What a policy does not allow is not even read.
func TestPolicyLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{Sessions: 1})
		for name, edit := range map[string]func(*remediation.Policy){
			"nameless":     func(p *remediation.Policy) { p.Name = "" },
			"nobody's":     func(p *remediation.Policy) { p.By = "" },
			"expired":      func(p *remediation.Policy) { p.Expires = time.Now() },
			"without end":  func(p *remediation.Policy) { p.Expires = time.Time{} },
			"another kind": func(p *remediation.Policy) { p.Kinds = p.Kinds[:1] },
		} {
			p := standing()
			edit(&p)
			r := &remediation.Responder{Client: s.client, Recorder: s.records}
			report, err := r.Respond(t.Context(), p, remediation.Contain(user, remediation.ContainOptions{})...)
			if !errors.Is(err, remediation.ErrPolicy) || outcomes(report) != "not_run not_run" || len(s.sim.Requests()) != 0 {
				t.Errorf("%s: %v, %s", name, err, outcomes(report))
			}
		}
	})
}

// A policy's guards do not let in whom the process protects, and take what they allow.
func TestPolicyGuards(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		boss := s.sim.AddUser(oktatest.User{Login: "boss@example.com"})
		admin := s.sim.AddUser(oktatest.User{Roles: []string{"ORG_ADMIN"}})
		r := s.responder(remediation.Guards{Protected: []string{"boss@example.com"}})
		p := standing()
		actions := append(remediation.Contain(boss, remediation.ContainOptions{}), remediation.Contain(admin, remediation.ContainOptions{})...)
		report, err := r.Respond(t.Context(), p, actions...)
		if err != nil || outcomes(report) != "refused refused refused refused" || report.Steps[0].Guard != remediation.GuardProtected || report.Steps[2].Guard != remediation.GuardAdmin {
			t.Errorf("%v, %s: %v", err, outcomes(report), report.Err())
		}
		p.Guards.Allow = []string{admin}
		report, err = r.Respond(t.Context(), p, actions...)
		if err != nil || outcomes(report) != "refused refused done done" {
			t.Errorf("%v, %s: %v", err, outcomes(report), report.Err())
		}
	})
}

// No more targets are acted on within an hour than one plan may be about, however many
// calls there are; the ones that were go on being looked after.
func TestCapPerHour(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(remediation.Guards{MaxTargets: 4})
		p := standing()
		p.Guards.MaxTargets = 4
		var users []string
		contained := 0
		for range 6 {
			user := s.sim.AddUser(oktatest.User{Sessions: 1})
			users = append(users, user)
			report, err := r.Respond(t.Context(), p, remediation.Contain(user, remediation.ContainOptions{})...)
			if err != nil {
				t.Fatal(err)
			}
			if report.Contained(user) {
				contained++
			} else if report.Steps[0].Guard != remediation.GuardCap {
				t.Errorf("%v", report.Err())
			}
		}
		if contained != 4 {
			t.Errorf("%d contained, want 4", contained)
		}
		plan := s.plan(r, remediation.Contain(users[5], remediation.ContainOptions{})...)
		if _, err := approve(t, r, plan); !errors.Is(err, remediation.ErrTooManyTargets) {
			t.Errorf("a run passes the cap: %v", err)
		}
		s.run(r, remediation.Release(users[0])...)
		time.Sleep(time.Hour + time.Second)
		if report := s.runPlan(r, plan); !report.Contained(users[5]) {
			t.Errorf("an hour later: %v", report.Err())
		}
	})
}

// Of many targets, those that cannot be read cost nobody else anything, and each is
// acted on once its own reading is there.
func TestRespondMany(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Latency: 50 * time.Millisecond})
		var users []string
		var actions []remediation.Action
		for range 60 {
			user := s.sim.AddUser(oktatest.User{Sessions: 1})
			users = append(users, user)
			actions = append(actions, remediation.Contain(user, remediation.ContainOptions{})...)
		}
		c := &clock{next: &failingUsers{next: s.sim.Transport(), users: users[10:11]}}
		r := &remediation.Responder{Client: s.over(c), Recorder: s.records}
		p := standing()
		p.Guards.MaxTargets = len(users)
		report, err := r.Respond(t.Context(), p, actions...)
		var org *oktaint.Error
		if !errors.As(err, &org) || org.StatusCode != 503 {
			t.Errorf("error: %v", err)
		}
		for i, user := range users {
			if good := i != 10; report.Contained(user) != good || (s.sim.Sessions(user) == 0) != good || report.Steps[2*i].Target.ID != user {
				t.Errorf("user %d: contained %v, %d sessions", i, report.Contained(user), s.sim.Sessions(user))
			}
		}
		if first := c.when(t, "POST "); first > time.Second {
			t.Errorf("the first is suspended after %v", first)
		}
		if times := strings.Count(strings.Join(c.sent, "\n"), "GET /api/v1/api-tokens"); times != 1 {
			t.Errorf("the API tokens were read %d times", times)
		}
	})
}

// What may have been sent already is not sent again by a policy, which looks at nothing.
func TestPolicyHasNoDoubts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		mail := remediation.ReactivateUser{UserID: s.sim.AddUser(oktatest.User{Status: "PROVISIONED"}), SendEmail: true}
		r, g := s.gated(remediation.Guards{})
		p := standing()
		p.Kinds = append(p.Kinds, remediation.KindReactivateUser)
		g.when, g.do = isWrite, after
		for range 2 {
			report, err := r.Respond(t.Context(), p, mail)
			if err != nil || outcomes(report) != "unknown" || len(g.committed) != 1 {
				t.Errorf("%v, %s, sent: %q", err, outcomes(report), g.committed)
			}
			time.Sleep(time.Minute)
		}
	})
}
