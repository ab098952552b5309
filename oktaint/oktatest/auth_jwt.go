package oktatest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha256" // hashes of the algorithms
	_ "crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"time"
)

var errJWT = errors.New("no JWT")

// jwt is a parsed, unverified JSON Web Token in compact form.
type jwt struct {
	header struct {
		Alg string  `json:"alg"`
		Kid *string `json:"kid"`
		Typ string  `json:"typ"`

		JWK  json.RawMessage `json:"jwk"` // of a DPoP proof
		Crit any             `json:"crit"`
	}
	claims    map[string]any // numbers are json.Number
	signed    string
	signature []byte
}

// parseJWT takes a compact JWT apart.
func parseJWT(text string) (*jwt, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, errJWT
	}
	var raw [3][]byte
	for i, part := range parts {
		b, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil {
			return nil, errJWT
		}
		raw[i] = b
	}
	j := &jwt{signed: parts[0] + "." + parts[1], signature: raw[2]}
	if err := unmarshal(raw[0], &j.header); err != nil {
		return nil, errJWT
	}
	if j.header.Crit != nil {
		return nil, errJWT // RFC 7515, section 4.1.11: the org understands no extension
	}
	if err := unmarshal(raw[1], &j.claims); err != nil || j.claims == nil {
		return nil, errJWT
	}
	return j, nil
}

// text returns a claim that is text, or "".
func (j *jwt) text(name string) string {
	s, _ := j.claims[name].(string)
	return s
}

// when returns a claim that is a time in whole seconds. A string is not a
// time, even if it looks like one.
func (j *jwt) when(name string) (t time.Time, ok bool) {
	n, isNumber := j.claims[name].(json.Number)
	if !isNumber {
		return time.Time{}, false
	}
	seconds, err := n.Int64()
	if err != nil {
		return time.Time{}, false
	}
	return time.Unix(seconds, 0), true
}

// meant reports whether the audience, one or several, names url.
func (j *jwt) meant(url string) bool {
	switch aud := j.claims["aud"].(type) {
	case string:
		return aud == url
	case []any:
		for _, one := range aud {
			if one == url {
				return true
			}
		}
	}
	return false
}

// hashOf returns the hash of a signature algorithm that Okta accepts, or 0.
func hashOf(alg string) crypto.Hash {
	switch alg {
	case "RS256", "ES256":
		return crypto.SHA256
	case "RS384", "ES384":
		return crypto.SHA384
	case "RS512", "ES512":
		return crypto.SHA512
	}
	return 0
}

// fits reports whether an algorithm is one for this kind of key.
func fits(alg string, public crypto.PublicKey) bool {
	switch public := public.(type) {
	case *rsa.PublicKey:
		return strings.HasPrefix(alg, "RS")
	case *ecdsa.PublicKey:
		return alg == map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[public.Curve.Params().BitSize]
	}
	return false
}

// verify checks the signature with a key that fits the algorithm.
func (j *jwt) verify(public crypto.PublicKey) bool {
	hash := hashOf(j.header.Alg)
	h := hash.New()
	h.Write([]byte(j.signed))
	sum := h.Sum(nil)
	switch public := public.(type) {
	case *rsa.PublicKey:
		return rsa.VerifyPKCS1v15(public, hash, sum, j.signature) == nil
	case *ecdsa.PublicKey:
		size := (public.Curve.Params().BitSize + 7) / 8
		if len(j.signature) != 2*size {
			return false
		}
		r, s := new(big.Int).SetBytes(j.signature[:size]), new(big.Int).SetBytes(j.signature[size:])
		return ecdsa.Verify(public, sum, r, s)
	}
	return false
}
