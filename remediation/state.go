package remediation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// A Status is the status of a user, or of a group rule, in Okta's words. Okta may
// have others than those named here.
type Status string

// The statuses of users.
const (
	StatusStaged          Status = "STAGED"
	StatusProvisioned     Status = "PROVISIONED"
	StatusActive          Status = "ACTIVE"
	StatusRecovery        Status = "RECOVERY"
	StatusPasswordExpired Status = "PASSWORD_EXPIRED"
	StatusLockedOut       Status = "LOCKED_OUT"
	StatusSuspended       Status = "SUSPENDED"
	StatusDeprovisioned   Status = "DEPROVISIONED"
)

// The statuses of group rules, beside StatusActive.
const (
	StatusInactive Status = "INACTIVE"
	StatusInvalid  Status = "INVALID"
)

// A State is what an action's preconditions are about: only the fields that they
// read are set. It holds nothing that changes by a sign-in.
type State struct {
	Missing   bool            `json:"missing,omitempty"`    // there is no such target
	Status    Status          `json:"status,omitempty"`     // of the user or the rule
	Towards   Status          `json:"towards,omitempty"`    // the status that a user is on the way to; meanwhile nothing else is possible
	Provider  string          `json:"provider,omitempty"`   // who masters the user, if not Okta: ACTIVE_DIRECTORY, LDAP, ...
	Password  *bool           `json:"password,omitempty"`   // whether the user has one
	Present   *bool           `json:"present,omitempty"`    // whether the membership, owner, factor, grant or token is there
	GroupType string          `json:"group_type,omitempty"` // OKTA_GROUP, APP_GROUP or BUILT_IN
	GroupID   string          `json:"group_id,omitempty"`   // of the group of the name, where one is to be made
	Value     json.RawMessage `json:"value,omitempty"`      // of the profile attribute, null if it is not set; of a rule, what it does
	Members   *int            `json:"members,omitempty"`    // of a group that is to be deleted
}

// equal reports whether two states are the same.
func (s State) equal(t State) bool {
	return s.Missing == t.Missing && s.Status == t.Status && s.Towards == t.Towards && s.Provider == t.Provider &&
		same(s.Password, t.Password) && same(s.Present, t.Present) && same(s.Members, t.Members) &&
		s.GroupType == t.GroupType && s.GroupID == t.GroupID && bytes.Equal(compact(s.Value), compact(t.Value))
}

func same[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// String tells the state in a few words.
func (s State) String() string {
	var words []string
	add := func(format string, args ...any) { words = append(words, fmt.Sprintf(format, args...)) }
	if s.Missing {
		return "missing"
	}
	if s.Status != "" {
		add("%s", s.Status)
	}
	if s.Towards != "" {
		add("on the way to %s", s.Towards)
	}
	if s.Members != nil {
		add("%d members", *s.Members)
	}
	if s.Provider != "" {
		add("mastered by %s", s.Provider)
	}
	if s.GroupType != "" && s.GroupType != groupOkta {
		add("%s", s.GroupType)
	}
	switch {
	case s.Present == nil:
	case *s.Present:
		add("present")
	default:
		add("absent")
	}
	if s.GroupID != "" {
		add("group %s", s.GroupID)
	}
	if s.Value != nil {
		add("%s", compact(s.Value))
	}
	return strings.Join(words, ", ")
}

// A Verdict is what a plan says of a step.
type Verdict string

// The verdicts.
const (
	WillRun    Verdict = "run"
	Already    Verdict = "already"    // nothing to do: it is so
	Refused    Verdict = "refused"    // by a guard, or for want of a scope or a role
	Impossible Verdict = "impossible" // the org would not do it in this state
)

// A judgement is a verdict with its reasons.
type judgement struct {
	verdict  Verdict
	guard    Guard  // which one refused
	reason   string // in plain words
	instead  []Kind // what would be possible in place of the impossible
	warnings []string
	passing  error // what kept a guard from looking, if that may pass
}

var willRun = judgement{verdict: WillRun}

func already(format string, args ...any) judgement {
	return judgement{verdict: Already, reason: fmt.Sprintf(format, args...)}
}

func impossible(format string, args ...any) judgement {
	return judgement{verdict: Impossible, reason: fmt.Sprintf(format, args...)}
}

func (j judgement) or(instead ...Kind) judgement {
	j.instead = instead
	return j
}

func (j judgement) warn(text string) judgement {
	j.warnings = append(slices.Clip(j.warnings), text)
	return j
}

// byStatus judges an action by the user's status alone: possible from some,
// already so in others.
func byStatus(s State, f Facts, so ...Status) judgement {
	switch {
	case s.Missing:
		return unknownTarget(f)
	case s.Towards != "":
		return onTheWay(s)
	case slices.Contains(f.From, s.Status) || f.From == nil && !slices.Contains(so, s.Status):
		return willRun
	case slices.Contains(so, s.Status):
		return already("the user is %s", s.Status)
	}
	return impossible("%s is not possible for a user who is %s (only from %s)", f.Kind, s.Status, statusList(f.From))
}

// onTheWay says that a user has to arrive before anything else is possible.
func onTheWay(s State) judgement {
	return impossible("the user is on the way to %s: wait until they are there", s.Towards)
}

func unknownTarget(f Facts) judgement {
	return impossible("the org knows no %s", Target{Type: f.Target.Type, ID: f.Target.ID})
}

func statusList(from []Status) string {
	var words []string
	for _, s := range from {
		words = append(words, string(s))
	}
	return strings.Join(words, ", ")
}

func boolPtr(b bool) *bool { return &b }
