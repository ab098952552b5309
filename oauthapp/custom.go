package oauthapp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// RoleCustom is the type under which custom roles are listed.
const RoleCustom = "CUSTOM"

// ResponsePermissions returns the permissions of the custom role that an app
// gets if its scopes hold any of scopes.Remediation and Desired does not name
// others: to read users and groups, to change the status, sessions, factors and
// password of users, to change groups and their members, and to look whom not to
// act on: who holds an admin role, or an API token. They are no scopes, though
// they look alike.
func ResponsePermissions() []string {
	return []string{
		"okta.groups.create", "okta.groups.manage", "okta.groups.members.manage", "okta.groups.read",
		"okta.iam.read", "okta.users.apitokens.read",
		"okta.users.credentials.expirePassword", "okta.users.credentials.resetFactors", "okta.users.credentials.resetPassword",
		"okta.users.groupMembership.manage",
		"okta.users.lifecycle.activate", "okta.users.lifecycle.clearSessions", "okta.users.lifecycle.deactivate",
		"okta.users.lifecycle.suspend", "okta.users.lifecycle.unlock", "okta.users.lifecycle.unsuspend",
		"okta.users.read",
	}
}

// resources are what the custom role is held over: all users and all groups.
func resources() []string { return []string{"/api/v1/users", "/api/v1/groups"} }

// A customRole is the custom role of an app with its resource set, as far as
// they exist.
type customRole struct {
	roleID, setID string
	bound         bool     // the app holds the role over the set
	permissions   []string // sorted
}

// customLabel labels the custom role and the resource set of an app. Both
// labels are unique in an org, and the client id says whose they are, also
// after the app got another label.
func (d Desired) customLabel(clientID string) string {
	return d.Label + customSuffix(clientID)
}

func customSuffix(clientID string) string { return " (" + clientID + ")" }

// requestRole returns the custom role of an app.
func (d Desired) requestRole(clientID string) request.Role {
	return request.Role{
		Label:       d.customLabel(clientID),
		Description: "Response actions of the app " + d.Label,
		Permissions: d.Permissions,
	}
}

// requestSet returns the resource set of an app.
func (d Desired) requestSet(clientID string) request.ResourceSet {
	return request.ResourceSet{
		Label:       d.customLabel(clientID),
		Description: "All users and groups, for the app " + d.Label,
		Resources:   resources(),
	}
}

// customRole finds the custom role of a client: among the roles that it holds,
// or, with all, among those of the org, where one may be that an earlier run
// has left half done.
func (o org) customRole(ctx context.Context, clientID string, held []oktaint.HeldRole, all bool) (c customRole, err error) {
	suffix := customSuffix(clientID)
	for _, h := range held {
		if h.Type == RoleCustom && strings.HasSuffix(h.Label, suffix) && h.Role != "" && h.ResourceSet != "" {
			c = customRole{roleID: h.Role, setID: h.ResourceSet, bound: true}
		}
	}
	if !c.bound && all {
		if c, err = o.unboundRole(ctx, suffix); err != nil {
			return c, err
		}
	}
	if c.roleID == "" {
		return c, nil
	}
	c.permissions, err = o.permissions(ctx, c.roleID)
	return c, err
}

// unboundRole looks through all custom roles and resource sets.
func (o org) unboundRole(ctx context.Context, suffix string) (c customRole, err error) {
	var g errgroup.Group
	g.Go(func() (err error) {
		c.roleID, err = o.customRoleID(ctx, suffix)
		return err
	})
	g.Go(func() (err error) {
		c.setID, err = o.resourceSetID(ctx, suffix)
		return err
	})
	if err := g.Wait(); err != nil || c.roleID == "" || c.setID == "" {
		return c, err
	}
	c.bound, err = o.bound(ctx, c.setID, c.roleID)
	return c, err
}

// hasCustomRoles returns an error if the org shows no custom roles, which then
// cannot be made either.
func (o org) hasCustomRoles(ctx context.Context) error {
	_, err := o.customRoleID(ctx, "") // any of them
	if oktaint.Lacks(err, oktaint.LacksFeature) {
		return fmt.Errorf("%w: the org does not have custom roles: ask for no permissions, and for a standard role such as HELP_DESK_ADMIN", err)
	}
	return err
}

// customRoleID returns the id of the custom role whose label ends with suffix,
// "" if there is none.
func (o org) customRoleID(ctx context.Context, suffix string) (string, error) {
	return o.labelled(ctx, request.ListCustomRoles, suffix)
}

// resourceSetID does the same for resource sets.
func (o org) resourceSetID(ctx context.Context, suffix string) (string, error) {
	return o.labelled(ctx, request.ListResourceSets, suffix)
}

func (o org) labelled(ctx context.Context, build func(context.Context, oktaint.Org) (*http.Request, error), suffix string) (string, error) {
	req, err := build(ctx, o.c.Org)
	if err != nil {
		return "", err
	}
	type thing struct {
		ID    string `json:"id"`
		Label string `json:"label"`
	}
	for t, err := range oktaint.ListRequest[thing](o.c, req) {
		if err != nil {
			return "", fmt.Errorf("oauthapp: looking for the app's custom role: %w", err)
		}
		if strings.HasSuffix(t.Label, suffix) {
			return t.ID, nil
		}
	}
	return "", nil
}

// permissions returns the permissions of a custom role, sorted.
func (o org) permissions(ctx context.Context, roleID string) ([]string, error) {
	type permission struct {
		Label string `json:"label"`
	}
	req, err := request.ListPermissions(ctx, o.c.Org, roleID)
	if err != nil {
		return nil, err
	}
	list, err := collect(oktaint.ListRequest[permission](o.c, req))
	if err != nil {
		return nil, fmt.Errorf("oauthapp: reading the permissions of the custom role %s: %w", roleID, err)
	}
	var names []string
	for _, p := range list {
		names = append(names, p.Label)
	}
	slices.Sort(names)
	return names, nil
}

// bound reports whether a role is held over a resource set. The set is made for
// one app, so that app holds it.
func (o org) bound(ctx context.Context, setID, roleID string) (bool, error) {
	req, err := request.GetBinding(ctx, o.c.Org, setID, roleID)
	if err != nil {
		return false, err
	}
	var found binding
	err = o.c.Do(req, oktaint.Checked(&found, found.is))
	if oktaint.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}

// A binding is what Okta answers about one: its id, which is that of the role, or
// links alone.
type binding struct {
	ID    string          `json:"id"`
	Links json.RawMessage `json:"_links"`
}

func (b *binding) is() bool { return b.ID != "" || len(b.Links) > 0 }
