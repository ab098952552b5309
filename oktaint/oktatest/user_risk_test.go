package oktatest_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

func TestRisk(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	id := c.org.AddUser(oktatest.User{})
	path := usersBase + id + "/risk"
	if a := c.admin("GET", path, nil).want(t, 200); a.text(t, "riskLevel") != "NONE" || strings.Contains(a.body, "reason") {
		t.Errorf("at first: %s", a.body)
	}
	a := c.admin("PUT", path, object{"riskLevel": "HIGH"}).want(t, 201)
	if a.text(t, "riskLevel") != "HIGH" || a.text(t, "reason") != "Admin override risk" {
		t.Errorf("set: %s", a.body)
	}
	c.admin("PUT", path, object{"riskLevel": "LOW", "riskReason": "false alarm, 2 users"}).want(t, 200)
	if a := c.admin("GET", path, nil).want(t, 200); a.text(t, "riskLevel") != "LOW" || a.text(t, "reason") != "false alarm, 2 users" {
		t.Errorf("set again: %s", a.body)
	}
	if logged := c.admin("GET", "/api/v1/logs?filter=eventType+eq+%22user.risk.change%22", nil).want(t, 200).list(t); len(logged) != 2 {
		t.Errorf("events = %v", logged)
	}
	if !strings.Contains(string(c.org.State()), `"risk":"LOW"`) {
		t.Error("the state has no risk")
	}
	c.admin("PUT", path, object{"riskLevel": "NONE"}).wantError(t, 400, "E0000001", "riskLevel")
	c.admin("PUT", path, object{"riskLevel": "LOW", "riskReason": "<b>"}).wantError(t, 400, "E0000001", "riskReason")

	level := object{"riskLevel": "MEDIUM"}
	set, app := c.newSet("s", "/api/v1/users"), c.newApp("okta.userRisk.manage")
	auth := c.bearer(app, "okta.userRisk.manage")
	c.do("PUT", path, auth, level).wantError(t, 403, "E0000006", "")
	c.bind(set, c.newRole("r", "okta.users.risk.manage"), app).want(t, 200)
	c.do("PUT", path, auth, level).want(t, 200)
	for role, status := range map[string]int{"HELP_DESK_ADMIN": 200, "READ_ONLY_ADMIN": 403} {
		c.do("PUT", path, "SSWS "+c.org.NewAPIToken(role), level).want(t, status)
	}
	admin := c.org.AddUser(oktatest.User{Roles: []string{"REPORT_ADMIN"}})
	c.do("PUT", usersBase+admin+"/risk", auth, level).wantError(t, 403, "E0000006", "")
}
