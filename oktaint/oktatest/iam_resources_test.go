package oktatest_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestResourceConditions follows one resource of a set and its conditions.
func TestResourceConditions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	path := setsPath + "/" + c.newSet("s", "/api/v1/users") + "/resources"
	groups := c.org.URL() + "/api/v1/groups"
	exclude := object{"Exclude": object{"okta:ORN": []string{"orn:okta:directory:" + c.org.ID() + ":groups:00g1"}}}

	c.admin("POST", path, object{"resourceOrnOrUrl": groups}).wantError(t, 400, "E0000001", "conditions")
	c.admin("POST", path, object{"resourceOrnOrUrl": "orn:a", "conditions": exclude}).wantError(t, 400, "E0000001", "not a resource")
	a := c.admin("POST", path, object{"resourceOrnOrUrl": groups, "conditions": exclude}).want(t, 200)
	c.admin("POST", path, object{"resourceOrnOrUrl": groups, "conditions": exclude}).wantError(t, 400, "E0000001", "already")
	one := path + "/" + a.text(t, "id")
	if got := c.admin("GET", one, nil).want(t, 200); got.body != a.body || got.json(t)["conditions"] == nil {
		t.Errorf("GET = %s\nwant %s", got.body, a.body)
	}
	if listed := c.admin("GET", path, nil).want(t, 200).items(t, "resources"); len(listed) != 2 || listed[1]["conditions"] == nil {
		t.Errorf("resources = %v", listed)
	}
	if got := c.admin("PUT", one, object{}).want(t, 200); got.json(t)["conditions"] != nil {
		t.Errorf("PUT without conditions = %s", got.body)
	}
	if got := c.admin("PUT", one, object{"conditions": exclude}).want(t, 200); got.json(t)["conditions"] == nil {
		t.Errorf("PUT = %s", got.body)
	}
	reader := c.serviceApp(oktatest.ServiceApp{Permissions: []string{"okta.iam.read"}}, "okta.roles.manage")
	c.do("GET", one, reader, nil).want(t, 200)
	c.do("PUT", one, reader, object{}).wantError(t, 403, "E0000006", "")
	c.admin("DELETE", one, nil).want(t, 204)
	for method, body := range map[string]any{"GET": nil, "PUT": object{}, "DELETE": nil} {
		c.admin(method, one, body).wantError(t, 404, "E0000007", "ResourceSetResource")
	}
}
