package main

import (
	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/remediation"
)

// A progress shows steps: at a terminal one line that is rewritten; elsewhere a
// line for each step of a run.
type progress struct {
	p        *cli.Program
	total, n int
}

// planned is called one at a time.
func (g *progress) planned(s remediation.StepResult) {
	g.n++
	g.p.Live("planning: %s: %s of %s", cli.Count(g.n, "step"), s.Label(), s.Target)
}

// done is called one at a time.
func (g *progress) done(s remediation.StepResult) {
	g.n++
	g.p.Progress("%d of %d: %s: %s of %s", g.n, g.total, s.Outcome, s.Label(), s.Target)
}
