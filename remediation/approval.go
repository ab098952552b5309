package remediation

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// An Approval lets one plan run. It is a value and no signature: what keeps it
// genuine is the caller's business.
type Approval struct {
	Digest  string    `json:"digest"`  // of the plan
	By      string    `json:"by"`      // who has approved
	At      time.Time `json:"at"`      // when
	Expires time.Time `json:"expires"` // until when the run may begin
}

// ErrNotApproved is wrapped by the error of a run without a valid approval.
var ErrNotApproved = errors.New("the plan is not approved")

// defaultValidity and maxValidity are how long an approval is good for.
const (
	defaultValidity = time.Hour
	maxValidity     = 24 * time.Hour
)

// Approve returns an approval of the plan by a person, for a run that
// begins within valid: an hour if it is zero, a day at most.
func (p *Plan) Approve(by string, valid time.Duration) Approval {
	now := time.Now()
	if valid == 0 {
		valid = defaultValidity
	}
	return Approval{Digest: p.Digest(), By: by, At: now, Expires: now.Add(valid)}
}

// Digest identifies what would be done to whom, and on what ground: the org, and of
// each step the action with its version, the target, the verdict with its reason and
// what it is based on, what it leaves and loses, and all warnings. It is a SHA-256 in
// hex. A password that is to be set is not in it.
func (p *Plan) Digest() string {
	h := sha256.New()
	enc := json.NewEncoder(h) // one value a line
	_ = enc.Encode([]string{"okta-integration remediation plan 2", p.Org.String()})
	_ = enc.Encode(append([]string{}, p.Warnings...)) // none is none, however it is written
	for _, s := range p.Steps {
		_ = enc.Encode(s) // hashes do not fail, and steps are JSON
	}
	return hex.EncodeToString(h.Sum(nil))
}

// check holds an approval against the plan.
func (a Approval) check(p *Plan, now time.Time) error {
	no := func(format string, args ...any) error {
		return fmt.Errorf("remediation: %w: %s", ErrNotApproved, fmt.Sprintf(format, args...))
	}
	switch {
	case a.Digest == "":
		return no("there is no approval: see Plan.Approve")
	case a.By == "":
		return no("the approval does not say who has given it")
	case a.At.IsZero() || a.Expires.IsZero():
		return no("the approval does not say when it was given and when it expires")
	case a.At.After(now.Add(5 * time.Minute)): // clocks differ
		return no("the approval is from the future (%s)", a.At.Format(time.RFC3339))
	case a.Expires.Sub(a.At) > maxValidity:
		return no("the approval is for %s, and a day is the most", a.Expires.Sub(a.At))
	case !now.Before(a.Expires):
		return no("the approval has expired (%s)", a.Expires.Format(time.RFC3339))
	case a.Digest != p.Digest():
		return no("the approval is for another plan (%.12s...), this one is %.12s...: show it and have it approved", a.Digest, p.Digest())
	}
	return nil
}
