package oauthapp_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A write whose outcome is lost is found out about, and the job ends as if
// nothing had happened: one app, each grant and the role once.
func TestFaultsConverge(t *testing.T) {
	t.Parallel()
	places := map[string]string{
		"create": "POST /api/v1/apps #1",
		"role":   "POST /oauth2/v1/clients/{id}/roles #1",
		"grant":  "POST /api/v1/apps/{id}/grants #3",
	}
	for name, place := range places {
		for _, kind := range []string{"refuse", "reset-before", "reset-after", "429", "500", "502", "503", "504", "cut", "html"} {
			t.Run(name+" "+kind, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newSetup(t, oktatest.Config{Latency: 10 * time.Millisecond, Faults: []string{place + " " + kind}})
					res := s.onboard(desired(), nil)
					s.checkDone(res)
				})
			})
		}
	}
}

func TestFaultsOfActivation(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"reset-before", "reset-after", "503", "cut", "html"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{Faults: []string{"POST /api/v1/apps/{id}/lifecycle/activate #1 " + kind}})
				deactivate(t, s, s.onboard(desired(), nil).ApplicationID)
				s.checkDone(s.onboard(desired(), nil))
			})
		})
	}
}

// checkDone holds the org against what desired wants, counting duplicates.
func (s *setup) checkDone(res *oauthapp.Result) {
	s.t.Helper()
	if n := s.apps(); n != 1 {
		s.t.Errorf("%d apps, want 1", n)
	}
	if res.Granted != scopes.Visibility || len(refused(res)) != 0 || len(unmet(res)) != 0 {
		s.t.Errorf("result: %+v", res)
	}
	if got := strings.Join(res.Roles, " "); got != "CUSTOM READ_ONLY_ADMIN" {
		s.t.Errorf("roles: %s", got)
	}
	var grants []struct{ ScopeID string }
	if err := s.admin.Get(context.Background(), &grants, nil, "api", "v1", "apps", res.ApplicationID, "grants"); err != nil {
		s.t.Fatal(err)
	}
	if len(grants) != scopes.Visibility.Len() {
		s.t.Errorf("%d grants, want %d", len(grants), scopes.Visibility.Len())
	}
	report, err := oauthapp.Verify(context.Background(), s.credentials(res, scopes.Visibility), oauthapp.VerifyOptions{Base: s.base})
	if err != nil {
		s.t.Error(err)
	} else if err := report.Err(); err != nil {
		s.t.Error(err)
	}
}

// An org that fails for good ends the job after a few sends, and the error
// says that the outcome is open.
func TestFaultsThatStay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Faults: []string{"POST /api/v1/apps 503"}})
		start := time.Now()
		res, err := s.plan(desired(), nil).Apply(t.Context())
		if err == nil || !strings.Contains(err.Error(), "503") || !strings.Contains(err.Error(), "run this again") {
			t.Errorf("error: %v", err)
		}
		if res.ApplicationID != "" || res.Created {
			t.Errorf("result: %+v", res)
		}
		if n := len(s.written()); n < 2 || n > 5 {
			t.Errorf("the create was sent %d times", n)
		}
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("gave up after %v", took)
		}
	})
}

func TestReadBackFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Faults: []string{"GET /api/v1/apps/{id}/grants html"}})
		res, err := s.plan(desired(), nil).Apply(t.Context())
		if err == nil || !strings.Contains(err.Error(), "reading the grants") {
			t.Errorf("error: %v", err)
		}
		if res.ApplicationID == "" || res.Granted != scopes.Visibility {
			t.Errorf("result does not tell what was done: %+v", res)
		}
	})
}

func TestCancelDuringRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{RateLimits: map[string]int{"apps": 20}})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		start := time.Now()
		res, err := applyWith(s.plan(desired(), nil), ctx, func(e oauthapp.Event) {
			if e.Wait != nil {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error: %v, want Canceled", err)
		}
		if took := time.Since(start); took > time.Second {
			t.Errorf("returned after %v", took)
		}
		if res.ApplicationID == "" || res.Granted.IsEmpty() || res.Missing.IsEmpty() {
			t.Errorf("result: %+v", res)
		}
		s.checkDone(s.onboard(desired(), nil))
	})
}

// A create that is on its way when the caller gives up is waited for, and
// nothing is sent after it.
func TestCancelInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Faults: []string{"POST /api/v1/apps #1 delay=5s"}})
		plan := s.plan(desired(), nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		res, err := plan.Apply(ctx)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error: %v, want DeadlineExceeded", err)
		}
		if res.ApplicationID == "" || !res.Created {
			t.Errorf("result: %+v", res)
		}
		if w := s.written(); len(w) != 1 {
			t.Errorf("written: %q, want the create alone", w)
		}
		s.checkDone(s.onboard(desired(), nil))
	})
}

// A create that takes longer than the grace period is given up, and the error
// says that it may exist.
func TestCancelLongInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{Faults: []string{"POST /api/v1/apps #1 delay=60s"}})
		plan := s.plan(desired(), nil)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		start := time.Now()
		time.AfterFunc(time.Second, cancel)
		res, err := plan.Apply(ctx)
		if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "may or may not") {
			t.Errorf("error: %v", err)
		}
		if took := time.Since(start); took < 10*time.Second || took > 12*time.Second {
			t.Errorf("returned after %v, want 10 s after the cancellation", took)
		}
		if res.ApplicationID != "" {
			t.Errorf("result: %+v", res)
		}
	})
}

func TestCancelledBefore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		plan := s.plan(desired(), nil)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := plan.Apply(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Apply: %v", err)
		}
		if _, err := oauthapp.BuildPlan(ctx, s.admin, desired(), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("BuildPlan: %v", err)
		}
		if w := s.written(); len(w) != 0 {
			t.Errorf("written: %q", w)
		}
	})
}
