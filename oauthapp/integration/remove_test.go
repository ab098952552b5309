package integration_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/integration"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A removal that the org does not make is not called done, whatever answers it.
func TestRemoveFaultsThatStay(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"reset-before", "503", "html", "proxy-404", "answer=204", "answer=200", "answer=200 {}", "answer=404", "answer=404 E0000008", "answer=404 E0000007", "answer=403 E0000006"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				id := s.install(desired()).Instance.ID
				if err := s.sim.AddFault("DELETE /integrations/api/v1/api-services/{id} " + kind); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				if err := integration.Remove(t.Context(), s.admin, id); err == nil || !strings.Contains(err.Error(), "could not remove") {
					t.Errorf("the removal is reported as done: %v", err)
				}
				if took := time.Since(start); took > 5*time.Minute {
					t.Errorf("gave up after %v", took)
				}
				s.sim.ClearFaults()
				if err := integration.Remove(t.Context(), s.admin, id); err != nil || s.removed() != nil {
					t.Errorf("next run: %v, %v", err, s.removed())
				}
			})
		})
	}
}

// An org that goes on listing what it has removed is waited for, but not for ever.
func TestRemoveShownLate(t *testing.T) {
	t.Parallel()
	for lag, done := range map[time.Duration]bool{5 * time.Second: true, 15 * time.Second: false} {
		synctest.Test(t, func(t *testing.T) {
			s := newSetup(t, oktatest.Config{})
			id := s.install(desired()).Instance.ID
			list := `[{"id":"` + id + `","type":"` + catalogueType + `"}]`
			until := time.Now().Add(lag)
			s.disturb(hit{ends(http.MethodGet, "/api-services"), func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
				if time.Now().Before(until) {
					return answer(r, 200, list), nil
				}
				return real.RoundTrip(r)
			}})
			if err := integration.Remove(t.Context(), s.admin, id); (err == nil) != done {
				t.Errorf("lag %v: %v", lag, err)
			}
		})
	}
}

// What is not there is no error, and neither is an id that never was.
func TestRemoveNobody(t *testing.T) {
	t.Parallel()
	s := newSetup(t, oktatest.Config{})
	if err := integration.Remove(t.Context(), s.admin, "0oanobody"); err != nil {
		t.Error(err)
	}
	if err := integration.Remove(t.Context(), s.admin, ""); err == nil {
		t.Error("an empty id is no error")
	}
}
