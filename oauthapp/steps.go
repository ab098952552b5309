package oauthapp

import (
	"fmt"
	"strconv"

	"github.com/rezonate-io/okta-integration/scopes"
)

// A StepKind says what a step does.
type StepKind string

// The kinds of steps. Read-back and verify write nothing: they are in events,
// never in Plan.Steps.
const (
	StepCreate   StepKind = "create"
	StepActivate StepKind = "activate"
	StepRole     StepKind = "role"
	StepGrant    StepKind = "grant"
	StepReadBack StepKind = "read back"
	StepVerify   StepKind = "verify"
)

// A Step is one thing to do. Which fields are set depends on Kind.
type Step struct {
	Kind          StepKind
	Label         string     // the app's label
	ApplicationID string     // the app, if it exists already
	Role          string     // StepRole: the role type to assign
	Scopes        scopes.Set // StepGrant: the scopes to grant
}

// String describes the step in plain words, such as "grant 26 scopes".
func (s Step) String() string {
	switch s.Kind {
	case StepCreate:
		return "create the app " + strconv.Quote(s.Label) + " with its key"
	case StepActivate:
		return "activate the app " + strconv.Quote(s.Label) + " (" + s.ApplicationID + ")"
	case StepRole:
		return "assign the role " + s.Role
	case StepGrant:
		if s.Scopes.Len() == 1 {
			return "grant the scope " + s.Scopes.String()
		}
		return fmt.Sprintf("grant %d scopes", s.Scopes.Len())
	case StepReadBack:
		return "read back grants and roles"
	case StepVerify:
		return "verify the new credential"
	}
	return string(s.Kind)
}

// stepsFor lists what has to be done to make have, which is nil if there is no
// app yet, into d. The role comes before the grants, so that a role which the
// org adds after a grant can be told from the wanted one.
func stepsFor(d Desired, have *App) []Step {
	var steps []Step
	add := func(s Step) {
		s.Label = d.Label
		if have != nil {
			s.ApplicationID = have.ID
		}
		steps = append(steps, s)
	}
	if have == nil {
		add(Step{Kind: StepCreate})
	} else if !have.Active {
		add(Step{Kind: StepActivate})
	}
	if d.Role != RoleNone && !have.hasRole(d.Role) {
		add(Step{Kind: StepRole, Role: d.Role})
	}
	missing := d.Scopes
	if have != nil {
		missing = d.Scopes.Minus(have.Granted)
	}
	if !missing.IsEmpty() {
		add(Step{Kind: StepGrant, Scopes: missing})
	}
	return steps
}
