package conformance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestProofs brings about the recorded answers to token requests of a client
// that must send DPoP proofs: without a proof, with one that lacks a nonce,
// and with one that has it.
func TestProofs(t *testing.T) {
	t.Parallel()
	var found []difference
	compared := 0
	nonce := ""
	c := newProver(t)
	for _, e := range recordedBy(t, needsDPoP) {
		var proof string
		switch errorCode(e.ResponseBody) {
		case "invalid_dpop_proof":
		case "use_dpop_nonce":
			proof = c.proof(t, "")
		default:
			if nonce == "" {
				t.Fatalf("%s: no nonce was answered before", e)
			}
			proof = c.proof(t, nonce)
		}
		header, status, body := c.token(t, proof, "okta.users.read okta.apps.read okta.groups.read")
		if status != e.Status {
			found = append(found, difference{e.String(), "status", fmt.Sprint(status)})
		}
		found = append(found, headerDifferences(e, header)...)
		found = append(found, bodyDifferences(e, body, "error", "error_description", "token_type", "expires_in", "scope")...)
		for _, value := range header["dpop-nonce"] {
			nonce = value
		}
		compared++
	}
	t.Logf("proofs: %d exchanges compared in status, body, and names of headers", compared)
	report(t, found, nil)
}

// recordedBy returns the recorded exchanges that leftShapes leaves to another
// test for a reason.
func recordedBy(t *testing.T, reason string) []exchange {
	t.Helper()
	var all []exchange
	for _, e := range recorded(t) {
		if leftShapes[e.ID] == reason {
			all = append(all, e)
		}
	}
	if len(all) == 0 {
		t.Fatalf("no exchange is recorded of those left as %q", reason)
	}
	return all
}

// A prover is a client that must send proofs, and its key.
type prover struct {
	replayer *replayer
	clientID string
	key      *ecdsa.PrivateKey
}

func newProver(t *testing.T) *prover {
	t.Helper()
	// The answers are to have the headers of a rate limit.
	_, p := limitedOrg(t, "token", 150)
	app := serviceApp("")
	app["settings"].(map[string]any)["oauthClient"].(map[string]any)["dpop_bound_access_tokens"] = true
	var made struct{ ID string }
	if err := p.call("POST", "/api/v1/apps", app, &made); err != nil {
		t.Fatal(err)
	}
	for _, scope := range []string{"okta.users.read", "okta.apps.read", "okta.groups.read"} {
		body := map[string]any{"scopeId": scope, "issuer": origin}
		if err := p.call("POST", "/api/v1/apps/"+made.ID+"/grants", body, nil); err != nil {
			t.Fatal(err)
		}
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &prover{p, made.ID, key}
}

// token asks for a token, with a proof unless that is empty.
func (c *prover) token(t *testing.T, proof, scope string) (header map[string][]string, status int, body any) {
	t.Helper()
	assertion, err := signAssertion(origin, c.clientID)
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{
		"grant_type": {"client_credentials"}, "scope": {scope}, "client_assertion": {assertion},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
	}
	req := tokenRequest(form.Encode())
	if proof != "" {
		req.Header.Set("DPoP", proof)
	}
	return serve(t, c.replayer.handler, req)
}

// tokenRequest is a token request as a server would read it off the wire.
func tokenRequest(form string) *http.Request {
	req := httptest.NewRequest("POST", "/oauth2/v1/token", strings.NewReader(form))
	req.Host = host
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}

// serve has handler answer a request.
func serve(t *testing.T, handler http.Handler, req *http.Request) (header http.Header, status int, body any) {
	t.Helper()
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, req)
	if w.Body.Len() > 0 {
		if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
	}
	return w.Header(), w.Code, body
}

// proof signs a DPoP proof (RFC 9449) for a token request, with ES256.
func (c *prover) proof(t *testing.T, nonce string) string {
	t.Helper()
	public, err := c.key.PublicKey.Bytes() // 4, then x and y
	if err != nil {
		t.Fatal(err)
	}
	size := (len(public) - 1) / 2
	header, err := json.Marshal(map[string]any{"typ": "dpop+jwt", "alg": "ES256", "jwk": map[string]any{
		"kty": "EC", "crv": "P-256", "x": encode(public[1 : 1+size]), "y": encode(public[1+size:]),
	}})
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{"htm": "POST", "htu": origin + "/oauth2/v1/token", "iat": time.Now().Unix(), "jti": rand.Text()}
	if nonce != "" {
		claims["nonce"] = nonce
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed := encode(header) + "." + encode(payload)
	sum := sha256.Sum256([]byte(signed))
	r, s, err := ecdsa.Sign(rand.Reader, c.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return signed + "." + encode(join(r, s, size))
}

// join is the form of a signature in a JWT: both numbers at full length.
func join(r, s *big.Int, size int) []byte {
	both := make([]byte, 2*size)
	r.FillBytes(both[:size])
	s.FillBytes(both[size:])
	return both
}
