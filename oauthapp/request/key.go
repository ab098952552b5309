package request

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// activeKey is a public key as Okta registers it: a JWK with a status.
type activeKey struct{ oktaint.PublicKey }

// MarshalJSON appends the status to the JWK.
func (k activeKey) MarshalJSON() ([]byte, error) {
	b, err := k.PublicKey.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return append(b[:len(b)-1], `,"status":"ACTIVE"}`...), nil
}

var _ json.Marshaler = activeKey{}

// ListKeys lists an app's keys: GET /api/v1/apps/{appId}/credentials/jwks.
//
// Scope okta.apps.read. Success is 200. Three shapes of the answer are
// documented: a list, {"keys":[...]} and {"jwks":{"keys":[...]}}. Errors: 404
// E0000007.
func ListKeys(ctx context.Context, org oktaint.Org, appID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "apps", appID, "credentials", "jwks")
}

// AddKey registers one more active key: POST
// /api/v1/apps/{appId}/credentials/jwks.
//
// Scope okta.apps.manage; for an app with grants of Okta's scopes only a Super
// Admin may. Success is 201 with the key, whose id (pks...), not its kid, is what
// the other calls take. Errors: 400 E0000001 with causes, for a kid that exists,
// a kid that another key lacks, a short key, and the 51st key; 404 E0000007.
func AddKey(ctx context.Context, org oktaint.Org, appID string, key oktaint.PublicKey) (*http.Request, error) {
	if key.IsZero() {
		return nil, errors.New("request: there is no key to add: take it from oktaint.Key.Public")
	}
	return org.NewRequest(ctx, http.MethodPost, nil, activeKey{key}, "api", "v1", "apps", appID, "credentials", "jwks")
}

// ActivateKey activates a key: POST
// /api/v1/apps/{appId}/credentials/jwks/{keyId}/lifecycle/activate.
//
// Scope okta.apps.manage. Success is 200 with the key. Errors: 404 E0000007.
func ActivateKey(ctx context.Context, org oktaint.Org, appID, keyID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, nil, nil, "api", "v1", "apps", appID, "credentials", "jwks", keyID, "lifecycle", "activate")
}

// DeactivateKey deactivates a key: POST
// /api/v1/apps/{appId}/credentials/jwks/{keyId}/lifecycle/deactivate.
//
// Scope okta.apps.manage. Success is 200 with the key. Errors: 400 E0000001 for
// the only active one; 404 E0000007.
func DeactivateKey(ctx context.Context, org oktaint.Org, appID, keyID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, nil, nil, "api", "v1", "apps", appID, "credentials", "jwks", keyID, "lifecycle", "deactivate")
}

// DeleteKey deletes an inactive key: DELETE
// /api/v1/apps/{appId}/credentials/jwks/{keyId}.
//
// Scope okta.apps.manage. Success is 204. Errors: 400 E0000001 for an active one;
// 404 E0000007.
func DeleteKey(ctx context.Context, org oktaint.Org, appID, keyID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "apps", appID, "credentials", "jwks", keyID)
}
