package conformance

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"sync"
	"time"
)

const testKeyID = "conformance"

// testKey is the key of every client that a replay makes. It is made once per
// run and never written down.
var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("conformance: " + err.Error()) // not for a length of 2048
	}
	return key
})

// testJWK returns the public half of testKey.
func testJWK() map[string]any {
	key := testKey()
	return map[string]any{
		"kty": "RSA", "kid": testKeyID, "use": "sig", "alg": "RS256",
		"n": encode(key.N.Bytes()),
		"e": encode(big.NewInt(int64(key.E)).Bytes()),
	}
}

// signAssertion returns a client assertion (RFC 7523) for the token endpoint
// of origin, signed with testKey.
func signAssertion(origin, clientID string) (string, error) {
	now := time.Now()
	claims, err := json.Marshal(map[string]any{
		"iss": clientID, "sub": clientID, "aud": origin + "/oauth2/v1/token",
		"iat": now.Add(-time.Second).Unix(), "exp": now.Add(time.Minute).Unix(), "jti": rand.Text(),
	})
	if err != nil {
		return "", err
	}
	header := fmt.Sprintf(`{"alg":"RS256","kid":%q}`, testKeyID)
	signed := encode([]byte(header)) + "." + encode(claims)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(nil, testKey(), crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return signed + "." + encode(signature), nil
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
