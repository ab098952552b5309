package remediation_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"sync"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// appKey is the key of all apps of the tests.
var appKey = sync.OnceValue(func() oktaint.Key {
	signer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	key, err := oktaint.NewKey(signer, "")
	if err != nil {
		panic(err)
	}
	return key
})

// appClient returns a client that works as a service app with these scopes, roles
// and permissions of a custom role.
func (s *setup) appClient(want scopes.Set, roles, permissions []string) *oktaint.Client {
	s.t.Helper()
	id := s.sim.AddServiceApp(oktatest.ServiceApp{Label: "response", Key: appKey().Public(), Scopes: want, Roles: roles, Permissions: permissions})
	base := s.sim.Transport()
	app := oktaint.PrivateKeyJWT{Org: s.org, ClientID: id, Key: appKey(), Scopes: want}
	return oktaint.NewClient(app, base)
}

// noLimits are for tests of what the org answers, not of how often it is asked.
func noLimits(t *testing.T) oktatest.Config {
	t.Helper()
	limits := oktatest.DefaultRateLimits()
	for class := range limits {
		limits[class] = 0
	}
	return oktatest.Config{RateLimits: limits}
}
