package oktaint_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// The example of RFC 7638, section 3.1.
func TestThumbprint(t *testing.T) {
	t.Parallel()
	const jwk = `{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}`
	key, err := oktaint.ParsePublicKey([]byte(jwk))
	if err != nil || key.Thumbprint() != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" || key.ID() != "2011-04-29" {
		t.Errorf("thumbprint %s, kid %s, %v", key.Thumbprint(), key.ID(), err)
	}
}

// members returns the JWK of a test key's public half as a map.
func members(t testing.TB, name string) map[string]any {
	t.Helper()
	b, err := json.Marshal(readKey(t, name).Public())
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// damages change a number in base64url. Each of them is an error in each member of a
// key.
var damages = map[string]func(string) any{
	"padded":            func(s string) any { return s + strings.Repeat("=", 4-len(s)%4) },
	"standard alphabet": func(s string) any { return s[:len(s)/2] + "+/" + s[len(s)/2+2:] },
	"garbage at end":    func(s string) any { return s + "!" },
	"garbage inside":    func(s string) any { return s[:1] + "*" + s[2:] },
	"line break":        func(s string) any { return s[:2] + "\n" + s[2:] },
	"carriage return":   func(s string) any { return s + "\r" },
	"blank":             func(s string) any { return s[:2] + " " + s[2:] },
	"a bit left over":   func(s string) any { return trailing(s) },
	"one character":     func(string) any { return "A" },
	"empty":             func(string) any { return "" },
	"null":              func(string) any { return nil },
	"a number":          func(string) any { return 65537 },
	"a list":            func(s string) any { return []string{s} },
	"NUL":               func(s string) any { return s[:1] + "\x00" + s[1:] },
	"not ASCII":         func(s string) any { return s[:1] + "ü" + s[1:] },
}

// trailing sets a bit beyond the last byte, or puts one character too many where
// there is no such bit.
func trailing(s string) string {
	if len(s)%4 == 0 {
		return s + "A"
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return s[:len(s)-1] + string(alphabet[strings.IndexByte(alphabet, s[len(s)-1])|1])
}

// Damaged text is an error, never another key.
func TestParsePublicKeyDamaged(t *testing.T) {
	t.Parallel()
	cells := 0
	for name, numbers := range map[string][]string{"rsa2048_TEST_ONLY.pem": {"n", "e"}, "ec_p256_TEST_ONLY.pem": {"x", "y"}, "ec_p384_TEST_ONLY.pem": {"x", "y"}, "ec_p521_TEST_ONLY.pem": {"x", "y"}} {
		for _, member := range numbers {
			for damage, do := range damages {
				m := members(t, name)
				value := m[member].(string)
				m[member] = do(value)
				key, err := oktaint.ParsePublicKey(marshal(t, m))
				if err == nil || !key.IsZero() || !strings.HasPrefix(err.Error(), "oktaint: the JSON Web Key ") {
					t.Errorf("%s, %s: %s: ParsePublicKey = %v, %v", name, member, damage, key, err)
				} else if len(value) > 8 && strings.Contains(err.Error(), value[4:8]) {
					t.Errorf("%s, %s: %s: the error repeats it: %v", name, member, damage, err)
				}
				cells++
			}
			m := members(t, name)
			if value := m[member].(string); len(value) > 4 {
				for n := range len(value) { // cut anywhere
					m[member] = value[:n]
					if key, err := oktaint.ParsePublicKey(marshal(t, m)); err == nil {
						t.Errorf("%s, %s: cut to %d characters: %v", name, member, n, key)
					}
				}
			}
			delete(m, member)
			if _, err := oktaint.ParsePublicKey(marshal(t, m)); err == nil || !strings.Contains(err.Error(), "lacks "+member) {
				t.Errorf("%s without %s: %v", name, member, err)
			}
		}
	}
	t.Logf("%d cells", cells)
}

// Numbers that no usable key has are refused.
func TestParsePublicKeyRefuses(t *testing.T) {
	t.Parallel()
	b64 := func(n *big.Int) string { return base64.RawURLEncoding.EncodeToString(n.Bytes()) }
	bits := func(n uint) *big.Int { return new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), n-1), big.NewInt(1)) }
	rsaKey := func(n, e *big.Int) string { return fmt.Sprintf(`{"kty":"RSA","n":%q,"e":%q}`, b64(n), b64(e)) }
	p256 := members(t, "ec_p256_TEST_ONLY.pem")
	onP384 := func() string {
		m := members(t, "ec_p256_TEST_ONLY.pem")
		m["crv"] = "P-384"
		return string(marshal(t, m))
	}
	swapped := func() string {
		m := members(t, "ec_p256_TEST_ONLY.pem")
		m["x"], m["y"] = m["y"], m["x"]
		return string(marshal(t, m))
	}
	private := string(privateJWK(t, "ec_p256_TEST_ONLY.pem", "k"))
	three := big.NewInt(3)
	for in, want := range map[string]string{
		"":                                    "not a JSON Web Key: it is not JSON",
		"hunter2":                             "not JSON",
		`"hunter2"`:                           "not a JSON object",
		"[]":                                  "not a JSON object",
		"null":                                "not a JSON object",
		`{"kty":"RSA"`:                        "not JSON",
		`{"kty":"RSA"}x`:                      "not JSON",
		"{}":                                  "lacks kty",
		`{"kty":7}`:                           "a kty that is not text",
		`{"kid":[],"kty":"RSA"}`:              "a kid that is not text",
		`{"kty":"RSA"}`:                       "lacks n, e",
		`{"kty":"EC"}`:                        "lacks crv, x, y",
		`{"kty":"EC","crv":"P-256","x":"AA"}`: "lacks y",
		`{"kty":"EC","crv":"P-224","x":"AA","y":"AA"}`:             "no algorithm",
		`{"kty":"EC","crv":"","x":"AA","y":"AA"}`:                  "no algorithm",
		`{"kty":"EC","crv":[],"x":"AA","y":"AA"}`:                  "a crv that is not text",
		`{"kty":"oct","hunter2":""}`:                               "symmetric",
		`{"kty":"oct","k":"hunter2"}`:                              "private",
		`{"kty":"OKP","crv":"Ed25519","x":"A"}`:                    "Ed25519",
		`{"kty":"hunter2"}`:                                        "type that is not known",
		`{"kty":"RSA","kty":"EC"}`:                                 "twice",
		rsaKey(bits(17), three):                                    "17 bits",
		rsaKey(bits(2047), three):                                  "2047 bits",
		rsaKey(bits(16385), three):                                 "16385 bits",
		rsaKey(bits(60000), three):                                 "60000 bits",
		rsaKey(bits(2048), big.NewInt(0)):                          "damaged e",
		rsaKey(bits(2048), big.NewInt(1)):                          "exponent",
		rsaKey(bits(2048), big.NewInt(65536)):                      "exponent",
		rsaKey(bits(2048), bits(32)):                               "out of range",
		rsaKey(bits(2048), bits(65)):                               "out of range",
		rsaKey(new(big.Int).Sub(bits(2048), big.NewInt(1)), three): "even",
		onP384():  "wrong length",
		swapped(): "not on its curve",
		private:   "private",
		strings.Replace(private, `"d":`, `"oth":`, 1):              "private",
		strings.Replace(rsaKey(bits(2048), three), "RSA", "EC", 1): "lacks crv, x, y",
		strings.Repeat(" ", 1<<16) + "{}":                          "65538 bytes",
	} {
		key, err := oktaint.ParsePublicKey([]byte(in))
		if err == nil || !key.IsZero() || !strings.HasPrefix(err.Error(), "oktaint: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("ParsePublicKey(%.60s) = %v, %v; want an error with %q", in, key, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("ParsePublicKey(%.60s): the error repeats it: %v", in, err)
		}
	}
	// Other members that Okta sends with a key are ignored. Names are told apart by case.
	p256["d"], p256["X"], p256["status"], p256["_links"], p256["created"] = nil, "AAAA", "ACTIVE", map[string]any{}, "2026-01-01T00:00:00.000Z"
	if key, err := oktaint.ParsePublicKey(marshal(t, p256)); err != nil || key != readKey(t, "ec_p256_TEST_ONLY.pem").Public() {
		t.Errorf("with more members: %v, %v", key, err)
	}
}

// Coordinates keep their zeros: each key comes back as it is.
func TestPublicKeyRoundTrip(t *testing.T) {
	t.Parallel()
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		for range 300 { // one key in 128 has a coordinate that begins with a zero
			k, err := ecdsa.GenerateKey(curve, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			key, err := oktaint.NewKey(k, "")
			if err != nil {
				t.Fatal(err)
			}
			if again, err := oktaint.ParsePublicKey(marshal(t, key.Public())); err != nil || again != key.Public() {
				t.Fatalf("%s gives %v, %v", marshal(t, key.Public()), again, err)
			}
		}
	}
}
