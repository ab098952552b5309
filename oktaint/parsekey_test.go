package oktaint_test

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/rezonate-io/okta-integration/oktaint"
)

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
		// The PEM of a key is read as the same key.
		text, err := key.PEM()
		if err != nil {
			t.Fatal(err)
		}
		again, err := oktaint.ParseKey([]byte(text.Reveal()), "")
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
	text := bytes.TrimSpace(readFile(t, "rsa2048_TEST_ONLY.pem"))
	jwk := privateJWK(t, "rsa2048_TEST_ONLY.pem", "k")
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
		{"damaged", damaged, "is damaged"},
		{"no key JWK", []byte(`{"kty":"oct","k":"aHVudGVyMg"}`), "JSON Web Key"},
		{"broken JWK", []byte(`{"kty":"RSA","d":"hunter2"`), "JSON Web Key"},
		{"secp256k1", readFile(t, "ec_secp256k1_TEST_ONLY.pem"), "on a curve for which Okta has no algorithm"},
		{"secp256k1 SEC 1", readFile(t, "ec_secp256k1_sec1_TEST_ONLY.pem"), "on a curve for which Okta has no algorithm"},
		{"RSA-PSS", readFile(t, "rsapss2048_TEST_ONLY.pem"), "of a type for which Okta has no algorithm"},
		{"RSA with 512 bits", readFile(t, "rsa512_TEST_ONLY.pem"), "512 bits"},
		{"PKCS #12", readFile(t, "rsa2048_TEST_ONLY.p12"), "openssl pkcs12"},
		{"PKCS #12 in base64", base64Of(readFile(t, "rsa2048_TEST_ONLY.p12")), "openssl pkcs12"},
		{"certificate alone", readFile(t, "rsa2048_certificate.pem"), "is a certificate: the private key is needed"},
		{"certificate in DER", derOf(t, "rsa2048_certificate.pem"), "is a certificate"},
		{"public key in DER", derOf(t, "rsa2048_public.pem"), "is a public key"},
		{"encrypted in DER", derOf(t, "rsa2048_encrypted_TEST_ONLY.pem"), "is encrypted"},
		{"encrypted in base64", base64Of(readFile(t, "rsa2048_encrypted_TEST_ONLY.pem")), "is encrypted"},
		{"no end", text[:len(text)-20], "is cut: its -----END line is missing"},
		{"half", text[:len(text)/2], "is cut"},
		{"BEGIN line only", text[:28], "is cut"},
		{"half a BEGIN line", text[:20], "is cut"},
		{"no beginning", text[40:], "without its beginning"},
		{"lines missing", append(bytes.Clone(text[:93]), text[93+130:]...), "is damaged"},
		{"no body", []byte("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"), "without anything between"},
		{"other END", bytes.Replace(text, []byte("END PRIVATE"), []byte("END PUBLIC"), 1), "do not name the same thing"},
		{"not base64", bytes.Replace(text, []byte("MII"), []byte("M!I"), 1), "not base64"},
		{"padding inside", bytes.Replace(text, []byte("MII"), []byte("M=I"), 1), "not base64"},
		{"four hyphens", bytes.ReplaceAll(text, []byte("-----"), []byte("----")), "five hyphens"},
		{"dashes", bytes.ReplaceAll(text, []byte("-----"), []byte("—–")), "five hyphens"},
		{"PuTTY", []byte("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: hunter2\n"), "puttygen"},
		{"PuTTY in base64", base64Of([]byte("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: hunter2\n")), "puttygen"},
		{"SSH public key", []byte("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ hunter2"), "SSH public key"},
		{"SSH ECDSA", []byte("ecdsa-sha2-nistp256 AAAAE2VjZHNh hunter2"), "SSH public key"},
		{"SSH2", []byte("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56wAAA"), "SSH2"},
		{"PGP", []byte("-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nhunter2\n-----END PGP PRIVATE KEY BLOCK-----"), "PGP"},
		{"DSA", []byte("-----BEGIN DSA PRIVATE KEY-----\nMAA=\n-----END DSA PRIVATE KEY-----"), "DSA"},
		{"certificate request", []byte("-----BEGIN NEW CERTIFICATE REQUEST-----\nMAA=\n-----END NEW CERTIFICATE REQUEST-----"), "certificate request"},
		{"unknown PEM", []byte("-----BEGIN HUNTER2-----\nhunter2\n-----END HUNTER2-----"), "a kind that is not read"},
		{"XML", []byte("<RSAKeyValue><Modulus>hunter2</Modulus></RSAKeyValue>"), "in XML"},
		{"file name", []byte("/etc/okta/key_TEST_ONLY.pem"), "the name of a file"},
		{"file name of Windows", []byte(`C:\keys\new\okta`), "the name of a file"},
		{"long file name", []byte("/var/run/secrets/kubernetes.io/serviceaccount/rezonate/okta/private-key"), "the name of a file"},
		{"file name at home", []byte("~/okta"), "the name of a file"},
		{"file name alone", []byte("okta-key.JSON"), "the name of a file"},
		{"variable", []byte("$OKTA_CLIENT_PRIVATEKEY"), "placeholder"},
		{"template", []byte("<private key>"), "placeholder"},
		{"white space", []byte(" \r\n\ufeff\t"), "empty"},
		{"quotation marks", []byte(`""`), "empty"},
		{"base64 of nothing", base64Of(bytes.Repeat([]byte("hunter2Z"), 20)), "is base64, but of nothing"},
		{"half a key in base64", base64Of(text)[:1000], "is cut"},
		{"cut base64", base64Of(derOf(t, "rsa2048_TEST_ONLY.pem"))[:1000], "is base64, but of nothing"},
		{"too long", bytes.Repeat([]byte("a"), 1<<18+1), "262145 bytes"},
		{"huge DER", hugeDER(), "bytes in DER"},
		{"cut JWK", jwk[:len(jwk)-10], "is cut: its end is missing"},
		{"no JSON", []byte("{hunter2}"), "is not JSON"},
		{"two JWKs", append(bytes.Clone(jwk), jwk...), "is not JSON"},
		{"a list of numbers", []byte("[1,2]"), "an element that is not a JSON object"},
		{"a set that is not a list", []byte(`{"keys":{"hunter2":1}}`), "are not a list"},
		{"an empty set", []byte(`{"keys":[]}`), "without keys"},
		{"an empty list", []byte("[]"), "without keys"},
		{"public set", []byte(`{"keys":[` + string(public) + "," + string(public) + "]}"), "public keys only"},
		{"set of one public", []byte(`{"keys":[` + string(public) + "]}"), "is a public JSON Web Key"},
		{"JWE", []byte(`{"protected":"hunter2","ciphertext":"hunter2"}`), "is encrypted"},
		{"document with PEM", []byte(`{"kind":"private_key_jwt","private_key":` + string(marshal(t, string(text))) + "}"), "give the PEM alone"},
		{"a JWK without a type", []byte(`{"d":"hunter2"}`), "lacks kty"},
		{"a JWK of another type", []byte(`{"kty":"hunter2","d":"hunter2"}`), "type that is not known"},
		{"a JWK without n", without(t, jwk, "n"), "lacks n"},
		{"a JWK without primes", without(t, jwk, "p", "q"), "lacks p, q"},
		{"a JWK without d", without(t, jwk, "d"), "lacks d"},
		{"a JWK with a member twice", bytes.Replace(jwk, []byte("{"), []byte(`{"kty":"EC",`), 1), "has a member twice"},
		{"deep", bytes.Repeat([]byte(`{"jwks":`), 1<<15), "is not JSON"},
		{"certificate", []byte("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"), "certificate"},
		{"other PEM", []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nMAA=\n-----END OPENSSH PRIVATE KEY-----\n"), "PKCS #8"},
	} {
		key, err := oktaint.ParseKey(tt.data, "")
		if err == nil || !key.IsZero() || !strings.HasPrefix(err.Error(), "oktaint: ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: ParseKey = %v, %v; want an error with %q", tt.name, key, err, tt.want)
		}
		if err != nil && (strings.Contains(strings.ToLower(err.Error()), "hunter2") || len(err.Error()) > 300) {
			t.Errorf("%s: the error repeats the input: %v", tt.name, err)
		}
	}
}

func base64Of(b []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(b)) }

// derOf returns what is in a PEM file of testdata.
func derOf(t testing.TB, name string) []byte {
	t.Helper()
	block, rest := pem.Decode(readFile(t, name))
	for next, rest := pem.Decode(rest); next != nil; next, rest = pem.Decode(rest) {
		block = next // behind EC PARAMETERS
	}
	return block.Bytes
}

// hugeDER is a sequence of 200 kB.
func hugeDER() []byte { return append([]byte{0x30, 0x83, 0x03, 0x00, 0x00}, make([]byte, 0x30000)...) }

// without returns a JWK without some of its members.
func without(t testing.TB, jwk []byte, names ...string) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(jwk, &m); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		delete(m, name)
	}
	return marshal(t, m)
}
