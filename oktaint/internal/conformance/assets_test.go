package conformance

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// policyTypes are the types of policies that the simulated org has.
var policyTypes = strings.Fields(`ACCESS_POLICY CLIENT_POLICY CLIENT_UPDATE DEVICE_SIGNAL_COLLECTION ENTITY_RISK IDENTITY_CLAIM_SOURCING
	IDP_DISCOVERY MFA_ENROLL OKTA_SIGN_ON PASSWORD POST_AUTH_SESSION PROFILE_ENROLLMENT SESSION_VIOLATION_DETECTION USER_IDENTIFICATION USER_LIFECYCLE`)

// assetQueries are the requests for a list that needs or knows more than its path.
func assetQueries(path string) []string {
	switch path {
	case "/api/v1/policies":
		var queries []string
		for _, name := range policyTypes {
			queries = append(queries, "?type="+name)
		}
		return queries
	case "/api/v1/principal-rate-limits":
		return []string{"?filter=" + url.QueryEscape(`principalType eq "OAUTH_CLIENT"`)}
	case "/api/v1/devices":
		return []string{"", "?limit=1&expand=user", "?expand=userSummary&search=" + url.QueryEscape(`lastUpdated gt "2020-01-01T00:00:00.000Z"`)}
	}
	return []string{""}
}

// TestAssets holds every list and object of the table of assets, and every object
// of a list that has a path of its own, against the documents.
func TestAssets(t *testing.T) {
	t.Parallel()
	docs := openAPI(t)
	o := oktatest.New(t, oktatest.Config{Origin: origin, RateLimits: noLimits(), Users: 3})
	w := &watch{docs: docs, base: o.Transport()}
	client := &http.Client{Transport: w}
	read := func(path string) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "GET", origin+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "SSWS "+o.APIToken())
		status, body := do(t, client, req)
		if status != 200 && status != 404 {
			t.Errorf("GET %s: status %d: %s", path, status, body)
		}
		return status
	}
	asked := 0
	for _, template := range oktatest.AssetPaths() {
		lists, err := o.AssetLists(template)
		if err != nil {
			t.Fatal(err)
		}
		for _, list := range lists {
			for _, query := range assetQueries(list) {
				if asked++; read(list+query) != 200 {
					t.Errorf("GET %s is not there", list)
				}
			}
			if !hasOne(template) {
				continue
			}
			objects, err := o.Assets(list)
			if err != nil {
				t.Fatal(err)
			}
			for _, object := range objects {
				asked++
				if id := nameOf(object); read(list+"/"+id) != 200 {
					t.Errorf("GET %s/%s is not there", list, id)
				}
			}
		}
	}
	readLinked(t, read)
	if asked < 200 {
		t.Errorf("%d requests", asked)
	}
	report(t, w.found, assetDeviations)
}

// readLinked reads what apps, policies, users and roles have to do with assets.
func readLinked(t *testing.T, read func(path string) int) {
	t.Helper()
	read("/api/v1/meta/schemas/apps/0oa000000000000005d3/default")
	policy := "/api/v1/policies/rst000000000000055d7" // of the Browser Plugin
	read(policy + "/app")
	for _, path := range []string{
		"00u000000000000025d7/devices", "00u000000000000025d7/idps", "00u000000000000015d7/subscriptions",
	} {
		if read("/api/v1/users/"+path) != 200 {
			t.Errorf("users have no %s", path)
		}
	}
	read("/api/v1/roles/SUPER_ADMIN/subscriptions")
}

// hasOne reports whether the objects of a list have paths of their own.
func hasOne(template string) bool {
	return slices.ContainsFunc(oktatest.Endpoints(), func(e oktatest.Endpoint) bool {
		rest, ok := strings.CutPrefix(e.Path, template+"/{")
		return ok && e.Method == "GET" && strings.HasSuffix(rest, "}") && !strings.Contains(rest, "/")
	})
}

// nameOf is what a path calls an object.
func nameOf(object map[string]any) string {
	for _, name := range []string{"id", "kid", "contactType"} {
		if id, ok := object[name].(string); ok {
			return id
		}
	}
	if primary, ok := object["primary"].(map[string]any); ok {
		return fmt.Sprint(primary["name"])
	}
	if id, ok := object["$id"].(string); ok {
		return id[strings.LastIndex(id, "/")+1:]
	}
	return fmt.Sprint(object["type"])
}

// Types of policies that the document does not know: release notes of 2026 name
// them, and a peer reads automations as USER_LIFECYCLE.
const (
	newerPolicies = "release notes of 2026 and a peer have the type, the document has not"
	exampleHasIt  = "the document's own example has it, its schema does not allow it"
)

// notOneOf is what is wrong with a value that a list of values lacks.
func notOneOf(where, values string) string {
	return where + `: value is not one of the allowed values ["` + strings.ReplaceAll(values, " ", `","`) + `"]`
}

const (
	documentedPolicies = "ACCESS_POLICY ENTITY_RISK IDP_DISCOVERY MFA_ENROLL OKTA_SIGN_ON PASSWORD POST_AUTH_SESSION PROFILE_ENROLLMENT " +
		"DEVICE_SIGNAL_COLLECTION SESSION_VIOLATION_DETECTION CLIENT_UPDATE IDENTITY_CLAIM_SOURCING"
	documentedMethods = "DELETE GET POST PUT"
)

// listAndOne is what is wrong with the objects of a list, and with one of them at
// its own path.
func listAndOne(list, one, reason string, problems ...string) []accepted {
	return []accepted{
		{[]string{"GET " + list}, "answer", ofElements(problems), reason},
		{[]string{"GET " + list + "/" + one}, "answer", problems, reason},
	}
}

// assetDeviations lists where assets differ from the documents.
var assetDeviations = slices.Concat(
	listAndOne("/api/v1/policies", "{policyId}", newerPolicies, notOneOf("/type", documentedPolicies)),
	listAndOne("/api/v1/policies/{policyId}/rules", "{ruleId}", "recorded of catch-all rules", "/conditions: Value is not nullable"),
	listAndOne("/api/v1/brands", "{brandId}", exampleHasIt, "/customPrivacyPolicyUrl: Value is not nullable", "/defaultApp/appInstanceId: Value is not nullable",
		"/defaultApp/appLinkName: Value is not nullable", "/defaultApp/classicApplicationUri: Value is not nullable", "/emailDomainId: Value is not nullable"),
	listAndOne("/api/v1/brands/{brandId}/themes", "{themeId}", exampleHasIt, "/backgroundImage: Value is not nullable"),
	listAndOne("/api/v1/devices", "{deviceId}", exampleHasIt, notOneOf("/_links/self/hints/allow/[]", documentedMethods), "/resourceAlternateId: Value is not nullable"),
	listAndOne("/api/v1/idps", "{idpId}", exampleHasIt, "/policy/accountLink/filter: Value is not nullable", "/policy/subject/filter: Value is not nullable"),
	listAndOne("/api/v1/idps/{idpId}/users", "{userId}", exampleHasIt, "/profile/email: value must be an object", "/profile/firstName: value must be an object",
		"/profile/lastName: value must be an object", "/profile/subjectNameId: value must be an object"),
	[]accepted{
		{[]string{"GET /api/v1/users/{userId}/devices"}, "answer", []string{
			notOneOf("/[]/device/_links/self/hints/allow/[]", documentedMethods), "/[]/device/resourceAlternateId: Value is not nullable",
		}, exampleHasIt},
		{[]string{"GET /api/v1/users/{id}/idps"}, "answer", []string{"/[]/policy/accountLink/filter: Value is not nullable"}, exampleHasIt},
		{[]string{"GET /api/v1/roles/{roleRef}/subscriptions"}, "request", []string{
			`path roleRef: /: value matches more than one schema from "oneOf" (matches schemas at indices [0 1])`,
		}, "a standard role also has the form of an id, so the schema cannot hold"},
	},
	listAndOne("/api/v1/org/factors/yubikey_token/tokens", "{tokenId}", exampleHasIt, "/profile/serial: value must be an object"),
	listAndOne("/api/v1/logStreams", "{logStreamId}", "the document's pattern allows names of one character", `/settings/eventSourceName: string doesn't match the regular expression "^[a-zA-Z0-9.\-_]$"`),
	[]accepted{
		{[]string{"GET /api/v1/policies"}, "answer", []string{"/[]/_embedded/resourceType: value must be an object"}, "recorded"},
		{[]string{"GET /api/v1/policies"}, "request", []string{notOneOf("query type: /", documentedPolicies)}, newerPolicies},
		{[]string{"GET /api/v1/policies/{policyId}/app"}, "answer", []string{
			"/[]/accessibility/errorRedirectUrl: Value is not nullable", "/[]/accessibility/loginRedirectUrl: Value is not nullable",
			notOneOf("/[]/name", "oidc_client"), "/[]/settings/notifications/vpn/helpUrl: Value is not nullable",
			"/[]/settings/notifications/vpn/message: Value is not nullable",
		}, "as in the list of apps"},
		{[]string{"GET /workload-principals/api/v1/ai-agents", "GET /workload-principals/api/v1/ai-agents/wlp000000000000015d7"}, "operation", []string{
			"not in the documents",
		}, "published in a preview of Okta's reference"},
	},
)

// TestFeaturesOff replays what was recorded of orgs without a feature.
func TestFeaturesOff(t *testing.T) {
	t.Parallel()
	features := []string{"api-access-management", "behaviors", "device-posture-checks"}
	off := make(map[string]int)
	for _, name := range features {
		off[name] = 0
	}
	replayed := 0
	for _, e := range recorded(t) {
		if leftShapes[e.ID] != featureOff {
			continue
		}
		o := oktatest.New(t, oktatest.Config{Origin: origin, RateLimits: noLimits(), FeaturesOff: off})
		p := &replayer{handler: o, host: host, authorization: "SSWS " + o.APIToken(), ids: newIDMap(host)}
		outcome, err := p.replay(e)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range outcome.differences() {
			t.Error(d)
		}
		replayed++
	}
	if replayed != 5 {
		t.Errorf("%d exchanges were replayed", replayed)
	}
}
