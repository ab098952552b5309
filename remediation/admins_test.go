package remediation_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// An admin through a group is found however many targets there are, by whatever name
// Okta has for the flag of such groups, and without one.
func TestAdminsAmongMany(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"hasAdminPrivilege", "hasAdminPrivlege", "hasAdminPrivileges", oktatest.NoAdminFlag} {
		t.Run(flag, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{AdminFlag: flag})
				group := s.sim.AddGroup(oktatest.Group{Name: "Admins", Roles: []string{"ORG_ADMIN"}})
				actions := []remediation.Action{
					remediation.SuspendUser{UserID: s.sim.AddUser(oktatest.User{Groups: []string{group}})},
					remediation.SuspendUser{UserID: s.sim.AddUser(oktatest.User{Roles: []string{"HELP_DESK_ADMIN"}})},
				}
				for range 28 {
					actions = append(actions, remediation.SuspendUser{UserID: s.sim.AddUser(oktatest.User{})})
				}
				r := s.responder(remediation.Guards{MaxTargets: 50})
				// Okta is not known to list who holds a role through a group only.
				r.Client = s.over(&rewrite{next: s.sim.Transport(), path: "/api/v1/iam/assignees/users", edit: func(doc string) string {
					id := actions[1].Facts().Target.ID
					return fmt.Sprintf(`{"value":[{"id":%q,"orn":"orn"}],"_links":{}}`, id)
				}})
				plan := s.plan(r, actions...)
				for i, step := range plan.Steps {
					if refused := i < 2; (step.Verdict == remediation.Refused) != refused || refused && step.Guard != remediation.GuardAdmin {
						t.Errorf("step %d: %s by %q: %s", i, step.Verdict, step.Guard, step.Reason)
					}
				}
			})
		})
	}
}

// Who is made or unmade an owner is what the org says, not what the action calls them.
func TestOwnersByTheirRealType(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		vip := s.sim.AddUser(oktatest.User{Login: "vip@example.com"})
		admin := s.sim.AddUser(oktatest.User{Roles: []string{"ORG_ADMIN"}})
		admins := s.sim.AddGroup(oktatest.Group{Name: "Admins", Roles: []string{"ORG_ADMIN"}})
		board := s.sim.AddGroup(oktatest.Group{Name: "Board", Members: []string{vip}})
		ordinary := s.sim.AddUser(oktatest.User{})
		group := s.sim.AddGroup(oktatest.Group{Name: "Staff", Owners: []string{vip, admin, admins, board, ordinary}})
		r := s.responder(remediation.Guards{Protected: []string{"vip@example.com"}})
		for _, kind := range []string{"USER", "GROUP"} {
			for owner, guard := range map[string]remediation.Guard{
				vip: remediation.GuardProtected, admin: remediation.GuardAdmin, admins: remediation.GuardAdmin, board: remediation.GuardProtected, ordinary: "",
			} {
				plan := s.plan(r, remediation.RemoveGroupOwner{GroupID: group, OwnerID: owner, OwnerType: kind})
				if got := plan.Steps[0]; got.Guard != guard {
					t.Errorf("%s %s: %s by %q: %s", kind, owner, got.Verdict, got.Guard, got.Reason)
				}
			}
		}
	})
}

// A login that looks like a name is not it if a letter of it is another one.
func TestNamesFold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		admin := s.sim.AddUser(oktatest.User{Login: "kirk@example.com", Roles: []string{"ORG_ADMIN"}})
		for name, allowed := range map[string]bool{"KIRK@example.com": true, "\u212airk@example.com": false, "kirk@example.com ": true, "kir\u212a@example.com": false} {
			plan := s.plan(s.responder(remediation.Guards{Allow: []string{name}}), remediation.SuspendUser{UserID: admin})
			if got := plan.Steps[0].Verdict == remediation.WillRun; got != allowed {
				t.Errorf("%q allows kirk: %v", name, got)
			}
		}
	})
}
