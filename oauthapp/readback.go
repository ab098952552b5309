package oauthapp

import (
	"context"
	"errors"
	"slices"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// ReadBack reads the app again and returns it as the org has it then. Call it
// after [Verify] has used the app for the first time: an org that assigns
// SUPER_ADMIN to new apps may do so late, and ReadBack deals with that as Apply
// does. The error is about a read, or about taking the role away; the Result is
// nil only if there is no app.
func (p *Plan) ReadBack(ctx context.Context, progress func(Event)) (*Result, error) {
	r := p.newRun(progress)
	if r.app.ID == "" {
		return nil, errors.New("oauthapp: there is no app to read back: apply the plan first")
	}
	ctx = oktaint.WithOnWait(ctx, r.progress.wait)
	err := r.readBack(ctx)
	p.keep(r)
	return r.result(), err
}

// newRun returns a run that goes on from what the last one knew.
func (p *Plan) newRun(progress func(Event)) *run {
	r := &run{plan: p, o: org{p.client}, progress: &reporter{f: progress}}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last != nil {
		r.app, r.created, r.refused = p.last.app, p.last.created, p.last.refused
		r.superAdminRemoved = p.last.superAdminRemoved
	} else if p.App != nil {
		r.app = *p.App
	}
	return r
}

func (p *Plan) keep(r *run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = r
}

// readBack replaces what was sent by what the org says it has, and warns where
// the two differ.
func (r *run) readBack(ctx context.Context) error {
	d := r.plan.Desired
	r.progress.begin(Step{Kind: StepReadBack, Label: d.Label, ApplicationID: r.app.ID}, 1)
	now := r.app
	if err := r.o.readState(ctx, &now, len(d.Permissions) > 0); err != nil {
		return err
	}
	if lost := r.app.Granted.Minus(now.Granted); !lost.IsEmpty() {
		r.warn("the org accepted these grants, but does not list them: %s", lost)
	}
	if d.Role != RoleNone && !now.hasRole(d.Role) {
		r.warn("the app does not hold the role %s; its roles: %s", d.Role, listed(now.Roles))
	}
	if len(d.Permissions) > 0 && !slices.Equal(now.Permissions, d.Permissions) {
		r.warn("the app's custom role does not hold the wanted permissions, but these: %s", listed(now.Permissions))
	}
	if d.Role != RoleSuperAdmin && now.hasRole(RoleSuperAdmin) && !r.app.hasRole(RoleSuperAdmin) {
		if err := r.superAdminAppeared(ctx, &now); err != nil {
			return err
		}
	}
	r.app = now
	r.progress.advance()
	return nil
}
