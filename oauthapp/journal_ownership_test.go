package oauthapp_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A create whose answer was lost may show late. Rollback waits for it.
func TestRollbackOfALateCreate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		before := s.sim.State()
		if err := s.try(s.abandon(isCreate, "lost"), jobs()["visibility"], j); err == nil {
			t.Fatal("the create was not lost")
		}
		seen := time.Now().Add(7 * time.Second)
		s.disturb(func(r *http.Request) bool { return r.URL.Path == "/api/v1/apps" && time.Now().Before(seen) },
			func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
				return answer(r, 200, "application/json", "[]"), nil
			})
		s.undo(before, j)
	})
}

// A role that somebody else assigns while the run is at work is not the run's:
// the journal does not claim it and Rollback leaves it.
func TestSomebodyElsesRole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		d := desired()
		d.Scopes, d.Role = scopes.New(scopes.UsersRead), oauthapp.RoleNone
		s.onboard(d, nil)
		d.Role = ""
		plan := s.plan(d, j)
		s.onboard(d, nil)
		before := s.sim.State()
		res, err := plan.Apply(t.Context())
		if err != nil || res.Role != oauthapp.RoleReadOnlyAdmin {
			t.Fatalf("result: %+v, %v", res, err)
		}
		if state := j.read(t); len(state.Changes) != 0 {
			t.Errorf("the journal claims %v", state.Changes)
		}
		s.undo(before, j)
	})
}

// A grant takes effect, its answer is lost, the list does not show it yet, and
// the second attempt is refused as a duplicate: it is the run's all the same.
func TestOwnDuplicateGrant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		d := desired()
		d.Scopes = scopes.New(scopes.UsersRead)
		s.onboard(d, nil)
		before := s.sim.State()
		d.Scopes = scopes.New(scopes.UsersRead, scopes.LogsRead)
		posts, lists, applying := 0, 0, false
		isGrants := func(r *http.Request) bool { return applying && strings.HasSuffix(r.URL.Path, "/grants") }
		s.disturb(isGrants, func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
			if r.Method == http.MethodGet {
				if lists++; lists == 1 {
					return answer(r, 200, "application/json", "[]"), nil
				}
				return real.RoundTrip(r)
			}
			resp, err := real.RoundTrip(r)
			if posts++; posts == 1 && err == nil {
				resp.Body.Close()
				return nil, io.ErrUnexpectedEOF
			}
			return resp, err
		})
		plan := s.plan(d, j)
		applying = true
		res, err := plan.Apply(t.Context())
		if err != nil || res.Granted != d.Scopes || len(refused(res)) != 0 || posts != 2 {
			t.Fatalf("result: %+v, %v after %d posts", res, err, posts)
		}
		s.calm()
		if writes := j.read(t).Changes; writes["grant okta.logs.read"].State != "done" {
			t.Errorf("journal: %v", writes)
		}
		if bytes.Equal(before, s.sim.State()) {
			t.Error("nothing was granted")
		}
		s.undo(before, j)
	})
}
