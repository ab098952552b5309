package oauthapp

import (
	"errors"
	"fmt"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A Result is the app as the org has it after [Plan.Apply].
type Result struct {
	ApplicationID string // empty if there is no app, or if it is not known whether there is one
	ClientID      string // what tokens are requested with
	Created       bool   // this Apply made the app
	DPoP          bool   // its tokens are bound to a key (RFC 9449)

	Granted scopes.Set // the wanted scopes that are granted
	Missing scopes.Set // the wanted scopes that are not

	Role        string   // the wanted standard role, if the app holds it
	Roles       []string // types of all active roles of the app, sorted; RoleCustom stands for custom ones
	IAMReader   bool     // the app holds the custom role of the visibility profile
	Permissions []string // of the app's custom role for response actions, sorted; nil if it holds none that this package made

	// SuperAdminRemoved reports that the org had given SUPER_ADMIN to the app
	// after a grant, and that the role was taken away again.
	SuperAdminRemoved bool

	// Unmet is what was asked for and is not so, in both directions: what is missing,
	// and what is there still. It is nil before the org was read back.
	Unmet []Unmet

	// Left is what the app has beyond Desired and keeps, because nobody asked for its
	// removal, in plain words. It is no failure.
	Left []string

	org oktaint.Org
}

// Err returns nil if the org has all that was asked for, or one error that joins what is
// not so.
func (r *Result) Err() error {
	var errs []error
	for _, u := range r.Unmet {
		if u.Err != nil {
			errs = append(errs, fmt.Errorf("could not %s: %w", u.Step, u.Err))
			continue
		}
		errs = append(errs, errors.New(u.String()))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("oauthapp: the org has not all that is wanted: %w", err)
	}
	return nil
}

// Credentials returns what a service needs to work as the app: the scopes that are
// granted and the roles that are held. key is the private half of Desired.Key.
func (r *Result) Credentials(key oktaint.Key) oktaint.Credentials {
	return oktaint.Credentials{
		Kind: oktaint.KindPrivateKeyJWT, Org: r.org, ApplicationID: r.ApplicationID, ClientID: r.ClientID,
		Key: key, Scopes: r.Granted, Roles: r.Roles, DPoP: r.DPoP,
	}
}
