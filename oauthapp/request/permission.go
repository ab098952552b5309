package request

import (
	"context"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// ListPermissions lists the permissions of a custom role: GET
// /api/v1/iam/roles/{roleIdOrLabel}/permissions.
//
// Scope okta.roles.read. Success is 200 with {"permissions":[...]}, each named by
// its label. Errors: 404 E0000007.
func ListPermissions(ctx context.Context, org oktaint.Org, roleIDOrLabel string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "iam", "roles", roleIDOrLabel, "permissions")
}

// AddPermission adds a permission, such as okta.users.read, to a custom role: POST
// /api/v1/iam/roles/{roleIdOrLabel}/permissions/{permissionType}.
//
// Scope okta.roles.manage, and only a Super Admin may. Success is 204. Errors: 400
// E0000001 with causes; 404 E0000007.
func AddPermission(ctx context.Context, org oktaint.Org, roleIDOrLabel, permission string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, nil, nil, "api", "v1", "iam", "roles", roleIDOrLabel, "permissions", permission)
}

// RemovePermission takes a permission from a custom role: DELETE
// /api/v1/iam/roles/{roleIdOrLabel}/permissions/{permissionType}.
//
// Scope okta.roles.manage, and only a Super Admin may. Success is 204. Errors: 404
// E0000007, which after a retry means done.
func RemovePermission(ctx context.Context, org oktaint.Org, roleIDOrLabel, permission string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "iam", "roles", roleIDOrLabel, "permissions", permission)
}
