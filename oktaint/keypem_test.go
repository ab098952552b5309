package oktaint_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

var goodKeys = []string{
	"rsa2048_TEST_ONLY.pem", "rsa2048_pkcs1_TEST_ONLY.pem", "ec_p256_TEST_ONLY.pem", "ec_p256_sec1_TEST_ONLY.pem",
	"ec_p384_TEST_ONLY.pem", "ec_p384_sec1_TEST_ONLY.pem", "ec_p521_TEST_ONLY.pem", "ec_p521_sec1_TEST_ONLY.pem",
}

// In a bundle the private key is found wherever it stands.
func TestParseKeyBundle(t *testing.T) {
	t.Parallel()
	want := readKey(t, "rsa2048_TEST_ONLY.pem").Public()
	file := func(name string) string { return string(readFile(t, name)) }
	key, again, cert, public := file("rsa2048_TEST_ONLY.pem"), file("rsa2048_pkcs1_TEST_ONLY.pem"), file("rsa2048_certificate.pem"), file("rsa2048_public.pem")
	const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
	for form, text := range map[string]string{
		"certificate, key":        cert + key,
		"key, certificate":        key + cert,
		"certificate, key, chain": cert + key + cert + cert,
		"chain, key":              cert + cert + cert + key,
		"public key, key":         public + key,
		"parameters, key":         parameters + key,
		"text, certificate, key":  "subject=CN = test\n\n" + cert + "\n\nKey Attributes: none\n" + key,
		"key, cut chain":          key + cert + cert[:200],
		"certificate, flat key":   cert + strings.ReplaceAll(key, "\n", " "),
		"all flat":                strings.ReplaceAll(cert+key+cert, "\n", `\n`),
		"without a break between": strings.ReplaceAll(cert+key, "\n", ""),
		"base64":                  string(base64Of([]byte(cert + key))),
		"the same key twice":      key + again,
		"an encrypted one, too":   file("rsa2048_encrypted_TEST_ONLY.pem") + key,
		"another kind, too":       "-----BEGIN X-----\nAA==\n-----END X-----\n" + key,
	} {
		if got, err := oktaint.ParseKey([]byte(text), ""); err != nil || got.Public() != want {
			t.Errorf("%s: %v, %v", form, got, err)
		}
	}
	other := readKey(t, "ec_p256_TEST_ONLY.pem")
	two := key + file("ec_p256_TEST_ONLY.pem")
	if _, err := oktaint.ParseKey([]byte(two), ""); err == nil || !strings.Contains(err.Error(), "2 private keys") || !strings.Contains(err.Error(), want.ID()) || !strings.Contains(err.Error(), other.ID()) {
		t.Errorf("two keys: %v", err)
	}
	if got, err := oktaint.ParseKey([]byte(two), other.ID()); err != nil || got.Public() != other.Public() {
		t.Errorf("two keys, by the thumbprint: %v, %v", got, err)
	}
	if _, err := oktaint.ParseKey([]byte(two), "mine"); err == nil || !strings.Contains(err.Error(), `has the kid "mine"`) {
		t.Errorf("two keys, by another kid: %v", err)
	}
	if _, err := oktaint.ParseKey([]byte(key+"-----BEGIN PRIVATE KEY-----\nMIIE"), ""); err == nil || !strings.Contains(err.Error(), "is cut") {
		t.Errorf("a key, and half of another: %v", err)
	}
}

// Changing one character of PEM is an error, or changes nothing.
func TestParseKeyDamagedPEM(t *testing.T) {
	t.Parallel()
	for _, name := range goodKeys {
		text, want := readFile(t, name), readKey(t, name).Public()
		for i := 0; i < len(text); i += 3 {
			damaged := bytes.Clone(text)
			if damaged[i]++; damaged[i] == text[i] {
				continue
			}
			if key, err := oktaint.ParseKey(damaged, ""); err == nil && !key.Public().Equal(want) {
				t.Errorf("%s: byte %d changed: another key", name, i)
			}
			if key, err := oktaint.ParseKey(append(bytes.Clone(text[:i]), text[i+1:]...), ""); err == nil && !key.Public().Equal(want) {
				t.Errorf("%s: byte %d left out: another key", name, i)
			}
		}
	}
}

// If bits are left over at the end of base64, the text is damaged.
func TestParseKeyBitsLeftOver(t *testing.T) {
	t.Parallel()
	cells := 0
	for _, name := range goodKeys {
		text := string(readFile(t, name))
		end := strings.LastIndex(text, "\n-----END")
		padding := len(text[:end]) - len(strings.TrimRight(text[:end], "="))
		if padding == 0 {
			continue
		}
		last := end - padding - 1
		damaged := text[:last] + string(text[last]+1) + text[last+1:]
		if _, err := oktaint.ParseKey([]byte(damaged), ""); err == nil || !strings.Contains(err.Error(), "is not base64") {
			t.Errorf("%s: %v", name, err)
		}
		cells++
	}
	if cells == 0 {
		t.Error("no test key has padding")
	}
}
