package oktaint_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A keySource is a function of the number of the call.
type keySource struct {
	calls atomic.Int32
	key   func(call int32) (oktaint.Key, error)
}

func (s *keySource) Key(context.Context) (oktaint.Key, error) { return s.key(s.calls.Add(1)) }

func newKey(t *testing.T) oktaint.Key {
	t.Helper()
	k, err := oktaint.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// registered returns an org with an app that has the key.
func registered(t *testing.T, key oktaint.Key) (*oktatest.Org, oktaint.PrivateKeyJWT) {
	t.Helper()
	sim := oktatest.New(t, oktatest.Config{})
	org, err := oktaint.ParseOrg(sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	id := sim.AddServiceApp(oktatest.ServiceApp{Key: key.Public(), Scopes: scopes.Visibility, Roles: []string{"READ_ONLY_ADMIN"}})
	return sim, oktaint.PrivateKeyJWT{Org: org, ClientID: id, Scopes: scopes.New(scopes.UsersRead)}
}

// The source is asked for every assertion, and a key that the org refuses is exchanged
// within the same call for one that the source has meanwhile.
func TestKeySource(t *testing.T) {
	t.Parallel()
	good, old := newKey(t), newKey(t)
	sim, cred := registered(t, good)
	for _, tt := range []struct {
		name  string
		key   func(call int32) (oktaint.Key, error)
		calls int32
		want  string // of the error
	}{
		{"good", func(int32) (oktaint.Key, error) { return good, nil }, 1, ""},
		{"moved", func(n int32) (oktaint.Key, error) {
			if n == 1 {
				return old, nil
			}
			return good, nil
		}, 3, ""},
		{"old", func(int32) (oktaint.Key, error) { return old, nil }, 2, "invalid_client"},
		{"error", func(int32) (oktaint.Key, error) { return oktaint.Key{}, errors.New("no store") }, 1, "no store"},
		{"none", func(int32) (oktaint.Key, error) { return oktaint.Key{}, nil }, 1, "gave no key"},
		{"panic", func(int32) (oktaint.Key, error) { panic("x") }, 1, "the key source panicked"},
	} {
		source := &keySource{key: tt.key}
		cred.Keys = source
		_, err := cred.Source(sim.Transport()).Token()
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
		if got := source.calls.Load(); got != tt.calls {
			t.Errorf("%s: asked %d times, want %d", tt.name, got, tt.calls)
		}
	}
}

// A key from nowhere, and from two places.
func TestKeySourceRefused(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	sim, cred := registered(t, k)
	for _, tt := range []struct {
		key  oktaint.Key
		keys oktaint.KeySource
		want string
	}{{oktaint.Key{}, nil, "has no Key"}, {k, oktaint.KeyFile{Path: "x"}, "has a Key and Keys"}} {
		cred.Key, cred.Keys = tt.key, tt.keys
		if _, err := cred.Source(sim.Transport()).Token(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
}

// A file that is replaced while the program runs gives the new key.
func TestKeyFile(t *testing.T) {
	t.Parallel()
	first, second := newKey(t), newKey(t)
	_, cred := registered(t, first)
	path := filepath.Join(t.TempDir(), "acme.json")
	file := oktaint.KeyFile{Path: path}
	if _, err := file.Key(t.Context()); err == nil {
		t.Error("a file that is not there has a key")
	}
	for _, k := range []oktaint.Key{first, second} {
		creds := oktaint.Credentials{Kind: oktaint.KindPrivateKeyJWT, Org: cred.Org, ClientID: cred.ClientID, Key: k, Scopes: cred.Scopes}
		if err := creds.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		if got, err := file.Key(t.Context()); err != nil || got.ID() != k.ID() {
			t.Errorf("key %v, %v, want %v", got, err, k)
		}
	}
	token, err := oktaint.ParseAPIToken("00" + strings.Repeat("t", 40))
	if err != nil {
		t.Fatal(err)
	}
	if err := (oktaint.Credentials{Kind: oktaint.KindAPIToken, Org: cred.Org, APIToken: token}).WriteFile(path); err != nil {
		t.Fatal(err)
	}
	if _, err := file.Key(t.Context()); err == nil || !strings.Contains(err.Error(), "have no private key") {
		t.Errorf("an API token: %v", err)
	}
}
