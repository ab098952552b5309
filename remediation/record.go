package remediation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A Record is what is known of one step at one moment. There is one before its
// request is sent, with OutcomeSending, and one after it. It holds no secret, but
// personal data: logins, and in snapshots profiles and phone numbers of factors.
type Record struct {
	Version int       `json:"version"` // 1
	ID      string    `json:"id"`      // of the step in its run; the records before and after share it
	Time    time.Time `json:"time"`
	OrgTime time.Time `json:"org_time,omitzero"` // by the org's clock, of the answer

	Org      oktaint.Org `json:"org_url"`
	Plan     string      `json:"plan"` // the digest of the plan
	Step     int         `json:"step"` // in the plan, from 0
	Actor    string      `json:"actor"`
	By       string      `json:"approved_by"`
	Approved time.Time   `json:"approved_at,omitzero"`
	Undoes   string      `json:"undoes,omitempty"` // the record that the step undoes

	Action Action `json:"action"`
	Target Target `json:"target"`
	Before State  `json:"before"`
	After  State  `json:"after"` // as it is expected before, as it was read after

	Outcome   Outcome `json:"outcome"`
	Error     string  `json:"error,omitempty"`
	RequestID string  `json:"request_id,omitempty"`

	// Since is the time by which the org tells whether an action stands whose effect
	// it does not show: statusChanged of a user whose sessions were ended and who
	// cannot sign in, passwordChanged after a random password. While the org shows the
	// same, the action need not be done again.
	Since time.Time `json:"since,omitzero"`

	// Settled records are of a request whose answer nobody waited for: the outcome
	// was found out by a later run, which cannot tell who has done it.
	Settled bool `json:"settled,omitempty"`

	// Lost is what the step loses for good, Snapshot what is known of it: the
	// factors, the members of a group, the profile of a user.
	Lost     string          `json:"lost,omitempty"`
	Snapshot json.RawMessage `json:"snapshot,omitempty"`

	// Undo is what would undo the step, for people to read: BuildUndo works it out
	// anew.
	Undo Action `json:"undo,omitempty"`
}

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (r *Record) UnmarshalJSON(text []byte) error {
	type fields Record
	var in struct {
		fields
		Action json.RawMessage `json:"action"`
		Undo   json.RawMessage `json:"undo"`
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("remediation: the record cannot be read: %w", err)
	}
	if in.Version != 1 {
		return fmt.Errorf("remediation: the record has version %d, this release reads version 1", in.Version)
	}
	a, err := ParseAction(in.Action)
	if err != nil {
		return err
	}
	*r = Record(in.fields)
	r.Action = a
	return nil
}

// An Outcome is what came of a step.
type Outcome string

// The outcomes.
const (
	OutcomeSending    Outcome = "sending"    // the request is about to be sent: no outcome yet
	OutcomeDone       Outcome = "done"       // the org has done it, and a look has confirmed what can be seen
	OutcomeAlready    Outcome = "already"    // nothing was sent: it is so
	OutcomeRefused    Outcome = "refused"    // nothing was sent: a guard refused
	OutcomeImpossible Outcome = "impossible" // nothing was sent: the org would not do it in this state
	OutcomeChanged    Outcome = "changed"    // nothing was done: the target is not as it was approved
	OutcomeFailed     Outcome = "failed"     // it did not take effect
	OutcomeNotKept    Outcome = "not_kept"   // the org has done it and something undid it: a group rule, an import
	OutcomeUnknown    Outcome = "unknown"    // it may have taken effect: for a person to look at
	OutcomeNotRun     Outcome = "not_run"    // the run ended before it
)

// OK reports whether the step is done or need not be.
func (o Outcome) OK() bool { return o == OutcomeDone || o == OutcomeAlready }

// ErrBadRecord is wrapped by the errors of [Recorder.Records] that are about one
// record, which cannot be understood. The records after it follow.
var ErrBadRecord = errors.New("the record cannot be understood, so it counts for nothing")

// A Recorder keeps records. It is used by several goroutines at a time, and by several
// runs, in this process and others. Records are believed: keep them where only those
// can write who may act on the org. Package recordertest checks an implementation.
type Recorder interface {
	// Append keeps a record. It must be durable when Append returns without an
	// error: only then is a request sent.
	Append(ctx context.Context, r Record) error

	// Records returns all records of an org in the order in which they were
	// appended. An error that wraps ErrBadRecord is about one record, and does not
	// end them; any other does.
	Records(ctx context.Context, org oktaint.Org) iter.Seq2[Record, error]

	// Lock waits until no other run acts on any of the targets, or until ctx ends.
	// [Responder.Run] holds the lock of all its targets from before it reads what was
	// done until it returns.
	Lock(ctx context.Context, org oktaint.Org, targets ...Target) (unlock func(), err error)
}
