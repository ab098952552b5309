package main

import (
	"fmt"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oauthapp"
)

// A progress shows the steps of the work: at a terminal one line per step,
// rewritten as it goes on; elsewhere a line when a step is over.
type progress struct {
	p     *cli.Program
	began time.Time // the step
}

func newProgress(p *cli.Program) *progress { return &progress{p: p} }

// event is called one at a time.
func (g *progress) event(e oauthapp.Event) {
	text := e.Step.String()
	if e.Total > 1 {
		text += fmt.Sprintf(": %d of %d", e.Done, e.Total)
	}
	switch {
	case e.Wait != nil:
		g.p.Wait(*e.Wait)
	case e.Done >= e.Total:
		g.p.Progress("%s: done (%.1f s)", text, time.Since(g.began).Seconds())
		g.p.EndLine()
	default:
		if e.Done == 0 {
			g.began = time.Now()
		}
		g.p.Live("%s", text)
	}
}
