package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// ErrKeyInUse is wrapped by the error of [BuildRotation] if no rotation is under way and
// the new key is the one that the credentials have: an earlier rotation to it is over.
var ErrKeyInUse = errors.New("the new key is the one in use: make another one with oktaint.GenerateKey")

// A Rotation replaces the key with which an app signs its token requests. Credentials,
// Next and Switch are required.
type Rotation struct {
	// Credentials are what services use now. In a run that goes on from an earlier one they
	// may be those that Switch has stored. If they are the old ones again, as from a backup,
	// Switch is called again.
	Credentials oktaint.Credentials

	// Next is the new key. It must be stored durably already: once it is added to the app, an
	// earlier run may need it to go on.
	Next oktaint.Key

	// Switch stores the credentials that services use from now on, and returns once they are
	// durable. It is called after a token was minted with them. A service whose
	// [oktaint.PrivateKeyJWT] has Keys takes the new key without a restart.
	Switch func(ctx context.Context, next oktaint.Credentials) error

	// Grace is how long the old key goes on working after the switch, for services that
	// have it in memory. Access tokens that were issued for it live up to an hour in any case.
	Grace time.Duration

	// Wait makes Apply wait until Grace is over. Otherwise it returns, and a later run
	// removes the old key.
	Wait bool

	// Base sends the token requests that prove the new key. Nil means the default of oktaint.
	Base http.RoundTripper

	// Progress is called as Plan.Progress is.
	Progress func(Event)
}

// A RotationPlan is what [BuildRotation] has found to do.
type RotationPlan struct {
	App      App      // as the org has it
	Warnings []string // for an administrator: keys of the app that are neither the old one nor the new

	rot     Rotation
	r       *run
	next    oktaint.Credentials
	applied bool
}

// A RotationResult says which key is which after [RotationPlan.Apply].
type RotationResult struct {
	// Credentials are those to use from now on: the new ones once Switch has returned.
	Credentials oktaint.Credentials

	// OldKey is the key id, as the org names it, of the old key if it is there still; empty
	// once it is gone.
	OldKey string

	// Until is when the old key may be removed: run the rotation again then. It is zero if
	// there is none to remove.
	Until time.Time
}

// BuildRotation reads what there is to do to replace a key. It writes nothing. admin holds
// the credential of a Super Admin: an app that has scopes may not change its own keys. j is
// the journal of the app; an empty one is begun, also for an app that was made by hand.
//
// Keys are recognised by the RFC 7638 thumbprint of what the org lists, whatever key id the
// org knows them by.
func BuildRotation(ctx context.Context, admin *oktaint.Client, rot Rotation, j durable.State) (*RotationPlan, error) {
	if err := rot.check(admin, j); err != nil {
		return nil, fmt.Errorf("oauthapp: rotating a key: %w", err)
	}
	rec, version, err := loadRecord(ctx, j)
	if err != nil {
		return nil, err
	}
	p := &RotationPlan{rot: rot, next: rot.Credentials}
	p.next.Key = rot.Next
	p.r = &run{o: org{admin}, l: &ledger{journal: j, rec: rec, version: version}, d: Desired{Key: rot.Next.Public()}, progress: &reporter{}}
	if err := p.read(ctx); err != nil {
		return nil, fmt.Errorf("oauthapp: rotating the key of client %s: %w", rot.Credentials.ClientID, explained(err))
	}
	return p, nil
}

func (rot *Rotation) check(admin *oktaint.Client, j durable.State) error {
	c := rot.Credentials
	switch {
	case c.Kind != oktaint.KindPrivateKeyJWT:
		return fmt.Errorf("the credentials are of kind %s, not %s: the secret of a store integration is rotated by the package integration", c.Kind, oktaint.KindPrivateKeyJWT)
	case c.Org != admin.Org:
		return fmt.Errorf("the credentials are for %s, the administrator's for %s", c.Org, admin.Org)
	case rot.Next.IsZero():
		return errors.New("there is no new key: make one with oktaint.GenerateKey and store it")
	case rot.Switch == nil:
		return errors.New("there is no Switch, which stores the new credentials")
	case j == nil:
		return errors.New("there is no journal, by which a rotation that was interrupted goes on")
	}
	return nil
}

// read finds the app and its keys, and what an earlier run has done.
func (p *RotationPlan) read(ctx context.Context) error {
	r, c := p.r, p.rot.Credentials
	id := idOf(c, r.l.rec)
	found, err := r.o.byID(ctx, id)
	switch {
	case err == nil && len(found) == 0:
		err = fmt.Errorf("the org has no service app %s: was it deleted?", id)
	case err == nil:
		err = sameClient(c, &found[0].App)
	}
	if err != nil {
		return err
	}
	r.app = found[0].App
	if err := r.refresh(ctx, &r.app, partKeys, ""); err != nil {
		return err
	}
	p.App = r.app
	if err := p.resume(); err != nil {
		return err
	}
	old, next := r.app.key(r.l.rec.Rotation.Old), r.l.rec.Rotation.Next
	if !old.there && !r.app.key(next).active {
		return fmt.Errorf("the app has neither the key of the credentials (%s) nor the new one: whose are they?", r.l.rec.Rotation.Old)
	}
	r.l.reconcileKeys(&r.app)
	for _, k := range r.app.keys {
		if k.id != old.id && k.id != r.app.key(next).id {
			p.Warnings = append(p.Warnings, fmt.Sprintf("the app has another key, %s, which is left alone: who uses it?", k.kid))
		}
	}
	return nil
}

// idOf is by what the org knows the app of credentials. Most client ids are that too.
func idOf(c oktaint.Credentials, rec record) string {
	switch {
	case c.ApplicationID != "":
		return c.ApplicationID
	case rec.ApplicationID != "" && rec.ClientID == c.ClientID:
		return rec.ApplicationID
	}
	return c.ClientID
}

// sameClient returns an error if the app that credentials name has another client id.
func sameClient(c oktaint.Credentials, a *App) error {
	if a.ClientID == c.ClientID {
		return nil
	}
	return fmt.Errorf("the app %s has the client id %s: which of the two ids of the credentials is wrong?", a.ID, a.ClientID)
}

// resume takes up the rotation that the journal says is under way, or begins one.
func (p *RotationPlan) resume() error {
	l, a := p.r.l, &p.r.app
	now, next := p.rot.Credentials.Key.Public().Thumbprint(), p.rot.Next.Public().Thumbprint()
	switch {
	case l.rec.Org == "":
		l.rec = record{Version: recordVersion, Org: p.r.o.c.Org.String(), Label: a.Label, Thumbprint: now, ApplicationID: a.ID, ClientID: a.ClientID, Changes: map[string]*entry{}}
	case l.rec.Org != p.r.o.c.Org.String() || l.rec.ApplicationID != a.ID:
		return fmt.Errorf("the journal is about the app %q of %s: use another journal for this one", l.rec.Label, l.rec.Org)
	}
	under := l.rec.Rotation
	switch {
	case under != nil && under.Next != next:
		return fmt.Errorf("another rotation is under way, to the key %s: pass that key", under.Next)
	case under == nil && now == next:
		return ErrKeyInUse
	case under == nil:
		l.rec.Rotation = &rotationRecord{Old: now, Next: next}
	}
	return nil
}

// reconcileKeys drops what the journal says of keys that are not as it says any more.
func (l *ledger) reconcileKeys(a *App) {
	for name, e := range l.rec.Changes {
		if c, _ := changeNamed(name); c.row == keyRow && a.key(c.arg).there == e.Theirs && !e.fresh() {
			delete(l.rec.Changes, name)
			l.changed = true
		}
	}
}

// Steps returns what is still to do, in order.
func (p *RotationPlan) Steps() []Step {
	rot := p.r.l.rec.Rotation
	if rot == nil { // it is over
		return nil
	}
	step := func(kind StepKind, key string) Step {
		return Step{Kind: kind, Label: p.App.Label, ApplicationID: p.App.ID, Key: key}
	}
	var steps []Step
	if !p.App.key(rot.Next).active {
		steps = append(steps, step(StepAddKey, rot.Next))
	}
	if !p.switched() {
		steps = append(steps, step(StepProve, rot.Next), step(StepSwitch, rot.Next))
	}
	if p.App.key(rot.Old).there {
		steps = append(steps, step(StepDeleteKey, rot.Old))
	}
	return steps
}

// Apply does the steps: it adds the new key, proves it with a token, switches services to
// it, and after Grace removes the old one, having proved the new one again. The key that
// services use works at every moment, also if the process dies: build the rotation again
// with what is stored then.
//
// The result is never nil. If ctx ends, no further request is sent; one that is on its way
// gets up to 10 seconds to finish.
func (p *RotationPlan) Apply(ctx context.Context) (*RotationResult, error) {
	if p.applied {
		return &RotationResult{Credentials: p.rot.Credentials}, errors.New("oauthapp: this rotation was applied already: build another one")
	}
	p.applied = true
	res := &RotationResult{Credentials: p.rot.Credentials, OldKey: p.App.key(p.r.l.rec.Rotation.Old).kid}
	p.r.progress.f = p.rot.Progress
	ctx = oktaint.WithOnWait(ctx, p.r.progress.wait)
	if err := p.r.l.edit(ctx, func(*record) {}); err != nil {
		return res, err
	}
	if err := p.change(ctx, res); err != nil {
		return res, fmt.Errorf("oauthapp: rotating the key of client %s: %w", p.App.ClientID, err)
	}
	return res, nil
}

func (p *RotationPlan) change(ctx context.Context, res *RotationResult) error {
	r, rot := p.r, p.r.l.rec.Rotation
	if !p.App.key(rot.Next).active {
		if err := r.all(ctx, []change{{row: keyRow, arg: rot.Next}}); err != nil {
			return err
		}
	}
	if !p.switched() {
		if err := p.toNext(ctx); err != nil {
			return err
		}
	}
	res.Credentials = p.next
	old := r.app.key(rot.Old)
	if !old.there {
		return p.finish(ctx, res)
	}
	res.Until = rot.Switched.Add(p.rot.Grace)
	if left := time.Until(res.Until); left > 0 {
		if !p.rot.Wait {
			return nil
		}
		r.progress.wait(oktaint.Wait{For: left, Reason: "the old key goes on working for a while"})
		if err := deliver.Pause(ctx, left); err != nil {
			return err
		}
	}
	if err := p.prove(ctx); err != nil { // again: the old one is all there is otherwise
		return err
	}
	if err := r.all(ctx, []change{{row: keyRow, arg: rot.Old, taken: true, id: old.id}}); err != nil {
		return err
	}
	return p.finish(ctx, res)
}

// switched reports whether services use the new key: the journal alone does not say what
// is stored now.
func (p *RotationPlan) switched() bool { return p.stored() && !p.r.l.rec.Rotation.Switched.IsZero() }

// stored reports whether the new key is in the credentials that services use.
func (p *RotationPlan) stored() bool {
	return p.rot.Credentials.Key.Public().Equal(p.rot.Next.Public())
}

// toNext proves the new key and makes services use it.
func (p *RotationPlan) toNext(ctx context.Context) error {
	r, rot := p.r, p.r.l.rec.Rotation
	if err := p.prove(ctx); err != nil {
		return err
	}
	task := r.progress.begin(Step{Kind: StepSwitch, Label: p.App.Label, ApplicationID: p.App.ID, Key: rot.Next}, 1)
	if !p.stored() { // which an earlier run has not done
		if err := p.rot.Switch(ctx, p.next); err != nil {
			return fmt.Errorf("the new key was not stored, and the old one goes on working: %w", err)
		}
	}
	err := r.l.edit(context.WithoutCancel(ctx), func(rec *record) {
		rec.Rotation.Switched, rec.Thumbprint = time.Now().UTC(), rot.Next
		delete(rec.Changes, change{row: keyRow, arg: rot.Next}.name()) // a rollback must not take it
	})
	task.advance()
	return err
}

// prove mints a token with the new key.
func (p *RotationPlan) prove(ctx context.Context) error {
	task := p.r.progress.begin(Step{Kind: StepProve, Label: p.App.Label, ApplicationID: p.App.ID, Key: p.r.l.rec.Rotation.Next}, 1)
	src, until := p.next.Source(p.rot.Base), time.Now().Add(deliver.Patience)
	if err := deliver.Mint(ctx, src, p.next.Scopes, until, p.r.progress.wait); err != nil {
		return fmt.Errorf("the new key gets no token: %w", err)
	}
	task.advance()
	return nil
}

// finish forgets the rotation.
func (p *RotationPlan) finish(ctx context.Context, res *RotationResult) error {
	res.OldKey, res.Until = "", time.Time{}
	return p.r.l.edit(ctx, func(rec *record) {
		rec.Rotation = nil
		for name := range rec.Changes {
			if c, _ := changeNamed(name); c.row == keyRow {
				delete(rec.Changes, name)
			}
		}
	})
}
