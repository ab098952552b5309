package conformance

import (
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// kinds are the values of discriminators that the simulated org knows; the
// members of other kinds of apps and factors need not be declared.
var kinds = map[string][]string{
	"signOnMode": {"OPENID_CONNECT", "BOOKMARK", "BROWSER_PLUGIN"},
	"factorType": {"question", "sms", "call", "email"},
}

// TestDeclaredInput holds the parameters and members that every endpoint of the
// simulated org takes against the documents, in both directions. TestUnknownInput
// of the simulated org shows that it refuses all others.
func TestDeclaredInput(t *testing.T) {
	t.Parallel()
	docs := openAPI(t)
	var found []difference
	members := 0
	for _, e := range oktatest.Endpoints() {
		req := httptest.NewRequest(e.Method, pathParam.ReplaceAllString(origin+e.Path, "x"), nil)
		op, err := docs.find(req)
		if err != nil {
			found = append(found, difference{e.Method + " " + e.Path, "endpoint", "not in the documents"})
			continue
		}
		differ := func(what string, declared, documented []string) {
			for _, name := range without(declared, documented) {
				found = append(found, difference{e.Method + " " + e.Path, "extra " + what, name})
			}
			for _, name := range without(documented, declared) {
				found = append(found, difference{e.Method + " " + e.Path, "missing " + what, name})
			}
		}
		differ("parameter", slices.Concat(e.Query, e.Lacks), op.queries())
		documented := op.members()
		members += len(documented)
		differ("member", e.Body, documented)
	}
	if members < 200 {
		t.Errorf("%d members of bodies are documented", members)
	}
	report(t, found, inputDeviations)
}

// without returns the names that are not covered by those of the other list. A
// name a.* covers all that begins with a, and any of those covers it.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(others, func(other string) bool {
			return name == other || covers(other, name) || covers(name, other)
		})
	})
}

func covers(free, name string) bool {
	above, ok := strings.CutSuffix(free, "*")
	return ok && strings.HasPrefix(name+".", above)
}

// queries lists the parameters of the query.
func (o operation) queries() []string {
	var names []string
	for _, list := range []openapi3.Parameters{o.input.Route.PathItem.Parameters, o.input.Route.Operation.Parameters} {
		for _, p := range list {
			if p.Value.In == "query" {
				names = append(names, p.Value.Name)
			}
		}
	}
	return names
}

// members lists the members of the JSON body, with dots between the names of
// nested ones.
func (o operation) members() []string {
	body := o.input.Route.Operation.RequestBody
	if body == nil || body.Value == nil || body.Value.Content.Get("application/json") == nil {
		return nil
	}
	all := make(map[string]bool)
	schema := body.Value.Content.Get("application/json").Schema.Value
	o.walkMembers([]*openapi3.Schema{schema}, "", nil, all)
	return slices.Sorted(maps.Keys(all))
}

// walkMembers adds the members that the schemas describe.
func (o operation) walkMembers(schemas []*openapi3.Schema, above string, seen []*openapi3.Schema, all map[string]bool) {
	schemas = o.combineKinds(schemas)
	if items := itemsOf(schemas); len(items) > 0 {
		o.walkMembers(items, above, seen, all)
		return
	}
	names, free := make(map[string]bool), false
	for _, s := range schemas {
		if slices.Contains(seen, s) {
			free = true // it holds itself
			continue
		}
		for name := range s.Properties {
			names[name] = true
		}
		has := s.AdditionalProperties.Has
		free = free || s.AdditionalProperties.Schema != nil || has != nil && *has || s.Type.Is("object") && len(schemas) == 1 && len(s.Properties) == 0
	}
	switch {
	case free:
		all[above+"*"] = true
	case len(names) == 0 && above != "":
		all[strings.TrimSuffix(above, ".")] = true
	}
	for name := range names {
		if name == "_links" || name == "_embedded" {
			all[above+name+".*"] = true
			continue
		}
		described, _ := propertiesOf(schemas, name)
		o.walkMembers(described, above+name+".", append(slices.Clone(seen), schemas...), all)
	}
}

// combineKinds is combine for each of the kinds.
func (o operation) combineKinds(schemas []*openapi3.Schema) []*openapi3.Schema {
	all := combine(o.input.Route.Spec, schemas, nil)
	for property, values := range kinds {
		for _, value := range values {
			for _, s := range combine(o.input.Route.Spec, schemas, map[string]any{property: value}) {
				if !slices.Contains(all, s) {
					all = append(all, s)
				}
			}
		}
	}
	return all
}

// The reasons for what is declared beyond the documents.
const (
	shownToo    = "what the org shows and a client sends back"
	privateToo  = "parts of a private key are refused for what they are, not as unknown"
	recordedToo = "recorded; the document does not declare it"
)

var privateParts = []string{"d", "dp", "dq", "k", "oth", "p", "q", "qi"}

// below puts the names below a path.
func below(path string, names ...string) []string {
	out := slices.Clone(names)
	for i := range out {
		out[i] = path + "." + out[i]
	}
	return out
}

const keysOfApp = "settings.oauthClient.jwks.keys"

// inputDeviations lists what the simulated org takes although no document
// declares it.
var inputDeviations = []accepted{
	{[]string{"GET /.well-known/oauth-authorization-server", "PUT /api/v1/users/{user}/factors/{factor}"}, "endpoint", []string{
		"not in the documents",
	}, "RFC 8414 has the first; the second changes a security question, as in Okta's older documentation"},
	{[]string{"POST /api/v1/apps", "PUT /api/v1/apps/{app}"}, "extra member", below(keysOfApp, privateParts...), privateToo},
	{[]string{"POST /api/v1/apps/{app}/credentials/jwks"}, "extra member", privateParts, privateToo},
	{[]string{"POST /api/v1/apps", "PUT /api/v1/apps/{app}"}, "extra member", below(keysOfApp, "alg", "crv"), keyProperties},
	{[]string{"POST /api/v1/apps/{app}/credentials/jwks"}, "extra member", []string{"crv"}, curve},
	{[]string{"POST /api/v1/apps", "PUT /api/v1/apps/{app}"}, "extra member", []string{"settings.manualProvisioning"}, recordedToo},
	{[]string{"GET /workload-principals/api/v1/ai-agents", "GET /workload-principals/api/v1/ai-agents/{agentId}"}, "endpoint", []string{
		"not in the documents",
	}, "published in a preview of Okta's reference"},
	{[]string{"GET /api/v1/policies/{policyId}/app"}, "extra parameter", []string{"after", "limit"}, recordedToo},
	{[]string{"GET /api/v1/policies/{policyId}/rules"}, "extra parameter", []string{"after"}, "the rules come in pages of 50, whose links have it"},
	{[]string{"GET /api/v1/api-tokens"}, "extra parameter", []string{"q"}, recordedToo},
	{[]string{"GET /oauth2/v1/clients/{client}/roles"}, "extra parameter", []string{"expand"}, "a collector of orgs sends it, as it does for users and groups"},
	{[]string{
		"GET /api/v1/groups/{group}/roles/{assignment}/targets/catalog/apps", "GET /api/v1/users/{user}/roles/{assignment}/targets/catalog/apps",
		"GET /oauth2/v1/clients/{client}/roles/{assignment}/targets/catalog/apps",
	}, "extra parameter", []string{"status"}, "recorded of the targets of groups; the document does not declare it"},
	{[]string{"POST /api/v1/users/{user}/lifecycle/expire_password"}, "extra parameter", []string{"tempPassword"}, recordedToo},
	{[]string{"GET /api/v1/users/{user}/groups"}, "extra parameter", []string{"after", "limit"}, "the list was recorded with Link headers of pages"},
	{[]string{"POST /api/v1/users/{user}/credentials/forgot_password"}, "extra member", slices.Concat(
		below("password.hash", "algorithm", "digestAlgorithm", "iterationCount", "keySize", "salt", "saltOrder", "value", "workFactor"),
		[]string{"password.hook.type", "password.value", "provider.name", "provider.type", "recovery_question.answer", "recovery_question.question"},
	), "recorded with an answer to the recovery question; the document declares no body"},
	{[]string{"POST /api/v1/apps/{app}/users/{user}"}, "extra member", []string{"id"}, recordedToo},
	{[]string{"POST /api/v1/users/{user}", "PUT /api/v1/users/{user}"}, "extra member", []string{
		"_embedded.*", "_links.*", "activated", "created", "credentials.emails.status", "credentials.emails.type", "credentials.emails.value",
		"id", "lastLogin", "lastUpdated", "passwordChanged", "status", "statusChanged", "transitioningToStatus",
	}, shownToo},
	{[]string{"PUT /api/v1/groups/rules/{rule}"}, "extra member", []string{"_links.*", "allGroupsValid"}, shownToo},
	{[]string{"PUT /api/v1/groups/{group}"}, "extra member", []string{
		"_embedded.*", "_links.*", "created", "id", "lastMembershipUpdated", "lastUpdated", "objectClass", "source.*", "type",
	}, shownToo},
}
