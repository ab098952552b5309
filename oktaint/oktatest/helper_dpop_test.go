package oktatest_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"
)

// proofKey is one RSA key for all proofs.
var proofKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// newDPoPApp creates a service app that must send proofs.
func (c *caller) newDPoPApp(scopes ...string) string {
	c.t.Helper()
	app := serviceApp("DPoP app", jwk(rsaKey(), "k1"))
	app["settings"].(map[string]any)["oauthClient"].(map[string]any)["dpop_bound_access_tokens"] = true
	id := c.admin("POST", "/api/v1/apps", app).want(c.t, 200).text(c.t, "id")
	for _, scope := range scopes {
		c.grant(id, scope).want(c.t, 200)
	}
	return id
}

// publicJWK is the part of a JWK that a proof shows.
func publicJWK(key crypto.Signer) map[string]any {
	shown := jwk(key, "")
	for _, name := range []string{"kid", "use", "alg"} {
		delete(shown, name)
	}
	return shown
}

func proofHeader(key crypto.Signer, alg string) map[string]any {
	return map[string]any{"typ": "dpop+jwt", "alg": alg, "jwk": publicJWK(key)}
}

func (c *caller) proofClaims(method, path string) map[string]any {
	return map[string]any{"htm": method, "htu": c.org.URL() + path, "iat": time.Now().Unix(), "jti": rand.Text()}
}

// proof signs a proof with proofKey; changes replaces claims, nil takes away.
func (c *caller) proof(method, path string, changes map[string]any) string {
	c.t.Helper()
	claims := c.proofClaims(method, path)
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	return sign(c.t, proofKey(), proofHeader(proofKey(), "RS256"), claims)
}

// askWithProof asks for a token with these DPoP headers.
func (c *caller) askWithProof(client, scope string, proofs ...string) answer {
	c.t.Helper()
	assertion := sign(c.t, rsaKey(), map[string]any{"alg": "RS256", "kid": "k1"}, c.claims(client))
	return c.askWithAssertion(assertion, scope, proofs...)
}

func (c *caller) askWithAssertion(assertion, scope string, proofs ...string) answer {
	c.t.Helper()
	req := c.request("POST", "/oauth2/v1/token", "", tokenForm(assertion, scope))
	req.Header["Dpop"] = proofs
	resp, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.read(resp)
}

// wantNonce fails the test unless the answer asks for a nonce, and returns it.
func (a answer) wantNonce(t testing.TB) string {
	t.Helper()
	a.want(t, 400)
	want := `{"error":"use_dpop_nonce","error_description":"Authorization server requires nonce in DPoP proof."}`
	if a.body != want {
		t.Fatalf("body = %s, want %s", a.body, want)
	}
	nonce := a.header.Get("dpop-nonce")
	if nonce == "" {
		t.Fatal("no dpop-nonce")
	}
	return nonce
}

const tokenPath = "/oauth2/v1/token"

// nonce gets a nonce from the token endpoint.
func (c *caller) nonce(client string) string {
	c.t.Helper()
	return c.askWithProof(client, "okta.users.read", c.proof("POST", tokenPath, nil)).wantNonce(c.t)
}

// boundToken gets a token bound to proofKey.
func (c *caller) boundToken(client, scope string) string {
	c.t.Helper()
	proof := c.proof("POST", tokenPath, map[string]any{"nonce": c.nonce(client)})
	return c.askWithProof(client, scope, proof).want(c.t, 200).text(c.t, "access_token")
}

// getWithProof sends a GET with an access token and these DPoP headers.
func (c *caller) getWithProof(path, auth string, proofs ...string) answer {
	c.t.Helper()
	req := c.request("GET", path, auth, nil)
	req.Header["Dpop"] = proofs
	resp, err := c.http.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.read(resp)
}

func ath(token string) string {
	sum := sha256.Sum256([]byte(token))
	return b64(sum[:])
}

// signWith is sign with the hash of alg.
func signWith(t testing.TB, key crypto.Signer, alg string, header, claims map[string]any) string {
	t.Helper()
	if _, isEC := key.(*ecdsa.PrivateKey); isEC || alg == "RS256" {
		return sign(t, key, header, claims)
	}
	hash := map[string]crypto.Hash{"RS384": crypto.SHA384, "RS512": crypto.SHA512}[alg]
	unsigned := sign(t, key, header, claims)
	input := unsigned[:strings.LastIndexByte(unsigned, '.')]
	digest := hash.New()
	digest.Write([]byte(input))
	sig, err := key.Sign(rand.Reader, digest.Sum(nil), hash)
	if err != nil {
		t.Fatal(err)
	}
	return input + "." + b64(sig)
}
