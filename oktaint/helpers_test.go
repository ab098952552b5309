package oktaint_test

import (
	"context"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
	"golang.org/x/oauth2"
)

func mustOrg(t testing.TB, s string) oktaint.Org {
	t.Helper()
	org, err := oktaint.ParseOrg(s)
	if err != nil {
		t.Fatal(err)
	}
	return org
}

func readKey(t testing.TB, name string) oktaint.Key {
	t.Helper()
	pem, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	key, err := oktaint.ParseKey(pem, "")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// privateJWK writes a test key as a JWK.
func privateJWK(t testing.TB, name, kid string) []byte {
	t.Helper()
	b, err := json.Marshal(jose.JSONWebKey{Key: parsePKCS8(t, readFile(t, name)), KeyID: kid})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A roundTripper is a base transport made of a func.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// respond makes an answer. Header pairs are name, value.
func respond(req *http.Request, status int, body string, header ...string) *http.Response {
	h := http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}, "Content-Type": {"application/json"}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Add(header[i], header[i+1])
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}
}

// A tokenEndpoint is a base transport that answers token requests. Its fields
// are set before it is used.
type tokenEndpoint struct {
	lifetime int // expires_in; 0 means 3600
	latency  time.Duration
	answer   func(n int, req *http.Request) *http.Response // nil, or a nil answer: a token

	mu       sync.Mutex
	n        int                  // requests
	inFlight int                  // now
	most     int                  // inFlight at the most
	forms    []url.Values         // of the requests
	expiry   map[string]time.Time // of the tokens, by the endpoint's clock
	ended    []error              // of the requests that were cancelled
}

func newTokenEndpoint() *tokenEndpoint { return &tokenEndpoint{expiry: make(map[string]time.Time)} }

func (e *tokenEndpoint) source(t testing.TB) *oktaint.Source {
	return oktaint.PrivateKeyJWT{Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.Visibility}.Source(e)
}

func (e *tokenEndpoint) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.n++
	n := e.n
	e.inFlight++
	e.most = max(e.most, e.inFlight)
	e.forms = append(e.forms, form)
	e.mu.Unlock()
	defer func() { e.mu.Lock(); e.inFlight--; e.mu.Unlock() }()

	if e.latency > 0 {
		select {
		case <-time.After(e.latency):
		case <-req.Context().Done():
			e.mu.Lock()
			e.ended = append(e.ended, context.Cause(req.Context()))
			e.mu.Unlock()
			return nil, req.Context().Err()
		}
	}
	if e.answer != nil {
		if resp := e.answer(n, req); resp != nil {
			return resp, nil
		}
	}
	lifetime := e.lifetime
	if lifetime == 0 {
		lifetime = 3600
	}
	token := "token-" + strconv.Itoa(n)
	e.mu.Lock()
	e.expiry[token] = time.Now().Add(time.Duration(lifetime) * time.Second)
	e.mu.Unlock()
	return respond(req, 200, fmt.Sprintf(`{"token_type":"Bearer","expires_in":%d,"access_token":%q,"scope":%q}`, lifetime, token, form.Get("scope"))), nil
}

func (e *tokenEndpoint) requests() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.n
}

// live reports whether the endpoint would still take the token.
func (e *tokenEndpoint) live(token string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return time.Now().Before(e.expiry[token])
}

// claims reads the claims of a client assertion.
func claims(t testing.TB, form url.Values) (header, payload map[string]any) {
	t.Helper()
	parts := strings.Split(form.Get("client_assertion"), ".")
	if len(parts) != 3 {
		t.Fatalf("the client assertion has %d parts", len(parts))
	}
	for i, m := range []*map[string]any{&header, &payload} {
		b, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, m); err != nil {
			t.Fatal(err)
		}
	}
	return header, payload
}

// opaqueSigner hides its key, as a KMS does.
type opaqueSigner struct{ crypto.Signer }

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func parsePKCS8(t testing.TB, data []byte) any {
	t.Helper()
	block, _ := pem.Decode(data)
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func readAll(t testing.TB, resp *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func windowHeaders(limit, remaining int, reset time.Time) []string {
	return []string{"X-Rate-Limit-Limit", itoa(int64(limit)), "X-Rate-Limit-Remaining", itoa(int64(remaining)), "X-Rate-Limit-Reset", itoa(reset.Unix())}
}

func second(_ *oauth2.Token, err error) error { return err }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

type item struct{ ID string }

func collect[T any](t *testing.T, c *oktaint.Client, q url.Values, elem ...string) ([]T, error) {
	t.Helper()
	var out []T
	for v, err := range oktaint.List[T](t.Context(), c, q, elem...) {
		if err != nil {
			return out, err
		}
		out = append(out, v)
	}
	return out, nil
}

// pagesOf serves pages of two items by number; link writes the Link headers.
func pagesOf(last int, link func(h http.Header, self, next string)) roundTripper {
	return func(req *http.Request) (*http.Response, error) {
		var n int
		fmt.Sscan(req.URL.Query().Get("after"), &n)
		resp := respond(req, 200, fmt.Sprintf(`[{"id":"%d"},{"id":"%d"}]`, 2*n, 2*n+1))
		q := req.URL.Query()
		self := "https://acme.okta.com" + req.URL.Path + "?" + q.Encode()
		q.Set("after", fmt.Sprint(n+1))
		next := "https://acme.okta.com" + req.URL.Path + "?" + q.Encode()
		if n == last {
			next = ""
		}
		link(resp.Header, self, next)
		return resp, nil
	}
}

func separate(h http.Header, self, next string) {
	h.Add("Link", "<"+self+`>; rel="self"`)
	if next != "" {
		h.Add("Link", "<"+next+`>; rel="next"`)
	}
}

func joined(h http.Header, self, next string) {
	line := "<" + self + `>; rel="self"; title="a, b"`
	if next != "" {
		line += ", <" + next + `>; title="x"; rel=next`
	}
	h.Add("Link", line)
}
