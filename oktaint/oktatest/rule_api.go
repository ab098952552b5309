package oktatest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxRuleName is how long the name of a rule may be.
const maxRuleName = 50

// ruleInput is a rule in a request.
type ruleInput struct {
	Type       string `json:"type"`
	Name       string `json:"name"`
	Conditions struct {
		Expression struct {
			Type  string `json:"type"`
			Value string `json:"value"`
		} `json:"expression"`
		People *struct {
			Users  excluded `json:"users"`
			Groups excluded `json:"groups"`
		} `json:"people"`
	} `json:"conditions"`
	Actions struct {
		Assign struct {
			Groups []string `json:"groupIds"`
		} `json:"assignUserToGroups"`
	} `json:"actions"`
}

// excluded is a list of those that a rule leaves alone.
type excluded struct {
	IDs []string `json:"exclude"`
}

// check refuses what no rule can be.
func (in *ruleInput) check() error {
	switch {
	case in.Type != "group_rule":
		return invalid("type", "type: The value must be group_rule")
	case in.Name == "":
		return invalid("name", "name: The field cannot be left blank")
	case utf8.RuneCountInString(in.Name) > maxRuleName:
		return invalid("name", "name: The field is too long")
	case in.Conditions.Expression.Value == "":
		return invalid("conditions", "conditions: The field cannot be left blank")
	case len(in.Actions.Assign.Groups) == 0:
		return invalid("actions", "actions: The field cannot be left blank")
	}
	return nil
}

// apply makes the rule what the request says, except for its groups.
func (in *ruleInput) apply(r *rule) error {
	text := in.Conditions.Expression.Value
	e, err := parseExpression(text)
	if err != nil {
		return invalid("validateRule", "Invalid expression syntax "+text, "conditions: Invalid expression")
	}
	r.name, r.text, r.expression = in.Name, text, e
	r.language = in.Conditions.Expression.Type
	r.people, r.exclude, r.excludeGroups = false, nil, nil
	if people := in.Conditions.People; people != nil {
		r.people, r.exclude, r.excludeGroups = true, people.Users.IDs, people.Groups.IDs
	}
	return nil
}

// ruleNameTaken reports whether a rule other than this one has the name.
func (o *Org) ruleNameTaken(name, but string) bool {
	return slices.ContainsFunc(o.rules.all(), func(r *rule) bool { return r.name == name && r.id != but })
}

// readRule reads and checks a rule; id is that of the one to replace.
func (c *call) readRule(id string) (*ruleInput, error) {
	in := &ruleInput{}
	if err := c.decode(in); err != nil {
		return nil, err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	if c.org.ruleNameTaken(in.Name, id) {
		return nil, invalid("name", "name: An object with this field already exists in the current organization")
	}
	for _, id := range in.Actions.Assign.Groups {
		g, found := c.org.groups.get(id)
		if !found || g.kind != groupOkta {
			return nil, invalid("actions", "actions: '"+id+"' is not a group that a rule can add to")
		}
	}
	if err := c.org.checkExcluded(in.excluded()); err != nil {
		return nil, err
	}
	return in, c.mayRule(in.Actions.Assign.Groups)
}

// excluded lists the users that the request excludes.
func (in *ruleInput) excluded() []string {
	if in.Conditions.People == nil {
		return nil
	}
	return in.Conditions.People.Users.IDs
}

// checkExcluded refuses a list of exclusions that no rule can have: one that is
// too long or that names a user who does not exist, which a deleted user is.
func (o *Org) checkExcluded(ids []string) error {
	if len(ids) > maxExcluded {
		return invalid("conditions", fmt.Sprintf("conditions: A rule cannot exclude more than %d users", maxExcluded))
	}
	for _, id := range ids {
		if _, found := o.users.get(id); !found {
			return invalid("conditions", "conditions: '"+id+"' is not a user")
		}
	}
	return nil
}

// mayRule refuses a caller who may not make members of these groups by a rule,
// which reaches all users.
func (c *call) mayRule(groups []string) error {
	if err := c.requireEverywhere(manageGroups); err != nil {
		return err
	}
	for _, id := range groups {
		g, found := c.org.groups.get(id)
		if !found {
			continue
		}
		if err := c.touchGroup(g); err != nil {
			return err
		}
	}
	return nil
}

// createRule makes a rule, which does nothing until it is activated.
func (c *call) createRule() (reply, error) {
	in, err := c.readRule("")
	if err != nil {
		return reply{}, err
	}
	r := c.org.newRule(in.Actions.Assign.Groups)
	if err := in.apply(r); err != nil {
		return reply{}, err
	}
	c.org.putRule(r)
	c.recordAbout("group.rule.create", "Create group rule", partyOfRule(r))
	return ok(c.org.viewRule(r))
}

// newRule returns an inactive rule without an id.
func (o *Org) newRule(groups []string) *rule {
	now := o.now()
	return &rule{status: statusInactive, created: now, updated: now, groups: groups, added: map[membership]bool{}}
}

func (o *Org) putRule(r *rule) {
	r.id = o.newID("0pr")
	o.rules.put(r.id, r)
}

// rule returns the rule of the path.
func (c *call) rule() (*rule, error) {
	if r, found := c.org.rules.get(c.param("rule")); found {
		return r, nil
	}
	return nil, notFound(c.param("rule"), "GroupRule")
}

// ruleToChange returns the rule of the path, if the caller may write to it.
func (c *call) ruleToChange() (*rule, error) {
	r, err := c.rule()
	if err != nil {
		return nil, err
	}
	return r, c.mayRule(r.groups)
}

// showRule is a rule with the names of its groups, if asked for.
func (c *call) showRule(r *rule) object {
	view := c.org.viewRule(r)
	if c.query.Get("expand") == "groupIdToGroupNameMap" {
		names := object{}
		for _, id := range r.groups {
			if g, found := c.org.groups.get(id); found {
				names[id] = g.name
			}
		}
		view["_embedded"] = object{"groupIdToGroupNameMap": names}
	}
	return view
}

func (c *call) listRules() (reply, error) {
	word := strings.ToLower(c.query.Get("search"))
	return list(c, lister[*rule]{
		paging: paging{limit: 50, most: 200, params: []string{"after", "limit", "search", "expand"}},
		table:  &c.org.rules,
		id:     func(r *rule) string { return r.id },
		match:  func(r *rule) bool { return strings.Contains(strings.ToLower(r.name), word) },
		view:   c.showRule,
	})
}

func (c *call) getRule() (reply, error) {
	r, err := c.rule()
	if err != nil {
		return reply{}, err
	}
	return ok(c.showRule(r))
}

// replaceRule replaces a rule that is not active. A rule that named a group that
// is gone is inactive then, since all groups that it may name now exist.
func (c *call) replaceRule() (reply, error) {
	r, err := c.ruleToChange()
	if err != nil {
		return reply{}, err
	}
	if r.status == statusActive {
		return reply{}, errActiveRule
	}
	in, err := c.readRule(r.id)
	if err != nil {
		return reply{}, err
	}
	if err := in.apply(r); err != nil {
		return reply{}, err
	}
	r.status, r.groups, r.updated = statusInactive, in.Actions.Assign.Groups, c.org.now()
	c.recordAbout("group.rule.update", "Update group rule", partyOfRule(r))
	return ok(c.org.viewRule(r))
}

// errActiveRule refuses a change of an active rule.
var errActiveRule = invalid("status", "status: The rule must be deactivated first")

// deleteRule deletes a rule that is not active, on demand with the memberships
// that it added. It answers 202, as recorded, after the deletion.
func (c *call) deleteRule() (reply, error) {
	r, err := c.ruleToChange()
	if err != nil {
		return reply{}, err
	}
	if r.status == statusActive {
		return reply{}, errActiveRule
	}
	strip, err := c.flag("removeUsers", false)
	if err != nil {
		return reply{}, err
	}
	c.org.rules.remove(r.id)
	c.recordAbout("group.rule.delete", "Delete group rule", partyOfRule(r))
	if strip {
		c.org.removeAdded(r)
	}
	return reply{status: http.StatusAccepted, body: object{}}, nil
}

// removeAdded ends the memberships that a deleted rule added.
func (o *Org) removeAdded(r *rule) {
	for _, id := range r.groups {
		g, found := o.groups.get(id)
		if !found {
			continue
		}
		for _, u := range g.members.all() {
			if r.added[membership{g.id, u.id}] {
				o.leave(g, u)
				o.addRuleEvent(eventLeave, textLeave, partyOfUser(u), partyOfGroup(g))
				o.applyRules(u)
			}
		}
	}
}

// activateRule makes a rule work, on all users at once. Activating an active rule
// changes nothing.
func (c *call) activateRule() (reply, error) {
	r, err := c.ruleToChange()
	switch {
	case err != nil:
		return reply{}, err
	case r.status == statusInvalid:
		return reply{}, invalid("status", "status: The rule names a group that is gone")
	case r.status == statusActive:
		return noContent()
	}
	r.status, r.updated = statusActive, c.org.now()
	c.recordAbout("group.user_membership.rule.trigger", "Group rule is activated", partyOfRule(r))
	for _, u := range c.org.users.all() {
		c.org.runRule(r, u)
	}
	return noContent()
}

// deactivateRule stops a rule. The members that it added stay.
func (c *call) deactivateRule() (reply, error) {
	r, err := c.ruleToChange()
	if err != nil {
		return reply{}, err
	}
	if r.status == statusActive {
		r.status, r.updated = statusInactive, c.org.now()
		c.recordAbout("group.user_membership.rule.deactivated", "Group rule is deactivated", partyOfRule(r))
	}
	return noContent()
}
