package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// BootstrapScopes are what the OAuth token of an app needs to do the work of
// this package. The app also needs the role SUPER_ADMIN.
var BootstrapScopes = scopes.New(scopes.AppsManage, scopes.AppGrantsManage, scopes.RolesManage, scopes.OrgsRead)

// owner returns whose credential c uses. clientID is the app's, if the caller
// knows that it is one's.
func (o org) owner(ctx context.Context, clientID string) (who Owner, note string, err error) {
	if clientID != "" {
		return o.ownerApp(ctx, clientID)
	}
	return o.ownerUser(ctx)
}

// ownerApp reads what role the app holds. That only advises: a 403 on the first
// write decides.
func (o org) ownerApp(ctx context.Context, clientID string) (who Owner, note string, err error) {
	who.ClientID = clientID
	held, err := o.clientRoles(ctx, clientID)
	switch {
	case err == nil && slices.ContainsFunc(held, func(a assignment) bool { return a.Type == RoleSuperAdmin }):
		who.Roles = types(held)
		return who, "", nil
	case err == nil:
		who.Roles = types(held)
		return who, fmt.Sprintf("the app %s, whose token does the work, does not hold SUPER_ADMIN (its roles: %s): the org will refuse to grant scopes and to assign roles",
			clientID, listed(who.Roles)), nil
	case fromOkta(err) && !invalidToken(err):
		return who, fmt.Sprintf("the roles of the app %s, whose token does the work, could not be read: %v", clientID, err), nil
	}
	return who, "", fmt.Errorf("oauthapp: checking the credential: %w", err)
}

// invalidToken reports whether an answer refuses the credential altogether.
func invalidToken(err error) bool {
	var e *oktaint.Error
	return errors.As(err, &e) && e.StatusCode == http.StatusUnauthorized && e.Code != "E0000015"
}

// ownerUser returns whose API token c uses, after checking that this user is a
// Super Admin. For an OAuth credential, which has no user, it returns the zero
// Owner and a note: there a 403 on the first write decides.
func (o org) ownerUser(ctx context.Context) (who Owner, note string, err error) {
	req, err := request.CurrentUser(ctx, o.c.Org)
	if err != nil {
		return who, "", err
	}
	var user struct {
		ID      string `json:"id"`
		Profile struct {
			Login string `json:"login"`
		} `json:"profile"`
	}
	if err := o.c.Do(req, &user); err != nil {
		switch status, _ := answered(err); status {
		case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound:
			return who, "the credential belongs to no user, so whether it may grant scopes shows only when it does", nil
		}
		return who, "", fmt.Errorf("oauthapp: checking the credential: %w", err)
	}
	if user.ID == "" {
		return who, "", errors.New("oauthapp: checking the credential: the answer names no user: is there a proxy between here and the org?")
	}
	who = Owner{ID: user.ID, Login: user.Profile.Login}
	held, err := o.assignments(ctx, "api", "v1", "users", user.ID, "roles")
	who.Roles = types(held)
	switch {
	case err == nil && slices.Contains(who.Roles, RoleSuperAdmin):
		return who, "", nil
	case err == nil:
		return who, "", notSuperAdmin(who.Login, "its roles: "+listed(who.Roles), nil)
	case lacks(err, oktaint.LacksRole):
		return who, "", notSuperAdmin(who.Login, "it may not even read its own roles", err)
	}
	if lacks(err, oktaint.LacksScope) {
		return who, fmt.Sprintf("the roles of %s could not be read: %v", who.Login, err), nil
	}
	return who, "", fmt.Errorf("oauthapp: reading the roles of %s: %w", who.Login, err)
}

func notSuperAdmin(login, why string, cause error) error {
	err := fmt.Errorf("oauthapp: the API token belongs to %s: %w (%s): use a token that a Super Admin has made", login, ErrNotSuperAdmin, why)
	if cause != nil {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return err
}
