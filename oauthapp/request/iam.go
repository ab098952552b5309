package request

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A Role is a custom admin role to create.
type Role struct {
	Label       string   `json:"label"`       // required, unique in the org
	Description string   `json:"description"` // required by Okta
	Permissions []string `json:"permissions"` // such as okta.users.lifecycle.suspend: no scopes, though they look alike
}

// CreateCustomRole makes a custom role: POST /api/v1/iam/roles.
//
// Scope okta.roles.manage, and only a Super Admin may. Success is 200 with the
// role (cr0...). Errors: 400 E0000001 with causes.
func CreateCustomRole(ctx context.Context, org oktaint.Org, role Role) (*http.Request, error) {
	if role.Label == "" || role.Description == "" || len(role.Permissions) == 0 {
		return nil, errors.New("request: a custom role needs a label, a description and permissions")
	}
	return org.NewRequest(ctx, http.MethodPost, nil, role, "api", "v1", "iam", "roles")
}

// ListCustomRoles lists the custom roles: GET /api/v1/iam/roles.
//
// Scope okta.roles.read. Success is 200 with {"roles":[...]}, paged by
// _links.next in the body.
func ListCustomRoles(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "iam", "roles")
}

// GetCustomRole reads a custom role by its id or label: GET
// /api/v1/iam/roles/{roleIdOrLabel}.
//
// Scope okta.roles.read. Success is 200. Errors: 404 E0000007.
func GetCustomRole(ctx context.Context, org oktaint.Org, roleIDOrLabel string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "iam", "roles", roleIDOrLabel)
}

// DeleteCustomRole deletes a custom role: DELETE
// /api/v1/iam/roles/{roleIdOrLabel}.
//
// Scope okta.roles.manage, and only a Super Admin may. Success is 204. Errors: 404
// E0000007, which after a retry means done.
func DeleteCustomRole(ctx context.Context, org oktaint.Org, roleIDOrLabel string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "iam", "roles", roleIDOrLabel)
}

// A ResourceSet is a set of resources to create, over which a custom role is
// held.
type ResourceSet struct {
	Label       string // required, unique in the org
	Description string // required by Okta

	// Resources are paths in the org, such as /api/v1/users, full URLs, or
	// ORNs. A permission whose kind of resource is not in the set does nothing,
	// and Okta does not say so.
	Resources []string
}

// CreateResourceSet makes a resource set: POST /api/v1/iam/resource-sets. Paths
// are sent as full URLs of the org.
//
// Scope okta.roles.manage, and only a Super Admin may. Success is 200 with the set
// (iam...). Errors: 400 E0000001 with causes; a set has at most 1,000 resources.
func CreateResourceSet(ctx context.Context, org oktaint.Org, set ResourceSet) (*http.Request, error) {
	if set.Label == "" || set.Description == "" || len(set.Resources) == 0 {
		return nil, errors.New("request: a resource set needs a label, a description and resources")
	}
	resources := make([]string, len(set.Resources))
	for i, r := range set.Resources {
		switch {
		case strings.HasPrefix(r, "/"):
			resources[i] = org.String() + r
		case strings.HasPrefix(r, "https://"), strings.HasPrefix(r, "orn:"):
			resources[i] = r
		default:
			return nil, fmt.Errorf("request: %.60q is no resource: write a path such as /api/v1/users, a full URL or an ORN", r)
		}
	}
	return org.NewRequest(ctx, http.MethodPost, nil, struct {
		Label       string   `json:"label"`
		Description string   `json:"description"`
		Resources   []string `json:"resources"`
	}{set.Label, set.Description, resources}, "api", "v1", "iam", "resource-sets")
}

// ListResourceSets lists the resource sets: GET /api/v1/iam/resource-sets.
//
// Scope okta.roles.read. Success is 200 with {"resource-sets":[...]}, paged by
// _links.next in the body.
func ListResourceSets(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "iam", "resource-sets")
}

// GetResourceSet reads a resource set by its id or label: GET
// /api/v1/iam/resource-sets/{resourceSetIdOrLabel}.
//
// Scope okta.roles.read. Success is 200. Errors: 404 E0000007.
func GetResourceSet(ctx context.Context, org oktaint.Org, setIDOrLabel string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "iam", "resource-sets", setIDOrLabel)
}

// DeleteResourceSet deletes a resource set: DELETE
// /api/v1/iam/resource-sets/{resourceSetIdOrLabel}.
//
// Scope okta.roles.manage, and only a Super Admin may. Success is 204. Errors: 404
// E0000007, which after a retry means done.
func DeleteResourceSet(ctx context.Context, org oktaint.Org, setIDOrLabel string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "iam", "resource-sets", setIDOrLabel)
}

// CreateBinding gives apps a custom role over a resource set: POST
// /api/v1/iam/resource-sets/{resourceSetIdOrLabel}/bindings. Okta prefers it to
// assigning the role to the client.
//
// Scope okta.roles.manage, and only a Super Admin may. Success is 200. Errors: 400
// E0000001 with causes; 404 E0000007.
func CreateBinding(ctx context.Context, org oktaint.Org, setIDOrLabel, roleIDOrLabel string, clientIDs ...string) (*http.Request, error) {
	if roleIDOrLabel == "" || len(clientIDs) == 0 {
		return nil, errors.New("request: a binding needs a role and a client")
	}
	members := make([]string, len(clientIDs))
	for i, id := range clientIDs {
		member, err := org.NewRequest(ctx, http.MethodGet, nil, nil, "oauth2", "v1", "clients", id)
		if err != nil {
			return nil, err
		}
		members[i] = member.URL.String()
	}
	return org.NewRequest(ctx, http.MethodPost, nil, struct {
		Role    string   `json:"role"`
		Members []string `json:"members"`
	}{roleIDOrLabel, members}, "api", "v1", "iam", "resource-sets", setIDOrLabel, "bindings")
}

// ListBindings lists the roles held over a resource set: GET
// /api/v1/iam/resource-sets/{resourceSetIdOrLabel}/bindings.
//
// Scope okta.roles.read. Success is 200 with {"roles":[...]}, paged by _links.next
// in the body. Errors: 404 E0000007.
func ListBindings(ctx context.Context, org oktaint.Org, setIDOrLabel string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "iam", "resource-sets", setIDOrLabel, "bindings")
}

// GetBinding reads a binding: GET
// /api/v1/iam/resource-sets/{resourceSetIdOrLabel}/bindings/{roleIdOrLabel}.
//
// Scope okta.roles.read. Success is 200. Errors: 404 E0000007.
func GetBinding(ctx context.Context, org oktaint.Org, setIDOrLabel, roleIDOrLabel string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "iam", "resource-sets", setIDOrLabel, "bindings", roleIDOrLabel)
}

// DeleteBinding takes a role over a resource set from all its members: DELETE
// /api/v1/iam/resource-sets/{resourceSetIdOrLabel}/bindings/{roleIdOrLabel}.
//
// Scope okta.roles.manage, and only a Super Admin may. Success is 204. Errors: 404
// E0000007, which after a retry means done.
func DeleteBinding(ctx context.Context, org oktaint.Org, setIDOrLabel, roleIDOrLabel string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "iam", "resource-sets", setIDOrLabel, "bindings", roleIDOrLabel)
}
