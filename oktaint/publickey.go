package oktaint

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
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

// ParsePublicKey reads a public JWK (RFC 7517) as Okta returns it. Members that
// it does not know are ignored; a JWK with private members is refused.
func ParsePublicKey(jwk []byte) (PublicKey, error) {
	var in struct {
		publicMembers
		Kid string          `json:"kid"`
		D   json.RawMessage `json:"d"`
	}
	if err := json.Unmarshal(jwk, &in); err != nil {
		// The error could repeat a part of the input.
		return PublicKey{}, errors.New("oktaint: the public key is not a JSON Web Key")
	}
	if len(in.D) > 0 {
		return PublicKey{}, errors.New("oktaint: the JSON Web Key holds a private key: pass its public part")
	}
	pub, err := in.key()
	if err != nil {
		return PublicKey{}, err
	}
	return newPublicKey(pub, in.Kid)
}

func (m publicMembers) key() (crypto.PublicKey, error) {
	decode := func(s string) []byte { b, _ := base64.RawURLEncoding.DecodeString(s); return b }
	switch m.Kty {
	case "RSA":
		n, e := decode(m.N), decode(m.E)
		if len(n) == 0 || len(n) > 2048 || len(e) == 0 || len(e) > 4 {
			return nil, errors.New("oktaint: the RSA key lacks its n or e, or they are out of range")
		}
		return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}, nil
	case "EC":
		curve, ok := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[m.Crv]
		if !ok {
			return nil, fmt.Errorf("oktaint: the EC key has the curve %.20q: only P-256, P-384 and P-521 are known", m.Crv)
		}
		size := (curve.Params().BitSize + 7) / 8
		x, y := decode(m.X), decode(m.Y)
		if len(x) != size || len(y) != size {
			return nil, errors.New("oktaint: the EC key's x or y has the wrong length")
		}
		pub, err := ecdsa.ParseUncompressedPublicKey(curve, append(append([]byte{4}, x...), y...))
		if err != nil {
			return nil, fmt.Errorf("oktaint: the EC key is not on its curve: %w", err)
		}
		return pub, nil
	}
	return nil, fmt.Errorf("oktaint: the key has the type %.20q: only RSA and EC are known", m.Kty)
}

// newPublicKey describes pub; kid "" means its thumbprint.
func newPublicKey(pub crypto.PublicKey, kid string) (PublicKey, error) {
	encode := base64.RawURLEncoding.EncodeToString
	var m publicMembers
	switch pub := pub.(type) {
	case *rsa.PublicKey:
		m = publicMembers{Kty: "RSA", N: encode(pub.N.Bytes()), E: encode(big.NewInt(int64(pub.E)).Bytes())}
	case *ecdsa.PublicKey:
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
