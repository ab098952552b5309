package oauthapp

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rezonate-io/okta-integration/scopes"
)

// A StepKind says what a step does.
type StepKind string

// The kinds of steps. Read-back and verify write nothing to the org: they are in events,
// never in the steps of a plan.
const (
	StepCreate           StepKind = "create"
	StepActivate         StepKind = "activate"
	StepRename           StepKind = "rename"
	StepUpdate           StepKind = "update"
	StepAddKey           StepKind = "add key"
	StepRole             StepKind = "role"
	StepCustomRole       StepKind = "custom role"
	StepPermissions      StepKind = "permissions"
	StepResourceSet      StepKind = "resource set"
	StepBinding          StepKind = "binding"
	StepGrant            StepKind = "grant"
	StepRevoke           StepKind = "revoke"
	StepUnbind           StepKind = "unbind"
	StepRemoveSet        StepKind = "remove resource set"
	StepForbid           StepKind = "remove permissions"
	StepRemoveCustomRole StepKind = "remove custom role"
	StepUnassign         StepKind = "unassign"
	StepDeleteKey        StepKind = "delete key"
	StepDeactivate       StepKind = "deactivate"
	StepDelete           StepKind = "delete"
	StepReadBack         StepKind = "read back"
	StepVerify           StepKind = "verify"
	StepProve            StepKind = "prove"
	StepSwitch           StepKind = "switch"
	StepRevokeAccess     StepKind = "revoke access tokens"
	StepRevokeToken      StepKind = "revoke token"
)

// A Step is one thing to do. Which fields are set depends on Kind.
type Step struct {
	Kind          StepKind   `json:"kind"`
	Label         string     `json:"label,omitempty"`          // the app's
	ApplicationID string     `json:"application_id,omitempty"` // the app, if it exists already
	Role          string     `json:"role,omitempty"`           // the type of a standard role
	Own           string     `json:"custom_role,omitempty"`    // which of the app's own custom roles: "response" or "IAM reader"
	Scopes        scopes.Set `json:"scopes,omitzero"`          // that are granted or revoked
	Permissions   []string   `json:"permissions,omitempty"`    // that a custom role gets or loses
	Key           string     `json:"key,omitempty"`            // RFC 7638 thumbprint of a key
}

// readings are the steps that change nothing in the org, in plain words.
var readings = map[StepKind]string{
	StepReadBack:     "read back grants and roles",
	StepVerify:       "verify the new credential",
	StepProve:        "prove the new key with a token",
	StepSwitch:       "switch services to the new key",
	StepRevokeAccess: "revoke access tokens of the app",
}

// String describes the step in plain words, such as "grant 26 scopes".
func (s Step) String() string {
	for _, r := range table {
		for _, w := range []way{r.make, r.take} {
			if w.kind == s.Kind && w.says != nil {
				return w.says(s)
			}
		}
	}
	return cmp.Or(readings[s.Kind], string(s.Kind))
}

// own is what the custom role of the step is called.
func (s Step) own() string { return ownRoles[cmp.Or(s.Own, responseRole)].called }

// A stepOfChanges is a step of a plan and what is sent for it.
type stepOfChanges struct {
	Step
	changes []change
}

// stepsOf puts changes, which are sorted, into steps: those that differ in their argument
// alone are one.
func stepsOf(changes []change, d Desired, a *App) []stepOfChanges {
	var steps []stepOfChanges
	for _, c := range changes {
		w := c.way()
		s := Step{Kind: w.kind, Label: d.Label, ApplicationID: a.ID}
		if c.row.step != nil {
			c.row.step(&s, c.arg, d)
		}
		if n := len(steps); n > 0 && joins(&steps[n-1].Step, s) {
			steps[n-1].changes = append(steps[n-1].changes, c)
			continue
		}
		steps = append(steps, stepOfChanges{s, []change{c}})
	}
	return steps
}

// joins adds b to a if they are one step, and reports whether they are.
func joins(a *Step, b Step) bool {
	if a.Kind != b.Kind || a.Role != b.Role || a.Own != b.Own || a.Key != b.Key || b.Scopes.IsEmpty() && len(b.Permissions) == 0 {
		return false
	}
	a.Scopes, a.Permissions = a.Scopes.Union(b.Scopes), union(a.Permissions, b.Permissions)
	return true
}

// counted is "the permission x" or "2 permissions".
func counted(n int, noun string, names []string) string {
	if n == 1 {
		return "the " + noun + " " + names[0]
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// nouns is "the role X" or "the roles X, Y".
func nouns(noun string, names []string) string {
	if len(names) > 1 {
		noun += "s"
	}
	return "the " + noun + " " + strings.Join(names, ", ")
}

func countedScopes(s scopes.Set) string { return counted(s.Len(), "scope", names(s)) }

// names are the names of scopes.
func names(s scopes.Set) []string {
	var list []string
	for scope := range s.All() {
		list = append(list, string(scope))
	}
	return list
}

func quoted(label string) string { return strconv.Quote(label) }

// without returns what a has and b has not.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// union returns what a or b has, sorted.
func union(a, b []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}
