package remediation

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"
)

// execute records, sends, verifies and records.
func (x *run) execute(ctx context.Context, res *StepResult, v *view) (*userView, error) {
	res.After = after(res.Action, v)
	rec := x.record(res)
	var err error
	if rec.Snapshot, err = snapshot(res.Action, v); err != nil {
		return nil, err
	}
	if err := x.append(ctx, rec); err != nil {
		res.Outcome, res.err = OutcomeNotRun, fmt.Errorf("the record cannot be written, so nothing was sent: %w", err)
		return nil, fmt.Errorf("remediation: %s of %s: %w", res.Action.Facts().Kind, res.Target, res.err)
	}
	next, fatal := x.send(ctx, res, v)
	if res.Outcome == OutcomeDone && fatal == nil {
		next, rec.Mark = x.marked(ctx, res, v, next)
	}
	rec.Time, rec.Outcome, rec.RequestID, rec.OrgTime = time.Now(), res.Outcome, res.RequestID, res.answered
	rec.After, rec.Target = res.Now, res.Target
	if res.err != nil {
		rec.Error = res.err.Error()
	}
	if rec.Outcome == OutcomeDone {
		rec.Undo = inverse(rec)
	}
	if err := x.append(context.WithoutCancel(ctx), rec); err != nil {
		return next, fmt.Errorf("remediation: %s of %s is %s, which cannot be recorded: %w", res.Action.Facts().Kind, res.Target, res.Outcome, err)
	}
	return next, fatal
}

// marked returns the mark of a lasting action, and the user if read for it.
// One who could sign in while the sessions were ended leaves none.
func (x *run) marked(ctx context.Context, res *StepResult, v *view, seen *userView) (*userView, string) {
	if _, ok := res.Action.(lasting); !ok {
		return seen, ""
	}
	_, clears := res.Action.(ClearSessions)
	res.cleared = clears // whatever the status was before does not count
	u := seen
	if u == nil {
		// Without the grace, a run that is ended early would leave no mark of what it did.
		ctx, cancel := afterwards(ctx)
		defer cancel()
		var err error
		if u, _, err = x.lookAgain(ctx, res.Action, v); err != nil {
			return seen, "" // then it is done again, which does no harm
		}
	}
	if clears {
		if u.missing || u.towards != "" || !u.statusChanged.Equal(v.user.statusChanged) {
			return u, ""
		}
		res.Status = u.status
	}
	return u, markOf(res.Action, u)
}

// append keeps a record, with its MAC.
func (x *run) append(ctx context.Context, rec Record) error {
	rec.MAC = rec.sum(x.c)
	return x.recorder.Append(ctx, rec)
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
