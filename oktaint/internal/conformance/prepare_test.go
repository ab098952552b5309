package conformance

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// A stage brings an org into the state that a single recorded exchange needs:
// whatever its path or answer names has to exist.
type stage struct {
	org *oktatest.Org
	*replayer
}

// prepare makes what the exchange needs and the org lacks.
func (s *stage) prepare(e exchange) error {
	ids := pathIDs(e)
	if id := ids["appId"]; id != "" && e.Status != 404 && !strings.Contains(e.Template, "/targets/") {
		if err := s.prepareApp(e, id); err != nil {
			return err
		}
	}
	if id := ids["clientId"]; id != "" && !s.ids.knows(id) {
		if err := s.makeApp(id, serviceApp(""), ""); err != nil {
			return err
		}
	}
	if id := ids["apiTokenId"]; id != "" && !s.ids.knows(id) {
		if err := s.makeToken(id); err != nil {
			return err
		}
	}
	if err := s.prepareGroups(e); err != nil {
		return err
	}
	if err := s.prepareAssignments(e); err != nil {
		return err
	}
	if err := s.prepareUser(e); err != nil {
		return err
	}
	if err := s.prepareAssets(e); err != nil {
		return err
	}
	if err := s.prepareRoles(e); err != nil {
		return err
	}
	if err := s.prepareIAM(e); err != nil {
		return err
	}
	switch e.operation() {
	case "GET /api/v1/apps":
		return s.makeListedApps(e)
	case "GET /api/v1/apps/{appId}/grants", "GET /api/v1/apps/{appId}/grants/{grantId}":
		return s.makeGrants(e, ids["appId"])
	}
	return nil
}

// prepareApp makes the app that the path names, in the right status.
func (s *stage) prepareApp(e exchange, id string) error {
	if !s.ids.knows(id) {
		body, query := appBehind(e), ""
		if strings.HasSuffix(e.Template, "/lifecycle/activate") {
			query = "?activate=false"
		}
		if err := s.makeApp(id, body, query); err != nil {
			return err
		}
	}
	if e.operation() == "DELETE /api/v1/apps/{appId}" && e.Status == 204 {
		return s.call("POST", s.ids.text("/api/v1/apps/"+id)+"/lifecycle/deactivate", nil, nil)
	}
	return nil
}

// appBehind returns the request for an app that can give the recorded answer.
func appBehind(e exchange) any {
	answer, _ := e.ResponseBody.(map[string]any)
	switch {
	case e.Template == "/api/v1/apps/{appId}" && e.Method == "GET":
		return rebuildApp(answer)
	case e.Template == "/api/v1/apps/{appId}" && e.Method == "PUT":
		return requestBody(e)
	case strings.HasPrefix(e.Template, "/api/v1/apps/{appId}/users") && !showsClaims(e.ResponseBody):
		return map[string]any{
			"name": "bookmark", "label": "app", "signOnMode": "BOOKMARK",
			"settings": map[string]any{"app": map[string]any{"url": "https://example.com"}},
		}
	case strings.Contains(e.Template, "/credentials/secrets"):
		app := serviceApp("")
		app["credentials"] = map[string]any{"oauthClient": map[string]any{"token_endpoint_auth_method": "client_secret_basic"}}
		return app
	case strings.Contains(e.Template, "/grants"):
		return serviceApp(clientOfGrants(e.ResponseBody))
	}
	return serviceApp("")
}

// clientOfGrants returns the client id that a recorded grant names, unless it
// is an id that Okta made.
func clientOfGrants(body any) string {
	if list, ok := body.([]any); ok && len(list) > 0 {
		body = list[0]
	}
	grant, _ := body.(map[string]any)
	id, _ := grant["clientId"].(string)
	if oktaID.MatchString(id) {
		return ""
	}
	return id
}

// makeApp makes the app with the recorded id. A client id that is the app's id
// is Okta's default and not sent.
func (s *stage) makeApp(id string, body any, query string) error {
	body = withoutClientID(body, id)
	var app struct{ ID string }
	if err := s.call("POST", "/api/v1/apps"+query, s.ids.value(body), &app); err != nil {
		return err
	}
	s.ids.add(id, app.ID)
	return nil
}

func withoutClientID(body any, id string) any {
	app, _ := body.(map[string]any)
	credentials, _ := app["credentials"].(map[string]any)
	client, _ := credentials["oauthClient"].(map[string]any)
	if client["client_id"] != id {
		return body
	}
	copied, creds, oauth := maps.Clone(app), maps.Clone(credentials), maps.Clone(client)
	delete(oauth, "client_id")
	creds["oauthClient"], copied["credentials"] = oauth, creds
	return copied
}

// builtInApps are the ids of Okta's own apps in a simulated org.
var builtInApps = map[string]string{
	"saasure": "0oa000000000000005d1", "okta_enduser": "0oa000000000000005d2", "okta_browser_plugin": "0oa000000000000005d3",
}

// makeListedApps makes the apps of a recorded list that do not exist yet.
func (s *stage) makeListedApps(e exchange) error {
	list, _ := e.ResponseBody.([]any)
	for _, element := range list {
		app, _ := element.(map[string]any)
		if s.ids.knows(elementID(app)) {
			continue
		}
		if id := builtInApps[fmt.Sprint(app["name"])]; id != "" {
			s.ids.add(elementID(app), id)
			continue
		}
		if err := s.makeApp(elementID(app), rebuildApp(app), ""); err != nil {
			return err
		}
	}
	if after := queryValue(e.Query, "after"); after != "" && !s.ids.knows(after) {
		return fmt.Errorf("conformance: %s: the item %s before the page is not recorded", e, after)
	}
	return nil
}

func queryValue(query, name string) string {
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	return values.Get(name)
}

// makeGrants grants what the recorded answer shows.
func (s *stage) makeGrants(e exchange, appID string) error {
	list, ok := e.ResponseBody.([]any)
	if !ok {
		list = []any{e.ResponseBody}
	}
	for _, element := range list {
		grant, _ := element.(map[string]any)
		if s.ids.knows(elementID(grant)) {
			continue
		}
		var made struct{ ID string }
		body := map[string]any{"scopeId": grant["scopeId"], "issuer": origin}
		if err := s.call("POST", s.ids.text("/api/v1/apps/"+appID)+"/grants", body, &made); err != nil {
			return err
		}
		s.ids.add(elementID(grant), made.ID)
	}
	return nil
}

// makeGroup makes the group with the recorded id.
func (s *stage) makeGroup(e exchange, id string) error {
	answer, _ := e.ResponseBody.(map[string]any)
	profile, _ := answer["profile"].(map[string]any)
	if profile["name"] == nil {
		profile = map[string]any{"name": "group " + id}
	}
	return s.make(id, "/api/v1/groups", map[string]any{"profile": profile})
}

// makeToken makes an API token to stand for the one with a recorded id.
func (s *stage) makeToken(id string) error {
	before, err := s.tokens()
	if err != nil {
		return err
	}
	s.org.NewAPIToken("READ_ONLY_ADMIN")
	after, err := s.tokens()
	if err != nil {
		return err
	}
	for _, made := range after {
		if !slices.Contains(before, made) {
			s.ids.add(id, made)
			return nil
		}
	}
	return errors.New("conformance: a new API token is not in the list")
}

// tokens returns the ids of all API tokens.
func (s *stage) tokens() ([]string, error) {
	var list []struct{ ID string }
	if err := s.call("GET", "/api/v1/api-tokens", nil, &list); err != nil {
		return nil, err
	}
	var ids []string
	for _, token := range list {
		ids = append(ids, token.ID)
	}
	return ids, nil
}

// pathIDs maps the names in the path template to the elements of the path.
func pathIDs(e exchange) map[string]string {
	ids := make(map[string]string)
	elements := strings.Split(strings.Replace(e.Path, "//", "/", 1), "/") // one recorded path begins with two
	for i, name := range strings.Split(e.Template, "/") {
		if strings.HasPrefix(name, "{") && i < len(elements) {
			ids[strings.Trim(name, "{}")] = elements[i]
		}
	}
	return ids
}
