package inventory_test

import (
	"maps"
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

// A custom role with okta.iam.read over the org's IAM resources shows all of them; over
// anything else, without that permission, or unseen, it does not count.
func TestIAMReader(t *testing.T) {
	t.Parallel()
	const roles, permissions, resources = "/api/v1/users/00u1/roles", "/api/v1/iam/roles/cr01/permissions", "/api/v1/iam/resource-sets/iam1/resources"
	reader := map[string]answer{
		roles:               {body: `[{"id":"ra1","type":"READ_ONLY_ADMIN","status":"ACTIVE"},{"id":"irb1","type":"CUSTOM","status":"ACTIVE","role":"cr01","resource-set":"iam1","label":"x"}]`},
		permissions:         {body: `{"permissions":[{"label":"okta.iam.read"}]}`},
		resources:           {body: `{"resources":[{"id":"ire1","orn":"orn:oktapreview:iam:00o1:contained_resources"}]}`},
		"/api/v1/iam/roles": {body: `{"roles":[{"id":"cr01","label":"x"}]}`},
	}
	for name, tt := range map[string]struct {
		path string
		gets answer
		want inventory.Status
	}{
		"all of it":          {"/none", answer{}, inventory.Complete},
		"other permissions":  {permissions, answer{body: `{"permissions":[{"label":"okta.users.read"}]}`}, inventory.Partial},
		"other resources":    {resources, answer{body: `{"resources":[{"id":"ire1","orn":"orn:okta:directory:00o1:users"}]}`}, inventory.Partial},
		"permissions unseen": {permissions, noRole, inventory.Partial},
		"resources unseen":   {resources, noRole, inventory.Partial},
	} {
		answers := maps.Clone(reader)
		answers[tt.path] = tt.gets
		report, err := inventory.Probe(t.Context(), newFakeOrg(answers).client(t), inventory.Options{Resources: []string{"custom-roles", "users"}})
		if err != nil {
			t.Fatal(err)
		}
		row, _ := report.Row("custom-roles")
		users, _ := report.Row("users")
		if row.Status != tt.want || users.Status != inventory.Complete {
			t.Errorf("%s: %+v, users %+v", name, row.Outcome, users.Outcome)
		}
		wantSame(t, "roles", report.Roles, []string{"CUSTOM", "READ_ONLY_ADMIN"})
	}
	// What should be seen with it and is refused says what to assign.
	refused := maps.Clone(reader)
	refused["/api/v1/iam/resource-sets"] = noRole
	report, err := inventory.Probe(t.Context(), newFakeOrg(refused).client(t), inventory.Options{Resources: []string{"resource-sets"}})
	if err != nil {
		t.Fatal(err)
	}
	if row, _ := report.Row("resource-sets"); row.Status != inventory.Refused || !strings.Contains(row.Why, "should be seen with") || !strings.Contains(row.Remedy, "okta.iam.read") {
		t.Errorf("%+v", row.Outcome)
	}
}
