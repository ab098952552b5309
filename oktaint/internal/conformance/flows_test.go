package conformance

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// runFlows validates what the library sends by itself: discovery, onboarding
// with and without DPoP and a custom role, token requests with an assertion and
// with a secret, the probes of Verify. It
// returns what differs from the documents.
func runFlows(t *testing.T, docs *documents) []difference {
	t.Helper()
	o, p := org(t)
	w := &watch{docs: docs, base: o.Transport()}
	parsed, err := oktaint.ParseOrg(origin)
	if err != nil {
		t.Fatal(err)
	}
	info, err := oktaint.Discover(t.Context(), parsed, w)
	if err != nil {
		t.Fatal(err)
	}
	onboard(t, info.Org, w, o.APIToken(), oauthapp.Desired{Label: sampleLabel, Scopes: scopes.Visibility})
	onboard(t, info.Org, w, o.APIToken(), oauthapp.Desired{
		Label: "remediation", Scopes: scopes.New(scopes.UsersRead), DPoP: true, Permissions: []string{"okta.users.read"},
	})

	var service struct{ ID, ClientSecret string }
	body := map[string]any{"type": sampleService, "grantedScopes": []string{"okta.users.read"}}
	if err := p.call("POST", "/integrations/api/v1/api-services", body, &service); err != nil {
		t.Fatal(err)
	}
	source := oktaint.ClientSecret{
		Org: info.Org, ClientID: service.ID, Secret: oktaint.NewSecret(service.ClientSecret), Scopes: scopes.New(scopes.UsersRead),
	}.Source(w)
	if _, err := source.TokenContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w.found
}

// onboard makes a service app and verifies it.
func onboard(t *testing.T, org oktaint.Org, w *watch, token string, want oauthapp.Desired) {
	t.Helper()
	admin := oktaint.NewClient(oktaint.APIToken{Org: org, Token: oktaint.NewSecret(token)}, w)
	key, err := oktaint.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	want.Key = key.Public()
	plan, err := oauthapp.BuildPlan(t.Context(), admin, want, nil)
	if err != nil {
		t.Fatal(err)
	}
	result, err := plan.Apply(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = oauthapp.Verify(t.Context(), result.Credentials(key), oauthapp.VerifyOptions{Base: w})
	if err != nil {
		t.Fatal(err)
	}
}
