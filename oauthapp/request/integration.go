package request

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// InstallIntegration authorises a store integration (API Service Integration):
// POST /integrations/api/v1/api-services. catalogueType is its key in Okta's
// catalogue. Properties are those the entry asks for; nil sends none.
//
// Scope okta.oauthIntegrations.manage, and only a Super Admin may. Success is 201
// with the instance, whose id is the client id and whose clientSecret is shown
// only here. Errors: 400 E0000001 with causes.
func InstallIntegration(ctx context.Context, org oktaint.Org, catalogueType string, granted scopes.Set, properties json.RawMessage) (*http.Request, error) {
	if catalogueType == "" || granted.IsEmpty() {
		return nil, errors.New("request: an integration needs its catalogue type and scopes")
	}
	return org.NewRequest(ctx, http.MethodPost, nil, struct {
		Type          string          `json:"type"`
		GrantedScopes []scopes.Scope  `json:"grantedScopes"`
		Properties    json.RawMessage `json:"properties,omitempty"`
	}{catalogueType, granted.Slice(), properties}, "integrations", "api", "v1", "api-services")
}

// ListIntegrations lists the instances: GET /integrations/api/v1/api-services.
//
// Scope okta.oauthIntegrations.read. Success is 200 with a list, paged by Link
// headers.
func ListIntegrations(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "integrations", "api", "v1", "api-services")
}

// GetIntegration reads an instance: GET /integrations/api/v1/api-services/{id}.
//
// Scope okta.oauthIntegrations.read. Success is 200. Errors: 404 E0000007.
func GetIntegration(ctx context.Context, org oktaint.Org, id string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "integrations", "api", "v1", "api-services", id)
}

// RemoveIntegration removes an instance with its grants: DELETE
// /integrations/api/v1/api-services/{id}. It need not be deactivated first.
//
// Scope okta.oauthIntegrations.manage. Success is 204. Errors: 404 E0000007, which
// after a retry means done.
func RemoveIntegration(ctx context.Context, org oktaint.Org, id string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "integrations", "api", "v1", "api-services", id)
}

// ListSecrets lists an instance's secrets, masked: GET
// /integrations/api/v1/api-services/{id}/credentials/secrets.
//
// Scope okta.oauthIntegrations.read. Success is 200 with a list. Errors: 404
// E0000007.
func ListSecrets(ctx context.Context, org oktaint.Org, id string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "integrations", "api", "v1", "api-services", id, "credentials", "secrets")
}

// CreateSecret makes a second secret: POST
// /integrations/api/v1/api-services/{id}/credentials/secrets.
//
// Scope okta.oauthIntegrations.manage. Success is 201; the secret is shown only
// here. Errors: 400 E0000001 for the third.
func CreateSecret(ctx context.Context, org oktaint.Org, id string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, nil, nil, "integrations", "api", "v1", "api-services", id, "credentials", "secrets")
}

// ActivateSecret activates a secret: POST
// /integrations/api/v1/api-services/{id}/credentials/secrets/{secretId}/lifecycle/activate.
//
// Scope okta.oauthIntegrations.manage. Success is 200. Errors: 404 E0000007.
func ActivateSecret(ctx context.Context, org oktaint.Org, id, secretID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, nil, nil, "integrations", "api", "v1", "api-services", id, "credentials", "secrets", secretID, "lifecycle", "activate")
}

// DeactivateSecret deactivates a secret: POST
// /integrations/api/v1/api-services/{id}/credentials/secrets/{secretId}/lifecycle/deactivate.
//
// Scope okta.oauthIntegrations.manage. Success is 200. Errors: 400 E0000001 for
// the only active one; 404 E0000007.
func DeactivateSecret(ctx context.Context, org oktaint.Org, id, secretID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, nil, nil, "integrations", "api", "v1", "api-services", id, "credentials", "secrets", secretID, "lifecycle", "deactivate")
}

// DeleteSecret deletes an inactive secret: DELETE
// /integrations/api/v1/api-services/{id}/credentials/secrets/{secretId}.
//
// Scope okta.oauthIntegrations.manage. Success is 204. Errors: 400 E0000001 for an
// active one; 404 E0000007.
func DeleteSecret(ctx context.Context, org oktaint.Org, id, secretID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "integrations", "api", "v1", "api-services", id, "credentials", "secrets", secretID)
}
