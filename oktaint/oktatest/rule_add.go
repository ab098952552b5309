package oktatest

import (
	"fmt"
	"slices"
)

// ruleLanguage is the type of the expressions of rules.
const ruleLanguage = "urn:okta:expression:1.0"

// Rule says what kind of group rule [Org.AddRule] makes.
type Rule struct {
	// Name is a name that no other rule has. The default is made of the rule's
	// number.
	Name string

	// Expression is the condition, as Okta writes it:
	// user.department=="Sales" for example. CHOICES.md says what is understood;
	// anything else that Okta would accept matches nobody.
	Expression string

	// Groups are the ids of the groups to add users to; at least one.
	Groups []string

	// Exclude are the ids of users that the rule leaves alone.
	Exclude []string

	// Inactive makes a rule that has not been activated.
	Inactive bool
}

// AddRule makes a group rule at once, without an event in the System Log, and
// returns its id. The rule is active, unless Inactive is set: all users that match
// are members when AddRule returns. It panics on what makes no sense: a name in
// use, an expression that cannot be read, no group or an unknown one.
func (o *Org) AddRule(in Rule) (id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	setDefault(&in.Name, fmt.Sprint("Rule ", o.counter["0pr"]+1))
	e, err := o.checkRule(in)
	if err != nil {
		panic("oktatest: add rule: " + err.Error())
	}
	r := o.newRule(slices.Clone(in.Groups))
	r.name, r.text, r.language, r.expression = in.Name, in.Expression, ruleLanguage, e
	r.people, r.exclude = true, slices.Clone(in.Exclude)
	o.putRule(r)
	if in.Inactive {
		return r.id
	}
	r.status = statusActive
	for _, u := range o.users.all() {
		o.applyRule(r, u)
	}
	return r.id
}

// checkRule refuses what makes no sense.
func (o *Org) checkRule(in Rule) (expression, error) {
	if o.ruleNameTaken(in.Name, "") {
		return nil, fmt.Errorf("the name %q is in use", in.Name)
	}
	if len(in.Groups) == 0 {
		return nil, fmt.Errorf("a rule without a group")
	}
	for _, id := range in.Groups {
		if g, found := o.groups.get(id); !found || g.kind != groupOkta {
			return nil, fmt.Errorf("no OKTA_GROUP has the id %q", id)
		}
	}
	e, err := parseExpression(in.Expression)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", err, in.Expression)
	}
	return e, nil
}
