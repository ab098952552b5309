package conformance

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// userRowDeviations lists where these answers, and requests for them, differ from the
// documents.
var userRowDeviations = []accepted{
	{[]string{"GET /api/v1/users/{userId}/authenticator-enrollments"}, "answer", []string{"/: value must be an object"}, "the document's own example is a list"},
	{[]string{
		"GET /api/v1/roles/{roleRef}/subscriptions", "GET /api/v1/roles/{roleRef}/subscriptions/{notificationType}",
		"POST /api/v1/roles/{roleRef}/subscriptions/{notificationType}/subscribe",
	}, "request", []string{`path roleRef: /: value matches more than one schema from "oneOf" (matches schemas at indices [0 1])`},
		"by the document's schema every type of a role can be the id of one"},
	{[]string{"GET /oauth2/v1/clients/{clientId}/roles"}, "request", []string{"query expand: not declared"}, "a collector of orgs sends it"},
}

// TestUserRows holds what the simulated org shows of each user, of roles and of their
// targets against the documents.
func TestUserRows(t *testing.T) {
	t.Parallel()
	o := oktatest.New(t, oktatest.Config{Origin: origin, RateLimits: noLimits(), Users: 3})
	w := &watch{docs: openAPI(t), base: o.Transport()}
	client := &http.Client{Transport: w}
	ask := func(method, path, body string, want int) []byte {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, origin+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "SSWS "+o.APIToken())
		if body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		status, answer := do(t, client, req)
		if status != want {
			t.Errorf("%s %s: status %d: %s", method, path, status, answer)
		}
		return []byte(answer)
	}
	id := o.AddUser(oktatest.User{Factors: []string{"push", "sms", "email", "question", "webauthn"}, Clients: []string{"0oaclient"}, Roles: []string{"APP_ADMIN", "HELP_DESK_ADMIN"}})
	o.AddGroup(oktatest.Group{Members: []string{id}, Roles: []string{"READ_ONLY_ADMIN"}})
	user := "/api/v1/users/" + id
	app := o.AddServiceApp(oktatest.ServiceApp{Roles: []string{"APP_ADMIN"}, Permissions: []string{"okta.users.read"}})
	ask("PUT", user+"/roles/IFIFAX2BIRGUSTQ/targets/catalog/apps/salesforce", "", 204)
	ask("PUT", user+"/risk", `{"riskLevel":"HIGH","riskReason":"test"}`, 201)
	const expand = "/roles?expand=targets/groups&expand=targets/catalog/apps"
	for _, path := range []string{
		"/risk", "/devices", "/idps", "/classification", "/linkedObjects/manager", "/authenticator-enrollments", "/factors", "/grants",
		"/clients", "/clients/0oaclient/grants", "/clients/0oaclient/tokens", expand,
		"/roles/IFIFAX2BIRGUSTQ/targets", "/roles/IFIFAX2BIRGUSTQ/targets/catalog/apps", "/roles/JBCUYUC7IRCVGS27IFCE2SKO/targets/groups",
	} {
		ask("GET", user+path, "", 200)
	}
	ask("GET", "/oauth2/v1/clients/"+app+expand, "", 200)
	ask("GET", "/api/v1/iam/assignees/users", "", 200)
	for _, path := range []string{"", "/OKTA_UPDATE"} {
		ask("GET", "/api/v1/roles/SUPER_ADMIN/subscriptions"+path, "", 200)
	}
	ask("POST", "/api/v1/roles/SUPER_ADMIN/subscriptions/OKTA_UPDATE/subscribe", "", 200)
	report(t, w.found, userRowDeviations)
}
