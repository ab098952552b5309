// Package integration looks after a store integration (API Service Integration): a
// vendor's entry in Okta's catalogue that a customer authorises in their org.
//
// [Install] authorises it and stores its secret, [Rotate] replaces the secret, [Remove]
// takes the integration away, and [List] and [Get] show what the org has. Each may be run
// again after an interruption. None of them believes an answer that does not come from
// Okta, or calls something done before the org shows it.
//
// The work takes a Super Admin: the API token of one, or the OAuth token of an app that
// holds SUPER_ADMIN and has [Scopes].
//
// Source: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApiServiceIntegrations/
package integration

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Scopes are what the OAuth token of an app needs to do the work of this package. The app
// also needs the role SUPER_ADMIN.
var Scopes = scopes.New(scopes.OAuthIntegrationsManage, scopes.RolesManage)

// An Instance is a store integration in an org.
type Instance struct {
	ID        string // 0oa...; it is the client id, too
	Type      string // the key of the entry in the catalogue
	Name      string // as customers read it
	Created   time.Time
	CreatedBy string // id of the administrator

	// Granted are the scopes that tokens may carry. They are those of the entry when it
	// was installed; only a new installation changes them.
	Granted scopes.Set
}

// An object is an Instance on the wire.
type object struct {
	ID        string         `json:"id"`
	Type      string         `json:"type"`
	Name      string         `json:"name"`
	Created   time.Time      `json:"createdAt"`
	CreatedBy string         `json:"createdBy"`
	Granted   []scopes.Scope `json:"grantedScopes"`
	Secret    string         `json:"clientSecret"` // in the answer to the installation only
}

func (w object) instance() Instance {
	return Instance{
		ID: w.ID, Type: w.Type, Name: w.Name, Created: w.Created, CreatedBy: w.CreatedBy,
		Granted: scopes.New(w.Granted...),
	}
}

// List returns the instances of a catalogue type, or of all types if catalogueType is
// empty. It needs the scope okta.oauthIntegrations.read.
func List(ctx context.Context, c *oktaint.Client, catalogueType string) ([]Instance, error) {
	found, err := list(ctx, c, catalogueType)
	if err != nil {
		return nil, fmt.Errorf("integration: %w", explained(err))
	}
	return found, nil
}

func list(ctx context.Context, c *oktaint.Client, catalogueType string) ([]Instance, error) {
	req, err := request.ListIntegrations(ctx, c.Org)
	if err != nil {
		return nil, err
	}
	var found []Instance
	for w, err := range oktaint.ListRequest[object](c, req) {
		switch {
		case err != nil:
			return nil, fmt.Errorf("reading the store integrations: %w", err)
		case w.ID == "":
			return nil, errors.New("reading the store integrations: one of them has no id: is there a proxy between here and the org?")
		case catalogueType == "" || w.Type == catalogueType:
			found = append(found, w.instance())
		}
	}
	return found, nil
}

// Get returns an instance by its id. [oktaint.IsNotFound] tells whether an error means
// that there is none, as after its removal. It needs the scope
// okta.oauthIntegrations.read.
func Get(ctx context.Context, c *oktaint.Client, id string) (Instance, error) {
	req, err := request.GetIntegration(ctx, c.Org, id)
	if err != nil {
		return Instance{}, err
	}
	var found object
	if err := c.Do(req, oktaint.Checked(&found, func() bool { return found.ID == id })); err != nil {
		return Instance{}, fmt.Errorf("integration: reading %s: %w", id, explained(err))
	}
	return found.instance(), nil
}

// explained adds what a credential needs for all of the work to an error that says what
// it lacks for one request.
func explained(err error) error {
	switch d, _ := oktaint.Denied(err); d.Lacks {
	case oktaint.LacksScope:
		return fmt.Errorf("%w; looking after a store integration needs %s", err, Scopes)
	case oktaint.LacksRole:
		return fmt.Errorf("%w; looking after a store integration takes the role SUPER_ADMIN", err)
	}
	return err
}
