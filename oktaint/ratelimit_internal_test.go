package oktaint

import "testing"

func TestBucketOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ method, path, want string }{
		{"POST", "/oauth2/v1/token", "/oauth2/v1/token"},
		{"GET", "/oauth2/v1/clients/0oa1/roles", "/oauth2/v1/clients"},
		{"GET", "/api/v1/apps", "/api/v1/apps"},
		{"GET", "/api/v1/apps/0oa1", "/api/v1/apps/{id}"},
		{"POST", "/api/v1/apps/0oa1/grants", "/api/v1/apps"},
		{"GET", "/api/v1/users", "/api/v1/users"},
		{"GET", "/api/v1/users/me", "/api/v1/users/{id}"},
		{"POST", "/api/v1/users/00u1", "write /api/v1/users/{id}"},
		{"POST", "/api/v1/users/00u1/lifecycle/suspend", "/api/v1/users"},
		{"GET", "/api/v1/groups/00g1", "/api/v1/groups/{id}"},
		{"GET", "/api/v1/groups/rules", "/api/v1/groups"},
		{"GET", "/api/v1/groups/rules/0pr1", "/api/v1/groups"},
		{"PUT", "/api/v1/groups/00g1/users/00u1", "/api/v1/groups"},
		{"GET", "/api/v1/logs", "/api/v1/logs"},
		{"GET", "/api/v1/iam/roles", "/api/v1/iam"},
		{"GET", "/api/v1/devices/g1", "/api/v1/devices"},
		{"GET", "/api/v1/org/settings/clientPrivilegesSetting", "/api/v1"},
		{"GET", "/integrations/api/v1/api-services", "/integrations"},
		{"GET", "/", "/"},
	} {
		if got := bucketOf(tt.method, tt.path); got != tt.want {
			t.Errorf("bucketOf(%s, %s) = %s, want %s", tt.method, tt.path, got, tt.want)
		}
	}
}
