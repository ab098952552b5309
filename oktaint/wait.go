package oktaint

import (
	"context"
	"time"
)

type (
	wholeBody  struct{} // context key: *fate; the body is read within the attempt
	repeatable struct{} // context key: bool, whether the request is safe to repeat
	onWait     struct{} // context key: func(Wait)
)

// MarkRepeatable returns a context for requests that are safe to send twice
// though their method is not idempotent. They are retried after a 502, 503 or
// 504 and after connection errors.
func MarkRepeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatable{}, true)
}

// MarkUnrepeatable returns a context for requests that must not be sent twice
// though their method is idempotent: Okta's DELETE of a user deactivates him at
// first and deletes him when it comes again.
func MarkUnrepeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatable{}, false)
}

// A Wait is a pause before a request is sent or sent again.
type Wait struct {
	Bucket string        // the rate limit that the request counts against, such as /api/v1/apps
	For    time.Duration // how long, at the most
	Reason string        // in plain words, such as "rate limit of /api/v1/apps"
}

// WithOnWait returns a context in which fn is told of every wait at its
// beginning, so that a program can say what it waits for. A request can be
// waiting while others go on, so fn may be called by many goroutines at once.
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
