package remediation

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// KindClearSessions is the kind of [ClearSessions].
const KindClearSessions Kind = "clear_sessions"

// ClearSessions ends all sessions that a user has with Okta: DELETE
// /api/v1/users/{userId}/sessions. Sessions that web and native apps keep of their
// own go on. Do it after the user was suspended: before, they sign in again.
//
// Both choices are sent, since Okta's defaults depend on the org's engine.
type ClearSessions struct {
	UserID        string `json:"user_id"`
	OAuthTokens   bool   `json:"oauth_tokens"`   // revoke the access and refresh tokens issued to the user, too
	ForgetDevices bool   `json:"forget_devices"` // ask for a factor again on devices that were remembered
}

// Facts implements [Action].
func (a ClearSessions) Facts() Facts {
	return userFacts(KindClearSessions, a.UserID, Facts{
		Permissions: []string{"okta.users.lifecycle.clearSessions"}, Repeatable: true,
		Lost: "the sessions and tokens: the user signs in again",
	})
}

// Request implements [Action].
func (a ClearSessions) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, url.Values{
		"oauthTokens": {strconv.FormatBool(a.OAuthTokens)}, "forgetDevices": {strconv.FormatBool(a.ForgetDevices)},
	}, nil, "api", "v1", "users", a.UserID, "sessions")
}

func (a ClearSessions) reads() part { return partUser }
func (a ClearSessions) see(v *view) State {
	return State{Missing: v.user.missing} // sessions cannot be listed, and clearing them works from any status
}
func (a ClearSessions) do(v *view) {
	if a.OAuthTokens {
		v.user.clientTokens = nil
	}
}
func (a ClearSessions) judge(s State) judgement { return byStatus(s, a.Facts()) }
