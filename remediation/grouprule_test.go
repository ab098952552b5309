package remediation_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A group rule is INVALID once a group that it is about was deleted: it can be read or
// deleted, and no more. The plan says so, and nothing is sent. Other rules of the org
// go on.
func TestInvalidRule(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, inactive := range map[string]bool{"active before": false, "inactive before": true} {
			for groups := 1; groups <= 3; groups++ { // of which the last is deleted
				s := newSetup(t, oktatest.Config{})
				r := s.responder(remediation.Guards{Destructive: remediation.Kinds()})
				var ids []string
				for n := range groups {
					ids = append(ids, s.sim.AddGroup(oktatest.Group{Name: fmt.Sprint("G ", n)}))
				}
				kept := s.sim.AddGroup(oktatest.Group{Name: "Kept"})
				rule := s.sim.AddRule(oktatest.Rule{Name: "r", Expression: `user.department=="X"`, Groups: ids, Inactive: inactive})
				other := s.sim.AddRule(oktatest.Rule{Name: "other", Expression: `user.department=="X"`, Groups: []string{kept}})
				if report := s.run(r, remediation.DeleteGroup{GroupID: ids[groups-1]}); outcomes(report) != "done" {
					t.Fatalf("%s, %d groups: %v", name, groups, report.Err())
				}
				s.sim.ResetRequests()
				plan := s.plan(r, remediation.DeactivateGroupRule{RuleID: rule}, remediation.ActivateGroupRule{RuleID: rule})
				for _, step := range plan.Steps {
					if step.Verdict != remediation.Impossible || step.Reason != "the rule is INVALID: a group it is about was deleted" {
						t.Errorf("%s, %d groups: %s: %s", name, groups, step.Verdict, step.Reason)
					}
				}
				if report := s.runPlan(r, plan); len(s.writes()) > 0 {
					t.Errorf("%s, %d groups: %s after %q", name, groups, outcomes(report), s.writes())
				}
				if report := s.run(r, remediation.DeactivateGroupRule{RuleID: other}, remediation.ActivateGroupRule{RuleID: other}); outcomes(report) != "done done" {
					t.Errorf("%s, %d groups: the other rule: %s: %v", name, groups, outcomes(report), report.Err())
				}
			}
		}
	})
}
