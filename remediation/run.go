package remediation

import (
	"context"
	"fmt"
	"time"
)

// Run does the steps of a plan that will run. It writes nothing without a valid
// approval of the plan, reads each target again and leaves alone what has changed,
// asks the guards of this Responder, and records each request before it is sent.
//
// A suspension or deactivation and the end of the sessions that follows it are sent
// back to back, on one decision; only then is the user looked at, and only then comes
// what else the plan does.
//
// A step that fails does not end the run: the steps after it are judged by what
// the target is then. A target that cannot be reached costs its own steps, and Run
// returns the first such error when it has worked on all others. The run ends early,
// with an error, if five targets fail in the same way, a record cannot be
// written, or ctx ends; a request that is on its way then
// gets up to 10 seconds to finish, and so do the looks at what it did. Running the
// plan again goes on from there, and sends nothing that is done.
//
// The Report is never nil, and has an outcome for every step.
func (r *Responder) Run(ctx context.Context, p *Plan, a Approval) (*Report, error) {
	report := newReport(p, a)
	if err := r.checkRun(ctx, p, a); err != nil {
		return report, err
	}
	targets := locksOf(p)
	unlock, err := r.Recorder.Lock(ctx, p.Org, targets...)
	if err != nil {
		return report, fmt.Errorf("remediation: the records cannot be locked, so nothing was sent: %w", err)
	}
	defer unlock()
	past, err := r.history(ctx, a)
	if err != nil {
		return report, err
	}
	if err := r.Guards.checkHour(targets, past); err != nil {
		return report, err
	}
	x := &run{
		reader: newReader(r.Client, r.Guards, actionsOf(p)), recorder: r.Recorder, past: past, report: report,
		approval: a, actor: orElse(r.Actor, a.By), tell: r.teller(), fails: new(failures), unread: make(map[Target]error),
	}
	if err := x.settle(ctx, targets); err != nil {
		return report, err
	}
	err = forEachUser(ctx, p.Steps, r.parallel(), x.doSteps)
	if err == nil {
		err = x.fails.first
	}
	if err == nil && ctx.Err() != nil && !report.OK() {
		err = fmt.Errorf("remediation: the run was ended early: %w", ctx.Err())
	}
	return report, err
}

func newReport(p *Plan, a Approval) *Report {
	r := &Report{Plan: a.Digest, Steps: make([]StepResult, len(p.Steps))}
	for i, s := range p.Steps {
		r.Steps[i] = StepResult{Step: s, Index: i, Outcome: OutcomeNotRun, Now: s.Before}
	}
	return r
}

// lockOf is the target of an action as it is locked: what it is called is not known
// to everybody.
func lockOf(a Action) Target {
	t := a.Facts().Target
	if t.ID != "" {
		t.Name = ""
	}
	return t
}

func locksOf(p *Plan) (all []Target) {
	seen := make(map[Target]bool)
	for _, s := range p.Steps {
		if t := lockOf(s.Action); !seen[t] {
			seen[t], all = true, append(all, t)
		}
	}
	return all
}

func actionsOf(p *Plan) []Action {
	all := make([]Action, len(p.Steps))
	for i, s := range p.Steps {
		all[i] = s.Action
	}
	return all
}

// checkRun holds everything against the plan that can be known before anything is
// read.
func (r *Responder) checkRun(ctx context.Context, p *Plan, a Approval) error {
	switch {
	case r.Client == nil:
		return errNoClient
	case p.Org != r.Client.Org:
		return fmt.Errorf("remediation: the plan is for %s, the client for %s", p.Org, r.Client.Org)
	}
	if err := a.check(p, time.Now()); err != nil {
		return err
	}
	if r.Recorder == nil {
		return errNoRecorder
	}
	if err := r.checkActions(ctx, actionsOf(p)); err != nil {
		return err
	}
	for i, s := range p.Steps {
		if t := s.Action.Facts().Target; t.Type != s.Target.Type || t.ID != s.Target.ID {
			return fmt.Errorf("remediation: step %d of the plan is about %s and names %s: build it again", i+1, t, s.Target)
		}
		switch s.Verdict {
		case WillRun, Already, Refused, Impossible:
		default:
			return fmt.Errorf("remediation: step %d of the plan has the verdict %.20q, which is none: build it again", i+1, s.Verdict)
		}
		if _, ok := s.Action.(FirstOf); ok {
			return fmt.Errorf("remediation: step %d of the plan is not decided: build it again", i+1)
		}
	}
	return nil
}

// A run is one Run.
type run struct {
	*reader
	recorder Recorder
	past     *past
	report   *Report
	approval Approval
	actor    string
	tell     func(StepResult)
	fails    *failures
	reading  *userView        // of the target, where one reading is to do
	unread   map[Target]error // targets whose requests of earlier runs could not be looked at
}

// finish tells of a step that is over.
func (x *run) finish(res *StepResult) {
	res.Time = time.Now()
	if res.err != nil {
		res.Error = res.err.Error()
	}
	x.tell(*res)
}

// doStep does one step, and the end of the sessions right after it if then is not nil
// and the step is sent; both tells that it was. It returns the user as they are then,
// nil if they were not read.
func (x *run) doStep(ctx context.Context, res *StepResult, u *userView, then *StepResult) (next *userView, both bool, err error) {
	v, err := x.decide(ctx, res, u)
	if err != nil || v == nil {
		return nil, false, err
	}
	return x.execute(ctx, res, v, then)
}

// decide returns what a step is sent on the ground of, nil if it is not sent: then
// the outcome says why.
func (x *run) decide(ctx context.Context, res *StepResult, u *userView) (*view, error) {
	switch res.Verdict {
	case Refused:
		res.Outcome = OutcomeRefused
		return nil, nil
	case Impossible:
		res.Outcome = OutcomeImpossible
		return nil, nil
	}
	v, err := x.look(ctx, res.Action, u, true)
	if err != nil {
		return nil, err
	}
	res.Now = res.Action.see(v)
	if at, ok := x.past.done[res.Index]; ok && !res.Action.Facts().Repeatable {
		res.Outcome, res.Reason = OutcomeAlready, "this plan has done it at "+at.Format(time.RFC3339)
		return nil, nil
	} else if ok && !res.Before.equal(res.After) && res.Now.equal(res.Before) {
		res.Outcome, res.Error = OutcomeChanged, "this plan has done it at "+at.Format(time.RFC3339)+", and it was taken back: plan and approve it again"
		return nil, nil
	}
	if stop := x.judgeAgain(res, v); stop {
		return nil, nil
	}
	g, err := x.check(ctx, res.Action, v)
	if err != nil {
		return nil, err
	}
	if g.verdict == Refused {
		res.Outcome, res.Guard, res.Reason = OutcomeRefused, g.guard, g.reason
		return nil, x.fails.add(res.Action.Facts().Target, g.passing)
	}
	return v, nil
}

// judgeAgain compares the target with what was approved, and reports whether that
// is the end of the step.
func (x *run) judgeAgain(res *StepResult, v *view) bool {
	j := x.past.judge(res.Action, v, res.Now)
	at, stands := x.past.standing(res.Action, v)
	switch {
	case j.verdict == Already:
		res.Outcome, res.Reason = OutcomeAlready, j.reason
		if x.past.unanswered[key(res.Action)] {
			res.err = errLostSecret
		}
	case stands:
		res.Outcome, res.Reason = OutcomeAlready, stood(at)
	case !res.Now.equal(res.Before):
		res.Outcome = OutcomeChanged
		res.Error = fmt.Sprintf("it was approved as %s and is %s now: plan and approve it again", res.Before, res.Now)
	case res.Verdict == Already:
		res.Outcome, res.Error = OutcomeChanged, "it was done before, and does not stand any more: plan and approve it again"
	case j.verdict == Impossible:
		res.Outcome, res.Error = OutcomeImpossible, j.reason
	case x.past.held(res.Action, x.approval.At):
		res.Outcome, res.Error = OutcomeUnknown, "an earlier run may have sent it, and it must not be sent twice: look at the user and, if it was not done, plan it again and have it approved anew"
	default:
		return false
	}
	return true
}
