package remediation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Policy is a standing approval: what [Responder.Respond] may do without asking, until
// when, and who answers for it. It is data, and can be kept as JSON.
type Policy struct {
	Name    string    `json:"name"`             // what records and approvals call it
	By      string    `json:"by"`               // who answers for it
	Reason  string    `json:"reason,omitempty"` // why it may act
	Expires time.Time `json:"expires"`          // when it ends; there is no longest validity

	// Kinds are the kinds of actions that it lets run, all of them by name.
	Kinds []Kind `json:"kinds"`

	// Guards take the place of the Responder's, but that whom those protect stays
	// protected.
	Guards Guards `json:"guards"`
}

// ErrPolicy is wrapped by the error of Respond for what its policy does not allow.
var ErrPolicy = errors.New("the policy does not allow it")

// check holds actions against the policy, before anything is read.
func (p Policy) check(actions []Action, now time.Time) error {
	no := func(format string, args ...any) error {
		return fmt.Errorf("remediation: policy %.100q: %w: %s", p.Name, ErrPolicy, fmt.Sprintf(format, args...))
	}
	switch {
	case p.Name == "" || p.By == "":
		return no("it has no Name, or nobody who answers for it (By)")
	case !now.Before(p.Expires):
		return no("it has expired (%s): somebody has to renew it", p.Expires.Format(time.RFC3339))
	}
	for a := range each(actions) {
		if kind := a.Facts().Kind; !slices.Contains(p.Kinds, kind) {
			return no("%s is not among its Kinds", kind)
		}
	}
	return nil
}

// approve is the approval that the policy gives one plan.
func (p Policy) approve(plan *Plan) Approval {
	a := plan.Approve("policy "+p.Name, defaultValidity)
	if a.Expires.After(p.Expires) {
		a.Expires = p.Expires
	}
	return a
}

// Respond plans, approves by a policy and runs, target by target: each is locked, read
// once, judged and acted on by that one reading, while others are still being read. It
// is for automatic use; for people there are BuildPlan and Run.
//
// The report has an outcome for every step, in the order of the actions. Each target has
// a plan and an approval of its own, by `policy NAME`, which its records name; Report.Plan
// is the digest where there is one target. Errors are those of Run. What the
// policy does not allow, and too many targets, are errors before anything is read.
func (r *Responder) Respond(ctx context.Context, p Policy, actions ...Action) (*Report, error) {
	report := &Report{Steps: make([]StepResult, len(actions))}
	for i, a := range actions {
		report.Steps[i] = StepResult{Step: Step{Action: a, Verdict: WillRun}, Index: i, Outcome: OutcomeNotRun}
		if checkType(a) == nil {
			report.Steps[i].Target = a.Facts().Target
		}
	}
	guarded := &Responder{
		Client: r.Client, Guards: p.Guards, Recorder: r.Recorder, Actor: r.Actor, Parallel: r.Parallel, Progress: r.Progress,
	}
	guarded.Guards.Protected = slices.Concat(p.Guards.Protected, r.Guards.Protected)
	switch {
	case r.Client == nil:
		return report, errNoClient
	case r.Recorder == nil:
		return report, errNoRecorder
	}
	if err := guarded.checkActions(ctx, actions); err != nil {
		return report, err
	}
	if err := p.check(actions, time.Now()); err != nil {
		return report, err
	}
	return report, guarded.respond(ctx, p, actions, report)
}

func (r *Responder) respond(ctx context.Context, p Policy, actions []Action, report *Report) error {
	w := &response{
		Responder: r, policy: p, report: report, reader: newReader(r.Client, r.Guards, actions), tell: r.teller(), admitted: make(map[Target]bool),
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(r.parallel())
	targets := byTarget(actions)
	for _, at := range targets {
		g.Go(func() error {
			if err := gctx.Err(); err != nil {
				return fmt.Errorf("remediation: the run was ended early: %w", err)
			}
			return w.target(gctx, at, len(targets) == 1)
		})
	}
	return orErr(g.Wait(), w.fails.first)
}

// byTarget groups the places of actions by their target, in the order of the first one.
func byTarget(actions []Action) (groups [][]int) {
	place := make(map[Target]int)
	for i, a := range actions {
		t := lockOf(a)
		at, ok := place[t]
		if !ok {
			at = len(groups)
			place[t] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], i)
	}
	return groups
}

// A response is one Respond.
type response struct {
	*Responder
	policy Policy
	report *Report
	reader *reader
	tell   func(StepResult)
	fails  failures

	mu       sync.Mutex
	admitted map[Target]bool // acted on by this response, or about to be
}

// target does what is to be done to one target, while it is locked.
func (w *response) target(ctx context.Context, at []int, only bool) error {
	target := lockOf(w.report.Steps[at[0]].Action)
	unlock, err := w.Recorder.Lock(ctx, w.Client.Org, target)
	if err != nil {
		return fmt.Errorf("remediation: the records cannot be locked, so nothing was sent: %w", err)
	}
	defer unlock()
	past, err := w.history(ctx, Approval{})
	if err != nil {
		return err
	}
	past.unattended = true
	x := &run{
		reader: w.reader, recorder: w.Recorder, past: past, actor: orElse(w.Actor, "policy "+w.policy.Name), fails: &w.fails,
		tell: w.teller(at), unread: make(map[Target]error),
	}
	if err := x.settle(ctx, []Target{target}); err != nil {
		return err
	}
	plan := &Plan{Org: w.Client.Org, Steps: make([]Step, len(at))}
	for k, i := range at {
		plan.Steps[k].Action = w.report.Steps[i].Action
	}
	u, err := w.plan(ctx, plan, past)
	if err != nil {
		return err
	}
	if !w.admit(target, past) {
		plan.refuse(GuardCap, fmt.Sprintf("%d targets were acted on within an hour, and that is the most: see Guards.PerHour", w.Guards.perHour()))
	}
	x.approval = w.policy.approve(plan)
	x.report, x.reading = newReport(plan, x.approval), u
	err = x.doSteps(ctx, plan.Steps, places(len(at)))
	for k, i := range at {
		w.report.Steps[i] = x.report.Steps[k]
		w.report.Steps[i].Index = i
	}
	if only {
		w.report.Plan = x.approval.Digest
	}
	return err
}

// plan judges the steps of one target and returns the user as they were read.
func (w *response) plan(ctx context.Context, plan *Plan, past *past) (*userView, error) {
	b := &builder{reader: w.reader, past: past, tell: func(StepResult) {}, fails: &w.fails}
	at := places(len(plan.Steps))
	u, err := b.readDeciding(ctx, plan.Steps, at)
	var model *userView
	if u != nil {
		model = u.clone()
	}
	return u, b.judgeRead(ctx, plan.Steps, at, model, err)
}

// places returns 0 to n-1.
func places(n int) (at []int) {
	for i := range n {
		at = append(at, i)
	}
	return at
}

// teller tells of steps by their place in the whole.
func (w *response) teller(at []int) func(StepResult) {
	return func(s StepResult) {
		s.Index = at[s.Index]
		w.tell(s)
	}
}

// admit reports whether one more target may be acted on within the hour.
func (w *response) admit(t Target, past *past) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for known := range past.recent {
		w.admitted[known] = true
	}
	if !w.admitted[t] && len(w.admitted) >= w.Guards.perHour() {
		return false
	}
	w.admitted[t] = true
	return true
}

// refuse refuses the steps that would run.
func (p *Plan) refuse(g Guard, why string) {
	for i := range p.Steps {
		if s := &p.Steps[i]; s.Verdict == WillRun {
			s.Verdict, s.Guard, s.Reason, s.After = Refused, g, why, s.Before
		}
	}
}
