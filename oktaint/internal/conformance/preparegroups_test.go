package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// prepareGroups makes the groups that a path names, and their members, owners
// and rules.
func (s *stage) prepareGroups(e exchange) error {
	elements := strings.Split(e.Path, "/")
	for i, name := range strings.Split(e.Template, "/") {
		if name == "{groupId}" && i < len(elements) && !s.ids.knows(elements[i]) {
			if err := s.makeGroup(e, elements[i]); err != nil {
				return err
			}
		}
	}
	switch {
	case e.operation() == "GET /api/v1/groups/{groupId}/users":
		return s.giveMembers(e)
	case strings.Contains(e.Template, "/owners"):
		return s.giveOwners(e)
	case strings.HasPrefix(e.Template, "/api/v1/groups/rules"):
		return s.giveRules(e)
	}
	return nil
}

// giveMembers makes the users of a recorded list members.
func (s *stage) giveMembers(e exchange) error {
	s.makeListedUsers(e)
	list, _ := e.ResponseBody.([]any)
	for _, element := range list {
		if err := s.call("PUT", s.ids.text(e.Path+"/"+elementID(element)), nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// giveOwners makes the recorded owners of a list, the one that a deletion
// finds, and the one that is refused for being there. Of any other that a
// request names it makes the user or the group only.
func (s *stage) giveOwners(e exchange) error {
	path, last, _ := strings.Cut(e.Path, "/owners")
	path += "/owners"
	if id := strings.TrimPrefix(last, "/"); id != "" {
		s.makeOwner(id, "USER", "Test Owner")
		return s.settleOwner(path, id, "USER", e.Status == 204)
	}
	if sent, ok := requestBody(e).(map[string]any); ok {
		s.makeOwner(text(sent, "id"), text(sent, "type"), text(e.ResponseBody, "displayName"))
		return s.settleOwner(path, text(sent, "id"), text(sent, "type"), e.Status == 400)
	}
	list, _ := e.ResponseBody.([]any)
	for _, element := range list {
		s.makeOwner(elementID(element), text(element, "type"), text(element, "displayName"))
		if err := s.settleOwner(path, elementID(element), text(element, "type"), true); err != nil {
			return err
		}
	}
	return nil
}

// makeOwner makes the user or the group with a recorded id.
func (s *stage) makeOwner(id, kind, name string) {
	switch {
	case s.ids.knows(id):
	case kind == "GROUP":
		s.ids.add(id, s.org.AddGroup(oktatest.Group{Name: name + " " + id}))
	default:
		s.ids.add(id, s.org.AddUser(oktatest.User{}))
	}
}

// settleOwner makes somebody an owner, or none.
func (s *stage) settleOwner(path, id, kind string, want bool) error {
	path, id = s.ids.text(path), s.ids.text(id)
	var owners []struct{ ID string }
	if err := s.call("GET", path, nil, &owners); err != nil {
		return err
	}
	is := slices.ContainsFunc(owners, func(o struct{ ID string }) bool { return o.ID == id })
	switch {
	case want && !is:
		return s.call("POST", path, map[string]any{"id": id, "type": kind}, nil)
	case !want && is:
		return s.call("DELETE", path+"/"+id, nil, nil)
	}
	return nil
}

// giveRules makes the groups and users that a rule names, the rules of a list, and the
// rule of the path. It deletes one whose name a request uses anew.
func (s *stage) giveRules(e exchange) error {
	sent, _ := requestBody(e).(map[string]any)
	answer, _ := e.ResponseBody.(map[string]any)
	s.makePartsOf(sent)
	if list, ok := e.ResponseBody.([]any); ok {
		for _, element := range list {
			if err := s.makeRule(elementID(element), element.(map[string]any)); err != nil {
				return err
			}
		}
		return nil
	}
	id := pathIDs(e)["ruleId"]
	switch {
	case id == "":
		return s.freeRuleName(text(sent, "name"), "")
	case s.ids.knows(id):
		return s.freeRuleName(text(sent, "name"), s.ids.text(id))
	case sent != nil:
		return s.makeRule(id, sent)
	}
	return s.makeRule(id, answer)
}

// makePartsOf makes the groups and the excluded users of a recorded rule.
func (s *stage) makePartsOf(rule map[string]any) {
	for _, id := range listAt(rule, "actions", "assignUserToGroups", "groupIds") {
		if id := fmt.Sprint(id); !s.ids.knows(id) {
			s.ids.add(id, s.org.AddGroup(oktatest.Group{Name: "group " + id}))
		}
	}
	for _, id := range listAt(rule, "conditions", "people", "users", "exclude") {
		if id := fmt.Sprint(id); !s.ids.knows(id) {
			s.ids.add(id, s.org.AddUser(oktatest.User{}))
		}
	}
}

// listAt returns the list at a path of names, or nil.
func listAt(v any, names ...string) []any {
	for _, name := range names {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	list, _ := v.([]any)
	return list
}

// makeRule makes a rule to stand for the recorded one with this id.
func (s *stage) makeRule(id string, like map[string]any) error {
	s.makePartsOf(like)
	if err := s.freeRuleName(text(like, "name"), ""); err != nil {
		return err
	}
	body := map[string]any{"type": "group_rule", "name": like["name"], "conditions": like["conditions"], "actions": like["actions"]}
	return s.make(id, "/api/v1/groups/rules", s.ids.value(body))
}

// freeRuleName deletes the rule with a name, unless it is this one.
func (s *stage) freeRuleName(name, but string) error {
	var rules []struct{ ID, Name string }
	if err := s.call("GET", "/api/v1/groups/rules", nil, &rules); err != nil {
		return err
	}
	for _, rule := range rules {
		if rule.Name != name || rule.ID == but {
			continue
		}
		if err := s.call("DELETE", "/api/v1/groups/rules/"+rule.ID, nil, nil); err != nil {
			return err
		}
	}
	return nil
}
