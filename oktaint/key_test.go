package oktaint_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// NewKey refuses keys for which Okta has no algorithm.
func TestNewKeyRefuses(t *testing.T) {
	t.Parallel()
	if _, err := oktaint.NewKey(nil, ""); err == nil {
		t.Error("NewKey(nil) is not an error")
	}
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	if _, err := oktaint.NewKey(ed, ""); err == nil || !strings.Contains(err.Error(), "Ed25519") {
		t.Errorf("NewKey(Ed25519) = %v", err)
	}
	exponent := func(n *big.Int, e int) crypto.Signer { return publicOnly{&rsa.PublicKey{N: n, E: e}} }
	rsaKey := parsePKCS8(t, readFile(t, "rsa2048_TEST_ONLY.pem")).(*rsa.PrivateKey)
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		signer crypto.Signer
		want   string
	}{
		"no modulus":   {exponent(nil, 65537), "no modulus"},
		"e = 0":        {exponent(rsaKey.N, 0), "exponent"},
		"e = 1":        {exponent(rsaKey.N, 1), "exponent"},
		"e = 4":        {exponent(rsaKey.N, 4), "exponent"},
		"even modulus": {exponent(new(big.Int).Lsh(big.NewInt(1), 2047), 65537), "even"},
		"17 bits":      {exponent(big.NewInt(65537), 3), "17 bits"},
		"huge":         {exponent(new(big.Int).Lsh(big.NewInt(1), 16384), 3), "16385 bits"},
		"P-224":        {p224, "P-224"},
		"no curve":     {publicOnly{&ecdsa.PublicKey{}}, "unknown curve"},
		"no key":       {publicOnly{nil}, "not supported"},
	} {
		if key, err := oktaint.NewKey(tt.signer, ""); err == nil || !key.IsZero() || !strings.HasPrefix(err.Error(), "oktaint: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: NewKey = %v, %v; want an error with %q", name, key, err, tt.want)
		}
	}
}

// publicOnly is a signer with a public key, and no more.
type publicOnly struct{ public crypto.PublicKey }

func (s publicOnly) Public() crypto.PublicKey { return s.public }
func (publicOnly) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("cannot sign")
}

// A signer that hides its key, as a KMS does, signs assertions that verify.
func TestOpaqueSigner(t *testing.T) {
	t.Parallel()
	for _, curve := range []elliptic.Curve{nil, elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		signer := crypto.Signer(nil)
		if curve == nil {
			signer = parsePKCS8(t, readFile(t, "rsa2048_TEST_ONLY.pem")).(crypto.Signer)
		} else {
			k, err := ecdsa.GenerateKey(curve, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			signer = k
		}
		key, err := oktaint.NewKey(opaqueSigner{signer}, "kms-1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := key.PEM(); err == nil {
			t.Error("PEM of an opaque signer is not an error")
		}
		e := newTokenEndpoint()
		src := oktaint.PrivateKeyJWT{Org: mustOrg(t, "acme"), ClientID: "0oa1", Key: key, Scopes: scopes.Visibility}.Source(e)
		if _, err := src.Token(); err != nil {
			t.Fatal(err)
		}
		sig, err := jose.ParseSignedCompact(e.forms[0].Get("client_assertion"), []jose.SignatureAlgorithm{jose.SignatureAlgorithm(key.Algorithm())})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sig.Verify(signer.Public()); err != nil {
			t.Errorf("%s: the assertion does not verify: %v", key.Algorithm(), err)
		}
	}
}

// A generated key is new each time, and RSA with 2048 bits.
func TestGenerateKey(t *testing.T) {
	t.Parallel()
	a, err := oktaint.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	b, err := oktaint.GenerateKey()
	if err != nil || a.Public().Equal(b.Public()) || a.Algorithm() != "RS256" {
		t.Errorf("GenerateKey = %v and %v, %v", a, b, err)
	}
	jwk, _ := json.Marshal(a.Public())
	var doc struct{ N string }
	if json.Unmarshal(jwk, &doc); len(doc.N) != 342 { // 256 bytes in base64url
		t.Errorf("n has %d characters", len(doc.N))
	}
	if s := fmt.Sprint(a); s != a.ID()+" (RS256)" {
		t.Errorf("Print = %s", s)
	}
}
