package conformance

import (
	"net/http"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// runGroups validates the endpoints of members, owners, rules and admin roles
// of the simulated org.
func runGroups(t *testing.T, docs *documents) []difference {
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
	user, other := o.AddUser(oktatest.User{}), o.AddGroup(oktatest.Group{})
	id := o.AddGroup(oktatest.Group{})
	group := "/api/v1/groups/" + id
	send("PUT", group+"/users/"+user, nil)
	send("GET", group+"/users?limit=200", nil)
	send("DELETE", group+"/users/"+user, nil)
	send("POST", group+"/owners", map[string]any{"id": user, "type": "USER"})
	send("GET", group+"/owners", nil)
	send("DELETE", group+"/owners/"+user, nil)
	sendRules(t, send, id)
	for _, holder := range []string{"/api/v1/users/" + user, group} {
		sendRoles(send, holder, id, other)
	}
	o.AddGroup(oktatest.Group{Members: []string{user}, Roles: []string{"ORG_ADMIN"}})
	send("GET", "/api/v1/users/"+user+"/roles", nil)
	send("GET", "/api/v1/iam/assignees/users?limit=1", nil)
	return w.found
}

// sendRules makes a rule for a group, and all that can be done with it.
func sendRules(t *testing.T, send func(method, path string, body any) []byte, group string) {
	t.Helper()
	body := map[string]any{
		"type": "group_rule", "name": "r",
		"conditions": map[string]any{
			"expression": map[string]any{"type": "urn:okta:expression:1.0", "value": `user.department=="Sales"`},
			"people":     map[string]any{"users": map[string]any{"exclude": []string{}}},
		},
		"actions": map[string]any{"assignUserToGroups": map[string]any{"groupIds": []string{group}}},
	}
	const rules = "/api/v1/groups/rules"
	send("POST", rules, body)
	rule := rules + "/" + firstID(t, send("GET", rules+"?limit=50&search=r&expand=groupIdToGroupNameMap", nil))
	send("GET", rule, nil)
	send("PUT", rule, body)
	send("POST", rule+"/lifecycle/activate", nil)
	send("POST", rule+"/lifecycle/deactivate", nil)
	send("DELETE", rule+"?removeUsers=true", nil)
}

// sendRoles gives a holder two roles with two targets each and takes them away.
func sendRoles(send func(method, path string, body any) []byte, holder string, groups ...string) {
	const (
		helpDesk = "/JBCUYUC7IRCVGS27IFCE2SKO"
		appAdmin = "/IFIFAX2BIRGUSTQ"
	)
	roles := holder + "/roles"
	send("POST", roles, map[string]any{"type": "HELP_DESK_ADMIN"})
	send("POST", roles, map[string]any{"type": "APP_ADMIN"})
	for _, group := range groups {
		send("PUT", roles+helpDesk+"/targets/groups/"+group, nil)
	}
	send("GET", roles+helpDesk+"/targets/groups?limit=20", nil)
	send("DELETE", roles+helpDesk+"/targets/groups/"+groups[0], nil)
	for _, app := range []string{"facebook", "oidc_client"} {
		send("PUT", roles+appAdmin+"/targets/catalog/apps/"+app, nil)
	}
	send("GET", roles+appAdmin+"/targets/catalog/apps?limit=20", nil)
	send("DELETE", roles+appAdmin+"/targets/catalog/apps/facebook", nil)
	send("GET", roles, nil)
	send("GET", roles+helpDesk, nil)
	send("DELETE", roles+helpDesk, nil)
	send("DELETE", roles+appAdmin, nil)
}
