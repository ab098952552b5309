package oktatest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/rezonate-io/okta-integration/scopes"
)

// featureAnswers are the features that an org can be without, with the status
// that it answers then if Config.FeaturesOff does not say which.
var featureAnswers = map[string]int{
	"api-access-management":       http.StatusUnauthorized, // recorded
	"behaviors":                   http.StatusUnauthorized, // recorded
	"device-posture-checks":       http.StatusUnauthorized, // recorded
	"zones":                       http.StatusUnauthorized, // recorded of a write
	"realms":                      http.StatusUnauthorized,
	"log-streams":                 http.StatusUnauthorized,
	"governance":                  http.StatusUnauthorized,
	"aerial":                      http.StatusUnauthorized,
	"attack-protection":           http.StatusNotFound,
	"bot-protection":              http.StatusNotFound,
	"captchas":                    http.StatusNotFound,
	"device-assurance":            http.StatusNotFound,
	"device-integrations":         http.StatusNotFound,
	"security-events-providers":   http.StatusNotFound,
	"ssf":                         http.StatusNotFound,
	"uischemas":                   http.StatusNotFound,
	featureITP:                    http.StatusUnauthorized,
	featureAIAgents:               http.StatusNotFound,
	"POST_AUTH_SESSION":           http.StatusBadRequest,
	"ENTITY_RISK":                 http.StatusBadRequest,
	"SESSION_VIOLATION_DETECTION": http.StatusBadRequest,
	"DEVICE_SIGNAL_COLLECTION":    http.StatusBadRequest,
	"CLIENT_UPDATE":               http.StatusBadRequest,
	"IDENTITY_CLAIM_SOURCING":     http.StatusBadRequest,
	"USER_LIFECYCLE":              http.StatusBadRequest,
	"USER_IDENTIFICATION":         http.StatusBadRequest,
	"CLIENT_POLICY":               http.StatusBadRequest,
}

// Features returns the names of the features that [Config.FeaturesOff] can switch
// off, sorted.
func Features() []string { return slices.Sorted(maps.Keys(featureAnswers)) }

// checkFeatures refuses features that do not exist and statuses that no org
// answers with.
func checkFeatures(off map[string]int) error {
	for name, status := range off {
		if _, known := featureAnswers[name]; !known {
			return fmt.Errorf("oktatest: feature %q: want one of %v", name, Features())
		}
		if !slices.Contains([]int{0, 400, 401, 403, 404}, status) {
			return fmt.Errorf("oktatest: feature %s is off with status %d: want 400, 401, 403, 404, or 0 for its own", name, status)
		}
	}
	return nil
}

// offStatus is the status of the answer for what belongs to a feature that the
// org does not have; 0 if it has it.
func (o *Org) offStatus(feature string) int {
	status, off := o.cfg.FeaturesOff[feature]
	if off && status == 0 {
		return featureAnswers[feature]
	}
	return status
}

// offAnswer is the answer for what belongs to a feature that the org does not
// have; nil if it has it.
func (o *Org) offAnswer(feature string) error {
	switch o.offStatus(feature) {
	case http.StatusBadRequest:
		return errPolicyType
	case http.StatusUnauthorized:
		return errFeature
	case http.StatusForbidden:
		return errForbidden
	case http.StatusNotFound:
		return errPath
	}
	return nil
}

// hasScope reports whether the org has a scope: one of Okta's, unless it belongs to
// a feature that the org is without.
func (o *Org) hasScope(scope scopes.Scope) bool {
	if scope == scopeAIAgents {
		return o.offStatus(featureAIAgents) == 0
	}
	return scope.Known()
}
