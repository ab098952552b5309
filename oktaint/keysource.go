package oktaint

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
)

// A KeySource gives the key that a [PrivateKeyJWT] signs with. It is asked for every
// assertion, so about once an hour, and again if the org refuses the key: a service goes
// on with a new key without a restart. [KeyFile] is one.
//
// Key may be called by several goroutines at once. It should return soon after ctx has
// ended. An error fails that token request; a token that is still valid goes on being
// used.
type KeySource interface {
	Key(ctx context.Context) (Key, error)
}

// A KeyFile is a [KeySource] that reads the key of a credentials document, as
// [Credentials.WriteFile] writes it. Whoever rotates the key replaces the file.
type KeyFile struct {
	Path string // Required.
}

var _ KeySource = KeyFile{}

// Key reads the file.
func (f KeyFile) Key(context.Context) (Key, error) {
	c, err := ReadCredentials(f.Path)
	switch {
	case err != nil:
		return Key{}, err
	case c.Key.IsZero():
		return Key{}, fmt.Errorf("oktaint: the credentials in %s have no private key", f.Path)
	}
	return c.Key, nil
}

// A keyring gives the key of each assertion, and knows the last one.
type keyring struct {
	source KeySource // nil: the key is always the same
	last   atomic.Pointer[Key]
	stuck  stuckCount // calls of the source that were left behind
}

func newKeyring(k Key, source KeySource) *keyring {
	r := &keyring{source: source}
	if !k.IsZero() {
		r.last.Store(&k)
	}
	return r
}

// key returns the key for the next assertion.
func (r *keyring) key(ctx context.Context) (Key, error) {
	k, err := r.ask(ctx)
	if err == nil {
		r.last.Store(&k)
	}
	return k, err
}

func (r *keyring) ask(ctx context.Context) (Key, error) {
	if r.source == nil {
		return *r.last.Load(), nil
	}
	if err := r.stuck.full("the key source", 1); err != nil {
		return Key{}, err
	}
	k, err := foreign(ctx, "the key source", &r.stuck, func() (Key, error) { return r.source.Key(ctx) }, nil)
	switch {
	case err != nil:
		return Key{}, fmt.Errorf("oktaint: the key of the client assertion: %w", err)
	case k.IsZero():
		return Key{}, errors.New("oktaint: the key source gave no key")
	}
	return k, nil
}

// current returns the key that was used last, or the zero Key.
func (r *keyring) current() Key {
	if k := r.last.Load(); k != nil {
		return *k
	}
	return Key{}
}

// moved reports whether the source has another key by now than the one that the org has
// just refused.
func (r *keyring) moved(ctx context.Context, err error) bool {
	var e *Error
	if r.source == nil || !errors.As(err, &e) || e.OAuthError != "invalid_client" {
		return false
	}
	k, err := r.ask(ctx)
	return err == nil && (k.ID() != r.current().ID() || !k.Public().Equal(r.current().Public()))
}
