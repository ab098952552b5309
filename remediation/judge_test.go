package remediation_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A directory holds a user's profile and password. The plan says that they cannot be
// changed in Okta, before anything is sent; what is Okta's own works.
func TestUserOfADirectory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, provider := range []string{"ACTIVE_DIRECTORY", "LDAP"} {
			for _, status := range []string{"ACTIVE", "LOCKED_OUT", "PASSWORD_EXPIRED", "SUSPENDED"} {
				s := newSetup(t, oktatest.Config{})
				r := s.responder(remediation.Guards{Destructive: remediation.Kinds()})
				group := s.sim.AddGroup(oktatest.Group{Name: "Quarantine"})
				user := s.sim.AddUser(oktatest.User{Provider: provider, Status: status, Factors: []string{"push"}, Sessions: 2, Profile: map[string]any{"department": "Sales"}})
				for _, a := range []remediation.Action{
					remediation.SetProfileAttribute{UserID: user, Name: "department", Value: json.RawMessage(`"x"`)},
					remediation.SetProfileAttribute{UserID: user, Name: "login", Value: json.RawMessage(`"other@example.com"`)},
					remediation.SetProfileAttribute{UserID: user, Name: "department", Value: json.RawMessage(`null`)},
					remediation.ResetPassword{UserID: user},
					remediation.SetPassword{UserID: user, Password: oktaint.NewSecret(password)},
				} {
					plan := s.plan(r, a)
					if plan.Steps[0].Verdict != remediation.Impossible || plan.Steps[0].Reason == "" {
						t.Errorf("%s, %s: %s", provider, status, plan)
					}
					if report := s.runPlan(r, plan); report.Steps[0].Outcome == "done" {
						t.Errorf("%s, %s: %s is done", provider, status, a.Facts().Kind)
					}
				}
				if writes := s.writes(); len(writes) > 0 {
					t.Errorf("%s, %s: sent %q", provider, status, writes)
				}
				own := []remediation.Action{remediation.AddGroupMember{UserID: user, GroupID: group}, remediation.ClearSessions{UserID: user}}
				if status != "SUSPENDED" {
					own = append(own, remediation.ResetFactors{UserID: user})
				}
				if status == "ACTIVE" {
					own = append(own, remediation.SuspendUser{UserID: user}, remediation.UnsuspendUser{UserID: user})
				}
				report := s.run(r, own...)
				if strings.Trim(strings.ReplaceAll(outcomes(report), "done", ""), " ") != "" {
					t.Errorf("%s, %s: %s: %v", provider, status, outcomes(report), report.Err())
				}
				for _, q := range s.sim.Requests() {
					if q.Method != http.MethodGet && q.Status >= 400 {
						t.Errorf("%s, %s: %s %s answered %d", provider, status, q.Method, q.Path, q.Status)
					}
				}
			}
		}
	})
}
