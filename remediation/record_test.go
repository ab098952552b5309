package remediation_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/remediation"
)

// Alerts that come at once are handled side by side with one file of records: each user
// is contained, once, and nobody gets an error.
func TestAlertsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSetup(t, noLimits(t))
	path := filepath.Join(t.TempDir(), "acme.records")
	var users []string
	for range 12 {
		users = append(users, s.sim.AddUser(oktatest.User{Sessions: 1}))
	}
	const oneUser = 8 // alerts about the first user
	r := &remediation.Responder{Client: s.client, Recorder: &remediation.FileRecorder{Path: path}, Actor: "soc"}
	var wg sync.WaitGroup
	for _, user := range append(users, repeat(users[0], oneUser-1)...) {
		wg.Go(func() {
			plan, err := r.BuildPlan(t.Context(), remediation.Contain(user, remediation.ContainOptions{})...)
			if err != nil {
				t.Error(err)
				return
			}
			report, err := r.Run(t.Context(), plan, plan.Approve("alice", time.Hour))
			if err != nil || !report.OK() && user != users[0] {
				t.Errorf("%v, %v", err, report.Err())
			}
		})
	}
	wg.Wait()
	times := make(map[string]int)
	for _, w := range s.writes() {
		times[w]++
	}
	for _, user := range users {
		suspended := times[fmt.Sprintf("POST /api/v1/users/%s/lifecycle/suspend", user)]
		if suspended != 1 || s.status(user) != remediation.StatusSuspended || s.sim.Sessions(user) != 0 {
			t.Errorf("%s was suspended %d times and is %s with %d sessions", user, suspended, s.status(user), s.sim.Sessions(user))
		}
	}
}

func repeat(user string, n int) (all []string) {
	for range n {
		all = append(all, user)
	}
	return all
}
