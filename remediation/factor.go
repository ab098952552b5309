package remediation

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// The kinds of actions on factors.
const (
	KindResetFactors Kind = "reset_factors"
	KindRemoveFactor Kind = "remove_factor"
)

// ResetFactors takes all factors from a user: POST
// /api/v1/users/{id}/lifecycle/reset_factors. Who signs in first enrols new ones,
// so do it with [SuspendUser], and before it: a suspended user's factors cannot be
// reset.
type ResetFactors struct {
	UserID string `json:"user_id"`
}

// Facts implements [Action].
func (a ResetFactors) Facts() Facts {
	return userFacts(KindResetFactors, a.UserID, Facts{
		Permissions: []string{"okta.users.credentials.resetFactors"},
		From:        []Status{StatusActive, StatusPasswordExpired, StatusLockedOut, StatusRecovery, StatusProvisioned, StatusSuspended},
		Repeatable:  true, Lost: "the enrolments: the user enrols the factors again", Destructive: true,
	})
}

// Request implements [Action].
func (a ResetFactors) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return lifecycle(ctx, org, a.UserID, "reset_factors", nil)
}

func (a ResetFactors) reads() part { return partUser | partFactors }
func (a ResetFactors) see(v *view) State {
	s := v.user.state()
	if !s.Missing {
		s.Present = boolPtr(len(v.user.factors) > 0) // not which: one enrolled meanwhile goes, too
	}
	return s
}
func (a ResetFactors) do(v *view) { v.user.factors = nil }
func (a ResetFactors) judge(s State) judgement {
	if s.Present != nil && !*s.Present {
		return already("the user has no factor")
	}
	return byStatus(s, a.Facts())
}

// RemoveFactor takes one factor from a user: DELETE
// /api/v1/users/{userId}/factors/{factorId}. With push and signed_nonce go all
// factors of Okta Verify.
type RemoveFactor struct {
	UserID                   string `json:"user_id"`
	FactorID                 string `json:"factor_id"`
	RemoveRecoveryEnrollment bool   `json:"remove_recovery_enrollment"` // the phone number as a recovery method, too
}

// Facts implements [Action].
func (a RemoveFactor) Facts() Facts {
	return userFacts(KindRemoveFactor, a.UserID, Facts{
		Permissions: []string{"okta.users.credentials.resetFactors"},
		From:        []Status{StatusStaged, StatusProvisioned, StatusActive, StatusRecovery, StatusPasswordExpired, StatusLockedOut, StatusSuspended},
		Repeatable:  true, Lost: "the enrolment: the user enrols the factor again", Destructive: true,
	})
}

// Request implements [Action].
func (a RemoveFactor) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, url.Values{"removeRecoveryEnrollment": {strconv.FormatBool(a.RemoveRecoveryEnrollment)}},
		nil, "api", "v1", "users", a.UserID, "factors", a.FactorID)
}

func (a RemoveFactor) reads() part { return partUser | partFactors }
func (a RemoveFactor) see(v *view) State {
	s := v.user.state()
	if !s.Missing {
		s.Present = boolPtr(slices.ContainsFunc(v.user.factors, func(f factor) bool { return f.ID == a.FactorID }))
	}
	return s
}
func (a RemoveFactor) do(v *view) {
	withVerify := slices.ContainsFunc(v.user.factors, func(f factor) bool {
		return f.ID == a.FactorID && (f.Type == "push" || f.Type == "signed_nonce")
	})
	v.user.factors = slices.DeleteFunc(slices.Clone(v.user.factors), func(f factor) bool {
		return f.ID == a.FactorID || withVerify && f.isOktaVerify()
	})
}
func (a RemoveFactor) judge(s State) judgement {
	switch {
	case s.Missing:
		return unknownTarget(a.Facts())
	case s.Present != nil && !*s.Present:
		return already("the user has no factor %s", a.FactorID)
	case s.Towards != "":
		return onTheWay(s)
	case s.Status == StatusDeprovisioned:
		return impossible("a factor cannot be removed from a deactivated user")
	}
	return willRun
}

// isOktaVerify reports whether the factor goes when another one of Okta Verify
// goes.
func (f factor) isOktaVerify() bool {
	switch f.Type {
	case "push", "signed_nonce":
		return true
	case "token:software:totp":
		return f.Provider == "OKTA"
	}
	return false
}
