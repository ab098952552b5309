package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
)

// wantPercent is the least share of statuses, and of recorded body keys, that
// the simulated org must match.
const wantPercent = 97

// org returns a fresh org without rate limits, and its replayer.
func org(t *testing.T) (*oktatest.Org, *replayer) {
	t.Helper()
	o := oktatest.New(t, oktatest.Config{Origin: origin, RateLimits: noLimits()})
	return o, &replayer{
		handler:       o,
		host:          host,
		authorization: "SSWS " + o.APIToken(),
		ids:           newIDMap(host),
	}
}

// noLimits is no rate limit of any class.
func noLimits() map[string]int {
	limits := oktatest.DefaultRateLimits()
	for class := range limits {
		limits[class] = 0
	}
	return limits
}

// seeds bring a fresh org into the state in which a scenario begins.
var seeds = map[string]func(*oktatest.Org, *replayer) error{
	"app-grants-2020":     seedGrant,
	"oauth-bearer-groups": seedClient,
	"api-token":           seedTokens,
}

// seedGrant leaves a grant behind, of an app that is gone: grants belong to
// the client id, which the scenario uses again.
func seedGrant(_ *oktatest.Org, p *replayer) error {
	var app struct{ ID string }
	if err := p.call("POST", "/api/v1/apps", serviceApp("testclientid123456"), &app); err != nil {
		return err
	}
	path := "/api/v1/apps/" + app.ID
	return errors.Join(
		p.call("POST", path+"/grants", map[string]any{"scopeId": "okta.apps.read", "issuer": origin}, nil),
		p.call("POST", path+"/lifecycle/deactivate", nil, nil),
		p.call("DELETE", path, nil, nil))
}

// seedClient makes the client that asks for a token.
func seedClient(_ *oktatest.Org, p *replayer) error {
	var app struct{ ID string }
	if err := p.call("POST", "/api/v1/apps", serviceApp(""), &app); err != nil {
		return err
	}
	p.assertion = func() (string, error) { return signAssertion(origin, app.ID) }
	for _, scope := range []string{"okta.groups.read", "okta.groups.manage"} {
		body := map[string]any{"scopeId": scope, "issuer": origin}
		if err := p.call("POST", "/api/v1/apps/"+app.ID+"/grants", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// seedTokens makes as many API tokens as the longest recorded list has.
func seedTokens(o *oktatest.Org, _ *replayer) error {
	for range 3 {
		o.NewAPIToken("READ_ONLY_ADMIN")
	}
	return nil
}

// serviceApp is the request for an OAuth service app with the test key.
func serviceApp(clientID string) map[string]any {
	credentials := map[string]any{"token_endpoint_auth_method": "private_key_jwt"}
	if clientID != "" {
		credentials["client_id"] = clientID
	}
	return map[string]any{
		"name": "oidc_client", "label": "conformance", "signOnMode": "OPENID_CONNECT",
		"credentials": map[string]any{"oauthClient": credentials},
		"settings": map[string]any{"oauthClient": map[string]any{
			"application_type": "service", "grant_types": []string{"client_credentials"},
			"response_types": []string{"token"}, "jwks": map[string]any{"keys": []any{testJWK()}},
		}},
	}
}

// replayScenario replays the counted exchanges of one scenario in order.
func replayScenario(t *testing.T, r recording) []outcome {
	t.Helper()
	o, p := org(t)
	if seed := seeds[r.name]; seed != nil {
		if err := seed(o, p); err != nil {
			t.Fatal(err)
		}
	}
	var outcomes []outcome
	for _, e := range r.exchanges {
		if reason, left := leftSteps[e.String()]; left {
			t.Logf("left: %s, %s -> %d: %s", e, e.operation(), e.Status, reason)
			continue
		}
		if !e.counted() {
			continue
		}
		outcome, err := p.replay(e)
		if err != nil {
			t.Error(err)
			continue
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes
}

// TestScenarios replays every recorded scenario that touches what the
// simulated org serves.
func TestScenarios(t *testing.T) {
	t.Parallel()
	var total score
	var found []difference
	skipped := make(map[string]int)
	for _, r := range scenarios(recorded(t)) {
		for _, e := range r.exchanges {
			if !e.counted() {
				skipped[e.operation()+" of "+r.name]++
			}
		}
		var own score
		for _, o := range replayScenario(t, r) {
			own.add(o)
			total.add(o)
			found = append(found, o.differences()...)
		}
		if own.statusTotal > 0 {
			t.Logf("%s: %v", r.name, own)
		}
	}
	t.Logf("all: %v", total)
	logSkipped(t, skipped)
	report(t, found, slices.Concat(acceptedScenarios, acceptedUserScenarios))
	if statuses, keys := total.percent(); statuses < wantPercent || keys < wantPercent {
		t.Errorf("matched: %v; want at least %d%% of each", total, wantPercent)
	}
}

func logSkipped(t *testing.T, skipped map[string]int) {
	t.Helper()
	var lines []string
	for name, n := range skipped {
		lines = append(lines, fmt.Sprintf("%s (%d)", name, n))
	}
	slices.Sort(lines)
	t.Logf("skipped, not served by the simulated org or not counted:\n%s", strings.Join(lines, "\n"))
}

// report fails t for every difference that is not listed and for every listed
// one that is gone, and logs the listed ones with their reasons.
func report(t *testing.T, found []difference, table []accepted) {
	t.Helper()
	unlisted, gone := judge(found, table)
	for _, d := range unlisted {
		t.Errorf("unlisted difference: %v", d)
	}
	for _, d := range gone {
		t.Errorf("listed difference that does not occur: %v", d)
	}
	for _, a := range table {
		if a.reason == "" {
			t.Errorf("accepted without a reason: %v", a.differences())
		}
		for _, d := range a.differences() {
			t.Logf("accepted: %v (%s)", d, a.reason)
		}
	}
}
