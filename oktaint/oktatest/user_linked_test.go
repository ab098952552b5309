package oktatest_test

import (
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestLinkedOfUser looks at devices and identity providers from the user's side.
func TestLinkedOfUser(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{Users: 4})
	bare := c.org.AddUser(oktatest.User{})
	for _, tt := range []struct{ lists, of, member string }{
		{"/api/v1/devices", "/devices", "device"},
		{"/api/v1/idps", "/idps", ""},
	} {
		found := 0
		for _, thing := range c.admin("GET", tt.lists, nil).want(t, 200).list(t) {
			id := thing["id"].(string)
			for _, link := range c.admin("GET", tt.lists+"/"+id+"/users", nil).want(t, 200).list(t) {
				user, ok := link["id"].(string)
				if !ok {
					user = link["user"].(map[string]any)["id"].(string)
				}
				mine := c.admin("GET", usersPath+user+tt.of, nil).want(t, 200).list(t)
				if tt.member != "" {
					for i := range mine {
						mine[i] = mine[i][tt.member].(map[string]any)
					}
				}
				if !slices.Contains(namesOf(mine, "id"), id) {
					t.Errorf("%s of %s: %v, without %s", tt.of, user, mine, id)
				}
				found++
			}
		}
		if found == 0 {
			t.Errorf("nobody is linked at %s", tt.lists)
		}
		if none := c.admin("GET", usersPath+bare+tt.of, nil).want(t, 200).body; none != "[]" {
			t.Errorf("%s of a new user: %s", tt.of, none)
		}
		c.admin("GET", usersPath+"00u1"+tt.of, nil).wantError(t, 404, "E0000007", "")
	}
}

// TestSubscriptions reads those of the caller, of another user and of roles.
func TestSubscriptions(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	me := c.admin("GET", "/api/v1/users/me", nil).want(t, 200).text(t, "id")
	if got := c.admin("GET", usersPath+me+"/subscriptions", nil).want(t, 200).list(t); len(got) != 12 {
		t.Errorf("an administrator has %d subscriptions", len(got))
	}
	other := c.org.AddUser(oktatest.User{Roles: []string{"ORG_ADMIN"}})
	c.admin("GET", usersPath+other+"/subscriptions", nil).wantError(t, 403, "E0000006", "")
	app := c.newApp("okta.users.read")
	c.assign(app, "SUPER_ADMIN").want(t, 201)
	c.do("GET", usersPath+me+"/subscriptions", c.bearer(app, "okta.users.read"), nil).wantError(t, 403, "E0000006", "")
	if got := c.admin("GET", "/api/v1/roles/ORG_ADMIN/subscriptions", nil).want(t, 200).list(t); len(got) != 12 {
		t.Errorf("a role has %d subscriptions", len(got))
	}
	c.admin("GET", "/api/v1/roles/NOTHING/subscriptions", nil).wantError(t, 404, "E0000007", "")
}
