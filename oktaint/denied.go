package oktaint

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"

	"github.com/rezonate-io/okta-integration/scopes"
)

// A Lack is what a credential or an org does not have.
type Lack string

const (
	LacksScope   Lack = "scope"   // the token does not carry a scope
	LacksRole    Lack = "role"    // no admin role of the credential reaches what was asked for
	LacksFeature Lack = "feature" // the org does not have the feature
)

// A Denial says why an org did not answer a request, and what to do about it.
type Denial struct {
	Lacks  Lack
	Scope  scopes.Scope // of LacksScope, if the org named it
	Remedy string       // in plain words
	By     string       // who can apply it, such as "a Super Admin"
}

// Denied reports whether err says that a scope, an admin role or a feature is
// missing, and tells which one, the remedy for the credential at hand, and who can
// apply it. It decides by status and error code: the OAuth errors
// insufficient_scope and consent_required, 403 E0000006, and 401 E0000015 (Okta's
// code for a feature that is off, though the credential is good). A 404 E0000008,
// which Okta answers to a path that it does not have, does not count.
func Denied(err error) (Denial, bool) {
	var e *Error
	if !errors.As(err, &e) {
		return Denial{}, false
	}
	d, ok := e.denial()
	if _, none := NoToken(err); none && d.Lacks != LacksScope {
		return Denial{}, false // the token endpoint says this, and not about this request
	}
	return d, ok
}

// Lacks reports whether, by [Denied], this is what is missing.
func Lacks(err error, what Lack) bool {
	d, ok := Denied(err)
	return ok && d.Lacks == what
}

func (e *Error) denial() (Denial, bool) {
	switch {
	case e.OAuthError == insufficientScope, e.OAuthError == "consent_required":
		d := Denial{Lacks: LacksScope, Scope: e.Scope, By: superAdmin}
		d.Remedy = e.scopeRemedy(&d)
		return d, true
	case e.StatusCode == http.StatusForbidden && e.Code == "E0000006":
		holder := map[Kind]string{KindAPIToken: "the owner of the API token", KindPrivateKeyJWT: "the app", KindClientSecret: "the integration"}[e.kind]
		return Denial{LacksRole, "", "no admin role reaches this: a Super Admin assigns one to " + cmp.Or(holder, "the owner of the credential"), superAdmin}, true
	case e.StatusCode == http.StatusUnauthorized && e.Code == "E0000015":
		return Denial{LacksFeature, "", "the org does not have this feature: Okta can switch it on", "Okta"}, true
	}
	return Denial{}, false
}

const superAdmin = "a Super Admin"

// scopeRemedy is what to do about a scope. Those of an integration are fixed when
// it is installed.
func (e *Error) scopeRemedy(d *Denial) string {
	what := "the token lacks a scope that this request needs"
	switch {
	case e.OAuthError == "consent_required":
		what = "none of the scopes asked for is granted"
	case e.Scope != "":
		what = fmt.Sprintf("the token lacks the scope %s", e.Scope)
	}
	if e.kind == KindClientSecret {
		d.By = "the vendor of the integration, in its entry in Okta's catalogue, and then " + superAdmin
		return what + ": have it added to the integration's entry in Okta's catalogue, then reinstall it"
	}
	return what + ": a Super Admin grants it to the app (tab Okta API Scopes)"
}

// NoToken reports whether a request was not sent because there was no access token
// for it, and returns the error of the token request.
func NoToken(err error) (*Error, bool) {
	var none *noTokenError
	if errors.As(err, &none) {
		return none.err, true
	}
	return nil, false
}

// A noTokenError is about a request that was not sent because there was no token.
// The error of the token endpoint is in its chain, but does not answer the request.
type noTokenError struct {
	method, path string
	sent         bool // an earlier attempt may have taken effect
	err          *Error
}

func (e *noTokenError) Error() string {
	return fmt.Sprintf("oktaint: %s %s: no access token: %v", e.method, e.path, e.err)
}
func (e *noTokenError) Unwrap() error { return e.err }

// answerOf returns the error of the request itself, not of its token.
func answerOf(err error) (*Error, bool) {
	if _, none := NoToken(err); none {
		return nil, false
	}
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// IsNotFound reports whether the org says that it has no such object: a 404 with
// an error code of Okta's other than E0000008, which is about the path. A 404
// without such a code comes from something between here and the org, and says
// nothing about the object. Even Okta's own does not always mean that the object
// does not exist: Okta answers so to objects that it does not show, and to the
// deactivation of a user who is deactivated already.
func IsNotFound(err error) bool {
	e, ok := answerOf(err)
	return ok && e.StatusCode == http.StatusNotFound && e.Code != "" && e.Code != "E0000008"
}
