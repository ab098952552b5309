package oktatest

import (
	"slices"
	"time"
)

const statusInvalid = "INVALID"

// rule makes the users for whom an expression is true members of groups.
type rule struct {
	id, name, status string
	created, updated time.Time
	text, language   string // the expression and its type, as sent
	expression       expression
	groups           []string // ids
	people           bool     // the request had a list of exclusions
	exclude          []string // ids of users
	excludeGroups    []string
	added            map[membership]bool // what it added and nobody removed
}

// membership is a user's in a group.
type membership struct {
	group, user string
}

// applies reports whether the rule makes a user a member.
func (r *rule) applies(u *user) bool {
	return r.status == statusActive && u.status != statusDeprovisioned && !slices.Contains(r.exclude, u.id) &&
		!slices.ContainsFunc(u.groups, func(g *group) bool { return slices.Contains(r.excludeGroups, g.id) }) &&
		r.expression.matches(u.profile)
}

// applyRules makes a user a member of the groups of the rules that match.
func (o *Org) applyRules(u *user) {
	for _, id := range o.rules.ids {
		o.runRule(o.rules.rows[id], u)
	}
}

// RunRules lets every active rule look at every user, as Okta does in the background, and
// returns how many memberships began. The System Log gets an event for each.
func (o *Org) RunRules() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.remember(o.now())
	begun := 0
	for _, u := range o.users.all() {
		for _, r := range o.rules.all() {
			begun += o.runRule(r, u)
		}
	}
	return begun
}

// maxExcluded is how many users a rule can leave alone.
const maxExcluded = 100

// rulesManaging lists the active rules that keep a user a member of a group.
func (o *Org) rulesManaging(g *group, u *user) []*rule {
	var managing []*rule
	for _, id := range o.rules.ids {
		r := o.rules.rows[id]
		if slices.Contains(r.groups, g.id) && (r.applies(u) || r.status == statusActive && r.added[membership{g.id, u.id}]) {
			managing = append(managing, r)
		}
	}
	return managing
}

// excludeUser lets a rule leave a user alone and reports whether its list had
// room for one more.
func (r *rule) excludeUser(u *user, now time.Time) bool {
	if len(r.exclude) >= maxExcluded || slices.Contains(r.exclude, u.id) {
		return false
	}
	r.people, r.exclude, r.updated = true, append(r.exclude, u.id), now
	return true
}

// runRule is applyRule with its events. It returns how many memberships began.
func (o *Org) runRule(r *rule, u *user) int {
	joined := o.applyRule(r, u)
	for _, g := range joined {
		o.addRuleEvent(eventJoin, textJoin, partyOfUser(u), partyOfGroup(g))
	}
	return len(joined)
}

// applyRule makes a user a member of the groups of a rule, if it matches, and
// returns the groups that are new to the user.
func (o *Org) applyRule(r *rule, u *user) []*group {
	if !r.applies(u) {
		return nil
	}
	var joined []*group
	for _, id := range r.groups {
		if g, found := o.groups.get(id); found && o.join(g, u) {
			r.added[membership{g.id, u.id}] = true
			joined = append(joined, g)
		}
	}
	return joined
}

// addRuleEvent adds an event of what rules do. The system is its actor.
func (o *Org) addRuleEvent(eventType, text string, targets ...party) {
	o.addEvent(eventType, text, systemActor, targets, "/api/v1/groups/rules")
}

// invalidateRules ends the rules of a group that is deleted.
func (o *Org) invalidateRules(g *group) {
	for _, r := range o.rules.all() {
		if !slices.Contains(r.groups, g.id) {
			continue
		}
		if r.status != statusInvalid {
			o.addRuleEvent("group.user_membership.rule.invalidate", "Group rule is invalidated", partyOfRule(r))
		}
		r.status, r.updated = statusInvalid, o.now()
	}
}

// forget drops what the rules know of a membership that has ended.
func (o *Org) forget(g *group, u *user) {
	for _, id := range o.rules.ids {
		delete(o.rules.rows[id].added, membership{g.id, u.id})
	}
}

func (o *Org) viewRule(r *rule) object {
	conditions := object{"expression": object{"value": r.text, "type": r.language}}
	if r.people {
		conditions["people"] = object{
			"users": object{"exclude": orEmpty(r.exclude)}, "groups": object{"exclude": orEmpty(r.excludeGroups)},
		}
	}
	return object{
		"type": "group_rule", "id": r.id, "status": r.status, "name": r.name,
		"created": stamp(r.created), "lastUpdated": stamp(r.updated), "conditions": conditions,
		"actions":        object{"assignUserToGroups": object{"groupIds": r.groups}},
		"allGroupsValid": r.status != statusInvalid,
	}
}

// partyOfRule is a rule as the target of an event.
func partyOfRule(r *rule) party { return party{r.id, "Rule", "unknown", r.name} }
