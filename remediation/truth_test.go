package remediation_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// everything allows all kinds of actions.
func everything() remediation.Guards { return remediation.Guards{Destructive: remediation.Kinds()} }

// approve runs a plan under an approval of an hour, and returns the error too.
func approve(t *testing.T, r *remediation.Responder, p *remediation.Plan) (*remediation.Report, error) {
	t.Helper()
	return r.Run(t.Context(), p, p.Approve("alice", time.Hour))
}

// A password that the org refuses is not set, though the user is in a status that
// setting it would leave as it is.
func TestRefusedPassword(t *testing.T) {
	t.Parallel()
	for _, status := range []remediation.Status{"ACTIVE", "PASSWORD_EXPIRED", "SUSPENDED"} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				user := s.sim.AddUser(oktatest.User{Status: string(status)})
				r, g := s.gated(everything())
				plan := s.plan(r, remediation.SetPassword{UserID: user, Random: true})
				g.when, g.do = isWrite, answer(400, `{"errorCode":"E0000001","errorSummary":"Api validation failed: password"}`)
				report := s.runPlan(r, plan)
				if outcomes(report) != "failed" || !strings.Contains(report.Err().Error(), "Api validation failed: password") || len(g.committed) != 0 {
					t.Errorf("%s: %v, written: %q", outcomes(report), report.Err(), g.committed)
				}
				if got := outcomesOf(s.records.all(t, s.org)); got != "set_password:sending set_password:failed" || s.status(user) != status {
					t.Errorf("records: %s, status %s", got, s.status(user))
				}
			})
		})
	}
}

// A password whose request got lost on its way is sent again until it is set.
func TestLostPassword(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{Status: "PASSWORD_EXPIRED"})
		r, g := s.gated(everything())
		plan := s.plan(r, remediation.SetPassword{UserID: user, Random: true})
		g.when, g.do = isWrite, faults["reset-before"]
		report := s.runPlan(r, plan)
		if outcomes(report) != "done" || len(g.committed) != 1 || s.status(user) != remediation.StatusActive {
			t.Errorf("%s: %v, written: %q, status %s", outcomes(report), report.Err(), g.committed, s.status(user))
		}
	})
}

// What was done to a user once is done again when they are attacked again.
func TestSecondIncident(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		r, g := s.gated(everything())
		reset := remediation.ResetPassword{UserID: user, SendEmail: true, RevokeSessions: true}
		first := s.plan(r, reset)
		if report := s.runPlan(r, first); outcomes(report) != "done" {
			t.Fatalf("%s: %v", outcomes(report), report.Err())
		}
		s.sim.SetUserStatus(user, "ACTIVE") // the user has followed the link
		time.Sleep(24 * time.Hour)
		second := s.plan(r, reset)
		if first.Digest() != second.Digest() {
			t.Error("the plans differ: this test is about two that are the same")
		}
		report := s.runPlan(r, second)
		if verdicts(second) != "run" || outcomes(report) != "done" || len(g.committed) != 2 || s.status(user) != remediation.StatusRecovery {
			t.Errorf("%s, %s: %s, written: %q", verdicts(second), outcomes(report), report.Steps[0].Reason, g.committed)
		}
	})
}

// A given password does not stand for another one, and is set again.
func TestAnotherPassword(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		r, g := s.gated(everything())
		for n, value := range []string{"Correct-Horse-1", "Battery-Staple-2"} {
			report := s.run(r, remediation.SetPassword{UserID: user, Password: oktaint.NewSecret(value)})
			if outcomes(report) != "done" || len(g.committed) != n+1 {
				t.Errorf("password %d: %s, %v, written: %q", n+1, outcomes(report), report.Err(), g.committed)
			}
		}
	})
}

// A user whom the org is still moving to another status is not contained: they may
// go on until they are there, and meanwhile nothing else is possible.
func TestOnTheWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{Sessions: 1})
		r := s.responder(remediation.Guards{})
		r.Client = s.over(&rewrite{next: s.sim.Transport(), path: "/api/v1/users/" + user, edit: func(doc string) string {
			return strings.Replace(doc, "{", `{"transitioningToStatus":"DEPROVISIONED",`, 1)
		}})
		plan := s.plan(r, remediation.Contain(user, remediation.ContainOptions{})...)
		if verdicts(plan) != "impossible run" || plan.Steps[0].Before.Towards != remediation.StatusDeprovisioned ||
			!strings.Contains(plan.Steps[0].Reason, "on the way to DEPROVISIONED: wait until they are there") {
			t.Errorf("%s", plan)
		}
		report := s.runPlan(r, plan)
		if outcomes(report) != "impossible done" || report.Contained(user) || s.status(user) != remediation.StatusActive || s.sim.Sessions(user) != 0 {
			t.Errorf("%s, contained: %v, status %s, %d sessions", outcomes(report), report.Contained(user), s.status(user), s.sim.Sessions(user))
		}
		approved := s.plan(s.responder(remediation.Guards{}), remediation.SuspendUser{UserID: user})
		if report := s.runPlan(r, approved); outcomes(report) != "changed" || s.status(user) != remediation.StatusActive {
			t.Errorf("on the way since the approval: %s, status %s", outcomes(report), s.status(user))
		}
	})
}

// A user whom the org did not delete is not taken for one who is gone, nor is a
// group that does not exist for one that was deleted.
func TestFailedDelete(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{Status: "DEPROVISIONED"})
		r, g := s.gated(everything())
		g.when, g.do = isDelete, answer(403, `{"errorCode":"E0000006"}`)
		if report := s.run(r, remediation.DeleteUser{UserID: user}); outcomes(report) != "failed" || s.status(user) != remediation.StatusDeprovisioned {
			t.Errorf("%s, status %s", outcomes(report), s.status(user))
		}
		other := s.sim.AddUser(oktatest.User{Status: "DEPROVISIONED"})
		g.when = isDelete
		if report := s.run(r, remediation.DeleteUser{UserID: other}); outcomes(report) != "failed" {
			t.Errorf("%s", outcomes(report))
		}
		if got := s.send(s.client, remediation.DeleteUser{UserID: other}); got != "204" { // somebody else has done it
			t.Error(got)
		}
		wantStep(t, s.plan(r, remediation.DeleteUser{UserID: other}), remediation.Impossible, "", "the org knows no user "+other)
		wantStep(t, s.plan(r, remediation.AddGroupMember{UserID: user, GroupID: "00gaaaaaaaaaaaaaaaaa"}), remediation.Impossible, "", "no group 00gaaaaaaaaaaaaaaaaa")
		if report := s.run(r, remediation.DeleteUser{UserID: user}); outcomes(report) != "done" || s.status(user) != "gone" {
			t.Errorf("%s, status %s", outcomes(report), s.status(user))
		}
		wantStep(t, s.plan(r, remediation.DeleteUser{UserID: user}), remediation.Already, "", "it was deleted, as the records say")
		wantStep(t, s.plan(r, remediation.DeleteUser{UserID: "00uaaaaaaaaaaaaaaaaa"}), remediation.Impossible, "", "the org knows no user 00uaaaaaaaaaaaaaaaaa")
	})
}

// An app that the org does not know, or that the user does not use, is a mistake
// and not an app that holds nothing.
func TestUnknownApp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{Clients: []string{"0oaclient"}})
		r := s.responder(everything())
		wantStep(t, s.plan(r, remediation.RevokeClientTokens{UserID: user, ClientID: "0oaclent"}), remediation.Impossible, "", "no app 0oaclent in use by them")
		wantStep(t, s.plan(r, remediation.RevokeClientGrants{UserID: user, ClientID: "0oaclent"}), remediation.Impossible, "", "no app 0oaclent in use by them")
		tokens := remediation.RevokeClientTokens{UserID: user, ClientID: "0oaclient"}
		wantStep(t, s.plan(r, tokens), remediation.WillRun, "", "")
		if report := s.run(r, tokens); outcomes(report) != "done" {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		wantStep(t, s.plan(r, tokens), remediation.Already, "", "no refresh token")
	})
}

// A group of an app is not taken for the one that is to be made: nobody could be
// put into it.
func TestGroupOfAnApp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(remediation.Guards{})
		s.sim.AddGroup(oktatest.Group{Name: "Quarantine", Type: "APP_GROUP"})
		wantStep(t, s.plan(r, remediation.CreateGroup{Name: "Quarantine"}), remediation.Impossible, "", "of the type APP_GROUP, whose members cannot be changed: choose another name")
		wantStep(t, s.plan(r, remediation.CreateGroup{Name: "Quarantine 2"}), remediation.WillRun, "", "")
		id := s.sim.AddGroup(oktatest.Group{Name: "Suspects"})
		wantStep(t, s.plan(r, remediation.CreateGroup{Name: "Suspects"}), remediation.Already, "", id)
	})
}

// A group that somebody joins after its deletion was approved is not deleted.
func TestJoinedMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		group := s.sim.AddGroup(oktatest.Group{Name: "Staff", Members: []string{s.sim.AddUser(oktatest.User{})}})
		r := s.responder(everything())
		plan := s.plan(r, remediation.DeleteGroup{GroupID: group})
		if n := plan.Steps[0].Before.Members; n == nil || *n != 1 || !strings.Contains(plan.String(), "1 members") {
			t.Errorf("members: %v\n%s", n, plan)
		}
		join := remediation.AddGroupMember{GroupID: group, UserID: user}
		if got := s.send(s.client, join); got != "204" {
			t.Error(got)
		}
		report := s.runPlan(r, plan)
		if outcomes(report) != "changed" || !strings.Contains(report.Err().Error(), "2 members now: plan and approve it again") || s.groups()["Staff"] == "" {
			t.Errorf("%s: %v", outcomes(report), report.Err())
		}
		if report := s.run(r, remediation.DeleteGroup{GroupID: group}); outcomes(report) != "done" || s.groups()["Staff"] != "" {
			t.Errorf("planned again: %s: %v", outcomes(report), report.Err())
		}
	})
}

// A group rule that was edited after its activation was approved stays inactive.
func TestRuleEditedMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		group := s.sim.AddGroup(oktatest.Group{Name: "Staff"})
		rule := s.sim.AddRule(oktatest.Rule{Name: "staff", Expression: `user.department=="nobody"`, Groups: []string{group}, Inactive: true})
		r := s.responder(remediation.Guards{})
		plan := s.plan(r, remediation.ActivateGroupRule{RuleID: rule})
		if value := string(plan.Steps[0].Before.Value); !strings.Contains(value, "nobody") || !strings.Contains(value, group) {
			t.Errorf("the plan does not tell what the rule does: %s", value)
		}
		s.editRule(rule, `user.department==\"nobody\"`, `user.department!=\"nobody\"`)
		report := s.runPlan(r, plan)
		if outcomes(report) != "changed" || !strings.Contains(report.Err().Error(), "plan and approve it again") || s.groupsOf(user) != "Everyone" {
			t.Errorf("%s: %v, groups %s", outcomes(report), report.Err(), s.groupsOf(user))
		}
		if report := s.run(r, remediation.ActivateGroupRule{RuleID: rule}); outcomes(report) != "done" || s.groupsOf(user) != "Everyone Staff" {
			t.Errorf("planned again: %v, groups %s", report.Err(), s.groupsOf(user))
		}
	})
}
