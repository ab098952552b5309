package remediation

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A builder judges the steps of a plan.
type builder struct {
	*reader
	past  *past
	tell  func(StepResult)
	fails *failures
}

// judgeSteps judges the steps of one user, group or rule. What cannot be read costs
// its own steps, and no other.
func (b *builder) judgeSteps(ctx context.Context, steps []Step, at []int) error {
	u, err := b.readDeciding(ctx, steps, at)
	return b.judgeRead(ctx, steps, at, u, err)
}

// judgeRead judges steps by what was read of their target, or could not be.
func (b *builder) judgeRead(ctx context.Context, steps []Step, at []int, u *userView, err error) error {
	var passing error
	for _, i := range at {
		step := &steps[i]
		stepErr := err
		if stepErr == nil {
			stepErr = b.judge(ctx, step, u)
		}
		if stepErr != nil {
			if ends(ctx, stepErr) {
				return stepErr
			}
			why, no := cannotRead(stepErr)
			if !no {
				passing = orErr(passing, stepErr)
			}
			step.deny(why)
		}
		passing = orErr(passing, step.passing)
		b.tell(StepResult{Step: *step, Index: i})
	}
	return b.fails.add(steps[at[0]].Action.Facts().Target, passing)
}

// readDeciding reads what decides about the steps: their target, and beside it what
// guards ask for.
func (s *reader) readDeciding(ctx context.Context, steps []Step, at []int) (*userView, error) {
	var wg sync.WaitGroup
	for _, i := range at {
		for a := range each([]Action{steps[i].Action}) {
			for _, read := range s.guardReads(a) {
				wg.Go(func() { read(ctx) }) // whoever needs it gets the error
			}
		}
	}
	u, err := s.readTarget(ctx, steps, at)
	wg.Wait()
	return u, err
}

// guardReads returns what guards will ask for about an action, whatever its target
// turns out to be.
func (s *reader) guardReads(a Action) []func(context.Context) {
	f := a.Facts()
	reads := []func(context.Context){func(ctx context.Context) { _, _ = s.authority(ctx) }}
	if f.Target.Type == TargetUser {
		reads = append(reads, func(ctx context.Context) { _, _ = s.rolesOfUser(ctx, f.Target.ID) })
		if f.Group == "" {
			reads = append(reads, func(ctx context.Context) { _, _ = s.tokenOwners(ctx) })
		}
	}
	for _, id := range groupsOf(f, &view{}) {
		reads = append(reads, func(ctx context.Context) { _, _ = s.rolesOfGroup(ctx, id) })
	}
	return reads
}

// deny marks a step whose target cannot be read.
func (s *Step) deny(why denial) {
	s.Action = choices(s.Action)[0]
	s.Target = s.Action.Facts().Target
	s.Verdict, s.Guard, s.Reason = Refused, why.guard, "the target cannot be read: "+why.text
}

// readTarget reads the user of the steps with all parts that they look at, nil if
// they are about a group or a rule.
func (s *reader) readTarget(ctx context.Context, steps []Step, at []int) (*userView, error) {
	f := steps[at[0]].Action.Facts()
	if f.Target.Type != TargetUser {
		return nil, nil
	}
	var parts part
	clients := make(map[string]part)
	for _, i := range at {
		for a := range each([]Action{steps[i].Action}) {
			parts |= a.reads()
			if client := clientOf(a); client != "" {
				clients[client] |= a.reads()
			}
		}
	}
	return s.readUser(ctx, f.Target.ID, parts, clients)
}

func clientOf(a Action) string {
	switch a := a.(type) {
	case RevokeClientGrants:
		return a.ClientID
	case RevokeClientTokens:
		return a.ClientID
	}
	return ""
}

// judge gives a step its verdict, and carries its effect over to the view in which
// the next one is judged.
func (b *builder) judge(ctx context.Context, step *Step, u *userView) error {
	var seen *view
	for i, a := range choices(step.Action) {
		one := Step{Action: a, Target: a.Facts().Target, Undoes: step.Undoes}
		v, err := b.judgeOne(ctx, &one, u)
		if err != nil {
			return err
		}
		if i == 0 || one.Verdict != Impossible {
			*step, seen = one, v
		}
		if step.Verdict != Impossible {
			break
		}
	}
	if step.Verdict == WillRun {
		step.Action.do(seen)
	}
	return nil
}

// judgeOne judges an action: first by the state, then by the guards.
func (b *builder) judgeOne(ctx context.Context, step *Step, u *userView) (*view, error) {
	a := step.Action
	v, err := b.look(ctx, a, u, false)
	if err != nil {
		return nil, err
	}
	step.Target.Name = v.name()
	step.Before = a.see(v)
	step.After = step.Before
	j := b.verdict(a, v, step.Before)
	if j.verdict == WillRun {
		warned := j.warnings
		if j, err = b.check(ctx, a, v); err != nil {
			return nil, err
		}
		j.warnings = slices.Concat(warned, j.warnings)
	}
	step.passing = j.passing
	step.Verdict, step.Guard, step.Reason, step.Instead, step.Warnings = j.verdict, j.guard, j.reason, j.instead, j.warnings
	if j.verdict == WillRun {
		step.Lost, step.After = a.Facts().Lost, after(a, v)
		step.Warnings = slices.Concat(j.warnings, warnings(a, v))
	}
	return v, nil
}

// verdict judges by the state, and by what is known to have been done.
func (b *builder) verdict(a Action, v *view, s State) judgement {
	j := b.past.judge(a, v, s)
	if at, ok := b.past.standing(a, v); ok && j.verdict == WillRun {
		return already("%s", stood(at))
	}
	return j
}

// after is the state that an action leaves.
func after(a Action, v *view) State {
	w := *v
	if v.user != nil {
		w.user = v.user.clone()
	}
	if v.group != nil {
		g := *v.group
		w.group = &g
	}
	if v.rule != nil {
		r := *v.rule
		w.rule = &r
	}
	a.do(&w)
	return a.see(&w)
}

// warnings are what a person should know of a step that will run.
func warnings(a Action, v *view) []string {
	var all []string
	if r, ok := a.(RemoveGroupMember); ok {
		all = r.warnings(v)
	}
	if f := a.Facts(); f.To != "" && v.user != nil && v.user.provider != "" {
		all = append(all, fmt.Sprintf(mayComeBack, v.user.provider))
	}
	return all
}

// name is what people call the target.
func (v *view) name() string {
	switch {
	case v.user != nil:
		return v.user.login
	case v.group != nil:
		return v.group.name
	case v.rule != nil:
		return v.rule.name
	}
	return ""
}

// planWarnings tells what could not be found out about the credential, and which
// records cannot be understood.
func (b *builder) planWarnings(ctx context.Context) []string {
	var all []string
	if who, err := b.authority(ctx); err == nil && who.roles.unknown != "" {
		all = append(all, "the admin roles of the credential cannot be read, so it is not known whether the org lets it act: "+who.roles.unknown)
	}
	return append(all, badRecords(b.past.bad)...)
}

// request builds a step's request with what was read just before.
func request(ctx context.Context, org oktaint.Org, a Action, v *view) (*http.Request, error) {
	if p, ok := a.(SetProfileAttribute); ok && v.user.etag != "" {
		a = p.IfMatch(v.user.etag)
	}
	return a.Request(ctx, org)
}
