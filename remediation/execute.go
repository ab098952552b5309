package remediation

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// execute records, sends, verifies and records. If then is not nil and the org takes
// the step, the end of the sessions is recorded and sent before anything is looked at.
func (x *run) execute(ctx context.Context, res *StepResult, v *view, then *StepResult) (next *userView, both bool, err error) {
	rec, err := x.announce(ctx, res, v)
	if err != nil {
		return nil, false, err
	}
	sendErr := x.first(ctx, res, v)
	if then != nil && sendErr == nil {
		next, err = x.endSessions(ctx, res, v, then, &rec)
		return next, then.Outcome != OutcomeNotRun || then.err != nil, err
	}
	next, fatal := x.send(ctx, res, v, sendErr)
	if res.Outcome == OutcomeDone && fatal == nil {
		next, rec.Since = x.since(ctx, res, v, next)
	}
	return next, false, x.conclude(ctx, res, &rec, fatal)
}

// endSessions ends the sessions of a user whom the org has just said to be kept out,
// and looks at both only then.
func (x *run) endSessions(ctx context.Context, res *StepResult, v *view, then *StepResult, rec *Record) (*userView, error) {
	out := v.user.clone()
	res.Action.do(&view{user: out})
	out.statusChanged = time.Time{} // not known yet
	w, err := x.decide(ctx, then, out)
	if err == nil && ctx.Err() != nil {
		err = fmt.Errorf("remediation: the run was ended early: %w", ctx.Err())
	}
	var thenRec Record
	if err == nil && w != nil {
		thenRec, err = x.announce(ctx, then, w)
	}
	sent := err == nil && w != nil
	var thenErr error
	if sent {
		thenErr = x.first(ctx, then, w)
	}
	next, fatal := x.send(ctx, res, v, nil)
	fatal = x.conclude(ctx, res, rec, fatal)
	if !sent {
		if err != nil {
			then.err = orErr(then.err, err)
		}
		return next, orErr(err, fatal)
	}
	if next != nil && next.status.out() && !next.statusChanged.Truncate(time.Second).After(res.answered) {
		w.user = next // out as the suspension has left them, and so they were when the sessions ended
	}
	seen, thenFatal := x.send(ctx, then, w, thenErr)
	if then.Outcome == OutcomeDone && thenFatal == nil {
		if thenErr == nil {
			seen = orView(seen, next)
		}
		seen, thenRec.Since = x.since(ctx, then, w, seen)
	}
	thenFatal = x.conclude(ctx, then, &thenRec, thenFatal)
	return orView(seen, next), orErr(fatal, thenFatal)
}

func orView(first, second *userView) *userView {
	if first != nil {
		return first
	}
	return second
}

// announce writes the record before the request.
func (x *run) announce(ctx context.Context, res *StepResult, v *view) (rec Record, err error) {
	res.After = after(res.Action, v)
	rec = x.record(res)
	if rec.Snapshot, err = snapshot(res.Action, v); err != nil {
		return rec, err
	}
	if err := x.recorder.Append(ctx, rec); err != nil {
		res.Outcome, res.err = OutcomeNotRun, fmt.Errorf("the record cannot be written, so nothing was sent: %w", err)
		return rec, stop{fmt.Errorf("remediation: %s of %s: %w", res.Action.Facts().Kind, res.Target, res.err)}
	}
	return rec, nil
}

// conclude writes the record after it.
func (x *run) conclude(ctx context.Context, res *StepResult, rec *Record, fatal error) error {
	rec.Time, rec.Outcome, rec.RequestID, rec.OrgTime = time.Now(), res.Outcome, res.RequestID, res.answered
	rec.After, rec.Target = res.Now, res.Target
	if res.err != nil {
		rec.Error = res.err.Error()
	}
	if rec.Outcome == OutcomeDone {
		rec.Undo = inverse(*rec)
	}
	if err := x.recorder.Append(context.WithoutCancel(ctx), *rec); err != nil {
		return stop{fmt.Errorf("remediation: %s of %s is %s, which cannot be recorded: %w", res.Action.Facts().Kind, res.Target, res.Outcome, err)}
	}
	return fatal
}

// since returns the time by which the org will show that an action stands, and the
// user if read for it. It is zero for a user who could sign in while the sessions were
// ended.
func (x *run) since(ctx context.Context, res *StepResult, v *view, seen *userView) (*userView, time.Time) {
	ends := false
	switch res.Action.(type) {
	case ClearSessions:
		ends, res.cleared = true, true // whatever the status was before does not count
	case ResetPassword, SetPassword:
	default:
		return seen, time.Time{}
	}
	u := seen
	if u == nil {
		// Without the grace, a run that is ended early would not record what it did.
		ctx, cancel := afterwards(ctx)
		defer cancel()
		var err error
		if u, _, err = x.lookAgain(ctx, res.Action, v); err != nil {
			return seen, time.Time{} // then it is done again, which does no harm
		}
	}
	if ends {
		if u.missing || u.towards != "" || !u.statusChanged.Equal(v.user.statusChanged) {
			return u, time.Time{}
		}
		res.Status = u.status
	}
	return u, sinceOf(res.Action, u)
}

// record is the record before the request.
func (x *run) record(res *StepResult) Record {
	res.RecordID = rand.Text()
	f := res.Action.Facts()
	return Record{
		Version: 1, ID: res.RecordID, Time: time.Now(),
		Org: x.c.Org, Plan: x.approval.Digest, Approved: x.approval.At, Step: res.Index, Actor: x.actor, By: x.approval.By, Undoes: res.Undoes,
		Action: res.Action, Target: res.Target, Before: res.Now, After: res.After, Outcome: OutcomeSending, Lost: f.Lost,
	}
}
