package oauthapp_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A death is a transport that fails for good at the n-th write, from 1, which
// the org may still get.
type death struct {
	next    http.RoundTripper
	at      int
	commits bool

	mu     sync.Mutex
	writes int
	dead   bool
}

func (d *death) RoundTrip(r *http.Request) (*http.Response, error) {
	d.mu.Lock()
	alive, dies := !d.dead, false
	if alive && r.Method != http.MethodGet {
		d.writes++
		dies = d.writes == d.at
		d.dead = dies
	}
	d.mu.Unlock()
	if alive && !dies {
		return d.next.RoundTrip(r)
	}
	if dies && d.commits {
		if resp, err := d.next.RoundTrip(r); err == nil {
			resp.Body.Close()
		}
	}
	return nil, io.ErrUnexpectedEOF
}

// A change is what an app is made to be, after it was something else.
type change struct {
	name   string
	before func() oauthapp.Desired // nil: there was no app
	after  func(before *oauthapp.Result) oauthapp.Desired
	writes int
}

var changes = []change{
	{"response", nil, func(*oauthapp.Result) oauthapp.Desired { return response() }, 12},
	{"everything", response, func(before *oauthapp.Result) oauthapp.Desired {
		d := response()
		d.Label, d.ApplicationID = "acme two", before.ApplicationID
		d.DPoP, d.Network = true, &request.Network{Include: []string{"nzo1"}}
		d.Role, d.Scopes = "REPORT_ADMIN", scopes.New(scopes.UsersManage, scopes.AppsRead)
		d.Permissions = []string{"okta.users.read", "okta.users.lifecycle.delete"}
		d.Exact = true
		return d
	}, 27},
	{"no response", response, func(*oauthapp.Result) oauthapp.Desired {
		d := desired()
		d.Exact = true
		return d
	}, 30},
}

// outcome is what a change is about, without ids.
func (s *setup) outcome(p *oauthapp.Plan) string {
	s.t.Helper()
	roles, sets := s.iam()
	a := p.App
	return fmt.Sprintf("%q active %t, DPoP %t, network %v, granted %s, roles %q, permissions %q, %d custom roles, %d sets, steps %v",
		a.Label, a.Active, a.DPoP, a.Network != nil, a.Granted, s.holds(a.ClientID), a.Permissions, roles, sets, p.Steps())
}

// Whichever write a process dies at, and whether the org got it or not, the
// next run with the same journal ends where one that was not disturbed does.
func TestChangeSurvivesDeath(t *testing.T) {
	t.Parallel()
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := ""
			for at := 0; at <= c.writes; at++ {
				for _, commits := range []bool{false, true} {
					if at == 0 && commits {
						continue // nobody dies
					}
					synctest.Test(t, func(t *testing.T) {
						got := c.run(t, at, commits)
						if want == "" {
							want = got
						}
						if got != want {
							t.Errorf("death at write %d (the org got it: %t):\n got %s\nwant %s", at, commits, got, want)
						}
					})
				}
			}
		})
	}
}

// run makes the change, dying at a write, or not at all if that is 0, and then
// again without dying. It returns the outcome.
func (c change) run(t *testing.T, at int, commits bool) string {
	s := newSetup(t, oktatest.Config{ClientPrivileges: true, RateLimits: map[string]int{"apps": 0, "clients": 0, "iam": 0}})
	j := &row{}
	var before *oauthapp.Result
	if c.before != nil {
		before = s.onboard(c.before(), j)
	}
	d := c.after(before)
	real, healthy := s.base, s.admin
	dying := &death{next: real, at: at, commits: commits}
	s.base = dying
	s.admin = s.client(s.sim.APIToken())
	_, err := s.plan(d, j).Apply(t.Context())
	if died := err != nil; died != (at > 0) {
		t.Fatalf("death at write %d of %d: %v", at, dying.writes, err)
	}
	if at == 0 && dying.writes != c.writes {
		t.Errorf("%s takes %d writes, not %d", c.name, dying.writes, c.writes)
	}
	s.base, s.admin = real, healthy
	if _, err := s.plan(d, j).Apply(t.Context()); err != nil {
		t.Fatalf("after death at write %d: %v", at, err)
	}
	plan := s.plan(d, j)
	if slices.Contains(s.holds(plan.App.ClientID), "SUPER_ADMIN") {
		t.Errorf("death at write %d left SUPER_ADMIN", at)
	}
	return s.outcome(plan)
}
