package oktaint_test

import (
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// dpopApp makes an app that requires DPoP, with a role and the scopes to read
// groups, and returns a client that signs in as it.
func dpopApp(t *testing.T, sim *oktatest.Org, configured bool) *oktaint.Client {
	t.Helper()
	org := mustOrg(t, sim.URL())
	admin := oktaint.NewClient(oktaint.APIToken{Org: org, Token: oktaint.NewSecret(sim.APIToken())}, sim.Transport())
	key := readKey(t, "ec_p256_TEST_ONLY.pem")
	post := func(out any, body any, elem ...string) {
		req, err := org.NewRequest(t.Context(), "POST", nil, body, elem...)
		if err != nil {
			t.Fatal(err)
		}
		if err := admin.Do(req, out); err != nil {
			t.Fatal(err)
		}
	}
	type m = map[string]any
	var app struct{ ID string }
	post(&app, m{
		"label": "bound", "name": "oidc_client", "signOnMode": "OPENID_CONNECT",
		"credentials": m{"oauthClient": m{"token_endpoint_auth_method": "private_key_jwt"}},
		"settings": m{"oauthClient": m{
			"application_type": "service", "grant_types": []string{"client_credentials"}, "response_types": []string{"token"},
			"dpop_bound_access_tokens": true, "jwks": m{"keys": []any{key.Public()}},
		}},
	}, "api", "v1", "apps")
	post(nil, m{"type": "READ_ONLY_ADMIN"}, "oauth2", "v1", "clients", app.ID, "roles")
	post(nil, m{"scopeId": "okta.apps.read", "issuer": org.String()}, "api", "v1", "apps", app.ID, "grants")
	for range 98 { // something to list, with the app itself and Okta's browser plugin
		post(nil, m{
			"label": "listed", "name": "oidc_client", "signOnMode": "OPENID_CONNECT",
			"credentials": m{"oauthClient": m{"token_endpoint_auth_method": "private_key_jwt"}},
			"settings": m{"oauthClient": m{
				"application_type": "service", "grant_types": []string{"client_credentials"}, "response_types": []string{"token"},
				"jwks": m{"keys": []any{key.Public()}},
			}},
		}, "api", "v1", "apps")
	}
	sim.ResetRequests()
	src := oktaint.PrivateKeyJWT{Org: org, ClientID: app.ID, Key: key, Scopes: scopes.New(scopes.AppsRead), DPoP: configured}.Source(sim.Transport())
	return oktaint.NewClient(src, sim.Transport())
}

// The simulated org checks every proof: a list of many pages passes, with nonces
// that change in its midst, for many callers at once.
func TestDPoPFlow(t *testing.T) {
	t.Parallel()
	for _, configured := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			sim := oktatest.New(t, oktatest.Config{RateLimits: map[string]int{"apps": 0, "app": 0}, DPoPResourceNonce: true, Latency: 10 * time.Millisecond})
			c := dpopApp(t, sim, configured)
			var wg sync.WaitGroup
			for i := range 5 {
				wg.Go(func() {
					n := 0
					for _, err := range oktaint.List[item](t.Context(), c, url.Values{"limit": {"1"}}, "api", "v1", "apps") {
						if err != nil {
							t.Error(err)
							return
						}
						if n++; i == 0 && n%25 == 0 {
							sim.RotateDPoPNonces()
						}
					}
					if n != 100 {
						t.Errorf("%d apps, want 100", n)
					}
				})
			}
			wg.Wait()
			tokens := 0
			for _, r := range sim.Requests() {
				if r.Path == "/oauth2/v1/token" {
					tokens++
				}
			}
			if want := map[bool]int{true: 2, false: 3}[configured]; tokens != want {
				t.Errorf("configured %v: %d token requests, want %d", configured, tokens, want)
			}
		})
	}
}
