package oauthapp_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// nextKeys are keys to rotate to. They are made once, since that takes a while.
var nextKeys = sync.OnceValue(func() []oktaint.Key {
	var keys []oktaint.Key
	for range 3 {
		key, err := oktaint.GenerateKey()
		if err != nil {
			panic(err)
		}
		keys = append(keys, key)
	}
	return keys
})

// A service is one app and what is stored of it.
type service struct {
	*setup
	j      *row
	stored oktaint.Credentials
	next   oktaint.Key // as FILE.next has it
	grace  time.Duration
	role   string
}

// newService sets an app up.
func newService(t *testing.T, config oktatest.Config) *service {
	t.Helper()
	s := &service{setup: newSetup(t, config), j: &row{}, next: nextKeys()[0]}
	s.stored = s.onboard(jobs()["visibility"], s.j).Credentials(testKey())
	s.sim.ResetRequests()
	return s
}

func (s *service) rotation() oauthapp.Rotation {
	return oauthapp.Rotation{
		Credentials: s.stored, Next: s.next, Base: s.base, Grace: s.grace,
		Switch: func(ctx context.Context, next oktaint.Credentials) error {
			if err := s.mintWith(next); err != nil {
				s.t.Errorf("switched to a key that gets no token: %v", err)
			}
			s.stored = next
			return ctx.Err()
		},
	}
}

// mintWith gets a token with credentials, past any disturbance.
func (s *setup) mintWith(creds oktaint.Credentials) error {
	_, err := creds.Source(s.sim.Transport()).TokenContext(context.Background())
	return err
}

func (s *service) rotate(ctx context.Context) (*oauthapp.RotationResult, error) {
	plan, err := oauthapp.BuildRotation(ctx, s.admin, s.rotation(), s.j)
	if err != nil {
		return nil, err
	}
	res, err := plan.Apply(ctx)
	if useErr := s.mintWith(s.stored); useErr != nil {
		s.t.Errorf("the stored key does not work: %v", useErr)
	}
	return res, err
}

// keyStates are the keys of the app as the org has them: their ids and states.
func (s *setup) keyStates(appID string) map[string]string {
	s.t.Helper()
	var set struct {
		Keys []struct{ KID, Status string } `json:"keys"`
	}
	req, err := request.ListKeys(s.t.Context(), s.org, appID)
	if err == nil {
		err = s.client(s.sim.APIToken()).Do(req, &set)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	states := map[string]string{}
	for _, k := range set.Keys {
		states[k.KID] = k.Status
	}
	return states
}

// checkRotated holds the org against a rotation that is over.
func (s *service) checkRotated() {
	s.t.Helper()
	got := s.keyStates(s.stored.ApplicationID)
	if len(got) != 1 || got[s.next.ID()] != "ACTIVE" || !s.stored.Key.Public().Equal(s.next.Public()) {
		s.t.Errorf("keys: %v, want %s alone; stored: %s", got, s.next.ID(), s.stored.Key.ID())
	}
	if err := s.mintWith(s.stored); err != nil {
		s.t.Errorf("the new key: %v", err)
	}
	d := jobs()["visibility"]
	d.Key, d.Role = s.next.Public(), s.role
	if plan := s.plan(d, s.j); len(plan.Steps()) != 0 || plan.App.ID != s.stored.ApplicationID {
		s.t.Errorf("a plan with the new key: %v", plan.Steps())
	}
}

func TestRotate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, oktatest.Config{})
		old := s.stored.Key.ID()
		plan, err := oauthapp.BuildRotation(t.Context(), s.admin, s.rotation(), s.j)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"add the key " + s.next.Public().Thumbprint(), "prove the new key with a token", "switch services to the new key", "deactivate and delete the key " + testKey().Public().Thumbprint()}
		if got := says(plan.Steps()); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("steps: %q", got)
		}
		if w := s.written(); len(w) != 0 {
			t.Errorf("BuildRotation wrote %q", w)
		}
		res, err := s.rotate(t.Context())
		if err != nil || res.OldKey != "" || !res.Until.IsZero() || res.Credentials.Key.ID() != s.next.ID() {
			t.Fatalf("result: %+v, %v", res, err)
		}
		s.checkRotated()
		if _, ok := s.keyStates(s.stored.ApplicationID)[old]; ok {
			t.Error("the old key is there still")
		}
		// What is rolled back now is the app, whatever its key.
		if _, err := s.takeBack(t.Context(), s.j); err != nil || s.apps() != 0 {
			t.Errorf("rollback: %v, %d apps", err, s.apps())
		}
	})
}

// During the grace both keys work; a later run removes the old one, and no run before.
func TestRotateGrace(t *testing.T) {
	t.Parallel()
	for _, wait := range []bool{false, true} {
		t.Run(fmt.Sprintf("wait=%t", wait), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newService(t, oktatest.Config{})
				s.grace = time.Hour
				before := s.stored
				start := time.Now()
				if wait {
					rot := s.rotation()
					rot.Wait = true
					plan, err := oauthapp.BuildRotation(t.Context(), s.admin, rot, s.j)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := plan.Apply(t.Context()); err != nil || time.Since(start) < time.Hour {
						t.Errorf("after %v: %v", time.Since(start), err)
					}
					s.checkRotated()
					return
				}
				for range 3 {
					res, err := s.rotate(t.Context())
					if err != nil || res.OldKey == "" || res.Until.Sub(start).Round(time.Minute) != time.Hour {
						t.Fatalf("result: %+v, %v", res, err)
					}
					for _, creds := range []oktaint.Credentials{before, s.stored} {
						if err := s.mintWith(creds); err != nil {
							t.Errorf("key %s: %v", creds.Key.ID(), err)
						}
					}
					time.Sleep(20 * time.Minute)
				}
				time.Sleep(time.Minute)
				if res, err := s.rotate(t.Context()); err != nil || res.OldKey != "" {
					t.Errorf("result: %+v, %v", res, err)
				}
				s.checkRotated()
			})
		})
	}
}

// rotationPositions counts the requests of a rotation.
func rotationPositions(t *testing.T) int {
	n := 0
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, oktatest.Config{})
		if _, err := s.rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		n = len(s.sim.Requests()) - 1 // but for that of the check
	})
	return n
}

// Whatever happens to any one request of a rotation, the key that is stored works, and the
// next run ends with one key.
func TestRotateSurvives(t *testing.T) {
	t.Parallel()
	total := rotationPositions(t)
	for n := range total {
		for _, what := range slices.Concat(abandonments, faultKinds, foreignKinds()) {
			for _, lag := range []time.Duration{0, 5 * time.Second} {
				if lag > 0 && !slices.Contains(abandonments, what) {
					continue
				}
				cell(t, fmt.Sprintf("%d %s lag=%v", n+1, what, lag), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						s := newService(t, oktatest.Config{Lag: oktatest.Lag{All: lag}})
						time.Sleep(lag) // the app is known
						ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
						defer cancel()
						ctx = s.hit(ctx, n+1, what)
						res, err := s.rotate(ctx)
						if err == nil && res.OldKey == "" {
							s.calm()
							time.Sleep(lag)
							s.checkRotated()
							return
						}
						s.calm()
						if res, err := s.rotate(t.Context()); err != nil || res.OldKey != "" {
							t.Fatalf("the next run: %+v, %v", res, err)
						}
						time.Sleep(lag)
						s.checkRotated()
					})
				})
			}
		}
	}
}

// foreignKinds are the names of foreignAnswers.
func foreignKinds() []string {
	var names []string
	for name := range foreignAnswers {
		names = append(names, name)
	}
	return names
}

// hit disturbs the n-th request from now on, in any of the ways that tests know.
func (s *setup) hit(ctx context.Context, n int, what string) context.Context {
	for _, how := range abandonments {
		if how == what {
			return s.abandon(nth(n), how)
		}
	}
	if foreign, ok := foreignAnswers[what]; ok {
		s.disturb(nth(n), func(r *http.Request, _ http.RoundTripper) (*http.Response, error) { return foreign(r), nil })
		return ctx
	}
	s.fault(n, what)
	return ctx
}

// An app that was made by hand, whose key id is no thumbprint, is rotated too.
func TestRotateForeignKID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{setup: newSetup(t, oktatest.Config{}), j: &row{}, next: nextKeys()[1]}
		s.stored, s.role = s.byHand("made-by-a-script"), oauthapp.RoleReadOnlyAdmin
		res, err := s.rotate(t.Context())
		if err != nil || res.OldKey != "" {
			t.Fatalf("result: %+v, %v", res, err)
		}
		s.checkRotated()
	})
}

// byHand makes an app with a key of another name, a scope and a role, and returns what was
// stored of it.
func (s *setup) byHand(kid string) oktaint.Credentials {
	s.t.Helper()
	pem, err := os.ReadFile("testdata/rsa2048_TEST_ONLY.pem")
	if err != nil {
		s.t.Fatal(err)
	}
	key, err := oktaint.ParseKey(pem, kid)
	if err != nil {
		s.t.Fatal(err)
	}
	d := jobs()["visibility"]
	d.Key, d.Role = key.Public(), oauthapp.RoleReadOnlyAdmin
	return s.onboard(d, nil).Credentials(key)
}

// A rotation says what is wrong before anything is written.
func TestRotateErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*service, *oauthapp.Rotation)
		want   string
	}{
		"no next key":        {func(_ *service, r *oauthapp.Rotation) { r.Next = oktaint.Key{} }, "there is no new key"},
		"no switch":          {func(_ *service, r *oauthapp.Rotation) { r.Switch = nil }, "there is no Switch"},
		"the key in use":     {func(s *service, r *oauthapp.Rotation) { r.Next = s.stored.Key }, "the new key is the one in use"},
		"an API token":       {func(_ *service, r *oauthapp.Rotation) { r.Credentials.Kind = oktaint.KindAPIToken }, "of kind"},
		"a key of nobody":    {func(_ *service, r *oauthapp.Rotation) { r.Credentials.Key = nextKeys()[2] }, "has neither the key"},
		"the wrong org":      {func(_ *service, r *oauthapp.Rotation) { r.Credentials.Org = oktaint.Org{} }, "the administrator's for"},
		"an unknown app":     {func(_ *service, r *oauthapp.Rotation) { r.Credentials.ApplicationID = "0oaGONE" }, "no service app 0oaGONE"},
		"the app's own work": {func(s *service, _ *oauthapp.Rotation) { s.admin = oktaint.NewClient(s.stored, s.base) }, "Super Admin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newService(t, oktatest.Config{})
				rot := s.rotation()
				tc.change(s, &rot)
				plan, err := oauthapp.BuildRotation(t.Context(), s.admin, rot, s.j)
				if err == nil {
					_, err = plan.Apply(t.Context())
				}
				if err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("error: %v, want %q", err, tc.want)
				}
				if keys := s.keyStates(s.stored.ApplicationID); len(keys) != 1 {
					t.Errorf("keys: %v", keys)
				}
			})
		})
	}
}

// A store that fails leaves the old key in use, and the next run goes on with the new one.
func TestRotateStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, oktatest.Config{})
		rot := s.rotation()
		full := errors.New("disk full")
		rot.Switch = func(context.Context, oktaint.Credentials) error { return full }
		plan, err := oauthapp.BuildRotation(t.Context(), s.admin, rot, s.j)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := plan.Apply(t.Context()); !errors.Is(err, full) || !res.Credentials.Key.Public().Equal(testKey().Public()) {
			t.Errorf("result: %+v, %v", res, err)
		}
		s.next = nextKeys()[1] // a third key is refused while the second waits
		if _, err := s.rotate(t.Context()); err == nil || !strings.Contains(err.Error(), "another rotation is under way") {
			t.Errorf("error: %v", err)
		}
		s.next = nextKeys()[0]
		if _, err := s.rotate(t.Context()); err != nil {
			t.Error(err)
		}
		s.checkRotated()
	})
}

// Old credentials that come back during the grace, as from a backup, are switched again
// before their key goes.
func TestRotateRestored(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, oktatest.Config{})
		before := s.stored
		s.grace = time.Hour
		if _, err := s.rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		s.stored = before
		if res, err := s.rotate(t.Context()); err != nil || res.OldKey == "" || time.Until(res.Until).Round(time.Minute) != time.Hour {
			t.Errorf("result: %+v, %v", res, err)
		}
		time.Sleep(2 * time.Hour)
		if _, err := s.rotate(t.Context()); err != nil {
			t.Error(err)
		}
		s.checkRotated()
	})
}

// Credentials whose two ids are of two apps name none of them.
func TestIDsOfCredentials(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, oktatest.Config{})
		mixed := s.stored
		mixed.ClientID = "0oaOTHER"
		rot := s.rotation()
		rot.Credentials = mixed
		if _, err := oauthapp.BuildRotation(t.Context(), s.admin, rot, s.j); err == nil || !strings.Contains(err.Error(), "has the client id") {
			t.Errorf("rotation: %v", err)
		}
		for _, j := range []durable.State{nil, s.j} {
			if _, err := oauthapp.BuildOffboard(t.Context(), s.admin, oauthapp.Offboarding{Credentials: mixed}, j); err == nil || !strings.Contains(err.Error(), "has the client id") {
				t.Errorf("offboarding: %v", err)
			}
		}
		if writes := s.sim.Requests(); slices.ContainsFunc(writes, func(r oktatest.Request) bool { return r.Method == http.MethodDelete }) {
			t.Errorf("requests: %v", writes)
		}
	})
}

// A rotation is applied once, wants a journal, and that of its app.
func TestRotateJournal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, oktatest.Config{})
		if _, err := oauthapp.BuildRotation(t.Context(), s.admin, s.rotation(), nil); err == nil || !strings.Contains(err.Error(), "no journal") {
			t.Errorf("without a journal: %v", err)
		}
		other, j := jobs()["visibility"], &row{}
		other.Label, other.Key = "Another", nextKeys()[2].Public()
		s.onboard(other, j)
		if _, err := oauthapp.BuildRotation(t.Context(), s.admin, s.rotation(), j); err == nil || !strings.Contains(err.Error(), "use another journal") {
			t.Errorf("with the journal of another app: %v", err)
		}
		plan, err := oauthapp.BuildRotation(t.Context(), s.admin, s.rotation(), s.j)
		if err != nil || len(plan.Warnings) != 0 {
			t.Fatal(plan, err)
		}
		if _, err := plan.Apply(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := plan.Apply(t.Context()); err == nil || !strings.Contains(err.Error(), "applied already") {
			t.Errorf("applied again: %v", err)
		}
		if steps := plan.Steps(); len(steps) != 0 {
			t.Errorf("steps that are left: %v", steps)
		}
	})
}

// A keyring is where a service looks up its key for each assertion.
type keyring struct {
	mu  sync.Mutex
	key oktaint.Key
}

func (k *keyring) Key(context.Context) (oktaint.Key, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.key, nil
}

func (k *keyring) set(key oktaint.Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.key = key
}

// Ten rotations while a service works, with no grace at all: no call of it fails.
func TestRotateUnderLoad(t *testing.T) {
	t.Parallel()
	for _, dpop := range []bool{false, true} {
		t.Run(fmt.Sprintf("DPoP=%t", dpop), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { rotateUnderLoad(t, dpop) })
		})
	}
}

func rotateUnderLoad(t *testing.T, dpop bool) {
	const workers, rotations = 64, 10
	s := &service{setup: newSetup(t, oktatest.Config{Latency: 20 * time.Millisecond, TokenLifetime: time.Minute, RateLimits: map[string]int{"users": 0, "token": 0, "app": 0, "apps": 0}}), j: &row{}}
	d := jobs()["visibility"]
	d.DPoP = dpop
	s.stored = s.onboard(d, s.j).Credentials(testKey())
	ring := &keyring{key: testKey()}
	service := oktaint.NewClient(oktaint.PrivateKeyJWT{
		Org: s.org, ClientID: s.stored.ClientID, Keys: ring, Scopes: s.stored.Scopes, DPoP: dpop,
	}, s.base)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	var calls atomic.Int64
	for range workers {
		wg.Go(func() {
			for ctx.Err() == nil {
				var users []struct{ ID string }
				if err := service.Get(context.WithoutCancel(ctx), &users, nil, "api", "v1", "users"); err != nil {
					t.Errorf("a call failed: %v", err)
					return
				}
				calls.Add(1)
				time.Sleep(10 * time.Second)
			}
		})
	}
	for range rotations {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if s.next, err = oktaint.NewKey(key, ""); err != nil {
			t.Fatal(err)
		}
		rot := s.rotation()
		rot.Switch = func(_ context.Context, next oktaint.Credentials) error {
			ring.set(next.Key)
			s.stored = next
			return nil
		}
		plan, err := oauthapp.BuildRotation(t.Context(), s.admin, rot, s.j)
		if err != nil {
			t.Fatal(err)
		}
		if res, err := plan.Apply(t.Context()); err != nil || res.OldKey != "" {
			t.Fatalf("result: %+v, %v", res, err)
		}
		time.Sleep(90 * time.Second) // the token of before is over
	}
	stop()
	wg.Wait()
	if got := s.keyStates(s.stored.ApplicationID); len(got) != 1 || calls.Load() < workers*rotations*8 {
		t.Errorf("keys: %v, %d calls", got, calls.Load())
	}
	t.Logf("%d calls during %d rotations", calls.Load(), rotations)
}

// The old key stays if the new one gets no token when its time is over.
func TestRotateProvesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, oktatest.Config{})
		s.grace = time.Hour
		if _, err := s.rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Hour)
		isToken := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/token") }
		s.disturb(isToken, func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
			return answer(r, 403, "application/json", `{"error":"access_denied","error_description":"outside of the zones"}`), nil
		})
		if _, err := s.rotate(t.Context()); err == nil || !strings.Contains(err.Error(), "the new key gets no token") {
			t.Errorf("error: %v", err)
		}
		if keys := s.keyStates(s.stored.ApplicationID); len(keys) != 2 {
			t.Errorf("keys: %v", keys)
		}
		s.calm()
		if _, err := s.rotate(t.Context()); err != nil {
			t.Error(err)
		}
		s.checkRotated()
	})
}

// Once services use the new key, a rollback of the journal leaves it.
func TestRollbackKeepsTheNewKey(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &service{setup: newSetup(t, oktatest.Config{}), j: &row{}, next: nextKeys()[1], grace: time.Hour}
		s.stored, s.role = s.byHand("made-by-a-script"), oauthapp.RoleReadOnlyAdmin
		if _, err := s.rotate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.takeBack(t.Context(), s.j); err != nil {
			t.Fatal(err)
		}
		if keys := s.keyStates(s.stored.ApplicationID); keys[s.next.ID()] != "ACTIVE" || len(keys) != 2 {
			t.Errorf("keys: %v", keys)
		}
		if err := s.mintWith(s.stored); err != nil {
			t.Errorf("the stored key: %v", err)
		}
	})
}
