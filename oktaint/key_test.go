package oktaint_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	for name, alg := range map[string]string{
		"rsa2048_TEST_ONLY.pem": "RS256", "rsa2048_pkcs1_TEST_ONLY.pem": "RS256",
		"ec_p256_TEST_ONLY.pem": "ES256", "ec_p256_sec1_TEST_ONLY.pem": "ES256",
		"ec_p384_TEST_ONLY.pem": "ES384", "ec_p384_sec1_TEST_ONLY.pem": "ES384",
		"ec_p521_TEST_ONLY.pem": "ES512", "ec_p521_sec1_TEST_ONLY.pem": "ES512",
	} {
		key := readKey(t, name)
		if key.Algorithm() != alg || key.ID() != key.Public().Thumbprint() {
			t.Errorf("%s: algorithm %s, kid %s", name, key.Algorithm(), key.ID())
		}
		// What PEM writes is the same key again.
		pem, err := key.PEM()
		if err != nil {
			t.Fatal(err)
		}
		again, err := oktaint.ParseKey([]byte(pem.Reveal()), "")
		if err != nil || again.Public() != key.Public() {
			t.Errorf("%s: PEM gives %v, %v", name, again, err)
		}
		// go-jose, another implementation of RFC 7638, agrees on the public half.
		var j jose.JSONWebKey
		b, err := json.Marshal(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &j); err != nil || !j.IsPublic() || !j.Valid() || j.KeyID != key.ID() || j.Algorithm != alg || j.Use != "sig" {
			t.Errorf("%s: the JWK %s: %v", name, b, err)
		}
		sum, err := j.Thumbprint(crypto.SHA256)
		if err != nil || base64url(sum) != key.ID() {
			t.Errorf("%s: thumbprint %s, want %s", name, key.ID(), base64url(sum))
		}
		public, err := oktaint.ParsePublicKey(b)
		if err != nil || public != key.Public() {
			t.Errorf("%s: ParsePublicKey = %v, %v", name, public, err)
		}
	}
	// As an environment variable has it.
	flat := bytes.ReplaceAll(readFile(t, "rsa2048_TEST_ONLY.pem"), []byte("\n"), []byte(`\n`))
	if key, err := oktaint.ParseKey(flat, "mine"); err != nil || key.ID() != "mine" {
		t.Errorf("flattened PEM: %v, %v", key, err)
	}
}

// The example of RFC 7638, section 3.1.
func TestThumbprint(t *testing.T) {
	t.Parallel()
	const jwk = `{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`
	key, err := oktaint.ParsePublicKey([]byte(jwk))
	if err != nil || key.Thumbprint() != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" || key.ID() != "2011-04-29" {
		t.Errorf("thumbprint %s, kid %s, %v", key.Thumbprint(), key.ID(), err)
	}
}

func TestParseKeyJWK(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rsa2048_TEST_ONLY.pem", "ec_p256_TEST_ONLY.pem"} {
		jwk := privateJWK(t, name, "from-jwk")
		key, err := oktaint.ParseKey(jwk, "")
		if err != nil || key.ID() != "from-jwk" || !key.Public().Equal(readKey(t, name).Public()) {
			t.Errorf("%s: ParseKey of the JWK = %v, %v", name, key, err)
		}
		if _, err := oktaint.ParseKey(jwk, "from-jwk"); err != nil {
			t.Errorf("%s: with the same kid: %v", name, err)
		}
		if _, err := oktaint.ParseKey(jwk, "another"); err == nil || !strings.Contains(err.Error(), `"from-jwk", not "another"`) {
			t.Errorf("%s: with another kid: %v", name, err)
		}
		if _, err := oktaint.ParsePublicKey(jwk); err == nil || !strings.Contains(err.Error(), "private") {
			t.Errorf("%s: ParsePublicKey of a private key: %v", name, err)
		}
	}
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

func TestParseKeyRefuses(t *testing.T) {
	t.Parallel()
	edJWK, err := json.Marshal(jose.JSONWebKey{Key: parsePKCS8(t, readFile(t, "ed25519_TEST_ONLY.pem"))})
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(readKey(t, "rsa2048_TEST_ONLY.pem").Public())
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Replace(readFile(t, "rsa2048_TEST_ONLY.pem"), []byte("MII"), []byte("MIJ"), 1)
	for _, tt := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "empty"},
		{"text", []byte("hunter2 is the key"), "neither PEM nor a JSON Web Key"},
		{"short RSA", readFile(t, "rsa1024_TEST_ONLY.pem"), "1024 bits"},
		{"public key", readFile(t, "rsa2048_public.pem"), "the private key is needed"},
		{"public JWK", public, "the private key is needed"},
		{"encrypted PKCS #8", readFile(t, "rsa2048_encrypted_TEST_ONLY.pem"), "openssl pkcs8"},
		{"encrypted SEC 1", readFile(t, "ec_p256_encrypted_TEST_ONLY.pem"), "openssl pkcs8"},
		{"Ed25519", readFile(t, "ed25519_TEST_ONLY.pem"), "Ed25519"},
		{"Ed25519 JWK", edJWK, "Ed25519"},
		{"P-224", readFile(t, "ec_p224_TEST_ONLY.pem"), "P-224"},
		{"damaged", damaged, "read the private key"},
		{"no key JWK", []byte(`{"kty":"oct","k":"aHVudGVyMg"}`), "JSON Web Key"},
		{"broken JWK", []byte(`{"kty":"RSA","d":"hunter2"`), "JSON Web Key"},
		{"certificate", []byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"), "certificate"},
		{"other PEM", []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nMAA=\n-----END OPENSSH PRIVATE KEY-----\n"), "PKCS #8"},
	} {
		key, err := oktaint.ParseKey(tt.data, "")
		if err == nil || !key.IsZero() || !strings.HasPrefix(err.Error(), "oktaint: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: ParseKey = %v, %v; want an error with %q", tt.name, key, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the error repeats the input: %v", tt.name, err)
		}
	}
	if _, err := oktaint.NewKey(nil, ""); err == nil {
		t.Error("NewKey(nil) is no error")
	}
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	if _, err := oktaint.NewKey(ed, ""); err == nil || !strings.Contains(err.Error(), "Ed25519") {
		t.Errorf("NewKey(Ed25519) = %v", err)
	}
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
			t.Error("PEM of an opaque signer is no error")
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

func FuzzParseKey(f *testing.F) {
	f.Add([]byte("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n"))
	f.Add([]byte(`{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}`))
	f.Add(privateJWK(f, "ec_p256_TEST_ONLY.pem", "k"))
	f.Add(readFile(f, "ec_p256_sec1_TEST_ONLY.pem"))
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := oktaint.ParseKey(data, "")
		if err != nil {
			return
		}
		b, err := json.Marshal(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		if again, err := oktaint.ParsePublicKey(b); err != nil || again != key.Public() {
			t.Fatalf("the public key %s gives %v, %v", b, again, err)
		}
	})
}
