package oktaint_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
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

// An answer that does not hold what was asked for is an error, and ambiguous: it
// did not come from Okta.
func TestChecked(t *testing.T) {
	t.Parallel()
	org := mustOrg(t, "acme")
	do := func(method string, status int, body string, out any) error {
		c := oktaint.NewClient(org, roundTripper(func(r *http.Request) (*http.Response, error) { return respond(r, status, body), nil }))
		req, err := org.NewRequest(t.Context(), method, nil, nil, "api", "v1", "users", "00u1")
		if err != nil {
			t.Fatal(err)
		}
		return c.Do(req, out)
	}
	for body, failed := range map[string]bool{`{"id":"00u1"}`: false, `{"id":"00u2"}`: true, `{}`: true, ``: true, `[]`: true, `{"errorCode":"E0000007"}`: true} {
		var user struct{ ID string }
		err := do(http.MethodPost, 200, body, oktaint.Checked(&user, func() bool { return user.ID == "00u1" }))
		if (err != nil) != failed || oktaint.Ambiguous(err) != failed {
			t.Errorf("%s: %v", body, err)
		}
	}
	for _, test := range []struct {
		status int
		body   string
		failed bool
	}{{204, "", false}, {200, "", true}, {200, "{}", true}, {202, "", true}, {200, "<html>", true}} {
		err := do(http.MethodDelete, test.status, test.body, oktaint.NoContent{})
		if (err != nil) != test.failed || oktaint.Ambiguous(err) != test.failed {
			t.Errorf("%d %q: %v", test.status, test.body, err)
		}
	}
	if err := do(http.MethodDelete, 404, `{"errorCode":"E0000007"}`, oktaint.NoContent{}); !oktaint.IsNotFound(err) || oktaint.Ambiguous(err) {
		t.Errorf("404: %v", err)
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
