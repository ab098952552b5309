package oktaint

import (
	"testing"
	"testing/synctest"
	"time"
)

// If the timer is a little late, a newcomer finds room while others are still in line.
// It wakes the line instead of leaving it without a timer.
func TestLineIsServedByNewcomers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &pacer{maxWait: time.Minute}
		b := p.bucket("x")
		b.known, b.limit, b.remaining, b.until = true, 10, 0, time.Now().Add(time.Second)
		first := b.ask(normal)
		b.mu.Lock()
		b.timer.Stop() // as if it had not got the processor yet
		b.mu.Unlock()
		time.Sleep(1100 * time.Millisecond)
		second := b.ask(normal)
		for i, w := range []*waiter{first, second} {
			if w == nil {
				continue
			}
			select {
			case <-w.granted:
			default:
				t.Errorf("waiter %d of 2 was not served: %d in flight, %d queued", i+1, b.inFlight, len(b.queue))
			}
		}
	})
}

// A waiter that is cancelled at the moment in which it gets its place gives it back.
func TestCancelledWaiterGivesItsPlaceBack(t *testing.T) {
	t.Parallel()
	p := &pacer{maxWait: time.Minute}
	b := p.bucket("/api/v1/users")
	for range maxInFlight {
		if b.ask(normal) != nil {
			t.Fatal("no place")
		}
	}
	w := b.ask(normal)
	if w == nil {
		t.Fatal("a ninth place")
	}
	b.leave() // w has it now, and does not know
	select {
	case <-w.granted:
	default:
		t.Fatal("the place was not given on")
	}
	b.giveUp(w)
	if b.inFlight != maxInFlight-1 || b.ask(normal) != nil {
		t.Errorf("%d places are taken, want %d", b.inFlight, maxInFlight-1)
	}
	// A waiter that was still in line only leaves it.
	w = b.ask(normal)
	b.giveUp(w)
	if b.inFlight != maxInFlight || len(b.queue) != 0 {
		t.Errorf("%d places are taken, %d in line", b.inFlight, len(b.queue))
	}
}
