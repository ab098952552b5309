package request

import (
	"context"
	"errors"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// AssignRole assigns a standard admin role, such as READ_ONLY_ADMIN, to an app:
// POST /oauth2/v1/clients/{clientId}/roles. It takes the client id, not the app's
// id.
//
// Scope okta.roles.manage, and only a Super Admin may. Success is 201 as recorded,
// or 200 as documented, with the assignment. Errors: 400 E0000227 if the app is no
// service app; 404 E0000007; 409 E0000263 or E0000090 if the role is assigned
// already; 409 E0000268 if another request is changing assignments: try again.
func AssignRole(ctx context.Context, org oktaint.Org, clientID, role string) (*http.Request, error) {
	switch role {
	case "":
		return nil, errors.New("request: there is no role to assign: name one such as READ_ONLY_ADMIN")
	case "CUSTOM":
		return nil, errors.New("request: a custom role is held over a resource set: use CreateBinding")
	}
	return org.NewRequest(ctx, http.MethodPost, nil, struct {
		Type string `json:"type"`
	}{role}, "oauth2", "v1", "clients", clientID, "roles")
}

// ListRoles lists the admin roles of an app: GET
// /oauth2/v1/clients/{clientId}/roles.
//
// Scope okta.roles.read. Success is 200 with a list, which is not paged. Errors:
// 404 E0000007.
func ListRoles(ctx context.Context, org oktaint.Org, clientID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "oauth2", "v1", "clients", clientID, "roles")
}

// UnassignRole takes a role from an app by the assignment's id: DELETE
// /oauth2/v1/clients/{clientId}/roles/{roleAssignmentId}.
//
// Scope okta.roles.manage, and only a Super Admin may. Success is 204. Errors: 404
// E0000007, which after a retry means done; 409 E0000268.
func UnassignRole(ctx context.Context, org oktaint.Org, clientID, assignmentID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "oauth2", "v1", "clients", clientID, "roles", assignmentID)
}

// UserRoles lists the admin roles of a user: GET /api/v1/users/{userId}/roles. It
// tells whether the owner of an API token may do what only a Super Admin may.
//
// Scope okta.roles.read. Success is 200 with a list, which is not paged. Errors:
// 404 E0000007.
func UserRoles(ctx context.Context, org oktaint.Org, userID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "users", userID, "roles")
}
