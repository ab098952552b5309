package cli_test

import (
	"testing"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// The coverage of an org is a row for each thing that somebody can change, the worst
// last, within the width of a terminal.
func TestCoverage(t *testing.T) {
	t.Parallel()
	row := func(name string, s inventory.Status, why, remedy, by string) inventory.Row {
		return inventory.Row{Resource: name, Outcome: inventory.Outcome{Status: s, Why: why, Remedy: remedy, By: by}}
	}
	report := &inventory.Report{Rows: []inventory.Row{
		row("logs", inventory.Failed, "oktaint: GET /api/v1/logs: 503", "try again", ""),
		row("users", inventory.Complete, "", "", ""),
		row("admins", inventory.BeyondRole, "not seen with the role READ_ONLY_ADMIN", "assign SUPER_ADMIN", "a Super Admin"),
		row("realms", inventory.NotLicensed, "the org does not have it", "", ""),
		row("groups", inventory.Complete, "", "", ""),
		row("user-roles", inventory.BeyondRole, "it belongs to admins", "assign SUPER_ADMIN", "a Super Admin"),
	}}
	table := cli.NewTable()
	table.Row("role:", "READ_ONLY_ADMIN")
	table.Coverage(report)
	const want = `role:  READ_ONLY_ADMIN
coverage:
  complete          2 of 6
  not licensed      1: realms: the org does not have it
  beyond this role  2: admins: not seen with the role READ_ONLY_ADMIN;
                    user-roles: it belongs to admins. To change it: assign
                    SUPER_ADMIN (a Super Admin can)
  failed            1: logs: GET /api/v1/logs: 503. To change it: try again
`
	if got := table.Text(80); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	table = cli.NewTable()
	table.CoverageNames(report)
	const names = `coverage:            2 of 6 resources are complete
  not licensed:      1: realms
  beyond this role:  2: admins, user-roles
  failed:            1: logs
`
	if got := table.Text(80); got != names {
		t.Errorf("got\n%s\nwant\n%s", got, names)
	}
}
