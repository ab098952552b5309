package oktaint_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
)

func TestClientSecretRequest(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	var got *http.Request
	e.answer = func(_ int, req *http.Request) *http.Response { got = req; return nil }
	src := oktaint.ClientSecret{Org: mustOrg(t, "acme"), ClientID: "0oa1", Secret: oktaint.NewSecret("s3:cr/et"), Scopes: scopes.New(scopes.UsersRead)}.Source(e)
	if _, err := src.Token(); err != nil {
		t.Fatal(err)
	}
	if id, secret, _ := got.BasicAuth(); id != "0oa1" || secret != "s3%3Acr%2Fet" { // RFC 6749, section 2.3.1
		t.Errorf("basic auth %q %q", id, secret)
	}
	if s := e.forms[0].Encode(); s != "grant_type=client_credentials&scope=okta.users.read" {
		t.Errorf("form %s", s)
	}
}

// A client secret is used for an app of the org that needs a private key. That is said
// after one request, which named one way to authenticate, and the secret is nowhere in
// the error, whatever the answer repeats.
func TestClientSecretRefused(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"s3cretvalue", "s3c:ret/+=value", "s3c%20ret&value", `s3c"ret\value`, strings.Repeat("s3cretvalue", 20)} {
		for _, code := range []int{400, 401, 403} {
			for description, want := range map[string]string{
				"Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.": "this app needs a private key",
				"Les demandes doivent utiliser private_key_jwt.":                                                                       "this app needs a private key",
				"The client secret supplied for a confidential client is invalid.":                                                     "the client id or secret is wrong",
				"": "the client id or secret is wrong",
			} {
				for _, dpop := range []bool{false, true} {
					e := newTokenEndpoint()
					var got *http.Request
					e.answer = func(_ int, req *http.Request) *http.Response {
						got = req
						body, err := json.Marshal(map[string]string{"error": "invalid_client", "error_description": description, "authorization": req.Header.Get("Authorization"), "secret": secret})
						if err != nil {
							t.Fatal(err)
						}
						return respond(req, code, string(body))
					}
					_, err := oktaint.ClientSecret{Org: mustOrg(t, "acme"), ClientID: "0oa1", Secret: oktaint.NewSecret(secret), Scopes: scopes.New(scopes.UsersRead), DPoP: dpop}.Source(e).Token()
					if err == nil || !strings.Contains(err.Error(), want) || e.requests() != 1 {
						t.Errorf("%d, %q: %v after %d requests, want %q", code, description, err, e.requests(), want)
						continue
					}
					for _, text := range []string{err.Error(), fmt.Sprintf("%+v %#v", err, err)} {
						if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) || strings.Contains(text, strings.TrimPrefix(got.Header.Get("Authorization"), "Basic ")) {
							t.Errorf("%d, %q: the secret is in %s", code, description, text)
						}
					}
					// Both ways at once are refused as "multiple client credentials".
					form := e.forms[0]
					if !strings.HasPrefix(got.Header.Get("Authorization"), "Basic ") || form.Has("client_id") || form.Has("client_secret") || form.Has("client_assertion") || got.URL.RawQuery != "" {
						t.Errorf("%d, %q: the form is %s", code, description, form.Encode())
					}
				}
			}
		}
	}
}

// The access token of a store integration goes to the API as Bearer, however a program
// sends it; an API token goes as SSWS.
func TestSchemeOfACredential(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	for _, secret := range []string{"s3cret", "s3cret/+=", "SSWS s3cret"} {
		for _, tt := range []struct {
			cred interface {
				oktaint.Credential
				Source(http.RoundTripper) *oktaint.Source
			}
			want string
		}{
			{oktaint.ClientSecret{Org: org, ClientID: "0oa1", Secret: oktaint.NewSecret(strings.TrimPrefix(secret, "SSWS ")), Scopes: scopes.New(scopes.UsersRead)}, "Bearer at1"},
			{oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead)}, "Bearer at1"},
			{oktaint.APIToken{Org: org, Token: oktaint.NewSecret(secret)}, "SSWS " + strings.TrimPrefix(secret, "SSWS ")},
		} {
			var sent []string
			base := roundTripper(func(req *http.Request) (*http.Response, error) {
				if req.URL.Path == "/oauth2/v1/token" {
					return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1"}`), nil
				}
				sent = append(sent, req.Header.Get("Authorization"))
				if len(req.Header.Values("Authorization")) != 1 {
					t.Errorf("%T: %q", tt.cred, req.Header.Values("Authorization"))
				}
				return respond(req, 200, `[{"id":"00u1"}]`), nil
			})
			src := tt.cred.Source(base)
			for how, c := range map[string]*oktaint.Client{
				"a Client": oktaint.NewClient(tt.cred, base), "of a Source": oktaint.NewClient(src, base), "urgent": oktaint.NewClient(tt.cred, base).Urgent(),
				"a Transport": (&oktaint.Transport{Org: org, Source: src, Base: base}).Client(),
			} {
				if got, err := collect[item](t, c, nil, "api", "v1", "users"); err != nil || len(got) != 1 {
					t.Errorf("%T, %s: %v, %v", tt.cred, how, got, err)
				}
			}
			resp, err := (&http.Client{Transport: &oauth2.Transport{Source: src, Base: base}}).Get(org.String() + "/api/v1/users")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			req, err := http.NewRequest(http.MethodGet, org.String()+"/api/v1/users", nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := src.Authorize(req); err != nil {
				t.Error(err)
			}
			for _, got := range append(sent, req.Header.Get("Authorization")) {
				if got != tt.want {
					t.Errorf("%T of %q: sent %q, want %q", tt.cred, secret, got, tt.want)
				}
			}
			if len(sent) != 5 {
				t.Errorf("%T: %d requests", tt.cred, len(sent))
			}
		}
	}
}
