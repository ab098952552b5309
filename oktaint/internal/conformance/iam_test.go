package conformance

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
)

// runIAM validates the endpoints of custom roles, resource sets and bindings
// of the simulated org for which oauthapp/request has no function.
func runIAM(t *testing.T, docs *documents) []difference {
	t.Helper()
	o, p := org(t)
	w := &watch{docs: docs, base: o.Transport()}
	client := &http.Client{Transport: w}
	id := func(method, path string, body any) string {
		t.Helper()
		req := iamRequest(t, method, path, body)
		req.Header.Set("Authorization", "SSWS "+o.APIToken())
		status, answer := do(t, client, req)
		if status/100 != 2 {
			t.Errorf("%s %s: status %d: %s", method, path, status, answer)
		}
		var found struct {
			ID                 string
			Resources, Members []struct{ ID string }
		}
		_ = json.Unmarshal(answer, &found) // a 204 has none
		for _, one := range append(found.Resources, found.Members...) {
			return one.ID
		}
		return found.ID
	}
	var app struct{ ID string }
	if err := p.call("POST", "/api/v1/apps", serviceApp(""), &app); err != nil {
		t.Fatal(err)
	}

	role := "/api/v1/iam/roles/" + id("POST", "/api/v1/iam/roles", map[string]any{
		"label": "a", "description": "b", "permissions": []string{"okta.users.read"},
	})
	id("PUT", role, map[string]any{"label": "c", "description": "d"})
	id("GET", role+"/permissions/okta.users.read", nil)
	// With conditions the document does not allow what was recorded.
	id("PUT", role+"/permissions/okta.users.read", map[string]any{})
	set := "/api/v1/iam/resource-sets/" + id("POST", "/api/v1/iam/resource-sets", map[string]any{
		"label": "a", "description": "b", "resources": []string{origin + "/api/v1/users"},
	})
	id("PUT", set, map[string]any{"label": "c", "description": "d"})
	id("PATCH", set+"/resources", map[string]any{"additions": []string{origin + "/api/v1/groups"}})
	id("DELETE", set+"/resources/"+id("GET", set+"/resources", nil), nil)

	member := origin + "/oauth2/v1/clients/" + app.ID
	id("POST", set+"/bindings", map[string]any{"role": "c", "members": []string{member}})
	members := set + "/bindings/c/members"
	id("PATCH", members, map[string]any{"additions": []string{member}})
	first := id("GET", members, nil)
	id("GET", members+"/"+first, nil)

	roles := "/oauth2/v1/clients/" + app.ID + "/roles"
	id("GET", roles, nil)
	id("DELETE", roles+"/"+first, nil)
	id("POST", roles, map[string]any{"type": "CUSTOM", "role": "c", "resource-set": "c"})
	id("DELETE", members+"/"+id("GET", members, nil), nil)
	return w.found
}

func iamRequest(t *testing.T, method, path string, body any) *http.Request {
	t.Helper()
	var content []byte
	if body != nil {
		var err error
		if content, err = json.Marshal(body); err != nil {
			t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), method, origin+path, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}
