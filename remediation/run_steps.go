package remediation

import (
	"context"
	"errors"
	"fmt"
)

// doSteps does the steps of one user, group or rule.
func (x *run) doSteps(ctx context.Context, steps []Step, at []int) error {
	target := steps[at[0]].Action.Facts().Target
	u, err := x.begin(ctx, steps, at, target)
	if why, no := cannotRead(err); no {
		x.denyAll(at, why)
		return nil
	}
	for len(at) > 0 && err == nil {
		var n int
		u, n, err = x.doNext(ctx, u, at)
		at = at[n:]
		if why, no := cannotRead(err); no {
			x.denyAll(at, why) // what comes after it might make it impossible
			return nil
		}
	}
	if err == nil || stops(ctx, err) {
		return err
	}
	for _, i := range at {
		if res := &x.report.Steps[i]; res.Outcome == OutcomeNotRun {
			res.err = orErr(res.err, err)
			x.finish(res)
		}
	}
	return x.fails.add(target, err)
}

// begin reads the target of steps, if any of them depends on what it is.
func (x *run) begin(ctx context.Context, steps []Step, at []int, target Target) (*userView, error) {
	if !x.needsLook(steps, at) {
		return nil, nil
	}
	if err := x.unread[target]; err != nil {
		return nil, fmt.Errorf("remediation: what became of a request of an earlier run cannot be seen: %w", err)
	}
	if x.reading != nil {
		return x.reading, nil
	}
	return x.readDeciding(ctx, steps, at)
}

// A stop ends the run, whichever target it was met at.
type stop struct{ error }

func (s stop) Unwrap() error { return s.error }

func stops(ctx context.Context, err error) bool {
	var s stop
	return errors.As(err, &s) || ends(ctx, err)
}

// doNext does the next step, or the next two if they are a containment, and returns
// the user as they are then and how many steps are over.
func (x *run) doNext(ctx context.Context, u *userView, at []int) (*userView, int, error) {
	if err := ctx.Err(); err != nil {
		return u, 0, fmt.Errorf("remediation: the run was ended early: %w", err)
	}
	res := &x.report.Steps[at[0]]
	var then *StepResult
	if len(at) > 1 && keepsOut(res.Action) {
		if next := &x.report.Steps[at[1]]; next.Verdict == WillRun && next.Action.Facts().Kind == KindClearSessions {
			then = next
		}
	}
	u, err := x.freshen(ctx, u, res.Action)
	var next *userView
	both := false
	if err == nil {
		next, both, err = x.doStep(ctx, res, u, then)
	}
	if err != nil && res.Outcome == OutcomeNotRun {
		return u, 0, err
	}
	if next != nil {
		u = next
	}
	x.over(res, u)
	if both {
		x.over(then, u)
		return u, 2, err
	}
	if err != nil && then != nil && !stops(ctx, err) {
		// What the suspension came to is not known: the sessions end all the same.
		if _, _, endErr := x.doStep(ctx, then, u, nil); endErr != nil && stops(ctx, endErr) {
			err = endErr
		}
		x.over(then, nil)
		return u, 2, err
	}
	return u, 1, err
}

// keepsOut reports whether a user cannot sign in after an action.
func keepsOut(a Action) bool { return a.Facts().To.out() }

// over notes the user's status after a step, and tells of it.
func (x *run) over(res *StepResult, u *userView) {
	if u != nil && !u.missing && u.towards == "" && !res.cleared {
		res.Status = u.status
	}
	x.finish(res)
}

// freshen reads what a step looks at and the look after the step before did not
// show.
func (x *run) freshen(ctx context.Context, u *userView, a Action) (*userView, error) {
	if u == nil || u.missing || u.knows(a) {
		return u, nil
	}
	return x.readTarget(ctx, []Step{{Action: a}}, []int{0})
}

// needsLook reports whether any of the steps depends on what the target is.
func (x *run) needsLook(steps []Step, at []int) bool {
	for _, i := range at {
		if v := steps[i].Verdict; v == WillRun || v == Already {
			return true
		}
	}
	return false
}

func (x *run) denyAll(at []int, why denial) {
	for _, i := range at {
		res := &x.report.Steps[i]
		res.Outcome, res.Guard, res.Error = OutcomeRefused, why.guard, "the target cannot be read: "+why.text
		x.finish(res)
	}
}
