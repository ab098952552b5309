package oktatest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// ruleBody is a body that makes a rule.
func ruleBody(name, expression string, groups []string, exclude ...string) object {
	return object{
		"type": "group_rule", "name": name,
		"conditions": object{
			"expression": object{"type": "urn:okta:expression:1.0", "value": expression},
			"people":     object{"users": object{"exclude": exclude}},
		},
		"actions": object{"assignUserToGroups": object{"groupIds": groups}},
	}
}

const rulesPath = groupsPath + "rules"

// inSales is a user of the department.
func inSales() oktatest.User { return oktatest.User{Profile: object{"department": "Sales"}} }

func TestRuleLife(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	group := c.org.AddGroup(oktatest.Group{})
	ada, bob, excluded := c.org.AddUser(inSales()), c.org.AddUser(oktatest.User{}), c.org.AddUser(inSales())
	a := c.admin("POST", rulesPath, ruleBody("r", `user.department=="Sales"`, []string{group}, excluded)).want(t, 200)
	id := a.text(t, "id")
	if a.text(t, "status") != "INACTIVE" || len(id) != 20 || len(c.members(group)) != 0 {
		t.Errorf("rule = %s", a.body)
	}
	rule := rulesPath + "/" + id
	c.admin("POST", rule+"/lifecycle/activate", nil).want(t, 204)
	if got := c.members(group); !slices.Equal(got, []string{ada}) {
		t.Errorf("members = %v, want %s only", got, ada)
	}
	// A change of profile, and a new user.
	c.admin("POST", "/api/v1/users/"+bob, object{"profile": object{"department": "Sales"}}).want(t, 200)
	carl := c.org.AddUser(inSales())
	if got := c.members(group); !slices.Equal(got, []string{ada, bob, carl}) {
		t.Errorf("members = %v", got)
	}
	// An active rule stays what it is.
	c.admin("PUT", rule, ruleBody("r", "true", []string{group})).wantError(t, 400, "E0000001", "deactivated first")
	c.admin("DELETE", rule, nil).wantError(t, 400, "E0000001", "deactivated first")
	c.admin("POST", rule+"/lifecycle/deactivate", nil).want(t, 204)
	c.admin("DELETE", groupsPath+group+"/users/"+ada, nil).want(t, 204)
	if got := c.members(group); !slices.Equal(got, []string{bob, carl}) {
		t.Errorf("members after deactivation = %v", got)
	}
	if got := c.excluded(id); !slices.Equal(got, []string{excluded}) {
		t.Errorf("an inactive rule excludes %v", got)
	}
	if got := c.admin("PUT", rule, ruleBody("new", "false", []string{group})).want(t, 200); got.text(t, "name") != "new" || got.text(t, "status") != "INACTIVE" {
		t.Errorf("replaced = %s", got.body)
	}
}

// excluded lists the users that a rule leaves alone.
func (c *caller) excluded(rule string) []string {
	c.t.Helper()
	var view struct {
		Conditions struct {
			People struct {
				Users struct{ Exclude []string }
			}
		}
	}
	a := c.admin("GET", rulesPath+"/"+rule, nil).want(c.t, 200)
	if err := json.Unmarshal([]byte(a.body), &view); err != nil {
		c.t.Fatal(err)
	}
	return view.Conditions.People.Users.Exclude
}

// TestRuleGroupsChange gives a rule other groups. Members of the old group stay,
// and are the rule's no longer.
func TestRuleGroupsChange(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	old, other, user := c.org.AddGroup(oktatest.Group{}), c.org.AddGroup(oktatest.Group{}), c.org.AddUser(inSales())
	id := c.org.AddRule(oktatest.Rule{Expression: `user.department=="Sales"`, Groups: []string{old}})
	rule := rulesPath + "/" + id
	c.admin("POST", rule+"/lifecycle/deactivate", nil).want(t, 204)
	a := c.admin("PUT", rule, ruleBody("r", `user.department=="Sales"`, []string{other})).want(t, 200)
	if !strings.Contains(a.body, `"groupIds":["`+other+`"]`) {
		t.Errorf("rule = %s", a.body)
	}
	if got := c.members(other); len(got) != 0 {
		t.Errorf("an inactive rule has added %v", got)
	}
	c.admin("POST", rule+"/lifecycle/activate", nil).want(t, 204)
	c.admin("POST", rule+"/lifecycle/deactivate", nil).want(t, 204)
	if got := c.members(other); !slices.Equal(got, []string{user}) {
		t.Errorf("members = %v", got)
	}
	c.admin("DELETE", rule+"?removeUsers=true", nil).want(t, 202)
	if got := append(c.members(old), c.members(other)...); !slices.Equal(got, []string{user}) {
		t.Errorf("members of the old and the new group = %v, want that of the old one", got)
	}

	// Other groups make an invalid rule valid.
	id = c.org.AddRule(oktatest.Rule{Expression: "true", Groups: []string{other}})
	c.admin("DELETE", groupsPath+other, nil).want(t, 204)
	a = c.admin("PUT", rulesPath+"/"+id, ruleBody("r", "true", []string{old})).want(t, 200)
	if a.text(t, "status") != "INACTIVE" || a.json(t)["allGroupsValid"] != true {
		t.Errorf("rule = %s", a.body)
	}
}

func TestDeleteRule(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	byHand, byRule := c.org.AddUser(inSales()), c.org.AddUser(inSales())
	group := c.org.AddGroup(oktatest.Group{Members: []string{byHand}})
	for _, remove := range []string{"false", "true"} {
		id := c.org.AddRule(oktatest.Rule{Expression: `user.department=="Sales"`, Groups: []string{group}})
		c.admin("POST", rulesPath+"/"+id+"/lifecycle/deactivate", nil).want(t, 204)
		if got := c.members(group); !slices.Equal(got, []string{byHand, byRule}) {
			t.Fatalf("members = %v", got)
		}
		if a := c.admin("DELETE", rulesPath+"/"+id+"?removeUsers="+remove, nil).want(t, 202); a.body != "{}" {
			t.Errorf("body = %q", a.body)
		}
		c.admin("GET", rulesPath+"/"+id, nil).wantError(t, 404, "E0000007", "(GroupRule)")
		if remove == "false" {
			c.admin("DELETE", groupsPath+group+"/users/"+byRule, nil).want(t, 204)
		}
	}
	if got := c.members(group); !slices.Equal(got, []string{byHand}) {
		t.Errorf("members = %v, want the one by hand", got)
	}
}

func TestListRules(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	group := c.org.AddGroup(oktatest.Group{Name: "Crew"})
	for _, name := range []string{"Sales north", "Sales south", "Support"} {
		c.org.AddRule(oktatest.Rule{Name: name, Expression: "false", Groups: []string{group}, Inactive: true})
	}
	if got := c.admin("GET", rulesPath+"?search=sales", nil).want(t, 200).list(t); len(got) != 2 {
		t.Errorf("search = %v", got)
	}
	a := c.admin("GET", rulesPath+"?limit=2&expand=groupIdToGroupNameMap", nil).want(t, 200)
	if !strings.Contains(a.body, `"_embedded":{"groupIdToGroupNameMap":{"`+group+`":"Crew"}}`) || len(a.list(t)) != 2 || len(a.header.Values("Link")) != 2 {
		t.Errorf("rules = %s, Link %q", a.body, a.header.Values("Link"))
	}
	if got := c.admin("GET", rulesPath, nil).want(t, 200).header.Get("Link"); !strings.Contains(got, "limit=50") {
		t.Errorf("Link = %q", got)
	}
	c.admin("GET", rulesPath+"?limit=201", nil).wantError(t, 400, "E0000001", "limit")
}

func TestRuleRefusals(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	group, imported := c.org.AddGroup(oktatest.Group{}), c.org.AddGroup(oktatest.Group{Type: "APP_GROUP"})
	c.org.AddRule(oktatest.Rule{Name: "taken", Expression: "true", Groups: []string{group}})
	for cause, body := range map[string]object{
		"type":              {"name": "n"},
		"name: The field c": ruleBody("", "true", []string{group}),
		"too long":          ruleBody(strings.Repeat("x", 51), "true", []string{group}),
		"conditions":        ruleBody("n", "", []string{group}),
		"actions":           ruleBody("n", "true", nil),
		"already exists":    ruleBody("taken", "true", []string{group}),
		"00gnothing":        ruleBody("n", "true", []string{"00gnothing"}),
		imported:            ruleBody("n", "true", []string{imported}),
		`Invalid expression syntax user.firstName == AND user.lastName"`: ruleBody("n", "user.firstName == AND user.lastName", []string{group}),
		"conditions: Invalid expression":                                 ruleBody("n", `(user.firstName == "TestAcc"`, []string{group}),
	} {
		c.admin("POST", rulesPath, body).wantError(t, 400, "E0000001", cause)
	}
}
