package oauthapp_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// late shows everything 5 seconds late.
var late = oktatest.Lag{All: 5 * time.Second}

// An org that shows everything late is set up in one run, and rolled back in one.
func TestLateOrg(t *testing.T) {
	t.Parallel()
	for name, d := range jobs() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, j := newSetup(t, oktatest.Config{Lag: late}), &row{}
				before, bare := s.state(), s.sim.State()
				res := s.onboard(d, j)
				if err := res.Err(); err != nil {
					t.Errorf("outcome: %v", err)
				}
				report, err := oauthapp.Verify(t.Context(), res.Credentials(testKey()), oauthapp.VerifyOptions{Base: s.base, Patience: 10 * time.Second})
				if err != nil || report.Err() != nil {
					t.Errorf("verify: %v, %v", err, report.Err())
				}
				s.checkExactly(before, d)
				s.undo(bare, j)
			})
		})
	}
}

// A run that is abandoned in such an org, at any request, is finished by the next one at
// once, or rolled back at once.
func TestLateAbandonment(t *testing.T) {
	t.Parallel()
	for name, d := range jobs() {
		total := positions(t, func(s *setup) { s.onboard(d, nil) })
		for n := range total {
			for _, how := range abandonments {
				for _, back := range []bool{false, true} {
					cell(t, fmt.Sprintf("%s/%d %s back=%t", name, n+1, how, back), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							s, j := newSetup(t, oktatest.Config{Lag: late}), &row{}
							before, bare := s.state(), s.sim.State()
							_ = s.try(s.abandon(nth(n+1), how), d, j)
							s.calm()
							if back {
								s.undo(bare, j)
								return
							}
							if err := s.onboard(d, j).Err(); err != nil {
								t.Errorf("outcome: %v", err)
							}
							s.checkExactly(before, d)
							s.undo(bare, j)
						})
					})
				}
			}
		}
	}
}
