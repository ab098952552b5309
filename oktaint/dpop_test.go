package oktaint_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A dpopOrg answers a token endpoint and an API that want DPoP proofs, and checks
// each (RFC 9449, section 4.3).
type dpopOrg struct {
	t        *testing.T
	tokens   *tokenEndpoint
	apiNonce string // that the API wants

	mu      sync.Mutex
	jtis    map[string]bool
	thumb   string // of the key in the proofs
	nonce   string // that the token endpoint wants
	proofs  []string
	api     int // requests to the API
	tokenRe int // requests to the token endpoint
}

func newDPoPOrg(t *testing.T) *dpopOrg {
	return &dpopOrg{t: t, tokens: newTokenEndpoint(), jtis: make(map[string]bool), nonce: "nonce-1"}
}

func (o *dpopOrg) client(on bool) *oktaint.Client {
	src := oktaint.PrivateKeyJWT{
		Org: mustOrg(o.t, "acme"), ClientID: "0oa1", Key: readKey(o.t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.Visibility, DPoP: on,
	}.Source(o)
	return oktaint.NewClient(src, o)
}

func (o *dpopOrg) RoundTrip(req *http.Request) (*http.Response, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if req.URL.Path != "/oauth2/v1/token" {
		o.api++
		token, _ := strings.CutPrefix(req.Header.Get("Authorization"), "DPoP ")
		if why := o.check(req, token, o.apiNonce); why != "" {
			resp := respond(req, 400, "", "WWW-Authenticate", `DPoP algs="ES256", error="`+why+`", error_description="x"`)
			if why == "use_dpop_nonce" {
				resp.StatusCode = 401
				resp.Header.Set("DPoP-Nonce", o.apiNonce)
			}
			return resp, nil
		}
		return respond(req, 200, "[]", "DPoP-Nonce", o.apiNonce), nil
	}
	o.tokenRe++
	fail := func(code, text string) (*http.Response, error) {
		return respond(req, 400, `{"error":"`+code+`","error_description":"`+text+`"}`, "DPoP-Nonce", o.nonce), nil
	}
	if req.Header.Get("DPoP") == "" {
		return respond(req, 400, `{"error":"invalid_dpop_proof","error_description":"The DPoP proof JWT header is missing."}`), nil
	}
	if why := o.check(req, "", o.nonce); why != "" {
		return fail(why, "x")
	}
	resp, err := o.tokens.RoundTrip(req)
	if err == nil {
		resp.Header.Set("DPoP-Nonce", o.nonce)
		body := strings.Replace(readAll(o.t, resp), `"Bearer"`, `"DPoP"`, 1)
		resp = respond(req, resp.StatusCode, body, "DPoP-Nonce", o.nonce)
	}
	return resp, err
}

// check returns what is wrong with the proof of a request, as an error code.
func (o *dpopOrg) check(req *http.Request, token, nonce string) string {
	proof := req.Header.Get("DPoP")
	o.proofs = append(o.proofs, proof)
	jws, err := jose.ParseSignedCompact(proof, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		o.t.Errorf("proof: %v", err)
		return "invalid_dpop_proof"
	}
	h := jws.Signatures[0].Protected
	if h.JSONWebKey == nil || !h.JSONWebKey.IsPublic() || h.ExtraHeaders["typ"] != "dpop+jwt" {
		o.t.Errorf("proof header %+v", h)
		return "invalid_dpop_proof"
	}
	payload, err := jws.Verify(h.JSONWebKey)
	if err != nil {
		o.t.Errorf("proof: %v", err)
	}
	var c struct {
		HTM, HTU, JTI, ATH, Nonce string
		IAT                       int64
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		o.t.Error(err)
	}
	if want := "https://acme.okta.com" + req.URL.Path; c.HTM != req.Method || c.HTU != want {
		o.t.Errorf("htm %s, htu %s; want %s, %s", c.HTM, c.HTU, req.Method, want)
	}
	if age := time.Now().Unix() - c.IAT; age < 0 || age > 60 {
		o.t.Errorf("the proof is %d s old", age)
	}
	ath := ""
	if token != "" {
		sum := sha256.Sum256([]byte(token))
		ath = base64url(sum[:])
	}
	if c.ATH != ath {
		o.t.Errorf("ath %q, want %q", c.ATH, ath)
	}
	thumb, _ := h.JSONWebKey.Thumbprint(crypto.SHA256)
	if o.thumb == "" {
		o.thumb = base64url(thumb)
	}
	if base64url(thumb) != o.thumb || o.thumb == readKey(o.t, "ec_p256_TEST_ONLY.pem").ID() {
		o.t.Error("the proof's key has changed, or is the client's")
	}
	switch {
	case o.jtis[c.JTI]:
		return "invalid_dpop_proof"
	case nonce != "" && c.Nonce != nonce:
		return "use_dpop_nonce"
	}
	o.jtis[c.JTI] = true
	return ""
}

// Many callers at the cold start share two token requests, one for the nonce and one
// for the token, and every request has its own proof.
func TestDPoPCold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newDPoPOrg(t)
		c := o.client(true)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := c.Get(t.Context(), nil, map[string][]string{"limit": {"1"}}, "api", "v1", "users", "o'neil@example.com"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if o.tokenRe != 2 || o.api != 20 {
			t.Errorf("%d token requests, want 2; %d API requests, want 20", o.tokenRe, o.api)
		}
		seen := make(map[string]bool)
		for _, p := range o.proofs {
			seen[p] = true
		}
		if len(seen) != len(o.proofs) {
			t.Errorf("%d proofs for %d requests", len(seen), len(o.proofs))
		}
	})
}

// An app that turns out to require DPoP is learned about once.
func TestDPoPLearned(t *testing.T) {
	t.Parallel()
	o := newDPoPOrg(t)
	c := o.client(false)
	src := c.Source()
	if _, err := src.Token(); !errors.Is(err, oktaint.ErrDPoPBound) {
		t.Errorf("Token = %v, want ErrDPoPBound", err)
	}
	if o.tokenRe != 3 { // without a proof, without a nonce, and good
		t.Errorf("%d token requests, want 3", o.tokenRe)
	}
	tok, err := src.TokenContext(t.Context())
	if err != nil || tok.Type() != "DPoP" {
		t.Fatalf("TokenContext = %v, %v", tok, err)
	}
	src.Invalidate(tok)
	if err := c.Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil || o.tokenRe != 4 {
		t.Errorf("after that: %v, %d token requests, want 4", err, o.tokenRe)
	}
}

// A nonce that has changed costs one more request, on the token endpoint and on
// the API.
func TestDPoPNonces(t *testing.T) {
	t.Parallel()
	o := newDPoPOrg(t)
	c := o.client(true)
	get := func(want int) {
		t.Helper()
		before := o.api
		if err := c.Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil || o.api-before != want {
			t.Errorf("%v after %d requests, want %d", err, o.api-before, want)
		}
	}
	get(1)
	o.apiNonce = "api-1"
	get(2)
	get(1)
	o.apiNonce = "api-2"
	get(2)
	o.nonce = "nonce-2"
	src := c.Source()
	tok, _ := src.TokenContext(t.Context())
	src.Invalidate(tok)
	before := o.tokenRe
	get(1)
	if o.tokenRe-before != 2 {
		t.Errorf("%d token requests for a new nonce, want 2", o.tokenRe-before)
	}
}

// A proof that the org has seen, as after net/http sent a request twice, is
// answered by one fresh one; one that is refused for ever does not loop.
func TestDPoPReplay(t *testing.T) {
	t.Parallel()
	o := newDPoPOrg(t)
	twice, never := true, false
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.URL.Path != "/oauth2/v1/token" && never {
			return respond(req, 400, "", "WWW-Authenticate", `DPoP error="invalid_dpop_proof", error_description="x"`), nil
		}
		if req.URL.Path != "/oauth2/v1/token" && twice {
			twice = false
			if _, err := o.RoundTrip(req); err != nil {
				return nil, err
			}
		}
		return o.RoundTrip(req)
	})
	src := oktaint.PrivateKeyJWT{Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.Visibility, DPoP: true}.Source(base)
	c := oktaint.NewClient(src, base)
	if err := c.Get(t.Context(), nil, nil, "api", "v1", "users"); err != nil || o.api != 3 {
		t.Errorf("%v after %d requests, want 3", err, o.api)
	}
	never = true
	var oe *oktaint.Error
	if err := c.Get(t.Context(), nil, nil, "api", "v1", "users"); !errors.As(err, &oe) || oe.OAuthError != "invalid_dpop_proof" || !strings.Contains(err.Error(), "refused the DPoP proof") {
		t.Errorf("error %v", err)
	}
}

// A token endpoint that refuses every proof is asked a few times, not for ever.
func TestDPoPRefused(t *testing.T) {
	t.Parallel()
	e := newTokenEndpoint()
	e.answer = func(_ int, req *http.Request) *http.Response {
		return respond(req, 400, `{"error":"invalid_dpop_proof","error_description":"'iat' claim in the DPoP proof JWT is invalid."}`)
	}
	_, err := e.source(t).Token()
	if err == nil || e.requests() != 3 || !strings.Contains(err.Error(), "refused the DPoP proof") {
		t.Errorf("%d requests: %v", e.requests(), err)
	}
}

// BenchmarkDPoPAuthorize compares a proof with the raw signature in it: the limit is
// twice that.
func BenchmarkDPoPAuthorize(b *testing.B) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	digest := sha256.Sum256([]byte("x"))
	b.Run("raw ES256", func(b *testing.B) {
		for b.Loop() {
			if _, err := ecdsa.SignASN1(rand.Reader, key, digest[:]); err != nil {
				b.Fatal(err)
			}
		}
	})
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		return respond(req, 200, `{"token_type":"DPoP","expires_in":3600,"access_token":"`+strings.Repeat("x", 1500)+`"}`), nil
	})
	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		b.Fatal(err)
	}
	src := oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: readKey(b, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.Visibility, DPoP: true}.Source(base)
	req, err := http.NewRequest("GET", "https://acme.okta.com/api/v1/users", nil)
	if err != nil {
		b.Fatal(err)
	}
	if err := src.Authorize(req); err != nil {
		b.Fatal(err)
	}
	b.Run("Authorize", func(b *testing.B) {
		for b.Loop() {
			if err := src.Authorize(req); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// An API whose nonces are good once each serves many requests at once: a refusal's
// nonce belongs to the request that was refused, so each is sent twice at most.
func TestDPoPNoncesGoodOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := &onceNonces{good: make(map[string]bool)}
		src := oktaint.PrivateKeyJWT{
			Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead), DPoP: true,
		}
		c := oktaint.NewClient(src, o)
		var wg sync.WaitGroup
		var most atomic.Int32
		for i := range 64 {
			wg.Go(func() {
				for j := range 10 {
					var attempts atomic.Int32
					id := fmt.Sprintf("00u%d-%d", i, j)
					o.attempts.Store(id, &attempts)
					if err := c.Get(t.Context(), nil, nil, "api", "v1", "users", id); err != nil {
						t.Error(err)
					}
					for {
						if n := most.Load(); attempts.Load() <= n || most.CompareAndSwap(n, attempts.Load()) {
							break
						}
					}
				}
			})
		}
		wg.Wait()
		if o.tokens != 2 || most.Load() > 2 { // the first token request learns the nonce
			t.Errorf("%d token requests, and up to %d requests for one call; want 2 and 2", o.tokens, most.Load())
		}
	})
}

// onceNonces is an org whose nonces are good for one request each. Each answer brings
// the next.
type onceNonces struct {
	mu       sync.Mutex
	n        int
	good     map[string]bool
	tokens   int
	attempts sync.Map // id -> *atomic.Int32
}

func (o *onceNonces) RoundTrip(req *http.Request) (*http.Response, error) {
	nonce := proofNonce(req)
	time.Sleep(20 * time.Millisecond)
	o.mu.Lock()
	o.n++
	next := fmt.Sprintf("nonce-%d", o.n)
	fresh := o.good[nonce]
	delete(o.good, nonce)
	o.good[next] = true
	token := req.URL.Path == "/oauth2/v1/token"
	if token {
		o.tokens++
	}
	o.mu.Unlock()
	time.Sleep(20 * time.Millisecond)
	switch {
	case !fresh && token:
		return respond(req, 400, `{"error":"use_dpop_nonce"}`, "DPoP-Nonce", next), nil
	case token:
		return respond(req, 200, `{"token_type":"DPoP","expires_in":3600,"access_token":"at1"}`, "DPoP-Nonce", next), nil
	}
	if n, ok := o.attempts.Load(strings.TrimPrefix(req.URL.Path, "/api/v1/users/")); ok {
		n.(*atomic.Int32).Add(1)
	}
	if !fresh { // with the error code of a bad token, though the token is good
		return respond(req, 401, `{"errorCode":"E0000011"}`, "DPoP-Nonce", next, "WWW-Authenticate", `DPoP error="use_dpop_nonce"`), nil
	}
	return respond(req, 200, "{}", "DPoP-Nonce", next), nil
}

// proofNonce reads the nonce of the proof that a request carries.
func proofNonce(req *http.Request) string {
	parts := strings.Split(req.Header.Get("DPoP"), ".")
	if len(parts) != 3 {
		return ""
	}
	var claims struct{ Nonce string }
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(b, &claims) != nil {
		return ""
	}
	return claims.Nonce
}

// If an API accepts only the newest of its nonces, every call still succeeds: a call that
// was refused twice repeats while no other is on its way.
func TestDPoPNewestNonce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		n := 0
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/oauth2/v1/token" {
				return respond(req, 200, `{"token_type":"DPoP","expires_in":3600,"access_token":"at1"}`), nil
			}
			time.Sleep(10 * time.Millisecond)
			mu.Lock()
			ok := proofNonce(req) == fmt.Sprintf("nonce-%d", n)
			if !ok {
				n++
			}
			next := fmt.Sprintf("nonce-%d", n)
			mu.Unlock()
			time.Sleep(10 * time.Millisecond)
			if !ok {
				return respond(req, 401, "", "DPoP-Nonce", next, "WWW-Authenticate", `DPoP error="use_dpop_nonce"`), nil
			}
			mu.Lock()
			n++ // each is good once
			next = fmt.Sprintf("nonce-%d", n)
			mu.Unlock()
			return respond(req, 200, "{}", "DPoP-Nonce", next), nil
		})
		c := oktaint.NewClient(oktaint.PrivateKeyJWT{
			Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead), DPoP: true,
		}, base)
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				for range 5 {
					if err := c.Get(t.Context(), nil, nil, "api", "v1", "users", "00u1"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
}

// A nonce that only refusals bring is used for all requests that follow. One that is
// longer than any header should be is not kept.
func TestDPoPNonceKept(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		nonce    string
		requests int // for three calls
	}{
		"short":    {"nonce-1", 4},
		"too long": {strings.Repeat("n", 1025), 3},
	} {
		requests := 0
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/oauth2/v1/token" {
				return respond(req, 200, `{"token_type":"DPoP","expires_in":3600,"access_token":"at1"}`), nil
			}
			requests++
			if got := proofNonce(req); len(got) > 1024 {
				t.Errorf("%s: a nonce of %d bytes is sent", name, len(got))
			} else if got == "" && len(tt.nonce) <= 1024 {
				return respond(req, 401, "", "DPoP-Nonce", tt.nonce, "WWW-Authenticate", `DPoP error="use_dpop_nonce"`), nil
			}
			return respond(req, 200, "{}", "DPoP-Nonce", strings.Repeat(tt.nonce, len(tt.nonce)/1025)), nil
		})
		c := oktaint.NewClient(oktaint.PrivateKeyJWT{
			Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead), DPoP: true,
		}, base)
		for range 3 {
			if err := c.Get(t.Context(), nil, nil, "api", "v1", "users", "00u1"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if requests != tt.requests {
			t.Errorf("%s: %d requests, want %d", name, requests, tt.requests)
		}
	}
}

// If the credential requires DPoP, a token that is not bound is an error. If it was
// learned, the org may switch it off again.
func TestDPoPBearer(t *testing.T) {
	t.Parallel()
	bound := false
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		switch {
		case bound && req.Header.Get("DPoP") == "":
			return respond(req, 400, `{"error":"invalid_dpop_proof"}`), nil
		case bound:
			return respond(req, 200, `{"token_type":"DPoP","expires_in":3600,"access_token":"at1"}`), nil
		}
		return respond(req, 200, `{"token_type":"Bearer","expires_in":3600,"access_token":"at1"}`), nil
	})
	app := oktaint.PrivateKeyJWT{Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead), DPoP: true}
	if _, err := app.Source(base).TokenContext(t.Context()); err == nil || !strings.Contains(err.Error(), "dpop_bound_access_tokens") {
		t.Errorf("DPoP is required: %v", err)
	}
	app.DPoP = false
	src := app.Source(base)
	for _, bound = range []bool{true, false, true} {
		tok, err := src.TokenContext(t.Context())
		if want := map[bool]string{true: "DPoP", false: "Bearer"}[bound]; err != nil || tok.TokenType != want {
			t.Errorf("bound %v: %v, %v", bound, tok, err)
		}
		src.Invalidate(tok)
	}
}

// The simulated org checks every proof: a list of many pages passes, with nonces
// that change in its midst, for many callers at once.
func TestDPoPFlow(t *testing.T) {
	t.Parallel()
	for _, configured := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			sim := oktatest.New(t, oktatest.Config{RateLimits: map[string]int{"apps": 0, "app": 0}, DPoPResourceNonce: true, Latency: 10 * time.Millisecond})
			c := dpopApp(t, sim, configured)
			var wg sync.WaitGroup
			for i := range 5 {
				wg.Go(func() {
					n := 0
					for _, err := range oktaint.List[item](t.Context(), c, url.Values{"limit": {"1"}}, "api", "v1", "apps") {
						if err != nil {
							t.Error(err)
							return
						}
						if n++; i == 0 && n%25 == 0 {
							sim.RotateDPoPNonces()
						}
					}
					if n != 100 {
						t.Errorf("%d apps, want 100", n)
					}
				})
			}
			wg.Wait()
			tokens := 0
			for _, r := range sim.Requests() {
				if r.Path == "/oauth2/v1/token" {
					tokens++
				}
			}
			if want := map[bool]int{true: 2, false: 3}[configured]; tokens != want {
				t.Errorf("configured %v: %d token requests, want %d", configured, tokens, want)
			}
		})
	}
}

// dpopApp makes an app that requires DPoP, with a role and the scopes to read
// groups, and returns a client that signs in as it.
func dpopApp(t *testing.T, sim *oktatest.Org, configured bool) *oktaint.Client {
	t.Helper()
	org := mustOrg(t, sim.URL())
	admin := oktaint.NewClient(oktaint.APIToken{Org: org, Token: oktaint.NewSecret(sim.APIToken())}, sim.Transport())
	key := readKey(t, "ec_p256_TEST_ONLY.pem")
	post := func(out any, body any, elem ...string) {
		req, err := org.NewRequest(t.Context(), "POST", nil, body, elem...)
		if err != nil {
			t.Fatal(err)
		}
		if err := admin.Do(req, out); err != nil {
			t.Fatal(err)
		}
	}
	type m = map[string]any
	var app struct{ ID string }
	post(&app, m{
		"label": "bound", "name": "oidc_client", "signOnMode": "OPENID_CONNECT",
		"credentials": m{"oauthClient": m{"token_endpoint_auth_method": "private_key_jwt"}},
		"settings": m{"oauthClient": m{
			"application_type": "service", "grant_types": []string{"client_credentials"}, "response_types": []string{"token"},
			"dpop_bound_access_tokens": true, "jwks": m{"keys": []any{key.Public()}},
		}},
	}, "api", "v1", "apps")
	post(nil, m{"type": "READ_ONLY_ADMIN"}, "oauth2", "v1", "clients", app.ID, "roles")
	post(nil, m{"scopeId": "okta.apps.read", "issuer": org.String()}, "api", "v1", "apps", app.ID, "grants")
	for range 98 { // something to list, with the app itself and Okta's browser plugin
		post(nil, m{
			"label": "listed", "name": "oidc_client", "signOnMode": "OPENID_CONNECT",
			"credentials": m{"oauthClient": m{"token_endpoint_auth_method": "private_key_jwt"}},
			"settings": m{"oauthClient": m{
				"application_type": "service", "grant_types": []string{"client_credentials"}, "response_types": []string{"token"},
				"jwks": m{"keys": []any{key.Public()}},
			}},
		}, "api", "v1", "apps")
	}
	sim.ResetRequests()
	src := oktaint.PrivateKeyJWT{Org: org, ClientID: app.ID, Key: key, Scopes: scopes.New(scopes.AppsRead), DPoP: configured}.Source(sim.Transport())
	return oktaint.NewClient(src, sim.Transport())
}

// A call that repeats alone is not kept waiting by the places of urgent requests that
// wait for it.
func TestDPoPNewestNonceUrgent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		n := 0
		base := roundTripper(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/oauth2/v1/token" {
				return respond(req, 200, `{"token_type":"DPoP","expires_in":3600,"access_token":"at1"}`), nil
			}
			mu.Lock()
			ok := proofNonce(req) == fmt.Sprintf("nonce-%d", n)
			n++ // each is good once, and only the newest
			h := append(windowHeaders(20, 20, time.Now().Add(time.Minute)), "DPoP-Nonce", fmt.Sprintf("nonce-%d", n))
			mu.Unlock()
			time.Sleep(10 * time.Millisecond)
			if !ok {
				return respond(req, 401, "", append(h, "WWW-Authenticate", `DPoP error="use_dpop_nonce"`)...), nil
			}
			return respond(req, 200, "{}", h...), nil
		})
		c := oktaint.NewClient(oktaint.PrivateKeyJWT{
			Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead), DPoP: true,
		}, base).Urgent()
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for range 3 {
					if err := c.Get(ctx, nil, nil, "api", "v1", "users", "00u1"); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	})
}

// An API that never takes a nonce refuses the proof, not the token: the token stays.
func TestDPoPNonceNeverTaken(t *testing.T) {
	t.Parallel()
	tokens, requests := 0, 0
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		if req.URL.Path == "/oauth2/v1/token" {
			tokens++
			return respond(req, 200, `{"token_type":"DPoP","expires_in":3600,"access_token":"at1"}`), nil
		}
		requests++
		return respond(req, 401, `{"errorCode":"E0000011"}`, "DPoP-Nonce", fmt.Sprint("nonce-", requests), "WWW-Authenticate", `DPoP error="use_dpop_nonce"`), nil
	})
	c := oktaint.NewClient(oktaint.PrivateKeyJWT{
		Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead), DPoP: true,
	}, base)
	for range 2 {
		err := c.Get(t.Context(), nil, nil, "api", "v1", "users", "00u1")
		if err == nil || !strings.Contains(err.Error(), "use_dpop_nonce") {
			t.Errorf("error %v", err)
		}
	}
	if tokens != 1 || requests != 8 {
		t.Errorf("%d token requests and %d requests, want 1 and 8", tokens, requests)
	}
}
