package oktatest_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// userRows are the lists and objects of each user.
var userRows = []string{
	"/devices", "/idps", "/linkedObjects/manager", "/linkedObjects/subordinate", "/classification", "/risk",
	"/authenticator-enrollments", "/factors", "/grants", "/clients", "/groups", "/roles",
}

// TestUserRows reads every row of a user, and of one who is gone.
func TestUserRows(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	id := c.org.AddUser(oktatest.User{Status: "DEPROVISIONED"})
	for _, row := range userRows {
		c.admin("GET", usersBase+id+row, nil).want(t, 200)
	}
	c.admin("GET", usersBase+id+"/blocks", nil).wantError(t, 401, "E0000015", "")
	c.admin("GET", usersBase+id+"/linkedObjects/boss", nil).wantError(t, 404, "E0000007", "(LinkedObject)")
	helpDesk, none := "SSWS "+c.org.NewAPIToken("HELP_DESK_ADMIN"), "SSWS "+c.org.NewAPIToken("REPORT_ADMIN")
	c.do("GET", usersBase+id+"/devices", helpDesk, nil).want(t, 200)
	c.do("GET", usersBase+id+"/devices", none, nil).wantError(t, 403, "E0000006", "")
	c.admin("DELETE", usersBase+id, nil).want(t, 204)
	for _, row := range append(userRows, "/blocks", "/clients/0oaclient/grants", "/clients/0oaclient/tokens") {
		c.admin("GET", usersBase+id+row, nil).wantError(t, 404, "E0000007", "(User)")
	}
}
