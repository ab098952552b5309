package oauthapp

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
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

// fromOkta returns the org's answer to a request, if err is about one in a form that
// Okta gives. A web page with the status 403 says nothing about the org, and what
// the token endpoint said is not an answer to the request.
func fromOkta(err error) (*oktaint.Error, bool) {
	var e *oktaint.Error
	if _, none := oktaint.NoToken(err); none || !errors.As(err, &e) {
		return nil, false
	}
	return e, e.Code != "" || e.OAuthError != ""
}

// hasCode reports whether the org answered a request with one of these error codes.
func hasCode(err error, codes ...string) bool { return deliver.HasCode(err, codes...) }

// refusesOne reports whether an answer to a change is about what it names alone: unknown
// to the org, part of a feature that the org lacks, or there already. A credential or a
// role that does not suffice, or a missing app, would refuse every other one too.
func refusesOne(err error) bool {
	if d, denied := oktaint.Denied(err); denied {
		return d.Lacks == oktaint.LacksFeature
	}
	e, ok := fromOkta(err)
	switch {
	case !ok:
		return false
	case e.StatusCode == http.StatusForbidden:
		return e.Code != "E0000005"
	}
	return e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusConflict
}
