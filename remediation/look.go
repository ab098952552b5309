package remediation

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// look completes the view of an action's user by its group and rule. Those that
// an earlier step of the same session has changed are as it has left them, unless
// fresh asks for them anew.
func (s *reader) look(ctx context.Context, a Action, u *userView, fresh bool) (*view, error) {
	f, parts := a.Facts(), a.reads()
	v := &view{user: u}
	if u != nil && u.missing {
		v.group = &groupView{missing: true, id: f.Group}
		return v, nil
	}
	if u != nil {
		if err := u.failed(a); err != nil {
			return nil, err
		}
	}
	var err error
	switch {
	case parts&partGroupName != 0:
		v.group, err = s.groupNamed(ctx, f.Target.Name, fresh)
	case parts&partGroup != 0:
		id := f.Group
		if f.Target.Type == TargetGroup {
			id = f.Target.ID
		}
		v.group, err = s.group(ctx, id, u, fresh && f.Target.Type == TargetGroup, parts)
	}
	if err != nil || parts&partRules == 0 {
		return v, err
	}
	if f.Target.Type == TargetGroupRule {
		v.rule, err = s.rule(ctx, f.Target.ID, fresh)
		return v, err
	}
	if fresh {
		return v, nil // rules give a warning in a plan, and nothing in a run
	}
	if v.rules, err = s.allRules(ctx); err != nil {
		why, no := cannotRead(err)
		if !no {
			return v, err
		}
		v.noRules, err = why.text, nil // they only give a warning
	}
	return v, err
}

// group reads a group. Of one that the user is in, the user's list of groups says enough.
func (s *reader) group(ctx context.Context, id string, u *userView, fresh bool, parts part) (*groupView, error) {
	parts &= partOwners | partMembers
	s.mu.Lock()
	g := s.groups[id]
	s.mu.Unlock()
	if g != nil && !fresh && (g.missing || parts&^g.read == 0) {
		return g, nil
	}
	if u != nil && parts == 0 {
		if i := slices.IndexFunc(u.groups, func(m membership) bool { return m.ID == id }); i >= 0 {
			return &groupView{id: id, kind: u.groups[i].Type, name: u.groups[i].Profile.Name}, nil
		}
	}
	g, err := readGroup(ctx, s.c, id)
	if err == nil && !g.missing && parts&partOwners != 0 {
		g.owners, err = ids(ctx, s.c, []string{"api", "v1", "groups", id, "owners"})
	}
	if err == nil && !g.missing && parts&partMembers != 0 {
		g.members, err = list[member](ctx, s.c, []string{"api", "v1", "groups", id, "users"})
	}
	if err != nil {
		return nil, fmt.Errorf("remediation: reading group %s: %w", id, err)
	}
	g.read = parts
	s.keep(id, g)
	return g, nil
}

func (s *reader) keep(key string, g *groupView) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[key] = g
}

type groupDocument struct {
	ID      string
	Type    string
	Profile struct{ Name, Description string }
}

func (d groupDocument) view() *groupView {
	return &groupView{id: d.ID, kind: d.Type, name: d.Profile.Name, about: d.Profile.Description}
}

func readGroup(ctx context.Context, c *oktaint.Client, id string) (*groupView, error) {
	var doc groupDocument
	err := c.Get(ctx, &doc, nil, "api", "v1", "groups", id)
	switch {
	case oktaint.IsNotFound(err):
		return &groupView{missing: true, id: id}, nil
	case err != nil:
		return nil, err
	case doc.ID != id:
		return nil, fmt.Errorf("remediation: the answer to group %s is about %.40q: is there a proxy between here and the org?", id, doc.ID)
	}
	return doc.view(), nil
}

// groupNamed finds the group of a name, of Okta's own type if there is one.
func (s *reader) groupNamed(ctx context.Context, name string, fresh bool) (*groupView, error) {
	key := "name " + name
	s.mu.Lock()
	g := s.groups[key]
	s.mu.Unlock()
	if g != nil && !fresh {
		return g, nil
	}
	found, err := groupsNamed(ctx, s.c, name)
	if err != nil {
		return nil, err
	}
	g = &groupView{missing: true, name: name}
	for _, f := range found {
		if g.missing || f.kind == groupOkta {
			g = f
		}
	}
	s.keep(key, g)
	return g, nil
}

// groupsNamed finds the groups of a name: by a search, and since what was made just
// now is not in it yet, by a list of names that begin so.
func groupsNamed(ctx context.Context, c *oktaint.Client, name string) (found []*groupView, err error) {
	for _, q := range []url.Values{{"search": {"profile.name eq " + quote(name)}}, {"q": {name}}} {
		for doc, err := range oktaint.List[groupDocument](ctx, c, q, "api", "v1", "groups") {
			if err != nil {
				return nil, fmt.Errorf("remediation: looking for the group %.100q: %w", name, err)
			}
			if doc.Profile.Name == name && doc.ID != "" {
				found = append(found, doc.view())
			}
		}
		if len(found) > 0 {
			break
		}
	}
	return found, nil
}

// quote writes a value of a filter or a search (RFC 7644, section 3.4.2.2: as in
// JSON), so that nothing in it can end it.
func quote(value string) string {
	text, err := json.Marshal(value)
	if err != nil {
		return strconv.Quote(value)
	}
	return string(text)
}

// rule reads a group rule.
func (s *reader) rule(ctx context.Context, id string, fresh bool) (*ruleView, error) {
	read := s.allRules
	if fresh {
		read = func(ctx context.Context) ([]ruleView, error) { return readRules(ctx, s.c) }
	}
	all, err := read(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].id == id {
			return &all[i], nil // as the steps before have left it
		}
	}
	return &ruleView{missing: true, id: id}, nil
}
