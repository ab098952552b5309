package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

const (
	// maxSends bounds how often a write is sent whose outcome stays unknown.
	maxSends = 4

	// grace is how long a request that is on its way may go on after the
	// caller has given up, so that its outcome is known.
	grace = 10 * time.Second

	// createSettles is how long an app may take to appear in the list after
	// its create was sent.
	createSettles = 10 * time.Second
)

// A write is one change of the org.
type write[T any] struct {
	name string // in the journal

	send func(context.Context) (T, error)

	// look returns what the write makes, and whether it is there.
	look func(context.Context) (T, bool, error)

	// settle is how long look is repeated before the write counts as not done.
	settle time.Duration

	// duplicate reports whether an answer may mean that it was there before.
	duplicate func(error) bool

	// id returns the id of what was made, by which Rollback finds it. Nil is
	// for a write that makes nothing.
	id func(T) string

	// note adds more of what was made to the journal. Nil adds nothing.
	note func(*record, T)
}

// An outcome is what is known of a write in the end.
type outcome int

const (
	open    outcome = iota // it may or may not have taken effect
	took                   // it took effect
	refused                // it did not
	there                  // what it makes was there before
)

// ensure makes w take effect once and returns what it made. The journal, if
// there is one, says "sending" before the first request of w goes out, and
// goes on saying so for as long as the outcome is open.
func ensure[T any](ctx context.Context, r *run, w write[T]) (made T, err error) {
	if ctx.Err() != nil {
		return made, context.Cause(ctx)
	}
	ledger := r.plan.ledger
	unsure := ledger.unsure(w.name)
	if err := ledger.note(ctx, w.name, sending, nil); err != nil {
		return made, err
	}
	made, outcome, err := deliverWrite(ctx, r, w, unsure)
	if outcome == open {
		return made, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if outcome != took {
		noteErr := ledger.note(ctx, w.name, "", nil)
		if err != nil && noteErr != nil {
			return made, fmt.Errorf("%w; and then: %w", err, noteErr)
		}
		return made, errors.Join(err, noteErr)
	}
	return made, ledger.note(ctx, w.name, done, func(rec *record) {
		if w.id != nil {
			rec.Made[w.name] = w.id(made)
		}
		if w.note != nil {
			w.note(rec, made)
		}
	})
}

// deliverWrite sends w until it is known whether it took effect, looking before it
// sends again. If unsure, an earlier run may have sent it, so it looks first.
// Only took and there come without an error.
func deliverWrite[T any](ctx context.Context, r *run, w write[T], unsure bool) (made T, o outcome, err error) {
	for n := 0; ; n++ {
		if n > 0 || unsure {
			found, ok, lookErr := watch(ctx, w)
			switch {
			case ok && lookErr == nil:
				return found, took, nil
			case lookErr != nil:
				return made, open, openOutcome(err, lookErr)
			case n == maxSends:
				return made, open, openOutcome(err, nil)
			}
		}
		if err := pause(ctx, time.Duration(n)*time.Second); err != nil {
			return made, open, err
		}
		made, err = w.send(oktaint.WithGrace(ctx, grace))
		switch {
		case err == nil:
			return made, took, nil
		case oktaint.Ambiguous(err) && ctx.Err() != nil:
			return made, open, openOutcome(err, context.Cause(ctx))
		case oktaint.Ambiguous(err):
			continue
		case ctx.Err() != nil && errors.Is(err, ctx.Err()): // it was not on the wire
			if n > 0 || unsure {
				return made, open, context.Cause(ctx)
			}
			return made, refused, context.Cause(ctx)
		}
		return settle(ctx, w, err, n > 0 || unsure)
	}
}

// settle finds out what the refusal of a write means. If it was sent before,
// that may have taken effect, and the refusal be about a duplicate.
func settle[T any](ctx context.Context, w write[T], refusal error, sentBefore bool) (made T, o outcome, err error) {
	if !sentBefore && (w.duplicate == nil || !w.duplicate(refusal)) {
		return made, refused, refusal
	}
	found, ok, lookErr := w.look(ctx)
	switch {
	case lookErr != nil && sentBefore:
		return made, open, openOutcome(refusal, lookErr)
	case lookErr != nil || !ok:
		return made, refused, refusal
	case sentBefore:
		return found, took, nil
	}
	return found, there, nil
}

// post sends a request that makes a thing and returns its id. The answer must
// hold it: a page of a proxy with the status 200 makes nothing.
func (o org) post(req *http.Request) (id string, err error) {
	var thing struct {
		ID string `json:"id"`
	}
	err = o.c.Do(req, oktaint.Checked(&thing, func() bool { return thing.ID != "" }))
	return thing.ID, err
}

// postApp sends a request that makes or changes a service app, which the answer
// must hold.
func (o org) postApp(req *http.Request) (App, error) {
	var object appObject
	var made candidate
	err := o.c.Do(req, oktaint.Checked(&object, func() (ok bool) {
		made, ok = object.candidate()
		return ok
	}))
	return made.App, err
}

// itself is the id of a thing of which only the id is wanted.
func itself(id string) string { return id }

// openOutcome joins the error of a write (nil if another run sent it) and the
// reason why its outcome was not found out (nil if the org was asked).
func openOutcome(err, why error) error {
	const next = "it may or may not have taken effect: run this again to find out"
	switch {
	case err == nil:
		return why
	case why == nil:
		return fmt.Errorf("%s: %w", next, err)
	}
	return fmt.Errorf("%s: %w: %w", next, why, err)
}

// watch looks for what w makes, for as long as it may take to appear.
func watch[T any](ctx context.Context, w write[T]) (found T, ok bool, err error) {
	end := time.Now().Add(w.settle)
	for wait := 500 * time.Millisecond; ; wait *= 2 {
		found, ok, err = w.look(ctx)
		left := time.Until(end)
		if ok || err != nil || left <= 0 {
			return found, ok, err
		}
		if err := pause(ctx, min(wait, left)); err != nil {
			return found, false, err
		}
	}
}

// pause waits for d. It returns the cause if ctx ends before that, or has
// ended already.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	if ctx.Err() == nil && d > 0 {
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}
