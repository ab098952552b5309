package oktatest_test

import (
	"crypto"
	"crypto/elliptic"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestDPoP(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newDPoPApp("okta.users.read")
	c.assign(app, "READ_ONLY_ADMIN").want(t, 201)

	a := c.askToken(app, "okta.users.read").want(t, 400)
	if want := `{"error":"invalid_dpop_proof","error_description":"The DPoP proof JWT header is missing."}`; a.body != want {
		t.Errorf("without proof: %s, want %s", a.body, want)
	}
	if nonce := a.header.Get("dpop-nonce"); nonce != "" {
		t.Errorf("without proof: dpop-nonce %q", nonce)
	}

	nonce := c.nonce(app)
	a = c.askWithProof(app, "okta.users.read", c.proof("POST", tokenPath, map[string]any{"nonce": nonce})).want(t, 200)
	if a.text(t, "token_type") != "DPoP" || a.header.Get("dpop-nonce") != nonce {
		t.Errorf("answer = %s with dpop-nonce %q, want a DPoP token and %q", a.body, a.header.Get("dpop-nonce"), nonce)
	}

	token := a.text(t, "access_token")
	a = c.getWithProof("/api/v1/users?limit=1", "DPoP "+token, c.proof("GET", "/api/v1/users", map[string]any{"ath": ath(token)})).want(t, 200)
	if nonce := a.header.Get("dpop-nonce"); nonce != "" {
		t.Errorf("the API shows dpop-nonce %q", nonce)
	}
}

// TestDPoPAlgorithms asks for a token with a key of every kind.
func TestDPoPAlgorithms(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newDPoPApp("okta.users.read")
	nonce := c.nonce(app)
	tests := []struct {
		alg string
		key crypto.Signer
	}{
		{"RS256", proofKey()}, {"RS384", proofKey()}, {"RS512", proofKey()},
		{"ES256", ecKey(t, elliptic.P256())}, {"ES384", ecKey(t, elliptic.P384())}, {"ES512", ecKey(t, elliptic.P521())},
	}
	for _, tt := range tests {
		claims := c.proofClaims("POST", tokenPath)
		claims["nonce"] = nonce
		proof := signWith(t, tt.key, tt.alg, proofHeader(tt.key, tt.alg), claims)
		if a := c.askWithProof(app, "okta.users.read", proof); a.status != 200 {
			t.Errorf("%s: status %d, %s", tt.alg, a.status, a.body)
		}
	}
}

// TestDPoPProof changes one thing in a good proof.
func TestDPoPProof(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newDPoPApp("okta.users.read")
	nonce := c.nonce(app)
	now := time.Now()
	private := publicJWK(proofKey())
	private["d"] = "AQAB"
	noCurve := publicJWK(ecKey(t, elliptic.P256()))
	delete(noCurve, "crv")
	tests := []struct {
		name        string
		part, field string // what is changed: of the header or of the claims
		value       any    // nil takes it away
		want        string // part of the description
	}{
		{"typ", "header", "typ", "JWT", "'typ' must be 'dpop+jwt'"},
		{"no typ", "header", "typ", nil, "'typ' must be 'dpop+jwt'"},
		{"alg none", "header", "alg", "none", "signature algorithm is invalid"},
		{"alg of a secret", "header", "alg", "HS256", "signature algorithm is invalid"},
		{"alg of another key", "header", "alg", "ES256", "signature algorithm is invalid"},
		{"unknown extension", "header", "crit", []string{"exp"}, "cannot be parsed"},
		{"no jwk", "header", "jwk", nil, "cannot be parsed"},
		{"jwk with private part", "header", "jwk", private, "cannot be parsed"},
		{"jwk without curve", "header", "jwk", noCurve, "cannot be parsed"},
		{"jwk of another key", "header", "jwk", publicJWK(rsaKey()), "signature is invalid"},
		{"htm", "claims", "htm", "GET", "'htm' claim"},
		{"htm in lower case", "claims", "htm", "post", "'htm' claim"},
		{"htu of another host", "claims", "htu", "https://evil.example/oauth2/v1/token", "'htu' claim"},
		{"htu with query", "claims", "htu", c.org.URL() + tokenPath + "?a=b", "'htu' claim"},
		{"htu with fragment", "claims", "htu", c.org.URL() + tokenPath + "#a", "'htu' claim"},
		{"no htu", "claims", "htu", nil, "'htu' claim"},
		{"no iat", "claims", "iat", nil, "'iat' claim"},
		{"iat as text", "claims", "iat", "1700000000", "'iat' claim"},
		{"iat in the future", "claims", "iat", now.Add(time.Minute).Unix(), "issued in the future"},
		{"iat long ago", "claims", "iat", now.Add(-6 * time.Minute).Unix(), "more than five minutes in the past"},
		{"expired", "claims", "exp", now.Add(-time.Minute).Unix(), "is expired"},
		{"no jti", "claims", "jti", nil, "'jti' claim"},
		{"no nonce", "claims", "nonce", nil, "requires nonce"},
		{"unknown nonce", "claims", "nonce", "abc", "requires nonce"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header, claims := proofHeader(proofKey(), "RS256"), c.proofClaims("POST", tokenPath)
			claims["nonce"] = nonce
			part := map[string]map[string]any{"header": header, "claims": claims}[tt.part]
			if part[tt.field] = tt.value; tt.value == nil {
				delete(part, tt.field)
			}
			a := c.askWithProof(app, "okta.users.read", sign(t, proofKey(), header, claims)).want(t, 400)
			code := "invalid_dpop_proof"
			if tt.field == "nonce" {
				code = "use_dpop_nonce"
			}
			if got := a.text(t, "error"); got != code || !strings.Contains(a.text(t, "error_description"), tt.want) {
				t.Errorf("body = %s, want %s with %q", a.body, code, tt.want)
			}
		})
	}
	t.Run("other refusals", func(t *testing.T) {
		good := c.proof("POST", tokenPath, map[string]any{"nonce": nonce})
		for want, proofs := range map[string][]string{
			"multiple DPoP proof": {good, good},
			"cannot be parsed":    {"a.b"},
		} {
			a := c.askWithProof(app, "okta.users.read", proofs...).want(t, 400)
			if !strings.Contains(a.body, want) {
				t.Errorf("body = %s, want %q", a.body, want)
			}
		}
	})
}

// TestDPoPUsedOnce shows what a request uses up, the one that is asked for a
// nonce included.
func TestDPoPUsedOnce(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newDPoPApp("okta.users.read")
	const scope = "okta.users.read"

	assertion := sign(t, rsaKey(), map[string]any{"alg": "RS256", "kid": "k1"}, c.claims(app))
	nonce := c.askWithAssertion(assertion, scope, c.proof("POST", tokenPath, map[string]any{"jti": "first"})).wantNonce(t)
	with := func(jti string) string {
		return c.proof("POST", tokenPath, map[string]any{"nonce": nonce, "jti": jti})
	}
	if a := c.askWithAssertion(assertion, scope, with("a")).want(t, 401); !strings.Contains(a.body, "already been used") {
		t.Errorf("the assertion of the first request: %s", a.body)
	}
	if a := c.askWithProof(app, scope, with("first")).want(t, 400); !strings.Contains(a.body, "already been used") {
		t.Errorf("the jti of the first request: %s", a.body)
	}
	c.askWithProof(app, scope, with("second")).want(t, 200)
	c.askWithProof(app, scope, with("second")).want(t, 400)
	c.askWithProof(app, scope, c.proof("POST", tokenPath, map[string]any{"jti": nil})).wantNonce(t)
}

// TestDPoPClientKey sends a proof by the key with which the client signs its
// assertions.
func TestDPoPClientKey(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newDPoPApp("okta.users.read")
	c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
	prove := func(method, path string, changes map[string]any) string {
		claims := c.proofClaims(method, path)
		maps.Copy(claims, changes)
		return sign(t, rsaKey(), proofHeader(rsaKey(), "RS256"), claims)
	}
	nonce := c.askWithProof(app, "okta.users.read", prove("POST", tokenPath, nil)).wantNonce(t)
	a := c.askWithProof(app, "okta.users.read", prove("POST", tokenPath, map[string]any{"nonce": nonce})).want(t, 200)
	if kind := a.text(t, "token_type"); kind != "DPoP" {
		t.Errorf("token_type = %q", kind)
	}
	token := a.text(t, "access_token")
	c.getWithProof("/api/v1/users", "DPoP "+token, prove("GET", "/api/v1/users", map[string]any{"ath": ath(token)})).want(t, 200)
}

// TestDPoPNotRequired sends proofs although the app need not send any: they are
// not looked at, and the token is not bound.
func TestDPoPNotRequired(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.users.read")
	c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
	good := c.proof("POST", tokenPath, nil)
	for name, proofs := range map[string][]string{
		"good":      {good},
		"again":     {good},
		"two":       {good, good},
		"malformed": {"a.b"},
		"none":      nil,
	} {
		a := c.askWithProof(app, "okta.users.read", proofs...).want(t, 200)
		if kind, nonce := a.text(t, "token_type"), a.header.Get("dpop-nonce"); kind != "Bearer" || nonce != "" {
			t.Errorf("%s: token_type %q, dpop-nonce %q", name, kind, nonce)
		}
		c.do("GET", "/api/v1/users", "Bearer "+a.text(t, "access_token"), nil).want(t, 200)
	}
}

// TestDPoPNonces follows a nonce through its life.
func TestDPoPNonces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		app := c.newDPoPApp("okta.users.read")
		ask := func(nonce string) answer {
			return c.askWithProof(app, "okta.users.read", c.proof("POST", tokenPath, map[string]any{"nonce": nonce}))
		}
		first := c.nonce(app)
		time.Sleep(24 * time.Hour)
		second := ask(first).want(t, 200).header.Get("dpop-nonce")
		if second == first {
			t.Error("the nonce is the same after a day")
		}
		time.Sleep(48 * time.Hour)
		ask(first).wantNonce(t)
		ask(second).want(t, 200)
		c.org.RotateDPoPNonces()
		third := ask(second).wantNonce(t)
		ask(third).want(t, 200)
	})
}
