package oauthapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

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

// clientRoles returns the active roles of a client.
func (o org) clientRoles(ctx context.Context, clientID string) ([]oktaint.HeldRole, error) {
	req, err := request.ListRoles(ctx, o.c.Org, clientID)
	if err != nil {
		return nil, err
	}
	held, err := oktaint.HeldRoles(o.c, req)
	if err != nil {
		return nil, fmt.Errorf("oauthapp: reading the roles of client %s: %w", clientID, err)
	}
	return held, nil
}

// grants returns the ids of the grants of an app that are not revoked.
func (o org) grants(ctx context.Context, appID string) (map[scopes.Scope]string, error) {
	type grant struct {
		ID     string       `json:"id"`
		Scope  scopes.Scope `json:"scopeId"`
		Status string       `json:"status"`
	}
	req, err := request.ListGrants(ctx, o.c.Org, appID)
	if err != nil {
		return nil, err
	}
	list, err := collect(oktaint.ListRequest[grant](o.c, req))
	if err != nil {
		return nil, fmt.Errorf("oauthapp: reading the grants of app %s: %w", appID, err)
	}
	active := map[scopes.Scope]string{}
	for _, g := range list {
		if g.Status == "ACTIVE" {
			active[g.Scope] = g.ID
		}
	}
	return active, nil
}

// clientPrivileges returns whether the org makes new service apps Super Admin.
// If the org refuses to say, that is a note, not an error.
func (o org) clientPrivileges(ctx context.Context) (on bool, note string, err error) {
	req, err := request.GetClientPrivileges(ctx, o.c.Org)
	if err != nil {
		return false, "", err
	}
	var setting struct {
		On *bool `json:"clientPrivilegesSetting"`
	}
	err = o.c.Do(req, oktaint.Checked(&setting, func() bool { return setting.On != nil }))
	if err == nil {
		return *setting.On, "", nil
	}
	if _, ok := fromOkta(err); !ok {
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
		return nil, fmt.Errorf("the answer is not a set of keys: %w", err)
	}
	if object.JWKS != nil {
		object.set = *object.JWKS
	}
	if object.Keys == nil {
		return nil, errors.New("the answer is not a set of keys: is there a proxy between here and the org?")
	}
	return object.Keys, nil
}
