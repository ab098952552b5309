package conformance

import (
	"net/http"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// runAssignments validates who is assigned to apps, what else apps have, and the
// OAuth clients, for every kind of app that a seeded org has.
func runAssignments(t *testing.T, docs *documents) []difference {
	t.Helper()
	o := oktatest.New(t, oktatest.Config{
		Origin: origin, RateLimits: noLimits(), Users: 40, Groups: 50, Apps: 14, AdminFlag: "hasAdminPrivlege", // as the document has it
	})
	w := &watch{docs: docs, base: o.Transport()}
	client := &http.Client{Transport: w}
	send := func(method, path string, body any, want ...int) {
		t.Helper()
		req := iamRequest(t, method, path, body)
		req.Header.Set("Authorization", "SSWS "+o.APIToken())
		status, answer := do(t, client, req)
		for _, one := range append(want, 200, 204) {
			if status == one {
				return
			}
		}
		t.Errorf("%s %s: status %d: %s", method, path, status, answer)
	}
	apps, err := o.Objects("/api/v1/apps")
	if err != nil {
		t.Fatal(err)
	}
	user, group := o.AddUser(oktatest.User{}), o.AddGroup(oktatest.Group{})
	for _, app := range apps {
		path := "/api/v1/apps/" + app["id"].(string)
		for _, part := range []string{
			"", "/users?limit=500&expand=user", "/groups?limit=200&expand=group", "/tokens?limit=200", "/credentials/keys", "/connections/default",
		} {
			send("GET", path+part, nil)
		}
		send("GET", path+"/features", nil, 400)
		send("GET", path+"/group-push/mappings?limit=1000", nil, 404)
		if strings.HasSuffix(path, "5d1") || strings.HasSuffix(path, "5d2") || strings.HasSuffix(path, "5d3") {
			continue // Okta's own apps cannot be changed
		}
		send("POST", path+"/users", map[string]any{"id": user, "scope": "USER", "credentials": map[string]any{"userName": "ada"}})
		send("GET", path+"/users/"+user, nil)
		send("POST", path+"/users/"+user, map[string]any{"credentials": map[string]any{"userName": "bob"}})
		send("PUT", path+"/groups/"+group, map[string]any{"priority": 1})
		send("GET", path+"/groups/"+group, nil)
		send("GET", "/api/v1/groups/"+group+"/apps?limit=20", nil)
		send("GET", "/api/v1/users/"+user+"/appLinks", nil)
		send("DELETE", path+"/groups/"+group, nil)
		send("DELETE", path+"/users/"+user, nil)
	}
	clients, err := o.Objects("/oauth2/v1/clients")
	if err != nil {
		t.Fatal(err)
	}
	send("GET", "/oauth2/v1/clients?limit=200", nil)
	for _, c := range clients {
		send("GET", "/oauth2/v1/clients/"+c["client_id"].(string), nil)
	}
	send("GET", "/api/v1/groups?expand=stats&limit=100", nil)
	send("GET", "/api/v1/users?search=id+pr&sortBy=lastUpdated&sortOrder=desc", nil)
	return w.found
}
