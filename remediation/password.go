package remediation

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// The kinds of actions on passwords.
const (
	KindExpirePassword          Kind = "expire_password"
	KindExpirePasswordTemporary Kind = "expire_password_with_temp_password"
	KindResetPassword           Kind = "reset_password"
	KindSetPassword             Kind = "set_password"
)

const oldPassword = "the password: nobody can put it back"

// ExpirePassword makes a user choose another password at the next sign-in: POST
// /api/v1/users/{id}/lifecycle/expire_password. Who knows the old one can do that,
// an attacker too, and the user cannot be suspended after it: against an attacker use
// [SetPassword].
type ExpirePassword struct {
	UserID string `json:"user_id"`
}

// Facts implements [Action].
func (a ExpirePassword) Facts() Facts {
	return userFacts(KindExpirePassword, a.UserID, Facts{
		Permissions: []string{"okta.users.credentials.expirePassword"}, From: []Status{StatusActive}, To: StatusPasswordExpired,
		Repeatable: true, Lost: oldPassword, Destructive: true,
	})
}

// Request implements [Action].
func (a ExpirePassword) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return lifecycle(ctx, org, a.UserID, "expire_password", nil)
}

func (a ExpirePassword) reads() part       { return partUser }
func (a ExpirePassword) see(v *view) State { return v.user.withPassword() }
func (a ExpirePassword) do(v *view)        { v.user.become(StatusPasswordExpired) }
func (a ExpirePassword) judge(s State) judgement {
	return needsPassword(byStatus(s, a.Facts(), StatusPasswordExpired), s)
}

// ExpirePasswordTemporary expires a user's password and puts a temporary one in its
// place, which is the [StepResult]'s Secret: POST
// /api/v1/users/{id}/lifecycle/expire_password_with_temp_password.
type ExpirePasswordTemporary struct {
	UserID         string `json:"user_id"`
	RevokeSessions bool   `json:"revoke_sessions"`
}

// Facts implements [Action].
func (a ExpirePasswordTemporary) Facts() Facts {
	return userFacts(KindExpirePasswordTemporary, a.UserID, Facts{
		Permissions: []string{"okta.users.credentials.expirePassword"}, From: []Status{StatusActive}, To: StatusPasswordExpired,
		Lost: oldPassword, Destructive: true, Secret: true,
	})
}

// Request implements [Action].
func (a ExpirePasswordTemporary) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return lifecycle(ctx, org, a.UserID, "expire_password_with_temp_password", url.Values{"revokeSessions": {strconv.FormatBool(a.RevokeSessions)}})
}

func (a ExpirePasswordTemporary) reads() part       { return partUser }
func (a ExpirePasswordTemporary) see(v *view) State { return v.user.withPassword() }
func (a ExpirePasswordTemporary) do(v *view)        { v.user.become(StatusPasswordExpired) }
func (a ExpirePasswordTemporary) judge(s State) judgement {
	j := byStatus(s, a.Facts())
	if j.verdict == Impossible && s.Status == StatusPasswordExpired {
		return j.or(KindSetPassword, KindResetPassword)
	}
	return needsPassword(j, s)
}

// ResetPassword makes a user's password useless until they follow a link: POST
// /api/v1/users/{id}/lifecycle/reset_password. The link is the [StepResult]'s
// Secret unless it is mailed: an attacker may read the user's mail. The user
// cannot be suspended after it, so that it is no part of [Contain].
type ResetPassword struct {
	UserID         string `json:"user_id"`
	SendEmail      bool   `json:"send_email"`
	RevokeSessions bool   `json:"revoke_sessions"`
}

// Facts implements [Action].
func (a ResetPassword) Facts() Facts {
	return userFacts(KindResetPassword, a.UserID, Facts{
		Permissions: []string{"okta.users.credentials.resetPassword"},
		From:        []Status{StatusActive, StatusPasswordExpired, StatusLockedOut, StatusRecovery}, To: StatusRecovery,
		Repeatable: !a.SendEmail, Secret: !a.SendEmail, Lost: oldPassword, Destructive: true,
	})
}

// Request implements [Action].
func (a ResetPassword) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return lifecycle(ctx, org, a.UserID, "reset_password", url.Values{
		"sendEmail": {strconv.FormatBool(a.SendEmail)}, "revokeSessions": {strconv.FormatBool(a.RevokeSessions)},
	})
}

func (a ResetPassword) reads() part { return partUser }
func (a ResetPassword) see(v *view) State {
	s := v.user.mastered()
	if s.Status == StatusActive {
		s.Password = boolPtr(v.user.password) // a federated user has none
	}
	return s
}
func (a ResetPassword) do(v *view) { v.user.become(StatusRecovery) }
func (a ResetPassword) judge(s State) judgement {
	j := byStatus(s, a.Facts())
	if j.verdict == WillRun && isDirectory(s.Provider) {
		return elsewhere(a.Facts(), s)
	}
	return needsPassword(j, s)
}

// SetPassword sets a user's password: POST /api/v1/users/{id}. The user's status
// stays as it is, but that PROVISIONED, RECOVERY and PASSWORD_EXPIRED end with it.
//
// A password that is given is not in the action's JSON, so that an action that was
// parsed from it cannot be sent. A random one can: nobody knows it, and the user
// gets into the account by a reset.
type SetPassword struct {
	UserID   string         `json:"user_id"`
	Random   bool           `json:"random"`
	Password oktaint.Secret `json:"-"`
}

// Facts implements [Action].
func (a SetPassword) Facts() Facts {
	return userFacts(KindSetPassword, a.UserID, Facts{
		Permissions: []string{"okta.users.credentials.manage"},
		From:        []Status{StatusStaged, StatusProvisioned, StatusActive, StatusRecovery, StatusPasswordExpired, StatusLockedOut, StatusSuspended},
		Repeatable:  true, Lost: oldPassword, Destructive: true,
	})
}

// Request implements [Action].
func (a SetPassword) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	password := a.Password.Reveal()
	switch {
	case a.Random && password != "":
		return nil, errors.New("remediation: set_password: choose between a password and a random one")
	case a.Random:
		password = randomPassword().Reveal()
	case password == "":
		return nil, errors.New("remediation: set_password: there is no password: it is not kept in JSON, so set it again, or ask for a random one")
	}
	type value struct {
		Value string `json:"value"`
	}
	type credentials struct {
		Password value `json:"password"`
	}
	return org.NewRequest(ctx, http.MethodPost, nil, struct {
		Credentials credentials `json:"credentials"`
	}{credentials{value{password}}}, "api", "v1", "users", a.UserID)
}

// randomPassword is of every class of characters that password policies ask for.
func randomPassword() oktaint.Secret { return oktaint.NewSecret(rand.Text() + "-a1") }

func (a SetPassword) reads() part       { return partUser }
func (a SetPassword) see(v *view) State { return v.user.mastered() }
func (a SetPassword) do(v *view) {
	v.user.password = true
	switch v.user.status {
	case StatusProvisioned, StatusRecovery, StatusPasswordExpired:
		v.user.become(StatusActive)
	}
}
func (a SetPassword) judge(s State) judgement {
	switch {
	case s.Missing:
		return unknownTarget(a.Facts())
	case s.Towards != "":
		return onTheWay(s)
	case s.Status == StatusDeprovisioned:
		return impossible("a deactivated user has no password to set")
	case isDirectory(s.Provider):
		return elsewhere(a.Facts(), s)
	}
	return willRun
}

// withPassword adds whether the user has a password.
func (u *userView) withPassword() State {
	s := u.state()
	if !u.missing {
		s.Password = boolPtr(u.password)
	}
	return s
}

func needsPassword(j judgement, s State) judgement {
	if j.verdict == WillRun && s.Password != nil && !*s.Password {
		return impossible("the user has no password")
	}
	return j
}
