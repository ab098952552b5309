package integration

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// maxSecrets is how many secrets Okta allows an instance to have.
const maxSecrets = 2

// maxAttempts bounds how often another secret is made because the answer with its value
// was lost.
const maxAttempts = 4

// A secret is one on the wire. Its value is masked but in the answer that made it.
type secret struct {
	ID      string    `json:"id"`
	Status  string    `json:"status"`
	Created time.Time `json:"created"`
	Value   string    `json:"client_secret"`
}

func (s secret) active() bool { return s.Status == "ACTIVE" }

// visible is the end of the value, which the mask shows after "***". It is empty for a mask
// of another form.
func (s secret) visible() string {
	end := strings.TrimLeft(s.Value, "*")
	if strings.Contains(end, "*") {
		return ""
	}
	return end
}

// A keyring is the secrets of an instance.
type keyring struct {
	c     *oktaint.Client
	id    string    // of the instance
	fresh time.Time // until when the org may not know the instance yet
}

// list returns the secrets, the oldest first.
func (k *keyring) list(ctx context.Context) (list []secret, err error) {
	err = deliver.Settle(ctx, k.fresh, func() error {
		list = nil
		req, err := request.ListSecrets(ctx, k.c.Org, k.id)
		if err != nil {
			return err
		}
		named := func() bool { return !slices.ContainsFunc(list, func(s secret) bool { return s.ID == "" }) }
		return k.c.Do(req, oktaint.Checked(&list, named))
	})
	if err != nil {
		return nil, fmt.Errorf("reading the secrets of integration %s: %w", k.id, err)
	}
	slices.SortStableFunc(list, func(a, b secret) int {
		return cmp.Or(a.Created.Compare(b.Created), strings.Compare(a.ID, b.ID))
	})
	return list, nil
}

// find returns the secret of an id.
func (k *keyring) find(ctx context.Context, id string) (s secret, ok bool, err error) {
	list, err := k.list(ctx)
	i := slices.IndexFunc(list, func(s secret) bool { return s.ID == id })
	if err != nil || i < 0 {
		return s, false, err
	}
	return list[i], true, nil
}

// current returns the id of the secret of a value that is known to work. If the list has
// none that may be it, it may be new, and the list late: to take another one for it would
// end the one in use.
func (k *keyring) current(ctx context.Context, value oktaint.Secret) (string, error) {
	var found []secret
	err := deliver.Poll(ctx, time.Now().Add(deliver.Patience), func() (bool, error) {
		list, err := k.list(ctx)
		found = maybe(list, value.Reveal())
		return len(found) > 0, err
	})
	switch {
	case err != nil:
		return "", err
	case len(found) != 1:
		return "", errors.New("the stored secret cannot be told from the other one, which the org masks: deactivate the one that is not in use in the Admin Console")
	}
	return found[0].ID, nil
}

// maybe returns the active secrets that may have a value: of several those whose mask
// shows its end, the only one also if its mask shows nothing.
func maybe(list []secret, value string) []secret {
	list = slices.DeleteFunc(list, func(s secret) bool { return !s.active() })
	if len(list) == 1 && list[0].visible() == "" {
		return list
	}
	return slices.DeleteFunc(list, func(s secret) bool { return s.visible() == "" || !strings.HasSuffix(value, s.visible()) })
}

// another makes a secret in addition to the one to keep, the oldest if none is named.
// Others, which are those of interrupted runs, are removed first, and so is one whose
// answer is lost.
func (k *keyring) another(ctx context.Context, keep string) (made secret, err error) {
	for range maxAttempts {
		before, err := k.list(ctx)
		if err != nil {
			return made, err
		}
		if keep == "" && len(before) > 0 {
			keep = oldest(before)
		}
		if len(before) >= maxSecrets {
			if err := k.keepOnly(ctx, keep); err != nil {
				return made, err
			}
			continue
		}
		if made, err = k.create(ctx, before); err != nil {
			return made, fmt.Errorf("could not make a secret for integration %s: %w", k.id, err)
		}
		if made.Value != "" {
			return made, nil
		}
	}
	return made, fmt.Errorf("could not make a secret for integration %s: each answer was lost: run this again", k.id)
}

// oldest returns the id of the oldest active secret.
func oldest(list []secret) string {
	if i := slices.IndexFunc(list, secret.active); i >= 0 {
		return list[i].ID
	}
	return list[0].ID
}

// create makes a secret. If the answer is lost, or if there is one that the list has not
// shown, its value is empty.
func (k *keyring) create(ctx context.Context, before []secret) (made secret, err error) {
	_, err = deliver.Change{
		Once: true, Fresh: k.fresh,
		Send: func(ctx context.Context) error {
			made = secret{}
			req, err := request.CreateSecret(ctx, k.c.Org, k.id)
			if err != nil {
				return err
			}
			var got secret
			if err := k.c.Do(req, oktaint.Checked(&got, func() bool { return got.ID != "" && got.Value != "" })); err != nil {
				return err
			}
			made = got
			return nil
		},
		Look: func(ctx context.Context) (bool, error) {
			list, err := k.list(ctx)
			return slices.ContainsFunc(list, func(s secret) bool { return !contains(before, s.ID) }), err
		},
		// The refusal of a third may be about a second that is not listed yet.
		Duplicate: func(err error) bool { return deliver.HasCode(err, "E0000001") },
	}.Do(ctx, false)
	return made, err
}

func contains(list []secret, id string) bool {
	return slices.ContainsFunc(list, func(s secret) bool { return s.ID == id })
}

// keepOnly removes all secrets of an instance but one, which must be active. It returns
// nil only if the org lists no other any more.
func (k *keyring) keepOnly(ctx context.Context, keep string) error {
	var list []secret
	err := deliver.Poll(ctx, time.Now().Add(deliver.Patience), func() (listed bool, err error) {
		list, err = k.list(ctx) // a new secret may be listed late
		return contains(list, keep), err
	})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(list, func(s secret) bool { return s.ID == keep && s.active() }) {
		return fmt.Errorf("the secret %s, which is to stay, is not active any more: is another rotation at work?", keep)
	}
	for _, s := range list {
		if s.ID == keep {
			continue
		}
		if err := k.retire(ctx, s); err != nil {
			return fmt.Errorf("removing the secret %s: %w", s.ID, err)
		}
	}
	return nil
}

// retire deactivates and deletes a secret.
func (k *keyring) retire(ctx context.Context, s secret) error {
	if s.Status != "INACTIVE" {
		if err := k.deactivate(ctx, s.ID); err != nil {
			return err
		}
	}
	_, err := deliver.Change{
		Send: func(ctx context.Context) error {
			req, err := request.DeleteSecret(ctx, k.c.Org, k.id, s.ID)
			if err != nil {
				return err
			}
			return k.c.Do(req, oktaint.NoContent{})
		},
		Look: func(ctx context.Context) (bool, error) {
			_, there, err := k.find(ctx, s.ID)
			return !there, err
		},
		Removes: true,
	}.Do(ctx, false)
	return err
}

func (k *keyring) deactivate(ctx context.Context, id string) error {
	_, err := deliver.Change{
		Send: func(ctx context.Context) error {
			req, err := request.DeactivateSecret(ctx, k.c.Org, k.id, id)
			if err != nil {
				return err
			}
			var now secret
			return k.c.Do(req, oktaint.Checked(&now, func() bool { return now.ID == id && !now.active() }))
		},
		Look: func(ctx context.Context) (bool, error) {
			now, there, err := k.find(ctx, id)
			return !there || !now.active(), err
		},
		Duplicate: oktaint.IsNotFound,
	}.Do(ctx, false)
	return err
}
