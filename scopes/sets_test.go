package scopes_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/scopes"
)

// The sets are written here as Okta spells them, not with the constants.
func TestSets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set   scopes.Set
		count int
		want  string
	}{
		"Visibility": {scopes.Visibility, 26, `
			okta.users.read okta.groups.read okta.apps.read okta.appGrants.read okta.clients.read okta.devices.read
			okta.roles.read okta.policies.read okta.authenticators.read okta.authorizationServers.read okta.apiTokens.read
			okta.networkZones.read okta.idps.read okta.trustedOrigins.read okta.eventHooks.read okta.inlineHooks.read
			okta.logStreams.read okta.behaviors.read okta.threatInsights.read okta.orgs.read okta.domains.read
			okta.userTypes.read okta.schemas.read okta.features.read okta.oauthIntegrations.read okta.logs.read`},
		"VisibilityExtended": {scopes.VisibilityExtended, 17, `
			okta.captchas.read okta.deviceIntegrations.read okta.devicePostureChecks.read okta.linkedObjects.read
			okta.profileMappings.read okta.realmAssignments.read okta.userRisk.read okta.deviceAssurance.read okta.brands.read okta.emailDomains.read okta.emailServers.read
			okta.realms.read okta.agentPools.read okta.principalRateLimits.read okta.rateLimits.read
			okta.securityEventsProviders.read ssf.read`},
		"Remediation": {scopes.Remediation, 2, "okta.users.manage okta.groups.manage"},
	} {
		want, err := scopes.Parse(c.want)
		if err != nil {
			t.Fatal(err)
		}
		if c.set != want || c.set.Len() != c.count {
			t.Errorf("%s has %d scopes, want %d; missing %q, too many %q", name, c.set.Len(), c.count, want.Minus(c.set), c.set.Minus(want))
		}
		if unknown := c.set.Unknown(); !unknown.IsEmpty() {
			t.Errorf("%s: not in the catalogue: %s", name, unknown)
		}
	}
}

func TestVisibilityOnlyReads(t *testing.T) {
	t.Parallel()
	for scope := range scopes.Visibility.Union(scopes.VisibilityExtended).All() {
		if !strings.HasSuffix(string(scope), ".read") {
			t.Errorf("%s does more than read", scope)
		}
	}
	for scope := range scopes.VisibilityExtended.All() {
		if scopes.Visibility.Contains(scope) {
			t.Errorf("%s is in both sets", scope)
		}
	}
}
