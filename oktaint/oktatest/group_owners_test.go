package oktatest_test

import (
	"testing"
	"testing/synctest"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestOwners(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCaller(t, oktatest.Config{})
		user := c.org.AddUser(oktatest.User{Profile: object{"firstName": "TestAcc", "lastName": "Smith"}})
		group, parent := c.org.AddGroup(oktatest.Group{}), c.org.AddGroup(oktatest.Group{Name: "Parents"})
		path := groupsPath + group + "/owners"
		a := c.admin("POST", path, object{"id": user, "type": "USER"}).want(t, 201)
		if a.text(t, "displayName") != "TestAcc Smith" || a.text(t, "lastUpdated") != "Sat Jan 01 00:00:00 UTC 2000" {
			t.Errorf("owner = %s", a.body)
		}
		c.admin("POST", path, object{"id": user, "type": "USER"}).wantError(t, 400, "E0000001", "Provided owner is already assigned to this group")
		c.admin("POST", path, object{"id": parent, "type": "GROUP"}).want(t, 201)
		rows := c.admin("GET", path, nil).want(t, 200).list(t)
		if len(rows) != 2 || rows[0]["displayName"] != "Parents" || rows[1]["lastUpdated"] != "2000-01-01 00:00:00.0" {
			t.Errorf("owners = %v", rows)
		}
		if a := c.admin("GET", path, nil); len(a.header.Values("Link")) != 0 {
			t.Errorf("Link = %q", a.header.Values("Link"))
		}
		if a := c.admin("GET", path+"?limit=1", nil); len(a.list(t)) != 1 || len(a.header.Values("Link")) != 2 {
			t.Errorf("a page = %s, Link %q", a.body, a.header.Values("Link"))
		}
		c.admin("POST", path, object{"id": "00unobody", "type": "USER"}).wantError(t, 404, "E0000007", "(User)")
		c.admin("POST", path, object{"id": user, "type": "GROUP"}).wantError(t, 404, "E0000007", "(UserGroup)")
		c.admin("POST", path, object{"id": user, "type": "APP"}).wantError(t, 400, "E0000001", "type")
		c.admin("DELETE", path+"/"+user, nil).want(t, 204)
		c.admin("DELETE", path+"/"+user, nil).wantError(t, 404, "E0000007", "(LinkedObject)")
	})
}
