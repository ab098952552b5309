package integration

import (
	"context"
	"fmt"
	"slices"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// Remove removes an instance with its secrets, scopes and roles. It returns nil only if
// the org does not list the instance any more; an org that goes on listing it for longer
// than 10 seconds is an error. One that was not there at the start is none, so Remove can
// be run again after an interruption. It needs the scope okta.oauthIntegrations.manage
// and a Super Admin. Access tokens that were issued earlier may live up to an hour.
func Remove(ctx context.Context, c *oktaint.Client, id string) error {
	_, err := deliver.Change{
		Send: func(ctx context.Context) error {
			req, err := request.RemoveIntegration(ctx, c.Org, id)
			if err != nil {
				return err
			}
			return c.Do(req, oktaint.NoContent{})
		},
		Look: func(ctx context.Context) (bool, error) {
			left, err := list(ctx, c, "")
			return !slices.ContainsFunc(left, func(i Instance) bool { return i.ID == id }), err
		},
		Removes: true,
	}.Do(ctx, false)
	if err != nil {
		return fmt.Errorf("integration: could not remove %s: %w", id, explained(err))
	}
	return nil
}
