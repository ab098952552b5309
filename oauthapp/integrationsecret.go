package oauthapp

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// maxIntegrationSecrets is how many secrets Okta allows an instance to have.
const maxIntegrationSecrets = 2

// retirePatience bounds for how long the removal of a secret is begun again:
// each attempt may take a minute, because a DELETE is repeated below.
const retirePatience = 30 * time.Second

// RotateOptions are the options of [RotateIntegration]. All of them may be left
// out.
type RotateOptions struct {
	// Base sends the token requests that prove the secrets. Nil means the
	// default of oktaint.
	Base http.RoundTripper

	// Patience is how long to go on while the org does not know the new secret
	// yet. Zero means 10 seconds.
	Patience time.Duration

	// Grace is how long the old secret goes on working after the new one was
	// stored, for processes that have it in memory. Zero means not at all.
	// Access tokens that were issued for it live up to an hour in any case.
	Grace time.Duration
}

// RotateIntegration replaces the secret of a store integration. admin is a
// client with a Super Admin's credential; creds are what is stored now.
//
// It makes a second secret, proves it with a token, hands the new credentials
// to store, and only then deactivates and deletes the old one. The secret that
// was stored last works at every moment, also if the process dies: call it
// again with what is stored then. It begins by removing a secret that an
// interrupted run left behind, because Okta allows two, so a secret in use
// elsewhere ends too. Two runs at once are for the caller to prevent.
//
// The credentials that it returns are the ones to use from now on: the new
// ones if store has returned without an error, otherwise creds. An error after
// that means that the old secret is still there.
func RotateIntegration(ctx context.Context, admin *oktaint.Client, creds oktaint.Credentials, store StoreFunc, opts RotateOptions) (oktaint.Credentials, error) {
	switch {
	case creds.Kind != oktaint.KindClientSecret:
		return creds, fmt.Errorf("oauthapp: rotating the secret of an integration: the credentials are of kind %s, not %s", creds.Kind, oktaint.KindClientSecret)
	case creds.Org != admin.Org:
		return creds, fmt.Errorf("oauthapp: rotating the secret of an integration: the credentials are for %s, the administrator's for %s", creds.Org, admin.Org)
	case store == nil:
		return creds, errors.New("oauthapp: RotateIntegration needs a function that stores the secret: Okta shows it once")
	}
	if opts.Patience == 0 {
		opts.Patience = 10 * time.Second
	}
	r := &rotation{o: org{admin}, id: creds.ClientID, store: store, opts: opts}
	fresh, next, err := r.prepare(ctx, creds)
	if err != nil {
		return creds, fmt.Errorf("oauthapp: rotating the secret of integration %s: nothing has changed for the secret that is stored: %w", r.id, explained(err))
	}
	if err = pause(ctx, opts.Grace); err == nil {
		err = r.o.keepOnly(ctx, r.id, fresh)
	}
	if err != nil {
		return next, fmt.Errorf("oauthapp: rotating the secret of integration %s: the new one is stored and works, but the old one may be there still, run this again: %w", r.id, explained(err))
	}
	return next, nil
}

type rotation struct {
	o     org
	id    string
	store StoreFunc
	opts  RotateOptions
}

// prepare makes a second secret, proves it and stores it. It returns its id.
func (r *rotation) prepare(ctx context.Context, creds oktaint.Credentials) (id string, next oktaint.Credentials, err error) {
	// To remove another secret is safe only if this one works.
	if err := r.prove(ctx, creds, 0); err != nil {
		return "", creds, fmt.Errorf("the stored secret was tried first: %w", err)
	}
	current, err := r.o.currentSecret(ctx, r.id, creds.ClientSecret)
	if err != nil {
		return "", creds, err
	}
	fresh, err := r.o.anotherSecret(ctx, r.id, current)
	if err != nil {
		return "", creds, err
	}
	next = creds
	next.ClientSecret = oktaint.NewSecret(fresh.Value)
	if err := r.prove(ctx, next, r.opts.Patience); err != nil {
		return "", creds, fmt.Errorf("the new secret does not work: %w", err)
	}
	if err := r.store(ctx, next); err != nil {
		return "", creds, fmt.Errorf("the new secret was not stored: %w", err)
	}
	return fresh.ID, next, nil
}

// prove mints a token.
func (r *rotation) prove(ctx context.Context, creds oktaint.Credentials, patience time.Duration) error {
	v := &verifier{opts: VerifyOptions{Patience: patience}, progress: new(reporter)}
	return v.mint(ctx, creds.Source(r.opts.Base))
}

// An integrationSecret is a secret on the wire. Its value is masked but in the
// answer that made it.
type integrationSecret struct {
	ID      string    `json:"id"`
	Status  string    `json:"status"`
	Created time.Time `json:"created"`
	Value   string    `json:"client_secret"`
}

func (s integrationSecret) active() bool { return s.Status == "ACTIVE" }

// looksLike reports whether s, masked as "***" and the last characters, may be
// the given value.
func (s integrationSecret) looksLike(value string) bool {
	end := strings.TrimLeft(s.Value, "*")
	return end != "" && strings.HasSuffix(value, end)
}

// integrationSecrets returns the secrets of an instance, the oldest first.
func (o org) integrationSecrets(ctx context.Context, id string) ([]integrationSecret, error) {
	req, err := request.ListSecrets(ctx, o.c.Org, id)
	if err != nil {
		return nil, err
	}
	var list []integrationSecret
	named := func() bool { return !slices.ContainsFunc(list, func(s integrationSecret) bool { return s.ID == "" }) }
	if err := o.c.Do(req, oktaint.Checked(&list, named)); err != nil {
		return nil, fmt.Errorf("reading the secrets of integration %s: %w", id, err)
	}
	slices.SortStableFunc(list, func(a, b integrationSecret) int {
		return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

// currentSecret returns the id of the secret of a value that is known to work.
func (o org) currentSecret(ctx context.Context, id string, value oktaint.Secret) (string, error) {
	list, err := o.integrationSecrets(ctx, id)
	if err != nil {
		return "", err
	}
	list = slices.DeleteFunc(list, func(s integrationSecret) bool { return !s.active() })
	if len(list) == 1 {
		return list[0].ID, nil
	}
	list = slices.DeleteFunc(list, func(s integrationSecret) bool { return !s.looksLike(value.Reveal()) })
	if len(list) != 1 {
		return "", errors.New("the stored secret cannot be told from the other one, which the org masks: deactivate the one that is not in use in the Admin Console")
	}
	return list[0].ID, nil
}

// anotherSecret makes a secret in addition to the one to keep, the oldest if none is
// named. Others, which are those of interrupted runs, are removed first, and so
// is one whose answer is lost.
func (o org) anotherSecret(ctx context.Context, id, keep string) (made integrationSecret, err error) {
	for range maxSends {
		before, err := o.integrationSecrets(ctx, id)
		if err != nil {
			return made, err
		}
		if keep == "" && len(before) > 0 {
			keep = oldest(before)
		}
		if len(before) >= maxIntegrationSecrets {
			if err := o.keepOnly(ctx, id, keep); err != nil {
				return made, err
			}
			continue
		}
		if made, err = o.createSecret(ctx, id, before); err != nil {
			return made, fmt.Errorf("could not make a secret for integration %s: %w", id, err)
		}
		if made.Value != "" {
			return made, nil
		}
	}
	return made, fmt.Errorf("could not make a secret for integration %s: each answer was lost: run this again", id)
}

// oldest returns the id of the oldest active secret.
func oldest(list []integrationSecret) string {
	if i := slices.IndexFunc(list, integrationSecret.active); i >= 0 {
		return list[i].ID
	}
	return list[0].ID
}

// createSecret makes a secret. If the answer is lost, the value is empty.
func (o org) createSecret(ctx context.Context, id string, before []integrationSecret) (integrationSecret, error) {
	return deliverOnce(ctx, write[integrationSecret]{
		send: func(ctx context.Context) (made integrationSecret, err error) {
			req, err := request.CreateSecret(ctx, o.c.Org, id)
			if err != nil {
				return made, err
			}
			err = o.c.Do(req, oktaint.Checked(&made, func() bool { return made.ID != "" }))
			return made, err
		},
		look: func(ctx context.Context) (made integrationSecret, ok bool, err error) {
			list, err := o.integrationSecrets(ctx, id)
			for _, s := range list {
				known := func(b integrationSecret) bool { return b.ID == s.ID }
				if !slices.ContainsFunc(before, known) {
					return integrationSecret{ID: s.ID}, true, nil
				}
			}
			return made, false, err
		},
	})
}

// keepOnly removes all secrets of an instance but one, which must be active. It
// looks before each step, so that what was done already is not done again.
func (o org) keepOnly(ctx context.Context, id, keep string) error {
	var last error
	end := time.Now().Add(retirePatience)
	for n := 0; n <= maxSends && (n == 0 || time.Now().Before(end)); n++ {
		if last != nil {
			if err := pause(ctx, time.Duration(n)*time.Second); err != nil {
				return errors.Join(err, last)
			}
		}
		list, err := o.integrationSecrets(ctx, id)
		if err != nil {
			return errors.Join(err, last)
		}
		if !slices.ContainsFunc(list, func(s integrationSecret) bool { return s.ID == keep && s.active() }) {
			return fmt.Errorf("the secret %s, which is to stay, is not active any more: is another rotation at work?", keep)
		}
		others := slices.DeleteFunc(list, func(s integrationSecret) bool { return s.ID == keep })
		if len(others) == 0 {
			return nil
		}
		last = o.retire(ctx, id, others[0])
		if last != nil && !oktaint.Ambiguous(last) && !oktaint.IsNotFound(last) {
			return fmt.Errorf("removing the secret %s: %w", others[0].ID, last)
		}
	}
	return fmt.Errorf("a secret that is to go is there still: %w", last)
}

// retire deactivates and deletes a secret.
func (o org) retire(ctx context.Context, id string, s integrationSecret) error {
	ctx = oktaint.WithGrace(ctx, grace)
	if s.Status != "INACTIVE" {
		req, err := request.DeactivateSecret(ctx, o.c.Org, id, s.ID)
		if err != nil {
			return err
		}
		if err := o.c.Do(req, nil); err != nil {
			return err
		}
	}
	req, err := request.DeleteSecret(ctx, o.c.Org, id, s.ID)
	if err != nil {
		return err
	}
	return o.c.Do(req, oktaint.NoContent{})
}
