package systemlog

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

const (
	defaultQuiet = 15 * time.Second
	defaultBusy  = 2 * time.Second

	// busyFor is how long after an event the log is looked at often.
	busyFor = time.Minute

	// window is that of Okta's rate limits, with the second to which its end is known.
	window = time.Minute + time.Second

	firstRetry, lastRetry = time.Second, time.Minute
)

// Follow yields what is new since a Position, for as long as ctx lasts. While nothing
// happens it looks four times a minute, while events come about every two seconds, both
// settable, but never more often than the rate limit of the log allows to this
// credential.
//
// It tries again after failures that pass by, for as long as they last; Options.Progress
// tells of them. Any other failure is yielded, and ends it. The end of ctx yields its
// error.
//
// Batches without events are yielded too, since their Position is a newer one; it need not
// be committed.
func Follow(ctx context.Context, c *oktaint.Client, from Position, opts Options) iter.Seq2[Batch, error] {
	return func(yield func(Batch, error) bool) {
		f := follower{c: c, opts: opts}
		for {
			b, err := f.poll(ctx, from)
			if err != nil {
				yield(Batch{}, err)
				return
			}
			wait := f.pace(b)
			f.tell(Progress{Events: len(b.Events), Lag: b.Lag, Behind: b.Behind, Wait: wait})
			if !yield(b, nil) {
				return
			}
			from = b.Next
			if err := sleep(ctx, wait); err != nil {
				yield(Batch{}, err)
				return
			}
		}
	}
}

// A follower is one Follow.
type follower struct {
	c     *oktaint.Client
	opts  Options
	event time.Time // when one came last
}

// poll looks until there is an answer.
func (f *follower) poll(ctx context.Context, from Position) (Batch, error) {
	for wait := firstRetry; ; wait = min(2*wait, lastRetry) {
		b, err := Poll(ctx, f.c, from, f.opts)
		if err == nil || !Transient(err) || ctx.Err() != nil {
			return b, err
		}
		if reset, limited := oktaint.RateLimited(err); limited {
			wait = max(wait, reset)
		}
		f.tell(Progress{Wait: wait, Err: err})
		if sleepErr := sleep(ctx, wait); sleepErr != nil {
			return Batch{}, sleepErr
		}
	}
}

// pace is how long to wait after a batch.
func (f *follower) pace(b Batch) time.Duration {
	now := time.Now()
	if len(b.Events) > 0 {
		f.event = now
	}
	switch {
	case b.More && (b.Gap == nil || len(b.Events) > 0):
		return 0 // the Transport keeps within the limit
	case b.Gap == nil && now.Sub(f.event) < busyFor:
		return max(orElse(f.opts.Busy, defaultBusy), f.share())
	}
	return max(orElse(f.opts.Quiet, defaultQuiet), f.share())
}

// share is the time between two looks that spreads what this credential may use of the
// log's rate limit evenly. It is 0 if that is not known yet.
func (f *follower) share() time.Duration {
	t := f.c.Transport()
	if t == nil {
		return 0
	}
	part := t.Share
	if !(part > 0 && part <= 1) {
		part = 1
	}
	for _, l := range t.Limits() {
		if l.Bucket == "/api/v1/logs" && l.Limit > 0 {
			return time.Duration(float64(window) / (float64(l.Limit) * part))
		}
	}
	return 0
}

func (f *follower) tell(p Progress) {
	if f.opts.Progress != nil {
		f.opts.Progress(p)
	}
}

func orElse(d, other time.Duration) time.Duration {
	if d <= 0 {
		return other
	}
	return d
}

// Transient reports whether a failure passes by: there was no answer, or one of 429 or
// 5xx, of the log or of the token endpoint.
func Transient(err error) bool {
	var e *oktaint.Error
	if _, limited := oktaint.RateLimited(err); limited {
		return true
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return errors.As(err, &e) // of a request, not of the caller
	}
	return errors.As(err, &e) && (e.StatusCode == 0 || e.StatusCode >= 500 || e.StatusCode == http.StatusTooManyRequests)
}

// sleep waits, or returns why ctx has ended.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return context.Cause(ctx)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
