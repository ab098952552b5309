package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// A Teardown is what [BuildRollback] or [BuildOffboard] has found to take away.
type Teardown struct {
	// App is the app that it is about, the zero App if the org has none.
	App App

	// Kept names what was done and is not undone, as the journal calls it: "revoke token".
	Kept []string

	// Warnings are what an administrator should know before going on.
	Warnings []string

	// Progress is called as Plan.Progress is.
	Progress func(Event)

	r       *run
	changes []change
	tokens  []func(context.Context) error // revoke one each
	applied bool
}

// A TeardownResult is what [Teardown.Apply] did.
type TeardownResult struct {
	// Done are the steps that were done, in order. What they take away is gone: the org
	// lists it no more.
	Done []Step
}

// Steps returns what [Teardown.Apply] will do, in order. No steps means that nothing is
// there.
func (d *Teardown) Steps() []Step {
	var steps []Step
	if len(d.tokens) > 0 {
		steps = append(steps, d.revocation())
	}
	for _, c := range d.changes {
		t := d.r.target(c)
		steps = append(steps, stepsOf([]change{c}, t.d, t.app)[0].Step)
	}
	return steps
}

// BuildRollback reads what there is to take back of what the runs that used the journal j
// have made: the app, if they created it, and the custom roles of its own, with their
// resource sets and bindings. Of an app that was there before it is the roles, grants and
// permissions that they gave it; its label, DPoP, network zones and status become what
// they were, and what Exact or Remove took from it is given back. What was made by
// somebody else is not touched: everything is found by the id that the journal holds. It
// writes nothing, neither to the org nor to j.
//
// A create whose outcome the journal does not know is looked for first, by its
// label and key, for up to 10 seconds. If several apps match, there is an error that names
// them, and nothing to apply.
//
// c holds the credential of a Super Admin; that of an app which is to be removed cannot
// finish.
func BuildRollback(ctx context.Context, c *oktaint.Client, j durable.State) (*Teardown, error) {
	if j == nil {
		return nil, errors.New("oauthapp: rolling back: there is no journal that says what was made")
	}
	rec, version, err := loadRecord(ctx, j)
	if err == nil && rec.Org != "" && rec.Org != c.Org.String() {
		err = fmt.Errorf("the journal is about the org %s, not %s", rec.Org, c.Org)
	}
	if err != nil {
		return nil, fmt.Errorf("oauthapp: rolling back: %w", err)
	}
	d := newTeardown(c, &ledger{journal: j, rec: rec, version: version})
	if rec.Org == "" {
		return d, nil
	}
	if err := d.read(ctx); err != nil {
		return nil, fmt.Errorf("oauthapp: rolling back: %w", err)
	}
	d.takeBack()
	return d, nil
}

func newTeardown(c *oktaint.Client, l *ledger) *Teardown {
	return &Teardown{r: &run{
		o: org{c}, l: l, restores: true, progress: &reporter{},
		who: identity{label: l.rec.Label, thumbprint: l.rec.Thumbprint, id: l.rec.ApplicationID},
		d:   Desired{Label: l.rec.Label, Role: RoleVisibility},
	}}
}

// read finds the app and reads all of it, and settles what the journal does not know.
func (d *Teardown) read(ctx context.Context) error {
	r := d.r
	found, err := d.find(ctx)
	if err != nil {
		return err
	}
	if r.app = (App{ClientID: r.l.rec.ClientID}); found != nil {
		r.app = *found
		err = r.readState(ctx, &r.app, r.l.owns())
		if err == nil {
			err = r.refresh(ctx, &r.app, partKeys, "")
		}
	} else if r.app.ClientID != "" {
		err = r.o.readCustom(ctx, &r.app, nil, r.l.owns(), r.o.permissionsOf(ctx, nil))
	}
	if err != nil {
		return err
	}
	d.App = r.app
	r.l.reconcile(target{org: r.o.c.Org, app: &r.app, d: r.d})
	return nil
}

// find returns the app of the journal, nil if it is gone or was never made. An org that
// does not list it yet is given patience.
func (d *Teardown) find(ctx context.Context) (found *App, err error) {
	l := d.r.l
	create := l.entry(appRow.name)
	until := create.At.Add(deliver.Patience)
	if d.r.who.id == "" && create.State == "" {
		return nil, nil
	}
	pauseErr := deliver.Poll(ctx, until, func() (bool, error) {
		if d.r.who.id == "" {
			found, err = d.r.o.holder(ctx, d.r.who)
		} else {
			var list []candidate
			if list, err = d.r.o.byID(ctx, d.r.who.id); len(list) == 1 {
				found = &list[0].App
			}
		}
		return found != nil || err != nil, nil
	})
	if err == nil {
		err = pauseErr
	}
	if err != nil {
		return nil, fmt.Errorf("looking for the app %q, which may have been created: %w", d.r.who.label, err)
	}
	if found == nil && l.rec.Changes[appRow.name] != nil && create.State == sending {
		delete(l.rec.Changes, appRow.name) // it was never made
	}
	return found, nil
}

// holder returns the one app of a label that holds a key.
func (o org) holder(ctx context.Context, who identity) (*App, error) {
	list, err := o.candidates(ctx, who.label, "")
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(c candidate) bool {
		c.keys = parseHeld(c.listed)
		return !c.key(who.thumbprint).there
	})
	switch len(list) {
	case 0:
		return nil, nil
	case 1:
		return &list[0].App, nil
	}
	return nil, fmt.Errorf("%d apps of this label hold this key (%s), and the journal does not know which of them is its own: delete those that are not wanted in the Admin Console, and remove the journal",
		len(list), ids(list))
}

// takeBack works out what undoes what the journal says was done.
func (d *Teardown) takeBack() {
	l := d.r.l
	// Grants and roles belong to the client id. Only where the app has the same id is it
	// known that they go with it.
	whole := l.did(appRow.name) && d.r.app.ID != ""
	goes := whole && l.rec.ClientID == l.rec.ApplicationID
	for _, c := range l.changes() {
		e := l.entry(c.name())
		switch {
		case c.row == tokenRow, c.row == keyRow && e.Theirs: // which no request brings back
			d.Kept = append(d.Kept, c.name())
			continue
		case c.row != appRow && !c.row.beside && (goes || whole && c.row.part == partApp || d.r.app.ID == ""):
			continue // it goes with the app, or is gone with it
		case c.row == permissionRow && d.r.takesOwn(c.arg):
			continue // it goes with the role
		}
		c.taken = !e.Theirs
		if c.taken && !d.r.shows(c) {
			continue
		}
		d.changes = append(d.changes, c)
	}
	d.changes = sorted(d.changes)
}

// takesOwn reports whether the custom role of a permission was made from here.
func (r *run) takesOwn(arg string) bool {
	own, _ := cutPermission(arg)
	return r.l.did(change{row: customRow, arg: own}.name())
}

// shows reports whether the org shows what a change is to take away, or whether it may
// show it still.
func (r *run) shows(c change) bool {
	t := r.target(c)
	id, there := c.row.see(t)
	if !c.takes() {
		return !there
	}
	return there && (c.id == "" || c.id == id)
}

// Apply takes away what Steps names. It may be abandoned anywhere: building it again goes
// on from there. Afterwards the journal is empty, for a new run to begin in.
//
// What is not there any more is not an error. If ctx ends, no further request is sent; one
// that is on its way gets up to 10 seconds to finish. The result is never nil. The error
// names what remains. It wraps [durable.ErrConflict] if another run is at work with the
// same journal.
func (d *Teardown) Apply(ctx context.Context) (*TeardownResult, error) {
	res := &TeardownResult{}
	if d.applied {
		return res, errors.New("oauthapp: this was applied already: build another one")
	}
	d.applied = true
	r := d.r
	r.progress.f = d.Progress
	ctx = oktaint.WithOnWait(ctx, r.progress.wait)
	if r.l.rec.Org == "" {
		return res, nil
	}
	if err := r.l.edit(ctx, func(*record) {}); err != nil { // a run that is at work stops
		return res, err
	}
	if err := d.revoke(ctx, res); err != nil {
		return res, err
	}
	for i, c := range d.changes {
		step := stepsOf([]change{c}, r.target(c).d, &r.app)[0].Step
		if err := r.round(ctx, []change{c}, false); err != nil {
			return res, fmt.Errorf("%w; what remains: %s: do this again with the same journal", err, d.remaining(i))
		}
		res.Done = append(res.Done, step)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliver.Grace)
	defer cancel()
	return res, r.l.edit(ctx, func(rec *record) { *rec = record{Version: recordVersion, Changes: map[string]*entry{}} })
}

func (d *Teardown) revocation() Step {
	return Step{Kind: StepRevokeAccess, Label: d.r.l.rec.Label, ApplicationID: d.App.ID}
}

// revoke ends the access tokens that were handed over, for which the app is needed still.
func (d *Teardown) revoke(ctx context.Context, res *TeardownResult) error {
	if len(d.tokens) == 0 {
		return nil
	}
	task := d.r.progress.begin(d.revocation(), len(d.tokens))
	for _, revoke := range d.tokens {
		if err := revoke(ctx); err != nil && d.App.ID != "" && d.App.Active {
			return fmt.Errorf("oauthapp: could not revoke an access token: %w; what remains: %s: do this again, or without the tokens", err, d.remaining(0))
		}
		task.advance()
	}
	res.Done = append(res.Done, d.revocation())
	return nil
}

// remaining names the steps from i on.
func (d *Teardown) remaining(i int) string {
	var names []string
	for _, c := range d.changes[i:] {
		names = append(names, d.r.says(c))
	}
	return strings.Join(names, ", ")
}
