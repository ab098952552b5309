package oktaint

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
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
	if _, ok := signer.Public().(ed25519.PublicKey); ok {
		return Key{}, errors.New("oktaint: Ed25519 keys do not work with Okta, which has no algorithm for them: use RSA 2048 or P-256")
	}
	public, err := newPublicKey(signer.Public(), kid)
	if err != nil {
		return Key{}, err
	}
	return Key{&key{signer: signer, public: public}}, nil
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
