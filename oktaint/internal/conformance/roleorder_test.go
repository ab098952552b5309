package conformance

import (
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestRoleOrder gives users and groups the roles of every recorded list of
// roles, in the opposite order, and compares the order of the lists.
func TestRoleOrder(t *testing.T) {
	t.Parallel()
	lists := 0
	for _, e := range recorded(t) {
		var holder string
		switch e.operation() {
		case "GET /api/v1/users/{userId}/roles":
			holder = "/api/v1/users/"
		case "GET /api/v1/groups/{groupId}/roles":
			holder = "/api/v1/groups/"
		}
		want := roleTypes(e.ResponseBody)
		if holder == "" || len(want) < 2 {
			continue
		}
		lists++
		o, p := org(t)
		if strings.Contains(holder, "users") {
			holder += o.AddUser(oktatest.User{})
		} else {
			holder += o.AddGroup(oktatest.Group{})
		}
		for _, role := range slices.Backward(want) {
			if err := p.call("POST", holder+"/roles", map[string]any{"type": role}, nil); err != nil {
				t.Fatal(err)
			}
		}
		var answer any
		if err := p.call("GET", holder+"/roles", nil, &answer); err != nil {
			t.Fatal(err)
		}
		if got := roleTypes(answer); !slices.Equal(got, want) {
			t.Errorf("%s: roles %v, recorded %v", e, got, want)
		}
	}
	if lists < 10 {
		t.Errorf("%d lists compared: too few for the recordings to be whole", lists)
	}
}

// roleTypes lists the types of a list of roles.
func roleTypes(body any) []string {
	list, _ := body.([]any)
	var types []string
	for _, element := range list {
		types = append(types, text(element, "type"))
	}
	return types
}
