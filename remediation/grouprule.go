package remediation

import (
	"context"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// The kinds of actions on group rules.
const (
	KindActivateGroupRule   Kind = "activate_group_rule"
	KindDeactivateGroupRule Kind = "deactivate_group_rule"
)

// ActivateGroupRule activates a group rule, which then puts the users that it
// matches into its groups: POST /api/v1/groups/rules/{groupRuleId}/lifecycle/activate.
type ActivateGroupRule struct {
	RuleID string `json:"rule_id"`
}

// Facts implements [Action].
func (a ActivateGroupRule) Facts() Facts {
	f := ruleFacts(KindActivateGroupRule, a.RuleID, KindDeactivateGroupRule)
	f.From, f.To = []Status{StatusInactive}, StatusActive
	f.Lost = "who was not in the rule's groups: users that it has added stay in them"
	return f
}

// Request implements [Action].
func (a ActivateGroupRule) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, nil, nil, "api", "v1", "groups", "rules", a.RuleID, "lifecycle", "activate")
}

func (a ActivateGroupRule) reads() part { return partRules }
func (a ActivateGroupRule) see(v *view) State {
	s := v.rule.state()
	s.Value = v.rule.does // so that what is approved is what becomes active
	return s
}
func (a ActivateGroupRule) do(v *view) { v.rule.status = StatusActive }
func (a ActivateGroupRule) judge(s State) judgement {
	return ruleStatus(s, a.Facts(), StatusActive)
}

// DeactivateGroupRule deactivates a group rule: POST
// /api/v1/groups/rules/{groupRuleId}/lifecycle/deactivate. Users whom it has put
// into groups stay there.
type DeactivateGroupRule struct {
	RuleID string `json:"rule_id"`
}

// Facts implements [Action].
func (a DeactivateGroupRule) Facts() Facts {
	f := ruleFacts(KindDeactivateGroupRule, a.RuleID, KindActivateGroupRule)
	f.From, f.To = []Status{StatusActive}, StatusInactive
	return f
}

// Request implements [Action].
func (a DeactivateGroupRule) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, nil, nil, "api", "v1", "groups", "rules", a.RuleID, "lifecycle", "deactivate")
}

func (a DeactivateGroupRule) reads() part       { return partRules }
func (a DeactivateGroupRule) see(v *view) State { return v.rule.state() }
func (a DeactivateGroupRule) do(v *view)        { v.rule.status = StatusInactive }
func (a DeactivateGroupRule) judge(s State) judgement {
	return ruleStatus(s, a.Facts(), StatusInactive)
}

func ruleFacts(kind Kind, id string, undo Kind) Facts {
	f := groupFacts(kind, id, "okta.groups.manage")
	f.Target.Type, f.Undo = TargetGroupRule, []Kind{undo}
	return f
}

func (r *ruleView) state() State {
	if r.missing {
		return State{Missing: true}
	}
	return State{Status: r.status}
}

func ruleStatus(s State, f Facts, so Status) judgement {
	switch {
	case s.Missing:
		return unknownTarget(f)
	case s.Status == so:
		return already("the rule is %s", so)
	case s.Status == StatusInvalid:
		return impossible("the rule is INVALID: a group it is about was deleted")
	}
	return willRun
}
