package conformance

import "strings"

// prepareIAM makes the custom role or the resource set that an exchange names.
func (s *stage) prepareIAM(e exchange) error {
	if !strings.HasPrefix(e.Template, "/api/v1/iam/") {
		return nil
	}
	ids := pathIDs(e)
	if id := ids["roleId"]; id != "" && !s.ids.knows(id) {
		return s.make(id, "/api/v1/iam/roles", roleBehind(e, id))
	}
	if id := ids["resourceSetId"]; id != "" && !s.ids.knows(id) {
		return s.make(id, "/api/v1/iam/resource-sets", map[string]any{
			"label": "set " + id, "description": "made for " + e.ID, "resources": []string{origin + "/api/v1/groups"},
		})
	}
	if e.Template == "/api/v1/iam/resource-sets" && e.Method == "GET" {
		return s.makeListedSets(e)
	}
	return nil
}

// roleBehind returns the request for a role that can give the recorded answer:
// one with the permission that the path or the answer names.
func roleBehind(e exchange, id string) any {
	permissions := []any{"okta.users.read"}
	if name := pathIDs(e)["permissionType"]; name != "" {
		permissions = []any{name}
	}
	answer, _ := e.ResponseBody.(map[string]any)
	if held, ok := answer["permissions"].([]any); ok {
		permissions = nil
		for _, p := range held {
			permission, _ := p.(map[string]any)
			permissions = append(permissions, permission["label"])
		}
	}
	return map[string]any{"label": "role " + id, "description": "made for " + e.ID, "permissions": permissions}
}

// makeListedSets makes the resource sets of a recorded list, but not those
// that Okta made itself: their ids are names.
func (s *stage) makeListedSets(e exchange) error {
	answer, _ := e.ResponseBody.(map[string]any)
	list, _ := answer["resource-sets"].([]any)
	for _, element := range list {
		set, _ := element.(map[string]any)
		id := elementID(set)
		if s.ids.knows(id) || strings.HasSuffix(id, "_IAM_POLICY") {
			continue
		}
		body := map[string]any{"label": set["label"], "description": set["description"], "resources": []string{origin + "/api/v1/users"}}
		if err := s.make(id, "/api/v1/iam/resource-sets", body); err != nil {
			return err
		}
	}
	return nil
}

// make makes something to stand for what has a recorded id.
func (s *stage) make(id, path string, body any) error {
	var made struct{ ID string }
	if err := s.call("POST", path, body, &made); err != nil {
		return err
	}
	s.ids.add(id, made.ID)
	return nil
}
