package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// errSuperAdminGiven is about a SUPER_ADMIN that the org gave and that stays.
var errSuperAdminGiven = errors.New("the org has assigned SUPER_ADMIN to the app (the setting \"Public client app admins\" does that), and it is not this run's to take away: remove the role in the Admin Console and turn the setting off")

// isSuperAdmin reports whether a change takes SUPER_ADMIN away.
func (c change) isSuperAdmin() bool { return c.taken && c.row == roleRow && c.arg == RoleSuperAdmin }

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

// unwantedSuperAdmin reports whether an app holds a SUPER_ADMIN that nobody asked for.
func (p *Plan) unwantedSuperAdmin(have *App) bool {
	return p.Desired.Role != RoleSuperAdmin && have.hasRole(RoleSuperAdmin)
}

// takesSuperAdmin reports whether such a SUPER_ADMIN is taken away. Without being asked
// for, that is done only if the role was made from here, or can only have been given by
// the org.
func (p *Plan) takesSuperAdmin(have *App) bool {
	switch {
	case p.Desired.KeepSuperAdmin || p.mayBeOwn(have):
		return false
	case p.Desired.Exact || roleRow.named(p.Desired.Remove, RoleSuperAdmin):
		return true
	}
	return p.ledger.superAdminAppeared()
}

// keepsSuperAdminGiven reports whether an app holds a SUPER_ADMIN that the org has given
// it, which is not taken away.
func (p *Plan) keepsSuperAdminGiven(have *App) bool {
	if !p.unwantedSuperAdmin(have) || p.Desired.KeepSuperAdmin || p.takesSuperAdmin(have) {
		return false
	}
	return p.App == nil || !p.App.hasRole(RoleSuperAdmin) || p.ledger.superAdminAppeared()
}

// expectsSuperAdmin reports whether the org is about to give SUPER_ADMIN to an app: its
// setting says so, and the app was granted its first scopes just now.
func (p *Plan) expectsSuperAdmin(now *App) bool {
	if !p.SuperAdminByDefault || p.Desired.Role == RoleSuperAdmin || now.hasRole(RoleSuperAdmin) {
		return false
	}
	p.mu.Lock()
	removed := p.last != nil && p.last.superAdminRemoved
	p.mu.Unlock()
	first := p.App == nil || p.App.Granted.IsEmpty() || p.ledger.did(appRow.name)
	return !removed && first && time.Since(p.ledger.firstGrant()) < deliver.Patience
}

// firstGrant is when the first scope was granted from here, the zero time if none was.
func (l *ledger) firstGrant() (first time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, e := range l.rec.Changes {
		if c, _ := changeNamed(name); c.isGrant() && !e.At.IsZero() && (first.IsZero() || e.At.Before(first)) {
			first = e.At
		}
	}
	return first
}

// superAdminAppeared reports whether a SUPER_ADMIN that the app holds can only
// have been given to it after its first grant: this run or its journal created
// the app, the role was not there before, and it was not assigned from here.
func (l *ledger) superAdminAppeared() bool {
	assigned := l.did(change{row: roleRow, arg: RoleSuperAdmin}.name())
	l.mu.Lock()
	defer l.mu.Unlock()
	before, created := l.rec.RolesBefore, l.rec.Changes[appRow.name]
	return !assigned && created != nil && created.State == done && before != nil && !slices.Contains(before, RoleSuperAdmin)
}

// lookBeforeGrants keeps in the journal which roles an app of ours holds before
// its first grant: with the setting "Public client app admins" the org gives it
// SUPER_ADMIN after that.
func (r *run) lookBeforeGrants(ctx context.Context) error {
	r.mu.Lock()
	r.looked = true
	id, granted := r.app.ClientID, r.app.Granted
	r.mu.Unlock()
	if r.d.Role == RoleSuperAdmin || r.d.KeepSuperAdmin || !granted.IsEmpty() || !r.l.did(appRow.name) {
		return nil
	}
	var held []oktaint.HeldRole
	err := deliver.Settle(ctx, r.l.fresh(), func() (err error) {
		held, err = r.o.clientRoles(ctx, id)
		return err
	})
	if err == nil {
		types := append([]string{}, oktaint.RoleTypes(held)...)
		err = r.l.edit(ctx, func(rec *record) { rec.RolesBefore = types })
	}
	if err != nil {
		return fmt.Errorf("oauthapp: reading the roles of the app before its first grant: %w", explained(err))
	}
	return nil
}
