package oktaint

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

// abandonAfter is how long a foreign call may take to return once its context
// has ended. One that takes longer is left behind.
const abandonAfter = time.Second

// maxAbandoned is how many calls of one bucket may be left behind. Each keeps a
// goroutine, so after that the bucket takes no more requests.
const maxAbandoned = 8

// A foreignError is a panic or the end of a goroutine (runtime.Goexit) in code
// that this package was given: a base transport, a signer, a callback.
type foreignError struct{ what, text string }

func (e *foreignError) Error() string { return "oktaint: " + e.what + " " + e.text }

// An abandonedError is about a call that did not return though its context had ended.
type abandonedError struct {
	what  string
	cause error // of the context
}

func (e *abandonedError) Error() string {
	return fmt.Sprintf("oktaint: %s does not return though its context has ended: %v", e.what, e.cause)
}
func (e *abandonedError) Unwrap() error { return e.cause }

// A stuckCount counts the calls that were left behind and have not returned yet.
type stuckCount struct{ n atomic.Int32 }

// full is an error if there are at least most of them.
func (c *stuckCount) full(what string, most int32) error {
	if n := c.n.Load(); n >= most {
		return &foreignError{what, fmt.Sprintf("hangs: %d calls of it have not returned, so no more are made until one does", n)}
	}
	return nil
}

// foreign calls f, which is not this package's code and may panic or hang, in a new
// goroutine. If f does not return soon after ctx has ended, it is left behind and
// counted in stuck. If it returns later, its value goes to drop. A ctx that never
// ends lets f take as long as it wants.
func foreign[T any](ctx context.Context, what string, stuck *stuckCount, f func() (T, error), drop func(T)) (T, error) {
	type result struct {
		value T
		err   error
	}
	var left atomic.Bool // behind
	done := make(chan result, 1)
	go func() {
		var r result
		r.err = &foreignError{what, "ended its goroutine"}
		defer func() {
			if p := recover(); p != nil {
				r.err = &foreignError{what, "panicked: " + panicText(p)}
			}
			done <- r
			if left.CompareAndSwap(true, false) {
				stuck.n.Add(-1)
				if drop != nil && r.err == nil {
					drop(r.value)
				}
			}
		}()
		r.value, r.err = f()
	}()
	select {
	case r := <-done:
		return r.value, r.err
	case <-ctx.Done():
	}
	timer := time.NewTimer(abandonAfter)
	defer timer.Stop()
	select {
	case r := <-done:
		return r.value, r.err
	case <-timer.C:
	}
	stuck.n.Add(1)
	left.Store(true)
	select {
	case r := <-done: // it has come back in between
		if left.CompareAndSwap(true, false) {
			stuck.n.Add(-1)
			return r.value, r.err
		}
	default:
	}
	return *new(T), &abandonedError{what, context.Cause(ctx)}
}

// panicText is the text of a panic. A runtime error is a bug that somebody has to
// find, so the text names the place.
func panicText(p any) string {
	text := clip(fmt.Sprint(p))
	if _, ok := p.(runtime.Error); !ok {
		return text
	}
	for skip := 2; ; skip++ {
		pc, file, line, ok := runtime.Caller(skip)
		if !ok {
			return text
		}
		if name := runtime.FuncForPC(pc).Name(); !strings.HasPrefix(name, "runtime.") {
			return fmt.Sprintf("%s (%s:%d)", text, file, line)
		}
	}
}
