package oktaint_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A token that is revoked works no more, and the credential gets another one.
func TestRevoke(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"", "POST /oauth2/v1/revoke #1 503", "POST /oauth2/v1/revoke #1 429", "POST /oauth2/v1/revoke #1 reset-before"} {
		for _, dpop := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s dpop=%t", fault, dpop), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					config := oktatest.Config{Users: 1}
					if fault != "" {
						config.Faults = []string{fault}
					}
					sim := oktatest.New(t, config)
					cred := serviceApp(t, sim, dpop)
					src := cred.Source(sim.Transport())
					tok, err := src.TokenContext(t.Context())
					if err != nil && !dpop {
						t.Fatal(err)
					}
					if dpop { // the bare token is not handed out: any text does, since the answer is the same
						tok = nil
					}
					secret := oktaint.NewSecret("unknown")
					if tok != nil {
						secret = oktaint.NewSecret(tok.AccessToken)
					}
					if err := src.Revoke(t.Context(), secret); err != nil {
						t.Fatalf("Revoke: %v", err)
					}
					if tok == nil {
						return
					}
					req, err := cred.Org.NewRequest(t.Context(), http.MethodGet, nil, nil, "api", "v1", "users")
					if err != nil {
						t.Fatal(err)
					}
					req.Header.Set("Authorization", "Bearer "+tok.AccessToken)
					if err := oktaint.NewClient(cred.Org, sim.Transport()).Do(req, nil); err == nil || !strings.Contains(err.Error(), "401") {
						t.Errorf("the revoked token: %v", err)
					}
					if _, err := cred.Source(sim.Transport()).TokenContext(t.Context()); err != nil {
						t.Errorf("another token: %v", err)
					}
				})
			})
		}
	}
}

// What is refused is told without the token or the assertion, whatever the server repeats.
func TestRevokeRefused(t *testing.T) {
	t.Parallel()
	sim := oktatest.New(t, oktatest.Config{})
	cred := serviceApp(t, sim, false)
	const token = "TOKEN_VALUE_TEST_ONLY"
	echo := roundTripper(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		return respond(r, http.StatusBadRequest, `{"error":"invalid_request","error_description":"`+string(body)+`"}`), err
	})
	err := cred.Source(echo).Revoke(t.Context(), oktaint.NewSecret(token))
	if err == nil || strings.Contains(fmt.Sprintf("%+v", err), token) || strings.Contains(err.Error(), "eyJ") || !strings.Contains(err.Error(), "/oauth2/v1/revoke") {
		t.Errorf("error: %+v", err)
	}
	for _, err := range []error{
		oktaint.APIToken{Org: cred.Org, Token: oktaint.NewSecret("a")}.Source(nil).Revoke(t.Context(), oktaint.NewSecret(token)),
		cred.Source(echo).Revoke(t.Context(), oktaint.Secret{}),
		oktaint.PrivateKeyJWT{}.Source(nil).Revoke(t.Context(), oktaint.NewSecret(token)),
	} {
		if err == nil {
			t.Error("no error")
		}
	}
}

// serviceApp makes an app in a simulated org.
func serviceApp(t *testing.T, sim *oktatest.Org, dpop bool) oktaint.PrivateKeyJWT {
	t.Helper()
	key := readKey(t, "ec_p256_TEST_ONLY.pem")
	id := sim.AddServiceApp(oktatest.ServiceApp{Key: key.Public(), Scopes: scopes.New(scopes.UsersRead), Roles: []string{"READ_ONLY_ADMIN"}, DPoP: dpop})
	return oktaint.PrivateKeyJWT{Org: mustOrg(t, sim.URL()), ClientID: id, Key: key, Scopes: scopes.New(scopes.UsersRead), DPoP: dpop}
}
