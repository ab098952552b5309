package remediation

import (
	"context"
	"crypto/hmac"
	"encoding/json"
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
	foreign map[string]time.Time // the same, of records by another credential: for a warning

	unanswered map[string]bool // by action: its secret is lost with its answer
}

// history reads the records. a is the approval of a run, zero where a plan is built.
func (r *Responder) history(ctx context.Context, a Approval) (*past, error) {
	p := &past{
		pending: make(map[string]Record), done: make(map[int]time.Time), stands: make(map[string]deed),
		gone: make(map[Target]bool), doubt: make(map[string]time.Time), foreign: make(map[string]time.Time), unanswered: make(map[string]bool),
	}
	if r.Recorder == nil {
		return p, nil
	}
	for rec, err := range r.Recorder.Records(ctx, r.Client.Org) {
		if err != nil {
			return nil, fmt.Errorf("remediation: reading the records: %w", err)
		}
		switch mac := rec.sum(r.Client); {
		case mac == nil: // the credential has none: what is recorded is a hint, and no reason to leave anything out
			p.add(rec, a, false)
		case hmac.Equal(mac, rec.MAC):
			p.add(rec, a, true)
		case !rec.Action.Facts().Repeatable && rec.Outcome != OutcomeFailed:
			p.foreign[key(rec.Action)] = rec.Time
		}
	}
	return p, nil
}

// add takes one record in. One that is not known to be authentic makes nothing count
// as done.
func (p *past) add(rec Record, a Approval, authentic bool) {
	f, k := rec.Action.Facts(), key(rec.Action)
	if f.Kind == KindDeleteUser || f.Kind == KindDeleteGroup {
		p.gone[f.Target] = rec.Outcome != OutcomeFailed
	}
	delete(p.pending, rec.ID)
	switch rec.Outcome {
	case OutcomeSending:
		p.pending[rec.ID] = rec
	case OutcomeUnknown, OutcomeNotKept:
		p.suspect(rec, k, authentic)
	case OutcomeDone:
		if !authentic {
			p.suspect(rec, k, authentic)
			return
		}
		delete(p.doubt, k)
		if rec.Plan == a.Digest && rec.Approved.Equal(a.At) { // not by another approval of the same
			p.done[rec.Step] = rec.Time
		}
		if rec.Mark != "" {
			p.stands[k] = deed{rec.Time, rec.Mark}
		}
	}
}

// suspect notes that an action may have been sent which must not be sent twice.
func (p *past) suspect(rec Record, key string, authentic bool) {
	if rec.Action.Facts().Repeatable {
		return
	}
	at := rec.Time
	if rec.Approved.After(at) { // by a clock that is ahead
		at = rec.Approved
	}
	if now := time.Now(); !authentic && at.After(now) {
		at = now
	}
	p.doubt[key] = at
}

// held reports whether an action may have been sent and must not be sent again:
// until somebody approves it who can know of that.
func (p *past) held(a Action, approved time.Time) bool {
	at, ok := p.doubt[key(a)]
	return ok && !approved.After(at)
}

// key identifies an action.
func key(a Action) string {
	text, err := json.Marshal(a)
	if err != nil {
		return fmt.Sprintf("%T %v", a, a.Facts().Target)
	}
	return string(text)
}

// A lasting action is one whose effect cannot be read of the org, but can be
// concluded: its mark is what the org shows of the user after it. While that is
// the same, it stands. The mark is empty where nothing can be concluded.
type lasting interface {
	mark(u *userView) string
}

// markOf returns the mark of an action on a user who is not on the way to another
// status.
func markOf(a Action, u *userView) string {
	l, ok := a.(lasting)
	if !ok || u == nil || u.missing || u.towards != "" {
		return ""
	}
	return l.mark(u)
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

// standing reports whether an action was done and stands.
func (p *past) standing(a Action, v *view) (time.Time, bool) {
	if len(p.stands) == 0 {
		return time.Time{}, false
	}
	mark := markOf(a, v.user)
	d := p.stands[key(a)]
	return d.at, mark != "" && mark == d.mark
}

func stood(at time.Time) string {
	return "it was done at " + at.Format("2006-01-02 15:04:05 MST") + ", and stands"
}

// A deed is when something was done, and its mark.
type deed struct {
	at   time.Time
	mark string
}

// mark: who cannot sign in since then has no new session.
func (a ClearSessions) mark(u *userView) string {
	if u.status != StatusSuspended && u.status != StatusDeprovisioned {
		return ""
	}
	return stamp(u.statusChanged)
}

func (a ResetPassword) mark(u *userView) string {
	if u.status != StatusRecovery || !a.SendEmail { // who wants the link wants another
		return ""
	}
	return stamp(u.statusChanged)
}

func (a SetPassword) mark(u *userView) string {
	if !a.Random { // another password would look the same
		return ""
	}
	return stamp(u.passwordChanged)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
