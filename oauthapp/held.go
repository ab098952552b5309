package oauthapp

import (
	"context"

	"github.com/rezonate-io/okta-integration/scopes"
)

// roleID returns the id of the active assignment of a standard role to a
// client, and whether there is one.
func (o org) roleID(ctx context.Context, clientID, role string) (id string, ok bool, err error) {
	held, err := o.clientRoles(ctx, clientID)
	for _, a := range held {
		if a.Type == role {
			return a.ID, true, err
		}
	}
	return "", false, err
}

// grantID returns the id of the active grant of a scope to an app, and whether
// there is one.
func (o org) grantID(ctx context.Context, appID string, scope scopes.Scope) (id string, ok bool, err error) {
	granted, err := o.grants(ctx, appID)
	id, ok = granted[scope]
	return id, ok, err
}
