package inventory_test

import (
	"encoding/json"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// What one person can change in one way is one group; what only follows from something
// else is no problem of its own.
func TestGroups(t *testing.T) {
	t.Parallel()
	row := func(name string, s inventory.Status, why, remedy string) inventory.Row {
		by := "a Super Admin"
		if remedy == "" {
			by = ""
		}
		return inventory.Row{Resource: name, Outcome: inventory.Outcome{Status: s, Why: why, Remedy: remedy, By: by}}
	}
	report := &inventory.Report{Rows: []inventory.Row{
		row("users", inventory.Complete, "", ""),
		row("groups", inventory.Refused, "it is empty", "assign a role"),
		row("group-members", inventory.Refused, "it belongs to groups: it is empty", "assign a role"),
		row("apps", inventory.Refused, "it is empty", "assign a role"),
		row("app-users", inventory.Complete, "", ""),
		row("devices", inventory.Refused, "no role reaches it", "assign a role"),
		row("policies", inventory.Refused, "the token lacks a scope", "grant it"),
		row("policy-rules", inventory.Refused, "it belongs to policies: the token lacks a scope", "grant it"),
		row("network-zones", inventory.Failed, "503", "try again"),
	}}
	missing := scopes.New(scopes.PoliciesRead)
	for _, tt := range []struct {
		name string
		got  []inventory.Group
		want string
	}{
		{"all", report.Groups(), `[{"status":"complete","reasons":[{"resources":["users","app-users"]}]},` +
			`{"status":"refused","remedy":"assign a role","by":"a Super Admin","reasons":[{"why":"it is empty","resources":["groups","group-members","apps"]},` +
			`{"why":"no role reaches it","resources":["devices"]}]},` +
			`{"status":"refused","remedy":"grant it","by":"a Super Admin","reasons":[{"why":"the token lacks a scope","resources":["policies","policy-rules"]}]},` +
			`{"status":"failed","remedy":"try again","by":"a Super Admin","reasons":[{"why":"503","resources":["network-zones"]}]}]`},
		{"failed", report.Groups(inventory.Failed), `[{"status":"failed","remedy":"try again","by":"a Super Admin","reasons":[{"why":"503","resources":["network-zones"]}]}]`},
		{"none", report.Groups(inventory.NotAsked), `null`},
		{"problems", report.Problems(missing), `[{"status":"refused","remedy":"assign a role","by":"a Super Admin","reasons":[{"why":"it is empty","resources":["groups","apps"]},` +
			`{"why":"no role reaches it","resources":["devices"]}]},{"status":"failed","remedy":"try again","by":"a Super Admin","reasons":[{"why":"503","resources":["network-zones"]}]}]`},
	} {
		got, err := json.Marshal(tt.got)
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %s, %v\nwant %s", tt.name, got, err, tt.want)
		}
	}
	wantSame(t, "resources", report.Groups(inventory.Refused)[0].Resources(), []string{"groups", "group-members", "apps", "devices"})
}
