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
		undone, err := oauthapp.Rollback(t.Context(), s.admin, j, func(e oauthapp.Event) { events = append(events, e) })
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"the binding of the custom role of " + res.ClientID,
			"the resource set of " + res.ClientID,
			"the custom role of " + res.ClientID,
			fmt.Sprintf("the app %q (%s)", label, res.ApplicationID),
		}
		if !slices.Equal(undone.Removed, want) || len(undone.Kept) != 0 {
			t.Errorf("result: %q, kept %q; want %q", undone.Removed, undone.Kept, want)
		}
		first, last := events[0], events[len(events)-1]
		if first.Step.Kind != oauthapp.StepRollback || first.Step.ApplicationID != res.ApplicationID || first.Done != 0 || last.Done != 4 || last.Total != 4 {
			t.Errorf("events: %+v ... %+v", first, last)
		}
		if string(j.state) != `{"version":1,"org_url":"","label":"","key_thumbprint":""}` {
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
		undone, err := oauthapp.Rollback(t.Context(), s.admin, j, nil)
		if err != nil || !slices.Equal(undone.Removed, []string{"the activation of app " + id}) {
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
		if _, err := oauthapp.Rollback(t.Context(), s.admin, j, nil); err != nil {
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
		less := s.client(s.sim.NewAPIToken("APP_ADMIN"))
		before := s.sim.State()
		res := s.onboard(jobs()["response"], j)
		undone, err := oauthapp.Rollback(t.Context(), less, j, nil)
		if err == nil || !oktaint.Lacks(err, oktaint.LacksRole) || len(undone.Removed) != 0 {
			t.Fatalf("result: %+v, %v", undone, err)
		}
		for _, want := range []string{"could not remove the binding", "what remains: the binding", "the resource set", "the custom role", res.ApplicationID} {
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
		if err := s.try(ctx, d, j); err == nil || j.read(t).Writes["create"] != "sending" {
			t.Fatalf("the create was not lost: %v, %v", err, j.read(t).Writes)
		}
		s.calm()
		s.sendCreate(t)
		before := s.sim.State()
		_, err := oauthapp.Rollback(t.Context(), s.admin, j, nil)
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

// A wire answers as an org that has one active app does, and takes note of what
// is written.
type wire struct {
	app     string
	written []string
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		return answer(r, 200, "application/json", w.app), nil
	}
	w.written = append(w.written, r.Method+" "+r.URL.Path)
	if r.Method == http.MethodDelete {
		return answer(r, 204, "", ""), nil
	}
	return answer(r, 200, "application/json", "{}"), nil
}

// The requests of a rollback, and what it says of changes that it cannot undo.
func TestRollbackRequests(t *testing.T) {
	t.Parallel()
	const given = `"role READ_ONLY_ADMIN":"done","grant okta.users.read":"done","grant okta.logs.read":"done"`
	const made = `"role READ_ONLY_ADMIN":"ra1","grant okta.users.read":"oag1","grant okta.logs.read":"oag2"`
	for name, tc := range map[string]struct {
		client, writes, made string
		want, kept           []string
	}{
		"created": {
			"0oa1", `"create":"done","rename":"done","revoke token":"sending",` + given, `"create":"0oa1",` + made,
			[]string{"POST /api/v1/apps/0oa1/lifecycle/deactivate", "DELETE /api/v1/apps/0oa1"},
			[]string{"revoke token"},
		},
		"created, with a client id of its own": {
			"client1", `"create":"done",` + given, `"create":"0oa1",` + made,
			[]string{
				"DELETE /oauth2/v1/clients/client1/roles/ra1",
				"DELETE /api/v1/apps/0oa1/grants/oag2", "DELETE /api/v1/apps/0oa1/grants/oag1",
				"POST /api/v1/apps/0oa1/lifecycle/deactivate", "DELETE /api/v1/apps/0oa1",
			}, nil,
		},
		"changed": {
			"client1", `"activate":"done","rename":"done","revoke okta.apps.read":"done","binding":"done",` + given, `"binding":"iam1/cr1",` + made,
			[]string{
				"DELETE /api/v1/iam/resource-sets/iam1/bindings/cr1",
				"DELETE /oauth2/v1/clients/client1/roles/ra1",
				"DELETE /api/v1/apps/0oa1/grants/oag2", "DELETE /api/v1/apps/0oa1/grants/oag1",
				"POST /api/v1/apps/0oa1/lifecycle/deactivate",
			},
			[]string{"rename", "revoke okta.apps.read"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org, err := oktaint.ParseOrg("https://acme.okta.com")
			if err != nil {
				t.Fatal(err)
			}
			w := &wire{app: app("0oa1", label, "ACTIVE", "service", ourJWKS(t))}
			j := &row{version: 1, state: []byte(`{"version":1,"org_url":"https://acme.okta.com","label":"` + label +
				`","key_thumbprint":"` + testKey().Public().Thumbprint() + `","application_id":"0oa1","client_id":"` + tc.client + `","writes":{` + tc.writes + `},"made":{` + tc.made + `}}`)}
			res, err := oauthapp.Rollback(t.Context(), oktaint.NewClient(org, w), j, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(w.written, tc.want) || !slices.Equal(res.Kept, tc.kept) {
				t.Errorf("sent %q, kept %q; want %q and %q", w.written, res.Kept, tc.want, tc.kept)
			}
		})
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
		"other org":  {&row{version: 1, state: []byte(`{"version":1,"org_url":"https://other.okta.com","label":"a","key_thumbprint":"` + key + `"}`)}, "https://other.okta.com"},
		"full disk":  {&row{fail: errors.New("disk full")}, "disk full"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			res, err := oauthapp.Rollback(t.Context(), served(t, nil), tc.journal, nil)
			if res == nil || err == nil || !strings.HasPrefix(err.Error(), "oauthapp: rolling back: ") || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%+v, error %v; want %q", res, err, tc.want)
			}
		})
	}
	if res, err := oauthapp.Rollback(t.Context(), served(t, nil), &row{}, nil); err != nil || len(res.Removed) != 0 {
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
			_, err := plan.Apply(t.Context(), nil)
			stopped <- err
		}()
		time.Sleep(20 * time.Millisecond) // the create is on its way
		if _, err := oauthapp.Rollback(t.Context(), s.admin, j, nil); err != nil {
			t.Error(err)
		}
		if err := <-stopped; !errors.Is(err, durable.ErrConflict) || !strings.Contains(err.Error(), "another run is at work") {
			t.Errorf("the run: %v, want ErrConflict", err)
		}
		if now := s.sim.State(); !bytes.Equal(before, now) {
			t.Errorf("the org is not as before:\n%s\n%s", before, now)
		}
	})
}
