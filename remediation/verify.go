package remediation

import (
	"context"
	"fmt"
	"time"
)

// verify looks whether the step has left what it should. What cannot be seen is
// taken for granted.
func (x *run) verify(ctx context.Context, res *StepResult, v *view) (*userView, error) {
	res.Outcome = OutcomeDone
	if res.Before.equal(res.After) {
		return nil, nil
	}
	next, there, err := x.until(ctx, res, v, settles, leniently(res.Action))
	switch {
	case err != nil:
		res.err = fmt.Errorf("the org has done it, but it could not be verified: %w", err)
		return nil, err
	case !there && res.Now.Towards != "" && res.Now.Towards == res.After.Status:
		res.Reason = "the org has taken it, and is still at it"
	case !there:
		res.Outcome = OutcomeNotKept
		res.err = fmt.Errorf("the org has done it, and yet it is %s: something undid it, such as a group rule or an import", res.Now)
	}
	return next, nil
}

// leniently compares a target with what an action leaves after the org has said
// that it was done. Where Okta does not say which status that is, more than the
// expected one will do.
func leniently(a Action) func(now, want State) bool {
	switch a.(type) {
	case ActivateUser:
		return func(now, _ State) bool {
			return now.Towards == "" && (now.Status == StatusActive || now.Status == StatusProvisioned)
		}
	case SetPassword:
		return func(now, _ State) bool { return !now.Missing }
	}
	return State.equal
}

// until looks at the target again and again, for some time, until it is as the
// step leaves it.
func (x *run) until(ctx context.Context, res *StepResult, v *view, patience time.Duration, as func(now, want State) bool) (u *userView, there bool, err error) {
	began := time.Now()
	for pause := 100 * time.Millisecond; ; pause *= 2 {
		u, there, err = x.glance(ctx, res, v, as)
		if err != nil || there || res.Before.equal(res.After) || time.Since(began)+pause > patience {
			return u, there, err
		}
		if err := sleep(ctx, pause); err != nil {
			return u, false, err
		}
	}
}

// glance looks at the target once. What cannot be seen counts as not there.
func (x *run) glance(ctx context.Context, res *StepResult, v *view, as func(now, want State) bool) (*userView, bool, error) {
	next, now, err := x.lookAgain(ctx, res.Action, v)
	if err != nil {
		return nil, false, err
	}
	res.Now = now
	want := res.After
	if want.GroupID == "" {
		now.GroupID = "" // of a group that is new
	}
	return next, !res.Before.equal(want) && as(now, want), nil
}

// lookAgain reads the target of an action anew.
func (s *reader) lookAgain(ctx context.Context, a Action, v *view) (*userView, State, error) {
	var u *userView
	if v.user != nil {
		var err error
		if u, err = s.readTarget(ctx, []Step{{Action: a}}, []int{0}); err != nil {
			return nil, State{}, err
		}
	}
	if a.Facts().Kind == KindCreateGroup && v.group.id != "" {
		g, err := readGroup(ctx, s.c, v.group.id) // a search would not show it yet
		if err != nil {
			return nil, State{}, err
		}
		return nil, a.see(&view{group: g}), nil
	}
	now, err := s.look(ctx, a, u, true)
	if err != nil {
		return nil, State{}, err
	}
	return u, a.see(now), nil
}
