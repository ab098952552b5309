package oktatest_test

import (
	"crypto/elliptic"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestDPoPResource changes one thing in a good request with a bound token.
func TestDPoPResource(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newDPoPApp("okta.users.read")
	c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
	token := c.boundToken(app, "okta.users.read")
	plain := c.newApp("okta.users.read")
	bearer := strings.TrimPrefix(c.bearer(plain, "okta.users.read"), "Bearer ")
	const path = "/api/v1/users"
	proof := func(changes map[string]any) string {
		all := map[string]any{"ath": ath(token)}
		maps.Copy(all, changes)
		return c.proof("GET", path, all)
	}
	other := ecKey(t, elliptic.P256())
	claims := c.proofClaims("GET", path)
	claims["ath"] = ath(token)
	ofOther := signWith(t, other, "ES256", proofHeader(other, "ES256"), claims)
	used := proof(nil)
	c.getWithProof(path, "DPoP "+token, used).want(t, 200)
	tests := []struct {
		name, auth, proof string
		status            int
		code, want        string
	}{
		{"bearer", "Bearer " + token, proof(nil), 400, "invalid_request", "must use the DPoP authentication scheme"},
		{"not bound", "DPoP " + bearer, c.proof("GET", path, map[string]any{"ath": ath(bearer)}), 401, "invalid_token", "is not DPoP bound"},
		{"no such token", "DPoP abc", proof(nil), 401, "invalid_token", "is invalid"},
		{"no proof", "DPoP " + token, "", 400, "invalid_request", "requires a DPoP proof"},
		{"no ath", "DPoP " + token, proof(map[string]any{"ath": nil}), 400, "invalid_dpop_proof", "'ath' claim"},
		{"ath of another token", "DPoP " + token, proof(map[string]any{"ath": ath(bearer)}), 400, "invalid_dpop_proof", "'ath' claim"},
		{"htm", "DPoP " + token, proof(map[string]any{"htm": "POST"}), 400, "invalid_dpop_proof", "'htm' claim"},
		{"htu", "DPoP " + token, proof(map[string]any{"htu": c.org.URL() + path + "?limit=1"}), 400, "invalid_dpop_proof", "'htu' claim"},
		{"used", "DPoP " + token, used, 400, "invalid_dpop_proof", "already been used"},
		{"another key", "DPoP " + token, ofOther, 400, "invalid_dpop_proof", "is not bound to the provided DPoP proof"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var proofs []string
			if tt.proof != "" {
				proofs = []string{tt.proof}
			}
			a := c.getWithProof(path, tt.auth, proofs...).want(t, tt.status)
			header := a.header.Get("WWW-Authenticate")
			prefix := `DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512", authorization_uri="http://acme.okta.com/oauth2/v1/authorize", `
			if a.body != "" || !strings.HasPrefix(header, prefix) ||
				!strings.Contains(header, `error="`+tt.code+`"`) || !strings.Contains(header, tt.want) {
				t.Errorf("body %q, WWW-Authenticate %s; want %s, %q", a.body, header, tt.code, tt.want)
			}
		})
	}
}

// TestDPoPDecodedPath shows that htu has the decoded path.
func TestDPoPDecodedPath(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newDPoPApp("okta.groups.read")
	c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
	token := c.boundToken(app, "okta.groups.read")
	for path, status := range map[string]int{"/api/v1/groups/a b": 404, "/api/v1/groups/a%20b": 400} {
		c.getWithProof("/api/v1/groups/a%20b", "DPoP "+token, c.proof("GET", path, map[string]any{"ath": ath(token)})).want(t, status)
	}
}

func TestDPoPResourceNonce(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{DPoPResourceNonce: true})
	app := c.newDPoPApp("okta.users.read")
	c.assign(app, "READ_ONLY_ADMIN").want(t, 201)
	token := c.boundToken(app, "okta.users.read")
	get := func(nonce any) answer {
		return c.getWithProof("/api/v1/users", "DPoP "+token, c.proof("GET", "/api/v1/users", map[string]any{"ath": ath(token), "nonce": nonce}))
	}
	a := get(nil).want(t, http.StatusUnauthorized)
	if !strings.Contains(a.header.Get("WWW-Authenticate"), `error="use_dpop_nonce"`) {
		t.Errorf("WWW-Authenticate = %s", a.header.Get("WWW-Authenticate"))
	}
	get(a.header.Get("dpop-nonce")).want(t, 200)
	c.org.RotateDPoPNonces()
	get(a.header.Get("dpop-nonce")).want(t, 401)
}

// TestDPoPMissingScope shows that a bound token without the scope is told so
// in its own scheme.
func TestDPoPMissingScope(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newDPoPApp("okta.users.read")
	token := c.boundToken(app, "okta.users.read")
	a := c.getWithProof("/api/v1/groups", "DPoP "+token, c.proof("GET", "/api/v1/groups", map[string]any{"ath": ath(token)})).want(t, 403)
	if got := a.header.Get("WWW-Authenticate"); !strings.HasPrefix(got, "DPoP ") || !strings.Contains(got, `error="insufficient_scope"`) {
		t.Errorf("WWW-Authenticate = %s", got)
	}
}
