package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// BootstrapScopes are what the OAuth token of an app needs to do the work of
// this package. The app also needs the role SUPER_ADMIN.
var BootstrapScopes = scopes.New(scopes.AppsManage, scopes.AppGrantsManage, scopes.RolesManage, scopes.OrgsRead)

// owner returns whose credential the client uses, after checking that a user is a
// Super Admin. The roles of an app only advise: whether the org refuses the first
// write decides.
func (o org) owner(ctx context.Context) (who Owner, note string, err error) {
	me, err := oktaint.WhoAmI(ctx, o.c)
	switch {
	case err != nil && belongsToNoUser(err):
		return who, "the credential belongs to no user, so whether it may grant scopes shows only when it does", nil
	case err != nil:
		return who, "", fmt.Errorf("oauthapp: checking the credential: %w", err)
	}
	who = Owner{ID: me.UserID, Login: me.Login, ClientID: me.ClientID, Roles: me.RoleTypes()}
	if _, ok := fromOkta(me.RolesErr); me.RolesErr != nil && !ok {
		return who, "", fmt.Errorf("oauthapp: reading the roles of %s: %w", who.name(), me.RolesErr)
	}
	if me.Holds(RoleSuperAdmin) {
		return who, "", nil
	}
	if who.ClientID != "" {
		return who, who.adviseApp(me.RolesErr), nil
	}
	note, err = who.checkUser(me.RolesErr)
	return who, note, err
}

// belongsToNoUser reports whether the org names no user for the credential, such as
// for an OAuth token that the caller's own HTTP client adds.
func belongsToNoUser(err error) bool {
	e, ok := fromOkta(err)
	return ok && (e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusForbidden || oktaint.IsNotFound(err))
}

// name is what people call the owner.
func (w Owner) name() string {
	if w.ClientID != "" {
		return "the app " + w.ClientID + ", whose token does the work,"
	}
	return w.Login
}

// adviseApp says what an app without SUPER_ADMIN will not be able to do.
func (w Owner) adviseApp(rolesErr error) string {
	if rolesErr != nil {
		return fmt.Sprintf("the roles of %s could not be read: %v", w.name(), rolesErr)
	}
	return fmt.Sprintf("%s does not hold SUPER_ADMIN (its roles: %s): the org will refuse to grant scopes and to assign roles", w.name(), listed(w.Roles))
}

// checkUser is an error unless the user may be a Super Admin.
func (w Owner) checkUser(rolesErr error) (note string, err error) {
	switch {
	case rolesErr == nil:
		return "", notSuperAdmin(w.Login, "its roles: "+listed(w.Roles), nil)
	case oktaint.Lacks(rolesErr, oktaint.LacksRole):
		return "", notSuperAdmin(w.Login, "it may not even read its own roles", rolesErr)
	case oktaint.Lacks(rolesErr, oktaint.LacksScope):
		return fmt.Sprintf("the roles of %s could not be read: %v", w.Login, rolesErr), nil
	}
	return "", fmt.Errorf("oauthapp: reading the roles of %s: %w", w.Login, rolesErr)
}

func notSuperAdmin(login, why string, cause error) error {
	err := fmt.Errorf("oauthapp: the API token belongs to %s: %w (%s): use a token that a Super Admin has made", login, ErrNotSuperAdmin, why)
	if cause != nil {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return err
}

// refusesCredential reports whether the org refuses the credential altogether.
func refusesCredential(err error) bool {
	var e *oktaint.Error
	return errors.As(err, &e) && e.StatusCode == http.StatusUnauthorized && !oktaint.Lacks(err, oktaint.LacksFeature)
}
