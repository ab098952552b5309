package remediation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
)

// BuildUndo plans to take back what the records say was done, newest first. It is
// a plan like any other, which guards judge and somebody approves: a record is
// believed in nothing but which of this package's actions are worth proposing.
//
// What cannot be undone is in the plan's warnings. What may have been done, because
// its outcome is unknown or was never recorded, is proposed with a warning: the
// verdict tells whether there is anything to undo. What was undone already, and the
// undoing itself, is left out. Pick the records by keep; nil takes all.
func (r *Responder) BuildUndo(ctx context.Context, keep func(Record) bool) (*Plan, error) {
	switch {
	case r.Client == nil:
		return nil, errNoClient
	case r.Recorder == nil:
		return nil, errNoRecorder
	}
	steps, notes, err := r.inverses(ctx, keep)
	if err != nil {
		return nil, err
	}
	p, err := r.build(ctx, steps)
	if err == nil {
		p.Warnings = append(p.Warnings, notes...)
	}
	return p, err
}

// inverses returns the steps that undo, newest first, and what a person should know.
func (r *Responder) inverses(ctx context.Context, keep func(Record) bool) (steps []Step, notes []string, err error) {
	last, order, err := r.latest(ctx)
	if err != nil {
		return nil, nil, err
	}
	undone := make(map[string]bool)
	for _, rec := range last {
		if rec.Undoes != "" && rec.Outcome.OK() {
			undone[rec.Undoes] = true
		}
	}
	for _, id := range slices.Backward(order) {
		rec := last[id]
		if rec.Undoes != "" || undone[id] || keep != nil && !keep(rec) {
			continue
		}
		what := fmt.Sprintf("%s of %s at %s", rec.Action.Facts().Kind, rec.Target, rec.Time.Format("2006-01-02 15:04 MST"))
		undo := inverse(rec)
		if undo != nil && slices.ContainsFunc(idsOf(undo), func(id string) bool { return checkID(id) != nil }) {
			notes = append(notes, what+" is left out: it names something by what is no id")
			continue
		}
		switch rec.Outcome {
		case OutcomeDone:
			if undo == nil {
				notes = append(notes, what+" cannot be undone: "+orElse(rec.Action.Facts().Lost, "the record does not say what it has changed"))
			} else if rec.Settled {
				notes = append(notes, what+" was found done after its run had ended: somebody else may have done it")
			}
		case OutcomeUnknown, OutcomeSending, OutcomeNotKept:
			notes = append(notes, what+" may have been done: look at it")
		default:
			continue
		}
		if undo != nil {
			steps = append(steps, Step{Action: undo, Undoes: id})
		}
	}
	return steps, notes, nil
}

// latest returns the last record of each step, by id, and the ids in the order in
// which the steps began. Snapshots, which may be large, are left out.
func (r *Responder) latest(ctx context.Context) (last map[string]Record, order []string, err error) {
	last = make(map[string]Record)
	for rec, err := range r.Recorder.Records(ctx, r.Client.Org) {
		if errors.Is(err, ErrBadRecord) {
			continue // the plan warns of it
		}
		if err != nil {
			return nil, nil, fmt.Errorf("remediation: reading the records: %w", err)
		}
		if _, ok := last[rec.ID]; !ok {
			order = append(order, rec.ID)
		}
		rec.Snapshot = nil
		last[rec.ID] = rec
	}
	return last, order, nil
}

// inverse returns the action that undoes a record's, nil if nothing does. It is
// worked out from the action and what it found, whatever else the record says.
func inverse(rec Record) Action {
	switch a := rec.Action.(type) {
	case SuspendUser:
		return UnsuspendUser(a)
	case UnsuspendUser:
		return SuspendUser(a)
	case ActivateUser:
		return DeactivateUser{UserID: a.UserID}
	case SetProfileAttribute:
		if rec.Before.Value == nil || bytes.Equal(compact(rec.Before.Value), compact(a.Value)) {
			return nil
		}
		return SetProfileAttribute{UserID: a.UserID, Name: a.Name, Value: rec.Before.Value}
	case AddGroupMember:
		return RemoveGroupMember(a)
	case RemoveGroupMember:
		return AddGroupMember(a)
	case CreateGroup:
		id := orElse(rec.After.GroupID, rec.Target.ID)
		if checkID(id) != nil {
			return nil
		}
		return DeleteGroup{GroupID: id}
	case AddGroupOwner:
		return RemoveGroupOwner(a)
	case RemoveGroupOwner:
		return AddGroupOwner(a)
	case ActivateGroupRule:
		return DeactivateGroupRule(a)
	case DeactivateGroupRule:
		return ActivateGroupRule(a)
	}
	return nil
}
