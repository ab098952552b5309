package integration

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// RotateOptions are the options of [Rotate]. All of them may be left out.
type RotateOptions struct {
	// Base sends the token requests that prove the secrets. Nil means the default of
	// oktaint.
	Base http.RoundTripper

	// Patience is how long to go on while the org does not know yet the secret that is
	// stored, and then the new one. Zero means 10 seconds.
	Patience time.Duration

	// Grace is how long the old secret goes on working after the new one was stored, for
	// processes that have it in memory. Zero means not at all. Access tokens that were
	// issued for it live up to an hour in any case.
	Grace time.Duration
}

// Rotate replaces the secret of a store integration. admin is a client with a Super
// Admin's credential; creds are what is stored now.
//
// It makes a second secret, proves it with a token, hands the new credentials to store,
// and only then deactivates and deletes the old one. The secret that was stored last works
// at every moment, also if the process dies: call it again with what is stored then. It
// begins by removing a secret that an interrupted run left behind, because Okta allows
// two, so a secret in use elsewhere ends too. Two runs at once are for the caller to
// prevent.
//
// The credentials that it returns are the ones to use from now on: the new ones if store
// has returned without an error, otherwise creds. An error after that means that the old
// secret may still be there: nil is returned only if the org does not list it any more.
func Rotate(ctx context.Context, admin *oktaint.Client, creds oktaint.Credentials, store StoreFunc, opts RotateOptions) (oktaint.Credentials, error) {
	switch {
	case creds.Kind != oktaint.KindClientSecret:
		return creds, fmt.Errorf("integration: rotating the secret: the credentials are of kind %s, not %s", creds.Kind, oktaint.KindClientSecret)
	case creds.Org != admin.Org:
		return creds, fmt.Errorf("integration: rotating the secret: the credentials are for %s, the administrator's for %s", creds.Org, admin.Org)
	case store == nil:
		return creds, errors.New("integration: rotating the secret takes a function that stores it: Okta shows it once")
	}
	if opts.Patience == 0 {
		opts.Patience = deliver.Patience
	}
	r := &rotation{secrets: keyring{c: admin, id: creds.ClientID}, store: store, opts: opts}
	fresh, next, err := r.prepare(ctx, creds)
	if err != nil {
		return creds, fmt.Errorf("integration: rotating the secret of %s: nothing has changed for the secret that is stored: %w", creds.ClientID, explained(err))
	}
	if err = deliver.Pause(ctx, opts.Grace); err == nil {
		err = r.secrets.keepOnly(ctx, fresh)
	}
	if err != nil {
		return next, fmt.Errorf("integration: rotating the secret of %s: the new one is stored and works, but the old one may be there still, run this again: %w", creds.ClientID, explained(err))
	}
	return next, nil
}

type rotation struct {
	secrets keyring
	store   StoreFunc
	opts    RotateOptions
}

// prepare makes a second secret, proves it and stores it. It returns its id.
func (r *rotation) prepare(ctx context.Context, creds oktaint.Credentials) (id string, next oktaint.Credentials, err error) {
	// To remove another secret is safe only if this one works.
	if err := r.prove(ctx, creds); err != nil {
		return "", creds, fmt.Errorf("the stored secret was tried first: %w", err)
	}
	current, err := r.secrets.current(ctx, creds.ClientSecret)
	if err != nil {
		return "", creds, err
	}
	fresh, err := r.secrets.another(ctx, current)
	if err != nil {
		return "", creds, err
	}
	next = creds
	next.ClientSecret = oktaint.NewSecret(fresh.Value)
	if err := r.prove(ctx, next); err != nil {
		return "", creds, fmt.Errorf("the new secret does not work: %w", err)
	}
	if err := r.store(ctx, next); err != nil {
		return "", creds, fmt.Errorf("the new secret was not stored: %w", err)
	}
	return fresh.ID, next, nil
}

// prove mints a token, whatever scopes it carries.
func (r *rotation) prove(ctx context.Context, creds oktaint.Credentials) error {
	return deliver.Mint(ctx, creds.Source(r.opts.Base), scopes.Set{}, time.Now().Add(r.opts.Patience), nil)
}
