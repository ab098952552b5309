package oktaint_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rezonate-io/okta-integration/oktaint"
)

func FuzzParseOrg(f *testing.F) {
	for _, s := range []string{"acme", "https://acme.okta.com/", "127.0.0.1:1", "[::1]:1", "a@b", "https://a.b:443", "localhost:0", "x-admin.okta.com", "https//a", "acme corp", "a.okta.com.com", "http://a-admin-admin.okta.mil.", "\ufeff'a'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		org, err := oktaint.ParseOrg(s)
		if err != nil {
			if strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r > '~' }) || len(err.Error()) > 500 {
				t.Fatalf("ParseOrg(%q): the error %q", s, err)
			}
			checkAdvice(t, s, err)
			return
		}
		again, err := oktaint.ParseOrg(org.String())
		if err != nil || again != org {
			t.Fatalf("ParseOrg(%q) = %v, whose own form gives %v, %v", s, org, again, err)
		}
		req, err := org.NewRequest(context.Background(), "GET", nil, nil, "a")
		if err != nil || req.URL.Scheme != "https" || req.URL.Host != org.Host() || req.URL.User != nil {
			t.Fatalf("ParseOrg(%q): request to %v, %v", s, req.URL, err)
		}
	})
}

func FuzzNewRequest(f *testing.F) {
	f.Add("00u1")
	f.Add("a%2fb")
	f.Add("o'neil@example.com")
	f.Add("..;")
	org, err := oktaint.ParseOrg("acme")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, id string) {
		req, err := org.NewRequest(context.Background(), "GET", nil, nil, "api", "v1", "users", id, "roles")
		if err != nil {
			return
		}
		u, err := url.Parse(req.URL.String())
		if err != nil {
			t.Fatal(err)
		}
		elem := strings.Split(u.EscapedPath(), "/")
		if len(elem) != 6 || u.Host != "acme.okta.com" {
			t.Fatalf("id %q makes %s", id, u)
		}
		if got, err := url.PathUnescape(elem[4]); err != nil || got != id {
			t.Fatalf("id %q arrives as %q, %v", id, got, err)
		}
	})
}

func FuzzParseKey(f *testing.F) {
	for _, s := range []string{
		"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", `{"kty":"EC","crv":"P-256","x":"AA","y":"AA","d":"AA"}`, "\ufeff[{}]", "\xff\xfe{\x00}\x00",
		`"\\n-----BEGIN"`, "{\\\"keys\\\":[]}", "%7B%22jwks%22%3A1%7D", "LS0tLS1CRUdJTg==", "/etc/key.pem", "ssh-rsa AAAA", "-----BEGIN EC PARAMETERS-----",
	} {
		f.Add([]byte(s), "")
	}
	for _, name := range goodKeys {
		f.Add(readFile(f, name), "k")
		f.Add(derOf(f, name), "")
	}
	for _, jwk := range jwkShapes(f, "ec_p256_TEST_ONLY.pem") {
		f.Add([]byte(jwk), "")
		f.Add(base64Of([]byte(jwk)), "")
	}
	f.Fuzz(func(t *testing.T, data []byte, kid string) {
		key, err := oktaint.ParseKey(data, kid)
		if err != nil {
			if !key.IsZero() || !strings.HasPrefix(err.Error(), "oktaint: ") || len(err.Error()) > 4000 || strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Fatalf("%v with the error %q", key, err)
			}
			return
		}
		b, err := json.Marshal(key.Public())
		if err != nil {
			t.Fatal(err)
		}
		again, err := oktaint.ParsePublicKey(b)
		if utf8.ValidString(key.ID()) && (err != nil || again != key.Public()) {
			t.Fatalf("the public key %s gives %v, %v", b, again, err)
		}
		text, err := key.PEM()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := oktaint.ParseKey([]byte(text.Reveal()), key.ID()); err != nil || again.Public() != key.Public() {
			t.Fatalf("the PEM of %v gives %v, %v", key, again, err)
		}
	})
}

func FuzzParsePublicKey(f *testing.F) {
	for _, name := range goodKeys {
		f.Add(marshal(f, readKey(f, name).Public()))
	}
	f.Add([]byte(`{"kty":"RSA","n":"AQAB","e":"AQAB"}`))
	f.Add([]byte(`{"kty":"EC","kty":"RSA","d":null,"x":"\u0041"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		key, err := oktaint.ParsePublicKey(data)
		if err != nil {
			if !key.IsZero() || !strings.HasPrefix(err.Error(), "oktaint: ") || len(err.Error()) > 300 {
				t.Fatalf("%v with the error %q", key, err)
			}
			return
		}
		b := marshal(t, key)
		if again, err := oktaint.ParsePublicKey(b); err != nil || again != key {
			t.Fatalf("%s gives %v, %v", b, again, err)
		}
		var in, out map[string]any
		if json.Unmarshal(data, &in) != nil || json.Unmarshal(b, &out) != nil {
			t.Fatalf("%s or %s is not JSON", data, b)
		}
		for _, name := range []string{"kty", "crv", "x", "y"} {
			if out[name] != nil && in[name] != out[name] {
				t.Fatalf("%s: %v became %v", name, in[name], out[name])
			}
		}
		for _, name := range []string{"n", "e"} { // zeros in front change no number
			if out[name] == nil {
				continue
			}
			a, err1 := base64.RawURLEncoding.DecodeString(in[name].(string))
			b, err2 := base64.RawURLEncoding.DecodeString(out[name].(string))
			if err1 != nil || err2 != nil || !bytes.Equal(bytes.TrimLeft(a, "\x00"), b) {
				t.Fatalf("%s: %v became %v", name, in[name], out[name])
			}
		}
	})
}

func FuzzParseCredentials(f *testing.F) {
	for _, c := range sampleCredentials(f) {
		doc, err := c.Document()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Add([]byte("\ufeff" + `{"version":1,"kind":"api_token","tenant_id":"acme","api_token":"SSWS a\n","roles":["A"," "]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := oktaint.ParseCredentials(b)
		if err != nil {
			if len(err.Error()) > 4000 || !strings.HasPrefix(err.Error(), "oktaint: ") {
				t.Fatalf("the error %q", err)
			}
			return
		}
		doc, err := c.Document()
		if err != nil {
			t.Fatal(err)
		}
		again, err := oktaint.ParseCredentials(doc)
		if err != nil || again.Org != c.Org || again.Scopes != c.Scopes || again.Key.Public() != c.Key.Public() ||
			again.APIToken.Reveal() != c.APIToken.Reveal() || again.ClientSecret.Reveal() != c.ClientSecret.Reveal() || again.ClientID != c.ClientID || !slices.Equal(again.Roles, c.Roles) {
			t.Fatalf("the document of %v gives %v, %v", c, again, err)
		}
	})
}

func FuzzCredentialsFromEnv(f *testing.F) {
	f.Add("https://acme.okta.com", "SSWS 00a", "", "0oa1", "", "", "okta.users.read")
	f.Add("acme", "", "s", " 0oa1", "", "", "a,b")
	f.Add("acme", "", "", "0oa1", string(readFile(f, "ec_p256_TEST_ONLY.pem")), "k", "a")
	f.Add("acme", "", "", "0oa1", "no/such/file.pem", "k", "a")
	f.Fuzz(func(t *testing.T, org, token, secret, client, key, kid, want string) {
		if key != "" && !strings.Contains(key, "-----") && len(key) < 4097 {
			key = "no/such/folder/" + key + ".pem" // not the name of any file
		}
		c, err := oktaint.CredentialsFromEnv(environment("ORGURL", org, "TOKEN", token, "CLIENTSECRET", secret, "CLIENTID", client, "PRIVATEKEY", key, "PRIVATEKEYID", kid, "SCOPES", want))
		if err != nil {
			for _, s := range []string{token, secret} {
				if len(s) > 40 && strings.Contains(err.Error(), s) {
					t.Fatalf("the error repeats a secret: %v", err)
				}
			}
			if strings.Count(err.Error(), "oktaint: ") > 1 && !strings.Contains(org+client+key+kid+want, "oktaint: ") {
				t.Fatalf("the package is named twice: %v", err)
			}
			return
		}
		if _, err := c.Document(); err != nil {
			t.Fatalf("%v: %v", c, err)
		}
	})
}
