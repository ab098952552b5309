package oauthapp

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rezonate-io/okta-integration/scopes"
)

// A Result is the app as the org has it after [Plan.Apply].
type Result struct {
	ApplicationID string // empty if there is no app, or if it is not known whether there is one
	ClientID      string // what tokens are requested with
	Created       bool   // this Apply made the app

	Granted scopes.Set             // the wanted scopes that are granted
	Missing scopes.Set             // the wanted scopes that are not
	Refused map[scopes.Scope]error // why the org refused some of the missing

	Role  string   // the wanted role, if the app holds it; empty if not, or if none is wanted
	Roles []string // types of all active roles of the app, sorted

	Permissions []string // of the app's custom role, sorted; nil if it holds none that this package made

	// SuperAdminRemoved reports that the org had given SUPER_ADMIN to the app
	// after a grant, and that the role was taken away again.
	SuperAdminRemoved bool

	Warnings []string // what Apply found that an administrator should look at, beyond Plan.Warnings
}

// result returns the app as far as it is known.
func (r *run) result() *Result {
	d := r.plan.Desired
	res := &Result{
		ApplicationID: r.app.ID, ClientID: r.app.ClientID, Created: r.created,
		Missing: d.Scopes.Minus(r.app.Granted), Refused: maps.Clone(r.refused),
		Roles: slices.Sorted(slices.Values(r.app.Roles)), Warnings: r.warnings,
		Permissions: slices.Clone(r.app.Permissions), SuperAdminRemoved: r.superAdminRemoved,
	}
	res.Granted = d.Scopes.Minus(res.Missing)
	if r.app.hasRole(d.Role) {
		res.Role = d.Role
	}
	for scope := range res.Granted.All() {
		delete(res.Refused, scope) // a duplicate, not a refusal
	}
	return res
}

func (r *run) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}
