package oktaint

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// maxInFlight bounds the requests of one bucket that are on their way at once.
const maxInFlight = 8

// maxUrgent bounds them, urgent ones included.
const maxUrgent = 32

// A rank is how a request stands in line: the higher ones come first.
type rank int

const (
	normal rank = iota
	urgent
	// alone is the rank of a call for which the others of its Source wait: see
	// call.takeTurn. It must not wait for the places of those.
	alone
)

// A pacer keeps the requests to one org within its rate limits, with a bucket for
// each. It has no goroutine, and has a timer only while a request waits.
type pacer struct {
	share   float64       // of each limit that may be used, if between 0 and 1
	maxWait time.Duration // the longest wait for a reset
	urgent  atomic.Bool   // a part of each bucket is kept for urgent requests

	mu sync.Mutex
	m  map[string]*bucket
}

// A bucket is one rate limit, as the answers describe it. Other processes that use
// the limit show in the same headers, so the headers are all that is needed to share
// it with them.
type bucket struct {
	p     *pacer
	name  string
	stuck stuckCount // requests that were left behind on the way

	mu       sync.Mutex
	inFlight int
	most     int // how many may be in flight
	answered int // since that changed

	// The window. It is unknown before the first answer, and assumed after its
	// end.
	known     bool
	assumed   bool
	limit     int
	remaining int
	reset     time.Time // by the server's clock: which window it is
	since     time.Time // by our clock: the first answer in it
	until     time.Time // its end by our clock
	ours      int       // answers in it that were ours
	sharedTo  time.Time // until then others are assumed to use the bucket too
	scarceTo  time.Time // until then it is assumed to be too little for all
	next      time.Time // while the rest is spread: not before this

	queue []*waiter // those of a higher rank first
	timer *time.Timer
}

// A waiter is a request that waits for its place.
type waiter struct {
	rank    rank
	granted chan struct{}  // closed when it has its place
	until   chan time.Time // the time until which it has to wait, if that is worth a word
	told    time.Time      // the last value that was sent to until
}

func (p *pacer) bucket(name string) *bucket {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.m == nil {
		p.m = make(map[string]*bucket)
	}
	b := p.m[name]
	if b == nil {
		b = &bucket{p: p, name: name, most: maxInFlight}
		p.m[name] = b
	}
	return b
}

// enter waits for a place in a bucket and takes it; the caller must leave it. It
// is an error that [RateLimited] knows if the bucket is used up for longer than
// MaxWait or beyond the context's deadline.
func (p *pacer) enter(ctx context.Context, name string, r rank) (*bucket, error) {
	b := p.bucket(name)
	w := b.ask(r)
	if w == nil {
		return b.use()
	}
	for {
		select {
		case <-w.granted:
			return b.use()
		case until := <-w.until:
			wait := time.Until(until)
			if wait > p.maxWait || deadlineWithin(ctx, wait) {
				b.giveUp(w)
				return nil, &Error{StatusCode: http.StatusTooManyRequests, Path: name, retryAfter: max(wait, time.Millisecond),
					Summary: fmt.Sprintf("not sent: the rate limit is used up for the next %v", wait.Round(time.Second))}
			}
			announce(ctx, Wait{Bucket: name, For: wait, Reason: "rate limit of " + name})
		case <-ctx.Done():
			b.giveUp(w)
			return nil, ctx.Err()
		}
	}
}

// use is for a place that was just taken. It gives the place back, and is an error,
// if too many requests were left behind.
func (b *bucket) use() (*bucket, error) {
	err := b.stuck.full("the base transport, or the network below it,", maxAbandoned)
	if err != nil {
		b.leave()
		return nil, err
	}
	return b, nil
}

// ask takes a place if there is room, and else a place in the line.
func (b *bucket) ask(r rank) *waiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if r > normal || len(b.queue) == 0 {
		if _, ok := b.room(now, r); ok {
			b.inFlight++
			return nil
		}
	}
	w := &waiter{rank: r, granted: make(chan struct{}), until: make(chan time.Time, 1)}
	b.line(w)
	b.serve() // there may be room by now: the timer may be a little late
	return w
}

// line puts w behind those of its rank. b.mu is held, as it is for all methods
// below that do not lock it.
func (b *bucket) line(w *waiter) {
	i := slices.IndexFunc(b.queue, func(o *waiter) bool { return o.rank < w.rank })
	if i < 0 {
		i = len(b.queue)
	}
	b.queue = slices.Insert(b.queue, i, w)
}

// giveUp takes w out of the line, or gives its place back if it has just got it.
func (b *bucket) giveUp(w *waiter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.queue, w); i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
	} else {
		b.inFlight--
	}
	b.serve()
}

// leave gives a place back.
func (b *bucket) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	b.serve()
}

// serve grants as many places as there is room for, in order.
func (b *bucket) serve() {
	now := time.Now()
	for len(b.queue) > 0 {
		w := b.queue[0]
		if _, ok := b.room(now, w.rank); !ok {
			break
		}
		b.queue = b.queue[1:]
		b.inFlight++
		close(w.granted)
	}
	b.alarm(now)
}

// alarm sets the timer for the first in line, if it waits for the clock. If the line
// has to wait for the reset, it tells the line so.
func (b *bucket) alarm(now time.Time) {
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	if len(b.queue) == 0 {
		b.queue = nil
		return
	}
	wait, ok := b.room(now, b.queue[0].rank)
	if ok {
		return
	}
	turn := wait > 0 // else it waits for one of those on the way, or for the reset
	if !turn {
		if wait = b.until.Sub(now); !b.known || wait <= 0 {
			return
		}
	}
	b.timer = time.AfterFunc(wait, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.serve()
	})
	line := b.queue
	switch at := now.Add(wait); {
	case !turn:
		return
	case at.Equal(b.until): // all of them wait for the reset
	case wait < time.Second:
		return // not worth a word
	default:
		line = line[:1]
	}
	for _, w := range line {
		w.tell(now.Add(wait))
	}
}

// tell tells w how long it has to wait at least.
func (w *waiter) tell(at time.Time) {
	if w.told.Equal(at) {
		return
	}
	w.told = at
	select {
	case <-w.until: // not read yet, and out of date
	default:
	}
	w.until <- at
}

// room reports whether one more may be sent now, and else after what time; 0
// means when one of those on the way comes back.
func (b *bucket) room(now time.Time, r rank) (time.Duration, bool) {
	stuck := int(b.stuck.n.Load())
	if stuck >= maxAbandoned {
		return 0, true // there is an error for it at once: see use
	}
	if b.known && !now.Before(b.until) {
		// A new window: it is assumed to be full until an answer tells more.
		b.assumed, b.remaining, b.ours, b.next = true, b.limit, 0, time.Time{}
		b.since, b.until = now, now.Add(window)
	}
	switch {
	case r > normal && b.known && b.remaining == 0:
		return b.until.Sub(now), false
	case r == urgent && (b.inFlight >= maxUrgent || b.known && b.inFlight >= b.remaining+maxInFlight):
		return 0, false
	case r > normal:
		return 0, true
	case b.inFlight >= b.most, b.inFlight+stuck >= maxAbandoned:
		return 0, false
	case !b.known:
		return 0, true
	}
	// The server may or may not have counted those on the way in remaining. Here they
	// are counted.
	left := b.remaining - b.kept()
	switch {
	case left <= 0:
		return b.until.Sub(now), false
	case left <= b.inFlight:
		return 0, false
	}
	return b.spread(now, left-b.inFlight)
}

// kept is how much of the window requests that are not urgent must leave: all of it
// once Share is used up, and a fifth of the limit once there are urgent ones.
func (b *bucket) kept() int {
	if s := b.p.share; 0 < s && s < 1 && b.ours+b.inFlight >= max(1, int(s*float64(b.limit))) {
		return b.remaining
	}
	if b.p.urgent.Load() {
		return b.limit / 5
	}
	return 0
}

// spread lets requests run freely while only we use the limit. If others use it too,
// the last quarter is spaced evenly to the reset: then any number of processes that
// see the same remainder stay within it. After a window in which that was needed, the
// requests before the last quarter are spaced too, at four times that rate: otherwise a
// process that notices the reset a second late would find most of the window gone.
func (b *bucket) spread(now time.Time, left int) (time.Duration, bool) {
	last := left <= b.limit/4
	if now.After(b.sharedTo) || !last && now.After(b.scarceTo) {
		return 0, true
	}
	if now.Before(b.next) {
		return b.next.Sub(now), false
	}
	interval := b.until.Sub(now) / time.Duration(left+1)
	if last {
		b.scarceTo = b.until.Add(window)
	} else {
		interval /= 4
	}
	b.next = now.Add(interval)
	return 0, true
}
