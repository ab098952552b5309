package oktatest_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// TestCredentials works with the credentials of every kind, as oktaint reads
// them.
func TestCredentials(t *testing.T) {
	t.Parallel()
	for _, origin := range []string{"https://acme.okta.com", "https://login.example.com", "https://127.0.0.1:8443"} {
		org := oktatest.New(t, oktatest.Config{Origin: origin})
		granted, roles := scopes.New(scopes.UsersRead, scopes.GroupsRead), []string{"READ_ONLY_ADMIN"}
		app := oktatest.ServiceApp{Scopes: granted, Roles: roles}
		withRSA, withSigner, withDPoP := app, app, app
		withRSA.RSA, withDPoP.DPoP = true, true
		withSigner.Key = ecKey(t, elliptic.P384())
		for _, test := range []struct {
			of   string
			kind oktaint.Kind
		}{
			{org.APIToken(), oktaint.KindAPIToken},
			{org.NewAPIToken("READ_ONLY_ADMIN"), oktaint.KindAPIToken},
			{org.AddServiceApp(app), oktaint.KindPrivateKeyJWT},
			{org.AddServiceApp(withRSA), oktaint.KindPrivateKeyJWT},
			{org.AddServiceApp(withSigner), oktaint.KindPrivateKeyJWT},
			{org.AddServiceApp(withDPoP), oktaint.KindPrivateKeyJWT},
			{org.InstallIntegration(oktatest.Integration{Scopes: granted, Roles: roles}), oktaint.KindClientSecret},
		} {
			creds, err := oktaint.ParseCredentials(org.Credentials(test.of))
			if err != nil {
				t.Fatalf("%s: %v", test.kind, err)
			}
			if creds.Kind != test.kind || creds.OrgID != org.ID() || creds.Org.String() != origin {
				t.Errorf("%s: credentials = %v of %s", test.kind, creds, creds.OrgID)
			}
			if test.kind != oktaint.KindAPIToken && (creds.ClientID != test.of || creds.ApplicationID != test.of || creds.Scopes != granted) {
				t.Errorf("%s: client %s, app %s, scopes %s", test.kind, creds.ClientID, creds.ApplicationID, creds.Scopes)
			}
			var users []object
			client := oktaint.NewClient(creds, org.Transport())
			if err := client.Get(t.Context(), &users, nil, "api", "v1", "users"); err != nil || len(users) == 0 {
				t.Errorf("%s: %d users, %v", test.kind, len(users), err)
			}
		}
	}
}

// TestCredentialsFollow shows that scopes granted later are in the document, and
// the name of the key.
func TestCredentialsFollow(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.org.AddServiceApp(oktatest.ServiceApp{})
	c.grant(app, "okta.apps.read").want(t, 200)
	creds, err := oktaint.ParseCredentials(c.org.Credentials(app))
	if err != nil || creds.Scopes.String() != "okta.apps.read" {
		t.Errorf("scopes = %v, %v", creds.Scopes, err)
	}
	var doc object
	if err := json.Unmarshal(c.org.Credentials(app), &doc); err != nil {
		t.Fatal(err)
	}
	keys := c.admin("GET", "/api/v1/apps/"+app+"/credentials/jwks", nil).want(t, 200).body
	if kid, _ := doc["key_id"].(string); kid == "" || !strings.Contains(keys, `"kid":"`+kid+`"`) {
		t.Errorf("key_id = %q, keys %s", kid, keys)
	}
	if strings.Contains(string(c.org.State()), "PRIVATE KEY") {
		t.Error("the state has the private key")
	}
}

func TestCredentialsRefuse(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{})
	given := org.AddServiceApp(oktatest.ServiceApp{Key: rsaJWK(t)})
	for _, test := range []struct{ of, want string }{
		{"", "no client has the id"},
		{"unknown", "no client has the id"},
		{given, "does not have the private key of the app " + given},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, "oktatest: credentials: ") || !strings.Contains(got, test.want) {
					t.Errorf("%s: panic %q", test.of, got)
				}
			}()
			org.Credentials(test.of)
		}()
	}
}

// TestServiceAppKeys gives an app its key in every form.
func TestServiceAppKeys(t *testing.T) {
	t.Parallel()
	ec := ecKey(t, elliptic.P521())
	ours, err := oktaint.NewKey(ecKey(t, elliptic.P256()), "")
	if err != nil {
		t.Fatal(err)
	}
	for what, test := range map[string]struct {
		key crypto.PublicKey
		kid string
	}{
		"oktaint": {ours.Public(), ours.ID()},
		"JWK":     {rsaJWK(t), "k1"},
		"RSA":     {rsaKey().Public().(*rsa.PublicKey), thumbprint(t, rsaKey())},
		"EC":      {ec.Public().(*ecdsa.PublicKey), thumbprint(t, ec)},
		"signer":  {ec, thumbprint(t, ec)},
	} {
		c := newCaller(t, oktatest.Config{})
		app := c.org.AddServiceApp(oktatest.ServiceApp{Key: test.key})
		a := c.admin("GET", "/api/v1/apps/"+app+"/credentials/jwks", nil).want(t, 200)
		if !strings.Contains(a.body, `"kid":"`+test.kid+`"`) {
			t.Errorf("%s: keys = %s, want kid %s", what, a.body, test.kid)
		}
	}
}

// thumbprint is the kid that oktaint gives a key.
func thumbprint(t testing.TB, key crypto.Signer) string {
	t.Helper()
	k, err := oktaint.NewKey(key, "")
	if err != nil {
		t.Fatal(err)
	}
	return k.Public().Thumbprint()
}

// TestPublicJWK holds the text of a public key against that of oktaint.
func TestPublicJWK(t *testing.T) {
	t.Parallel()
	for _, key := range []crypto.Signer{rsaKey(), ecKey(t, elliptic.P256()), ecKey(t, elliptic.P384()), ecKey(t, elliptic.P521())} {
		k, err := oktaint.NewKey(key, "")
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.Marshal(k.Public())
		if err != nil {
			t.Fatal(err)
		}
		got, err := oktaint.ParsePublicKey(oktatest.PublicJWK(key.Public()))
		if err != nil || !got.Equal(k.Public()) || got.ID() != k.ID() {
			t.Errorf("%s, want %s: %v", oktatest.PublicJWK(key.Public()), want, err)
		}
	}
}

// TestInstallIntegrationRefuses shows what is no integration.
func TestInstallIntegrationRefuses(t *testing.T) {
	t.Parallel()
	org := oktatest.New(t, oktatest.Config{})
	org.AddIntegration("ours", scopes.New(scopes.UsersRead, scopes.LogsRead))
	some := scopes.New(scopes.UsersRead)
	var told []string
	for _, in := range []oktatest.Integration{{}, {Type: "ours", Scopes: some}, {Scopes: some, Roles: []string{"KING"}}} {
		func() {
			defer func() { told = append(told, fmt.Sprint(recover())) }()
			org.InstallIntegration(in)
		}()
	}
	want := []string{"no scopes", "do not match those of the integration", `unknown role type "KING"`}
	if !slices.EqualFunc(told, want, strings.Contains) {
		t.Errorf("panics %q, want %q", told, want)
	}
}
