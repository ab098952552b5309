package oktatest_test

import (
	"crypto"
	"crypto/elliptic"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestToken(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.read", "okta.logs.read")
	a := c.askToken(app, "okta.users.read okta.logs.read").want(t, 200)
	got := a.json(t)
	if got["token_type"] != "Bearer" || got["expires_in"] != 3600.0 || got["scope"] != "okta.users.read okta.logs.read" {
		t.Errorf("answer = %s", a.body)
	}
	if strings.Count(a.text(t, "access_token"), ".") != 0 {
		t.Error("the access token can be taken apart")
	}
}

// TestTokenScopes covers what becomes of the scopes that are asked for.
func TestTokenScopes(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.manage", "okta.logs.read")
	tests := []struct {
		name, ask string
		status    int
		want      string // the scope, or the error
	}{
		{"as granted", "okta.logs.read okta.users.manage", 200, "okta.logs.read okta.users.manage"},
		{"reduced in silence", "okta.groups.read okta.logs.read", 200, "okta.logs.read"},
		{"twice", "okta.logs.read okta.logs.read", 200, "okta.logs.read"},
		{"none granted", "okta.groups.read", 400, "consent_required"},
		{"manage is not read here", "okta.users.read", 400, "consent_required"},
		{"none asked", "", 400, "invalid_scope"},
		{"unknown", "okta.logs.read okta.nonsense.read", 400, "invalid_scope"},
		{"openid", "openid", 400, "invalid_scope"},
		{"self", "okta.users.read.self", 400, "invalid_scope"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := c.askToken(app, tt.ask).want(t, tt.status)
			key := "scope"
			if tt.status != 200 {
				key = "error"
			}
			if got := a.text(t, key); got != tt.want {
				t.Errorf("%s = %q, want %q", key, got, tt.want)
			}
		})
	}
}

// TestAssertion changes one thing in a good assertion.
func TestAssertion(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.read")
	other := c.newApp("okta.users.read")
	ec := ecKey(t, elliptic.P256())
	now := time.Now()
	rs := map[string]any{"alg": "RS256", "kid": "k1"}
	tests := []struct {
		name   string
		header map[string]any
		claim  string
		value  any // nil takes the claim away
		key    crypto.Signer
		want   string // part of the description; empty: 200
	}{
		{name: "good", header: rs},
		{name: "array of audiences", header: rs, claim: "aud", value: []string{"https://acme.okta.com/oauth2/v1/token"}},
		{name: "no iat", header: rs, claim: "iat"},
		{name: "no jti", header: rs, claim: "jti"},
		{name: "issuer of another app", header: rs, claim: "iss", value: other, want: "The issuer claim"},
		{name: "no issuer", header: rs, claim: "iss", want: "The issuer claim"},
		{name: "unknown subject", header: rs, claim: "sub", value: "0oaunknown", want: "The subject claim"},
		{name: "no subject", header: rs, claim: "sub", want: "The subject claim"},
		{name: "audience without path", header: rs, claim: "aud", value: "https://acme.okta.com", want: "The audience claim"},
		{name: "audience of an authorization server", header: rs, claim: "aud", value: "https://acme.okta.com/oauth2/default/v1/token", want: "The audience claim"},
		{name: "no exp", header: rs, claim: "exp", want: "must contain the 'exp' claim"},
		{name: "exp is text", header: rs, claim: "exp", value: "1900000000", want: "must contain the 'exp' claim"},
		{name: "exp has a fraction", header: rs, claim: "exp", value: 1900000000.5, want: "must contain the 'exp' claim"},
		{name: "expired", header: rs, claim: "exp", value: now.Add(-time.Second).Unix(), want: "is expired"},
		{name: "expires too late", header: rs, claim: "exp", value: now.Add(2 * time.Hour).Unix(), want: "too far into the future"},
		{name: "issued in the future", header: rs, claim: "iat", value: now.Add(time.Minute).Unix(), want: "issued before the current time"},
		{name: "unknown kid", header: map[string]any{"alg": "RS256", "kid": "k2"}, want: "kid is invalid"},
		{name: "no kid", header: map[string]any{"alg": "RS256"}, want: "kid is invalid"},
		{name: "alg none", header: map[string]any{"alg": "none", "kid": "k1"}, want: "signature algorithm is invalid"},
		{name: "alg PS256", header: map[string]any{"alg": "PS256", "kid": "k1"}, want: "signature algorithm is invalid"},
		{name: "alg HS256", header: map[string]any{"alg": "HS256", "kid": "k1"}, want: "signature algorithm is invalid"},
		{name: "alg of another kind of key", header: map[string]any{"alg": "ES256", "kid": "k1"}, key: ec, want: "signature algorithm is invalid"},
		{name: "unknown extension", header: map[string]any{"alg": "RS256", "kid": "k1", "crit": []string{"b64"}, "b64": true}, want: "parsing of the client_assertion failed"},
		{name: "signed by another key", header: rs, key: ec, want: "signature is invalid"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			claims := c.claims(app)
			if tt.claim != "" {
				if claims[tt.claim] = tt.value; tt.value == nil {
					delete(claims, tt.claim)
				}
			}
			key := tt.key
			if key == nil {
				key = rsaKey()
			}
			a := c.do("POST", "/oauth2/v1/token", "", tokenForm(sign(t, key, tt.header, claims), "okta.users.read"))
			if tt.want == "" {
				a.want(t, 200)
				return
			}
			a.want(t, 401)
			if got := a.text(t, "error"); got != "invalid_client" {
				t.Errorf("error = %q, want invalid_client", got)
			}
			if got := a.text(t, "error_description"); !strings.Contains(got, tt.want) {
				t.Errorf("error_description = %q, want %q in it", got, tt.want)
			}
		})
	}
}

func TestAssertionIsUsedOnce(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.read")
	assertion := sign(t, rsaKey(), map[string]any{"alg": "RS256", "kid": "k1"}, c.claims(app))
	// It is used up by a request that fails after it was checked.
	if got := c.do("POST", "/oauth2/v1/token", "", tokenForm(assertion, "okta.groups.read")).want(t, 400).text(t, "error"); got != "consent_required" {
		t.Fatalf("error = %q", got)
	}
	a := c.do("POST", "/oauth2/v1/token", "", tokenForm(assertion, "okta.users.read")).want(t, 401)
	if got := a.text(t, "error_description"); got != "The client_assertion token has already been used." {
		t.Errorf("error_description = %q", got)
	}
}

func TestTokenElliptic(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	for alg, curve := range map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()} {
		key := ecKey(t, curve)
		app := c.admin("POST", "/api/v1/apps", serviceApp(alg, jwk(key, "ec"))).want(t, 200).text(t, "id")
		c.grant(app, "okta.users.read").want(t, 200)
		assertion := sign(t, key, map[string]any{"alg": alg, "kid": "ec"}, c.claims(app))
		c.do("POST", "/oauth2/v1/token", "", tokenForm(assertion, "okta.users.read")).want(t, 200)
	}
}

// TestTokenRequest covers refusals that are not about the assertion's content.
func TestTokenRequest(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.read")
	good := func() url.Values {
		return tokenForm(sign(t, rsaKey(), map[string]any{"alg": "RS256", "kid": "k1"}, c.claims(app)), "okta.users.read")
	}
	with := func(name, value string) url.Values {
		v := good()
		v.Set(name, value)
		return v
	}
	without := func(name string) url.Values {
		v := good()
		v.Del(name)
		return v
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(app+":secret"))
	tests := []struct {
		name, path, auth string
		form             url.Values
		status           int
		want             string
	}{
		{"assertion in the query, as recorded", "?" + good().Encode(), "", nil, 200, ""},
		{"secret in the query", "?client_secret=x", "", good(), 400, "invalid_request"},
		{"client_id beside", "", "", with("client_id", app), 200, ""},
		{"another client_id", "", "", with("client_id", "other"), 401, "invalid_client"},
		{"assertion and Basic", "", basic, good(), 400, "invalid_request"},
		{"assertion and secret", "", "", with("client_secret", "x"), 400, "invalid_request"},
		{"Basic of an app with a key", "", basic, without("client_assertion"), 401, "invalid_client"},
		{"no credentials", "", "", without("client_assertion"), 401, "invalid_client"},
		{"assertion type", "", "", with("client_assertion_type", "x"), 400, "invalid_request"},
		{"no JWT", "", "", with("client_assertion", "x.y.z"), 401, "invalid_client"},
		{"no grant type", "", "", without("grant_type"), 400, "invalid_request"},
		{"other grant type", "", "", with("grant_type", "password"), 400, "unsupported_grant_type"},
		{"repeated", "?scope=okta.users.read", "", good(), 400, "invalid_request"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var body any
			if tt.form != nil {
				body = tt.form
			}
			a := c.do("POST", "/oauth2/v1/token"+tt.path, tt.auth, body).want(t, tt.status)
			if tt.want != "" && a.text(t, "error") != tt.want {
				t.Errorf("body = %s, want error %s", a.body, tt.want)
			}
		})
	}
	c.do("POST", "/oauth2/v1/token", "", `{"grant_type":"client_credentials"}`).wantError(t, 400, "E0000021", "")
}

// TestTokenClients covers apps that may not have a token.
func TestTokenClients(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Zones: []string{"nzoOffice"}})
	create := func(change func(body, credentials, settings map[string]any)) string {
		body := serviceApp("app", jwk(rsaKey(), "k1"))
		credentials := body["credentials"].(map[string]any)["oauthClient"].(map[string]any)
		settings := body["settings"].(map[string]any)["oauthClient"].(map[string]any)
		change(body, credentials, settings)
		id := c.admin("POST", "/api/v1/apps", body).want(t, 200).text(t, "id")
		c.grant(id, "okta.users.read").want(t, 200)
		return id
	}
	tests := []struct {
		name   string
		change func(body, credentials, settings map[string]any)
		status int
		want   string
	}{
		{"secret", func(_, cr, _ map[string]any) { cr["token_endpoint_auth_method"] = "client_secret_basic" }, 401, "must use the private_key_jwt"},
		{"web", func(_, _, s map[string]any) { s["application_type"] = "web" }, 401, "Only clients with 'application_type' of 'service'"},
		{"no keys", func(_, _, s map[string]any) { delete(s, "jwks") }, 401, "does not have a JWKSet configured"},
		{"jwks_uri", func(_, _, s map[string]any) { delete(s, "jwks"); s["jwks_uri"] = "https://example.com/jwks" }, 401, "Error retrieving the client JWKSet"},
		{"encryption key", func(_, _, s map[string]any) {
			enc := jwk(rsaKey(), "k1")
			enc["use"], enc["alg"] = "enc", "RSA-OAEP"
			s["jwks"] = map[string]any{"keys": []any{enc}}
		}, 401, "invalid 'use'"},
		{"inactive key", func(_, _, s map[string]any) {
			off := jwk(rsaKey(), "k1")
			off["status"] = "INACTIVE"
			s["jwks"] = map[string]any{"keys": []any{off}}
		}, 401, "kid is invalid"},
		{"other zone", func(_, _, s map[string]any) {
			s["network"] = map[string]any{"connection": "ZONE", "include": []string{"nzoOther"}}
		}, 403, "permitted network zones"},
		{"excluded zone", func(_, _, s map[string]any) {
			s["network"] = map[string]any{"connection": "ZONE", "exclude": []string{"nzoOffice"}}
		}, 403, "permitted network zones"},
		{"right zone", func(_, _, s map[string]any) {
			s["network"] = map[string]any{"connection": "ZONE", "include": []string{"nzoOffice"}}
		}, 200, ""},
		{"DPoP bound", func(_, _, s map[string]any) { s["dpop_bound_access_tokens"] = true }, 400, "The DPoP proof JWT header is missing."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := c.askToken(create(tt.change), "okta.users.read").want(t, tt.status)
			if !strings.Contains(a.body, tt.want) {
				t.Errorf("body = %s, want %q in it", a.body, tt.want)
			}
		})
	}
	t.Run("deactivated", func(t *testing.T) {
		app := create(func(_, _, _ map[string]any) {})
		auth := c.bearer(app, "okta.users.read")
		c.admin("POST", "/api/v1/apps/"+app+"/lifecycle/deactivate", nil).want(t, 200)
		a := c.askToken(app, "okta.users.read").want(t, 401)
		if got := a.text(t, "error_description"); got != "Invalid value for 'client_id' parameter." {
			t.Errorf("error_description = %q", got)
		}
		// A token from before lives on.
		c.do("GET", "/api/v1/users", auth, nil).want(t, 200)
	})
	t.Run("unknown", func(t *testing.T) {
		a := c.askToken("0oaunknown", "okta.users.read").want(t, 401)
		if got := a.text(t, "error_description"); got != "Invalid value for 'client_id' parameter." {
			t.Errorf("error_description = %q", got)
		}
	})
}

func TestTokenProof(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newDPoPApp("okta.users.read")
	assertion := sign(t, rsaKey(), map[string]any{"alg": "RS256", "kid": "k1"}, c.claims(app))
	req := c.request("POST", "/oauth2/v1/token", "", tokenForm(assertion, "okta.users.read"))
	req.Header.Set("DPoP", "x.y.z")
	resp, err := c.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	a := c.read(resp).want(t, 400)
	if got := a.text(t, "error"); got != "invalid_dpop_proof" {
		t.Errorf("error = %q", got)
	}
	a = c.do("GET", "/api/v1/users", "DPoP x", nil).want(t, 401)
	if got := a.header.Get("WWW-Authenticate"); !strings.HasPrefix(got, "DPoP ") {
		t.Errorf("WWW-Authenticate = %q", got)
	}
}

// TestAssertionBesideAuthorization sends an assertion together with an
// Authorization header of any scheme.
func TestAssertionBesideAuthorization(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.read")
	for _, auth := range []string{"SSWS " + c.org.APIToken(), "Bearer x", "Basic " + b64([]byte("a:b"))} {
		assertion := sign(t, rsaKey(), map[string]any{"alg": "RS256", "kid": "k1"}, c.claims(app))
		a := c.do("POST", "/oauth2/v1/token", auth, tokenForm(assertion, "okta.users.read")).want(t, 400)
		if a.text(t, "error") != "invalid_request" || !strings.HasPrefix(a.text(t, "error_description"), "Cannot supply multiple client credentials.") {
			t.Errorf("%.6s: %s", auth, a.body)
		}
	}
}

func TestRevoke(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app, other := c.newApp("okta.users.read"), c.newApp("okta.users.read")
	auth := c.bearer(app, "okta.users.read")
	revoke := func(client string) answer {
		claims := c.claims(client)
		claims["aud"] = c.org.URL() + "/oauth2/v1/revoke"
		form := tokenForm(sign(t, rsaKey(), map[string]any{"alg": "RS256", "kid": "k1"}, claims), "")
		form.Set("token", strings.TrimPrefix(auth, "Bearer "))
		form.Set("token_type_hint", "access_token")
		return c.do("POST", "/oauth2/v1/revoke", "", form)
	}
	if a := revoke(other).want(t, 200); a.body != "" {
		t.Errorf("body = %q", a.body)
	}
	c.do("GET", "/api/v1/users", auth, nil).want(t, 200)
	revoke(app).want(t, 200)
	a := c.do("GET", "/api/v1/users", auth, nil).want(t, 401)
	if !strings.Contains(a.header.Get("WWW-Authenticate"), `error="invalid_token", error_description="The access token has been revoked."`) {
		t.Errorf("WWW-Authenticate = %q", a.header.Get("WWW-Authenticate"))
	}
	if a.body != "" {
		t.Errorf("body = %q, want none", a.body)
	}
	revoke(app).want(t, 200) // a token that is no good any more
}
