package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// Apply does the steps of p and reads back what the org has then. Plan.Progress
// is called from several goroutines, but never twice at a time, and Apply waits for it to
// return.
//
// The Result is never nil. With an error it tells how far Apply came: what it
// names exists. That the org refuses a scope, or the IAM reader, is not an error; it is
// in Result.Unmet, as is what the org has accepted and does not show after 10 seconds.
//
// If ctx ends, no further request is sent. One that is on its way gets up to
// 10 seconds to finish, so that its outcome is known. Building a plan again
// with the same Desired goes on from there.
//
// A plan is applied once.
func (p *Plan) Apply(ctx context.Context) (*Result, error) {
	r := p.newRun()
	if p.applied.Swap(true) {
		return p.result(r), errors.New("oauthapp: this plan was applied already: build another one")
	}
	defer p.keep(r)
	ctx = oktaint.WithOnWait(ctx, r.progress.wait)
	if err := p.ledger.flush(ctx); err != nil {
		return p.result(r), err
	}
	if err := r.all(ctx, p.changes); err != nil {
		return p.result(r), err
	}
	if len(p.changes) == 0 {
		r.readBack = true
		return p.result(r), nil
	}
	r.changed = time.Now()
	err := p.readBack(ctx, r)
	return p.result(r), err
}

// newRun returns a run that goes on from what the last one knew.
func (p *Plan) newRun() *run {
	r := &run{o: org{p.client}, l: p.ledger, who: p.Desired.identity(""), d: p.Desired, progress: &reporter{f: p.Progress}}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch last := p.last; {
	case last != nil:
		r.app, r.created, r.refused, r.failed = last.app, last.created, last.refused, last.failed
		r.superAdminRemoved, r.changed = last.superAdminRemoved, last.changed
	case p.App != nil:
		r.app = *p.App
	}
	return r
}

func (p *Plan) keep(r *run) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = r
}

// ReadBack reads the app again and returns it as the org has it then. Call it
// after [Verify] has used the app for the first time: an org that assigns
// SUPER_ADMIN to new apps may do so late, and ReadBack deals with that as Apply
// does. The error is about a read, or about taking the role away; the Result is
// nil only if there is no app.
func (p *Plan) ReadBack(ctx context.Context) (*Result, error) {
	r := p.newRun()
	if r.app.ID == "" {
		return nil, errors.New("oauthapp: there is no app to read back: apply the plan first")
	}
	defer p.keep(r)
	err := p.readBack(oktaint.WithOnWait(ctx, r.progress.wait), r)
	return p.result(r), err
}

// readBack replaces what was sent by what the org says it has. What was just changed is
// given patience. A SUPER_ADMIN that the org has given is taken away, if the rules allow.
func (p *Plan) readBack(ctx context.Context, r *run) error {
	task := r.progress.begin(Step{Kind: StepReadBack, Label: p.Desired.Label, ApplicationID: r.app.ID}, 1)
	var g errgroup.Group
	who, id := r.who, r.app.ID
	g.Go(func() error { return p.awaitDesired(ctx, r) })
	if r.created { // again: the other run may have been slower
		g.Go(func() error { return r.o.alone(ctx, who, id) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if late := slices.DeleteFunc(p.difference(&r.app), func(c change) bool { return !c.isSuperAdmin() }); len(late) > 0 {
		if err := r.all(ctx, late); err != nil {
			return err
		}
		if err := r.readAll(ctx, &r.app); err != nil {
			return err
		}
	}
	r.readBack = true
	task.advance()
	return nil
}

// awaitDesired reads the app until it is as desired, or patience is over.
func (p *Plan) awaitDesired(ctx context.Context, r *run) error {
	var until time.Time
	if !r.changed.IsZero() {
		until = r.changed.Add(deliver.Patience)
	}
	return deliver.Poll(ctx, until, func() (bool, error) {
		now := r.app
		if err := r.readAll(ctx, &now); err != nil {
			return false, err
		}
		if now.ID == "" { // it is not listed yet
			now = r.app
			now.Active = false
		}
		r.app = now
		open := slices.DeleteFunc(p.difference(&now), func(c change) bool { return r.refused[c.name()] != nil || r.failed[c.arg] != nil })
		late := slices.ContainsFunc(open, change.isSuperAdmin)
		return late || len(open) == 0 && !p.expectsSuperAdmin(&now), nil
	})
}

// readAll reads an app with all its parts.
func (r *run) readAll(ctx context.Context, a *App) error {
	object := *a
	var wg sync.WaitGroup
	var appErr, stateErr error
	wg.Go(func() { appErr = r.readApp(ctx, &object) })
	wg.Go(func() { stateErr = r.readState(ctx, a, union(r.l.owns(), r.d.ownRoles())) })
	wg.Wait()
	a.ID, a.Label, a.Active, a.DPoP, a.Network, a.object = object.ID, object.Label, object.Active, object.DPoP, object.Network, object.object
	return errors.Join(appErr, stateErr)
}

// An Unmet is something that was asked for and is not so.
type Unmet struct {
	Step Step  // what would have to be done still
	Err  error // why it was not; nil if the org accepted it, or it was not tried
}

// String says what is not so, and why.
func (u Unmet) String() string {
	if u.Err != nil {
		return fmt.Sprintf("could not %s: %v", u.Step, u.Err)
	}
	return fmt.Sprintf("still to do, as the org shows it: %s", u.Step)
}

// unmet lists what is not so, of what the app has now.
func (p *Plan) unmet(r *run) []Unmet {
	var list []Unmet
	var lost []change
	for _, c := range p.difference(&r.app) {
		err := r.refused[c.name()]
		if err == nil && c.row.beside {
			err = r.failed[c.arg]
		}
		if err == nil {
			lost = append(lost, c)
			continue
		}
		list = append(list, Unmet{stepsOf([]change{c}, p.Desired, &r.app)[0].Step, err})
	}
	for _, s := range stepsOf(lost, p.Desired, &r.app) {
		list = append(list, Unmet{Step: s.Step})
	}
	if p.keepsSuperAdminGiven(&r.app) {
		list = append(list, Unmet{Step: stepsOf([]change{{row: roleRow, arg: RoleSuperAdmin, taken: true}}, p.Desired, &r.app)[0].Step, Err: errSuperAdminGiven})
	}
	return list
}

// result returns the app as far as it is known.
func (p *Plan) result(r *run) *Result {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := p.Desired
	res := &Result{
		ApplicationID: r.app.ID, ClientID: r.app.ClientID, Created: r.created, DPoP: r.app.DPoP,
		Missing: d.Scopes.Minus(r.app.Granted), Roles: slices.Sorted(slices.Values(r.app.Roles)),
		Permissions: slices.Clone(r.app.Permissions), IAMReader: r.app.custom[iamReader].bound,
		SuperAdminRemoved: r.superAdminRemoved, org: p.client.Org,
	}
	res.Granted = d.Scopes.Minus(res.Missing)
	for _, role := range d.standardRole() {
		if r.app.hasRole(role) {
			res.Role = role
		}
	}
	if r.readBack {
		res.Unmet, res.Left = p.unmet(r), p.left(&r.app)
	}
	return res
}
