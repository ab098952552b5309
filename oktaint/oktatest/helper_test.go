package oktatest_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// caller sends requests to an org.
type caller struct {
	t    testing.TB
	org  *oktatest.Org
	http *http.Client
}

func newCaller(t testing.TB, cfg oktatest.Config) *caller {
	t.Helper()
	org := oktatest.New(t, cfg)
	return &caller{t: t, org: org, http: &http.Client{Transport: org.Transport()}}
}

// answer is a response with its body read.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request. auth is a whole Authorization header; a body is JSON
// unless it is of url.Values.
func (c *caller) do(method, path, auth string, body any) answer {
	c.t.Helper()
	resp, err := c.http.Do(c.request(method, path, auth, body))
	if err != nil {
		c.t.Fatalf("%s %s: %v", method, path, err)
	}
	return c.read(resp)
}

func (c *caller) request(method, path, auth string, body any) *http.Request {
	c.t.Helper()
	var reader io.Reader
	kind := "application/json"
	switch body := body.(type) {
	case nil:
	case url.Values:
		reader, kind = strings.NewReader(body.Encode()), "application/x-www-form-urlencoded"
	case string:
		reader = strings.NewReader(body)
	default:
		b, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		reader = strings.NewReader(string(b))
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.org.URL()+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	if reader != nil {
		req.Header.Set("Content-Type", kind)
	}
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	return req
}

func (c *caller) read(resp *http.Response) answer {
	c.t.Helper()
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(b)}
}

// admin sends a request as the org's owner.
func (c *caller) admin(method, path string, body any) answer {
	c.t.Helper()
	return c.do(method, path, "SSWS "+c.org.APIToken(), body)
}

// want fails the test unless the status is this one.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("status = %d, want %d; body %s; WWW-Authenticate %s", a.status, status, a.body, a.header.Get("WWW-Authenticate"))
	}
	return a
}

// wantError fails the test unless the answer is this API error.
func (a answer) wantError(t testing.TB, status int, code, cause string) {
	t.Helper()
	a.want(t, status)
	if got := a.text(t, "errorCode"); got != code {
		t.Errorf("errorCode = %q, want %q; body %s", got, code, a.body)
	}
	if cause != "" && !strings.Contains(a.body, cause) {
		t.Errorf("body %s does not name the cause %q", a.body, cause)
	}
}

// json decodes the body.
func (a answer) json(t testing.TB) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("body %q: %v", a.body, err)
	}
	return v
}

// list decodes a body that is a list of objects.
func (a answer) list(t testing.TB) []map[string]any {
	t.Helper()
	var v []map[string]any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("body %q: %v", a.body, err)
	}
	return v
}

// text returns a value of the body by its dotted path.
func (a answer) text(t testing.TB, path string) string {
	t.Helper()
	var at any = a.json(t)
	for name := range strings.SplitSeq(path, ".") {
		o, ok := at.(map[string]any)
		if !ok {
			t.Fatalf("%s is not in %s", path, a.body)
		}
		at = o[name]
	}
	s, ok := at.(string)
	if !ok {
		t.Fatalf("%s is no text in %s", path, a.body)
	}
	return s
}

// rsaKey is one key for all tests; making one takes long.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func ecKey(t testing.TB, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// jwk is the public half of a key as a JWK.
func jwk(key crypto.Signer, kid string) map[string]any {
	switch public := key.Public().(type) {
	case *rsa.PublicKey:
		return map[string]any{"kty": "RSA", "kid": kid, "use": "sig", "alg": "RS256",
			"n": b64(public.N.Bytes()), "e": b64(big.NewInt(int64(public.E)).Bytes())}
	case *ecdsa.PublicKey:
		point, err := public.Bytes()
		if err != nil {
			panic(err)
		}
		half := len(point) / 2
		return map[string]any{"kty": "EC", "kid": kid, "use": "sig",
			"crv": public.Curve.Params().Name, "x": b64(point[1 : 1+half]), "y": b64(point[1+half:])}
	}
	panic("unknown key")
}

// sign makes a JWT of a header and claims.
func sign(t testing.TB, key crypto.Signer, header, claims map[string]any) string {
	t.Helper()
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	p, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	input := b64(h) + "." + b64(p)
	return input + "." + b64(signature(t, key, input))
}

func signature(t testing.TB, key crypto.Signer, input string) []byte {
	t.Helper()
	hash := crypto.SHA256
	ec, isEC := key.(*ecdsa.PrivateKey)
	if isEC {
		hash = map[int]crypto.Hash{256: crypto.SHA256, 384: crypto.SHA384, 521: crypto.SHA512}[ec.Params().BitSize]
	}
	digest := hash.New()
	digest.Write([]byte(input))
	if isEC {
		r, s, err := ecdsa.Sign(rand.Reader, ec, digest.Sum(nil))
		if err != nil {
			t.Fatal(err)
		}
		size := (ec.Params().BitSize + 7) / 8
		return append(r.FillBytes(make([]byte, size)), s.FillBytes(make([]byte, size))...)
	}
	sig, err := rsa.SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), hash, digest.Sum(nil))
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// serviceApp is a body that creates a service app with these keys.
func serviceApp(label string, keys ...map[string]any) map[string]any {
	return map[string]any{
		"name": "oidc_client", "label": label, "signOnMode": "OPENID_CONNECT",
		"credentials": map[string]any{"oauthClient": map[string]any{"token_endpoint_auth_method": "private_key_jwt"}},
		"settings": map[string]any{"oauthClient": map[string]any{
			"application_type": "service", "grant_types": []string{"client_credentials"}, "response_types": []string{"token"},
			"jwks": map[string]any{"keys": keys},
		}},
	}
}

// newApp creates a service app with the RSA key, named k1, and grants scopes.
func (c *caller) newApp(scopes ...string) string {
	c.t.Helper()
	id := c.admin("POST", "/api/v1/apps", serviceApp("Test app", jwk(rsaKey(), "k1"))).want(c.t, 200).text(c.t, "id")
	for _, scope := range scopes {
		c.grant(id, scope).want(c.t, 200)
	}
	return id
}

func (c *caller) grant(app, scope string) answer {
	c.t.Helper()
	return c.admin("POST", "/api/v1/apps/"+app+"/grants", map[string]string{"scopeId": scope, "issuer": c.org.URL()})
}

func (c *caller) assign(client, role string) answer {
	c.t.Helper()
	return c.admin("POST", "/oauth2/v1/clients/"+client+"/roles", map[string]string{"type": role})
}

// claims are those of a good assertion of a client.
func (c *caller) claims(client string) map[string]any {
	now := time.Now()
	return map[string]any{
		"iss": client, "sub": client, "aud": c.org.URL() + "/oauth2/v1/token",
		"exp": now.Add(5 * time.Minute).Unix(), "iat": now.Add(-30 * time.Second).Unix(), "jti": rand.Text(),
	}
}

// tokenForm is a token request with an assertion.
func tokenForm(assertion, scope string) url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "scope": {scope},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {assertion},
	}
}

// askToken asks for a token of a client whose key is rsaKey, named k1.
func (c *caller) askToken(client, scope string) answer {
	c.t.Helper()
	assertion := sign(c.t, rsaKey(), map[string]any{"alg": "RS256", "kid": "k1"}, c.claims(client))
	return c.do("POST", "/oauth2/v1/token", "", tokenForm(assertion, scope))
}

// bearer returns an Authorization header with a token of these scopes.
func (c *caller) bearer(client string, scopes ...string) string {
	c.t.Helper()
	return "Bearer " + c.askToken(client, strings.Join(scopes, " ")).want(c.t, 200).text(c.t, "access_token")
}
