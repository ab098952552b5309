package oktaint

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strings"
)

// A jwk holds the members of a JSON Web Key (RFC 7517) by their exact names.
// Damaged text is an error in each of its methods: it is never read as another
// key. No error repeats the value of a member.
type jwk map[string]json.RawMessage

// These hide the errors of encoding/json, which can repeat a value.
var (
	errNotJSON   = errors.New("is not JSON")
	errNotObject = errors.New("is not a JSON object")
)

// parseMembers reads an object. A name that stands there twice is an error,
// since readers differ in which of the two counts.
func parseMembers(data []byte) (jwk, error) {
	if !json.Valid(data) {
		return nil, errNotJSON
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errNotObject
	}
	j := make(jwk)
	for dec.More() {
		t, err := dec.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || dec.Decode(&value) != nil {
			return nil, errNotJSON
		}
		if _, twice := j[name]; twice {
			return nil, errors.New("has a member twice")
		}
		j[name] = value
	}
	return j, nil
}

// has reports whether a member is there and not null.
func (j jwk) has(name string) bool {
	return len(j[name]) > 0 && string(j[name]) != "null"
}

// missing returns an error that names the members which are not there, or nil.
func (j jwk) missing(names ...string) error {
	var lacks []string
	for _, name := range names {
		if !j.has(name) {
			lacks = append(lacks, name)
		}
	}
	if len(lacks) == 0 {
		return nil
	}
	return fmt.Errorf("lacks %s", strings.Join(lacks, ", "))
}

// text returns a member that is a string, and "" for one that is not there.
func (j jwk) text(name string) (string, error) {
	if !j.has(name) {
		return "", nil
	}
	var s string
	if err := json.Unmarshal(j[name], &s); err != nil {
		return "", fmt.Errorf("has a %s that is not text", name)
	}
	return s, nil
}

// number returns a member that is a number or a coordinate in base64url (RFC
// 7518, section 6): no padding, no other alphabet, nothing between its characters
// and no bits left over.
func (j jwk) number(name string) ([]byte, error) {
	s, err := j.text(name)
	if err != nil {
		return nil, err
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) == 0 || strings.ContainsAny(s, "\r\n") { // which the decoder skips
		return nil, fmt.Errorf("has a damaged %s: it is not base64url without padding", name)
	}
	return b, nil
}

// numbers returns several members as numbers.
func (j jwk) numbers(names ...string) (map[string]*big.Int, error) {
	if err := j.missing(names...); err != nil {
		return nil, err
	}
	all := make(map[string]*big.Int, len(names))
	for _, name := range names {
		b, err := j.number(name)
		if err != nil {
			return nil, err
		}
		all[name] = new(big.Int).SetBytes(b)
	}
	return all, nil
}

// isPrivate reports whether any member of a private key is there.
func (j jwk) isPrivate() bool {
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"} {
		if j.has(name) {
			return true
		}
	}
	return false
}

// public reads the public half.
func (j jwk) public() (crypto.PublicKey, error) {
	kty, err := j.text("kty")
	if err != nil {
		return nil, err
	}
	switch kty {
	case "RSA":
		return j.publicRSA()
	case "EC":
		return j.publicEC()
	case "OKP":
		return nil, errors.New("is of type OKP, such as Ed25519, for which Okta has no algorithm: use RSA 2048 or P-256")
	case "oct":
		return nil, errors.New("is symmetric (type oct): use RSA 2048 or P-256")
	case "":
		return nil, errors.New("lacks kty, its type")
	}
	return nil, errors.New("has a type that is not known: use RSA 2048 or P-256")
}

func (j jwk) publicRSA() (*rsa.PublicKey, error) {
	v, err := j.numbers("n", "e")
	if err != nil {
		return nil, err
	}
	if v["e"].BitLen() > 31 {
		return nil, errors.New("has an e that is out of range")
	}
	pub := &rsa.PublicKey{N: v["n"], E: int(v["e"].Int64())}
	return pub, checkRSA(pub)
}

var curves = map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}

func (j jwk) publicEC() (*ecdsa.PublicKey, error) {
	name, err := j.text("crv")
	if err != nil {
		return nil, err
	}
	if err := j.missing("crv", "x", "y"); err != nil {
		return nil, err
	}
	curve, ok := curves[name]
	if !ok {
		return nil, errors.New("is on a curve for which Okta has no algorithm: P-256, P-384 and P-521 have one")
	}
	point := []byte{4}
	for _, name := range []string{"x", "y"} {
		b, err := j.number(name)
		if err != nil {
			return nil, err
		}
		if len(b) != coordinateSize(curve) {
			return nil, fmt.Errorf("has an %s of the wrong length", name)
		}
		point = append(point, b...)
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(curve, point)
	if err != nil {
		return nil, errors.New("is damaged: its point is not on its curve")
	}
	return pub, nil
}

func coordinateSize(c elliptic.Curve) int { return (c.Params().BitSize + 7) / 8 }

// errMismatch is damage that leaves every member readable.
var errMismatch = errors.New("is damaged: its numbers do not fit together")

// signer reads the private half, and holds it against the public one.
func (j jwk) signer() (crypto.Signer, error) {
	pub, err := j.public()
	if err != nil {
		return nil, err
	}
	switch pub := pub.(type) {
	case *rsa.PublicKey:
		return j.signerRSA(pub)
	case *ecdsa.PublicKey:
		return j.signerEC(pub)
	}
	return nil, errors.New("cannot sign: use RSA 2048 or P-256")
}

func (j jwk) signerRSA(pub *rsa.PublicKey) (*rsa.PrivateKey, error) {
	if j.has("oth") {
		return nil, errors.New("has more than two primes: use RSA 2048 or P-256")
	}
	v, err := j.numbers("d", "p", "q")
	if err != nil {
		return nil, err
	}
	if v["d"].BitLen() > pub.N.BitLen() || v["p"].BitLen()+v["q"].BitLen() > pub.N.BitLen()+1 {
		return nil, errMismatch
	}
	k := &rsa.PrivateKey{PublicKey: *pub, D: v["d"], Primes: []*big.Int{v["p"], v["q"]}}
	if k.Validate() != nil {
		return nil, errMismatch
	}
	k.Precompute()
	for name, want := range map[string]*big.Int{"dp": k.Precomputed.Dp, "dq": k.Precomputed.Dq, "qi": k.Precomputed.Qinv} {
		if !j.has(name) { // RFC 7518 asks for them, but they follow from the others
			continue
		}
		v, err := j.numbers(name)
		if err != nil {
			return nil, err
		}
		if v[name].Cmp(want) != 0 {
			return nil, errMismatch
		}
	}
	return k, nil
}

func (j jwk) signerEC(pub *ecdsa.PublicKey) (*ecdsa.PrivateKey, error) {
	if err := j.missing("d"); err != nil {
		return nil, err
	}
	d, err := j.number("d")
	if err != nil {
		return nil, err
	}
	size := coordinateSize(pub.Curve)
	if len(d) > size {
		return nil, errMismatch
	}
	// Some writers leave out the zeros at the beginning.
	d = append(make([]byte, size-len(d)), d...)
	k, err := ecdsa.ParseRawPrivateKey(pub.Curve, d)
	if err != nil || !k.PublicKey.Equal(pub) {
		return nil, errMismatch
	}
	return k, nil
}

// A jwkSet is what ParseKey finds in JSON: a key, or several in a set or a list.
type jwkSet []jwk

// parseJWKs reads a JWK, a JWK set (RFC 7517, section 5), a list of JWKs, or an
// object whose member jwks is a set, as an app of Okta's has it.
func parseJWKs(data []byte) (jwkSet, error) {
	if len(data) > 0 && data[0] == '[' {
		return parseJWKList(data)
	}
	j, err := parseMembers(data)
	if err != nil {
		return nil, err
	}
	if j.has("jwks") {
		if j, err = parseMembers(j["jwks"]); err != nil {
			return nil, fmt.Errorf("is an object whose member jwks %w", err)
		}
	}
	switch {
	case j.has("keys"):
		return parseJWKList(j["keys"])
	case j.has("ciphertext"):
		return nil, errors.New("is encrypted (a JWE): decrypt it first")
	case !j.has("kty") && bytes.Contains(data, []byte("-----BEGIN")):
		return nil, errors.New("is a JSON document with PEM in it: give the PEM alone")
	}
	return jwkSet{j}, nil
}

func parseJWKList(data []byte) (jwkSet, error) {
	var list []json.RawMessage
	if !json.Valid(data) {
		return nil, errNotJSON
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, errors.New("is a JWK set whose keys are not a list")
	}
	var set jwkSet
	for _, raw := range list {
		j, err := parseMembers(raw)
		if err != nil {
			return nil, fmt.Errorf("is a JWK set with an element that %w", err)
		}
		set = append(set, j)
	}
	return set, nil
}

// isCut reports whether data is the beginning of JSON.
func isCut(data []byte) bool {
	var v json.RawMessage
	err := json.NewDecoder(bytes.NewReader(data)).Decode(&v)
	return errors.Is(err, io.ErrUnexpectedEOF)
}
