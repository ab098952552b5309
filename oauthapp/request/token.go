package request

import (
	"context"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// CurrentUser reads the user to whom an API token belongs: GET /api/v1/users/me.
//
// It takes an API token, since an app that acts for itself is no user. Success is
// 200 with the user, whose id [UserRoles] takes.
func CurrentUser(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "users", "me")
}

// ListAPITokens lists the API tokens of the org, without their values: GET
// /api/v1/api-tokens.
//
// Scope okta.apiTokens.read. Success is 200 with a list, which is not paged.
func ListAPITokens(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "api-tokens")
}

// RevokeCurrentToken revokes the API token that the request itself carries:
// DELETE /api/v1/api-tokens/current.
//
// It takes an API token and no OAuth token. Success is 204. Errors: 401 E0000011,
// which after a retry means done.
func RevokeCurrentToken(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "api-tokens", "current")
}

// GetClientPrivileges reads whether the org gives every new service app the Super
// Admin role: GET /api/v1/org/settings/clientPrivilegesSetting.
//
// Scope okta.orgs.read. Success is 200 with {"clientPrivilegesSetting":bool}.
func GetClientPrivileges(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "org", "settings", "clientPrivilegesSetting")
}

// SetClientPrivileges sets what [GetClientPrivileges] reads: PUT
// /api/v1/org/settings/clientPrivilegesSetting. Okta advises false.
//
// Scope okta.orgs.manage. Success is 200.
func SetClientPrivileges(ctx context.Context, org oktaint.Org, superAdmin bool) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPut, nil, struct {
		Setting bool `json:"clientPrivilegesSetting"`
	}{superAdmin}, "api", "v1", "org", "settings", "clientPrivilegesSetting")
}
