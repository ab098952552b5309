package remediation_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A user whom somebody lets in between the suspension and the end of the sessions is
// not contained, whether suspended again or not: a session may be left. The next run
// ends it.
func TestLetInMeanwhile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		again bool // suspended
		now   string
		next  string
	}{{false, "not_kept done", "done done"}, {true, "done done", "already done"}} {
		synctest.Test(t, func(t *testing.T) {
			s := newSetup(t, oktatest.Config{Latency: time.Second})
			user := s.sim.AddUser(oktatest.User{Sessions: 1})
			r, g := s.gated(remediation.Guards{})
			plan := s.plan(r, remediation.Contain(user, remediation.ContainOptions{})...)
			g.when = isDelete
			g.do = func(g *gate, q *http.Request) (*http.Response, error) {
				s.sim.SetUserStatus(user, "ACTIVE")
				resp, err := g.forward(q)
				s.sim.SignIn(user)
				if test.again {
					s.sim.SetUserStatus(user, "SUSPENDED")
				}
				return resp, err
			}
			report := s.runPlan(r, plan)
			if outcomes(report) != test.now || report.Contained(user) || s.sim.Sessions(user) != 1 {
				t.Errorf("%s, contained: %v, %d sessions", outcomes(report), report.Contained(user), s.sim.Sessions(user))
			}
			s.contain(r, user, test.next)
		})
	}
}

// A user who is seen to be let in, or on the way to it, by a step after the end of
// the sessions is not contained any more.
func TestLetInAfterwards(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"let in": false, "on the way": false, "kept out": true} {
		synctest.Test(t, func(t *testing.T) {
			s := newSetup(t, oktatest.Config{})
			user := s.sim.AddUser(oktatest.User{Sessions: 1})
			group := s.sim.AddGroup(oktatest.Group{Name: "Quarantine"})
			onTheWay := false
			r, g := s.gated(remediation.Guards{})
			g.next = &rewrite{next: s.sim.Transport(), path: "/api/v1/users/" + user, edit: func(doc string) string {
				if !onTheWay {
					return doc
				}
				return strings.Replace(doc, "{", `{"transitioningToStatus":"ACTIVE",`, 1)
			}}
			actions := append(remediation.Contain(user, remediation.ContainOptions{}), remediation.AddGroupMember{GroupID: group, UserID: user})
			plan := s.plan(r, actions...)
			g.when = func(q *http.Request) bool { return q.Method == http.MethodPut }
			g.do = func(g *gate, q *http.Request) (*http.Response, error) {
				if name == "let in" {
					s.sim.SetUserStatus(user, "ACTIVE")
				}
				onTheWay = name == "on the way"
				return g.forward(q)
			}
			report := s.runPlan(r, plan)
			if outcomes(report) != "done done done" || report.Contained(user) != want {
				t.Errorf("%s: %s, contained: %v", name, outcomes(report), report.Contained(user))
			}
		})
	}
}
