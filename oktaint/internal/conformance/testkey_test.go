package conformance

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// ecKey returns the public half of a new P-256 key.
func ecKey(t *testing.T) oktaint.PublicKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := oktaint.NewKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return key.Public()
}
