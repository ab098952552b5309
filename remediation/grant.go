package remediation

import (
	"context"
	"net/http"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// The kinds of actions on what a user has granted to apps.
const (
	KindRevokeGrants       Kind = "revoke_grants"
	KindRevokeClientGrants Kind = "revoke_client_grants"
	KindRevokeClientTokens Kind = "revoke_client_tokens"
)

// RevokeGrants revokes all consents that a user has given to apps: DELETE
// /api/v1/users/{userId}/grants.
type RevokeGrants struct {
	UserID string `json:"user_id"`
}

// Facts implements [Action].
func (a RevokeGrants) Facts() Facts { return grantFacts(KindRevokeGrants, a.UserID) }

// Request implements [Action].
func (a RevokeGrants) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "users", a.UserID, "grants")
}

func (a RevokeGrants) reads() part       { return partUser | partGrants }
func (a RevokeGrants) see(v *view) State { return present(v.user, len(v.user.grants)) }
func (a RevokeGrants) do(v *view) {
	v.user.grants = nil
	clear(v.user.clientGrants)
}
func (a RevokeGrants) judge(s State) judgement {
	return ifPresent(s, a.Facts(), "the user has granted nothing to any app")
}

// RevokeClientGrants revokes the consents that a user has given to one app: DELETE
// /api/v1/users/{userId}/clients/{clientId}/grants.
type RevokeClientGrants struct {
	UserID   string `json:"user_id"`
	ClientID string `json:"client_id"`
}

// Facts implements [Action].
func (a RevokeClientGrants) Facts() Facts { return grantFacts(KindRevokeClientGrants, a.UserID) }

// Request implements [Action].
func (a RevokeClientGrants) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "users", a.UserID, "clients", a.ClientID, "grants")
}

func (a RevokeClientGrants) reads() part { return partUser | partClientGrants }
func (a RevokeClientGrants) see(v *view) State {
	return ofClient(v.user, a.ClientID, len(v.user.clientGrants[a.ClientID]))
}
func (a RevokeClientGrants) do(v *view) { delete(v.user.clientGrants, a.ClientID) }
func (a RevokeClientGrants) judge(s State) judgement {
	return ofKnown(s, a.ClientID, ifPresent(s, a.Facts(), "the user has granted nothing to this app"))
}

// RevokeClientTokens revokes the refresh tokens that an app holds of a user, and
// the access tokens that came of them: DELETE
// /api/v1/users/{userId}/clients/{clientId}/tokens.
type RevokeClientTokens struct {
	UserID   string `json:"user_id"`
	ClientID string `json:"client_id"`
}

// Facts implements [Action].
func (a RevokeClientTokens) Facts() Facts {
	f := grantFacts(KindRevokeClientTokens, a.UserID)
	f.Lost, f.Destructive = "the tokens: the user signs in to the app again", false
	return f
}

// Request implements [Action].
func (a RevokeClientTokens) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "users", a.UserID, "clients", a.ClientID, "tokens")
}

func (a RevokeClientTokens) reads() part { return partUser | partClientTokens }
func (a RevokeClientTokens) see(v *view) State {
	return ofClient(v.user, a.ClientID, len(v.user.clientTokens[a.ClientID]))
}
func (a RevokeClientTokens) do(v *view) { delete(v.user.clientTokens, a.ClientID) }
func (a RevokeClientTokens) judge(s State) judgement {
	return ofKnown(s, a.ClientID, ifPresent(s, a.Facts(), "the app has no refresh token of the user"))
}

// grantFacts are those of the actions on consents. That a custom role needs
// okta.users.manage for them is a choice: Okta names no other permission.
func grantFacts(kind Kind, user string) Facts {
	return userFacts(kind, user, Facts{
		Permissions: []string{"okta.users.manage"}, Repeatable: true,
		Lost: "the consents: the user gives them again", Destructive: true,
	})
}

// present is the state of something that a user has or has not, whatever the
// status.
func present(u *userView, n int) State {
	if u.missing {
		return State{Missing: true}
	}
	return State{Present: boolPtr(n > 0)}
}

// ofClient is present for what an app has of a user. An app that the org does not
// know is a mistake, not nothing to do.
func ofClient(u *userView, client string, n int) State {
	if u.noClient[client] {
		return State{Missing: true}
	}
	return present(u, n)
}

func ifPresent(s State, f Facts, absent string) judgement {
	switch {
	case s.Missing:
		return unknownTarget(f)
	case !*s.Present:
		return already("%s", absent)
	}
	return willRun
}

func ofKnown(s State, client string, j judgement) judgement {
	if s.Missing {
		return impossible("the org knows no such user, or no app %s in use by them", client)
	}
	return j
}
