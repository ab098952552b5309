package remediation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// KindFirstOf is the kind of [FirstOf].
const KindFirstOf Kind = "first_of"

// FirstOf is the first of its actions that is possible in the target's state, or
// already so; if none is, it is the first one. A plan has the one that was chosen
// in its place. All have the same target:
//
//	FirstOf{SuspendUser{id}, DeactivateUser{UserID: id}}
type FirstOf []Action

// Facts implements [Action] with those of the first action.
func (list FirstOf) Facts() Facts {
	if len(list) == 0 {
		return Facts{Kind: KindFirstOf, Version: 1}
	}
	f := list[0].Facts()
	f.Kind, f.Version = KindFirstOf, 1
	return f
}

// Request implements [Action]. It is an error: only a plan chooses.
func (list FirstOf) Request(context.Context, oktaint.Org) (*http.Request, error) {
	return nil, fmt.Errorf("remediation: first_of has no request of its own: BuildPlan chooses one of its actions")
}

func (list FirstOf) reads() (all part) {
	for _, a := range list {
		all |= a.reads()
	}
	return all
}
func (list FirstOf) see(*view) State       { return State{} }
func (list FirstOf) judge(State) judgement { return judgement{} }
func (list FirstOf) do(*view)              {}

// check refuses what is no choice.
func (list FirstOf) check() error {
	if len(list) == 0 {
		return errors.New("remediation: first_of has nothing to choose from")
	}
	if err := checkType(list[0]); err != nil {
		return err
	}
	for _, a := range list {
		if checkType(a) != nil || a.Facts().Kind == KindFirstOf || a.Facts().Target != list[0].Facts().Target {
			return fmt.Errorf("remediation: first_of takes actions on one and the same target")
		}
	}
	return nil
}

// MarshalJSON implements [encoding/json.Marshaler].
func (list FirstOf) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Kind    Kind     `json:"kind"`
		Version int      `json:"version"`
		Actions []Action `json:"actions"`
	}{KindFirstOf, 1, list})
}

func readFirstOf(fields []byte) (Action, error) {
	var f struct {
		Actions Actions `json:"actions"`
	}
	if err := strictly(fields, &f); err != nil {
		return nil, err
	}
	list := FirstOf(f.Actions)
	return list, list.check()
}

// each yields the actions, and those that a FirstOf chooses from.
func each(actions []Action) iter.Seq[Action] {
	return func(yield func(Action) bool) {
		for _, a := range actions {
			list, ok := a.(FirstOf)
			if !ok {
				list = FirstOf{a}
			}
			for _, a := range list {
				if !yield(a) {
					return
				}
			}
		}
	}
}

// choices returns what an action stands for: itself, or what a FirstOf chooses
// from.
func choices(a Action) FirstOf {
	if list, ok := a.(FirstOf); ok {
		return list
	}
	return FirstOf{a}
}
