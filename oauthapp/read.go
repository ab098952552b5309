package oauthapp

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A part is a part of an app that is read by itself.
type part int

const (
	partApp    part = iota // the app object
	partKeys               // its keys, active or not
	partGrants             // the scopes that it is granted
	partRoles              // its standard roles
	partCustom             // its roles, with the custom ones of its own
	partToken              // the API token that does the work
)

// copy takes a part of an app over from got.
func (p part) copy(a, got *App) {
	switch p {
	case partKeys:
		a.keys = got.keys
	case partGrants:
		a.Granted, a.grantIDs = got.Granted, got.grantIDs
	case partRoles, partCustom:
		a.Roles, a.roleIDs, a.customRoles = got.Roles, got.roleIDs, got.customRoles
		a.custom, a.Permissions = got.custom, got.Permissions
	}
}

// refresh reads a part of an app. An app that is not there becomes the zero App. While the
// app is fresh, "not found" is not believed of what belongs to it.
func (r *run) refresh(ctx context.Context, a *App, p part, arg string) error {
	return deliver.Settle(ctx, r.fresh(p), func() error {
		switch p {
		case partApp:
			return r.readApp(ctx, a)
		case partKeys:
			listed, err := r.o.keys(ctx, a.ID)
			a.keys = parseHeld(listed)
			return err
		case partGrants:
			return r.o.readGrants(ctx, a)
		case partToken:
			return r.o.readToken(ctx, a)
		}
		own := arg
		if p == partRoles {
			return r.o.readRoles(ctx, a, r.l.owns())
		} else if _, known := ownRoles[own]; !known {
			own, _ = cutPermission(arg)
		}
		return r.o.readRoles(ctx, a, union(r.l.owns(), []string{own}))
	})
}

func (r *run) fresh(p part) time.Time {
	if p == partApp {
		return time.Time{} // that it is gone may be what is looked for
	}
	return r.l.fresh()
}

// readApp reads the app object: by its id, or by its label and key.
func (r *run) readApp(ctx context.Context, a *App) error {
	who := r.who
	if a.ID == "" {
		found, _, err := r.o.find(ctx, who)
		if found != nil {
			*a = *found
		}
		return err
	}
	found, err := r.o.byID(ctx, a.ID)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		*a = App{}
		return nil
	}
	now := found[0].App
	a.Label, a.Active, a.DPoP, a.Network, a.object, a.orn = now.Label, now.Active, now.DPoP, now.Network, now.object, now.orn
	return nil
}

// readState reads the grants and roles of an app, and its custom roles of these names also
// where the app does not hold them.
func (r *run) readState(ctx context.Context, a *App, own []string) error {
	var wg sync.WaitGroup
	var grantsErr, rolesErr error
	wg.Go(func() {
		grantsErr = deliver.Settle(ctx, r.l.fresh(), func() error { return r.o.readGrants(ctx, a) })
	})
	wg.Go(func() {
		got := App{ClientID: a.ClientID, custom: a.custom}
		rolesErr = deliver.Settle(ctx, r.l.fresh(), func() error { return r.o.readRoles(ctx, &got, own) })
		partRoles.copy(a, &got)
	})
	wg.Wait()
	return errors.Join(grantsErr, rolesErr)
}

func (o org) readGrants(ctx context.Context, a *App) error {
	ids, err := o.grants(ctx, a.ID)
	if err == nil {
		a.grantIDs, a.Granted = ids, scopes.New(slices.Collect(maps.Keys(ids))...)
	}
	return err
}

func (o org) readRoles(ctx context.Context, a *App, own []string) error {
	permissions := o.permissionsOf(ctx, a.custom)
	defer permissions("") // which waits for those that are read
	held, err := o.clientRoles(ctx, a.ClientID)
	if err != nil {
		return err
	}
	a.Roles, a.roleIDs, a.customRoles = oktaint.RoleTypes(held), map[string]string{}, 0
	for _, h := range held {
		if h.Type == RoleCustom {
			a.customRoles++
		} else {
			a.roleIDs[h.Type] = h.ID
		}
	}
	err = o.readCustom(ctx, a, held, own, permissions)
	if a.Permissions = nil; a.custom[responseRole].bound {
		a.Permissions = a.custom[responseRole].permissions
	}
	return err
}

// readToken asks whether the API token that does the work is refused.
func (o org) readToken(ctx context.Context, a *App) error {
	req, err := request.CurrentUser(ctx, o.c.Org)
	if err != nil {
		return err
	}
	a.tokenGone, err = tokenGone(o.c.Do(req, nil))
	return err
}

// readObject reads the app object as it is now.
func (o org) readObject(ctx context.Context, a *App) error {
	req, err := request.GetApp(ctx, o.c.Org, a.ID)
	if err != nil {
		return err
	}
	var now appObject
	err = o.c.Do(req, oktaint.Checked(&now, func() bool { return now.ID == a.ID }))
	a.object = now.raw
	return err
}
