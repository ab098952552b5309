package remediation_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// Okta answers 204 whether or not a user was a member before. The report tells the two
// apart, and what is so already is not sent.
func TestMemberAlready(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, status := range []string{"ACTIVE", "SUSPENDED", "STAGED", "LOCKED_OUT"} {
			for _, others := range []int{0, 1, 5} { // groups and members besides
				s := newSetup(t, oktatest.Config{})
				r := s.responder(remediation.Guards{})
				group := s.sim.AddGroup(oktatest.Group{Name: "G"})
				in := []string{}
				for n := range others {
					in = append(in, s.sim.AddGroup(oktatest.Group{Name: fmt.Sprint("Other ", n)}))
					s.sim.AddUser(oktatest.User{Groups: []string{group}})
				}
				user := s.sim.AddUser(oktatest.User{Status: status, Groups: in})
				add, remove := remediation.AddGroupMember{UserID: user, GroupID: group}, remediation.RemoveGroupMember{UserID: user, GroupID: group}
				for n, tt := range []struct {
					do     []remediation.Action
					want   string
					writes string // their methods
				}{
					{[]remediation.Action{remove}, "already", ""},
					{[]remediation.Action{add}, "done", "PUT"},
					{[]remediation.Action{add}, "already", ""},
					{[]remediation.Action{add, add}, "already already", ""},
					{[]remediation.Action{remove, remove}, "done already", "DELETE"},
					{[]remediation.Action{remove}, "already", ""},
					{[]remediation.Action{add, remove, add}, "done done done", "PUT DELETE PUT"},
				} {
					s.sim.ResetRequests()
					report := s.run(r, tt.do...)
					var methods []string
					for _, w := range s.writes() {
						methods = append(methods, strings.Fields(w)[0])
					}
					if outcomes(report) != tt.want || strings.Join(methods, " ") != tt.writes {
						t.Errorf("%s, %d others, run %d: %s after %q; want %s after %q: %v", status, others, n, outcomes(report), methods, tt.want, tt.writes, report.Err())
					}
				}
			}
		}
	})
}
