package oktaint_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

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
