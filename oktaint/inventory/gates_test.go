package inventory

import (
	"encoding/json"
	"testing"
)

// A gate is shut only if the parent says so, in any of the spellings.
func TestGates(t *testing.T) {
	t.Parallel()
	stats := func(s string) string { return `{"_embedded":{"stats":{` + s + `}}}` }
	for _, tt := range []struct {
		gate, object string
		want         bool
	}{
		{"has-members", `{}`, true},
		{"has-members", stats(`"usersCount":0`), false},
		{"has-members", stats(`"usersCount":1`), true},
		{"has-members", `{"type":"BUILT_IN","profile":{"name":"Everyone"}}`, false},
		{"has-members", `{"type":"BUILT_IN","profile":{"name":"Okta Administrators"}}`, true},
		{"has-members", `{"type":"OKTA_GROUP","profile":{"name":"Everyone"}}`, true},
		{"has-apps", stats(`"appsCount":0`), false},
		{"has-apps", stats(`"appsCount":2`), true},
		{"has-roles", stats(`"usersCount":0`), true},
		{"has-roles", stats(`"hasAdminPrivilege":false`), false},
		{"has-roles", stats(`"hasAdminPrivlege":false`), false},
		{"has-roles", stats(`"hasAdminPrivileges":false`), false},
		{"has-roles", stats(`"hasAdminPrivilege":true`), true},
		{"has-roles", stats(`"hasAdminPrivlege":true`), true},
		{"has-roles", stats(`"hasAdminPrivileges":true`), true},
		{"pushes-groups", `{"features":["GROUP_PUSH"]}`, true},
		{"pushes-groups", `{"features":["PUSH_NEW_USERS"]}`, false},
		{"has-features", `{"features":[]}`, false},
		{"is-oauth-client", `{"credentials":{"oauthClient":{"client_id":"x"}}}`, true},
		{"is-oauth-client", `{"credentials":{"signing":{}}}`, false},
		{"is-service", `{"application_type":"service"}`, true},
		{"is-service", `{}`, true},
		{"is-service", `{"application_type":"web"}`, false},
		{"has-client-secret", `{"credentials":{"oauthClient":{"token_endpoint_auth_method":"client_secret_jwt"}}}`, true},
		{"has-client-secret", `{"credentials":{"oauthClient":{"token_endpoint_auth_method":"none"}}}`, false},
		{"has-client-secret", `{}`, false},
		{"has-client-secret", `{"features":"of another form"}`, true},
		{"", `{}`, true},
	} {
		r := &Resource{marks: marks{when: tt.gate}}
		if got := r.open(json.RawMessage(tt.object)); got != tt.want {
			t.Errorf("%s of %s: %t", tt.gate, tt.object, got)
		}
	}
}
