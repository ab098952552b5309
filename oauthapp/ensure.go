package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
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

	// note adds what was made to the journal. Nil adds nothing.
	note func(*record, T)
}

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
	made, known, err := deliver(ctx, r, w, unsure)
	if !known {
		return made, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err != nil {
		if noteErr := ledger.note(ctx, w.name, "", nil); noteErr != nil {
			err = fmt.Errorf("%w; and then: %w", err, noteErr)
		}
		return made, err
	}
	return made, ledger.note(ctx, w.name, done, func(rec *record) {
		if w.note != nil {
			w.note(rec, made)
		}
	})
}

// deliver sends w until it is known whether it took effect, looking before it
// sends again. If unsure, an earlier run may have sent it, so it looks first.
// If known is false the outcome is open.
func deliver[T any](ctx context.Context, r *run, w write[T], unsure bool) (made T, known bool, err error) {
	for n := 0; ; n++ {
		if n > 0 || unsure {
			found, ok, lookErr := watch(ctx, w)
			switch {
			case ok:
				return found, true, nil
			case lookErr != nil:
				return made, false, openOutcome(err, lookErr)
			case n == maxSends:
				return made, false, openOutcome(err, nil)
			}
		}
		if err := pause(ctx, time.Duration(n)*time.Second); err != nil {
			return made, false, err
		}
		sendCtx, land := inFlight(ctx, r.progress.wait)
		made, err = w.send(sendCtx)
		land()
		switch {
		case err == nil:
			return made, true, nil
		case w.duplicate != nil && w.duplicate(err):
			if found, ok, lookErr := w.look(ctx); ok && lookErr == nil {
				return found, true, nil
			}
			return made, true, err
		case ambiguous(err) && ctx.Err() != nil:
			return made, false, openOutcome(err, context.Cause(ctx))
		case ambiguous(err):
			continue
		case ctx.Err() != nil && errors.Is(err, context.Canceled):
			return made, true, context.Cause(ctx) // nothing was on the wire
		}
		return made, true, err
	}
}

// errUnreadable is the error of a write that was answered with success, but
// with something else than what it makes.
var errUnreadable = errors.New("the org's answer does not hold what was made")

func ambiguous(err error) bool {
	return oktaint.Ambiguous(err) || errors.Is(err, errUnreadable)
}

// post sends a request that makes a thing, which the answer must hold: a page
// of a proxy with the status 200 makes nothing.
func (o org) post(req *http.Request) error {
	var thing struct {
		ID string `json:"id"`
	}
	if err := o.c.Do(req, &thing); err != nil {
		return err
	}
	if thing.ID == "" {
		return errUnreadable
	}
	return nil
}

// openOutcome joins the error of a write (nil if another run sent it) and the
// reason why its outcome was not found out (nil if the org was asked).
func openOutcome(err, why error) error {
	const next = "it may or may not have taken effect: run this again with the same key to find out"
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

// inFlight returns a context for one write. It outlives parent by the grace
// period, but no longer than a request that waits for a rate limit and so is
// not on the wire at all. onWait is told of each wait. The caller calls the
// returned function when the write is over.
func inFlight(parent context.Context, onWait func(oktaint.Wait)) (context.Context, func()) {
	detached, release := context.WithoutCancel(parent), context.CancelFunc(func() {})
	if deadline, ok := parent.Deadline(); ok {
		detached, release = context.WithDeadline(detached, deadline.Add(grace))
	}
	ctx, cancel := context.WithCancel(detached)
	var (
		mu      sync.Mutex
		waiting time.Time // until when nothing is on the wire
		timer   *time.Timer
	)
	stop := context.AfterFunc(parent, func() {
		mu.Lock()
		defer mu.Unlock()
		if time.Now().Before(waiting) {
			cancel()
			return
		}
		timer = time.AfterFunc(grace, cancel)
	})
	ctx = oktaint.WithOnWait(ctx, func(w oktaint.Wait) {
		mu.Lock()
		waiting = time.Now().Add(w.For)
		mu.Unlock()
		if parent.Err() != nil {
			cancel()
		}
		onWait(w)
	})
	return ctx, func() {
		stop()
		mu.Lock()
		defer mu.Unlock()
		if timer != nil {
			timer.Stop()
		}
		cancel()
		release()
	}
}
