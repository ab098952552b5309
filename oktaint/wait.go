package oktaint

import (
	"context"
	"time"
)

type (
	wholeBody  struct{} // context key: *fate; the body is read within the attempt
	repeatable struct{} // context key: bool, whether the request is safe to repeat
	onWait     struct{} // context key: func(Wait)
	grace      struct{} // context key: time.Duration, for what is on the wire when the context ends
)

// MarkRepeatable returns a context for requests that are safe to send twice
// though their method is not idempotent. They are retried after a 502, 503 or
// 504 and after connection errors.
func MarkRepeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatable{}, true)
}

// MarkUnrepeatable returns a context for requests that must not be sent twice
// though their method is idempotent: Okta's first DELETE of a user deactivates the
// user, and the second one deletes them.
func MarkUnrepeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatable{}, false)
}

// WithGrace returns a context for writes whose outcome should be known. When ctx
// ends, waits of a [Transport] end at once and nothing more is sent, but a request
// that is on the wire gets d more to be answered. Lists have no grace.
func WithGrace(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, grace{}, d)
}

// onTheWire returns the context of an attempt that is about to be sent. It outlives
// ctx by the grace of WithGrace.
func onTheWire(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	d, _ := ctx.Value(grace{}).(time.Duration)
	if d <= 0 {
		return context.WithCancelCause(ctx)
	}
	out, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(d, func() { cancel(context.Cause(ctx)) })
		context.AfterFunc(out, func() { timer.Stop() })
	})
	return out, func(cause error) {
		stop()
		cancel(cause)
	}
}

// A Wait is a pause before a request is sent or sent again.
type Wait struct {
	Bucket string        // the rate limit that the request counts against, such as /api/v1/apps
	For    time.Duration // how long, at the most
	Reason string        // in plain words, such as "rate limit of /api/v1/apps"
}

// WithOnWait returns a context in which fn is called at the beginning of every wait,
// so that a program can say what it waits for. fn may be called by many goroutines at
// once.
func WithOnWait(ctx context.Context, fn func(Wait)) context.Context {
	return context.WithValue(ctx, onWait{}, fn)
}

// announce tells of a wait, unless it is too short to be worth a word.
func announce(ctx context.Context, w Wait) {
	if fn, ok := ctx.Value(onWait{}).(func(Wait)); ok && w.For >= 200*time.Millisecond {
		fn(w)
	}
}

// sleep waits, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err() // not its cause, which may be the error of another request
	}
}
