package oktaint

import (
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxKeyText is longer than any key with a chain of certificates in base64.
const maxKeyText = 1 << 18

// ParseKey reads a private key: PEM (PKCS #1, PKCS #8 or SEC 1), DER, a JWK, or a
// JWK set or list. In a PEM bundle the certificates, parameters and public keys
// are passed over.
//
// kid "" means the JWK's own kid, or else the thumbprint of RFC 7638. A kid that
// differs from the JWK's own is an error. If there are several private keys, the kid
// (for PEM, the thumbprint) says which one is meant.
//
// Damage that tools do to the text on its way is repaired: line breaks that were
// written out as \n or \r\n, with any number of backslashes, or became blanks or
// nothing; indentation, a byte order mark, UTF-16, quotation marks around the whole;
// base64 around the whole. Any other damage is an error that says what is wrong. No
// error repeats any part of the input, except kids. The input may have up to
// 256 KiB.
func ParseKey(text []byte, kid string) (Key, error) {
	if len(text) > maxKeyText {
		return Key{}, fmt.Errorf("oktaint: the private key has %d bytes, more than any key: check what was passed", len(text))
	}
	found, err := findKeys(text, 0)
	if err != nil {
		return Key{}, fmt.Errorf("oktaint: the private key %w", err)
	}
	signer, kid, err := choose(found, kid)
	if err != nil {
		return Key{}, fmt.Errorf("oktaint: %w", err)
	}
	return NewKey(signer, kid)
}

// A foundKey is one private key of several. If Okta has no algorithm for its kind, it
// has an error and no signer.
type foundKey struct {
	signer crypto.Signer
	kid    string // its own; empty if it has none
	err    error  // why there is no signer
}

// name returns the kid under which choose finds k.
func (k foundKey) name() string {
	if k.kid != "" || k.signer == nil {
		return k.kid
	}
	public, err := newPublicKey(k.signer.Public(), "")
	if err != nil {
		return ""
	}
	return public.ID()
}

// choose returns the key that kid names, or the only one.
func choose(found []foundKey, kid string) (crypto.Signer, string, error) {
	if len(found) > 1 && kid != "" {
		i := slices.IndexFunc(found, func(k foundKey) bool { return k.name() == kid })
		if i < 0 {
			return nil, "", fmt.Errorf("none of the %d private keys has the kid %.80q: they have %s", len(found), kid, kids(found))
		}
		found = found[i : i+1]
	}
	if len(found) > 1 {
		return nil, "", fmt.Errorf("there are %d private keys: name the kid of one of them: %s", len(found), kids(found))
	}
	k := found[0]
	switch {
	case k.err != nil:
		return nil, "", fmt.Errorf("the private key %w", k.err)
	case kid == "":
		kid = k.kid
	case k.kid != "" && k.kid != kid:
		return nil, "", fmt.Errorf("the key's own kid is %.80q, not %.80q: use the one that the app has", k.kid, kid)
	}
	return k.signer, kid, nil
}

// kids lists the names of keys, eight at the most.
func kids(found []foundKey) string {
	var names []string
	for _, k := range found[:min(len(found), 8)] {
		if name := k.name(); name != "" {
			names = append(names, fmt.Sprintf("%.80q", name))
		} else {
			names = append(names, "one without a kid")
		}
	}
	if len(found) > 8 {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}

// findKeys reads text, which may be wrapped in base64 up to three times.
func findKeys(data []byte, depth int) ([]foundKey, error) {
	if isDER(data) {
		return findDER(data)
	}
	text := plain(data)
	switch {
	case text == "":
		return nil, errors.New("is empty")
	case text[0] == '{' || text[0] == '[':
		return findJWKs(text)
	case strings.Contains(text, "-----BEGIN"):
		return findPEM(unescape(text))
	}
	if inner, ok := decodeBase64(text); ok && depth < 3 {
		if isDER(inner) || isKeyText(inner) || isBase64(string(inner)) {
			return findKeys(inner, depth+1)
		}
	}
	return nil, notAKey(text)
}

// isKeyText reports whether decoded base64 may be a key.
func isKeyText(data []byte) bool {
	text := plain(data)
	return strings.Contains(text, "-----BEGIN") || strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") || strings.HasPrefix(text, "PuTTY-User-Key-File")
}

// findJWKs returns the private keys of a JWK, a set or a list.
func findJWKs(text string) ([]foundKey, error) {
	set, err := parseJWKs([]byte(text))
	if errors.Is(err, errNotJSON) {
		set, err = parseJWKs([]byte(plainJSON(text)))
	}
	switch {
	case errors.Is(err, errNotJSON) && isCut([]byte(text)):
		return nil, errors.New("is a JSON Web Key that is cut: its end is missing")
	case errors.Is(err, errNotJSON):
		return nil, errors.New("begins like a JSON Web Key, but is not JSON: it is damaged, or something else")
	case err != nil:
		return nil, err
	case len(set) == 0:
		return nil, errors.New("is a JWK set without keys")
	}
	private := slices.DeleteFunc(slices.Clone(set), func(j jwk) bool { return !j.isPrivate() })
	if len(private) == 0 {
		return nil, publicOnly(set)
	}
	var found []foundKey
	for _, j := range private {
		kid, err := j.text("kid")
		if err != nil {
			return nil, fmt.Errorf("is a JSON Web Key that %w", err)
		}
		k := foundKey{kid: kid}
		if k.signer, err = j.signer(); err != nil {
			k.signer, k.err = nil, fmt.Errorf("is a JSON Web Key that %w", err)
		}
		found = append(found, k)
	}
	return found, nil
}

// publicOnly says what a set without private keys holds.
func publicOnly(set jwkSet) error {
	if len(set) > 1 {
		return errors.New("is a JWK set of public keys only: the private key is needed")
	}
	if _, err := set[0].public(); err != nil {
		return fmt.Errorf("is a JSON Web Key that %w", err)
	}
	return errors.New("is a public JSON Web Key: the private key is needed")
}

// notAKey says what text is, if it is not a key in any form that is read.
func notAKey(text string) error {
	upper := strings.ToUpper(text)
	switch {
	case looksLikeFile(text):
		return errors.New("is the name of a file: pass what is in the file")
	case strings.HasPrefix(text, "PuTTY-User-Key-File"):
		return errors.New("is a PuTTY file: convert it, for example with puttygen KEY.ppk -O private-openssh -o KEY, then ssh-keygen -p -m PKCS8 -f KEY")
	case strings.HasPrefix(text, "ssh-") || strings.HasPrefix(text, "ecdsa-sha2-"):
		return errors.New("is an SSH public key: the private key is needed")
	case strings.Contains(text, "---- BEGIN SSH2"):
		return errors.New("is in SSH2 form: convert it with ssh-keygen -i -f KEY, then ssh-keygen -p -m PKCS8 -f KEY")
	case strings.Contains(upper, "<RSAKEYVALUE"):
		return errors.New("is in XML: convert it to PEM (PKCS #8)")
	case strings.Contains(upper, "BEGIN") && strings.Contains(upper, "KEY"):
		return errors.New("has a damaged first line: it must be -----BEGIN PRIVATE KEY-----, with five hyphens on each side")
	case strings.Contains(upper, "-----END"):
		return errors.New("is PEM without its beginning: the line -----BEGIN PRIVATE KEY----- is missing")
	case strings.HasPrefix(text, "$") || strings.HasPrefix(text, "<"):
		return errors.New("is a placeholder: the key was not put in its place")
	case isBase64(text):
		return errors.New("is base64, but of nothing that is a private key: it is cut, damaged or something else")
	}
	return errors.New("is neither PEM nor a JSON Web Key: it starts with -----BEGIN or {")
}
