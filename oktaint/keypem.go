package oktaint

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// This file reads PEM and DER. It does not use encoding/pem, which passes over a
// damaged block without telling.

// A block is one block of PEM.
type block struct {
	label string // in upper case, without white space
	body  string // between the BEGIN line and the END line
}

var (
	errCut       = errors.New("is cut: its -----END line is missing")
	errDamaged   = errors.New("is damaged: its text was changed or a part of it is missing")
	errEncrypted = errors.New("is encrypted: decrypt it first, for example with openssl pkcs8 -in KEY -out PLAINKEY")
)

// nextBlock takes the first block off text.
func nextBlock(text string) (b block, rest string, err error) {
	_, text, _ = strings.Cut(text, "-----BEGIN")
	label, text, ok := strings.Cut(text, "-----")
	if !ok {
		return b, "", errCut
	}
	b.label = strings.ToUpper(withoutSpace(label))
	b.body, text, ok = strings.Cut(text, "-----END")
	if !ok || strings.Contains(b.body, "-----BEGIN") {
		return b, "", errCut
	}
	label, rest, ok = strings.Cut(text, "-----")
	switch {
	case !ok:
		return b, "", errCut
	case strings.ToUpper(withoutSpace(label)) != b.label:
		return b, "", errors.New("is damaged: its BEGIN line and its END line do not name the same thing")
	}
	return b, rest, nil
}

// findPEM returns the private keys of a PEM text. If there is none, the error says
// what the text holds.
func findPEM(text string) ([]foundKey, error) {
	var found []foundKey
	instead := errors.New("is PEM of a kind that is not read: convert it to PKCS #8")
	for strings.Contains(text, "-----BEGIN") {
		b, rest, err := nextBlock(text)
		switch {
		case err != nil && len(found) > 0 && !b.isPrivate():
			return distinct(found), nil // the key is whole, and only what follows it is cut
		case err != nil:
			return nil, err
		}
		text = rest
		if !b.isPrivate() {
			if err := b.instead(); err != nil {
				instead = err
			}
			continue
		}
		der, err := b.der()
		if err != nil {
			return nil, err
		}
		signer, err := parseDER(der)
		if err != nil {
			return nil, err
		}
		found = append(found, foundKey{signer: signer})
	}
	if len(found) == 0 {
		return nil, instead
	}
	return distinct(found), nil
}

// distinct drops a key that is there twice, for example in two forms.
func distinct(found []foundKey) []foundKey {
	var out []foundKey
	seen := make(map[string]bool)
	for _, k := range found {
		name := k.name()
		if name != "" && seen[name] {
			continue
		}
		seen[name] = true
		out = append(out, k)
	}
	return out
}

// isPrivate reports whether the block holds a private key that is not encrypted.
func (b block) isPrivate() bool {
	switch b.label {
	case "PRIVATEKEY", "RSAPRIVATEKEY", "ECPRIVATEKEY":
		return !b.isEncrypted()
	}
	return false
}

// isEncrypted looks for the header of RFC 1421.
func (b block) isEncrypted() bool {
	return b.label == "ENCRYPTEDPRIVATEKEY" || strings.Contains(b.body, "Proc-Type") && strings.Contains(b.body, "ENCRYPTED")
}

// instead says what a block holds if that is not a private key. It is nil for
// parameters, which often stand before the key.
func (b block) instead() error {
	switch {
	case b.isEncrypted():
		return errEncrypted
	case b.label == "ECPARAMETERS" || b.label == "DHPARAMETERS":
		return nil
	case strings.HasPrefix(b.label, "OPENSSH"):
		return errors.New("is in OpenSSH's own form: write it as PKCS #8 with ssh-keygen -p -m PKCS8 -f KEY")
	case strings.HasPrefix(b.label, "PGP"):
		return errors.New("is a PGP key: Okta takes RSA 2048 or P-256")
	case b.label == "DSAPRIVATEKEY":
		return errors.New("is a DSA key, for which Okta has no algorithm: use RSA 2048 or P-256")
	case strings.Contains(b.label, "CERTIFICATEREQUEST"):
		return errors.New("is a certificate request: the private key is needed")
	case strings.Contains(b.label, "CERTIFICATE"):
		return errors.New("is a certificate: the private key is needed")
	case strings.HasSuffix(b.label, "PUBLICKEY"):
		return errors.New("is a public key: the private key is needed")
	}
	return errors.New("is PEM of a kind that is not read: convert it to PKCS #8")
}

// der decodes the body. Headers, which stand on lines of their own, are dropped.
func (b block) der() ([]byte, error) {
	var body strings.Builder
	for line := range strings.FieldsFuncSeq(b.body, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if !strings.Contains(line, ":") {
			body.WriteString(withoutSpace(line))
		}
	}
	s := body.String()
	if s == "" {
		return nil, errors.New("is PEM without anything between its BEGIN line and its END line")
	}
	der, err := base64.RawStdEncoding.Strict().DecodeString(strings.TrimRight(s, "="))
	if err != nil {
		return nil, fmt.Errorf("%w (what is between its BEGIN line and its END line is not base64)", errDamaged)
	}
	return der, nil
}

// isDER reports whether data is one whole ASN.1 sequence.
func isDER(data []byte) bool {
	var raw asn1.RawValue
	rest, err := asn1.Unmarshal(data, &raw)
	return err == nil && len(rest) == 0 && raw.Class == asn1.ClassUniversal && raw.Tag == asn1.TagSequence && len(data) > 32
}

// findDER returns the private key in DER that stands by itself.
func findDER(der []byte) ([]foundKey, error) {
	signer, err := parseDER(der)
	if err != nil {
		return nil, err
	}
	return []foundKey{{signer: signer}}, nil
}

// maxDER is longer than an RSA key of maxRSA bits.
const maxDER = 12 << 10

// parseDER reads a private key in any of its three forms, whatever its label says. If
// there is none, the error says what der is.
func parseDER(der []byte) (crypto.Signer, error) {
	if len(der) > maxDER {
		return nil, fmt.Errorf("has %d bytes in DER, more than RSA with %d bits has", len(der), maxRSA)
	}
	var errs [3]error
	var k any
	if k, errs[0] = x509.ParsePKCS8PrivateKey(der); errs[0] != nil {
		if k, errs[1] = x509.ParsePKCS1PrivateKey(der); errs[1] != nil {
			if k, errs[2] = x509.ParseECPrivateKey(der); errs[2] != nil {
				return nil, notPrivateDER(der, errors.Join(errs[:]...).Error())
			}
		}
	}
	signer, ok := k.(crypto.Signer)
	if !ok {
		return nil, errors.New("cannot sign: use RSA 2048 or P-256")
	}
	if k, ok := k.(*ecdsa.PrivateKey); ok && !hasPublicHalf(der, k) {
		return nil, errDamaged
	}
	return signer, nil
}

// hasPublicHalf compares an EC key with the public half that stands with it in der,
// if there is one. crypto/x509 does not, and so reads a damaged key as another key.
func hasPublicHalf(der []byte, k *ecdsa.PrivateKey) bool {
	var pkcs8 struct {
		Version    int
		Algorithm  asn1.RawValue
		PrivateKey []byte
	}
	if _, err := asn1.Unmarshal(der, &pkcs8); err == nil {
		der = pkcs8.PrivateKey
	}
	var sec1 struct {
		Version    int
		PrivateKey []byte
		Curve      asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		PublicKey  asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	if rest, err := asn1.Unmarshal(der, &sec1); err != nil || len(rest) > 0 {
		return false
	}
	if len(sec1.PublicKey.Bytes) == 0 {
		return true
	}
	point, err := k.PublicKey.Bytes()
	return err == nil && (bytes.Equal(point, sec1.PublicKey.Bytes) || bytes.Equal(compressed(point), sec1.PublicKey.Bytes))
}

// compressed returns the short form of a point (SEC 1, section 2.3.3).
func compressed(point []byte) []byte {
	half := len(point) / 2
	return append([]byte{2 + point[len(point)-1]&1}, point[1:1+half]...)
}

// notPrivateDER says why der is not a private key that can be read. text is the error
// of crypto/x509. It is not passed on, since it speaks of ASN.1.
func notPrivateDER(der []byte, text string) error {
	switch {
	case strings.Contains(text, "unknown elliptic curve"):
		return errors.New("is on a curve for which Okta has no algorithm: use P-256, P-384 or P-521")
	case strings.Contains(text, "unknown algorithm"):
		return errors.New("is of a type for which Okta has no algorithm: use RSA 2048 or P-256")
	}
	if _, err := x509.ParseCertificate(der); err == nil {
		return errors.New("is a certificate: the private key is needed")
	}
	if _, err := x509.ParsePKIXPublicKey(der); err == nil {
		return errors.New("is a public key: the private key is needed")
	}
	if _, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return errors.New("is a public key: the private key is needed")
	}
	var container struct {
		Version int
		Content struct{ ID asn1.ObjectIdentifier }
	}
	if _, err := asn1.Unmarshal(der, &container); err == nil && container.Version == 3 {
		return errors.New("is a PKCS #12 file (.p12, .pfx): take the key out with openssl pkcs12 -in FILE -nocerts -nodes -out KEY")
	}
	var encrypted struct {
		Algorithm asn1.RawValue
		Data      []byte
	}
	if rest, err := asn1.Unmarshal(der, &encrypted); err == nil && len(rest) == 0 && encrypted.Algorithm.Tag == asn1.TagSequence {
		return errEncrypted
	}
	return errDamaged
}
