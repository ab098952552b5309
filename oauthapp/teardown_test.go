package oauthapp_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

func TestRollbackTells(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		res := s.onboard(jobs()["response"], j)
		var events []oauthapp.Event
		undone, err := takeBack(t.Context(), s.admin, j, func(e oauthapp.Event) { events = append(events, e) })
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"take the custom role IAM reader from the app",
			"take the custom role from the app",
			"remove the custom role IAM reader",
			"remove the custom role",
			"remove the resource set of the custom role IAM reader",
			"remove the resource set of the custom role",
			fmt.Sprintf("delete the app %q (%s)", label, res.ApplicationID),
		}
		if !slices.Equal(says(undone.Done), want) {
			t.Errorf("result: %q, want %q", says(undone.Done), want)
		}
		first, last := events[0], events[len(events)-1]
		if first.Step.Kind != oauthapp.StepUnbind || first.Step.ApplicationID != res.ApplicationID || first.Done != 0 || last.Step.Kind != oauthapp.StepDelete || last.Done != 1 || last.Total != 1 {
			t.Errorf("events: %+v ... %+v", first, last)
		}
		if string(j.state) != `{"version":2,"org_url":"","label":"","key_thumbprint":""}` {
			t.Errorf("journal: %s", j.state)
		}
	})
}

// An app that was inactive before is so again.
func TestRollbackOfAnActivation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		id := s.onboard(desired(), nil).ApplicationID
		deactivate(t, s, id)
		s.onboard(desired(), j)
		undone, err := s.takeBack(t.Context(), j)
		if err != nil || !slices.Equal(says(undone.Done), []string{fmt.Sprintf("deactivate the app %q (%s)", label, id)}) {
			t.Errorf("result: %+v, %v", undone, err)
		}
		var app struct{ Status string }
		if err := s.admin.Get(t.Context(), &app, nil, "api", "v1", "apps", id); err != nil || app.Status != "INACTIVE" {
			t.Errorf("the app is %q, %v", app.Status, err)
		}
	})
}

// What somebody else has removed since is no error, and what somebody has made
// again is not ours.
func TestRollbackOfWhatIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		d := desired()
		d.Scopes = scopes.New(scopes.UsersRead)
		id := s.onboard(d, nil).ApplicationID
		d.Scopes = scopes.New(scopes.UsersRead, scopes.LogsRead)
		s.onboard(d, j)
		var grants []struct{ ID, ScopeID string }
		if err := s.admin.Get(t.Context(), &grants, nil, "api", "v1", "apps", id, "grants"); err != nil {
			t.Fatal(err)
		}
		for _, g := range grants {
			if g.ScopeID == string(scopes.LogsRead) {
				s.do("DELETE", "api", "v1", "apps", id, "grants", g.ID)
			}
		}
		s.onboard(d, nil) // grants it again, without the journal
		before := s.sim.State()
		if _, err := s.takeBack(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		if now := s.sim.State(); !bytes.Equal(before, now) {
			t.Error("a grant of somebody else was taken")
		}
	})
}

// do sends a request without a body, which must succeed.
func (s *setup) do(method string, elem ...string) {
	s.t.Helper()
	req, err := s.org.NewRequest(s.t.Context(), method, nil, nil, elem...)
	if err == nil {
		err = s.admin.Do(req, nil)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// A rollback that the org refuses names what remains, and can be repeated.
func TestRollbackRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		before := s.sim.State()
		res := s.onboard(jobs()["response"], j)
		isDelete := func(r *http.Request) bool { return r.Method == http.MethodDelete }
		s.disturb(isDelete, func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
			return answer(r, 403, "application/json", `{"errorCode":"E0000006","errorSummary":"You do not have permission to perform the requested action"}`), nil
		})
		undone, err := s.takeBack(t.Context(), j)
		if err == nil || !oktaint.Lacks(err, oktaint.LacksRole) || len(undone.Done) != 0 {
			t.Fatalf("result: %+v, %v", undone, err)
		}
		s.calm()
		for _, want := range []string{"could not take the custom role IAM reader from the app", "what remains: take the custom role IAM reader", "the resource set", "remove the custom role", res.ApplicationID} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("error: %v, want %q", err, want)
			}
		}
		s.undo(before, j)
	})
}

// Two apps of the label with the key: it is not known which of them is ours.
func TestRollbackOfTwins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		d := jobs()["visibility"]
		ctx := s.abandon(isCreate, "lost")
		if err := s.try(ctx, d, j); err == nil || j.read(t).state("create") != "sending" {
			t.Fatalf("the create was not lost: %v, %v", err, j.read(t).Changes)
		}
		s.calm()
		s.sendCreate(t)
		before := s.sim.State()
		_, err := s.takeBack(t.Context(), j)
		if err == nil || !strings.Contains(err.Error(), "2 apps of this label") {
			t.Errorf("error: %v", err)
		}
		if now := s.sim.State(); !bytes.Equal(before, now) {
			t.Error("Rollback has chosen")
		}
	})
}

// sendCreate makes an app of the label and key behind everybody's back.
func (s *setup) sendCreate(t *testing.T) {
	t.Helper()
	var body []byte
	other := newSetup(t, oktatest.Config{})
	other.disturb(isCreate, func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
		body = readBody(t, r)
		return real.RoundTrip(r)
	})
	other.onboard(jobs()["visibility"], nil)
	req, err := s.org.NewRequest(t.Context(), "POST", nil, json.RawMessage(body), "api", "v1", "apps")
	if err == nil {
		err = s.admin.Do(req, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestRollbackErrors(t *testing.T) {
	t.Parallel()
	key := testKey().Public().Thumbprint()
	for name, tc := range map[string]struct {
		journal durable.State
		want    string
	}{
		"no journal": {nil, "no journal"},
		"text":       {&row{version: 1, state: []byte(`hello`)}, "cannot be read"},
		"other org":  {&row{version: 1, state: []byte(`{"version":2,"org_url":"https://other.okta.com","label":"a","key_thumbprint":"` + key + `"}`)}, "https://other.okta.com"},
		"full disk":  {&row{fail: errors.New("disk full")}, "disk full"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, err := takeBack(t.Context(), served(t, nil), tc.journal, nil)
			if res == nil || err == nil || !strings.HasPrefix(err.Error(), "oauthapp: rolling back: ") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%+v, error %v; want %q", res, err, tc.want)
			}
		})
	}
	if res, err := takeBack(t.Context(), served(t, nil), &row{}, nil); err != nil || len(res.Done) != 0 {
		t.Errorf("an empty journal: %+v, %v", res, err)
	}
}

// A run that is at work is stopped by a Rollback with its journal, and what it
// had on its way is found.
func TestRollbackStopsARun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{Latency: 50 * time.Millisecond}), &row{}
		before := s.sim.State()
		plan := s.plan(jobs()["visibility"], j)
		stopped := make(chan error)
		go func() {
			_, err := plan.Apply(t.Context())
			stopped <- err
		}()
		time.Sleep(20 * time.Millisecond) // the create is on its way
		_, backErr := s.takeBack(t.Context(), j)
		runErr := <-stopped
		// The one whose Save comes second is told.
		if (backErr == nil) == (runErr == nil) {
			t.Errorf("the rollback: %v, the run: %v", backErr, runErr)
		}
		for _, err := range []error{backErr, runErr} {
			if err != nil && (!errors.Is(err, durable.ErrConflict) || !strings.Contains(err.Error(), "another run is at work")) {
				t.Errorf("error: %v, want ErrConflict", err)
			}
		}
		if _, err := s.takeBack(t.Context(), j); err != nil {
			t.Error(err)
		}
		if now := s.sim.State(); !bytes.Equal(before, now) {
			t.Errorf("the org is not as before:\n%s\n%s", before, now)
		}
	})
}
