package remediation_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// An answer that names no group, as a proxy may give it, is no group without admin
// roles: there is no plan.
func TestEmptyAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user := s.sim.AddUser(oktatest.User{})
		group := s.sim.AddGroup(oktatest.Group{Name: "Admins", Roles: []string{"ORG_ADMIN"}})
		r := s.responder(everything())
		wantStep(t, s.plan(r, remediation.DeleteGroup{GroupID: group}), remediation.Refused, remediation.GuardAdmin, "carries ORG_ADMIN")
		for _, text := range []string{"", "{}", "null", `{"id":"00gaaaaaaaaaaaaaaaaa","type":"OKTA_GROUP"}`} {
			want := map[bool]string{true: "is there a proxy between here and the org?", false: "00gaaaaaaaaaaaaaaaaa"}[!strings.Contains(text, "id")]
			for path, a := range map[string]remediation.Action{
				"/api/v1/groups/" + group: remediation.DeleteGroup{GroupID: group},
				"/api/v1/users/" + user:   remediation.SuspendUser{UserID: user},
			} {
				r.Client = s.over(&rewrite{next: s.sim.Transport(), path: path, edit: func(string) string { return text }})
				plan, err := r.BuildPlan(t.Context(), a)
				if err == nil || plan != nil {
					t.Errorf("%s answers %q: planned\n%s", path, text, plan)
					continue
				}
				wantRefusal(t, err, a.Facts().Target.ID)
				wantRefusal(t, err, want)
			}
		}
		if len(s.writes()) != 0 {
			t.Errorf("written: %q", s.writes())
		}
	})
}

// The owner of an API token is known by the id, whether the token has a name or
// not.
func TestTokenWithoutAName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		owner, other := s.sim.AddUser(oktatest.User{}), s.sim.AddUser(oktatest.User{})
		r := s.responder(remediation.Guards{})
		for _, test := range []struct{ tokens, want string }{
			{`[{"id":"00T1","userId":"` + owner + `"}]`, `"without a name"`},
			{`[{"id":"00T1","userId":"` + owner + `","name":"scim"},{"id":"00T2","userId":"` + owner + `","name":""}]`, "owns the API token"},
			{`[{"id":"00T1","userId":"` + owner + `","name":"scim"}]`, `"scim"`},
		} {
			r.Client = s.over(&rewrite{next: s.sim.Transport(), path: "/api/v1/api-tokens", edit: func(string) string { return test.tokens }})
			wantStep(t, s.plan(r, remediation.SuspendUser{UserID: owner}), remediation.Refused, remediation.GuardTokenOwner, test.want)
			wantStep(t, s.plan(r, remediation.SuspendUser{UserID: other}), remediation.WillRun, "", "")
		}
	})
}

// A group is not deleted whose members a guard keeps: the owner of the credential
// at work, who may have their role from it, and protected users.
func TestMembersOfADeletedGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		me, vip, other := s.ownerOf(s.sim.APIToken()), s.sim.AddUser(oktatest.User{Login: "vip@example.com"}), s.sim.AddUser(oktatest.User{})
		admins := s.sim.AddGroup(oktatest.Group{Name: "Soc", Members: []string{other, me}, Roles: []string{"SUPER_ADMIN"}})
		plain := s.sim.AddGroup(oktatest.Group{Name: "Soc too", Members: []string{me}})
		guards := everything()
		guards.Allow = []string{admins, plain, me}
		for _, group := range []string{admins, plain} {
			wantStep(t, s.plan(s.responder(guards), remediation.DeleteGroup{GroupID: group}), remediation.Refused, remediation.GuardOwnCredential, "the owner of the API token that does the work is in the group")
		}
		vips := s.sim.AddGroup(oktatest.Group{Name: "Board", Members: []string{other, vip}})
		for _, name := range []string{vip, "VIP@example.com"} {
			guards := everything()
			guards.Protected = []string{name}
			wantStep(t, s.plan(s.responder(guards), remediation.DeleteGroup{GroupID: vips}), remediation.Refused, remediation.GuardProtected, "the protected user vip@example.com is in the group")
		}
		wantStep(t, s.plan(s.responder(everything()), remediation.DeleteGroup{GroupID: vips}), remediation.WillRun, "", "")
	})
}

// Where it cannot be found out whose credential is at work, nobody is acted on,
// unless what cannot be checked is allowed.
func TestWhoAmIDenied(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		me, other := s.ownerOf(s.sim.APIToken()), s.sim.AddUser(oktatest.User{})
		for _, id := range []string{me, other} {
			for what, edit := range map[string]func(*setup) *remediation.Responder{
				"denied": func(s *setup) *remediation.Responder {
					r, g := s.gated(remediation.Guards{})
					g.when, g.do = isMe, answer(404, `<html>`)
					return r
				},
				"an empty answer": func(s *setup) *remediation.Responder {
					r := s.responder(remediation.Guards{})
					r.Client = s.over(&rewrite{next: s.sim.Transport(), path: "/api/v1/users/me", edit: func(string) string { return "{}" }})
					return r
				},
			} {
				r := edit(s)
				r.Guards.Allow = []string{me}
				wantStep(t, s.plan(r, remediation.SuspendUser{UserID: id}), remediation.Refused, remediation.GuardOwnCredential, "whose API token does the work cannot be found out")
				r = edit(s)
				r.Guards.Allow, r.Guards.AllowUnchecked = []string{me}, true
				plan := s.plan(r, remediation.SuspendUser{UserID: id})
				wantStep(t, plan, remediation.WillRun, "", "")
				if got := fmt.Sprint(plan.Steps[0].Warnings); !strings.Contains(got, "whether the target owns the API token that does the work was not checked") {
					t.Errorf("%s: warnings %s", what, got)
				}
			}
		}
	})
}

func isMe(r *http.Request) bool { return r.URL.Path == "/api/v1/users/me" }

// Users whom a guard keeps are not made or unmade owners of a group either.
func TestGuardedOwners(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		ceo, other := s.sim.AddUser(oktatest.User{Login: "ceo@example.com"}), s.sim.AddUser(oktatest.User{})
		admin, me := s.sim.AddUser(oktatest.User{Roles: []string{"HELP_DESK_ADMIN"}}), s.ownerOf(s.sim.APIToken())
		owned := s.sim.AddGroup(oktatest.Group{Name: "Staff", Owners: []string{ceo, admin, me, other}})
		free := s.sim.AddGroup(oktatest.Group{Name: "Guests"})
		r := s.responder(remediation.Guards{Protected: []string{"ceo@example.com"}})
		for _, test := range []struct {
			user    string
			verdict remediation.Verdict
			guard   remediation.Guard
		}{
			{ceo, remediation.Refused, remediation.GuardProtected},
			{admin, remediation.Refused, remediation.GuardAdmin},
			{me, remediation.Refused, remediation.GuardOwnCredential},
			{other, remediation.WillRun, ""},
		} {
			wantStep(t, s.plan(r, remediation.RemoveGroupOwner{GroupID: owned, OwnerID: test.user, OwnerType: "USER"}), test.verdict, test.guard, "")
			wantStep(t, s.plan(r, remediation.AddGroupOwner{GroupID: free, OwnerID: test.user, OwnerType: "USER"}), test.verdict, test.guard, "")
		}
	})
}

// A choice of actions goes round what is impossible, and round no guard.
func TestChoiceAndGuards(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		r := s.responder(everything())
		first := func(u oktatest.User) *remediation.Plan {
			return s.plan(r, remediation.Contain(s.sim.AddUser(u), remediation.ContainOptions{OrDeactivate: true})[0])
		}
		for _, test := range []struct {
			user oktatest.User
			want remediation.Kind
		}{
			{oktatest.User{}, remediation.KindSuspendUser},
			{oktatest.User{Status: "LOCKED_OUT"}, remediation.KindDeactivateUser},
		} {
			plan := first(test.user)
			if got := plan.Steps[0].Action.Facts().Kind; got != test.want || verdicts(plan) != "run" {
				t.Errorf("%s, want %s\n%s", got, test.want, plan)
			}
			test.user.Roles = []string{"HELP_DESK_ADMIN"}
			plan = first(test.user)
			wantStep(t, plan, remediation.Refused, remediation.GuardAdmin, "holds HELP_DESK_ADMIN")
			if got := plan.Steps[0].Action.Facts().Kind; got != test.want {
				t.Errorf("refused: %s, want %s", got, test.want)
			}
		}
	})
}

// A plan whose targets are not those of its actions does not run, whoever has
// approved it: nobody is said to be contained who is not.
func TestTargetIsTheActions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		user, attacker := s.sim.AddUser(oktatest.User{}), s.sim.AddUser(oktatest.User{})
		r := s.responder(remediation.Guards{})
		plan := s.plan(r, remediation.Contain(user, remediation.ContainOptions{})...)
		genuine := plan.Approve("alice", time.Hour)
		text := toJSON(t, plan)
		forged := strings.ReplaceAll(text, `"target":{"type":"user","id":"`+user, `"target":{"type":"user","id":"`+attacker)
		if forged == text {
			t.Fatal("nothing was forged")
		}
		q := new(remediation.Plan)
		if err := json.Unmarshal([]byte(forged), q); err != nil {
			t.Fatal(err)
		}
		_, err := r.Run(t.Context(), q, genuine)
		wantRefusal(t, err, "the approval is for another plan")
		report, err := approve(t, r, q)
		wantRefusal(t, err, "step 1 of the plan is about user "+user+" and names user ")
		if report.Contained(attacker) || report.Contained(user) || len(s.writes()) != 0 || len(s.records.lines) != 0 {
			t.Errorf("%s, written: %q", outcomes(report), s.writes())
		}
	})
}
