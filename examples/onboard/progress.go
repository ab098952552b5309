package main

import (
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// A progress shows events on standard error: at a terminal one line per step,
// rewritten as it goes on; elsewhere a plain line when a step is over, and one
// for each wait.
type progress struct {
	p     *program
	open  bool // the terminal's line has no end yet
	began time.Time
	until time.Time // the end of the wait that was told last
}

func newProgress(p *program) *progress { return &progress{p: p} }

// waits tells of waits while the plan is made. It may be called by many at once.
func (p *program) waits(w oktaint.Wait) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say("waiting up to %v: %s", w.For.Round(time.Second), w.Reason)
}

// event is called one at a time.
func (g *progress) event(e oauthapp.Event) {
	if e.Done == 0 && e.Wait == nil {
		g.end()
		g.began = time.Now()
	}
	if e.Wait != nil && g.told(e.Wait) {
		return
	}
	over := e.Done >= e.Total && e.Wait == nil
	if !g.p.terminal {
		switch {
		case e.Wait != nil:
			g.p.say("%s: waiting up to %v: %s", e.Step, e.Wait.For.Round(time.Second), e.Wait.Reason)
		case over:
			g.p.say("%s: done", e.Step)
		}
		return
	}
	// \x1b[K takes away what a longer line has left.
	fmt.Fprintf(g.p.stderr, "\r%s\x1b[K", g.line(e, over))
	if g.open = !over; over {
		fmt.Fprintln(g.p.stderr)
	}
}

// told reports whether this wait is one that requests beside it wait for too.
func (g *progress) told(w *oktaint.Wait) bool {
	until := time.Now().Add(w.For)
	if until.Before(g.until.Add(2 * time.Second)) {
		return true
	}
	g.until = until
	return false
}

func (g *progress) line(e oauthapp.Event, over bool) string {
	s := e.Step.String()
	if e.Total > 1 {
		s += fmt.Sprintf(": %d of %d", e.Done, e.Total)
	}
	switch {
	case over:
		s += fmt.Sprintf(": done (%.1f s)", time.Since(g.began).Seconds())
	case e.Wait != nil:
		s += fmt.Sprintf(", waiting until %s: %s", time.Now().Add(e.Wait.For).Format(time.TimeOnly), e.Wait.Reason)
	}
	return s
}

// end finishes the terminal's line.
func (g *progress) end() {
	if g.open {
		fmt.Fprintln(g.p.stderr)
		g.open = false
	}
}
