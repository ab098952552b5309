package oauthapp

import (
	"context"
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An Integration is an instance of a store integration (API Service
// Integration) in an org: a vendor's entry in Okta's catalogue that a customer
// has authorised.
type Integration struct {
	ID        string // 0oa...; the client id, too
	Type      string // the key of the entry in the catalogue
	Name      string // as customers read it
	Created   time.Time
	CreatedBy string // id of the administrator

	// Granted are the scopes that tokens may carry. They are those of the
	// entry when it was installed; only a new installation changes them.
	Granted scopes.Set
}

// An integrationObject is an Integration on the wire.
type integrationObject struct {
	ID        string         `json:"id"`
	Type      string         `json:"type"`
	Name      string         `json:"name"`
	Created   time.Time      `json:"createdAt"`
	CreatedBy string         `json:"createdBy"`
	Granted   []scopes.Scope `json:"grantedScopes"`
	Secret    string         `json:"clientSecret"` // in the answer to the installation only
}

func (w integrationObject) integration() Integration {
	return Integration{
		ID: w.ID, Type: w.Type, Name: w.Name, Created: w.Created, CreatedBy: w.CreatedBy,
		Granted: scopes.New(w.Granted...),
	}
}

// A ReinstallError says that an integration lacks scopes. They are fixed by its
// entry in Okta's catalogue at the time of the installation, so nobody can
// grant them one by one.
type ReinstallError struct {
	IntegrationID string
	Type          string
	Missing       scopes.Set
}

func (e *ReinstallError) Error() string {
	return fmt.Sprintf("oauthapp: the integration %s (%s) was installed without the scopes %s: if its entry in Okta's catalogue holds them now, reinstall it (remove it, then install it); if not, have them added there first",
		e.IntegrationID, e.Type, e.Missing)
}

// ListIntegrations returns the instances of a catalogue type, or of all types
// if catalogueType is empty. It needs the scope okta.oauthIntegrations.read.
func ListIntegrations(ctx context.Context, c *oktaint.Client, catalogueType string) ([]Integration, error) {
	return org{c}.integrations(ctx, catalogueType)
}

// GetIntegration returns an instance by its id. [oktaint.IsNotFound] tells
// whether an error means that there is none, as after its removal. It needs the
// scope okta.oauthIntegrations.read.
func GetIntegration(ctx context.Context, c *oktaint.Client, id string) (Integration, error) {
	req, err := request.GetIntegration(ctx, c.Org, id)
	if err != nil {
		return Integration{}, err
	}
	var found integrationObject
	if err := c.Do(req, oktaint.Checked(&found, func() bool { return found.ID == id })); err != nil {
		return Integration{}, fmt.Errorf("oauthapp: reading the integration %s: %w", id, err)
	}
	return found.integration(), nil
}

// RemoveIntegration removes an instance with its secrets, scopes and roles. One
// that is not there any more is not an error, so it can be run again after an
// interruption. It needs the scope okta.oauthIntegrations.manage and a Super
// Admin.
func RemoveIntegration(ctx context.Context, c *oktaint.Client, id string) error {
	for again := true; ; again = false {
		req, err := request.RemoveIntegration(oktaint.WithGrace(ctx, grace), c.Org, id)
		if err != nil {
			return err
		}
		err = c.Do(req, oktaint.NoContent{})
		if err == nil || oktaint.IsNotFound(err) {
			return nil
		}
		if oktaint.Ambiguous(err) {
			_, lookErr := GetIntegration(ctx, c, id)
			if oktaint.IsNotFound(lookErr) {
				return nil
			}
			if again && lookErr == nil {
				continue
			}
		}
		return fmt.Errorf("oauthapp: could not remove the integration %s: %w", id, explained(err))
	}
}

// deliverOnce makes w take effect once, without a journal and in silence.
func deliverOnce[T any](ctx context.Context, w write[T]) (T, error) {
	made, _, err := deliver(ctx, &run{progress: new(reporter)}, w, false)
	return made, err
}

func (o org) integrations(ctx context.Context, catalogueType string) ([]Integration, error) {
	req, err := request.ListIntegrations(ctx, o.c.Org)
	if err != nil {
		return nil, err
	}
	var found []Integration
	for w, err := range oktaint.ListRequest[integrationObject](o.c, req) {
		if err != nil {
			return nil, fmt.Errorf("oauthapp: reading the store integrations: %w", explained(err))
		}
		if w.ID != "" && (catalogueType == "" || w.Type == catalogueType) {
			found = append(found, w.integration())
		}
	}
	return found, nil
}
