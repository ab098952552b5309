package remediation

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// The kinds of actions on the status of a user.
const (
	KindSuspendUser    Kind = "suspend_user"
	KindUnsuspendUser  Kind = "unsuspend_user"
	KindDeactivateUser Kind = "deactivate_user"
	KindActivateUser   Kind = "activate_user"
	KindReactivateUser Kind = "reactivate_user"
	KindUnlockUser     Kind = "unlock_user"
	KindDeleteUser     Kind = "delete_user"
)

const mayComeBack = "the user is mastered by %s: its next import may change the status again"

// SuspendUser suspends a user: POST /api/v1/users/{id}/lifecycle/suspend. It works
// from ACTIVE only, keeps groups and apps, and ends no session: see [Contain].
type SuspendUser struct {
	UserID string `json:"user_id"`
}

// Facts implements [Action].
func (a SuspendUser) Facts() Facts {
	return userFacts(KindSuspendUser, a.UserID, Facts{
		Permissions: []string{"okta.users.lifecycle.suspend"}, From: []Status{StatusActive}, To: StatusSuspended,
		Repeatable: true, Undo: []Kind{KindUnsuspendUser},
	})
}

// Request implements [Action].
func (a SuspendUser) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return lifecycle(ctx, org, a.UserID, "suspend", nil)
}

func (a SuspendUser) reads() part       { return partUser }
func (a SuspendUser) see(v *view) State { return v.user.state() }
func (a SuspendUser) do(v *view)        { v.user.become(StatusSuspended) }
func (a SuspendUser) judge(s State) judgement {
	switch j := byStatus(s, a.Facts(), StatusSuspended); {
	case s.Status == StatusDeprovisioned:
		return already("the user is deactivated, which is more than suspended")
	case j.verdict == Impossible && s.Status == StatusLockedOut:
		return j.or(KindDeactivateUser, KindUnlockUser)
	case j.verdict == Impossible && !s.Missing:
		return j.or(KindDeactivateUser)
	default:
		return j
	}
}

// UnsuspendUser makes a suspended user active again: POST
// /api/v1/users/{id}/lifecycle/unsuspend.
type UnsuspendUser struct {
	UserID string `json:"user_id"`
}

// Facts implements [Action].
func (a UnsuspendUser) Facts() Facts {
	return userFacts(KindUnsuspendUser, a.UserID, Facts{
		Permissions: []string{"okta.users.lifecycle.unsuspend"}, From: []Status{StatusSuspended}, To: StatusActive,
		Repeatable: true, Undo: []Kind{KindSuspendUser},
	})
}

// Request implements [Action].
func (a UnsuspendUser) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return lifecycle(ctx, org, a.UserID, "unsuspend", nil)
}

func (a UnsuspendUser) reads() part       { return partUser }
func (a UnsuspendUser) see(v *view) State { return v.user.state() }
func (a UnsuspendUser) do(v *view)        { v.user.become(StatusActive) }
func (a UnsuspendUser) judge(s State) judgement {
	switch j := byStatus(s, a.Facts(), StatusActive); {
	case j.verdict == Impossible && s.Status == StatusLockedOut:
		return j.or(KindUnlockUser)
	case j.verdict == Impossible && s.Status == StatusDeprovisioned:
		return j.or(KindActivateUser)
	default:
		return j
	}
}

// DeactivateUser deactivates a user: POST /api/v1/users/{id}/lifecycle/deactivate.
// It takes apps, factors, sessions and API tokens away; Okta calls it
// destructive. It is the first of the two steps of a deletion.
type DeactivateUser struct {
	UserID    string `json:"user_id"`
	SendEmail bool   `json:"send_email"` // tell the administrators by mail
}

// Facts implements [Action].
func (a DeactivateUser) Facts() Facts {
	return userFacts(KindDeactivateUser, a.UserID, Facts{
		Permissions: []string{"okta.users.lifecycle.deactivate"},
		From:        []Status{StatusStaged, StatusProvisioned, StatusActive, StatusRecovery, StatusPasswordExpired, StatusLockedOut, StatusSuspended},
		To:          StatusDeprovisioned, Repeatable: true,
		Lost: "what apps held of the user, factors, sessions and API tokens: an activation does not bring them back", Destructive: true,
	})
}

// Request implements [Action].
func (a DeactivateUser) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return lifecycle(ctx, org, a.UserID, "deactivate", url.Values{"sendEmail": {strconv.FormatBool(a.SendEmail)}})
}

func (a DeactivateUser) reads() part       { return partUser | partUserGroups | partFactors } // for the snapshot
func (a DeactivateUser) see(v *view) State { return v.user.state() }
func (a DeactivateUser) do(v *view) {
	v.user.become(StatusDeprovisioned)
	v.user.factors, v.user.grants, v.user.clientGrants, v.user.clientTokens = nil, nil, nil, nil // a choice
}
func (a DeactivateUser) judge(s State) judgement {
	if s.Missing || s.Towards != "" || s.Status == StatusDeprovisioned {
		return byStatus(s, a.Facts(), StatusDeprovisioned)
	}
	return willRun // from statuses that Okta adds, too
}

// ActivateUser activates a user who is staged or deactivated: POST
// /api/v1/users/{id}/lifecycle/activate. Without a mail the answer has a link for
// the user, which is the [StepResult]'s Secret.
type ActivateUser struct {
	UserID    string `json:"user_id"`
	SendEmail bool   `json:"send_email"`
}

// Facts implements [Action].
func (a ActivateUser) Facts() Facts {
	return userFacts(KindActivateUser, a.UserID, Facts{
		Permissions: []string{"okta.users.lifecycle.activate"}, From: []Status{StatusStaged, StatusDeprovisioned}, To: StatusActive,
		Repeatable: true, Undo: []Kind{KindDeactivateUser}, Secret: !a.SendEmail,
		Lost: "the status before: the user can be deactivated, not staged",
	})
}

// Request implements [Action].
func (a ActivateUser) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return lifecycle(ctx, org, a.UserID, "activate", url.Values{"sendEmail": {strconv.FormatBool(a.SendEmail)}})
}

func (a ActivateUser) reads() part { return partUser }
func (a ActivateUser) see(v *view) State {
	s := v.user.state()
	if !s.Missing {
		s.Password = boolPtr(v.user.password)
	}
	return s
}
func (a ActivateUser) do(v *view) {
	v.user.become(StatusProvisioned)
	if v.user.password {
		v.user.become(StatusActive)
	}
}
func (a ActivateUser) judge(s State) judgement {
	j := byStatus(s, a.Facts(), StatusActive)
	if j.verdict == Impossible && (s.Status == StatusProvisioned || s.Status == StatusRecovery) {
		return j.or(KindReactivateUser)
	}
	return j
}

// ReactivateUser gives a user who was activated but never signed in another link:
// POST /api/v1/users/{id}/lifecycle/reactivate. Without a mail it is the
// [StepResult]'s Secret.
type ReactivateUser struct {
	UserID    string `json:"user_id"`
	SendEmail bool   `json:"send_email"`
}

// Facts implements [Action].
func (a ReactivateUser) Facts() Facts {
	return userFacts(KindReactivateUser, a.UserID, Facts{
		Permissions: []string{"okta.users.lifecycle.activate"}, From: []Status{StatusProvisioned, StatusRecovery},
		Repeatable: !a.SendEmail, Secret: !a.SendEmail, Lost: "the link that was sent before: it does not work any more",
	})
}

// Request implements [Action].
func (a ReactivateUser) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return lifecycle(ctx, org, a.UserID, "reactivate", url.Values{"sendEmail": {strconv.FormatBool(a.SendEmail)}})
}

func (a ReactivateUser) reads() part             { return partUser }
func (a ReactivateUser) see(v *view) State       { return v.user.state() }
func (a ReactivateUser) do(*view)                {}
func (a ReactivateUser) judge(s State) judgement { return byStatus(s, a.Facts()) }

// UnlockUser unlocks a user whom failed sign-ins have locked out: POST
// /api/v1/users/{id}/lifecycle/unlock. Users whom a directory masters are unlocked
// there.
type UnlockUser struct {
	UserID string `json:"user_id"`
}

// Facts implements [Action].
func (a UnlockUser) Facts() Facts {
	return userFacts(KindUnlockUser, a.UserID, Facts{
		Permissions: []string{"okta.users.lifecycle.unlock"}, From: []Status{StatusLockedOut}, To: StatusActive,
		Repeatable: true, Lost: "the lock: nothing but failed sign-ins locks a user out",
	})
}

// Request implements [Action].
func (a UnlockUser) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return lifecycle(ctx, org, a.UserID, "unlock", nil)
}

func (a UnlockUser) reads() part       { return partUser }
func (a UnlockUser) see(v *view) State { return v.user.mastered() }
func (a UnlockUser) do(v *view)        { v.user.become(StatusActive) }
func (a UnlockUser) judge(s State) judgement {
	j := byStatus(s, a.Facts(), StatusActive)
	if j.verdict == WillRun && isDirectory(s.Provider) {
		return elsewhere(a.Facts(), s)
	}
	return j
}

// DeleteUser deletes a user who is deactivated: DELETE /api/v1/users/{id}. Of any
// other user Okta takes the same request for a deactivation, so it is possible
// from DEPROVISIONED only: deactivate the user first.
type DeleteUser struct {
	UserID    string `json:"user_id"`
	SendEmail bool   `json:"send_email"` // tell the administrators by mail
}

// Facts implements [Action].
func (a DeleteUser) Facts() Facts {
	return userFacts(KindDeleteUser, a.UserID, Facts{
		Permissions: []string{"okta.users.lifecycle.delete"}, From: []Status{StatusDeprovisioned}, Repeatable: true,
		Lost: "the user: another one of the same login has another id", Destructive: true,
	})
}

// Request implements [Action].
func (a DeleteUser) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, url.Values{"sendEmail": {strconv.FormatBool(a.SendEmail)}}, nil, "api", "v1", "users", a.UserID)
}

func (a DeleteUser) reads() part       { return partUser | partUserGroups }
func (a DeleteUser) see(v *view) State { return v.user.state() }
func (a DeleteUser) do(v *view)        { v.user.missing = true }
func (a DeleteUser) judge(s State) judgement {
	j := byStatus(s, a.Facts())
	if j.verdict == Impossible && !s.Missing {
		return j.or(KindDeactivateUser)
	}
	return j
}

// userFacts fills in what all actions on users share.
func userFacts(kind Kind, id string, f Facts) Facts {
	f.Kind, f.Version, f.Target = kind, 1, Target{Type: TargetUser, ID: id}
	if f.Scope == "" {
		f.Scope = scopes.UsersManage
	}
	return f
}

func lifecycle(ctx context.Context, org oktaint.Org, user, operation string, q url.Values) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPost, q, nil, "api", "v1", "users", user, "lifecycle", operation)
}

// become changes the status.
func (u *userView) become(s Status) { u.status = s }

// isDirectory reports whether a user's password and profile are those of a
// directory. What other providers master, HR systems among them, does not show in
// the user.
func isDirectory(provider string) bool { return provider == "ACTIVE_DIRECTORY" || provider == "LDAP" }

// elsewhere says that a directory would have to do it.
func elsewhere(f Facts, s State) judgement {
	return impossible("%s is not possible for a user who is mastered by %s: do it there", f.Kind, s.Provider)
}
