package oktatest

import (
	_ "embed"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// endpointList is every operation of Okta's OpenAPI documents, one a line: the
// method, a tab and the template of the path, sorted by path.
//
//go:embed endpoints.tsv
var endpointList string

// linkedOnly are endpoints that no document has, but that Okta was recorded to
// link to.
const linkedOnly = "POST\t/api/v1/org/logo\nPUT\t/api/v1/apps/{appId}/policies\n"

// An endpoint is one line of endpointList.
type endpoint struct {
	method string
	elems  []string
}

// endpoints returns the endpoints that Okta has, by the number of elements of
// their paths.
var endpoints = sync.OnceValue(func() map[int][]endpoint {
	byLength := map[int][]endpoint{}
	for line := range strings.Lines(endpointList + linkedOnly) {
		method, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		elems := elemsOf(path)
		byLength[len(elems)] = append(byLength[len(elems)], endpoint{method, elems})
	}
	return byLength
})

// identityEngine are the paths that only orgs of the Identity Engine have, with
// all below them.
var identityEngine = [][]string{
	elemsOf("/.well-known/ssf-configuration"),
	elemsOf("/api/v1/apps/{app}/cwo"),
	elemsOf("/api/v1/apps/{app}/interclient-allowed-apps"),
	elemsOf("/api/v1/apps/{app}/interclient-target-apps"),
	elemsOf("/api/v1/apps/{app}/policies"),
	elemsOf("/api/v1/authenticators"),
	elemsOf("/api/v1/brands/{brand}/well-known-uris"),
	elemsOf("/api/v1/captchas"),
	elemsOf("/api/v1/device-assurances"),
	elemsOf("/api/v1/device-posture-checks"),
	elemsOf("/api/v1/devices"),
	elemsOf("/api/v1/email-servers"),
	elemsOf("/api/v1/meta/uischemas"),
	elemsOf("/api/v1/org/captcha"),
	elemsOf("/api/v1/policies/simulate"),
	elemsOf("/api/v1/policies/{policy}/clone"),
	elemsOf("/api/v1/security-events-providers"),
	elemsOf("/api/v1/ssf"),
	elemsOf("/api/v1/telephony-providers"),
	elemsOf("/api/v1/users/{user}/authenticator-enrollments"),
	elemsOf("/api/v1/users/{user}/devices"),
	elemsOf("/attack-protection/api/v1/authenticator-settings"),
	elemsOf("/oauth2/v1/par"),
	elemsOf("/oauth2/{server}/v1/par"),
	elemsOf("/security/api/v1"),
	elemsOf("/webauthn-registration/api/v1"),
}

// elemsOf splits a path or a template.
func elemsOf(path string) []string { return strings.Split(strings.TrimPrefix(path, "/"), "/") }

// fitsTemplate reports whether the elements of a path fit those of a template.
func fitsTemplate(template, elems []string) bool {
	if len(template) != len(elems) {
		return false
	}
	for i, want := range template {
		if want != elems[i] && !(isParam(want) && elems[i] != "") {
			return false
		}
	}
	return true
}

// lacks reports whether the org, being of the Classic Engine, has no such path.
func (o *Org) lacks(elems []string) bool {
	return o.cfg.Classic && slices.ContainsFunc(identityEngine, func(prefix []string) bool {
		return len(prefix) <= len(elems) && fitsTemplate(prefix, elems[:len(prefix)])
	})
}

// serves reports whether the org has a path with a method.
func (o *Org) serves(method string, elems []string) bool {
	return slices.ContainsFunc(o.routes, func(row route) bool {
		_, ok := row.match(elems)
		return ok && row.method == method
	})
}

// isOff reports whether a path belongs to a feature that the org does not have,
// as if Okta had no such path.
func (o *Org) isOff(elems []string) bool {
	return slices.ContainsFunc(o.routes, func(row route) bool {
		_, ok := row.match(elems)
		return ok && o.offStatus(row.feature) == http.StatusNotFound
	})
}

// notServed is the answer to a request that no route is for: 501 if Okta has
// such an endpoint, 405 if it or this org has the path with other methods, 404
// otherwise.
func (o *Org) notServed(method string, elems []string, known bool) error {
	if n := len(elems); n > 1 && elems[n-1] == "" && !o.serves(method, elems[:n-1]) {
		elems = elems[:n-1] // Okta was recorded to accept a slash at the end of some
	}
	if o.isOff(elems) {
		return errPath
	}
	for _, e := range endpoints()[len(elems)] {
		if !fitsTemplate(e.elems, elems) {
			continue
		}
		if e.method == method {
			return &apiError{status: http.StatusNotImplemented, code: errNotHere.code, summary: errNotHere.summary,
				causes: []string{"Okta has " + method + " /" + strings.Join(e.elems, "/") + ", the simulated org has not."}}
		}
		known = true
	}
	if known {
		return errMethod
	}
	return errPath
}
