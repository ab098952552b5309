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
