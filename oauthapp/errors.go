package oauthapp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// ErrNotSuperAdmin is wrapped by the error of [BuildPlan] if the owner of the
// credential is not a Super Admin: only a Super Admin may grant scopes to an
// app and assign it a role. The error names the owner and the roles it has. For
// an OAuth token it is wrapped by the error of the first request that the org
// refuses for that reason.
var ErrNotSuperAdmin = errors.New("the owner is not a Super Admin")

// ErrTokenRevoked is wrapped by the error of [BuildPlan] if the org does not
// know the API token any more because [Plan.RevokeAPIToken] has revoked it, as
// the journal says. The app was set up before that: [Verify] it.
var ErrTokenRevoked = errors.New("oauthapp: the API token was revoked after the app was set up: verify the app, or use another token to change it")

// An OtherKeyError says that the org has an app of the wanted label, but none
// with the wanted key. Nothing was written. Either pass the key that the app
// has, or choose another label, or remove the app first.
type OtherKeyError struct {
	ApplicationID, ClientID string // the first app of that label
	Label                   string
	KeyIDs                  []string // key ids that the app has, as the org names them
}

func (e *OtherKeyError) Error() string {
	keys := "no keys"
	if len(e.KeyIDs) > 0 {
		keys = "only the keys " + strings.Join(e.KeyIDs, ", ")
	}
	return fmt.Sprintf("oauthapp: the org has an app labelled %q already (%s) with %s: pass the private key of one of them, or choose another label",
		e.Label, e.ApplicationID, keys)
}

// lacks reports whether err says that this is missing.
func lacks(err error, what oktaint.Lack) bool {
	d, _ := oktaint.Denied(err)
	return d.Lacks == what
}

// fromOkta reports whether err is an answer in a form that Okta gives. An HTML
// page with the status 403 is no such answer: it says nothing about the org.
func fromOkta(err error) bool {
	var e *oktaint.Error
	return errors.As(err, &e) && (e.Code != "" || e.OAuthError != "")
}

// answered returns the status and the error code of an answer in Okta's form,
// 0 and "" if err is none.
func answered(err error) (status int, code string) {
	var e *oktaint.Error
	if !errors.As(err, &e) || e.Code == "" && e.OAuthError == "" {
		return 0, ""
	}
	return e.StatusCode, e.Code
}
