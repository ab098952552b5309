package oktaint

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// A Key signs client assertions (RFC 7523). It is a [crypto.Signer], which may
// live in a KMS, an HSM or a TPM, with the kid under which its public half is
// registered. Only its kid and algorithm print. The zero Key is invalid.
type Key struct {
	k *key // behind a pointer, out of fmt's reach in a user's unexported field
}

type key struct {
	signer crypto.Signer
	public PublicKey
	stuck  stuckCount // signatures that were left behind
}

// GenerateKey makes an RSA key of 2048 bits, which every tool that speaks to
// Okta can read. Its kid is its thumbprint.
func GenerateKey() (Key, error) {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return Key{}, fmt.Errorf("oktaint: generate a key: %w", err)
	}
	return NewKey(k, "")
}

// NewKey returns a Key for a signer whose public key is RSA with 2048 bits or
// more, or on the curve P-256, P-384 or P-521. These are the keys for which
// Okta has an algorithm (RS256, ES256, ES384, ES512); Ed25519 is refused
// because it has none. kid "" means the thumbprint of RFC 7638.
func NewKey(signer crypto.Signer, kid string) (Key, error) {
	if signer == nil {
		return Key{}, errors.New("oktaint: the key's signer is nil")
	}
	switch pub := signer.Public().(type) {
	case *rsa.PublicKey:
		if bits := pub.N.BitLen(); bits < 2048 {
			return Key{}, fmt.Errorf("oktaint: the RSA key has %d bits: Okta takes 2048 or more", bits)
		}
	case *ecdsa.PublicKey:
		if name := pub.Curve.Params().Name; name == "P-224" {
			return Key{}, errors.New("oktaint: the EC key is on P-224: Okta takes P-256, P-384 and P-521")
		}
	case ed25519.PublicKey:
		return Key{}, errors.New("oktaint: Ed25519 keys do not work with Okta, which has no algorithm for them: use RSA 2048 or P-256")
	}
	public, err := newPublicKey(signer.Public(), kid)
	if err != nil {
		return Key{}, err
	}
	return Key{&key{signer: signer, public: public}}, nil
}

// ParseKey reads a private key: PEM (PKCS #1, PKCS #8 or SEC 1) or a JWK. kid ""
// means the JWK's own kid, or else the thumbprint of RFC 7638; a kid that
// differs from the JWK's own is an error. PEM in which the line breaks have
// become "\n", as environment variables have it, is understood. No error
// repeats any part of the input.
func ParseKey(pemOrJWK []byte, kid string) (Key, error) {
	data := bytes.TrimSpace(pemOrJWK)
	switch {
	case len(data) == 0:
		return Key{}, errors.New("oktaint: the private key is empty")
	case data[0] == '{':
		return parseJWK(data, kid)
	}
	return parsePEM(bytes.ReplaceAll(data, []byte(`\n`), []byte("\n")), kid)
}

func parsePEM(data []byte, kid string) (Key, error) {
	for {
		var block *pem.Block
		if block, data = pem.Decode(data); block == nil {
			return Key{}, errors.New("oktaint: the private key is neither PEM nor a JSON Web Key: it starts with -----BEGIN or {")
		}
		if block.Type == "EC PARAMETERS" { // what openssl ecparam writes first
			continue
		}
		if block.Type == "ENCRYPTED PRIVATE KEY" || strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED") {
			return Key{}, errors.New("oktaint: the private key is encrypted: decrypt it first, for example with openssl pkcs8 -in KEY -out PLAINKEY")
		}
		signer, err := parseDER(block)
		if err != nil {
			return Key{}, err
		}
		return NewKey(signer, kid)
	}
}

func parseDER(block *pem.Block) (crypto.Signer, error) {
	var k any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		k, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		k, err = x509.ParseECPrivateKey(block.Bytes)
	case "PRIVATE KEY":
		k, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE":
		return nil, fmt.Errorf("oktaint: this is a %s: the private key is needed", strings.ToLower(block.Type))
	default:
		return nil, fmt.Errorf("oktaint: PEM of type %.40q is not a private key that can be read: use PKCS #8", block.Type)
	}
	if err != nil {
		// x509's errors name the structure, never its content.
		return nil, fmt.Errorf("oktaint: read the private key: %w", err)
	}
	signer, ok := k.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("oktaint: a private key of type %T cannot sign: use RSA 2048 or P-256", k)
	}
	return signer, nil
}

func parseJWK(data []byte, kid string) (Key, error) {
	var j jose.JSONWebKey
	if err := json.Unmarshal(data, &j); err != nil {
		return Key{}, errors.New("oktaint: the private key is not a JSON Web Key that can be read: RSA and EC are")
	}
	if j.IsPublic() {
		return Key{}, errors.New("oktaint: the JSON Web Key is public: the private key is needed")
	}
	if kid != "" && j.KeyID != "" && kid != j.KeyID {
		return Key{}, fmt.Errorf("oktaint: the key's own kid is %.80q, not %.80q: use the one that the app has", j.KeyID, kid)
	}
	if kid == "" {
		kid = j.KeyID
	}
	signer, ok := j.Key.(crypto.Signer)
	if !ok {
		return Key{}, errors.New("oktaint: the JSON Web Key cannot sign: use RSA or EC")
	}
	if k, ok := signer.(*rsa.PrivateKey); ok {
		if err := k.Validate(); err != nil {
			return Key{}, errors.New("oktaint: the JSON Web Key's numbers do not fit together: it is damaged")
		}
		k.Precompute()
	}
	return NewKey(signer, kid)
}

// ID returns the kid, and the empty string for the zero Key.
func (k Key) ID() string { return k.Public().ID() }

// Public returns the public half, which is zero for the zero Key.
func (k Key) Public() PublicKey {
	if k.k == nil {
		return PublicKey{}
	}
	return k.k.public
}

// Algorithm returns the JWS algorithm: RS256, ES256, ES384 or ES512.
func (k Key) Algorithm() string { return k.Public().Algorithm() }

// IsZero reports whether k is the zero Key.
func (k Key) IsZero() bool { return k.k == nil }

// PEM returns the private key as PKCS #8 in PEM. It is an error for a signer
// that does not give its key away.
func (k Key) PEM() (Secret, error) {
	if k.IsZero() {
		return Secret{}, errors.New("oktaint: the Key is zero")
	}
	switch k.k.signer.(type) {
	case *rsa.PrivateKey, *ecdsa.PrivateKey:
	default:
		return Secret{}, fmt.Errorf("oktaint: a signer of type %T does not give its private key away", k.k.signer)
	}
	der, err := x509.MarshalPKCS8PrivateKey(k.k.signer)
	if err != nil {
		return Secret{}, fmt.Errorf("oktaint: write the private key: %w", err)
	}
	return NewSecret(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))), nil
}

// String names the key by kid and algorithm.
func (k Key) String() string {
	if k.IsZero() {
		return "no key"
	}
	return k.ID() + " (" + k.Algorithm() + ")"
}

// Format implements [fmt.Formatter]: every verb prints the form of String.
func (k Key) Format(f fmt.State, _ rune) { io.WriteString(f, k.String()) }

// MarshalText implements [encoding.TextMarshaler] with the form of String, so
// that a Key in a document does not give its private half away.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// LogValue implements [slog.LogValuer] with the form of String.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

var (
	_ fmt.Formatter  = Key{}
	_ slog.LogValuer = Key{}
)
