package oauthapp_test

import (
	"cmp"
	"context"
	"fmt"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/scopes"
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
)

// offboard takes the app of credentials away.
func (s *setup) offboard(ctx context.Context, o oauthapp.Offboarding, j durable.State) (*oauthapp.Teardown, *oauthapp.TeardownResult, error) {
	o.Base = s.base
	down, err := oauthapp.BuildOffboard(ctx, s.admin, o, j)
	if err != nil {
		return nil, nil, err
	}
	res, err := down.Apply(ctx)
	return down, res, err
}

// With the journal all that was made from here goes, and the org is as it was. A token that
// is handed over ends at once, and none is minted.
func TestOffboard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		bare := s.sim.State()
		creds := s.onboard(jobs()["response"], j).Credentials(testKey())
		tok, err := creds.Source(s.base).TokenContext(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.sim.ResetRequests()
		down, res, err := s.offboard(t.Context(), oauthapp.Offboarding{Credentials: creds, Tokens: []oktaint.Secret{oktaint.NewSecret(tok.AccessToken)}}, j)
		if err != nil {
			t.Fatal(err)
		}
		if down.App.ID != creds.ApplicationID || !warned(down.Warnings, "up to an hour") || len(down.Warnings) != 1 {
			t.Errorf("app %s, warnings %q", down.App.ID, down.Warnings)
		}
		want := "revoke access tokens of the app, take the custom role IAM reader from the app, take the custom role from the app, " +
			"remove the custom role IAM reader, remove the custom role, remove the resource set of the custom role IAM reader, remove the resource set of the custom role, " +
			fmt.Sprintf("delete the app %q (%s)", label, creds.ApplicationID)
		if got := strings.Join(says(res.Done), ", "); got != want {
			t.Errorf("done: %s", got)
		}
		for _, w := range s.written() {
			if strings.HasSuffix(w, "/token") {
				t.Error("a token was minted")
			}
		}
		if err := s.same(bare); err != nil {
			t.Error(err)
		}
		if string(j.state) != `{"version":2,"org_url":"","label":"","key_thumbprint":""}` {
			t.Errorf("journal: %s", j.state)
		}
		if _, res, err := s.offboard(t.Context(), oauthapp.Offboarding{Credentials: creds}, j); err != nil || len(res.Done) != 0 {
			t.Errorf("again: %v, %v", res, err)
		}
	})
}

// A token that is handed over does not work any more, also while the app is there still.
func TestOffboardTokenFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, j := newSetup(t, oktatest.Config{}), &row{}
		creds := s.onboard(jobs()["visibility"], j).Credentials(testKey())
		tok, err := creds.Source(s.base).TokenContext(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		o := oauthapp.Offboarding{Credentials: creds, Tokens: []oktaint.Secret{oktaint.NewSecret(tok.AccessToken)}, Base: s.base}
		down, err := oauthapp.BuildOffboard(t.Context(), s.admin, o, j)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		down.Progress = func(e oauthapp.Event) {
			if e.Step.Kind == oauthapp.StepRevokeAccess && e.Done == e.Total {
				stop()
			}
		}
		if _, err := down.Apply(ctx); err == nil {
			t.Fatal("it went on after the end")
		}
		if err := s.useToken(tok.AccessToken); err == nil || !strings.Contains(err.Error(), "401") {
			t.Errorf("the token: %v", err)
		}
		if s.apps() != 1 {
			t.Error("the app is gone")
		}
	})
}

// useToken asks for one user with an access token.
func (s *setup) useToken(token string) error {
	req, err := s.org.NewRequest(context.Background(), "GET", nil, nil, "api", "v1", "users")
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return oktaint.NewClient(s.org, s.sim.Transport()).Do(req, nil)
}

// Without a journal the app goes, and nothing else: role objects are named.
func TestOffboardWithoutJournal(t *testing.T) {
	t.Parallel()
	for _, j := range []durable.State{nil, &row{}} {
		t.Run(fmt.Sprintf("journal %t", j != nil), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newSetup(t, oktatest.Config{})
				creds := s.onboard(jobs()["response"], nil).Credentials(testKey())
				down, res, err := s.offboard(t.Context(), oauthapp.Offboarding{Credentials: creds}, j)
				if err != nil || len(res.Done) != 1 || res.Done[0].Kind != oauthapp.StepDelete {
					t.Fatalf("result: %+v, %v", res, err)
				}
				if n := len(down.Warnings); n != 5 || !warned(down.Warnings, "the custom role cr0") || !warned(down.Warnings, "the resource set iam") {
					t.Errorf("warnings: %q", down.Warnings)
				}
				if roles, sets := s.iam(); s.apps() != 0 || roles != 2 || sets != 2 {
					t.Errorf("%d apps, %d custom roles, %d resource sets", s.apps(), roles, sets)
				}
			})
		})
	}
}

// An app that was made by hand, whose key id is no thumbprint, is taken away too.
func TestOffboardForeignKID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		bare := s.sim.State()
		if _, _, err := s.offboard(t.Context(), oauthapp.Offboarding{Credentials: s.byHand("made-by-a-script")}, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.same(bare); err != nil {
			t.Error(err)
		}
	})
}

// Whatever happens to any one request, nothing is called gone that is there, and the next
// run ends with the org as it was.
func TestOffboardSurvives(t *testing.T) {
	t.Parallel()
	d := jobs()["visibility"]
	total := positions(t, func(s *setup) {
		j := &row{}
		creds := s.onboard(d, j).Credentials(testKey())
		s.sim.ResetRequests()
		if _, _, err := s.offboard(s.t.Context(), oauthapp.Offboarding{Credentials: creds}, j); err != nil {
			s.t.Error(err)
		}
	})
	for n := range total {
		for _, what := range slices.Concat(abandonments, faultKinds, foreignKinds()) {
			for _, lag := range []time.Duration{0, 5 * time.Second} {
				if lag > 0 && !slices.Contains(abandonments, what) {
					continue
				}
				cell(t, fmt.Sprintf("%d %s lag=%v", n+1, what, lag), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						s, j := newSetup(t, oktatest.Config{Lag: oktatest.Lag{All: lag}}), &row{}
						bare := s.sim.State()
						creds := s.onboard(d, j).Credentials(testKey())
						o := oauthapp.Offboarding{Credentials: creds}
						ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
						defer cancel()
						_, _, err := s.offboard(s.hit(ctx, n+1, what), o, j)
						s.calm()
						if wrong := s.same(bare); err == nil && wrong != nil {
							t.Errorf("it says that it is done: %v", wrong)
						}
						if _, _, err := s.offboard(t.Context(), o, j); err != nil {
							t.Fatalf("the next run: %v", err)
						}
						if wrong := s.same(bare); wrong != nil {
							t.Error(wrong)
						}
					})
				})
			}
		}
	}
}

func TestOffboardErrors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*oauthapp.Offboarding)
		want   string
	}{
		"an API token": {func(o *oauthapp.Offboarding) { o.Credentials.Kind = oktaint.KindAPIToken }, "of kind"},
		"no client id": {func(o *oauthapp.Offboarding) { o.Credentials.ClientID = "" }, "no client id"},
		"another app":  {func(o *oauthapp.Offboarding) { o.Credentials.ApplicationID = "0oaOTHER" }, "the journal is about the app"},
		"no key": {func(o *oauthapp.Offboarding) {
			o.Credentials.Key, o.Tokens = oktaint.Key{}, []oktaint.Secret{oktaint.NewSecret("x")}
		}, "have no key"},
		"the wrong org": {func(o *oauthapp.Offboarding) { o.Credentials.Org = oktaint.Org{} }, "the administrator's for"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s, j := newSetup(t, oktatest.Config{}), &row{}
				o := oauthapp.Offboarding{Credentials: s.onboard(jobs()["visibility"], j).Credentials(testKey())}
				tc.change(&o)
				if _, _, err := s.offboard(t.Context(), o, j); err == nil || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("error: %v, want %q", err, tc.want)
				}
				if s.apps() != 1 {
					t.Error("the app is gone")
				}
			})
		})
	}
}

// An app whose client id is not its id is found by the journal if the credentials do not
// name the id. Its grants and roles, which would outlive it, go before it.
func TestOffboardOwnClientID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSetup(t, oktatest.Config{})
		const clientID = "my.own-client"
		var app struct{ ID string }
		for _, build := range []func() (*http.Request, error){
			func() (*http.Request, error) {
				return request.CreateApp(t.Context(), s.org, request.App{Label: "By hand", Key: testKey().Public(), ClientID: clientID})
			},
			func() (*http.Request, error) { return request.Grant(t.Context(), s.org, app.ID, "okta.users.read") },
			func() (*http.Request, error) {
				return request.AssignRole(t.Context(), s.org, clientID, oauthapp.RoleReadOnlyAdmin)
			},
		} {
			req, err := build()
			var got struct{ ID string }
			if err == nil {
				err = s.admin.Do(req, &got)
			}
			if err != nil {
				t.Fatal(err)
			}
			app.ID = cmp.Or(app.ID, got.ID)
		}
		creds := oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT, Org: s.org, ClientID: clientID, ApplicationID: app.ID, Key: testKey(), Scopes: scopes.New(scopes.UsersRead)}
		j := &row{}
		plan, err := oauthapp.BuildRotation(t.Context(), s.admin, oauthapp.Rotation{
			Credentials: creds, Next: nextKeys()[0], Base: s.base, Switch: func(context.Context, oktaint.Credentials) error { return nil },
		}, j)
		if err == nil {
			_, err = plan.Apply(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		creds.ApplicationID = ""
		down, err := oauthapp.BuildOffboard(t.Context(), s.admin, oauthapp.Offboarding{Credentials: creds}, nil)
		if err != nil || len(down.Steps()) != 0 || !strings.Contains(strings.Join(down.Warnings, ";"), "put the application id into the credentials") {
			t.Errorf("without a journal: %v, %v", down, err)
		}
		if _, res, err := s.offboard(t.Context(), oauthapp.Offboarding{Credentials: creds}, j); err != nil || len(res.Done) != 3 {
			t.Errorf("result: %+v, %v", res, err)
		}
		if strings.Contains(string(s.sim.State()), clientID) {
			t.Errorf("the org: %s", s.sim.State())
		}
	})
}
