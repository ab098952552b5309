package integration

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Desired is what [Install] is to bring about.
type Desired struct {
	// Type is the key of the vendor's entry in Okta's catalogue. Required.
	Type string

	// Scopes are those of the entry, all of them. At least one is required.
	Scopes scopes.Set

	// Properties are what the entry asks for. Nil sends none.
	Properties json.RawMessage

	// Role is a standard admin role such as READ_ONLY_ADMIN, which the instance is to
	// hold as well as those that it has. Empty assigns none. Without any role most lists
	// are empty, and a warning says so.
	Role string

	// NewSecret makes a secret for an instance that is there already. Set it when its
	// secret is not stored: Okta shows a secret once. The oldest secret stays, because
	// somebody may use it; if there are two, the newer is taken for one whose answer was
	// lost, and replaced. Rotate removes the one that stays.
	NewSecret bool

	// Interrupted says that an earlier run may have installed the integration moments ago
	// and have ended before it knew. The instance is then looked for up to 10 seconds
	// before another one is made, because an org may list a new one late.
	Interrupted bool
}

// Check says what is wrong with d, without asking the org. Install begins with it.
func (d Desired) Check() error {
	switch {
	case d.Type == "":
		return errors.New("integration: Desired has no Type: it is the key of the entry in Okta's catalogue")
	case d.Scopes.IsEmpty():
		return errors.New("integration: Desired has no Scopes: name those of the entry in Okta's catalogue")
	}
	if err := d.Scopes.CheckKnown(); err != nil {
		return fmt.Errorf("integration: %w", err)
	}
	return nil
}

// StoreFunc stores credentials, and returns only once they are durable. What it stores
// replaces what was stored for the same integration before.
type StoreFunc func(ctx context.Context, creds oktaint.Credentials) error

// A Result is what [Install] has found and done.
type Result struct {
	Instance Instance
	Created  bool // by this run

	// Credentials are of the kind oktaint.KindClientSecret. Their ClientSecret is empty if
	// the instance was there before and no new one was wanted.
	Credentials oktaint.Credentials

	Roles    []string // types of the admin roles that the org lists for the instance
	Warnings []string // for an administrator; in plain English
}

// A ReinstallError says that an integration lacks scopes. They are fixed by its entry in
// Okta's catalogue at the time of the installation, so nobody can grant them one by one.
type ReinstallError struct {
	ID      string // of the instance
	Type    string
	Missing scopes.Set
}

func (e *ReinstallError) Error() string {
	return fmt.Sprintf("integration: %s (%s) was installed without the scopes %s: if its entry in Okta's catalogue holds them now, reinstall it (remove it, then install it); if not, have them added there first",
		e.ID, e.Type, e.Missing)
}

// Install authorises a store integration in an org and hands its credentials to store
// before it does anything else with it. Then it assigns the role. An instance of this type
// that is there already is found, not installed a second time, so Install can be run
// again; see [Desired.NewSecret] and [Desired.Interrupted]. It needs a Super Admin: see
// [Scopes].
//
// After a broken connection it looks before it sends again. If the answer with the secret
// was lost, it makes another one. It returns no error only if the org lists one instance
// of the type, with the scopes, and with the role; what the org has accepted and does not
// list within 10 seconds is an error.
//
// An instance that lacks some of the wanted scopes is a [*ReinstallError]; what could be
// done was done then. With an error the result is not nil if there is an instance.
func Install(ctx context.Context, c *oktaint.Client, d Desired, store StoreFunc) (*Result, error) {
	if err := d.Check(); err != nil {
		return nil, err
	}
	if store == nil {
		return nil, errors.New("integration: Install needs a function that stores the secret: Okta shows it once")
	}
	i := &installer{c: c, d: d, store: store}
	if err := i.findOrInstall(ctx); err != nil {
		return nil, err
	}
	return &i.res, i.finish(ctx)
}

type installer struct {
	c     *oktaint.Client
	d     Desired
	store StoreFunc
	res   Result

	fresh  time.Time // until when the org may not know the instance yet
	secret string    // as the installation showed it
}

func (i *installer) findOrInstall(ctx context.Context) error {
	there, err := i.look(ctx)
	if err != nil {
		return fmt.Errorf("integration: %w", explained(err))
	}
	if !there {
		if err := i.install(ctx); err != nil {
			return err
		}
	}
	id := i.res.Instance.ID
	i.res.Credentials = oktaint.Credentials{
		Kind: oktaint.KindClientSecret, Org: i.c.Org, ApplicationID: id, ClientID: id,
		ClientSecret: oktaint.NewSecret(i.secret), Scopes: i.d.Scopes,
	}
	return nil
}

// look looks for the one instance of the type, with patience if an earlier run may have
// just made it.
func (i *installer) look(ctx context.Context) (there bool, err error) {
	var until time.Time
	if i.d.Interrupted {
		until = time.Now().Add(deliver.Patience)
	}
	err = deliver.Poll(ctx, until, func() (bool, error) {
		there, err = i.found(ctx)
		return there, err
	})
	return there, err
}

// found looks once, and takes over the instance.
func (i *installer) found(ctx context.Context) (bool, error) {
	all, err := list(ctx, i.c, i.d.Type)
	switch {
	case err != nil || len(all) == 0:
		return false, err
	case len(all) > 1:
		return false, fmt.Errorf("the org has %d instances of the integration %s (%s, %s): remove all but the one in use",
			len(all), i.d.Type, all[0].ID, all[1].ID)
	}
	i.res.Instance = all[0]
	return true, nil
}

func (i *installer) install(ctx context.Context) error {
	_, err := deliver.Change{Once: true, Send: i.send, Look: i.found}.Do(ctx, false)
	if err == nil {
		i.res.Created, i.fresh = true, time.Now().Add(deliver.Patience)
		return nil
	}
	err = fmt.Errorf("integration: could not install %s: %w", i.d.Type, explained(err))
	if deliver.HasCode(err, "E0000001") {
		err = fmt.Errorf("%w: the scopes must be those of its entry in Okta's catalogue: have a missing one added there, then reinstall", err)
	}
	return err
}

func (i *installer) send(ctx context.Context) error {
	req, err := request.InstallIntegration(ctx, i.c.Org, i.d.Type, i.d.Scopes, i.d.Properties)
	if err != nil {
		return err
	}
	var made object
	if err := i.c.Do(req, oktaint.Checked(&made, func() bool { return made.ID != "" })); err != nil {
		return err
	}
	i.res.Instance, i.secret = made.instance(), made.Secret
	return nil
}

// finish does what comes after the installation: the secret first.
func (i *installer) finish(ctx context.Context) error {
	if err := i.storeSecret(ctx); err != nil {
		return err
	}
	id := i.res.Instance.ID
	if i.res.Created {
		if err := i.confirm(ctx); err != nil {
			return fmt.Errorf("integration: %s was installed as %s: %w", i.d.Type, id, explained(err))
		}
	}
	if err := i.role(ctx); err != nil {
		return err
	}
	if missing := i.d.Scopes.Minus(i.res.Instance.Granted); !missing.IsEmpty() {
		return &ReinstallError{ID: id, Type: i.d.Type, Missing: missing}
	}
	return nil
}

// storeSecret hands the credentials to the caller if there is a secret to store.
func (i *installer) storeSecret(ctx context.Context) error {
	id := i.res.Instance.ID
	if i.secret == "" && (i.res.Created || i.d.NewSecret) {
		made, err := (&keyring{c: i.c, id: id, fresh: i.fresh}).another(ctx, "")
		if err != nil {
			return fmt.Errorf("integration: %w", explained(err))
		}
		i.res.Credentials.ClientSecret = oktaint.NewSecret(made.Value)
		i.warn("the integration %s has an older secret as well as the new one: if nobody uses it, a rotation removes it", id)
	}
	if i.res.Credentials.ClientSecret.IsZero() {
		return nil
	}
	if err := i.store(ctx, i.res.Credentials); err != nil {
		return fmt.Errorf("integration: the secret of %s was not stored, so it is lost: run this again with NewSecret: %w", id, err)
	}
	return nil
}

// confirm waits until the org lists what was just installed, as the only one of its type,
// and takes over what the list says of it.
func (i *installer) confirm(ctx context.Context) error {
	made, there := i.res.Instance, false
	err := deliver.Poll(ctx, i.fresh, func() (done bool, err error) {
		there, err = i.found(ctx)
		return there, err
	})
	switch {
	case err != nil:
		return err
	case !there:
		return &deliver.UnshownError{}
	case i.res.Instance.ID != made.ID:
		return fmt.Errorf("the org lists %s in its place: is another installation at work?", i.res.Instance.ID)
	}
	return nil
}

func (i *installer) warn(format string, args ...any) {
	i.res.Warnings = append(i.res.Warnings, fmt.Sprintf(format, args...))
}
