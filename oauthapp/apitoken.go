package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// A TokenReport is what [CheckAPIToken] has found out about an API token.
type TokenReport struct {
	// Owner is the user who made the token, whose roles it carries as they are
	// at each moment. It ends when that user is deactivated.
	Owner Owner

	// TokenID (00T...) and Name are empty, and Created and Expires are zero, if the
	// list of tokens could not be read.
	TokenID, Name string

	// Created is when the token was made.
	Created time.Time

	// Expires is when the token ends unless it is used before: each use moves
	// it to 30 days ahead.
	Expires time.Time

	Warnings []string // for an administrator; in plain English
}

// CheckAPIToken tells whose API token c uses and how long it lives. It warns if
// the owner holds another role than READ_ONLY_ADMIN, which is all that reading
// an org takes, or none, and always of the 30 days after which an unused token
// ends. It only reads. An OAuth credential, which belongs to no user, is an
// error.
func CheckAPIToken(ctx context.Context, c *oktaint.Client) (*TokenReport, error) {
	owner, note, err := org{c}.owner(ctx)
	if err != nil && !errors.Is(err, ErrNotSuperAdmin) { // which it need not be
		return nil, err
	}
	if owner.ID == "" {
		return nil, errors.New("oauthapp: the credential is not an API token: verify an OAuth app with Verify")
	}
	r := &TokenReport{Owner: owner}
	if note != "" {
		r.warn("%s", note)
	}
	r.warnOfRoles()
	if err := r.readToken(ctx, c); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *TokenReport) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

func (r *TokenReport) warnOfRoles() {
	more := slices.DeleteFunc(slices.Clone(r.Owner.Roles), func(role string) bool { return role == RoleReadOnlyAdmin })
	switch {
	case len(more) > 0:
		r.warn("the API token belongs to %s, who holds %s: reading needs no more than READ_ONLY_ADMIN, so make the token as a user with that role alone",
			r.Owner.Login, listed(more))
	case len(r.Owner.Roles) == 0:
		r.warn("the API token belongs to %s, whose admin roles are none, or may not be read by it: assign READ_ONLY_ADMIN to this user", r.Owner.Login)
	}
}

// readToken finds the token in the list of tokens: Okta has no endpoint for the
// one in use, but notes each use, so it is its owner's that was used last.
func (r *TokenReport) readToken(ctx context.Context, c *oktaint.Client) error {
	type token struct {
		ID      string    `json:"id"`
		Name    string    `json:"name"`
		UserID  string    `json:"userId"`
		Created time.Time `json:"created"`
		Updated time.Time `json:"lastUpdated"`
		Expires time.Time `json:"expiresAt"`
	}
	var used token
	req, err := request.ListAPITokens(ctx, c.Org)
	if err != nil {
		return err
	}
	list, err := collect(oktaint.ListRequest[token](c, req))
	if err != nil {
		if _, ok := fromOkta(err); !ok || refusesCredential(err) {
			return fmt.Errorf("oauthapp: reading the API tokens: %w", err)
		}
		r.warn("when the API token ends could not be read: %v", err)
	}
	for _, t := range list {
		if t.UserID == r.Owner.ID && !t.Updated.Before(used.Updated) {
			used = t
		}
	}
	r.TokenID, r.Name, r.Created, r.Expires = used.ID, used.Name, used.Created, used.Expires
	until := ""
	if !r.Expires.IsZero() {
		until = ", " + r.Expires.UTC().Format(time.DateOnly) + " as of now"
	}
	r.warn("the API token ends when it is not used for 30 days%s, and when %s is deactivated", until, r.Owner.Login)
	return nil
}
