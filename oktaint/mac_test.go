package oktaint_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// The same credential gives the same MAC, another credential another one, and a key that
// is not in memory none.
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
