package oktaint_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// jwkShapes are the forms in which a JWK is handed on.
func jwkShapes(t testing.TB, name string) map[string]string {
	jwk := string(privateJWK(t, name, ""))
	public := string(marshal(t, readKey(t, name).Public()))
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(jwk), "", "  "); err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		"JWK": jwk, "JWK in lines": indented.String(), "set": `{"keys":[` + jwk + `]}`, "list": "[" + jwk + "]",
		"set with the public half": `{"keys":[` + public + "," + jwk + "]}", "app": `{"jwks":{"keys":[` + jwk + "]}}",
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

// The kid says which of several JWKs is meant.
func TestParseKeySet(t *testing.T) {
	t.Parallel()
	rsa, ec := string(privateJWK(t, "rsa2048_TEST_ONLY.pem", "k1")), string(privateJWK(t, "ec_p256_TEST_ONLY.pem", "k2"))
	bare := string(privateJWK(t, "ec_p384_TEST_ONLY.pem", ""))
	ed := string(privateJWK(t, "ed25519_TEST_ONLY.pem", "k3"))
	all := `{"keys":[` + rsa + "," + ec + "," + bare + "," + ed + "]}"
	thumbprint := readKey(t, "ec_p384_TEST_ONLY.pem").ID()
	for _, tt := range []struct{ name, in, kid, want, err string }{
		{"first", all, "k1", "k1", ""},
		{"second", all, "k2", "k2", ""},
		{"by its thumbprint", all, thumbprint, thumbprint, ""},
		{"Ed25519", all, "k3", "", "Ed25519"},
		{"none named", all, "", "", `4 private keys: name the kid of one of them: "k1", "k2", "` + thumbprint + `", "k3"`},
		{"another named", all, "k9", "", `none of the 4 private keys has the kid "k9"`},
		{"the only one has no kid", "[" + bare + "]", "mine", "mine", ""},
		{"the only one has another", "[" + ec + "]", "mine", "", `"k2", not "mine"`},
		{"public ones do not count", "[" + ec + "," + string(marshal(t, readKey(t, "rsa2048_TEST_ONLY.pem").Public())) + "]", "", "k2", ""},
		{"many", "[" + strings.Repeat(ec+",", 20) + ec + "]", "", "", `"k2", ...`},
		{"a kid that is not text", strings.Replace(ec, `"k2"`, "7", 1), "", "", "a kid that is not text"},
	} {
		key, err := oktaint.ParseKey([]byte(tt.in), tt.kid)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s: %v, %v; want an error with %s", tt.name, key, err, tt.err)
			}
			continue
		}
		if err != nil || key.ID() != tt.want {
			t.Errorf("%s: %v, %v; want %s", tt.name, key, err, tt.want)
		}
	}
}

// A damaged private JWK is an error, never another key.
func TestParseKeyDamagedJWK(t *testing.T) {
	t.Parallel()
	cells := 0
	for name, numbers := range map[string][]string{"rsa2048_TEST_ONLY.pem": {"n", "e", "d", "p", "q", "dp", "dq", "qi"}, "ec_p256_TEST_ONLY.pem": {"x", "y", "d"}, "ec_p384_TEST_ONLY.pem": {"x", "y", "d"}, "ec_p521_TEST_ONLY.pem": {"x", "y", "d"}} {
		original := privateJWK(t, name, "k")
		for _, member := range numbers {
			check := func(damage string, do func(string) any) {
				cells++
				var m map[string]any
				if err := json.Unmarshal(original, &m); err != nil {
					t.Fatal(err)
				}
				value := m[member].(string)
				m[member] = do(value)
				if m[member] == nil && slices.Contains([]string{"d", "dp", "dq", "qi"}, member) {
					return // without d the key is public; the others may be missing
				}
				key, err := oktaint.ParseKey(marshal(t, m), "")
				if err == nil || !key.IsZero() || !strings.Contains(err.Error(), "JSON Web Key that ") {
					t.Errorf("%s, %s: %s: ParseKey = %v, %v", name, member, damage, key, err)
				} else if len(value) > 8 && strings.Contains(err.Error(), value[4:8]) {
					t.Errorf("%s, %s: %s: the error repeats it: %v", name, member, damage, err)
				}
			}
			for damage, do := range damages {
				check(damage, do)
			}
			check("another character", func(s string) any {
				if s[1] == 'B' {
					return s[:1] + "C" + s[2:]
				}
				return s[:1] + "B" + s[2:]
			})
			check("cut by four", func(s string) any { return s[:len(s)-4] })
			check("longer by four", func(s string) any { return s + "AAAA" })
			check("twice", func(s string) any { return s + s })
			check("doubled length", func(s string) any { return strings.Repeat("A", 4*len(s)) })
		}
	}
	t.Logf("%d cells", cells)
	// Members that follow from the others may be missing, and so may zeros in front of d.
	jwk := without(t, privateJWK(t, "rsa2048_TEST_ONLY.pem", ""), "dp", "dq", "qi")
	if key, err := oktaint.ParseKey(jwk, ""); err != nil || key.Public() != readKey(t, "rsa2048_TEST_ONLY.pem").Public() {
		t.Errorf("without dp, dq, qi: %v, %v", key, err)
	}
}
