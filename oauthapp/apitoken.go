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
// ends. Below SUPER_ADMIN, few may read even their own roles: of an owner who may
// not, it warns only if the API tokens cannot be read either. It only reads. An
// OAuth credential, which belongs to no user, is an error.
func CheckAPIToken(ctx context.Context, c *oktaint.Client) (*TokenReport, error) {
	owner, note, rolesErr := org{c}.owner(ctx)
	if rolesErr != nil && !errors.Is(rolesErr, ErrNotSuperAdmin) { // which it need not be
		return nil, rolesErr
	}
	if owner.ID == "" {
		return nil, errors.New("oauthapp: the credential is not an API token: verify an OAuth app with Verify")
	}
	r := &TokenReport{Owner: owner}
	if note != "" {
		r.warn("%s", note)
	}
	tokens, refusal, err := readTokens(ctx, c)
	if err != nil {
		return nil, err
	}
	r.warnOfRoles(oktaint.Lacks(rolesErr, oktaint.LacksRole) && refusal == nil)
	if refusal != nil {
		r.warn("when the API token ends could not be read: %v", refusal)
	}
	r.findToken(tokens)
	return r, nil
}

func (r *TokenReport) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// warnOfRoles warns of roles that are too many, or none. Those of a reader who may not
// read them are not known to be either.
func (r *TokenReport) warnOfRoles(reader bool) {
	more := slices.DeleteFunc(slices.Clone(r.Owner.Roles), func(role string) bool { return role == RoleReadOnlyAdmin })
	switch {
	case len(more) > 0:
		r.warn("the API token belongs to %s, who holds %s: reading needs no more than READ_ONLY_ADMIN, so make the token as a user with that role alone",
			r.Owner.Login, listed(more))
	case len(r.Owner.Roles) == 0 && !reader:
		r.warn("the API token belongs to %s, whose admin roles are none, or may not be read by it: assign READ_ONLY_ADMIN to this user", r.Owner.Login)
	}
}

// A listedToken is an API token in the list of them.
type listedToken struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	UserID  string    `json:"userId"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"lastUpdated"`
	Expires time.Time `json:"expiresAt"`
}

// readTokens lists the API tokens. An answer that refuses them but not the credential
// is a refusal, not an error.
func readTokens(ctx context.Context, c *oktaint.Client) (tokens []listedToken, refusal, err error) {
	req, err := request.ListAPITokens(ctx, c.Org)
	if err != nil {
		return nil, nil, err
	}
	tokens, err = collect(oktaint.ListRequest[listedToken](c, req))
	if _, ok := fromOkta(err); ok && !refusesCredential(err) {
		return nil, err, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("oauthapp: reading the API tokens: %w", err)
	}
	return tokens, nil, nil
}

// findToken finds the token in the list of tokens: Okta has no endpoint for the
// one in use, but notes each use, so it is its owner's that was used last.
func (r *TokenReport) findToken(tokens []listedToken) {
	var used listedToken
	for _, t := range tokens {
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
}
