package request

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Grant grants a scope to an app: POST /api/v1/apps/{appId}/grants, one scope a
// request. The issuer is the org itself, so org must be its canonical URL
// ([oktaint.Discover]).
//
// Scope okta.appGrants.manage, and only a Super Admin may. Success is 201 as
// documented, or 200 as recorded, with the grant. Errors: 400 E0000001 for a scope
// that the org does not have; 404 E0000007. What a second grant of the same scope
// answers is not known: list the grants first, and list them again after an error.
func Grant(ctx context.Context, org oktaint.Org, appID string, scope scopes.Scope) (*http.Request, error) {
	if scope == "" {
		return nil, errors.New("request: there is no scope to grant")
	}
	if one, err := scopes.Parse(string(scope)); err != nil || one != scopes.New(scope) || one.Len() != 1 {
		return nil, fmt.Errorf("request: %.40q is not the name of one scope: Okta grants one a request", scope)
	}
	return org.NewRequest(ctx, http.MethodPost, nil, struct {
		ScopeID scopes.Scope `json:"scopeId"`
		Issuer  string       `json:"issuer"`
	}{scope, org.String()}, "api", "v1", "apps", appID, "grants")
}

// ListGrants lists an app's grants: GET /api/v1/apps/{appId}/grants.
//
// Scope okta.appGrants.read. Success is 200 with a list, which is not paged.
// Grants whose status is not ACTIVE do not count. Errors: 404 E0000007.
func ListGrants(ctx context.Context, org oktaint.Org, appID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "apps", appID, "grants")
}

// RevokeGrant takes a grant back by its id (oag...), not by its scope: DELETE
// /api/v1/apps/{appId}/grants/{grantId}. It counts from the next token on.
//
// Scope okta.appGrants.manage, and only a Super Admin may. Success is 204. Errors:
// 404 E0000007, which after a retry means done.
func RevokeGrant(ctx context.Context, org oktaint.Org, appID, grantID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "apps", appID, "grants", grantID)
}
