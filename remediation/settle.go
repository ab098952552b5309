package remediation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// settle finds out what became of the requests of earlier runs on these targets whose
// outcome was not recorded, and records it.
func (x *run) settle(ctx context.Context, targets []Target) error {
	for _, rec := range maps.Clone(x.past.pending) {
		if !slices.Contains(targets, lockOf(rec.Action)) {
			continue // another run may be waiting for its answer
		}
		if slices.ContainsFunc(idsOf(rec.Action), func(id string) bool { return checkID(id) != nil }) {
			continue // nobody has sent that
		}
		outcome, text, err := x.outcomeOf(ctx, &rec)
		if err != nil {
			if ends(ctx, err) {
				return err
			}
			x.unread[rec.Action.Facts().Target] = err // it stays as it is, and others go on
			continue
		}
		rec.Time, rec.Outcome, rec.Error, rec.Settled, rec.Since = time.Now(), outcome, text, true, time.Time{}
		if outcome == OutcomeDone {
			rec.Undo = inverse(rec)
			if rec.Action.Facts().Secret {
				rec.Error, x.past.unanswered[key(rec.Action)] = errLostSecret.Error(), true
			}
		}
		if err := x.recorder.Append(ctx, rec); err != nil {
			return fmt.Errorf("remediation: the outcome of an earlier run cannot be recorded, so nothing was sent: %w", err)
		}
		x.past.add(rec, x.approval)
	}
	return nil
}

// outcomeOf tells by a look what became of a request.
func (x *run) outcomeOf(ctx context.Context, rec *Record) (Outcome, string, error) {
	const ended = "the run that sent it ended before the answer came: "
	a := rec.Action
	steps := []Step{{Action: a}}
	u, err := x.readTarget(ctx, steps, []int{0})
	var v *view
	if err == nil {
		v, err = x.look(ctx, a, u, true)
	}
	if why, no := cannotRead(err); no {
		return OutcomeUnknown, ended + "the target cannot be read: " + why.text, nil
	}
	if errors.Is(err, errNoID) {
		return OutcomeUnknown, ended + "it names its target by what is no id", nil
	}
	if err != nil {
		return "", "", err
	}
	now, want := a.see(v), rec.After
	if want.GroupID == "" && now.GroupID != "" {
		want.GroupID, rec.Target.ID = now.GroupID, now.GroupID
	}
	switch observable := !rec.Before.equal(rec.After); {
	case observable && now.equal(want):
		rec.After = now
		return OutcomeDone, "", nil
	case observable && now.equal(rec.Before) && a.Facts().Repeatable:
		return OutcomeFailed, ended + "it is not in effect", nil
	case a.Facts().Repeatable:
		rec.After = now
		return OutcomeUnknown, ended + "it does no harm to send it again", nil
	}
	rec.After = now
	return OutcomeUnknown, ended + "whether it took effect cannot be seen, and it must not be sent twice", nil
}
