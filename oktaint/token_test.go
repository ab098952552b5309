package oktaint_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
)

// The wire form of a token request.
func TestTokenRequest(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	var got *http.Request
	e.answer = func(_ int, req *http.Request) *http.Response { got = req; return nil }
	before := time.Now().Unix()
	if _, err := e.source(t).Token(); err != nil {
		t.Fatal(err)
	}
	if got.Method != "POST" || got.URL.String() != "https://acme.okta.com/oauth2/v1/token" {
		t.Errorf("%s %s", got.Method, got.URL)
	}
	if got.Header.Get("Authorization") != "" || got.Header.Get("Accept") != "application/json" || got.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("header %v", got.Header)
	}
	form := e.forms[0]
	assertion := form.Get("client_assertion")
	form.Del("client_assertion")
	want := "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&grant_type=client_credentials&scope="
	if s := form.Encode(); !strings.HasPrefix(s, want) || len(form) != 3 || form.Get("scope") != scopes.Visibility.String() {
		t.Errorf("form %s", s)
	}
	form.Set("client_assertion", assertion)
	header, c := claims(t, form)
	if header["alg"] != "ES256" || header["kid"] != readKey(t, "ec_p256_TEST_ONLY.pem").ID() {
		t.Errorf("assertion header %v", header)
	}
	if c["iss"] != "0oa1" || c["sub"] != "0oa1" || c["aud"] != "https://acme.okta.com/oauth2/v1/token" || c["jti"] == "" {
		t.Errorf("assertion claims %v", c)
	}
	if exp := int64(c["exp"].(float64)); exp < before+299 || exp > before+310 {
		t.Errorf("exp is %d s ahead, want 300", exp-before)
	}
	if iat := int64(c["iat"].(float64)); iat > before-29 || iat < before-31 {
		t.Errorf("iat is %d s back, want 30", before-iat)
	}
}

// An answer without a token, or with a bad lifetime, is an error at once. A lifetime may
// be a string.
func TestTokenAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body string
		want       string        // of the error; empty: a token
		lifetime   time.Duration // of the token
	}{
		{"plain", `{"token_type":"Bearer","expires_in":1800,"access_token":"at1"}`, "", 30 * time.Minute},
		{"no expires_in", `{"token_type":"Bearer","access_token":"at1"}`, "", time.Hour},
		{"a string", `{"token_type":"Bearer","expires_in":"1800","access_token":"at1"}`, "", 30 * time.Minute},
		{"a fraction", `{"token_type":"Bearer","expires_in":1800.5,"access_token":"hunter2"}`, "no token", 0},
		{"cut", `{"token_type":"Bearer","access_token":"hunter2"`, "no token", 0},
		{"short", `{"token_type":"bearer","expires_in":1,"access_token":"at1"}`, "", time.Second},
		{"0", `{"token_type":"Bearer","expires_in":0,"access_token":"at1"}`, "expired already", 0},
		{"negative", `{"token_type":"Bearer","expires_in":-5,"access_token":"at1"}`, "expired already", 0},
		{"no token", `{"token_type":"Bearer","expires_in":3600}`, "no token", 0},
		{"an empty token", `{"token_type":"Bearer","access_token":""}`, "no token", 0},
		{"a line break", `{"token_type":"Bearer","access_token":"hunter2\r\nX: y"}`, "cannot be sent in a header", 0},
		{"a control character", `{"token_type":"Bearer","access_token":"hunter2\u0000"}`, "cannot be sent in a header", 0},
		{"a blank", `{"token_type":"Bearer","access_token":"hunter2 2"}`, "cannot be sent in a header", 0},
		{"not ASCII", `{"token_type":"Bearer","access_token":"hunter2ü"}`, "cannot be sent in a header", 0},
		{"another type", `{"token_type":"MAC","access_token":"hunter2"}`, "neither Bearer nor DPoP", 0},
		{"null", `null`, "no token", 0},
		{"a list", `[]`, "no token", 0},
		{"empty", ``, "no token", 0},
		{"a page", `<html><title>Sign in</title></html>`, "a web page, not Okta's JSON", 0},
		{"an error object", `{"errorCode":"E0000006","errorSummary":"You do not have permission"}`, "E0000006", 0},
		{"an OAuth error", `{"error":"invalid_client","error_description":"d"}`, "invalid_client", 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			e := newTokenEndpoint()
			e.answer = func(_ int, req *http.Request) *http.Response { return respond(req, 200, tt.body) }
			src := e.source(t)
			tok, err := src.Token()
			switch {
			case tt.want == "" && (err != nil || tok.AccessToken != "at1" || time.Until(tok.Expiry) != tt.lifetime):
				t.Errorf("%s: %v, %v", tt.name, tok, err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2")):
				t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
			case tt.want != "" && e.requests() != 1:
				t.Errorf("%s: %d requests", tt.name, e.requests())
			}
		})
	}
}

// A 4xx of the token endpoint is final at once and says what to do.
func TestTokenErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body string
		status     int
		date       time.Duration // of the server's clock
		want       []string      // in the text
	}{
		{"wrong kid", `{"error":"invalid_client","error_description":"The client_assertion JWT kid is invalid."}`, 401, 0,
			[]string{"401 invalid_client", "not an active key of app 0oa1", readKey(t, "ec_p256_TEST_ONLY.pem").ID()}},
		{"clock", `{"error":"invalid_client","error_description":"The client_assertion JWT must be issued before the current time."}`, 401, -2 * time.Minute,
			[]string{"clock", "ahead)"}},
		{"clock behind", `{"error":"invalid_client","error_description":"The client_assertion is expired."}`, 401, 10 * time.Minute,
			[]string{"clock", "behind)"}},
		{"no grant", `{"error":"consent_required","error_description":"You are not allowed any of the requested scopes."}`, 400, 0,
			[]string{"none of the scopes", "Super Admin"}},
		{"zone", `{"error":"access_denied","error_description":"The request is made from outside the client's permitted network zones."}`, 403, 0,
			[]string{"network zones"}},
		{"deactivated", `{"error":"invalid_client","error_description":"Invalid value for 'client_id' parameter."}`, 401, 0,
			[]string{"unknown in this org, or its app is deactivated"}},
		{"scope", `{"error":"invalid_scope","error_description":"One or more scopes are not configured for the authorization server resource."}`, 400, 0,
			[]string{"does not exist"}},
		{"in the org's language", `{"error":"invalid_client","error_description":"Jeton invalide"}`, 401, 0, []string{"check the client id 0oa1"}},
		{"HTML", "<html>proxy</html>", 403, 0, []string{"403", "web page"}},
		{"redirect", "", 302, 0, []string{"redirects of the token endpoint are not followed"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := newTokenEndpoint()
			e.answer = func(n int, req *http.Request) *http.Response {
				resp := respond(req, tt.status, tt.body, "X-Okta-Request-Id", "req1", "Location", "https://evil.example.com/")
				resp.Header.Set("Date", time.Now().Add(tt.date).UTC().Format(http.TimeFormat))
				return resp
			}
			_, err := e.source(t).Token()
			var oe *oktaint.Error
			var re *oauth2.RetrieveError
			if !errors.As(err, &oe) || oe.StatusCode != tt.status || oe.RequestID != "req1" || !errors.As(err, &re) {
				t.Fatalf("error %#v", err)
			}
			if oktaint.Ambiguous(err) {
				t.Error("a 4xx is not ambiguous")
			}
			for _, want := range append(tt.want, "oktaint: POST /oauth2/v1/token") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the error lacks %q: %v", want, err)
				}
			}
			if e.requests() != 1 {
				t.Errorf("%d requests, want 1", e.requests())
			}
		})
	}
}

func TestSecretForServiceApp(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	e.answer = func(n int, req *http.Request) *http.Response {
		return respond(req, 401, `{"error":"invalid_client","error_description":"Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method."}`)
	}
	_, err := oktaint.ClientSecret{Org: mustOrg(t, "acme"), ClientID: "0oa1", Secret: oktaint.NewSecret("x"), Scopes: scopes.Visibility}.Source(e).Token()
	if err == nil || !strings.Contains(err.Error(), "a client secret works for store integrations only") {
		t.Errorf("Token = %v", err)
	}
}

// A rate limit that outlasts the budget is told at once.
func TestTokenRateLimited(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	e.answer = func(n int, req *http.Request) *http.Response {
		return respond(req, 429, "", "X-Rate-Limit-Limit", "100", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", itoa(time.Now().Unix()+50))
	}
	_, err := e.source(t).Token()
	if wait, ok := oktaint.RateLimited(err); !ok || wait < 50*time.Second || wait > 53*time.Second || e.requests() != 1 {
		t.Errorf("RateLimited = %v, %v after %d requests: %v", wait, ok, e.requests(), err)
	}
}

// A scope that is missing is granted to an app, and added to the catalogue's entry of
// an integration.
func TestRequireAllHint(t *testing.T) {
	t.Parallel()
	org, want := mustOrg(t, "acme"), scopes.New(scopes.UsersRead, scopes.GroupsRead)
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1","scope":"okta.users.read"}`), nil
	})
	app := oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: want, RequireAll: true}
	integration := oktaint.ClientSecret{Org: org, ClientID: "0oa1", Secret: oktaint.NewSecret("00secret"), Scopes: want, RequireAll: true}
	for hint, src := range map[string]*oktaint.Source{"to the app (tab Okta API Scopes)": app.Source(base), "reinstall it": integration.Source(base)} {
		_, err := src.Token()
		d, ok := oktaint.Denied(err)
		if err == nil || !strings.Contains(err.Error(), hint) || !ok || d.Scope != scopes.GroupsRead {
			t.Errorf("%v, want %q", err, hint)
		}
	}
}
