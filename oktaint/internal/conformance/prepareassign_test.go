package conformance

import (
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// prepareAssignments makes the users and groups that a recorded list or object of
// assignments shows, and assigns them. What a request assigns is made only.
func (s *stage) prepareAssignments(e exchange) error {
	kind := ""
	switch {
	case strings.HasPrefix(e.Template, "/api/v1/apps/{appId}/users"):
		kind = "users"
	case strings.HasPrefix(e.Template, "/api/v1/apps/{appId}/groups"):
		kind = "groups"
	case e.Template == "/api/v1/groups/{groupId}/apps":
		return s.assignListedApps(e)
	default:
		return nil
	}
	ids := pathIDs(e)
	shown := listOf(e.ResponseBody)
	if id := ids["userId"] + ids["groupId"]; id != "" {
		shown = []any{map[string]any{"id": id}}
	}
	for _, element := range shown {
		id := elementID(element)
		if !s.ids.knows(id) {
			s.makeHolder(kind, id)
		}
		if e.Status == 404 || e.Method == "PUT" || e.operation() == "POST /api/v1/apps/{appId}/users" {
			continue
		}
		if err := s.assign(kind, ids["appId"], id); err != nil {
			return err
		}
	}
	return nil
}

// listOf is a list, or the one object as a list.
func listOf(body any) []any {
	switch body := body.(type) {
	case []any:
		return body
	case map[string]any:
		return []any{body}
	}
	return nil
}

func (s *stage) makeHolder(kind, id string) {
	if kind == "users" {
		s.ids.add(id, s.org.AddUser(oktatest.User{}))
		return
	}
	s.ids.add(id, s.org.AddGroup(oktatest.Group{Name: "group " + id}))
}

func (s *stage) assign(kind, app, id string) error {
	path := s.ids.text("/api/v1/apps/"+app) + "/" + kind
	if kind == "users" {
		return s.call("POST", path, map[string]any{"id": s.ids.text(id)}, nil)
	}
	return s.call("PUT", path+"/"+s.ids.text(id), map[string]any{}, nil)
}

// assignListedApps makes the apps of a recorded list of a group and assigns the group.
func (s *stage) assignListedApps(e exchange) error {
	if err := s.makeListedApps(e); err != nil {
		return err
	}
	for _, app := range listOf(e.ResponseBody) {
		if err := s.assign("groups", elementID(app), pathIDs(e)["groupId"]); err != nil {
			return err
		}
	}
	return nil
}

// showsClaims reports whether recorded users of an app have the claims of OpenID
// Connect.
func showsClaims(body any) bool {
	for _, element := range listOf(body) {
		user, _ := element.(map[string]any)
		profile, _ := user["profile"].(map[string]any)
		if _, found := profile["given_name"]; found {
			return true
		}
	}
	return false
}
