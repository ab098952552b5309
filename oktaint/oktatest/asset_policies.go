package oktatest

import "strings"

const pathPolicies = "/api/v1/policies"

// policyKinds are the policies of every type with what is below them.
var policyKinds = []assetKind{
	{path: pathPolicies, one: "{policyId}", scope: "okta.policies.read", need: readPolicies, query: "type!=type status=status q limit after", lacks: "expand sortBy resourceId",
		limit: 50, most: 200, plain: true, prefix: "00p", class: "Policy", links: "mappings:GET*,POST* self:GET,PUT,DELETE* rules:GET,POST lifecycle",
		event: "policy.lifecycle.create policy.lifecycle.update policy.lifecycle.delete", target: "PolicyEntity"},
	{path: pathPolicies + "/{policyId}/rules", one: "{ruleId}", scope: "okta.policies.read", need: readPolicies, query: "limit after",
		limit: 50, most: 200, plain: true, quiet: true, prefix: "0pr", class: "PolicyRule", links: "self:GET,PUT,DELETE* lifecycle",
		event: "policy.rule.add policy.rule.update policy.rule.delete"},
	{path: pathPolicies + "/{policyId}/mappings", one: "{mappingId}", scope: "okta.policies.read", need: readPolicies,
		prefix: "rsm", class: "PolicyMapping", links: "self:GET,DELETE", event: "policy.lifecycle.update"},
}

// policyTypes are the types of policies that the org has. Those with a feature
// can be switched off; onlyIDX are not in an org of the Classic Engine.
var policyTypes = []struct {
	name, feature string
	onlyIDX       bool
}{
	{name: "OKTA_SIGN_ON"},
	{name: "PASSWORD"},
	{name: "MFA_ENROLL"},
	{name: "IDP_DISCOVERY"},
	{name: "ACCESS_POLICY", onlyIDX: true},
	{name: "PROFILE_ENROLLMENT", onlyIDX: true},
	{name: "POST_AUTH_SESSION", feature: "POST_AUTH_SESSION", onlyIDX: true},
	{name: "ENTITY_RISK", feature: "ENTITY_RISK", onlyIDX: true},
	{name: "SESSION_VIOLATION_DETECTION", feature: "SESSION_VIOLATION_DETECTION", onlyIDX: true},
	{name: "DEVICE_SIGNAL_COLLECTION", feature: "DEVICE_SIGNAL_COLLECTION", onlyIDX: true},
	{name: "CLIENT_UPDATE", feature: "CLIENT_UPDATE", onlyIDX: true},
	{name: "IDENTITY_CLAIM_SOURCING", feature: "IDENTITY_CLAIM_SOURCING", onlyIDX: true},
	{name: "USER_LIFECYCLE", feature: "USER_LIFECYCLE"},
	{name: "USER_IDENTIFICATION", feature: "USER_IDENTIFICATION", onlyIDX: true},
	{name: "CLIENT_POLICY", feature: "CLIENT_POLICY", onlyIDX: true},
}

// checkPolicyType refuses a type that Okta does not have, or this org.
func (c *call) checkPolicyType(name string) error {
	for _, t := range policyTypes {
		switch {
		case t.name != name:
			continue
		case t.onlyIDX && c.org.cfg.Classic:
			return errPolicyType
		case t.feature != "":
			return c.org.offAnswer(t.feature)
		}
		return nil
	}
	return errPolicyType
}

var errPolicyType = invalid("type", "type: The policy type is not supported")

// listPolicyApps lists the apps that a policy is for: those that its mappings
// name, as far as they exist.
func (c *call) listPolicyApps() (reply, error) {
	policy := c.param("policyId")
	if c.org.assetAt(pathPolicies, policy) == nil {
		return reply{}, notFound(policy, "Policy")
	}
	mappings, seen := c.org.mappingsOf(policy), c.seen()
	return list(c, lister[*app]{
		paging: paging{limit: 20, most: 200, params: []string{"after", "limit"}},
		table:  &c.org.apps,
		id:     func(a *app) string { return a.id },
		match:  func(a *app) bool { return mappings[a.id] != "" && seen(a) },
		view: func(a *app) object {
			view := c.org.viewApp(a)
			view["_links"].(object)["policyMapping"] = object{"href": c.org.href("api/v1/policies", policy, "mappings", mappings[a.id])}
			return view
		},
	})
}

// mappingsOf returns the ids of the mappings of a policy by the ids of their apps.
func (o *Org) mappingsOf(policy string) map[string]string {
	mappings := map[string]string{}
	for _, a := range o.assetList(pathPolicies + "/" + policy + "/mappings").all() {
		if href, ok := lookUp(a.body, []string{"_links", "application", "href"}).(string); ok {
			mappings[href[strings.LastIndex(href, "/")+1:]] = a.id
		}
	}
	return mappings
}
