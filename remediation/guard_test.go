package remediation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
	"github.com/rezonate-io/okta-integration/scopes"
)

// wantStep checks the one step of a plan.
func wantStep(t *testing.T, p *remediation.Plan, verdict remediation.Verdict, guard remediation.Guard, reason string) {
	t.Helper()
	s := p.Steps[len(p.Steps)-1]
	if s.Verdict != verdict || s.Guard != guard || !strings.Contains(s.Reason, reason) {
		t.Errorf("%s: %s by %q: %s; want %s by %q: %s", s.Target, s.Verdict, s.Guard, s.Reason, verdict, guard, reason)
	}
}

func TestGuards(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		ordinary := s.sim.AddUser(oktatest.User{Login: "o@example.com"})
		admin := s.sim.AddUser(oktatest.User{Login: "admin@example.com", Roles: []string{"HELP_DESK_ADMIN"}})
		admins := s.sim.AddGroup(oktatest.Group{Name: "Admins", Roles: []string{"ORG_ADMIN"}})
		byGroup := s.sim.AddUser(oktatest.User{Groups: []string{admins}})
		vips := s.sim.AddGroup(oktatest.Group{Name: "VIPs"})
		vip := s.sim.AddUser(oktatest.User{Groups: []string{vips}})
		rule := s.sim.AddRule(oktatest.Rule{Name: "promote", Expression: `user.department=="x"`, Groups: []string{admins}, Inactive: true})
		owner := s.ownerOf(s.sim.APIToken())

		suspend := func(g remediation.Guards, id string) *remediation.Plan {
			return s.plan(s.responder(g), remediation.SuspendUser{UserID: id})
		}
		none := remediation.Guards{}
		wantStep(t, suspend(none, ordinary), remediation.WillRun, "", "")
		wantStep(t, suspend(none, owner), remediation.Refused, remediation.GuardOwnCredential, "owns the API token that does the work")
		wantStep(t, suspend(remediation.Guards{Allow: []string{owner}}, owner), remediation.Refused, remediation.GuardOwnCredential, "")
		wantStep(t, suspend(none, admin), remediation.Refused, remediation.GuardAdmin, "holds HELP_DESK_ADMIN")
		wantStep(t, suspend(none, byGroup), remediation.Refused, remediation.GuardAdmin, "holds ORG_ADMIN")
		wantStep(t, suspend(remediation.Guards{Allow: []string{"ADMIN@example.com"}}, admin), remediation.WillRun, "", "")
		wantStep(t, suspend(remediation.Guards{Protected: []string{"o@example.com"}}, ordinary), remediation.Refused, remediation.GuardProtected, "the user is protected")
		wantStep(t, suspend(remediation.Guards{Protected: []string{vips}, Allow: []string{vip}}, vip), remediation.Refused, remediation.GuardProtected, "VIPs")
		wantStep(t, suspend(remediation.Guards{Protected: []string{vips}}, ordinary), remediation.WillRun, "", "")

		token := s.ownerOf(s.sim.NewAPIToken())
		wantStep(t, suspend(none, token), remediation.Refused, remediation.GuardTokenOwner, `"API token of `)
		wantStep(t, suspend(remediation.Guards{Allow: []string{token}}, token), remediation.WillRun, "", "")

		for _, a := range []remediation.Action{
			remediation.AddGroupMember{GroupID: admins, UserID: ordinary},
			remediation.AddGroupOwner{GroupID: admins, OwnerID: ordinary, OwnerType: "USER"},
			remediation.ActivateGroupRule{RuleID: rule},
		} {
			wantStep(t, s.plan(s.responder(none), a), remediation.Refused, remediation.GuardAdmin, "carries ORG_ADMIN")
			wantStep(t, s.plan(s.responder(remediation.Guards{Allow: []string{admins}}), a), remediation.WillRun, "", "")
		}
		wantStep(t, s.plan(s.responder(none), remediation.DeactivateUser{UserID: ordinary}), remediation.Refused, remediation.GuardDestructive, "deactivate_user")
		wantStep(t, s.plan(s.responder(remediation.Guards{Protected: []string{vips}}), remediation.RemoveGroupMember{GroupID: vips, UserID: ordinary}), remediation.Already, "", "")
		if len(s.writes()) != 0 {
			t.Errorf("written: %q", s.writes())
		}
	})
}

// ownerOf returns the id of the owner of an API token.
func (s *setup) ownerOf(token string) string {
	s.t.Helper()
	var me struct{ ID string }
	if err := s.tokenClient(token).Get(s.t.Context(), &me, nil, "api", "v1", "users", "me"); err != nil {
		s.t.Fatal(err)
	}
	return me.ID
}

// The guards of the running process apply, whatever those of the planning one
// were.
func TestGuardsOfTheRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		admin := s.sim.AddUser(oktatest.User{Roles: []string{"HELP_DESK_ADMIN"}})
		lax := s.responder(remediation.Guards{Allow: []string{admin}, Destructive: remediation.Kinds()})
		plan := s.plan(lax, remediation.DeactivateUser{UserID: admin})
		wantStep(t, plan, remediation.WillRun, "", "")
		report := s.runPlan(s.responder(remediation.Guards{}), plan)
		if outcomes(report) != "refused" || len(s.writes()) != 0 || len(s.records.lines) != 0 {
			t.Errorf("%s, written: %q", outcomes(report), s.writes())
		}
		// A role that came after the approval counts.
		user := s.sim.AddUser(oktatest.User{})
		plan = s.plan(lax, remediation.SuspendUser{UserID: user})
		s.promote(user)
		if report := s.runPlan(lax, plan); outcomes(report) != "refused" || report.Steps[0].Guard != remediation.GuardAdmin {
			t.Errorf("%s", outcomes(report))
		}
	})
}

// promote makes a user an admin.
func (s *setup) promote(user string) {
	s.t.Helper()
	req, err := s.org.NewRequest(s.t.Context(), "POST", nil, map[string]string{"type": "HELP_DESK_ADMIN"}, "api", "v1", "users", user, "roles")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.client.Do(req, nil); err != nil {
		s.t.Fatal(err)
	}
	s.sim.ResetRequests()
}

func TestTooManyTargets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		var actions []remediation.Action
		for range 26 {
			actions = append(actions, remediation.Contain(s.sim.AddUser(oktatest.User{}), remediation.ContainOptions{})...)
		}
		r := s.responder(remediation.Guards{})
		_, err := r.BuildPlan(t.Context(), actions...)
		if !errors.Is(err, remediation.ErrTooManyTargets) || !strings.Contains(err.Error(), "26 targets") {
			t.Errorf("error: %v", err)
		}
		if n := len(s.sim.Requests()); n != 0 {
			t.Errorf("%d requests", n)
		}
		if _, err := r.BuildPlan(t.Context(), actions[:50]...); err != nil {
			t.Error(err)
		}
		lax := s.responder(remediation.Guards{MaxTargets: 26})
		plan := s.plan(lax, actions...)
		s.sim.ResetRequests()
		if _, err := r.Run(t.Context(), plan, plan.Approve("alice", time.Hour)); !errors.Is(err, remediation.ErrTooManyTargets) || len(s.sim.Requests()) != 0 {
			t.Errorf("run: %v, %d requests", err, len(s.sim.Requests()))
		}
		// Of more users than a few, who is an admin comes from one list.
		s.promote(actions[0].Facts().Target.ID)
		plan = s.plan(lax, actions...)
		if plan.Steps[0].Guard != remediation.GuardAdmin || plan.Steps[2].Verdict != remediation.WillRun {
			t.Errorf("%s", plan)
		}
		asked := 0
		for _, req := range s.sim.Requests() {
			if strings.HasSuffix(req.Path, "/roles") {
				asked++
			}
		}
		if asked > 1 { // the credential's own
			t.Errorf("roles were asked for %d times", asked)
		}
	})
}

// A guard that cannot look refuses and names what it lacks.
func TestUnchecked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, noLimits(t))
		id := s.sim.AddUser(oktatest.User{})
		act := remediation.SuspendUser{UserID: id}
		for _, test := range []struct {
			scopes      scopes.Set
			permissions []string
			guard       remediation.Guard
			reason      string
		}{
			{scopes.New(scopes.UsersManage, scopes.APITokensRead), remediation.GuardPermissions(remediation.Guards{}), remediation.GuardAdmin, "okta.roles.read"},
			{scopes.New(scopes.UsersManage, scopes.RolesRead), remediation.GuardPermissions(remediation.Guards{}), remediation.GuardTokenOwner, "okta.apiTokens.read"},
			{scopes.New(scopes.UsersManage, scopes.RolesRead, scopes.APITokensRead), []string{"okta.users.apitokens.read"}, remediation.GuardAdmin, "okta.iam.read"},
			{scopes.New(scopes.UsersManage, scopes.RolesRead, scopes.APITokensRead), []string{"okta.iam.read"}, remediation.GuardTokenOwner, "READ_ONLY_ADMIN"},
		} {
			r := s.responder(remediation.Guards{})
			r.Client = s.appClient(test.scopes, nil, append(test.permissions, remediation.Permissions(act)...))
			wantStep(t, s.plan(r, act), remediation.Refused, test.guard, test.reason)
			r.Guards.AllowUnchecked = true
			plan := s.plan(r, act)
			wantStep(t, plan, remediation.WillRun, "", "")
			if got := fmt.Sprint(plan.Steps[0].Warnings); !strings.Contains(got, "was not checked") {
				t.Errorf("warnings: %s", got)
			}
		}
		if len(s.writes()) != 0 {
			t.Errorf("written: %q", s.writes())
		}
	})
}
