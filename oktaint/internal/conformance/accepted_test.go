package conformance

import (
	"maps"
	"slices"
)

// The reasons more than one entry gives. The simulated org has the shapes of
// the newest recordings; what older ones lack is an extra key.
const (
	newerApp     = "not yet there when this was recorded; every app recorded since 2026-03-27 has it"
	newerOrg     = "recorded before Okta added the setting"
	ownersLink   = "only some of the recorded orgs have group owners"
	shapeOf2020  = "recorded in 2020; later apps have it"
	gone2020     = "recorded in 2020 only, always null"
	otherKind    = "an app of a kind that the simulated org does not have; it answers 501"
	placeholder  = "the id in the recording is a placeholder of its test, for a group that was made by hand"
	needsDPoP    = "a DPoP client's request, of which body and proof are not recorded; brought about by TestProofs"
	orgSetting   = "a setting of that org, which the simulated org does not have"
	otherServer  = "a refresh token of a custom authorization server; the simulated org has those of its own"
	removed      = "the removal of the assignment before is not recorded"
	injected     = "a fault of Okta's that nothing in the request explains"
	labelInUse   = "another role has the label; its deletion is not recorded"
	rateExceeded = "the answer at an exceeded rate limit, brought about by TestRateLimits"
)

// logoutKeys are the keys of the object that replaced a null universalLogout.
var logoutKeys = []string{
	"universalLogout.identityStack", "universalLogout.protocol",
	"universalLogout.status", "universalLogout.supportType",
}

// acceptedScenarios lists how the simulated org differs from the recorded
// scenarios.
var acceptedScenarios = []accepted{
	{[]string{"app-grants-2020 1", "app-grants-2020 7"}, "missing", []string{"settings.extendedProperties"}, gone2020},
	{[]string{"app-grants-2020 1", "app-grants-2020 7"}, "extra", []string{
		"_links.accessPolicy", "_links.clientCredentials", "_links.policies", "_links.profileEnrollment", "_links.uploadLogo",
		"credentials.oauthClient.pkce_required", "orn",
		"settings.emOptInStatus", "settings.implicitAssignment", "settings.manualProvisioning", "settings.notes",
		"settings.oauthClient.consent_method", "settings.oauthClient.dpop_bound_access_tokens",
		"settings.oauthClient.idp_initiated_login", "settings.oauthClient.participate_slo",
		"settings.oauthClient.wildcard_redirect", "universalLogout", "visibility.autoLaunch",
	}, shapeOf2020},
	{[]string{"client-role-assignment 1", "client-role-assignment 3", "app-secrets-jwks-2026 1"}, "extra", logoutKeys, newerApp},
	{[]string{"user-role-targets 5", "user-role-targets 7"}, "extra", []string{"settings.emOptInStatus", "universalLogout"}, newerApp},
	{[]string{"app-secrets-jwks-2026 1"}, "extra", []string{
		"settings.emOptInStatus", "settings.oauthClient.participate_slo",
	}, "not in this org, of 2026-01, but in every other recorded since 2025-09"},
}

// leftShapes lists the recorded single shapes that the simulated org is not
// brought to answer, and why.
var leftShapes = joined(leftUserShapes, leftGroupShapes, leftAssetShapes, reasons(map[string][]string{
	otherKind: {
		"apps-00030", "apps-00034", "apps-00038", "apps-00039", "apps-00084", "apps-00085", "apps-00087", "apps-00088",
		"apps-00090", "apps-00289", "apps-00291", "apps-00333", "apps-00996", "apps-00998", "apps-01007", "apps-01008",
		"apps-01207", "apps-01217",
	},
	placeholder:  {"groups-00734", "groups-00735"},
	orgSetting:   {"apps-01122"},
	injected:     {"apps-00360"},
	otherServer:  {"app-tokens-00095", "app-tokens-01208"},
	removed:      {"app-users-groups-00619"},
	needsDPoP:    {"token-01259", "token-01260", "token-01261"},
	labelInUse:   {"iam-00834", "iam-00835", "iam-00836"},
	rateExceeded: {"token-01262", "other-errors-00589", "other-errors-00594"},
}))

// joined is one table of several.
func joined(tables ...map[string]string) map[string]string {
	all := make(map[string]string)
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}

func reasons(byReason map[string][]string) map[string]string {
	byID := make(map[string]string)
	for reason, ids := range byReason {
		for _, id := range ids {
			byID[id] = reason
		}
	}
	return byID
}

// inList returns the key paths for the elements of a list.
func inList(keys []string) []string {
	out := slices.Clone(keys)
	for i := range out {
		out[i] = "[]." + out[i]
	}
	return out
}

// acceptedShapes lists how the simulated org differs from the recorded single
// shapes.
var acceptedShapes = []accepted{
	{[]string{
		"apps-00042", "apps-00046", "apps-00072", "apps-00073", "apps-00076", "apps-00077", "apps-00112", "apps-00113",
	}, "extra", logoutKeys, newerApp},
	{[]string{"apps-00074", "apps-00078", "apps-00114", "apps-00115"}, "extra", inList(logoutKeys), newerApp},
	{[]string{"apps-00370"}, "extra", []string{"[].universalLogout.status"}, "null in this org only, of 2026-01"},
	{[]string{"apps-00298"}, "extra", []string{"settings.emOptInStatus", "universalLogout"}, newerApp},
	{[]string{"apps-00300"}, "extra", []string{"universalLogout.status"}, newerApp},
	{[]string{"apps-01067", "apps-01068"}, "extra", []string{"[].orn", "[].settings.emOptInStatus", "[].universalLogout"}, newerApp},
	{[]string{"api-tokens-00253"}, "missing", []string{"network.exclude"}, "the token was restricted by an exchange that is not recorded"},
	{[]string{"iam-01103", "iam-01104", "iam-01105", "iam-01106"}, "extra", []string{"isCloneable"}, "recorded in 2023; later roles have it"},
	{[]string{"org-01063", "org-01064"}, "extra", []string{"settings.desktopMFAEnabled", "settings.itpEnabled"}, newerOrg},
}
