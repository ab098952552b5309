package oktatest_test

import (
	"slices"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// TestRuleExclusion removes a member whom a rule added: the rule excludes the
// user from then on, also if the user becomes a member by hand, and until the
// rule is replaced without the list.
func TestRuleExclusion(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	group, elsewhere := c.org.AddGroup(oktatest.Group{}), c.org.AddGroup(oktatest.Group{})
	ada, bob := c.org.AddUser(inSales()), c.org.AddUser(inSales())
	const sales = `user.department=="Sales"`
	rule := c.org.AddRule(oktatest.Rule{Name: "sales", Expression: sales, Groups: []string{group}})
	twin := c.org.AddRule(oktatest.Rule{Expression: sales, Groups: []string{elsewhere, group}})
	stranger := c.org.AddRule(oktatest.Rule{Expression: sales, Groups: []string{elsewhere}})
	member := groupsPath + group + "/users/" + ada

	c.admin("DELETE", member, nil).want(t, 204)
	if got := c.members(group); !slices.Equal(got, []string{bob}) {
		t.Errorf("members = %v", got)
	}
	for id, want := range map[string][]string{rule: {ada}, twin: {ada}, stranger: {}} {
		if got := c.excluded(id); !slices.Equal(got, want) {
			t.Errorf("rule %s excludes %v, want %v", id, got, want)
		}
	}
	want := []string{
		"group.user_membership.remove", "group.user_membership.rule.add_exclusion", "group.user_membership.rule.add_exclusion",
	}
	if got := c.eventTypes(ada); !slices.Equal(got, want) {
		t.Errorf("events = %v, want %v", got, want)
	}
	c.admin("PUT", member, nil).want(t, 204)
	c.admin("DELETE", member, nil).want(t, 204)
	c.admin("POST", usersPath+ada, object{"profile": object{"title": "Boss"}}).want(t, 200)
	if got := c.members(group); !slices.Equal(got, []string{bob}) {
		t.Errorf("members = %v, want the excluded user to stay out", got)
	}

	// A member whom the rule added and who does not match any more.
	carl := c.org.AddUser(inSales())
	c.admin("POST", usersPath+carl, object{"profile": object{"department": "IT"}}).want(t, 200)
	c.admin("DELETE", groupsPath+group+"/users/"+carl, nil).want(t, 204)
	if got := c.excluded(rule); !slices.Equal(got, []string{ada, carl}) {
		t.Errorf("excluded = %v, want %s and %s", got, ada, carl)
	}

	c.admin("POST", rulesPath+"/"+rule+"/lifecycle/deactivate", nil).want(t, 204)
	body := ruleBody("sales", sales, []string{group})
	delete(body["conditions"].(object), "people")
	c.admin("PUT", rulesPath+"/"+rule, body).want(t, 200)
	c.admin("POST", rulesPath+"/"+rule+"/lifecycle/activate", nil).want(t, 204)
	if got := c.members(group); !slices.Equal(got, []string{ada, bob}) {
		t.Errorf("members after a replacement without the list = %v", got)
	}
}

// TestFullExclusionList shows that a rule with a full list adds a user again.
func TestFullExclusionList(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	group := c.org.AddGroup(oktatest.Group{})
	var excluded []string
	for range 100 {
		excluded = append(excluded, c.org.AddUser(inSales()))
	}
	const sales = `user.department=="Sales"`
	rule := c.org.AddRule(oktatest.Rule{Name: "r", Expression: sales, Groups: []string{group}, Exclude: excluded[:99]})
	next := c.org.AddUser(inSales())
	c.admin("DELETE", groupsPath+group+"/users/"+excluded[99], nil).want(t, 204)
	c.admin("DELETE", groupsPath+group+"/users/"+next, nil).want(t, 204)
	if got := c.members(group); !slices.Equal(got, []string{next}) {
		t.Errorf("members = %v, want %s only", got, next)
	}
	if got := c.excluded(rule); !slices.Equal(got, excluded) {
		t.Errorf("excluded = %v", got)
	}
	c.admin("POST", rulesPath, ruleBody("n", "true", []string{group}, append(excluded, next)...)).wantError(t, 400, "E0000001", "100 users")

	// A deleted user stays in the list and spoils its replacement.
	for range 2 {
		c.admin("DELETE", usersPath+excluded[0], nil).want(t, 204)
	}
	if got := c.excluded(rule); !slices.Equal(got, excluded) {
		t.Errorf("excluded after a deletion = %v", got)
	}
	c.admin("POST", rulesPath+"/"+rule+"/lifecycle/deactivate", nil).want(t, 204)
	path := rulesPath + "/" + rule
	c.admin("PUT", path, ruleBody("r", sales, []string{group}, excluded...)).wantError(t, 400, "E0000001", "is not a user")
	c.admin("PUT", path, ruleBody("r", sales, []string{group}, excluded[1:]...)).want(t, 200)
}

// TestRuleLeavesDeactivatedUsers shows that a rule adds no deactivated user and
// adds one again who is activated.
func TestRuleLeavesDeactivatedUsers(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	gone := inSales()
	gone.Status = "DEPROVISIONED"
	user, group := c.org.AddUser(gone), c.org.AddGroup(oktatest.Group{})
	c.org.AddRule(oktatest.Rule{Expression: `user.department=="Sales"`, Groups: []string{group}})
	if got := c.members(group); len(got) != 0 {
		t.Errorf("members = %v, want none", got)
	}
	c.admin("POST", usersBase+user+"/lifecycle/activate", nil).want(t, 200)
	if got := c.members(group); !slices.Equal(got, []string{user}) {
		t.Errorf("members after the activation = %v", got)
	}
	c.admin("POST", usersBase+user+"/lifecycle/deactivate", nil).want(t, 200)
	if got := c.members(group); !slices.Equal(got, []string{user}) {
		t.Errorf("members after the deactivation = %v, want the same", got)
	}
}

// TestInvalidRule deletes the group of a rule.
func TestInvalidRule(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	gone, stays := c.org.AddGroup(oktatest.Group{}), c.org.AddGroup(oktatest.Group{})
	id := c.org.AddRule(oktatest.Rule{Expression: "true", Groups: []string{gone, stays}})
	c.admin("DELETE", groupsPath+gone, nil).want(t, 204)
	a := c.admin("GET", rulesPath+"/"+id, nil).want(t, 200)
	if a.text(t, "status") != "INVALID" || a.json(t)["allGroupsValid"] != false {
		t.Errorf("rule = %s", a.body)
	}
	if got := c.members(stays); slices.Contains(got, c.org.AddUser(oktatest.User{})) || len(c.members(stays)) != len(got) {
		t.Error("an invalid rule works")
	}
	c.admin("POST", rulesPath+"/"+id+"/lifecycle/activate", nil).wantError(t, 400, "E0000001", "gone")
	if got := c.eventTypes(id); !slices.Equal(got, []string{"group.user_membership.rule.invalidate"}) {
		t.Errorf("events = %v", got)
	}
	c.admin("DELETE", rulesPath+"/"+id, nil).want(t, 202)
}

// TestRunRules lets rules find a user who was left out of a group by no request.
func TestRunRules(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{RateLimits: unlimited()})
	group, other := c.org.AddGroup(oktatest.Group{}), c.org.AddGroup(oktatest.Group{})
	const sales = `user.department=="Sales"`
	c.org.AddRule(oktatest.Rule{Expression: sales, Groups: []string{group}})
	late := c.org.AddRule(oktatest.Rule{Expression: sales, Groups: []string{other}, Inactive: true})
	ada, bob := c.org.AddUser(inSales()), c.org.AddUser(inSales())
	if n := c.org.RunRules(); n != 0 {
		t.Errorf("%d memberships began twice", n)
	}
	c.admin("DELETE", groupsPath+group+"/users/"+ada, nil).want(t, 204)
	if n := c.org.RunRules(); n != 0 {
		t.Errorf("an excluded user is a member of %d groups", n)
	}
	// A rule for users whom another group keeps out finds them when they have left it.
	c.admin("PUT", groupsPath+other+"/users/"+bob, nil).want(t, 204)
	body := ruleBody("late", sales, []string{c.org.AddGroup(oktatest.Group{Name: "third"})})
	body["conditions"].(object)["people"] = object{"users": object{"exclude": []string{}}, "groups": object{"exclude": []string{other}}}
	c.admin("PUT", rulesPath+"/"+late, body).want(t, 200)
	c.admin("POST", rulesPath+"/"+late+"/lifecycle/activate", nil).want(t, 204)
	third := c.admin("GET", groupsPath[:len(groupsPath)-1]+"?q=third", nil).list(t)[0]["id"].(string)
	if got := c.members(third); !slices.Equal(got, []string{ada}) {
		t.Errorf("members = %v, want only %s", got, ada)
	}
	c.admin("DELETE", groupsPath+other, nil).want(t, 204)
	if n := c.org.RunRules(); n != 1 || !slices.Equal(c.members(third), []string{ada, bob}) {
		t.Errorf("%d memberships began, members = %v", n, c.members(third))
	}
}
