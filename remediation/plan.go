package remediation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// ErrTooManyTargets is wrapped by the error of a plan with more targets than
// Guards.MaxTargets.
var ErrTooManyTargets = errors.New("too many targets: split them, or raise the limit on purpose")

var (
	errNoClient   = errors.New("remediation: Responder has no Client: make one with oktaint.Transport.Client")
	errNoRecorder = errors.New("remediation: Responder has no Recorder: nothing is sent that is not recorded; a FileRecorder will do")
)

// A Responder plans and runs actions in one org. Its fields must not be changed
// while it works.
type Responder struct {
	// Client sends the requests. Required. One of [oktaint.Transport.Urgent]
	// passes the queues of collectors that use the same credential.
	Client *oktaint.Client

	// Guards say what must not be done. The zero value is the strictest.
	Guards Guards

	// Recorder keeps what was done. Run requires it; BuildPlan reads it, if it
	// is there, to see what need not be done again.
	Recorder Recorder

	// Actor is who the records name as acting: a service, a job, a person. Empty
	// means who has approved.
	Actor string

	// Parallel is how many users are worked on at a time. Zero means 8. The
	// steps of one user are done one after another, in the plan's order, and so
	// are those on groups and rules.
	Parallel int

	// Progress, if not nil, is called with each step when its verdict or its
	// outcome is known, never twice at a time.
	Progress func(StepResult)
}

const defaultParallel = 8

func (r *Responder) parallel() int {
	if r.Parallel > 0 {
		return r.Parallel
	}
	return defaultParallel
}

// A Plan is what would be done to targets that were read. It is data: it can be
// kept as JSON and run by another process.
type Plan struct {
	Org   oktaint.Org `json:"org_url"`
	Steps []Step      `json:"steps"`

	// Warnings are about the plan as a whole.
	Warnings []string `json:"warnings,omitempty"`
}

// A Step is one action of a plan, judged.
type Step struct {
	Action  Action  `json:"action"`
	Target  Target  `json:"target"`
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason,omitempty"`  // why it will not run, in plain words
	Guard   Guard   `json:"guard,omitempty"`   // what refused it
	Instead []Kind  `json:"instead,omitempty"` // what would be possible in place of the impossible

	// Lost is what a step that will run loses for good.
	Lost     string   `json:"lost,omitempty"`
	Warnings []string `json:"warnings,omitempty"`

	Before State `json:"before"` // what the verdict is based on
	After  State `json:"after"`  // what the step leaves if it runs

	// Undoes is the record that the step undoes, in a plan of BuildUndo.
	Undoes string `json:"undoes,omitempty"`

	passing error // what kept a guard from looking, if that may pass
}

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (s *Step) UnmarshalJSON(text []byte) error {
	type fields Step
	var in struct {
		fields
		Action json.RawMessage `json:"action"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("remediation: the step cannot be read: %w", err)
	}
	a, err := ParseAction(in.Action)
	if err != nil {
		return err
	}
	*s = Step(in.fields)
	s.Action = a
	return nil
}

// WillRun returns how many steps will run.
func (p *Plan) WillRun() int {
	n := 0
	for _, s := range p.Steps {
		if s.Verdict == WillRun {
			n++
		}
	}
	return n
}

// BuildPlan reads the targets of the actions and says what would be done. It sends
// no write. A target that cannot be acted on, or not be read, is a step that will not
// run, and says why. It is an error if there are too many targets, if actions make no
// sense, if no target can be read at all, or if five of them fail in the same way.
func (r *Responder) BuildPlan(ctx context.Context, actions ...Action) (*Plan, error) {
	steps := make([]Step, len(actions))
	for i, a := range actions {
		steps[i].Action = a
	}
	return r.build(ctx, steps)
}

func (r *Responder) build(ctx context.Context, steps []Step) (*Plan, error) {
	if r.Client == nil {
		return nil, errNoClient
	}
	actions := make([]Action, len(steps))
	for i, s := range steps {
		actions[i] = s.Action
	}
	if err := r.checkActions(ctx, actions); err != nil {
		return nil, err
	}
	p := &Plan{Org: r.Client.Org, Steps: steps}
	past, err := r.history(ctx, Approval{})
	if err != nil {
		return nil, err
	}
	b := &builder{reader: newReader(r.Client, r.Guards, actions), past: past, tell: r.teller(), fails: new(failures)}
	err = forEachUser(ctx, p.Steps, r.parallel(), b.judgeSteps)
	if err == nil && p.nothingRead() {
		err = b.fails.first // so that there is no plan to speak of
	}
	if err != nil {
		return nil, err
	}
	p.Warnings = b.planWarnings(ctx)
	return p, nil
}

// nothingRead reports whether no step could be judged by what its target is.
func (p *Plan) nothingRead() bool {
	return !slices.ContainsFunc(p.Steps, func(s Step) bool { return s.Guard != GuardUnreadable })
}

// checkActions refuses what makes no sense, before anything is read.
func (r *Responder) checkActions(ctx context.Context, actions []Action) error {
	for _, a := range actions {
		if list, ok := a.(FirstOf); ok {
			if err := list.check(); err != nil {
				return err
			}
		}
	}
	for a := range each(actions) {
		if err := checkType(a); err != nil {
			return err
		}
	}
	if err := r.Guards.checkCount(actions); err != nil {
		return err
	}
	for a := range each(actions) {
		f := a.Facts()
		for _, id := range idsOf(a) {
			if err := checkID(id); err != nil {
				return fmt.Errorf("%w (%s)", err, f.Kind)
			}
		}
		if _, err := a.Request(ctx, r.Client.Org); err != nil {
			return err
		}
	}
	return nil
}

// checkType refuses nil, and pointers: they would have the methods of an action,
// but be none of the types that this package knows.
func checkType(a Action) error {
	if a == nil || reflect.ValueOf(a).Kind() == reflect.Pointer {
		return fmt.Errorf("remediation: %T is no action: pass the values of this package", a)
	}
	return nil
}

// teller returns Progress, made safe to be called by many.
func (r *Responder) teller() func(StepResult) {
	if r.Progress == nil {
		return func(StepResult) {}
	}
	var mu sync.Mutex
	return func(s StepResult) {
		mu.Lock()
		defer mu.Unlock()
		r.Progress(s)
	}
}
