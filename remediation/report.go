package remediation

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A StepResult is what came of a step.
type StepResult struct {
	Step

	Index   int       `json:"index"`             // in the plan, from 0
	Outcome Outcome   `json:"outcome,omitempty"` // empty while a plan is built
	Time    time.Time `json:"time,omitzero"`     // of the outcome
	Error   string    `json:"error,omitempty"`   // why it was not done, with what to do
	Now     State     `json:"now"`               // what the target was seen to be last

	// Status is that of the user when last seen. It is empty where it was
	// about to change, or changed while the sessions were ended.
	Status Status `json:"status,omitempty"`

	RecordID  string `json:"record_id,omitempty"`
	RequestID string `json:"request_id,omitempty"` // X-Okta-Request-Id of the answer

	// Secret is what the org answered for the user's eyes: a link or a temporary
	// password. It is nowhere else.
	Secret oktaint.Secret `json:"-"`

	answered time.Time // by the org's clock
	cleared  bool      // the user was looked at after the sessions were ended
	err      error
}

// Err returns why the step was not done, or what is to be known of one that is: that
// it could not be verified, or that its answer was lost. It is nil if Error has only
// words, and after JSON. Errors of the org are of the type [*oktaint.Error].
func (s StepResult) Err() error { return s.err }

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (s *StepResult) UnmarshalJSON(text []byte) error {
	var step Step
	if err := step.UnmarshalJSON(text); err != nil {
		return err
	}
	var in struct { // without Step, whose method would be taken for this one
		Index     int       `json:"index"`
		Outcome   Outcome   `json:"outcome"`
		Time      time.Time `json:"time"`
		Error     string    `json:"error"`
		Now       State     `json:"now"`
		Status    Status    `json:"status"`
		RecordID  string    `json:"record_id"`
		RequestID string    `json:"request_id"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("remediation: the result cannot be read: %w", err)
	}
	*s = StepResult{Step: step, Index: in.Index, Outcome: in.Outcome, Time: in.Time, Error: in.Error, Now: in.Now, Status: in.Status, RecordID: in.RecordID, RequestID: in.RequestID}
	return nil
}

// A Report is what came of a run, step by step.
type Report struct {
	Plan  string       `json:"plan"` // its digest
	Steps []StepResult `json:"steps"`
}

// OK reports whether every step is done or need not be.
func (r *Report) OK() bool {
	for _, s := range r.Steps {
		if !s.Outcome.OK() {
			return false
		}
	}
	return true
}

// Err joins what went wrong with steps, nil if OK.
func (r *Report) Err() error {
	var errs []error
	for _, s := range r.Steps {
		if !s.Outcome.OK() {
			errs = append(errs, fmt.Errorf("remediation: %s of %s: %s: %w", s.Action.Facts().Kind, s.Target, s.Outcome, s.why()))
		}
	}
	return errors.Join(errs...)
}

// why returns why a step is not done, with the org's error in its chain.
func (s StepResult) why() error {
	if s.err != nil {
		return s.err
	}
	return errors.New(printable(orElse(s.Error, s.Reason)))
}

// Contained reports whether the report is about a user who cannot sign in and whose
// sessions with Okta and tokens were ended after that: their status was SUSPENDED or
// DEPROVISIONED when these ended, and whenever it was seen since. What else was asked
// for does not count; Err tells of it. Sessions that apps keep of their own may go on.
func (r *Report) Contained(userID string) bool {
	contained := false
	for _, s := range r.Steps {
		if s.Target.Type != TargetUser || s.Target.ID != userID {
			continue
		}
		c, ends := s.Action.(ClearSessions)
		switch {
		case ends:
			contained = s.Outcome.OK() && c.OAuthTokens && s.Status.out()
		case s.Outcome == OutcomeDone || s.Status != "":
			contained = contained && s.Status.out()
		}
	}
	return contained
}

// out reports whether a user of this status cannot sign in.
func (s Status) out() bool { return s == StatusSuspended || s == StatusDeprovisioned }

func orElse(s, t string) string {
	if s == "" {
		return t
	}
	return s
}
