package oauthapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// DesiredIntegration is what [InstallIntegration] is to bring about.
type DesiredIntegration struct {
	// Type is the key of the vendor's entry in Okta's catalogue. Required.
	Type string

	// Scopes are those of the entry, all of them. At least one is required.
	Scopes scopes.Set

	// Properties are what the entry asks for. Nil sends none.
	Properties json.RawMessage

	// Role is a standard admin role such as READ_ONLY_ADMIN, which the
	// instance is to hold. Empty assigns none. Without any role most lists are
	// empty, and a warning says so.
	Role string

	// NewSecret makes a secret for an instance that is there already. Set it
	// when its secret is not stored: Okta shows a secret once. The oldest
	// secret stays, because somebody may use it; if there are two, the newer
	// is taken for one whose answer was lost, and replaced. RotateIntegration
	// removes the one that stays.
	NewSecret bool
}

// StoreFunc stores credentials, and returns only once they are durable. What it
// stores replaces what was stored for the same integration before.
type StoreFunc func(ctx context.Context, creds oktaint.Credentials) error

// An InstallResult is what [InstallIntegration] has found and done.
type InstallResult struct {
	Integration Integration
	Created     bool // by this run

	// Credentials are of the kind oktaint.KindClientSecret. Their ClientSecret
	// is empty if the instance was there before and no new one was wanted.
	Credentials oktaint.Credentials

	Roles    []string // types of the admin roles that the instance holds
	Warnings []string // for an administrator; in plain English
}

// InstallIntegration authorises a store integration in an org and hands its
// credentials to store before it does anything else with it. Then it assigns
// the role. An instance of this type that is there already is found, not
// installed a second time, so it can be run again; see
// [DesiredIntegration.NewSecret] for what happens to the secret. It needs a
// Super Admin: an API token of one, or the scopes
// okta.oauthIntegrations.manage and okta.roles.manage.
//
// After a broken connection it looks before it sends again. If the answer with
// the secret was lost, it makes another one.
//
// An instance that lacks some of the wanted scopes is a [*ReinstallError]; what
// could be done was done then. With an error the result is not nil if there is
// an instance.
func InstallIntegration(ctx context.Context, c *oktaint.Client, d DesiredIntegration, store StoreFunc) (*InstallResult, error) {
	switch {
	case d.Type == "":
		return nil, errors.New("oauthapp: DesiredIntegration has no Type: it is the key of the entry in Okta's catalogue")
	case d.Scopes.IsEmpty():
		return nil, errors.New("oauthapp: DesiredIntegration has no Scopes: name those of the entry in Okta's catalogue")
	case d.Scopes.CheckKnown() != nil:
		return nil, fmt.Errorf("oauthapp: %w", d.Scopes.CheckKnown())
	case store == nil:
		return nil, errors.New("oauthapp: InstallIntegration needs a function that stores the secret: Okta shows it once")
	}
	i := &installer{o: org{c}, d: d, store: store}
	if err := i.findOrInstall(ctx); err != nil {
		return nil, err
	}
	return &i.res, i.finish(ctx)
}

type installer struct {
	o      org
	d      DesiredIntegration
	store  StoreFunc
	res    InstallResult
	secret string // as the installation showed it
}

func (i *installer) findOrInstall(ctx context.Context) error {
	found, ok, err := i.look(ctx)
	if err == nil && !ok {
		found, err = i.install(ctx)
		i.res.Created = err == nil
	}
	if err != nil {
		return err
	}
	i.res.Integration, i.secret = found.integration(), found.Secret
	i.res.Credentials = oktaint.Credentials{
		Kind: oktaint.KindClientSecret, Org: i.o.c.Org, ApplicationID: found.ID, ClientID: found.ID,
		ClientSecret: oktaint.NewSecret(found.Secret), Scopes: i.d.Scopes,
	}
	return nil
}

func (i *installer) install(ctx context.Context) (integrationObject, error) {
	made, err := deliverOnce(ctx, write[integrationObject]{
		send: func(ctx context.Context) (made integrationObject, err error) {
			req, err := request.InstallIntegration(ctx, i.o.c.Org, i.d.Type, i.d.Scopes, i.d.Properties)
			if err != nil {
				return made, err
			}
			err = i.o.c.Do(req, oktaint.Checked(&made, func() bool { return made.ID != "" }))
			return made, err
		},
		look:   i.look,
		settle: createSettles,
	})
	if err == nil {
		return made, nil
	}
	err = fmt.Errorf("oauthapp: could not install the integration %s: %w", i.d.Type, explained(err))
	if hasCode(err, "E0000001") {
		err = fmt.Errorf("%w: the scopes must be those of its entry in Okta's catalogue: have a missing one added there, then reinstall", err)
	}
	return made, err
}

// look returns the one instance of the type.
func (i *installer) look(ctx context.Context) (found integrationObject, ok bool, err error) {
	list, err := i.o.integrations(ctx, i.d.Type)
	switch {
	case err != nil || len(list) == 0:
		return found, false, err
	case len(list) > 1:
		return found, false, fmt.Errorf("oauthapp: the org has %d instances of the integration %s (%s, %s): remove all but the one in use",
			len(list), i.d.Type, list[0].ID, list[1].ID)
	}
	one := list[0]
	return integrationObject{
		ID: one.ID, Type: one.Type, Name: one.Name, Created: one.Created, CreatedBy: one.CreatedBy, Granted: one.Granted.Slice(),
	}, true, nil
}

// finish does what comes after the installation: the secret first.
func (i *installer) finish(ctx context.Context) error {
	id := i.res.Integration.ID
	if i.secret == "" && (i.res.Created || i.d.NewSecret) {
		made, err := i.o.anotherSecret(ctx, id, "")
		if err != nil {
			return err
		}
		i.res.Credentials.ClientSecret = oktaint.NewSecret(made.Value)
		i.warn("the integration %s has an older secret as well as the new one: if nobody uses it, RotateIntegration removes it", id)
	}
	if !i.res.Credentials.ClientSecret.IsZero() {
		if err := i.store(ctx, i.res.Credentials); err != nil {
			return fmt.Errorf("oauthapp: the secret of the integration %s was not stored, so it is lost: run this again with NewSecret: %w", id, err)
		}
	}
	if err := i.role(ctx); err != nil {
		return err
	}
	if missing := i.d.Scopes.Minus(i.res.Integration.Granted); !missing.IsEmpty() {
		return &ReinstallError{IntegrationID: id, Type: i.d.Type, Missing: missing}
	}
	return nil
}

// role assigns the role if it is not there.
func (i *installer) role(ctx context.Context) error {
	id, role := i.res.Integration.ID, i.d.Role
	held, err := i.o.clientRoles(ctx, id)
	switch {
	case err != nil:
		if _, ok := fromOkta(err); role != "" || !ok {
			return explained(err)
		}
		i.warn("whether the integration %s holds an admin role could not be read: %v", id, err)
		return nil
	}
	i.res.Roles = oktaint.RoleTypes(held)
	switch {
	case role != "" && !slices.Contains(i.res.Roles, role):
		if err := i.o.assignRole(ctx, id, role); err != nil {
			return fmt.Errorf("oauthapp: could not assign the role %s to the integration %s: assign a role in the Admin Console, or run this again: %w", role, id, explained(err))
		}
		i.res.Roles = oktaint.RoleTypes(append(held, oktaint.HeldRole{Type: role}))
	case len(held) == 0:
		i.warn("the integration %s holds no admin role, without which lists are empty or refused: assign a role such as READ_ONLY_ADMIN to it", id)
	}
	return nil
}

func (i *installer) warn(format string, args ...any) {
	i.res.Warnings = append(i.res.Warnings, fmt.Sprintf(format, args...))
}

// assignRole assigns a standard role to a client, once.
func (o org) assignRole(ctx context.Context, clientID, role string) error {
	_, err := deliverOnce(ctx, write[string]{
		send: func(ctx context.Context) (string, error) {
			req, err := request.AssignRole(ctx, o.c.Org, clientID, role)
			if err != nil {
				return "", err
			}
			return o.post(req)
		},
		look:      func(ctx context.Context) (string, bool, error) { return o.roleID(ctx, clientID, role) },
		duplicate: roleHeld,
	})
	return err
}
