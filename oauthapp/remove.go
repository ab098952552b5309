package oauthapp

import (
	"context"
	"fmt"
	"net/http"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// forget returns a note that takes the opposite of a write out of the journal:
// a grant that was revoked does not have to be taken back any more.
func forget[T any](name string) func(*record, T) {
	return func(rec *record, _ T) {
		delete(rec.Writes, name)
		delete(rec.Made, name)
	}
}

// remove makes sure that a thing is gone, which the write called opposite may
// have made.
func (r *run) remove(ctx context.Context, name, opposite string, build func(context.Context) (*http.Request, error), look func(context.Context) (bool, error)) error {
	_, err := ensure(ctx, r, write[bool]{
		name: name,
		send: func(ctx context.Context) (bool, error) {
			req, err := build(ctx)
			if err != nil {
				return false, err
			}
			if err := r.o.c.Do(req, oktaint.NoContent{}); err != nil && !oktaint.IsNotFound(err) {
				return false, err
			}
			return true, nil
		},
		look: func(ctx context.Context) (bool, bool, error) {
			gone, err := look(ctx)
			gone = gone && err == nil // what could not be read may be there
			return gone, gone, err
		},
		note: forget[bool](opposite),
	})
	return err
}

// revokeOne takes back the grant of a scope.
func (r *run) revokeOne(ctx context.Context, scope scopes.Scope) error {
	id := r.app.ID
	grantID := r.plan.App.grantIDs[scope]
	err := r.remove(ctx, revokePrefix+string(scope), grantPrefix+string(scope),
		func(ctx context.Context) (*http.Request, error) {
			return request.RevokeGrant(ctx, r.o.c.Org, id, grantID)
		},
		func(ctx context.Context) (bool, error) {
			_, there, err := r.o.grantID(ctx, id, scope)
			return !there, err
		})
	if err != nil {
		return fmt.Errorf("%s: %w", scope, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.app.Granted = r.app.Granted.Minus(scopes.New(scope))
	return nil
}

// unassign takes a standard role from the app.
func (r *run) unassign(ctx context.Context, role, assignmentID string) error {
	client := r.app.ClientID
	err := r.remove(ctx, unassignPrefix+role, rolePrefix+role,
		func(ctx context.Context) (*http.Request, error) {
			return request.UnassignRole(ctx, r.o.c.Org, client, assignmentID)
		},
		func(ctx context.Context) (bool, error) {
			_, there, err := r.o.roleID(ctx, client, role)
			return !there, err
		})
	if err != nil {
		return err
	}
	r.app.Roles = without(r.app.Roles, []string{role})
	if role == RoleSuperAdmin {
		r.superAdminRemoved = r.plan.ledger.superAdminAppeared()
	}
	return nil
}
