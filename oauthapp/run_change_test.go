package oauthapp_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// was is an app before a change.
func was() oauthapp.Desired {
	d := jobs()["response"]
	d.Role = oauthapp.RoleReadOnlyAdmin
	return d
}

// less is a change that adds, renames, sets and takes away.
func less(id string) oauthapp.Desired {
	d := was()
	d.Label, d.ApplicationID, d.DPoP, d.Exact = "acme two", id, true, true
	d.Scopes, d.Role = scopes.New(scopes.LogsRead), "REPORT_ADMIN"
	d.Permissions = []string{"okta.users.read", "okta.users.lifecycle.unsuspend"}
	return d
}

// changePositions counts the requests of the change.
func changePositions(t *testing.T) (n int, want string) {
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		d := less(s.onboard(was(), j).ApplicationID)
		s.sim.ResetRequests()
		s.onboard(d, j)
		n, want = len(s.sim.Requests()), s.outcome(s.plan(d, j))
	})
	return n, want
}

// Whatever happens to any one request of a change, nothing is called done that is not, and
// the next run ends where an undisturbed one does.
func TestChangeSurvives(t *testing.T) {
	t.Parallel()
	total, want := changePositions(t)
	for n := range total {
		for _, what := range slices.Concat(abandonments, faultKinds, foreignKinds()) {
			for _, lag := range []time.Duration{0, 5 * time.Second} {
				if lag > 0 && !slices.Contains(abandonments, what) {
					continue
				}
				cell(t, fmt.Sprintf("%d %s lag=%v", n+1, what, lag), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						s, j := newSetup(t, oktatest.Config{Lag: oktatest.Lag{All: lag}}), &row{}
						d := less(s.onboard(was(), j).ApplicationID)
						time.Sleep(lag)
						ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
						defer cancel()
						ctx = s.hit(ctx, n+1, what)
						err := s.tryAll(ctx, d, j)
						s.calm()
						time.Sleep(lag)
						if got := s.outcome(s.plan(d, j)); err == nil && got != want {
							t.Errorf("it says that it is done:\n got %s\nwant %s", got, want)
						}
						if err := s.tryAll(t.Context(), d, j); err != nil {
							t.Fatalf("the next run: %v", err)
						}
						time.Sleep(lag)
						if got := s.outcome(s.plan(d, j)); got != want {
							t.Errorf("after the next run:\n got %s\nwant %s", got, want)
						}
					})
				})
			}
		}
	}
}

// tryAll is try, where what is not as wanted is an error too.
func (s *setup) tryAll(ctx context.Context, d oauthapp.Desired, j durable.State) error {
	p, err := oauthapp.BuildPlan(ctx, s.admin, d, j)
	if err != nil {
		return err
	}
	res, err := p.Apply(ctx)
	if err != nil {
		return err
	}
	return res.Err()
}

// A change of an app that was there before is taken back to what it was, wherever it was
// abandoned: what was taken away is given back, and label and settings are as before.
func TestRollbackOfAChange(t *testing.T) {
	t.Parallel()
	total, _ := changePositions(t)
	for n := range total + 1 {
		for _, how := range abandonments {
			cell(t, fmt.Sprintf("%d %s", n+1, how), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s, j := newSetup(t, oktatest.Config{}), &row{}
					id := s.onboard(was(), nil).ApplicationID
					want := s.outcome(s.plan(was(), nil))
					_ = s.try(s.abandon(nth(n+1), how), less(id), j)
					s.calm()
					if _, err := s.takeBack(t.Context(), j); err != nil {
						t.Fatal(err)
					}
					exact := was()
					exact.Exact = true
					if got := s.outcome(s.plan(exact, nil)); got != want {
						t.Errorf("after the rollback:\n got %s\nwant %s", got, want)
					}
				})
			})
		}
	}
}
