package oauthapp_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A cut is a transport that fails the nth request, counted from 1, and if
// forever all that follow, as if the process had died.
type cut struct {
	next          http.RoundTripper
	at            int
	commits, ends bool
	die           context.CancelFunc

	seen int
}

func (c *cut) RoundTrip(r *http.Request) (*http.Response, error) {
	c.seen++
	switch {
	case c.at == 0 || c.seen < c.at || c.seen > c.at && !c.ends:
		return c.next.RoundTrip(r)
	case c.seen == c.at && c.ends:
		c.die()
	}
	if c.seen == c.at && c.commits {
		resp, err := c.next.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
		if err == nil {
			resp.Body.Close()
		}
	}
	return nil, io.ErrUnexpectedEOF
}

// eachCut runs f with every request of a job cut, once and for good, before and
// after it took effect. count runs the job uncut.
func eachCut(t *testing.T, count func(*testing.T, *cut), f func(*testing.T, *cut)) {
	total := 0
	synctest.Test(t, func(t *testing.T) {
		c := new(cut)
		count(t, c)
		total = c.seen
	})
	if total < 3 {
		t.Fatalf("the job has %d requests", total)
	}
	for at := 1; at <= total; at++ {
		for _, commits := range []bool{false, true} {
			for _, ends := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) { f(t, &cut{at: at, commits: commits, ends: ends}) })
			}
		}
	}
}

// run does a job through c. If c ends the process, that is no error.
func (c *cut) run(t *testing.T, s *setup, job func(context.Context, http.RoundTripper) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c.next, c.die = s.base, cancel
	err := job(ctx, c)
	if err != nil && !c.ends {
		t.Errorf("request %d, commits %v: %v", c.at, c.commits, err)
	}
	if err == nil && c.ends && c.at > 0 {
		t.Errorf("request %d, commits %v: a dead process reported success", c.at, c.commits)
	}
}

func TestRotateFaults(t *testing.T) {
	t.Parallel()
	job := func(t *testing.T, c *cut) (*setup, *vault) {
		s, v := newStore(t), new(vault)
		s.install(v, wantIntegration())
		c.run(t, s, func(ctx context.Context, base http.RoundTripper) error { return s.rotate(ctx, v, base) })
		return s, v
	}
	eachCut(t, func(t *testing.T, c *cut) { job(t, c) }, func(t *testing.T, c *cut) {
		s, v := job(t, c)
		if err := s.mint(v.creds); err != nil {
			t.Errorf("request %d, commits %v, ends %v: what is stored does not work: %v", c.at, c.commits, c.ends, err)
		}
		if c.ends {
			if err := s.rotate(t.Context(), v, s.base); err != nil {
				t.Errorf("request %d, commits %v: next run: %v", c.at, c.commits, err)
			}
		}
		if got := s.secrets(v.creds.ClientID); len(got) != 1 || got[0] != "ACTIVE" || s.mint(v.creds) != nil {
			t.Errorf("request %d, commits %v, ends %v: secrets %v", c.at, c.commits, c.ends, got)
		}
	})
}

func TestInstallFaults(t *testing.T) {
	t.Parallel()
	job := func(t *testing.T, c *cut) (*setup, *vault) {
		s, v := newStore(t), new(vault)
		c.run(t, s, func(ctx context.Context, base http.RoundTripper) error {
			_, err := oauthapp.InstallIntegration(ctx, s.over(base), wantIntegration(), v.store)
			return err
		})
		return s, v
	}
	eachCut(t, func(t *testing.T, c *cut) { job(t, c) }, func(t *testing.T, c *cut) {
		s, v := job(t, c)
		if c.ends {
			d := wantIntegration()
			d.NewSecret = v.stored == 0
			s.install(v, d)
		}
		if n := len(s.instances()); n != 1 {
			t.Errorf("request %d, commits %v, ends %v: %d instances", c.at, c.commits, c.ends, n)
		}
		report, err := oauthapp.Verify(t.Context(), v.creds, oauthapp.VerifyOptions{Base: s.base})
		if err != nil || !report.OK {
			t.Errorf("request %d, commits %v, ends %v: %+v, %v", c.at, c.commits, c.ends, report, err)
		}
	})
}

// The org's own failures at each write of a life converge, too.
func TestIntegrationFaultKinds(t *testing.T) {
	t.Parallel()
	const path = "/integrations/api/v1/api-services"
	for name, place := range map[string]string{
		"install":    "POST " + path + " #1",
		"role":       "POST /oauth2/v1/clients/{id}/roles #1",
		"secret":     "POST " + path + "/{id}/credentials/secrets #1",
		"deactivate": "POST " + path + "/{id}/credentials/secrets/{id}/lifecycle/deactivate #1",
		"delete":     "DELETE " + path + "/{id}/credentials/secrets/{id} #1",
		"remove":     "DELETE " + path + "/{id} #1",
	} {
		for _, kind := range []string{"refuse", "reset-before", "reset-after", "429", "500", "502", "503", "504", "cut", "html"} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s, v := newSetup(t, oktatest.Config{Latency: 10 * time.Millisecond, Faults: []string{place + " " + kind}}), new(vault)
					id := s.install(v, wantIntegration()).Integration.ID
					if err := s.rotate(t.Context(), v, s.base); err != nil {
						t.Fatal(err)
					}
					if got := s.secrets(id); len(got) != 1 || s.mint(v.creds) != nil {
						t.Errorf("secrets: %v", got)
					}
					if err := oauthapp.RemoveIntegration(t.Context(), s.admin, id); err != nil {
						t.Error(err)
					}
					if n := len(s.instances()); n != 0 {
						t.Errorf("%d instances", n)
					}
				})
			})
		}
	}
}

// An org that loses every answer is left with the secret that is stored.
func TestRotateFaultsThatStay(t *testing.T) {
	t.Parallel()
	const secrets = "/integrations/api/v1/api-services/{id}/credentials/secrets"
	for name, c := range map[string]struct{ fault, want string }{
		"create":     {"POST " + secrets + " reset-after", "nothing has changed"},
		"deactivate": {"POST " + secrets + "/{id}/lifecycle/deactivate 503", "run this again"},
		"delete":     {"DELETE " + secrets + "/{id} 503", "run this again"},
		"token":      {"POST /oauth2/v1/token 503", "nothing has changed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, v := newStore(t), new(vault)
				s.install(v, wantIntegration())
				before := v.creds.ClientSecret.Reveal()
				if err := s.sim.AddFault(c.fault); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				err := s.rotate(t.Context(), v, s.base)
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error: %v, want %q", err, c.want)
				}
				if took := time.Since(start); took > 2*time.Minute {
					t.Errorf("gave up after %v", took)
				}
				s.sim.ClearFaults()
				if err := s.mint(v.creds); err != nil {
					t.Errorf("what is stored: %v", err)
				}
				if kept := v.creds.ClientSecret.Reveal() == before; kept != (c.want == "nothing has changed") {
					t.Errorf("the stored secret is the old one: %v", kept)
				}
				if err := s.rotate(t.Context(), v, s.base); err != nil || len(s.secrets(v.creds.ClientID)) != 1 {
					t.Errorf("next run: %v, secrets %v", err, s.secrets(v.creds.ClientID))
				}
			})
		})
	}
}

func TestRemoveFaultsThatStay(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"reset-before", "503", "html"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, v := newStore(t), new(vault)
				id := s.install(v, wantIntegration()).Integration.ID
				if err := s.sim.AddFault("DELETE /integrations/api/v1/api-services/{id} " + kind); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				if err := oauthapp.RemoveIntegration(t.Context(), s.admin, id); err == nil {
					t.Error("the removal is reported as done")
				}
				if took := time.Since(start); took > 3*time.Minute {
					t.Errorf("gave up after %v", took)
				}
				s.sim.ClearFaults()
				if err := oauthapp.RemoveIntegration(t.Context(), s.admin, id); err != nil || len(s.instances()) != 0 {
					t.Errorf("next run: %v", err)
				}
			})
		})
	}
}
