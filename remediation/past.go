package remediation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// A past is what the records say that matters to a plan or a run. It keeps little
// of each record, for there may be many.
type past struct {
	pending map[string]Record    // sent, outcome not recorded; by id
	done    map[int]time.Time    // steps that were done under the approval of a run
	stands  map[string]deed      // by action: when what cannot be read was done
	gone    map[Target]bool      // deleted, if the org does not show them any more
	doubt   map[string]time.Time // by action that must not be repeated: when it may have been sent
	bad     []error              // records that cannot be understood
	recent  map[Target]bool      // acted on within the last hour

	unanswered map[string]bool // by action: its secret is lost with its answer
	unattended bool            // nobody looks who could know of a doubt
}

// history reads the records. a is the approval of a run, zero where a plan is built.
func (r *Responder) history(ctx context.Context, a Approval) (*past, error) {
	p := &past{
		pending: make(map[string]Record), done: make(map[int]time.Time), stands: make(map[string]deed),
		gone: make(map[Target]bool), doubt: make(map[string]time.Time), recent: make(map[Target]bool), unanswered: make(map[string]bool),
	}
	if r.Recorder == nil {
		return p, nil
	}
	for rec, err := range r.Recorder.Records(ctx, r.Client.Org) {
		switch {
		case errors.Is(err, ErrBadRecord):
			p.bad = append(p.bad, err)
		case err != nil:
			return nil, fmt.Errorf("remediation: reading the records: %w", err)
		default:
			p.add(rec, a)
		}
	}
	return p, nil
}

// badRecords tells of records that cannot be understood.
func badRecords(bad []error) (all []string) {
	const most = 3
	for _, err := range bad[:min(len(bad), most)] {
		all = append(all, err.Error())
	}
	if n := len(bad) - most; n > 0 {
		all = append(all, fmt.Sprintf("so it is with %d more of them", n))
	}
	return all
}

// add takes one record in.
func (p *past) add(rec Record, a Approval) {
	f, k := rec.Action.Facts(), key(rec.Action)
	if f.Kind == KindDeleteUser || f.Kind == KindDeleteGroup {
		p.gone[f.Target] = rec.Outcome != OutcomeFailed
	}
	if !rec.Time.Before(time.Now().Add(-time.Hour)) {
		p.recent[lockOf(rec.Action)] = true
	}
	delete(p.pending, rec.ID)
	switch rec.Outcome {
	case OutcomeSending:
		p.pending[rec.ID] = rec
	case OutcomeUnknown, OutcomeNotKept:
		p.suspect(rec, k)
	case OutcomeDone:
		delete(p.doubt, k)
		if rec.Plan == a.Digest && rec.Approved.Equal(a.At) { // not by another approval of the same
			p.done[rec.Step] = rec.Time
		}
		if !rec.Since.IsZero() {
			p.stands[k] = deed{rec.Time, rec.Since}
		}
	}
}

// suspect notes that an action may have been sent which must not be sent twice.
func (p *past) suspect(rec Record, key string) {
	if rec.Action.Facts().Repeatable {
		return
	}
	at := rec.Time
	if rec.Approved.After(at) { // by a clock that is ahead
		at = rec.Approved
	}
	p.doubt[key] = at
}

// held reports whether an action may have been sent and must not be sent again:
// until somebody approves it who can know of that.
func (p *past) held(a Action, approved time.Time) bool {
	at, ok := p.doubt[key(a)]
	return ok && (p.unattended || !approved.After(at))
}

// key identifies an action.
func key(a Action) string {
	text, err := json.Marshal(a)
	if err != nil {
		return fmt.Sprintf("%T %v", a, a.Facts().Target)
	}
	return string(text)
}

// judge is the action's judgement, but that what was deleted is not unknown, and
// that what may have been sent is told.
func (p *past) judge(a Action, v *view, s State) judgement {
	missing := v.user != nil && v.user.missing || v.user == nil && v.group != nil && v.group.missing
	if s.Missing && missing && p.gone[a.Facts().Target] && endsWithTarget(a) {
		return already("it was deleted, as the records say")
	}
	j := a.judge(s)
	if at, ok := p.doubt[key(a)]; ok && j.verdict == WillRun {
		j = j.warn("it may have been sent at " + at.Format("2006-01-02 15:04:05 MST") + " already: look at the target before it is sent again")
	}
	return j
}

// endsWithTarget reports whether an action wants nothing that the deletion of its
// target has not brought about.
func endsWithTarget(a Action) bool {
	switch a.(type) {
	case SuspendUser, DeactivateUser, DeleteUser, ClearSessions, ResetFactors, RemoveFactor,
		RevokeGrants, RevokeClientGrants, RevokeClientTokens, RemoveGroupMember, DeleteGroup:
		return true
	}
	return false
}

// sinceOf is the time by which the user shows whether an action stands that leaves
// nothing else to see; zero where nothing can be concluded.
func sinceOf(a Action, u *userView) time.Time {
	if u == nil || u.missing || u.towards != "" {
		return time.Time{}
	}
	switch a := a.(type) {
	case ClearSessions: // who cannot sign in has no new session
		if u.status.out() {
			return u.statusChanged
		}
	case ResetPassword: // who wants the link wants another
		if a.SendEmail && u.status == StatusRecovery {
			return u.statusChanged
		}
	case SetPassword: // another password that was given would look the same
		if a.Random {
			return u.passwordChanged
		}
	}
	return time.Time{}
}

// standing reports whether an action was done and stands.
func (p *past) standing(a Action, v *view) (time.Time, bool) {
	since := sinceOf(a, v.user)
	d := p.stands[key(a)]
	return d.at, !since.IsZero() && since.Equal(d.since)
}

func stood(at time.Time) string {
	return "it was done at " + at.Format("2006-01-02 15:04:05 MST") + ", and stands"
}

// A deed is when something was done, and by what time the org shows that it stands.
type deed struct{ at, since time.Time }
