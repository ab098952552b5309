package oktaint_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// DoHeader gives the header of an answer with and without a body, and none where
// there is no answer of 2xx.
func TestDoHeader(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	for name, test := range map[string]struct {
		status int
		body   string
		etag   string
		failed bool
	}{
		"with a body": {200, `{"id":"00u1"}`, `W/"1"`, false},
		"without":     {204, "", `W/"1"`, true},
		"no JSON":     {200, "<html>", `W/"1"`, true},
		"refused":     {404, `{"errorCode":"E0000007"}`, "", true},
	} {
		base := roundTripper(func(r *http.Request) (*http.Response, error) {
			return respond(r, test.status, test.body, "ETag", `W/"1"`), nil
		})
		client := oktaint.NewClient(org, base)
		req, err := org.NewRequest(t.Context(), http.MethodGet, nil, nil, "api", "v1", "users", "00u1")
		if err != nil {
			t.Fatal(err)
		}
		var user struct{ ID string }
		header, err := client.DoHeader(req, &user)
		if header.Get("ETag") != test.etag || (err != nil) != test.failed {
			t.Errorf("%s: header %v, error %v", name, header, err)
		}
		if name == "with a body" && user.ID != "00u1" {
			t.Errorf("%s: %+v", name, user)
		}
	}
}

// A client tells with what it authorises, and a source of which app it is.
func TestClientSource(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	app := oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: readKey(t, "rsa2048_TEST_ONLY.pem"), Scopes: scopes.Visibility}.Source(nil)
	token := oktaint.APIToken{Org: org, Token: oktaint.NewSecret("00token")}.Source(nil)
	integration := oktaint.ClientSecret{Org: org, ClientID: "0oa2", Secret: oktaint.NewSecret("s"), Scopes: scopes.Visibility}.Source(nil)
	for src, id := range map[*oktaint.Source]string{app: "0oa1", token: "", integration: "0oa2"} {
		transport := &oktaint.Transport{Org: org, Source: src}
		if got := oktaint.NewClient(src, nil).Source(); got != src || got.ClientID() != id {
			t.Errorf("source %v, client id %q, want %q", got, got.ClientID(), id)
		}
		if got := transport.Urgent().Client().Source(); got != src {
			t.Errorf("the urgent view has the source %v", got)
		}
	}
	for _, c := range []*oktaint.Client{{Org: org}, {Org: org, HTTP: new(http.Client)}, oktaint.NewClient(org, nil)} {
		if c.Source() != nil {
			t.Errorf("%+v has a source", c)
		}
	}
	if err := new(oktaint.Client).Get(t.Context(), nil, nil, "x"); err == nil {
		t.Error("the zero Client answers")
	}
}

// What is wrong with a credential, of every kind, is the first call's error, of each
// way to call.
func TestBadCredential(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	key := readKey(t, "ec_p256_TEST_ONLY.pem")
	for _, tt := range []struct {
		cred oktaint.Credential
		want string
	}{
		{oktaint.PrivateKeyJWT{}, "PrivateKeyJWT has no Org"},
		{oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: key}, "has no Scopes"},
		{oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa\x00", Key: key, Scopes: scopes.Visibility}, "control character"},
		{oktaint.ClientSecret{Org: org}, "has no ClientID"},
		{oktaint.ClientSecret{Org: org, ClientID: "0oa1", Secret: oktaint.NewSecret("a\nb"), Scopes: scopes.Visibility}, "line break"},
		{oktaint.APIToken{Org: org}, "has no Token"},
		{oktaint.APIToken{Org: org, Token: oktaint.NewSecret("a b")}, "white space"},
		{oktaint.Credentials{}, "are of kind"},
		{oktaint.Credentials{Kind: oktaint.KindAPIToken, Org: org}, "has no Token"},
		{(*oktaint.Source)(nil), "the Source is zero"},
		{new(oktaint.Source), "the Source is zero"},
		{oktaint.Org{}, "the Org is zero"},
		{nil, "the Org is zero"},
	} {
		c := oktaint.NewClient(tt.cred, roundTripper(func(*http.Request) (*http.Response, error) {
			t.Error("a request was sent")
			return nil, http.ErrServerClosed
		}))
		errs := map[string]error{"Get": c.Get(t.Context(), nil, nil, "api", "v1", "users")}
		for _, err := range oktaint.List[User](t.Context(), c, nil, "api", "v1", "users") {
			errs["List"] = err
		}
		req, err := org.NewRequest(t.Context(), http.MethodGet, nil, nil, "api", "v1", "users")
		if err != nil {
			t.Fatal(err)
		}
		errs["Do"] = c.Do(req, nil)
		if c.Source() != nil {
			_, errs["Token"] = c.Source().Token()
		}
		for how, err := range errs {
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%T, %s: %v, want %q", tt.cred, how, err, tt.want)
			}
		}
	}
}

// A tracer is a RoundTripper around another, as programs use it for tracing.
type tracer struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen []string
}

func (t *tracer) RoundTrip(req *http.Request) (*http.Response, error) {
	t.mu.Lock()
	t.seen = append(t.seen, req.Method+" "+req.URL.Path)
	t.mu.Unlock()
	return t.next.RoundTrip(req)
}

// A Client keeps its Source and its Transport whatever wraps its HTTP client. The one
// base that it was made with carries token requests, API requests and urgent ones.
func TestWrappedClient(t *testing.T) {
	t.Parallel()
	base := &tracer{next: new(turncoat)}
	app := oktaint.PrivateKeyJWT{Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: readKey(t, "ec_p256_TEST_ONLY.pem"), Scopes: scopes.New(scopes.UsersRead)}
	c := oktaint.NewClient(app, base)
	transport, src := c.Transport(), c.Source()
	outer := &tracer{next: c.HTTP.Transport}
	c.HTTP.Transport = outer
	if c.Transport() != transport || c.Source() != src || src.ClientID() != "0oa1" {
		t.Error("the Client has lost its Transport or its Source")
	}
	for _, client := range []*oktaint.Client{c, c.Urgent()} {
		var user User
		if err := client.Get(t.Context(), &user, nil, "api", "v1", "users", "00u1"); err != nil || user.ID != "00u1" {
			t.Errorf("%+v, %v", user, err)
		}
		if client.Source() != src {
			t.Error("another Source")
		}
	}
	if want := []string{"GET /api/v1/users/00u1"}; !slices.Equal(outer.seen, want) {
		t.Errorf("around HTTP: %q, want %q", outer.seen, want)
	}
	if want := []string{"POST /oauth2/v1/token", "GET /api/v1/users/00u1", "GET /api/v1/users/00u1"}; !slices.Equal(base.seen, want) {
		t.Errorf("at the base: %q, want %q", base.seen, want)
	}
}

// A MAC is that of the credential: the same for the same, another for another, and
// none for a key that is not in memory.
func TestMAC(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	key := readKey(t, "ec_p256_TEST_ONLY.pem")
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	opaque, err := oktaint.NewKey(struct{ crypto.Signer }{signer}, "")
	if err != nil {
		t.Fatal(err)
	}
	app := func(k oktaint.Key) *oktaint.Source {
		return oktaint.PrivateKeyJWT{Org: org, ClientID: "0oa1", Key: k, Scopes: scopes.Visibility}.Source(nil)
	}
	token := func(value string) *oktaint.Source {
		return oktaint.APIToken{Org: org, Token: oktaint.NewSecret(value)}.Source(nil)
	}
	integration := oktaint.ClientSecret{Org: org, ClientID: "0oa2", Secret: oktaint.NewSecret("00a"), Scopes: scopes.Visibility}.Source(nil)
	message := []byte("what was done")
	seen := make(map[string]string)
	for name, src := range map[string]*oktaint.Source{
		"P-256": app(key), "P-384": app(readKey(t, "ec_p384_TEST_ONLY.pem")), "a token": token("00a"), "another": token("00b"),
	} {
		mac := src.MAC(message)
		if len(mac) != 32 || !bytes.Equal(mac, src.MAC(message)) || bytes.Equal(mac, src.MAC([]byte("what was not done"))) {
			t.Errorf("%s: MAC %x", name, mac)
		}
		if other := seen[string(mac)]; other != "" {
			t.Errorf("%s and %s have one MAC", name, other)
		}
		seen[string(mac)] = name
	}
	if !bytes.Equal(integration.MAC(message), token("00a").MAC(message)) {
		t.Error("the MAC is not that of the secret alone")
	}
	for name, src := range map[string]*oktaint.Source{"a KMS": app(opaque), "no token": token(""), "the zero Source": new(oktaint.Source)} {
		if mac := src.MAC(message); mac != nil {
			t.Errorf("%s: MAC %x", name, mac)
		}
	}
}
