package conformance

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// prepareAssets makes the objects that a path names and an answer shows, of the
// kinds in the table of assets. Of a recorded object it takes only what decides
// on its form; the org fills in the rest.
func (s *stage) prepareAssets(e exchange) error {
	template, elems := assetTemplate(e)
	if template == "" || e.Status != 200 {
		return nil
	}
	for i, name := range strings.Split(template, "/") {
		if !strings.HasPrefix(name, "{") || elems[i] == "default" {
			continue
		}
		seed := map[string]any{"type": kindBelow(e), "system": false}
		if i == len(elems)-1 {
			seed = decisive(e.ResponseBody)
		}
		if err := s.makeNamed(name, strings.Join(elems[:i], "/"), elems[i], seed); err != nil {
			return err
		}
	}
	list, ok := e.ResponseBody.([]any)
	switch {
	case !ok:
		return nil
	case strings.HasSuffix(template, "/app"):
		return s.mapApps(e, list)
	}
	return s.putListed(e.Path, list)
}

// makeNamed makes the object that an element of a path names.
func (s *stage) makeNamed(name, list, id string, seed map[string]any) error {
	switch {
	case name == "{clientId}":
		_, err := s.org.PutAsset(s.ids.text(list), map[string]any{"client_id": s.ids.text(id)})
		return err
	case s.ids.knows(id):
		return nil
	case name == "{schemaId}":
		made, err := s.org.PutAsset("/api/v1/meta/types/user", seed)
		s.ids.add(id, "osc"+strings.TrimPrefix(made, "oty"))
		return err
	}
	return s.putAsset(list, id, seed)
}

// putListed gives a list the recorded objects and no others.
func (s *stage) putListed(path string, recorded []any) error {
	list := s.ids.text(path)
	if err := s.clearAssets(list, recorded); err != nil {
		return err
	}
	for _, element := range recorded {
		id := cmp.Or(elementID(element), text(element, "kid"))
		if s.ids.knows(id) {
			continue
		}
		seed := decisive(element)
		if strings.HasSuffix(path, "/associatedServers") {
			made, err := s.org.PutAsset("/api/v1/authorizationServers", seed)
			if err != nil {
				return err
			}
			seed["id"] = made
		}
		if err := s.putAsset(path, id, seed); err != nil {
			return err
		}
	}
	return nil
}

// clearAssets removes from a list what none of the recorded objects stands for.
// What every org has, it pairs with the recorded one.
func (s *stage) clearAssets(list string, recorded []any) error {
	there, err := s.org.Assets(list)
	if err != nil {
		return err
	}
	for _, object := range there {
		id := nameOf(object)
		kept := slices.ContainsFunc(recorded, func(r any) bool {
			if object["default"] == true && object["name"] == text(r, "name") {
				s.ids.add(elementID(r), id)
			}
			return s.ids.text(elementID(r)) == id
		})
		if kept {
			continue
		}
		if err := s.org.RemoveAsset(list, id); err != nil {
			return err
		}
	}
	return nil
}

// mapApps makes the apps of a list and maps the policy in its path to them.
func (s *stage) mapApps(e exchange, list []any) error {
	if err := s.makeListedApps(e); err != nil {
		return err
	}
	for _, app := range list {
		href := origin + "/api/v1/apps/" + s.ids.text(elementID(app))
		mapping := map[string]any{"_links": map[string]any{"application": map[string]any{"href": href}}}
		if _, err := s.org.PutAsset(strings.TrimSuffix(s.ids.text(e.Path), "/app")+"/mappings", mapping); err != nil {
			return err
		}
	}
	return nil
}

// putAsset makes one object and pairs its id with the recorded one.
func (s *stage) putAsset(list, id string, seed map[string]any) error {
	made, err := s.org.PutAsset(s.ids.text(list), seed)
	if err != nil {
		return fmt.Errorf("conformance: %s/%s: %w", list, id, err)
	}
	s.ids.add(id, made)
	return nil
}

// assetTemplate returns the template of the path of an asset, of a list or of one
// object, and the elements of the path; "" if it is none.
func assetTemplate(e exchange) (string, []string) {
	elems := strings.Split(e.Path, "/")
	for _, endpoint := range oktatest.Endpoints() {
		list := strings.TrimSuffix(endpoint.Path, "/app")
		if cut := strings.LastIndex(list, "/{"); cut > 0 && strings.HasSuffix(list, "}") {
			list = list[:cut]
		}
		known := slices.Contains(oktatest.AssetPaths(), list) || slices.Contains(oktatest.AssetPaths(), endpoint.Path)
		names := strings.Split(endpoint.Path, "/")
		if endpoint.Method != "GET" || !known || len(names) != len(elems) {
			continue
		}
		if fits(names, elems) {
			return endpoint.Path, elems
		}
	}
	return "", nil
}

func fits(names, elems []string) bool {
	for i, name := range names {
		if name != elems[i] && !strings.HasPrefix(name, "{") {
			return false
		}
	}
	return true
}

// kindBelow is the type of the policy whose rules an answer shows.
func kindBelow(e exchange) string {
	body := e.ResponseBody
	if list, ok := body.([]any); ok && len(list) > 0 {
		body = list[0]
	}
	object, _ := body.(map[string]any)
	switch kind, _ := object["type"].(string); {
	case !strings.HasPrefix(e.Template, "/api/v1/policies/"):
		return "OAUTH_AUTHORIZATION_POLICY"
	case kind == "SIGN_ON":
		return "OKTA_SIGN_ON"
	default:
		return kind
	}
}

// decisive is what decides on the form of a recorded object.
func decisive(body any) map[string]any {
	object, _ := body.(map[string]any)
	seed := map[string]any{}
	for _, name := range []string{"type", "status", "system", "name", "principalType", "principalId", "kid", "primary", "associated", "_embedded", "conditions", "actions", "settings", "credentials"} {
		if v, ok := object[name]; ok {
			seed[name] = v
		}
	}
	return seed
}
