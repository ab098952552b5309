package oktatest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"slices"
	"time"
)

const (
	maxKeys    = 50
	minRSABits = 2048
)

// The causes that tell the failures of client keys apart, as documented.
const (
	causeNeedKid    = "Each key should have a unique kid when adding multiple keys. Use the Apps API to update the JWKS to add a kid for the existing key, or delete the existing key and re-add the key with a kid using the JWKS APIs."
	causeSameKid    = "All keys in the 'jwks' must have a unique `kid`."
	causeShortRSA   = "RSA key length in the 'jwks' is less than '2,048' bits for the given key."
	causeTooMany    = "You can't create a new key. You have reached the maximum number of keys allowed (50). To add another key, you must first delete an existing one."
	causeEncryption = "The client can have only one active encryption key in the 'jwks'."
	causeActiveKey  = "You can't delete an active JSON Web Key. Deactivate the key before deleting it."
	causeLastKey    = "Can't deactivate the only active JSON Web Key when the value for `token_endpoint_auth_method` is `private_key_jwt`."
)

func badKey(cause string) error { return invalid("JsonWebKey", cause) }

// keySet is a JWKS in a request.
type keySet struct {
	Keys []keyInput `json:"keys"`
}

// keyInput is one JWK in a request.
type keyInput struct {
	Kid    *string `json:"kid"`
	Kty    string  `json:"kty"`
	Use    *string `json:"use"`
	Alg    *string `json:"alg"`
	Status string  `json:"status"`
	N      *string `json:"n"`
	E      *string `json:"e"`
	X      *string `json:"x"`
	Y      *string `json:"y"`
	Crv    *string `json:"crv"`

	// Parts of a private key or a symmetric one, refused.
	D json.RawMessage `json:"d"`
	P json.RawMessage `json:"p"`
	K json.RawMessage `json:"k"`
}

// key is a public key of a client.
type key struct {
	id               string
	in               keyInput
	public           crypto.PublicKey // nil if it can verify nothing
	created, updated time.Time
}

func (k *key) active() bool   { return k.in.Status == statusActive }
func (k *key) encrypts() bool { return k.in.Use != nil && *k.in.Use == "enc" }
func (k *key) kid() string    { return deref(k.in.Kid) }
func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// newKeys checks a JWKS as a whole. A key whose kid is among the old ones
// keeps its id and its dates.
func (o *Org) newKeys(set *keySet, old []*key, now time.Time) ([]*key, error) {
	if set == nil {
		return nil, nil
	}
	var keys []*key
	for _, in := range set.Keys {
		k := &key{created: now, updated: now, in: in}
		if err := k.check(); err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	if err := checkKeySet(keys); err != nil {
		return nil, err
	}
	for _, k := range keys {
		same := slices.IndexFunc(old, func(other *key) bool { return other.kid() == k.kid() })
		if same >= 0 {
			k.id, k.created = old[same].id, old[same].created
		} else {
			k.id = o.newID("pks")
		}
	}
	return keys, nil
}

// checkKeySet checks what the keys of a client must be together.
func checkKeySet(keys []*key) error {
	if len(keys) > maxKeys {
		return badKey(causeTooMany)
	}
	encrypting := 0
	seen := map[string]bool{}
	for _, k := range keys {
		switch {
		case k.in.Kid == nil && len(keys) > 1:
			return badKey(causeNeedKid)
		case seen[k.kid()]:
			return badKey(causeSameKid)
		}
		seen[k.kid()] = true
		if k.active() && k.encrypts() {
			encrypting++
		}
	}
	if encrypting > 1 {
		return badKey(causeEncryption)
	}
	return nil
}

// sameKeys reports whether two sets hold the same key material in the same
// states.
func sameKeys(a, b []*key) bool {
	return slices.EqualFunc(a, b, func(x, y *key) bool {
		return x.id == y.id && x.in.Status == y.in.Status && deref(x.in.N) == deref(y.in.N) &&
			deref(x.in.X) == deref(y.in.X) && deref(x.in.Y) == deref(y.in.Y)
	})
}

// check checks one key and fills in its defaults.
func (k *key) check() error {
	in := &k.in
	setDefault(&in.Status, statusActive)
	if err := oneOf("status", in.Status, []string{statusActive, statusInactive}); err != nil {
		return err
	}
	if in.D != nil || in.P != nil || in.K != nil {
		return badKey("The 'jwks' must hold public keys only.")
	}
	if in.Use != nil && *in.Use != "sig" && *in.Use != "enc" {
		return badKey("The 'use' of a key must be 'sig' or 'enc'.")
	}
	if in.Alg != nil && !k.encrypts() && hashOf(*in.Alg) == 0 {
		return badKey("The 'alg' of a signing key must be one of RS256, RS384, RS512, ES256, ES384, ES512.")
	}
	switch in.Kty {
	case "RSA":
		n, e := number(in.N), number(in.E)
		if n.BitLen() < minRSABits || e.BitLen() < 2 || e.BitLen() > 31 {
			return badKey(causeShortRSA)
		}
		k.public = &rsa.PublicKey{N: n, E: int(e.Int64())}
	case "EC":
		if in.X == nil || in.Y == nil || in.Crv != nil && curveOf(*in.Crv) == nil {
			return badKey("The curve of a key must be one of P-256, P-384, P-521.")
		}
		k.public = point(in)
	default:
		return badKey("The 'kty' of a key must be 'RSA' or 'EC'.")
	}
	return nil
}

// number decodes a base64url number; what cannot be read is 0.
func number(text *string) *big.Int {
	b, err := base64.RawURLEncoding.DecodeString(deref(text))
	if err != nil {
		return new(big.Int)
	}
	return new(big.Int).SetBytes(b)
}

func curveOf(name string) elliptic.Curve {
	switch name {
	case "P-256":
		return elliptic.P256()
	case "P-384":
		return elliptic.P384()
	case "P-521":
		return elliptic.P521()
	}
	return nil
}

// point returns the key of an EC JWK, or nil if it is not a point of its curve.
// Okta stores a key without crv; its length names the curve.
func point(in *keyInput) crypto.PublicKey {
	x, errX := base64.RawURLEncoding.DecodeString(*in.X)
	y, errY := base64.RawURLEncoding.DecodeString(*in.Y)
	name := map[int]string{32: "P-256", 48: "P-384", 66: "P-521"}[len(x)]
	if errX != nil || errY != nil || name == "" || in.Crv != nil && *in.Crv != name {
		return nil
	}
	public, err := ecdsa.ParseUncompressedPublicKey(curveOf(name), slices.Concat([]byte{4}, x, y))
	if err != nil {
		return nil
	}
	return public
}

// echo is a key as the app shows it.
func (k *key) echo() object {
	in := &k.in
	shown := object{"id": k.id, "kty": in.Kty, "kid": in.Kid, "use": in.Use, "status": in.Status}
	if in.Alg != nil {
		shown["alg"] = in.Alg
	}
	if in.Kty == "RSA" {
		shown["n"], shown["e"] = in.N, in.E
	} else {
		shown["x"], shown["y"], shown["crv"] = in.X, in.Y, in.Crv
	}
	return shown
}
