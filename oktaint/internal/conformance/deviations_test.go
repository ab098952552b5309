package conformance

import (
	"slices"
	"testing"
)

const (
	asRecorded    = "recorded of every app; the document does not allow null"
	curve         = "RFC 7518 requires it; an EC key without it was recorded to be stored with crv null"
	keyProperties = "RFC 7517; the document declares it of the same key at /credentials/jwks only"
)

// What is wrong with the tokenWindow of an API token, and why.
const (
	windowPattern  = `/tokenWindow: string doesn't match the regular expression "^P(?:$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?:\d)(\d+H)?(\d+M)?(\d+S)?)?$"`
	windowRecorded = "recorded P30D every time, as in the document's own example; its pattern loses its lookahead here"
)

var nullsOfApp = []string{
	"/accessibility/errorRedirectUrl: Value is not nullable",
	"/accessibility/loginRedirectUrl: Value is not nullable",
	"/settings/notes/admin: Value is not nullable",
	"/settings/notes/enduser: Value is not nullable",
	"/settings/notifications/vpn/helpUrl: Value is not nullable",
	"/settings/notifications/vpn/message: Value is not nullable",
	"/settings/oauthClient/client_uri: Value is not nullable",
	"/settings/oauthClient/logo_uri: Value is not nullable",
}

var nullsOfEvent = []string{
	"/[]/actor/detailEntry: Value is not nullable",
	`/[]/authenticationContext/authenticationProvider: value is not one of the allowed values ["ACTIVE_DIRECTORY","FACTOR_PROVIDER","FEDERATION","LDAP","OKTA_AUTHENTICATION_PROVIDER","SOCIAL"]`,
	`/[]/authenticationContext/credentialProvider: value is not one of the allowed values ["DUO","GOOGLE","OKTA_AUTHENTICATION_PROVIDER","OKTA_CREDENTIAL_PROVIDER","RSA","SYMANTEC","YUBIKEY"]`,
	`/[]/authenticationContext/credentialType: value is not one of the allowed values ["ASSERTION","CERTIFICATE","DEVICE_UDID","EMAIL","IWA","JWT","OAuth 2.0","OKTA_CLIENT_SESSION","OTP","PASSWORD","PRE_SHARED_SYMMETRIC_KEY","SMS"]`,
	"/[]/authenticationContext/interface: Value is not nullable",
	"/[]/authenticationContext/issuer: Value is not nullable",
	"/[]/client/id: Value is not nullable",
	"/[]/outcome/reason: Value is not nullable",
	"/[]/request/ipChain/[]/source: Value is not nullable",
}

// deviations lists where answers of Okta were recorded that its documents do
// not allow. The simulated org does as recorded.
var deviations = []accepted{
	{[]string{"POST /api/v1/apps", "GET /api/v1/apps/{appId}", "PUT /api/v1/apps/{appId}"}, "answer", nullsOfApp, asRecorded},
	{[]string{"GET /api/v1/apps"}, "answer", ofElements(nullsOfApp), asRecorded},
	{[]string{"GET /api/v1/org"}, "answer", []string{
		"/_links/logo: Value is not nullable", "/address1: Value is not nullable", "/address2: Value is not nullable",
		"/city: Value is not nullable", "/country: Value is not nullable", "/expiresAt: Value is not nullable",
		"/postalCode: Value is not nullable", "/state: Value is not nullable",
	}, asRecorded},
	{[]string{"GET /api/v1/apps"}, "answer", []string{
		`/[]/name: value is not one of the allowed values ["oidc_client"]`,
	}, "recorded of Okta's own apps; the document knows one name of apps with OpenID Connect"},
	{[]string{"POST /api/v1/apps/{appId}/grants"}, "answer", []string{"status 200: not declared"}, "recorded 200 every time; the document says 201"},
	{[]string{"POST /oauth2/v1/clients/{clientId}/roles"}, "answer", []string{"status 201: not declared"}, "recorded 201 every time; the document says 200"},
	{[]string{"POST /oauth2/v1/token"}, "answer", []string{
		`/token_type: value is not one of the allowed values ["Bearer","N_A"]`,
	}, "recorded DPoP of a client that must send proofs"},
	{[]string{"GET /api/v1/api-tokens"}, "answer", []string{
		"/[]" + windowPattern,
	}, windowRecorded},
	{[]string{"GET /api/v1/logs"}, "answer", nullsOfEvent, "recorded; the document does not allow null"},
}

// unrecordedDeviations lists where the simulated org differs from the documents
// on better authority than a document, without a recording.
var unrecordedDeviations = []accepted{
	{[]string{"GET /api/v1/apps/{appId}/credentials/jwks"}, "answer", []string{
		"/: value must be an array",
	}, "Okta answers a JWK Set, as its own clients read it"},
	{[]string{"GET /oauth2/v1/clients/{clientId}/roles"}, "answer", []string{
		`response header Content-Type has unexpected value: ""`,
	}, "a token that lacks the scope is told so in WWW-Authenticate, as Okta documents; the answer has no body"},
}

// requestDeviations lists what the library sends although the documents do not
// declare it.
var requestDeviations = []accepted{
	{[]string{"POST /api/v1/apps", "PUT /api/v1/apps/{appId}"}, "request", []string{
		"/settings/oauthClient/jwks/keys/[]/alg: not declared",
	}, keyProperties},
	{[]string{"POST /api/v1/apps"}, "request", []string{
		"/settings/oauthClient/jwks/keys/[]/crv: not declared",
	}, curve},
	{[]string{"POST /api/v1/apps/{appId}/credentials/jwks"}, "request", []string{"/crv: not declared"}, curve},
	{[]string{"GET /oauth2/v1/clients/{clientId}/roles"}, "request", []string{"query expand: not declared"}, targetsOfClients},
}

const targetsOfClients = "as a collector of others asks; users and groups have it in the documents"

func ofElements(problems []string) []string {
	out := make([]string, len(problems))
	for i, p := range problems {
		out[i] = "/[]" + p
	}
	return out
}

// TestDeviationsAreRecorded holds the recorded answers against the documents:
// what deviations says of Okta must be among what they are found not to allow.
func TestDeviationsAreRecorded(t *testing.T) {
	t.Parallel()
	docs, all := openAPI(t), recorded(t)
	w := &watch{docs: docs}
	for _, e := range all {
		if err := w.recordedAnswer(origin, e); err != nil {
			t.Error(err)
		}
	}
	if _, gone := judge(w.found, slices.Concat(deviations, groupDeviations)); len(gone) > 0 {
		t.Errorf("not recorded: %v", gone)
	}
}

// goldenDeviations is requestDeviations for the golden requests.
var goldenDeviations = []accepted{
	{[]string{"CreateApp.http", "CreateApp_clientid.http", "CreateApp_dpop.http", "CreateApp_ec.http", "CreateApp_network.http"}, "request", []string{
		"/settings/oauthClient/jwks/keys/[]/alg: not declared",
	}, keyProperties},
	{[]string{"CreateApp_ec.http"}, "request", []string{"/settings/oauthClient/jwks/keys/[]/crv: not declared"}, curve},
	{[]string{"AddKey_ec.http"}, "request", []string{"/crv: not declared"}, curve},
}
