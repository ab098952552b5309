package oauthapp_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

func TestOneScopeRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{RefusedScopes: scopes.New(scopes.BotProtectionRead)})
		d := desired()
		d.Scopes = scopes.Visibility.Union(scopes.New(scopes.BotProtectionRead))
		plan := s.plan(d, nil)
		if len(plan.Warnings) != 0 {
			t.Errorf("warnings: %q", plan.Warnings)
		}
		res, err := plan.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if res.Granted != scopes.Visibility || res.Missing.String() != "okta.botProtection.read" {
			t.Errorf("granted %s, missing %s", res.Granted, res.Missing)
		}
		if err := refused(res)["okta.botProtection.read"]; len(refused(res)) != 1 || err == nil || !strings.Contains(err.Error(), "400") {
			t.Errorf("refused: %v", refused(res))
		}
		if res.Role != "READ_ONLY_ADMIN" {
			t.Errorf("role: %q", res.Role)
		}
	})
}

// A refusal that is about more than one scope ends the job, and the result
// tells how far it came.
func TestGrantRefusedForAll(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, body, challenge string
		status                int
	}{
		{"no role", `{"errorCode":"E0000006","errorSummary":"x"}`, "", 403},
		{"no OAuth here", `{"errorCode":"E0000005","errorSummary":"x"}`, "", 403},
		{"no scope", ``, `Bearer error="insufficient_scope", scope="okta.appGrants.manage"`, 403},
		{"token gone", `{"errorCode":"E0000011","errorSummary":"x"}`, "", 401},
		{"app gone", `{"errorCode":"E0000007","errorSummary":"x"}`, "", 404},
		{"page of a proxy", `<html></html>`, "", 403},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				var sent atomic.Int32
				real := s.base
				s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
					if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/grants") {
						return real.RoundTrip(r)
					}
					sent.Add(1)
					resp := answer(r, tc.status, "application/json", tc.body)
					if tc.challenge != "" {
						resp.Header.Set("WWW-Authenticate", tc.challenge)
					}
					return resp, nil
				})
				s.admin = s.client(s.sim.APIToken())
				res, err := s.plan(desired(), nil).Apply(t.Context())
				if err == nil || !strings.Contains(err.Error(), "could not grant the scope okta.") {
					t.Errorf("error: %v", err)
				}
				if res.ApplicationID == "" || res.Role != "READ_ONLY_ADMIN" || len(refused(res)) != 0 || res.Missing != scopes.Visibility {
					t.Errorf("result: %+v", res)
				}
				if n := sent.Load(); n > 6 && tc.status != 404 { // what is made just now may not be known yet
					t.Errorf("%d grants were sent, want no more than are in flight at once", n)
				}
			})
		})
	}
}

// A scope of a feature that the org lacks is that scope's affair.
func TestGrantRefusedForFeature(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 409} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				var mu sync.Mutex
				var one scopes.Scope
				real := s.base
				s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
					mu.Lock()
					defer mu.Unlock()
					if name := writeName(t, r); one == "" && strings.HasPrefix(name, "grant ") {
						one = scopes.Scope(strings.TrimPrefix(name, "grant "))
						return answer(r, status, "application/json", `{"errorCode":"E0000015","errorSummary":"x"}`), nil
					}
					return real.RoundTrip(r)
				})
				s.admin = s.client(s.sim.APIToken())
				res := s.onboard(desired(), nil)
				if res.Missing != scopes.New(one) || len(refused(res)) != 1 || refused(res)[one] == nil {
					t.Errorf("missing %s, refused %v, want %s", res.Missing, refused(res), one)
				}
			})
		})
	}
}

// What another run did between the plan and the work is there already, and
// that is fine.
func TestDuplicatesAreSuccess(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		d := desired()
		d.Scopes, d.Role = scopes.New(scopes.OrgsRead), "none"
		s.onboard(d, nil)
		first, second := s.plan(desired(), nil), s.plan(desired(), nil)
		if _, err := first.Apply(t.Context()); err != nil {
			t.Fatal(err)
		}
		res, err := second.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.checkDone(res)
	})
}

// The credential loses its power between the plan and the work.
func TestApplyStopsWithoutPermission(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		plan := s.plan(desired(), nil)
		s.sim.RevokeAPIToken(s.sim.APIToken())
		s.sim.ResetRequests()
		res, err := plan.Apply(t.Context())
		if err == nil || !strings.Contains(err.Error(), "create the app") || !strings.Contains(err.Error(), "E0000011") {
			t.Errorf("error: %v", err)
		}
		if res == nil || res.ApplicationID != "" || res.Missing != scopes.Visibility {
			t.Errorf("result: %+v", res)
		}
		if n := len(s.sim.Requests()); n != 1 {
			t.Errorf("%d requests after the first refusal, want none", n-1)
		}
	})
}
