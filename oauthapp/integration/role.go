package integration

import (
	"context"
	"fmt"
	"slices"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// role assigns the role if it is not there.
func (i *installer) role(ctx context.Context) error {
	id, role := i.res.Instance.ID, i.d.Role
	if err := i.readRoles(ctx); err != nil {
		if _, denied := oktaint.Denied(err); role != "" || !denied {
			return fmt.Errorf("integration: %w", explained(err))
		}
		i.warn("whether the integration holds an admin role is not known: %v", err)
		return nil
	}
	switch {
	case role != "" && !slices.Contains(i.res.Roles, role):
		if err := i.assign(ctx); err != nil {
			return fmt.Errorf("integration: could not assign the role %s to %s: assign a role in the Admin Console, or run this again: %w", role, id, explained(err))
		}
	case len(i.res.Roles) == 0:
		i.warn("the integration %s holds no admin role, without which lists are empty or refused: assign a role such as READ_ONLY_ADMIN to it", id)
	}
	return nil
}

// assign assigns the role, and returns nil only if the org lists it.
func (i *installer) assign(ctx context.Context) error {
	_, err := deliver.Change{
		Send: func(ctx context.Context) error {
			req, err := request.AssignRole(ctx, i.c.Org, i.res.Instance.ID, i.d.Role)
			if err != nil {
				return err
			}
			var made struct {
				ID string `json:"id"`
			}
			return i.c.Do(req, oktaint.Checked(&made, func() bool { return made.ID != "" }))
		},
		Look: func(ctx context.Context) (bool, error) {
			err := i.readRoles(ctx)
			return slices.Contains(i.res.Roles, i.d.Role), err
		},
		Confirm:   true,
		Duplicate: deliver.RoleHeld,
		Fresh:     i.fresh,
	}.Do(ctx, false)
	return err
}

// readRoles reads which active roles the instance holds.
func (i *installer) readRoles(ctx context.Context) error {
	id := i.res.Instance.ID
	var held []oktaint.HeldRole
	err := deliver.Settle(ctx, i.fresh, func() error {
		req, err := request.ListRoles(ctx, i.c.Org, id)
		if err != nil {
			return err
		}
		held, err = oktaint.HeldRoles(i.c, req)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the roles of integration %s: %w", id, err)
	}
	i.res.Roles = oktaint.RoleTypes(held)
	return nil
}
