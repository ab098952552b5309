package oauthapp

import (
	"context"
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

	Role     string   // the wanted role, if the app holds it; empty if not, or if none is wanted
	Roles    []string // types of all active roles of the app, sorted
	Warnings []string // what Apply found that an administrator should look at, beyond Plan.Warnings
}

// result returns the app as far as it is known.
func (r *run) result() *Result {
	d := r.plan.Desired
	res := &Result{
		ApplicationID: r.app.ID, ClientID: r.app.ClientID, Created: r.created,
		Missing: d.Scopes.Minus(r.app.Granted), Refused: maps.Clone(r.refused),
		Roles: slices.Sorted(slices.Values(r.app.Roles)), Warnings: r.warnings,
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

// readBack replaces what was sent by what the org says it has, and warns where
// the two differ.
func (r *run) readBack(ctx context.Context) error {
	d := r.plan.Desired
	r.progress.begin(Step{Kind: StepReadBack, Label: d.Label, ApplicationID: r.app.ID}, 1)
	now := r.app
	if err := r.o.readState(ctx, &now); err != nil {
		return err
	}
	if lost := r.app.Granted.Minus(now.Granted); !lost.IsEmpty() {
		r.warn("the org accepted these grants, but does not list them: %s", lost)
	}
	if d.Role != RoleNone && !now.hasRole(d.Role) {
		r.warn("the app does not hold the role %s; its roles: %s", d.Role, listed(now.Roles))
	}
	if d.Role != RoleSuperAdmin && now.hasRole(RoleSuperAdmin) && !r.plan.App.hasRole(RoleSuperAdmin) {
		r.warn("the org has assigned SUPER_ADMIN to the app, which is not wanted (the setting \"Public client app admins\" does that): remove the role in the Admin Console and turn the setting off")
	}
	r.app = now
	r.progress.advance()
	return nil
}

func (r *run) warn(format string, args ...any) {
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}
