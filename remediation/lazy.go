package remediation

import (
	"context"
	"sync"
	"time"
)

// A lazy is a value that is read when it is first needed, by one of those who need it;
// the others wait for it, each as long as its own context lasts.
type lazy[T any] struct {
	mu   sync.Mutex
	call *lazyCall[T] // nil: to be read
}

type lazyCall[T any] struct {
	done  chan struct{} // closed when the value is there
	until time.Time     // when an error that may pass is forgotten; zero: never
	gone  bool          // the one who was reading gave up before there was an answer
	value T
	err   error
}

// failureLasts is how long an error that may pass stands: all who wait for the same
// answer share it, and none of them asks again at once.
const failureLasts = 5 * time.Second

func (l *lazy[T]) get(ctx context.Context, read func(context.Context) (T, error)) (T, error) {
	for {
		c, mine := l.join()
		if mine {
			c.value, c.err = read(ctx)
			l.end(ctx, c)
			return c.value, c.err
		}
		if !c.wait(ctx) {
			var none T
			return none, ctx.Err()
		}
		if !c.gone {
			return c.value, c.err
		}
	}
}

// wait waits for the value, and reports whether it came before ctx ended.
func (c *lazyCall[T]) wait(ctx context.Context) bool {
	select {
	case <-c.done:
		return true
	default:
	}
	select {
	case <-c.done:
		return true
	case <-ctx.Done():
		return false
	}
}

// join returns the call to wait for, or a new one that the caller has to make.
func (l *lazy[T]) join() (c *lazyCall[T], mine bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.call; c != nil {
		select {
		case <-c.done:
			if c.until.IsZero() || time.Now().Before(c.until) {
				return c, false
			}
		default:
			return c, false
		}
	}
	l.call = &lazyCall[T]{done: make(chan struct{})}
	return l.call, true
}

func (l *lazy[T]) end(ctx context.Context, c *lazyCall[T]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, no := denied(c.err); c.err != nil && !no {
		c.until = time.Now().Add(failureLasts)
	}
	if c.gone = c.err != nil && ctx.Err() != nil; c.gone {
		l.call = nil
	}
	close(c.done)
}
