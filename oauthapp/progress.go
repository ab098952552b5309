package oauthapp

import (
	"sync"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// An Event tells how far the work is. One is sent when a step begins (Done is
// 0), after each part of it, and whenever it begins to wait. Steps that do not need each
// other are done side by side, so that one may begin before another is over.
type Event struct {
	Step  Step
	Done  int           // parts of the step that are done
	Total int           // parts that the step has, at least 1; the step is over when Done reaches it
	Wait  *oktaint.Wait // why nothing moves for a while, and for how long; nil if this event is no wait
}

// A reporter calls the caller's progress function, never twice at a time. The
// zero value, and one without a function, says nothing.
type reporter struct {
	f func(Event)

	mu  sync.Mutex
	now *task // that has begun last
}

// A task is a step in work.
type task struct {
	r   *reporter
	now Event
}

func (r *reporter) begin(s Step, total int) *task {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = &task{r, Event{Step: s, Total: total}}
	r.send(r.now.now)
	return r.now
}

func (t *task) advance() {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.now.Done++
	t.r.send(t.now)
}

func (r *reporter) wait(w oktaint.Wait) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var e Event
	if r.now != nil {
		e = r.now.now
	}
	e.Wait = &w
	r.send(e)
}

func (r *reporter) send(e Event) {
	if r.f != nil {
		r.f(e)
	}
}
