package oktaint

import (
	"testing"
	"testing/synctest"
	"time"
)

// A newcomer that finds room while others are still in line, because the timer is
// a little late, wakes the line instead of leaving it without a timer.
func TestLineIsServedByNewcomers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := &pacer{maxWait: time.Minute}
		b := p.bucket("x")
		b.known, b.limit, b.remaining, b.until = true, 10, 0, time.Now().Add(time.Second)
		first := b.ask(false)
		b.mu.Lock()
		b.timer.Stop() // as if it had not got the processor yet
		b.mu.Unlock()
		time.Sleep(1100 * time.Millisecond)
		second := b.ask(false)
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
