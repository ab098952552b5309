package conformance

import (
	"encoding/base32"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// prepareRoles gives the user or the group of a path the roles that an
// exchange finds there, and their targets.
func (s *stage) prepareRoles(e exchange) error {
	holder, rest, found := strings.Cut(e.Path, "/roles")
	if !found || strings.HasPrefix(e.Path, "/api/v1/iam/") || strings.HasPrefix(e.Path, "/oauth2/") {
		return nil
	}
	roles := holder + "/roles"
	id, target, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/targets/")
	switch {
	case target != "" || strings.HasSuffix(rest, "/targets"):
		return s.giveTargets(e, roles, id, target)
	case id != "":
		return s.settleRole(roles, id, typeOfRole(e, id), e.Status != 404)
	case e.Method == "POST":
		sent, _ := requestBody(e).(map[string]any)
		return s.settleRole(roles, "", text(sent, "type"), false)
	}
	list, _ := e.ResponseBody.([]any)
	for _, element := range list {
		if err := s.settleRole(roles, elementID(element), text(element, "type"), true); err != nil {
			return err
		}
	}
	return nil
}

// typeOfRole is the type of a recorded assignment: the recorded one, or the
// one that its id is the base32 of.
func typeOfRole(e exchange, id string) string {
	if kind := text(e.ResponseBody, "type"); kind != "" {
		return kind
	}
	kind, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(id)
	if err == nil && strings.HasSuffix(string(kind), "_ADMIN") {
		return string(kind)
	}
	return "READ_ONLY_ADMIN"
}

// settleRole gives a holder a role, or takes it away.
func (s *stage) settleRole(roles, id, kind string, want bool) error {
	roles = s.ids.text(roles)
	var held []struct{ ID, Type string }
	if err := s.call("GET", roles, nil, &held); err != nil {
		return err
	}
	for _, role := range held {
		if role.Type != kind {
			continue
		}
		if want {
			s.ids.add(id, role.ID)
			return nil
		}
		return s.call("DELETE", roles+"/"+role.ID, nil, nil)
	}
	if !want {
		return nil
	}
	return s.make(id, roles, map[string]any{"type": kind})
}

// giveTargets gives a holder the role of a path with the targets of a recorded
// list, and with one that is removed.
func (s *stage) giveTargets(e exchange, roles, id, target string) error {
	kind := typeOfRole(exchange{}, id)
	if e.Method == "GET" { // whatever targets it has
		if err := s.settleRole(roles, id, kind, false); err != nil {
			return err
		}
	}
	if err := s.settleRole(roles, id, kind, true); err != nil {
		return err
	}
	targets := roles + "/" + id + "/targets/"
	if strings.HasPrefix(target, "catalog/apps/") {
		if err := s.makeTargetApp(target[strings.LastIndexByte(target, '/')+1:], "target"); err != nil {
			return err
		}
	}
	switch e.Method {
	case "GET":
		return s.giveListedTargets(e, targets+target)
	case "DELETE": // the last one could not be removed
		other := "catalog/apps/facebook"
		if strings.HasPrefix(target, "groups/") {
			other = "groups/" + s.org.AddGroup(oktatest.Group{})
		}
		if err := s.call("PUT", s.ids.text(targets)+other, nil, nil); err != nil {
			return err
		}
		return s.call("PUT", s.ids.text(targets+target), nil, nil)
	}
	return nil
}

// giveListedTargets gives a role the targets of a recorded list.
func (s *stage) giveListedTargets(e exchange, targets string) error {
	list, _ := e.ResponseBody.([]any)
	for _, element := range list {
		target, err := s.makeTarget(element.(map[string]any), strings.HasSuffix(targets, "/groups"))
		if err != nil {
			return err
		}
		if err := s.call("PUT", s.ids.text(targets+"/"+target), nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// makeTarget makes the group or the app that a recorded target is, and returns
// the end of its path. Apps of the catalogue are there.
func (s *stage) makeTarget(target map[string]any, isGroup bool) (string, error) {
	id, name := elementID(target), text(target, "name")
	switch {
	case isGroup && !s.ids.knows(id):
		return id, s.make(id, "/api/v1/groups", map[string]any{"profile": target["profile"]})
	case isGroup:
		return id, nil
	case id == "":
		return name, nil
	}
	return "template_swa/" + id, s.makeTargetApp(id, name)
}

// makeTargetApp makes the app with a recorded id, if it is an id.
func (s *stage) makeTargetApp(id, label string) error {
	if s.ids.knows(id) || !strings.HasPrefix(id, "0oa") {
		return nil
	}
	return s.makeApp(id, map[string]any{
		"name": "template_swa", "label": label, "signOnMode": "BROWSER_PLUGIN",
		"settings": map[string]any{"app": map[string]any{"url": "https://example.com/login.html"}},
	}, "")
}
