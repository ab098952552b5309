package conformance

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// runUsers validates the endpoints of users of the simulated org, each in a
// status that allows it.
func runUsers(t *testing.T, docs *documents) []difference {
	t.Helper()
	o, _ := org(t)
	w := &watch{docs: docs, base: o.Transport()}
	client := &http.Client{Transport: w}
	send := func(method, path string, body any) []byte {
		t.Helper()
		req := iamRequest(t, method, path, body)
		req.Header.Set("Authorization", "SSWS "+o.APIToken())
		status, answer := do(t, client, req)
		if status/100 != 2 {
			t.Errorf("%s %s: status %d: %s", method, path, status, answer)
		}
		return answer
	}
	for _, call := range userCalls {
		id := o.AddUser(oktatest.User{Status: call.status, Factors: []string{"sms"}, Sessions: 1, Clients: []string{"0oaclient"}})
		path := "/api/v1/users" + strings.ReplaceAll(call.path, "{id}", id)
		if strings.Contains(path, "{one}") { // the only one of the list above
			list, _, _ := strings.Cut(path, "/{one}")
			path = list + "/" + firstID(t, send("GET", list, nil))
		}
		send(call.method, path, call.body)
	}
	return w.found
}

// firstID returns the id of the first element of a list.
func firstID(t *testing.T, list []byte) string {
	t.Helper()
	var elements []struct{ ID string }
	if err := json.Unmarshal(list, &elements); err != nil || len(elements) == 0 {
		t.Fatalf("no element in %s", list)
	}
	return elements[0].ID
}

// userCalls are the requests to make, {id} being a user who was made with this
// status, and {one} the first of what is listed at the path before it.
var userCalls = []struct {
	status, method, path string
	body                 any
}{
	{"ACTIVE", "GET", "", nil},
	{"ACTIVE", "POST", "?activate=true", map[string]any{
		"profile":     map[string]any{"login": "ada@example.com", "email": "ada@example.com", "firstName": "Ada", "lastName": "Smith"},
		"credentials": map[string]any{"password": map[string]any{"value": samplePassword}},
	}},
	{"ACTIVE", "GET", "/{id}", nil},
	{"ACTIVE", "POST", "/{id}", map[string]any{"profile": map[string]any{"city": "Oslo"}}},
	{"ACTIVE", "PUT", "/{id}", map[string]any{
		"profile": map[string]any{"login": "bob@example.com", "email": "bob@example.com", "firstName": "Bob", "lastName": "Smith"},
	}},
	{"ACTIVE", "PUT", "/{id}", map[string]any{"credentials": map[string]any{"password": map[string]any{"value": samplePassword}}}},
	{"ACTIVE", "DELETE", "/{id}?sendEmail=false", nil},
	{"DEPROVISIONED", "DELETE", "/{id}", nil},
	{"STAGED", "POST", "/{id}/lifecycle/activate?sendEmail=false", nil},
	{"PROVISIONED", "POST", "/{id}/lifecycle/reactivate", nil},
	{"ACTIVE", "POST", "/{id}/lifecycle/suspend", nil},
	{"SUSPENDED", "POST", "/{id}/lifecycle/unsuspend", nil},
	{"LOCKED_OUT", "POST", "/{id}/lifecycle/unlock", nil},
	{"ACTIVE", "POST", "/{id}/lifecycle/deactivate?sendEmail=false", nil},
	{"ACTIVE", "POST", "/{id}/lifecycle/expire_password", nil},
	{"PASSWORD_EXPIRED", "POST", "/{id}/lifecycle/expire_password", nil},
	{"ACTIVE", "POST", "/{id}/lifecycle/expire_password_with_temp_password?revokeSessions=true", nil},
	{"ACTIVE", "POST", "/{id}/lifecycle/reset_password?sendEmail=false&revokeSessions=true", nil},
	{"ACTIVE", "POST", "/{id}/lifecycle/reset_factors", nil},
	{"ACTIVE", "POST", "/{id}/credentials/forgot_password?sendEmail=false", nil},
	{"ACTIVE", "GET", "/{id}/groups", nil},
	{"ACTIVE", "GET", "/{id}/factors", nil},
	{"ACTIVE", "POST", "/{id}/factors", map[string]any{
		"factorType": "question", "provider": "OKTA", "profile": map[string]any{"question": "disliked_food", "answer": "meatball"},
	}},
	{"ACTIVE", "GET", "/{id}/factors/{one}", nil},
	{"ACTIVE", "GET", "/{id}/factors/catalog", nil},
	{"ACTIVE", "GET", "/{id}/factors/questions", nil},
	{"ACTIVE", "DELETE", "/{id}/factors/{one}?removeRecoveryEnrollment=true", nil},
	{"ACTIVE", "DELETE", "/{id}/sessions?oauthTokens=true&forgetDevices=true", nil},
	{"ACTIVE", "GET", "/{id}/risk", nil},
	{"ACTIVE", "PUT", "/{id}/risk", map[string]any{"riskLevel": "HIGH", "riskReason": "seen twice, in two places"}},
	{"ACTIVE", "GET", "/{id}/authenticator-enrollments", nil},
	{"ACTIVE", "GET", "/{id}/authenticator-enrollments/{one}", nil},
	{"SUSPENDED", "POST", "/{id}/lifecycle/reset_factors", nil},
	{"ACTIVE", "GET", "/{id}/grants?expand=scope&limit=20", nil},
	{"ACTIVE", "GET", "/{id}/grants/{one}", nil},
	{"ACTIVE", "DELETE", "/{id}/grants/{one}", nil},
	{"ACTIVE", "DELETE", "/{id}/grants", nil},
	{"ACTIVE", "GET", "/{id}/clients", nil},
	{"ACTIVE", "GET", "/{id}/clients/0oaclient/grants", nil},
	{"ACTIVE", "DELETE", "/{id}/clients/0oaclient/grants", nil},
	{"ACTIVE", "GET", "/{id}/clients/0oaclient/tokens", nil},
	{"ACTIVE", "GET", "/{id}/clients/0oaclient/tokens/{one}", nil},
	{"ACTIVE", "DELETE", "/{id}/clients/0oaclient/tokens/{one}", nil},
	{"ACTIVE", "DELETE", "/{id}/clients/0oaclient/tokens", nil},
}
