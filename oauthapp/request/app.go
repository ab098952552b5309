package request

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// MaxLabel is the length of an app's label at the most, in characters.
const MaxLabel = 100

// CheckLabel reports why label cannot be the label of an app: it has 1 to 100
// characters, and Okta stores none that take four bytes in UTF-8, such as emoji.
func CheckLabel(label string) error {
	switch n := utf8.RuneCountInString(label); {
	case !utf8.ValidString(label):
		return errors.New("request: the label is not valid UTF-8")
	case n == 0:
		return errors.New("request: the label is empty: give the app a name")
	case n > MaxLabel:
		return fmt.Errorf("request: the label has %d characters: Okta takes at most %d", n, MaxLabel)
	}
	for _, r := range label {
		if utf8.RuneLen(r) > 3 {
			return fmt.Errorf("request: the label has the character %q, which Okta cannot store: leave out emoji and other characters of four bytes", r)
		}
	}
	return nil
}

// An App is an OAuth service app to create.
type App struct {
	Label string            // required: see [CheckLabel]
	Key   oktaint.PublicKey // required: registered as the app's one active key

	// ClientID is the client id to be: 6 to 100 letters, digits and characters
	// of $-_.+!*'(),. Empty lets Okta choose, which makes it equal to the app's
	// id.
	ClientID string

	// DPoP binds the app's access tokens to a key (RFC 9449).
	DPoP bool

	// Network restricts where token requests may come from. Nil means
	// anywhere.
	Network *Network
}

// A Network names network zones by id (nzo...). Token requests are taken from
// those of Include, but not from those of Exclude; one of the two must name a
// zone. From elsewhere the token endpoint answers 403 access_denied.
type Network struct {
	Include []string
	Exclude []string
}

// checkClientID holds a client id that the caller chose against Okta's rules.
func checkClientID(id string) error {
	switch {
	case id == "":
		return nil
	case len(id) < 6 || len(id) > 100:
		return fmt.Errorf("request: the client id has %d characters: Okta takes 6 to 100", len(id))
	case id == "ALL_CLIENTS":
		return errors.New("request: the client id ALL_CLIENTS has a meaning of its own to Okta: choose another")
	}
	for _, r := range id {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("$-_.+!*'(),", r):
		default:
			return fmt.Errorf("request: the client id has the character %q: Okta takes letters, digits and $-_.+!*'(),", r)
		}
	}
	return nil
}

// The wire form of an app, in the order in which it was recorded.
type (
	wireApp struct {
		Label       string          `json:"label"`
		Name        string          `json:"name"`
		SignOnMode  string          `json:"signOnMode"`
		Credentials wireCredentials `json:"credentials"`
		Settings    wireSettings    `json:"settings"`
		Visibility  wireVisibility  `json:"visibility"`
	}
	wireCredentials struct {
		OAuthClient struct {
			ClientID      string `json:"client_id,omitempty"`
			AutoRotation  bool   `json:"autoKeyRotation"`
			PKCERequired  bool   `json:"pkce_required"`
			Authenticates string `json:"token_endpoint_auth_method"`
		} `json:"oauthClient"`
	}
	wireSettings struct {
		OAuthClient struct {
			ApplicationType string       `json:"application_type"`
			GrantTypes      []string     `json:"grant_types"`
			ResponseTypes   []string     `json:"response_types"`
			ConsentMethod   string       `json:"consent_method"`
			IssuerMode      string       `json:"issuer_mode"`
			Wildcard        string       `json:"wildcard_redirect"`
			DPoP            bool         `json:"dpop_bound_access_tokens"`
			Network         *wireNetwork `json:"network,omitempty"`
			JWKS            struct {
				Keys []activeKey `json:"keys"`
			} `json:"jwks"`
		} `json:"oauthClient"`
	}
	wireNetwork struct {
		Connection string   `json:"connection"`
		Include    []string `json:"include,omitempty"`
		Exclude    []string `json:"exclude,omitempty"`
	}
	wireVisibility struct {
		Hide struct {
			IOS bool `json:"iOS"`
			Web bool `json:"web"`
		} `json:"hide"`
	}
)

func (n *Network) wire() (*wireNetwork, error) {
	switch {
	case n == nil:
		return nil, nil
	case len(n.Include) == 0 && len(n.Exclude) == 0:
		return nil, errors.New("request: the network names no zone: leave Network nil to let token requests come from anywhere")
	}
	return &wireNetwork{Connection: "ZONE", Include: n.Include, Exclude: n.Exclude}, nil
}

// CreateApp makes an active service app that authenticates by private_key_jwt,
// with its key embedded: POST /api/v1/apps?activate=true.
//
// Scope okta.apps.manage. Success is 200 with the app, whose id takes grants and
// keys, and whose credentials.oauthClient.client_id takes roles and tokens.
// Errors: 400 E0000001 with causes. Labels are not unique: sending it twice makes
// two apps.
func CreateApp(ctx context.Context, org oktaint.Org, app App) (*http.Request, error) {
	if err := CheckLabel(app.Label); err != nil {
		return nil, err
	}
	if app.Key.IsZero() {
		return nil, errors.New("request: the app has no key: take it from oktaint.Key.Public")
	}
	if err := checkClientID(app.ClientID); err != nil {
		return nil, err
	}
	network, err := app.Network.wire()
	if err != nil {
		return nil, err
	}
	w := wireApp{Label: app.Label, Name: "oidc_client", SignOnMode: "OPENID_CONNECT"}
	c := &w.Credentials.OAuthClient
	c.ClientID, c.AutoRotation, c.Authenticates = app.ClientID, true, "private_key_jwt"
	s := &w.Settings.OAuthClient
	s.ApplicationType = "service"
	s.GrantTypes, s.ResponseTypes = []string{"client_credentials"}, []string{"token"}
	s.ConsentMethod, s.IssuerMode, s.Wildcard = "TRUSTED", "ORG_URL", "DISABLED"
	s.DPoP, s.Network = app.DPoP, network
	s.JWKS.Keys = []activeKey{{app.Key}}
	w.Visibility.Hide.IOS, w.Visibility.Hide.Web = true, true
	return org.NewRequest(ctx, http.MethodPost, url.Values{"activate": {"true"}}, w, "api", "v1", "apps")
}

// FindApps lists apps whose label or name starts with label: GET
// /api/v1/apps?limit=200&q=label. There is no exact filter: compare the labels.
// An empty label lists all apps.
//
// Scope okta.apps.read. Success is 200 with a list, paged by Link headers. An
// OAuth token of an app with no admin role may get an empty list, not an error.
func FindApps(ctx context.Context, org oktaint.Org, label string) (*http.Request, error) {
	q := url.Values{"limit": {"200"}}
	if label != "" {
		q.Set("q", label)
	}
	return org.NewRequest(ctx, http.MethodGet, q, nil, "api", "v1", "apps")
}

// GetApp reads an app: GET /api/v1/apps/{appId}.
//
// Scope okta.apps.read. Success is 200. Errors: 404 E0000007.
func GetApp(ctx context.Context, org oktaint.Org, appID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodGet, nil, nil, "api", "v1", "apps", appID)
}

// UpdateApp replaces an app: PUT /api/v1/apps/{appId}. Settings that are left out
// are lost, so app is what [GetApp] answered, changed.
//
// Scope okta.apps.manage. Success is 200 with the app. Errors: 400 E0000001 with
// causes; 400 E0000024 for a change that Okta does not make; 404 E0000007.
func UpdateApp(ctx context.Context, org oktaint.Org, appID string, app json.RawMessage) (*http.Request, error) {
	if !json.Valid(app) || !bytes.HasPrefix(bytes.TrimLeft(app, " \t\r\n"), []byte("{")) {
		return nil, errors.New("request: the app to update is not a JSON object: pass what GetApp answered, changed")
	}
	return org.NewRequest(ctx, http.MethodPut, nil, app, "api", "v1", "apps", appID)
}

// ActivateApp activates an app: POST /api/v1/apps/{appId}/lifecycle/activate.
//
// Scope okta.apps.manage. Success is 200. Errors: 404 E0000007. What a second call
// answers is not known.
func ActivateApp(ctx context.Context, org oktaint.Org, appID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, nil, nil, "api", "v1", "apps", appID, "lifecycle", "activate")
}

// DeactivateApp deactivates an app, after which it gets no tokens: POST
// /api/v1/apps/{appId}/lifecycle/deactivate.
//
// Scope okta.apps.manage. Success is 200. Errors: 404 E0000007.
func DeactivateApp(ctx context.Context, org oktaint.Org, appID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, nil, nil, "api", "v1", "apps", appID, "lifecycle", "deactivate")
}

// DeleteApp deletes an inactive app: DELETE /api/v1/apps/{appId}.
//
// Scope okta.apps.manage. Success is 204. Errors: 403 E0000056 for an active app;
// 404 E0000007, which after a retry means done; 500 E0000009 once in a while,
// after which it works.
func DeleteApp(ctx context.Context, org oktaint.Org, appID string) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "apps", appID)
}
