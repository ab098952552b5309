package oauthapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// StepRollback is the kind of the one step that the events of [Rollback] have.
const StepRollback StepKind = "roll back"

// A RollbackResult is what [Rollback] did.
type RollbackResult struct {
	// Removed names what is gone now, in the order in which it went.
	Removed []string

	// Kept names the changes of an app that was there before, or of the
	// credential, that Rollback does not undo, as the journal calls them:
	// "rename", "revoke okta.users.read".
	Kept []string
}

// Rollback removes what the runs that used the journal j have made, newest kind first: the
// binding, the resource set and the custom role, then the app, if they created
// it. Of an app that was there before it takes the roles and grants that they
// gave it, and deactivates it if they activated it. What was there before, or
// was made by somebody else, is not touched: everything is found by the id that
// the journal holds. Afterwards the journal is empty, for a new run to begin in.
//
// A create whose outcome the journal does not know is looked for first, by its
// label and key, for up to 10 seconds. If several apps match, Rollback does not
// choose: it returns an error that names them.
//
// What is not there any more is not an error, and Rollback itself may be abandoned
// anywhere: rolling back again goes on from there. An empty journal is rolled
// back already. If ctx ends, no further request is sent; one that is on its way
// gets up to 10 seconds to finish. c holds the credential of a Super Admin;
// that of an app which is to be removed cannot finish. progress is called as in
// [Plan.Apply] and may be nil.
//
// The result is never nil. The error names what remains. It wraps
// [durable.ErrConflict] if another run is at work with the same journal.
func Rollback(ctx context.Context, c *oktaint.Client, j durable.State, progress func(Event)) (*RollbackResult, error) {
	b := &rollback{o: org{c}, progress: &reporter{f: progress}, result: &RollbackResult{}}
	if j == nil {
		return b.result, errors.New("oauthapp: rolling back: there is no journal that says what was made")
	}
	if err := b.load(ctx, j); err != nil {
		return b.result, fmt.Errorf("oauthapp: rolling back: %w", err)
	}
	if b.rec.Org == "" {
		return b.result, nil
	}
	ctx = oktaint.WithOnWait(ctx, b.progress.wait)
	if err := b.locate(ctx); err != nil {
		return b.result, fmt.Errorf("oauthapp: rolling back: %w", err)
	}
	steps := b.steps()
	b.progress.begin(Step{Kind: StepRollback, Label: b.rec.Label, ApplicationID: b.rec.ApplicationID}, max(1, len(steps)))
	for i, s := range steps {
		if err := b.undo(ctx, s); err != nil {
			return b.result, fmt.Errorf("oauthapp: rolling back: could not remove %s: %w; what remains: %s: roll back again with the same journal",
				s.what, err, remaining(steps[i:]))
		}
		b.progress.advance()
	}
	b.result.Kept = b.kept()
	if err := b.clear(ctx); err != nil {
		return b.result, fmt.Errorf("oauthapp: rolled back: %w", err)
	}
	if len(steps) == 0 {
		b.progress.advance()
	}
	return b.result, nil
}

// A rollback is one Rollback.
type rollback struct {
	*ledger
	o        org
	progress *reporter
	result   *RollbackResult
}

// An undoing takes one write back.
type undoing struct {
	name string // of the write
	what string // in plain words

	// find looks for what was made, if the journal does not have its id. Nil
	// means that there is no id to look for.
	find func(context.Context) (id string, ok bool, err error)

	do func(ctx context.Context, id string) error
}

func remaining(steps []undoing) string {
	var names []string
	for _, s := range steps {
		names = append(names, s.what)
	}
	return strings.Join(names, ", ")
}

// load reads the journal and claims it, so that a run which is at work stops.
func (b *rollback) load(ctx context.Context, j durable.State) error {
	b.ledger = &ledger{journal: j}
	state, version, err := j.Load(ctx)
	if err != nil || len(state) == 0 {
		return err
	}
	b.version = version
	if b.rec, err = readRecord(state); err != nil || b.rec.Org == "" {
		return err
	}
	if b.rec.Org != b.o.c.Org.String() {
		return fmt.Errorf("the journal is about the org %s, not %s", b.rec.Org, b.o.c.Org)
	}
	b.changed = true
	return b.flush(ctx)
}

// locate finds out whether a create that the journal does not know the outcome
// of has made an app.
func (b *rollback) locate(ctx context.Context) error {
	state := b.rec.Writes[createWrite]
	if state == "" || b.rec.Made[createWrite] != "" {
		return nil
	}
	found, ok, err := watch(ctx, write[App]{look: b.look, settle: createSettles})
	if err != nil {
		return fmt.Errorf("looking for the app %q, which may have been created: %w", b.rec.Label, err)
	}
	if !ok {
		b.forget(nil)
		return b.note(ctx, createWrite, "", nil)
	}
	return b.note(ctx, createWrite, removing, func(rec *record) {
		rec.ApplicationID, rec.ClientID, rec.Made[createWrite] = found.ID, found.ClientID, found.ID
	})
}

// look returns the one app with the label and the key of the journal.
func (b *rollback) look(ctx context.Context) (found App, ok bool, err error) {
	list, err := b.o.candidates(ctx, b.rec.Label, "")
	if err != nil {
		return found, false, err
	}
	list = slices.DeleteFunc(list, func(c candidate) bool { return !holds(c.keys, b.rec.Thumbprint) })
	switch len(list) {
	case 0:
		return found, false, nil
	case 1:
		return list[0].App, true, nil
	}
	return found, false, fmt.Errorf("%d apps of this label hold this key (%s), and the journal does not know which of them is its own: delete those that are not wanted in the Admin Console, and remove the journal",
		len(list), ids(list))
}

// holds reports whether one of an app's keys has the thumbprint. One that
// cannot be parsed is compared by its kid, as in match.
func holds(keys []json.RawMessage, thumbprint string) bool {
	return slices.ContainsFunc(keys, func(raw json.RawMessage) bool {
		key, err := oktaint.ParsePublicKey(raw)
		if err == nil {
			return key.Thumbprint() == thumbprint
		}
		var head struct {
			ID string `json:"kid"`
		}
		return json.Unmarshal(raw, &head) == nil && head.ID == thumbprint
	})
}

// undo takes one write back. The journal says "removing" before the first
// request, and forgets the write once it is undone.
func (b *rollback) undo(ctx context.Context, s undoing) error {
	id := b.rec.Made[s.name]
	if id == "" && s.find != nil {
		found, ok, err := s.find(ctx)
		if err != nil && !oktaint.IsNotFound(err) {
			return err
		}
		if !ok || err != nil {
			return b.note(ctx, s.name, "", nil)
		}
		id = found
	}
	if err := b.note(ctx, s.name, removing, func(rec *record) { rec.Made[s.name] = id }); err != nil {
		return err
	}
	if err := s.do(ctx, id); err != nil {
		return err
	}
	b.result.Removed = append(b.result.Removed, s.what)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return b.note(ctx, s.name, "", nil)
}

// insist sends a request until it is known that it took effect. needed is asked
// before each time whether it has to be sent; nil means that sending it twice
// does no harm.
func (b *rollback) insist(ctx context.Context, needed func(context.Context) (bool, error), build func(context.Context) (*http.Request, error)) error {
	for n := 0; ; n++ {
		if err := pause(ctx, time.Duration(n)*time.Second); err != nil {
			return err
		}
		if needed != nil {
			if ok, err := needed(ctx); err != nil || !ok {
				return err
			}
		}
		req, err := build(oktaint.WithGrace(ctx, grace))
		if err != nil {
			return err
		}
		var out any
		if req.Method == http.MethodDelete {
			out = oktaint.NoContent{}
		}
		err = b.o.c.Do(req, out)
		switch {
		case err == nil || oktaint.IsNotFound(err):
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case !oktaint.Ambiguous(err) || n == maxSends:
			return err
		}
	}
}

// kept lists the writes that are left in the journal. Those of an app that is
// gone do not matter any more.
func (b *rollback) kept() []string {
	var names []string
	for name := range b.rec.Writes {
		if b.rec.ApplicationID != "" || name == revokeTokenWrite {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// clear empties the journal.
func (b *rollback) clear(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	b.rec, b.changed = record{Version: 1}, true
	return b.flush(ctx)
}
