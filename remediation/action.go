package remediation

import (
	"context"
	"net/http"
	"slices"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An Action is one change of an org, as a value: [SuspendUser], [ClearSessions]
// and the other types of this package, which are all there are; pointers to them
// are none. An action is data, and its JSON has a kind and a version: see
// [ParseAction].
type Action interface {
	// Facts tells what the action is about and what it takes.
	Facts() Facts

	// Request builds the exact request, without a credential. The errors are
	// about the action's fields.
	Request(ctx context.Context, org oktaint.Org) (*http.Request, error)

	// reads tells which parts of the org judge, see and do look at.
	reads() part
	// see returns what the action's preconditions are about, and no more.
	see(*view) State
	// judge tells by that alone whether the action is possible.
	judge(State) judgement
	// do changes the view as the action changes the org.
	do(*view)
}

// A Kind names a type of action, in JSON, in records and where an action has to
// be allowed by name.
type Kind string

// Facts are what is known of an action without asking the org.
type Facts struct {
	Kind    Kind
	Version int    // of what the action does, from 1
	Target  Target // what it changes
	Group   string // id of the group, where the target is a user and the action is about a membership

	Scope       scopes.Scope // what the token needs
	Permissions []string     // what a custom role needs, all of them; a standard role may do as well

	From []Status // the statuses of a user it is possible from; nil: any
	To   Status   // the status it leaves; empty: unchanged

	// Repeatable actions do no harm if they are sent again, after a look has shown
	// that nothing has changed.
	Repeatable bool

	Undo []Kind // what undoes it, one of them; empty: nothing does

	// Lost is what cannot be brought back, in plain words; empty if nothing is
	// lost. Destructive actions lose more than the user restores by signing in
	// again, and run only where [Guards] allow their kind by name.
	Lost        string
	Destructive bool

	// Secret actions are answered with a link or a temporary password, which is
	// the StepResult's Secret and nowhere else.
	Secret bool
}

// A TargetType is a type of what is changed.
type TargetType string

// The types of targets.
const (
	TargetUser      TargetType = "user"
	TargetGroup     TargetType = "group"
	TargetGroupRule TargetType = "group_rule"
)

// A Target is what an action changes.
type Target struct {
	Type TargetType `json:"type"`
	ID   string     `json:"id,omitempty"`   // empty for a group that is to be made
	Name string     `json:"name,omitempty"` // login of a user, name of a group or rule, where it is known
}

// Scopes returns the scopes that the actions need. A scope to manage covers
// reading the same.
func Scopes(actions ...Action) scopes.Set {
	var set scopes.Set
	for a := range each(actions) {
		set = set.Union(scopes.New(a.Facts().Scope), readScopes(a.reads()))
	}
	return withoutCovered(set)
}

// withoutCovered leaves out the scopes to read what another scope manages.
func withoutCovered(set scopes.Set) scopes.Set {
	for s := range set.All() {
		if rest := set.Minus(scopes.New(s)); rest.Covers(s) {
			set = rest
		}
	}
	return set
}

// Permissions returns the permissions that a custom role needs for the actions,
// held over all users and all groups: what they change, and what is read to plan
// and to verify them. They are sorted.
func Permissions(actions ...Action) []string {
	var all []string
	for a := range each(actions) {
		all = append(all, a.Facts().Permissions...)
		all = append(all, readPermissions(a.reads())...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// readScopes returns the scopes for the parts of the org that are read.
func readScopes(p part) scopes.Set {
	var set scopes.Set
	if p&userParts != 0 {
		set = set.Union(scopes.New(scopes.UsersRead))
	}
	if p&groupParts != 0 {
		set = set.Union(scopes.New(scopes.GroupsRead))
	}
	return set
}

func readPermissions(p part) []string {
	var all []string
	if p&userParts != 0 {
		all = append(all, "okta.users.read")
	}
	if p&groupParts != 0 {
		all = append(all, "okta.groups.read")
	}
	return all
}

// Kinds returns the kinds of all actions, sorted.
func Kinds() []Kind {
	kinds := make([]Kind, 0, len(makers))
	for kind := range makers {
		if kind != KindFirstOf {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// Sample returns an action of a kind with its fields unset, to ask for its
// facts, or nil if there is no such kind.
func Sample(kind Kind) Action {
	m, ok := makers[kind]
	if !ok {
		return nil
	}
	return m.zero
}
