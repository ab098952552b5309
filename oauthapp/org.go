package oauthapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// org is what this package reads of an Okta org.
type org struct{ c *oktaint.Client }

// collect returns all items of a list, or its error.
func collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	var all []T
	for item, err := range list {
		if err != nil {
			return nil, err
		}
		all = append(all, item)
	}
	return all, nil
}

// owner returns whose API token c uses, after checking that this user is a
// Super Admin. For an OAuth credential, which has no user, it returns the zero
// Owner and a note: there a 403 on the first write decides.
func (o org) owner(ctx context.Context) (who Owner, note string, err error) {
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
	who.Roles, err = o.roles(ctx, "api", "v1", "users", user.ID, "roles")
	switch {
	case err == nil && slices.Contains(who.Roles, RoleSuperAdmin):
		return who, "", nil
	case err == nil:
		return who, "", notSuperAdmin(who.Login, "its roles: "+listed(who.Roles), nil)
	case oktaint.MissingRole(err):
		return who, "", notSuperAdmin(who.Login, "it may not even read its own roles", err)
	}
	if _, missing := oktaint.MissingScope(err); missing {
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

// roles returns the types of the active roles in the list at a path.
func (o org) roles(ctx context.Context, elem ...string) ([]string, error) {
	type role struct {
		Type   string `json:"type"`
		Status string `json:"status"` // absent for custom roles
	}
	list, err := collect(oktaint.List[role](ctx, o.c, nil, elem...))
	if err != nil {
		return nil, err
	}
	var types []string
	for _, r := range list {
		if r.Status == "" || r.Status == "ACTIVE" {
			types = append(types, r.Type)
		}
	}
	slices.Sort(types)
	return slices.Compact(types), nil
}

// clientRoles returns the types of the active roles of a client.
func (o org) clientRoles(ctx context.Context, clientID string) ([]string, error) {
	return o.roles(ctx, "oauth2", "v1", "clients", clientID, "roles")
}

// grants returns the scopes that are granted to an app and not revoked.
func (o org) grants(ctx context.Context, appID string) (scopes.Set, error) {
	type grant struct {
		Scope  scopes.Scope `json:"scopeId"`
		Status string       `json:"status"`
	}
	list, err := collect(oktaint.List[grant](ctx, o.c, nil, "api", "v1", "apps", appID, "grants"))
	if err != nil {
		return scopes.Set{}, err
	}
	var active []scopes.Scope
	for _, g := range list {
		if g.Status == "ACTIVE" {
			active = append(active, g.Scope)
		}
	}
	return scopes.New(active...), nil
}

// clientPrivileges returns whether the org makes new service apps Super Admin.
// An org that refuses to say is a note, no error.
func (o org) clientPrivileges(ctx context.Context) (on bool, note string, err error) {
	req, err := request.GetClientPrivileges(ctx, o.c.Org)
	if err != nil {
		return false, "", err
	}
	var setting struct {
		On *bool `json:"clientPrivilegesSetting"`
	}
	err = o.c.Do(req, &setting)
	switch {
	case err == nil && setting.On != nil:
		return *setting.On, "", nil
	case err == nil:
		err = errors.New("the answer does not hold it")
	case !fromOkta(err):
		return false, "", fmt.Errorf("oauthapp: reading the client-privileges setting: %w", err)
	}
	return false, fmt.Sprintf("whether the org makes new service apps Super Admin could not be read: %v", err), nil
}

// keys returns the client keys of an app from its keys endpoint, which has
// answered in three shapes: a list, {"keys": list} and {"jwks": {"keys": list}}.
func (o org) keys(ctx context.Context, appID string) ([]json.RawMessage, error) {
	req, err := request.ListKeys(ctx, o.c.Org, appID)
	if err != nil {
		return nil, err
	}
	var body json.RawMessage
	if err := o.c.Do(req, &body); err != nil {
		return nil, fmt.Errorf("oauthapp: reading the keys of app %s: %w", appID, err)
	}
	keys, err := parseKeys(body)
	if err != nil {
		return nil, fmt.Errorf("oauthapp: reading the keys of app %s: %w", appID, err)
	}
	return keys, nil
}

func parseKeys(body []byte) ([]json.RawMessage, error) {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && list != nil {
		return list, nil
	}
	type set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	var object struct {
		set
		JWKS *set `json:"jwks"`
	}
	if err := json.Unmarshal(body, &object); err != nil {
		return nil, fmt.Errorf("the answer is no set of keys: %w", err)
	}
	if object.JWKS != nil {
		object.set = *object.JWKS
	}
	if object.Keys == nil {
		return nil, errors.New("the answer is no set of keys")
	}
	return object.Keys, nil
}
