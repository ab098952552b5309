package oktatest_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// offPaths is one path of each feature that can be off.
var offPaths = map[string]string{
	"api-access-management":      "/api/v1/authorizationServers/default/scopes",
	"behaviors":                  "/api/v1/behaviors?limit=1&q=New+City",
	"device-posture-checks":      "/api/v1/device-posture-checks/default",
	"zones":                      "/api/v1/zones",
	"realms":                     "/api/v1/realm-assignments",
	"log-streams":                "/api/v1/logStreams",
	"governance":                 "/api/v1/iam/governance/bundles",
	"aerial":                     "/api/v1/org/privacy/aerial",
	"attack-protection":          "/attack-protection/api/v1/authenticator-settings",
	"bot-protection":             "/api/v1/bot-protection/configuration",
	"captchas":                   "/api/v1/org/captcha",
	"device-assurance":           "/api/v1/device-assurances",
	"device-integrations":        "/api/v1/device-integrations",
	"security-events-providers":  "/api/v1/security-events-providers",
	"ssf":                        "/api/v1/ssf/stream",
	"uischemas":                  "/api/v1/meta/uischemas",
	"identity-threat-protection": usersPath + "00u000000000000015d7/risk",
	"ai-agents":                  "/workload-principals/api/v1/ai-agents",
}

var offCodes = map[int]string{400: "E0000001", 401: "E0000015", 403: "E0000006", 404: "E0000008"}

// TestFeaturesOff switches off each feature alone, with its own status and with
// each other one.
func TestFeaturesOff(t *testing.T) {
	t.Parallel()
	own := map[string]int{"attack-protection": 404, "bot-protection": 404, "captchas": 404, "device-assurance": 404, "device-integrations": 404,
		"security-events-providers": 404, "ssf": 404, "uischemas": 404, "ai-agents": 404}
	for _, name := range oktatest.Features() {
		path, usual := offPaths[name], 401
		if strings.ToUpper(name) == name {
			path, usual = "/api/v1/policies?type="+name, 400
		}
		if own[name] != 0 {
			usual = own[name]
		}
		if path == "" {
			t.Errorf("%s has no path here", name)
			continue
		}
		for status, want := range map[int]int{0: usual, 400: 400, 401: 401, 403: 403, 404: 404} {
			c := newCaller(t, oktatest.Config{FeaturesOff: map[string]int{name: status}})
			c.admin("GET", path, nil).wantError(t, want, offCodes[want], "")
			c.admin("GET", "/api/v1/trustedOrigins", nil).want(t, 200)
			c.admin("GET", "/api/v1/policies?type=PASSWORD", nil).want(t, 200)
		}
	}
	c := newCaller(t, oktatest.Config{})
	for name, path := range offPaths {
		if name != "behaviors" { // recorded with parameters that Okta has not any more
			c.admin("GET", path, nil).want(t, 200)
		}
	}
}

// TestFeatureAbsent asks without a credential: of a feature that is off the org has
// no path, if the answer is 404, and does not look at the credential.
func TestFeatureAbsent(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{FeaturesOff: map[string]int{"captchas": 0, "realms": 0}})
	c.do("GET", "/api/v1/captchas", "", nil).wantError(t, 404, "E0000008", "")
	c.do("GET", "/api/v1/captchas/x", "", nil).wantError(t, 404, "E0000008", "")
	c.do("GET", "/api/v1/realms", "", nil).wantError(t, 403, "E0000005", "")
	for _, off := range []map[string]int{{"nothing": 0}, {"realms": 402}} {
		if _, err := oktatest.NewOrg(oktatest.Config{FeaturesOff: off}); err == nil {
			t.Errorf("FeaturesOff %v is accepted", off)
		}
	}
}

// TestPolicyTypes asks for the types that an org of each engine has, for one that
// no org has, and for none.
func TestPolicyTypes(t *testing.T) {
	t.Parallel()
	for _, classic := range []bool{false, true} {
		c := newCaller(t, oktatest.Config{Classic: classic, RateLimits: unlimited()})
		for _, name := range policyTypes {
			a := c.admin("GET", "/api/v1/policies?type="+name, nil)
			if classic && !strings.Contains("OKTA_SIGN_ON PASSWORD MFA_ENROLL IDP_DISCOVERY USER_LIFECYCLE", name) {
				a.wantError(t, 400, "E0000001", "type")
				continue
			}
			if rows := a.want(t, 200).list(t); len(rows) == 0 || rows[0]["type"] != name {
				t.Errorf("type %s: %s", name, a.body)
			}
		}
		c.admin("GET", "/api/v1/policies?type=NOTHING", nil).wantError(t, 400, "E0000001", "type")
		c.admin("GET", "/api/v1/policies", nil).wantError(t, 400, "E0000028", "")
	}
}

// TestAIAgentsScope asks for a grant of the scope of AI agents, which an org without
// them does not have.
func TestAIAgentsScope(t *testing.T) {
	t.Parallel()
	c := newCaller(t, oktatest.Config{})
	app := c.newApp("okta.aiAgents.read")
	c.assign(app, "SUPER_ADMIN").want(t, 201)
	c.do("GET", "/workload-principals/api/v1/ai-agents", c.bearer(app, "okta.aiAgents.read"), nil).want(t, 200)

	c = newCaller(t, oktatest.Config{FeaturesOff: map[string]int{"ai-agents": 0}})
	app = c.newApp("okta.users.read")
	c.grant(app, "okta.aiAgents.read").wantError(t, 400, "E0000001", "scopeId")
	c.askToken(app, "okta.users.read okta.aiAgents.read").want(t, 400)
}
