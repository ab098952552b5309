package oktaint

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
)

// A PublicKey is the public half of a [Key], as it is registered with an app.
// It cannot hold a private key, and compares with ==. The zero PublicKey is
// invalid.
type PublicKey struct {
	kid string
	jwk publicMembers
}

// publicMembers are the members that RFC 7638 hashes, for RSA or EC. The order
// of the fields is the lexical order of their names, which RFC 7638 asks for.
type publicMembers struct {
	Crv string `json:"crv,omitempty"`
	E   string `json:"e,omitempty"`
	Kty string `json:"kty"`
	N   string `json:"n,omitempty"`
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
}

// maxJWK is longer than any JWK of a public key, with its certificates.
const maxJWK = 1 << 16

// ParsePublicKey reads a public JWK (RFC 7517) as Okta returns it. Unknown members
// are ignored. A JWK with private members is an error.
//
// Damaged text is an error, never another key: numbers are base64url without
// padding, a point lies on its curve, an RSA key has 2048 to 16384 bits and an
// odd exponent of 3 or more. Only a modulus that was cut and still has 2048 bits
// looks like a whole one. No error repeats any part of the input.
func ParsePublicKey(data []byte) (PublicKey, error) {
	if len(data) > maxJWK {
		return PublicKey{}, fmt.Errorf("oktaint: the public key has %d bytes, more than any JSON Web Key", len(data))
	}
	j, err := parseMembers(bytes.TrimSpace(data))
	if err != nil {
		return PublicKey{}, fmt.Errorf("oktaint: the public key is not a JSON Web Key: it %w", err)
	}
	if j.isPrivate() {
		return PublicKey{}, errors.New("oktaint: the JSON Web Key holds a private key: pass its public part")
	}
	kid, err := j.text("kid")
	if err != nil {
		return PublicKey{}, fmt.Errorf("oktaint: the JSON Web Key %w", err)
	}
	pub, err := j.public()
	if err != nil {
		return PublicKey{}, fmt.Errorf("oktaint: the JSON Web Key %w", err)
	}
	return newPublicKey(pub, kid)
}

// maxRSA is the number of bits up to which crypto/rsa verifies in a bearable time.
const maxRSA = 16384

// checkRSA refuses numbers that no RSA key for Okta has.
func checkRSA(pub *rsa.PublicKey) error {
	if pub.N == nil {
		return errors.New("has no modulus")
	}
	switch bits := pub.N.BitLen(); {
	case bits < 2048:
		return fmt.Errorf("is RSA with %d bits: Okta takes 2048 or more", bits)
	case bits > maxRSA:
		return fmt.Errorf("is RSA with %d bits: %d are the most", bits, maxRSA)
	case pub.N.Bit(0) == 0:
		return errors.New("is damaged: its modulus is even")
	case pub.E < 3 || pub.E%2 == 0:
		return errors.New("is damaged: its exponent is even, or less than 3")
	}
	return nil
}

// newPublicKey describes pub; kid "" means its thumbprint.
func newPublicKey(pub crypto.PublicKey, kid string) (PublicKey, error) {
	encode := base64.RawURLEncoding.EncodeToString
	var m publicMembers
	switch pub := pub.(type) {
	case *rsa.PublicKey:
		if err := checkRSA(pub); err != nil {
			return PublicKey{}, fmt.Errorf("oktaint: the key %w", err)
		}
		m = publicMembers{Kty: "RSA", N: encode(pub.N.Bytes()), E: encode(big.NewInt(int64(pub.E)).Bytes())}
	case *ecdsa.PublicKey:
		if pub.Curve == nil || curves[pub.Curve.Params().Name] != pub.Curve {
			return PublicKey{}, errNoAlgorithm(pub)
		}
		point, err := pub.Bytes()
		if err != nil {
			return PublicKey{}, fmt.Errorf("oktaint: the EC key is not on its curve: %w", err)
		}
		half := (len(point) - 1) / 2
		m = publicMembers{Kty: "EC", Crv: pub.Curve.Params().Name, X: encode(point[1 : 1+half]), Y: encode(point[1+half:])}
	default:
		return PublicKey{}, fmt.Errorf("oktaint: keys of type %T are not supported: use RSA, P-256, P-384 or P-521", pub)
	}
	if kid == "" {
		kid = m.thumbprint()
	}
	return PublicKey{kid: kid, jwk: m}, nil
}

func errNoAlgorithm(pub *ecdsa.PublicKey) error {
	name := "an unknown curve"
	if pub.Curve != nil {
		name = "the curve " + pub.Curve.Params().Name
	}
	return fmt.Errorf("oktaint: the key is on %s, for which Okta has no algorithm: use P-256, P-384 or P-521", name)
}

func (m publicMembers) thumbprint() string {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // six strings always marshal
	}
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// ID returns the kid.
func (p PublicKey) ID() string { return p.kid }

// Thumbprint returns the JWK thumbprint of RFC 7638 with SHA-256, in base64url.
func (p PublicKey) Thumbprint() string { return p.jwk.thumbprint() }

// Equal reports whether p and q are the same key, whatever their kids.
func (p PublicKey) Equal(q PublicKey) bool { return p.jwk == q.jwk }

// IsZero reports whether p is the zero PublicKey.
func (p PublicKey) IsZero() bool { return p == PublicKey{} }

// Algorithm returns the JWS algorithm (RFC 7518) of the key's signatures:
// RS256, ES256, ES384 or ES512.
func (p PublicKey) Algorithm() string {
	switch p.jwk.Crv {
	case "":
		return "RS256"
	case "P-256":
		return "ES256"
	case "P-384":
		return "ES384"
	}
	return "ES512"
}

// String returns the kid.
func (p PublicKey) String() string { return p.kid }

// MarshalJSON returns the key as a JWK: kty, kid, use, alg, and n and e, or
// crv, x and y.
func (p PublicKey) MarshalJSON() ([]byte, error) {
	if p.IsZero() {
		return nil, errors.New("oktaint: the PublicKey is zero: take it from a Key")
	}
	return json.Marshal(struct {
		Kty string `json:"kty"`
		Kid string `json:"kid"`
		Use string `json:"use"`
		Alg string `json:"alg"`
		N   string `json:"n,omitempty"`
		E   string `json:"e,omitempty"`
		Crv string `json:"crv,omitempty"`
		X   string `json:"x,omitempty"`
		Y   string `json:"y,omitempty"`
	}{p.jwk.Kty, p.kid, "sig", p.Algorithm(), p.jwk.N, p.jwk.E, p.jwk.Crv, p.jwk.X, p.jwk.Y})
}

// UnmarshalJSON reads a JWK by [ParsePublicKey].
func (p *PublicKey) UnmarshalJSON(b []byte) error {
	parsed, err := ParsePublicKey(b)
	if err == nil {
		*p = parsed
	}
	return err
}

var (
	_ json.Marshaler   = PublicKey{}
	_ json.Unmarshaler = (*PublicKey)(nil)
)
