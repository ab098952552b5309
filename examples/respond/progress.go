package main

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/remediation"
)

// say writes a line to standard error.
func (p *program) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finishLine()
	fmt.Fprintln(p.stderr, printable(fmt.Sprintf(format, args...)))
}

// rewrite writes over the terminal's last line.
func (p *program) rewrite(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	const width = 79 // a line that breaks cannot be written over
	line := []rune(strings.ReplaceAll(printable(text), "\n", " "))
	if len(line) > width {
		line = append(line[:width-1], '…')
	}
	fmt.Fprintf(p.stderr, "\r%s\x1b[K", string(line)) // \x1b[K takes away what a longer line has left
	p.open = true
}

// endLine finishes the terminal's line.
func (p *program) endLine() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finishLine()
}

func (p *program) finishLine() {
	if p.open {
		fmt.Fprintln(p.stderr)
		p.open = false
	}
}

// waits tells of a wait, unless it is one that requests beside it wait for too. It
// may be called by many at once.
func (p *program) waits(w oktaint.Wait) {
	until := time.Now().Add(w.For)
	p.mu.Lock()
	told := until.Before(p.until.Add(2 * time.Second))
	if !told {
		p.until = until
	}
	p.mu.Unlock()
	switch {
	case told:
	case p.terminal:
		p.rewrite(fmt.Sprintf("waiting until %s: %s", until.Format(time.TimeOnly), w.Reason))
	default:
		p.say("waiting up to %v: %s", w.For.Round(time.Second), w.Reason)
	}
}

// A progress shows steps on standard error: at a terminal one line that is
// rewritten; elsewhere a plain line for each step of a run.
type progress struct {
	p        *program
	total, n int
}

// planned is called one at a time.
func (g *progress) planned(s remediation.StepResult) {
	g.n++
	if g.p.terminal {
		g.p.rewrite(fmt.Sprintf("planning: %s: %s of %s", count(g.n, "step"), s.Label(), s.Target))
	}
}

// done is called one at a time.
func (g *progress) done(s remediation.StepResult) {
	g.n++
	text := fmt.Sprintf("%d of %d: %s: %s of %s", g.n, g.total, s.Outcome, s.Label(), s.Target)
	if g.p.terminal {
		g.p.rewrite(text)
		return
	}
	g.p.say("%s", text)
}

func (g *progress) end() { g.p.endLine() }

// printable takes out of a text what a terminal would not print but obey: names
// in an org are chosen by others.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}
