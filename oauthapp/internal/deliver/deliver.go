// Package deliver sends a change of an org until it is known whether it took effect.
//
// An answer that is lost says nothing: the change may have been made. So a change is
// sent again only after a look at the org has not shown it, and a caller that gives up
// leaves a request which is on its way up to [Grace] to finish. An org shows some
// changes late, and an answer to a removal may be a proxy's: so a look is repeated
// for as long as the [Change] says.
package deliver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

const (
	// Grace is how long a request that is on its way may go on after the caller has
	// given up, so that its outcome is known.
	Grace = 10 * time.Second

	// Patience is how long an org may take to show what was just changed. Okta names no
	// figure; a list that shows a new object only after some seconds was reported.
	Patience = 10 * time.Second

	// maxSends bounds how often a change is sent whose outcome stays unknown, and
	// maxResend for how long: one whose method is idempotent is repeated below as well.
	maxSends  = 4
	maxResend = time.Minute
)

// A Change is one change of an org. Send and Look are required.
type Change struct {
	// Send sends the request once. It may read first what the request is made of.
	Send func(context.Context) error

	// Look reports whether the org shows the change as made.
	Look func(context.Context) (bool, error)

	// Once says that sending the change twice makes two things: Look is then repeated
	// for Patience before it is sent again.
	Once bool

	// Confirm says that an answer is no proof: the change counts only once Look has shown
	// it, for which it is given Patience.
	Confirm bool

	// Removes says that the change takes something away. The answer "not found" is then as
	// good as any other, and has to be confirmed too.
	Removes bool

	// Duplicate reports whether a refusal may mean that the change was there before.
	// Nil is for one that the org accepts twice.
	Duplicate func(error) bool

	// Fresh is until when the org may not know yet what the change is about, because it
	// has just been made: the refusal "not found" is not believed before that.
	Fresh time.Time
}

// An Outcome is what is known of a change in the end.
type Outcome int

const (
	Open    Outcome = iota // it may or may not have been made
	Took                   // it was made, now or by an earlier run
	Refused                // it was not made
	There                  // it had been made before, by whomever
)

// An UnshownError says that the org has accepted a change and does not show it.
type UnshownError struct{}

func (*UnshownError) Error() string {
	return fmt.Sprintf("the org has accepted it and does not show it after %s: run this again to find out", Patience)
}

// Do makes the change. If sent, an earlier run may have sent it, so it looks first. Only
// Took and There come without an error; an error with Open says why the outcome is not
// known, and one with Refused what the org answered.
func (c Change) Do(ctx context.Context, sent bool) (Outcome, error) {
	var err error
	start := time.Now()
	for n := 0; ; n++ {
		if sent {
			there, lookErr := c.watch(ctx, c.Once)
			switch {
			case lookErr != nil:
				return Open, unknown(err, lookErr)
			case there:
				return Took, nil
			case n == maxSends, n > 0 && time.Since(start) > maxResend:
				return Open, unknown(err, nil)
			}
		}
		if err := Pause(ctx, time.Duration(n)*time.Second); err != nil {
			return notSent(sent), err
		}
		err = c.sendOnce(ctx)
		switch {
		case err == nil:
			return c.confirm(ctx)
		case oktaint.Ambiguous(err) && ctx.Err() != nil:
			return Open, unknown(err, context.Cause(ctx))
		case oktaint.Ambiguous(err):
			sent = true
			continue
		case ctx.Err() != nil && errors.Is(err, ctx.Err()): // it was not on the wire
			return notSent(sent), context.Cause(ctx)
		}
		return c.settle(ctx, err, sent)
	}
}

// notSent is the outcome if no request went out this time.
func notSent(before bool) Outcome {
	if before {
		return Open
	}
	return Refused
}

// sendOnce sends until the answer is another one than that the org does not know yet
// what the change is about.
func (c Change) sendOnce(ctx context.Context) error {
	err := Settle(ctx, c.Fresh, func() error { return c.Send(oktaint.WithGrace(ctx, Grace)) })
	if c.Removes && oktaint.IsNotFound(err) {
		return nil
	}
	return err
}

// confirm is what an accepted change comes to.
func (c Change) confirm(ctx context.Context) (Outcome, error) {
	if !c.Confirm && !c.Removes {
		return Took, nil
	}
	switch there, err := c.watch(ctx, true); {
	case err != nil:
		return Open, unknown(nil, err)
	case !there:
		return Open, &UnshownError{}
	}
	return Took, nil
}

// settle finds out what a refusal means. If the change was sent before, that may have
// been what made it, and the refusal be about a duplicate. The org knows of a duplicate
// before it shows it, so the look is patient in any case.
func (c Change) settle(ctx context.Context, refusal error, sent bool) (Outcome, error) {
	if !sent && (c.Duplicate == nil || !c.Duplicate(refusal)) {
		return Refused, refusal
	}
	there, err := c.watch(ctx, true)
	switch {
	case err != nil && sent:
		return Open, unknown(refusal, err)
	case err != nil:
		return Refused, fmt.Errorf("%w: whether it was so before could not be found out: %w", refusal, err)
	case !there:
		return Refused, refusal
	case sent:
		return Took, nil
	}
	return There, nil
}

// watch looks whether the change was made, once or with patience.
func (c Change) watch(ctx context.Context, patient bool) (there bool, err error) {
	var until time.Time
	if patient {
		until = time.Now().Add(Patience)
	}
	err = Poll(ctx, until, func() (bool, error) {
		var err error
		there, err = c.Look(ctx)
		return there, err
	})
	return there, err
}

// Poll calls try until it is done or has failed, and at the latest until a time, with
// growing pauses. It is called once at least, and once more at the end. An error of ctx
// is returned; to be not done is none.
func Poll(ctx context.Context, until time.Time, try func() (done bool, err error)) error {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		done, err := try()
		left := time.Until(until)
		if done || err != nil || left <= 0 {
			return err
		}
		if err := Pause(ctx, min(wait, left)); err != nil {
			return err
		}
	}
}

// Settle calls try, again and again while the org says that it does not know ("not
// found") what was made so shortly ago that it may not know it yet: until a time.
func Settle(ctx context.Context, until time.Time, try func() error) (err error) {
	pauseErr := Poll(ctx, until, func() (bool, error) {
		err = try()
		return !oktaint.IsNotFound(err), nil
	})
	return both(pauseErr, err)
}

// Pause waits for d. It returns the cause if ctx ends before that, or has ended already.
func Pause(ctx context.Context, d time.Duration) error {
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

// unknown joins the error of a change (nil if another run has sent it) and the reason why
// its outcome was not found out (nil if the org was asked).
func unknown(err, why error) error {
	const next = "it may or may not have taken effect: run this again to find out"
	switch {
	case err == nil:
		return fmt.Errorf("%s: %w", next, why)
	case why == nil:
		return fmt.Errorf("%s: %w", next, err)
	}
	return fmt.Errorf("%s: %w: %w", next, why, err)
}
