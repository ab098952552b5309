package oauthapp

import (
	"context"
	"slices"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// mayBeOwn reports whether an app may be the one whose credential does the
// work. An API token belongs to a user, and an app that this plan creates has
// never had a credential.
func (p *Plan) mayBeOwn(have *App) bool {
	switch {
	case p.Owner.ID != "" || p.App == nil:
		return false
	case p.Owner.ClientID != "":
		return p.Owner.ClientID == have.ClientID
	}
	return true
}

// unwantedSuperAdmin reports whether SUPER_ADMIN, which is not wanted, is taken
// from an app that holds it when the plan is made.
func (p *Plan) unwantedSuperAdmin(have *App) bool {
	switch d := p.Desired; {
	case d.KeepSuperAdmin:
		p.warn("the app holds SUPER_ADMIN, which is not wanted and kept as told")
	case p.mayBeOwn(have):
		p.warn("the app holds SUPER_ADMIN, which is not wanted; it may be the app whose credential does this work, so the role is left alone: remove it in the Admin Console")
	case d.Exact, p.ledger.did(rolePrefix + RoleSuperAdmin), p.ledger.superAdminAppeared():
		return true
	default:
		p.warn("the app holds SUPER_ADMIN, which is not wanted: remove the role in the Admin Console")
	}
	return false
}

// superAdminAppeared reports whether a SUPER_ADMIN that the app holds can only
// have been given to it after its first grant: this run or its journal created
// the app, and the role was not there before.
func (l *ledger) superAdminAppeared() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.rec.RolesBefore
	return l.rec.Writes[createWrite] == done && before != nil && !slices.Contains(before, RoleSuperAdmin)
}

// lookBeforeGrants keeps in the journal which roles an app of ours holds before
// its first grant: with the setting "Public client app admins" the org gives it
// SUPER_ADMIN after that.
func (r *run) lookBeforeGrants(ctx context.Context) error {
	d, l := r.plan.Desired, r.plan.ledger
	if d.Role == RoleSuperAdmin || d.KeepSuperAdmin || !r.app.Granted.IsEmpty() || !l.did(createWrite) {
		return nil
	}
	held, err := r.o.clientRoles(ctx, r.app.ClientID)
	if err != nil {
		return err
	}
	return l.keepRolesBefore(ctx, append([]string{}, oktaint.RoleTypes(held)...))
}

func (l *ledger) keepRolesBefore(ctx context.Context, roles []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rec.RolesBefore, l.changed = roles, true
	return l.save(ctx)
}

// superAdminAppeared deals with a SUPER_ADMIN that now, which was just read,
// holds and that nobody asked for: it is removed if the rules allow that, and
// told of otherwise.
func (r *run) superAdminAppeared(ctx context.Context, now *App) error {
	p := r.plan
	switch {
	case p.Desired.KeepSuperAdmin:
		r.warn("the org has assigned SUPER_ADMIN to the app, which is not wanted and kept as told")
		return nil
	case p.mayBeOwn(now) || !p.ledger.superAdminAppeared():
		r.warn("the org has assigned SUPER_ADMIN to the app, which is not wanted (the setting \"Public client app admins\" does that): remove the role in the Admin Console and turn the setting off")
		return nil
	}
	if err := r.unassign(ctx, RoleSuperAdmin, now.roleIDs[RoleSuperAdmin]); err != nil {
		return err
	}
	if err := r.o.readRoles(ctx, now, false); err != nil {
		return err
	}
	if now.hasRole(RoleSuperAdmin) {
		r.warn("SUPER_ADMIN was taken from the app, and the org lists it still: look at its roles in the Admin Console")
	}
	return nil
}
