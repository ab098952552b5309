package main

import (
	"slices"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// mostGuesses is how many roles are worth naming: what they have in common is too
// little otherwise.
const mostGuesses = 2

// guess returns the standard roles that show just what was seen, for a credential that
// may not read its own roles. It returns none if too many do, or none.
func (f *facts) guess(asked scopes.Set) []string {
	if asked.IsEmpty() { // an API token: its roles decide alone
		asked = scopes.Visibility
	}
	var fit []string
	for _, role := range oauthapp.StandardRoles() {
		if role != oauthapp.RoleSuperAdmin && f.fits(inventory.Expect(asked, []string{role}, nil)) { // which reads its own
			fit = append(fit, role)
		}
	}
	if len(fit) > mostGuesses {
		return nil
	}
	return fit
}

// fits reports whether what was seen is what a role would show. Rows that say nothing of
// roles do not count, nor do those for which there was nothing to ask.
func (f *facts) fits(expected *inventory.Report) bool {
	for _, row := range f.report.Rows {
		want, ok := expected.Row(row.Resource)
		if ok && row.Requests > 0 && speaks(row.Outcome) && speaks(want.Outcome) && seen(row.Outcome) != seen(want.Outcome) {
			return false
		}
	}
	return true
}

// speaks reports whether a status is due to the roles.
func speaks(o inventory.Outcome) bool {
	return !slices.Contains([]inventory.Status{inventory.NotAsked, inventory.NotLicensed, inventory.Failed}, o.Status)
}

func seen(o inventory.Outcome) bool {
	return o.Status == inventory.Complete || o.Status == inventory.Partial
}
