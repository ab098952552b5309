package oauthapp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// jobs are what the tests of this file make, in few requests.
func jobs() map[string]oauthapp.Desired {
	small := desired()
	small.Scopes = scopes.New(scopes.UsersRead, scopes.GroupsRead, scopes.LogsRead)
	response := small
	response.Scopes = scopes.New(scopes.UsersManage, scopes.LogsRead)
	response.Permissions = []string{"okta.users.read", "okta.users.lifecycle.suspend"}
	return map[string]oauthapp.Desired{"visibility": small, "response": response}
}

// faultKinds are what may happen to a request, as oktatest calls it. After a
// stall the caller's deadline ends the run.
var faultKinds = []string{"refuse", "reset-before", "reset-after", "429", "500", "503", "html", "cut", "stall"}

// ways to abandon a run at one of its requests: it is never sent, its answer
// is lost, or it is answered and nothing more is sent.
var abandonments = []string{"before", "lost", "answered"}

// disturb lets do handle the requests from now on that match.
func (s *setup) disturb(match func(*http.Request) bool, do func(*http.Request, http.RoundTripper) (*http.Response, error)) {
	real := s.sim.Transport()
	s.base = roundTrip(func(r *http.Request) (*http.Response, error) {
		if match(r) {
			return do(r, real)
		}
		return real.RoundTrip(r)
	})
	s.admin = s.client(s.sim.APIToken())
}

// nth matches the n-th request, from 1.
func nth(n int) func(*http.Request) bool {
	var sent atomic.Int32
	return func(*http.Request) bool { return sent.Add(1) == int32(n) }
}

// isCreate matches the request that creates an app.
func isCreate(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == "/api/v1/apps"
}

// calm ends the disturbance.
func (s *setup) calm() {
	s.base = s.sim.Transport()
	s.admin = s.client(s.sim.APIToken())
}

// fault hits the n-th request from now on, and those that net/http sends in its
// place.
func (s *setup) fault(n int, kind string) {
	s.disturb(nth(n), func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
		if err := s.sim.AddFault(r.Method + " " + r.URL.Path + " #1 " + kind); err != nil {
			s.t.Error(err)
		}
		return real.RoundTrip(r)
	})
}

// abandon returns a context that ends with the first request from now on that
// matches.
func (s *setup) abandon(match func(*http.Request) bool, how string) context.Context {
	ctx, kill := context.WithCancel(context.Background())
	s.t.Cleanup(kill)
	s.disturb(match, func(r *http.Request, real http.RoundTripper) (*http.Response, error) {
		defer kill()
		if how == "before" {
			return nil, io.ErrUnexpectedEOF
		}
		resp, err := real.RoundTrip(r)
		if err != nil || how == "answered" {
			return resp, err
		}
		resp.Body.Close()
		return nil, io.ErrUnexpectedEOF
	})
	return ctx
}

// try plans and applies, which may fail.
func (s *setup) try(ctx context.Context, d oauthapp.Desired, j durable.State) error {
	p, err := oauthapp.BuildPlan(ctx, s.admin, d, j)
	if err == nil {
		_, err = p.Apply(ctx)
	}
	return err
}

// positions counts the requests of work in an org where nothing goes wrong.
func positions(t *testing.T, work func(*setup)) (n int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		work(s)
		n = len(s.sim.Requests())
	})
	return n
}

// orgState is what oktatest says of an org.
type orgState map[string]json.RawMessage

func (s *setup) state() orgState {
	s.t.Helper()
	var state orgState
	if err := json.Unmarshal(s.sim.State(), &state); err != nil {
		s.t.Fatal(err)
	}
	return state
}

// added returns what a list of the state holds now and did not hold before, and
// fails if anything that it held before is gone or changed.
func added(t *testing.T, before, now orgState, list string) (fresh []map[string]any) {
	t.Helper()
	var old, all []json.RawMessage
	for rows, raw := range map[*[]json.RawMessage]json.RawMessage{&old: before[list], &all: now[list]} {
		if err := json.Unmarshal(raw, rows); err != nil {
			t.Fatalf("%s: %v", list, err)
		}
	}
	kept := 0
	for _, raw := range all {
		if slices.ContainsFunc(old, func(o json.RawMessage) bool { return bytes.Equal(o, raw) }) {
			kept++
			continue
		}
		var row map[string]any
		if err := json.Unmarshal(raw, &row); err != nil {
			t.Fatal(err)
		}
		fresh = append(fresh, row)
	}
	if kept != len(old) {
		t.Errorf("%s: %d of %d that were there before are gone or changed", list, len(old)-kept, len(old))
	}
	return fresh
}

// checkExactly holds the org against d: one app with one active key, the wanted
// grants and roles, and besides that everything as it was before.
func (s *setup) checkExactly(before orgState, d oauthapp.Desired) {
	s.t.Helper()
	now := s.state()
	lists := map[string][]map[string]any{}
	for name := range now {
		if name == "id" || name == "clientPrivilegesSetting" {
			continue
		}
		lists[name] = added(s.t, before, now, name)
	}
	apps := lists["apps"]
	if len(apps) != 1 {
		s.t.Fatalf("%d apps were made, want 1", len(apps))
	}
	keys, _ := apps[0]["keys"].([]any)
	if len(keys) != 1 || apps[0]["label"] != d.Label || apps[0]["status"] != "ACTIVE" {
		s.t.Fatalf("app %v %v with %d keys", apps[0]["label"], apps[0]["status"], len(keys))
	}
	if key, _ := keys[0].(map[string]any); key["kid"] != d.Key.ID() || key["status"] != "ACTIVE" {
		s.t.Errorf("the key is %v, %v; want %s", key["kid"], key["status"], d.Key.ID())
	}
	s.checkList(lists["grants"], "scopeId", d.Scopes.String())
	custom, roles := 1, "CUSTOM READ_ONLY_ADMIN" // the IAM reader
	if len(d.Permissions) > 0 {
		custom, roles = 2, "CUSTOM CUSTOM READ_ONLY_ADMIN"
	}
	s.checkList(lists["roles"], "type", roles)
	want := map[string]int{"apps": 1, "grants": d.Scopes.Len(), "roles": 1 + custom, "customRoles": custom, "resourceSets": custom}
	for name, list := range lists {
		if len(list) != want[name] {
			s.t.Errorf("%d %s were made, want %d: %v", len(list), name, want[name], list)
		}
	}
}

func (s *setup) checkList(list []map[string]any, field, want string) {
	s.t.Helper()
	var names []string
	for _, row := range list {
		names = append(names, fmt.Sprint(row[field]))
	}
	slices.Sort(names)
	if got := strings.Join(names, " "); got != want {
		s.t.Errorf("%s: %s, want %s", field, got, want)
	}
}

// journals returns an empty journal and none. The longer job does with one, to
// save time.
func journals(job string) map[string]func() durable.State {
	list := map[string]func() durable.State{"journal": func() durable.State { return &row{} }}
	if job == "visibility" {
		list["no journal"] = func() durable.State { return nil }
	}
	return list
}

// Whatever happens to any one request, the run or the next one ends with
// exactly what is wanted.
func TestSurvivesAnyFault(t *testing.T) {
	t.Parallel()
	for name, d := range jobs() {
		total := positions(t, func(s *setup) { s.onboard(d, nil) })
		for n := range total {
			for _, kind := range slices.Concat(faultKinds, foreignKinds()) {
				for with, journal := range journals(name) {
					cell(t, fmt.Sprintf("%s/%d %s/%s", name, n+1, kind, with), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							s, j := newSetup(t, oktatest.Config{}), journal()
							before := s.state()
							ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
							defer cancel()
							err := s.tryAll(s.hit(ctx, n+1, kind), d, j)
							switch {
							case err == nil && kind != "stall": // it says that it is done
								s.checkExactly(before, d)
							case kind == "500", kind == "html": // a read is not repeated after these
							case foreignAnswers[kind] != nil: // nor what a proxy has answered
							case (err != nil) != (kind == "stall"):
								t.Errorf("the disturbed run: %v", err)
							}
							s.calm()
							s.onboard(d, j)
							s.checkExactly(before, d)
						})
					})
				}
			}
		}
	}
}

// A run that is abandoned at any request is finished by the next one.
func TestSurvivesAbandonment(t *testing.T) {
	t.Parallel()
	for name, d := range jobs() {
		total := positions(t, func(s *setup) { s.onboard(d, nil) })
		for n := range total {
			for _, how := range abandonments {
				for with, journal := range journals(name) {
					cell(t, fmt.Sprintf("%s/%d %s/%s", name, n+1, how, with), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							s, j := newSetup(t, oktatest.Config{}), journal()
							before := s.state()
							ctx := s.abandon(nth(n+1), how)
							if err := s.try(ctx, d, j); err == nil && how != "answered" {
								t.Error("the abandoned run returned no error")
							}
							s.calm()
							s.onboard(d, j)
							s.checkExactly(before, d)
						})
					})
				}
			}
		}
	}
}

// undo rolls back, which must not fail, and holds the org against what it was.
func (s *setup) undo(before []byte, j durable.State) {
	s.t.Helper()
	if _, err := s.takeBack(context.Background(), j); err != nil {
		s.t.Fatalf("Rollback: %v", err)
	}
	if now := s.sim.State(); !bytes.Equal(before, now) {
		s.t.Errorf("the org is not as before:\n%s\n%s", before, now)
	}
}

// A run that is abandoned at any request can be rolled back, after which the
// org is as it was, byte for byte, and a new run begins afresh.
func TestRollbackAfterAbandonment(t *testing.T) {
	t.Parallel()
	for name, d := range jobs() {
		total := positions(t, func(s *setup) { s.onboard(d, nil) })
		for n := range total {
			for _, how := range abandonments {
				cell(t, fmt.Sprintf("%s/%d %s", name, n+1, how), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						s, j := newSetup(t, oktatest.Config{}), &row{}
						before := s.sim.State()
						if err := s.try(s.abandon(nth(n+1), how), d, j); err == nil && how != "answered" {
							t.Error("the abandoned run returned no error")
						}
						s.calm()
						s.undo(before, j)
						s.undo(before, j) // a second time does nothing
						state := s.state()
						s.onboard(d, j)
						s.checkExactly(state, d)
					})
				})
			}
		}
	}
}

// The same for an app that was there before: it keeps what it had, and loses
// the rest.
func TestRollbackOfAnAppThatWasThere(t *testing.T) {
	t.Parallel()
	old := desired()
	old.Scopes, old.Role = scopes.New(scopes.UsersRead), "HELP_DESK_ADMIN"
	d := jobs()["response"]
	d.Scopes = scopes.New(scopes.UsersRead, scopes.GroupsRead, scopes.LogsRead)
	total := positions(t, func(s *setup) {
		s.onboard(old, nil)
		s.sim.ResetRequests()
		s.onboard(d, nil)
	})
	for n := range total {
		for _, how := range abandonments {
			cell(t, fmt.Sprintf("%d %s", n+1, how), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s, j := newSetup(t, oktatest.Config{}), &row{}
					s.onboard(old, nil)
					before := s.sim.State()
					if err := s.try(s.abandon(nth(n+1), how), d, j); err == nil && how != "answered" {
						t.Error("the abandoned run returned no error")
					}
					s.calm()
					s.undo(before, j)
					s.onboard(d, j)
					s.undo(before, j)
				})
			})
		}
	}
}

// Rollback may itself be abandoned, or disturbed, at any request.
func TestRollbackSurvives(t *testing.T) {
	t.Parallel()
	for name, d := range jobs() {
		total := positions(t, func(s *setup) {
			j := &row{}
			s.onboard(d, j)
			before := s.sim.State()
			s.sim.ResetRequests()
			if _, err := s.takeBack(s.t.Context(), j); err != nil {
				s.t.Error(err)
			}
			if bytes.Equal(before, s.sim.State()) {
				s.t.Error("Rollback did nothing")
			}
		})
		for n := range total {
			for _, what := range slices.Concat(abandonments, faultKinds) {
				cell(t, fmt.Sprintf("%s/%d %s", name, n+1, what), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						s, j := newSetup(t, oktatest.Config{}), &row{}
						before := s.sim.State()
						s.onboard(d, j)
						ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
						defer cancel()
						if abandoned := slices.Contains(abandonments, what); abandoned {
							ctx = s.abandon(nth(n+1), what)
						} else {
							s.fault(n+1, what)
						}
						_, err := s.takeBack(ctx, j)
						if err == nil && !bytes.Equal(before, s.sim.State()) {
							t.Errorf("the disturbed rollback: %v", err)
						}
						s.calm()
						s.undo(before, j)
					})
				})
			}
		}
	}
}
