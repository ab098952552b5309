package conformance

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// runClosings validates the requests that close a way into an account: API tokens,
// enrollments, devices, links of identity providers, Universal Logout.
func runClosings(t *testing.T, docs *documents) []difference {
	t.Helper()
	o, _ := org(t)
	w := &watch{docs: docs, base: o.Transport()}
	client := &http.Client{Transport: w}
	for _, call := range closingCalls {
		user := o.AddUser(oktatest.User{Factors: []string{"sms"}})
		o.AddAPIToken(user)
		device, idp := o.AddDevice(user), o.AddIdP(oktatest.IdP{Type: "SAML2", Users: []string{user}})
		other := o.AddIdP(oktatest.IdP{Type: "SAML2", Unsuspends: true})
		access := o.Access(user)
		names := strings.NewReplacer("{user}", user, "{device}", device, "{idp}", idp, "{other}", other, "{token}", access.APITokens[0], "{enrollment}", access.Factors[0])
		for step := range strings.FieldsSeq(call.steps) {
			method, path, _ := strings.Cut(names.Replace(step), ":")
			var body any
			if method == http.MethodPost {
				body = call.body(user)
			}
			req := iamRequest(t, method, path, body)
			req.Header.Set("Authorization", "SSWS "+o.APIToken())
			if status, answer := do(t, client, req); status/100 != 2 {
				t.Errorf("%s: status %d: %s", step, status, answer)
			}
		}
	}
	return w.found
}

// closingCalls are the requests to make about a fresh user, one after another, with the body
// of those that have one.
var closingCalls = []struct {
	steps string
	body  func(user string) any
}{
	{"GET:/api/v1/api-tokens/{token} DELETE:/api/v1/api-tokens/{token} DELETE:/api/v1/users/{user}/authenticator-enrollments/{enrollment}", nil},
	{"GET:/api/v1/users/{user}/devices POST:/api/v1/devices/{device}/lifecycle/suspend GET:/api/v1/devices/{device} " +
		"POST:/api/v1/devices/{device}/lifecycle/unsuspend POST:/api/v1/devices/{device}/lifecycle/deactivate GET:/api/v1/devices/{device} " +
		"POST:/api/v1/devices/{device}/lifecycle/activate POST:/api/v1/devices/{device}/lifecycle/deactivate DELETE:/api/v1/devices/{device}", nothing},
	{"GET:/api/v1/users/{user}/idps GET:/api/v1/idps/{idp} GET:/api/v1/idps/{idp}/users GET:/api/v1/idps/{idp}/users/{user} " +
		"DELETE:/api/v1/idps/{idp}/users/{user} POST:/api/v1/idps/{other}/users/{user}", func(string) any { return map[string]any{"externalId": "ada"} }},
	{"POST:/oauth2/v1/global-token-revocation", func(user string) any {
		return map[string]any{"sub_id": map[string]any{"format": "opaque", "id": user}}
	}},
	{"POST:/oauth2/v1/global-token-revocation", func(string) any {
		return map[string]any{"sub_id": map[string]any{"format": "iss_sub", "iss": "urn:example:idp", "sub": "user-1"}}
	}},
}

// closingDeviations lists where the answers differ from the documents.
var closingDeviations = []accepted{
	{[]string{"GET /api/v1/users/{userId}/authenticator-enrollments"}, "answer", []string{"/: value must be an object"}, exampleHasIt},
	{[]string{"GET /api/v1/api-tokens/{apiTokenId}"}, "answer", []string{windowPattern}, windowRecorded},
}

func nothing(string) any { return nil }
