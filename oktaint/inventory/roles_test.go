package inventory_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// What roles are known to show can be told without an org.
func TestExpect(t *testing.T) {
	t.Parallel()
	core := 0
	for r := range inventory.Catalogue() {
		if r.Tier == inventory.Core {
			core++
		}
	}
	for _, tt := range []struct {
		name            string
		asked           scopes.Set
		role, permitted string
		beyond, partial int
		users, admins   inventory.Status
	}{
		{"READ_ONLY_ADMIN", scopes.Visibility, "READ_ONLY_ADMIN", "", 16, 1, inventory.Complete, inventory.BeyondRole},
		{"and the IAM reader", scopes.Visibility, "READ_ONLY_ADMIN", "okta.iam.read", 6, 1, inventory.Complete, inventory.Complete},
		{"SUPER_ADMIN", scopes.Visibility, "SUPER_ADMIN", "", 0, 0, inventory.Complete, inventory.Complete},
		{"a role with targets", scopes.Visibility, "HELP_DESK_ADMIN", "", core - 7, 7, inventory.Partial, inventory.BeyondRole},
		{"one scope", scopes.New(scopes.UsersManage), "READ_ONLY_ADMIN", "", 0, 0, inventory.Complete, inventory.NotAsked},
	} {
		report := inventory.Expect(tt.asked, []string{tt.role}, strings.Fields(tt.permitted))
		users, _ := report.Row("users")
		admins, _ := report.Row("admins")
		if len(report.Rows) != core || report.Count(inventory.BeyondRole) != tt.beyond || report.Count(inventory.Partial) != tt.partial ||
			users.Status != tt.users || admins.Status != tt.admins || !report.OK() {
			t.Errorf("%s: %d rows, %d beyond the role, %d partial, users %s, admins %s", tt.name, len(report.Rows), report.Count(inventory.BeyondRole), report.Count(inventory.Partial), users.Status, admins.Status)
		}
		for _, row := range report.Rows {
			if row.Status != inventory.Complete && (row.Why == "" || row.Remedy == "" || row.By == "") {
				t.Errorf("%s: %s: %+v", tt.name, row.Resource, row.Outcome)
			}
		}
	}
}

// A role that was said to be held and that the org does not show any more is told, and
// what it would open is refused, not beyond the role.
func TestLostRole(t *testing.T) {
	t.Parallel()
	org := newFakeOrg(map[string]answer{
		"/api/v1/users/00u1/roles": fakeRoles("REPORT_ADMIN"), "/api/v1/zones": noRole, "/api/v1/api-tokens": noRole, "/api/v1/meta/schemas/logStream": noRole,
	})
	report, err := inventory.Probe(t.Context(), org.client(t), inventory.Options{
		Roles: []string{"READ_ONLY_ADMIN", "REPORT_ADMIN"}, Resources: []string{"network-zones", "api-tokens", "log-stream-schemas", "logs"},
	})
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "lost", report.RolesLost, []string{"READ_ONLY_ADMIN"})
	wantSame(t, "roles", report.Roles, []string{"REPORT_ADMIN"})
	for name, want := range map[string]inventory.Status{
		"network-zones": inventory.Refused, "api-tokens": inventory.Refused, "log-stream-schemas": inventory.BeyondRole, "logs": inventory.Complete,
	} {
		if row, _ := report.Row(name); row.Status != want || want == inventory.Refused && (!strings.Contains(row.Why, "no longer assigned") || row.Remedy != "assign READ_ONLY_ADMIN again") {
			t.Errorf("%s: %+v, want %s", name, row.Outcome, want)
		}
	}
}
