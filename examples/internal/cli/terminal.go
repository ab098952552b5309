package cli

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// defaultWidth is that of a terminal that does not say how broad it is.
const defaultWidth = 80

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// widthOf returns how to ask for the width of a terminal, which a person may
// change at any time; nil if f is none.
func widthOf(f *os.File) func() int {
	if !isTerminal(f) {
		return nil
	}
	return func() int {
		width, _, err := term.GetSize(int(f.Fd()))
		if err != nil {
			return 0
		}
		return width
	}
}

// Say writes a text to standard error, a line of its own or several. It leaves
// the live line where it is: below.
func (p *Program) Say(format string, args ...any) {
	text := Wrap(fmt.Sprintf(format, args...), Columns(p.ErrWidth))
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live != "" {
		text = erase(p.live) + text + p.live
	}
	fmt.Fprint(p.Stderr, text)
}

// erase takes away live lines, and leaves the cursor where they began.
func erase(live string) string {
	if above := strings.Count(live, "\n"); above > 0 {
		return fmt.Sprintf("\r\x1b[%dA\x1b[J", above)
	}
	return "\r\x1b[K"
}

// Warn says each warning on a line of its own.
func (p *Program) Warn(warnings []string) {
	for _, w := range warnings {
		p.Say("warning: %s", Plain(w))
	}
}

// Live writes over the live line, the last one of the terminal. Without a
// terminal it does nothing.
func (p *Program) Live(format string, args ...any) { p.LiveLines(fmt.Sprintf(format, args...)) }

// LiveLines is Live with several lines. They must be fewer than the terminal has.
func (p *Program) LiveLines(lines ...string) {
	width := Columns(p.ErrWidth)
	if width == 0 || len(lines) == 0 {
		return
	}
	for i, line := range lines { // one that breaks cannot be written over
		lines[i] = clip(strings.ReplaceAll(printable(line), "\n", " "), width-1)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.live
	p.live = strings.Join(lines, "\n")
	if strings.Contains(before+p.live, "\n") {
		fmt.Fprint(p.Stderr, erase(before)+p.live)
		return
	}
	fmt.Fprintf(p.Stderr, "\r%s\x1b[K", p.live) // \x1b[K takes away what a longer line has left
}

// Progress tells that something is over: on the live line at a terminal, as a
// line of its own elsewhere.
func (p *Program) Progress(format string, args ...any) {
	if p.ErrWidth == nil {
		p.Say(format, args...)
		return
	}
	p.Live(format, args...)
}

// EndLine ends the live line, which stays as it is.
func (p *Program) EndLine() { p.leaveLine("\n") }

// ClearLine takes the live line away.
func (p *Program) ClearLine() { p.leaveLine("") }

// leaveLine ends the live line, or takes it away.
func (p *Program) leaveLine(end string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.live != "" {
		fmt.Fprint(p.Stderr, cmp.Or(end, erase(p.live)))
		p.live = ""
	}
}

// Wait tells of a wait on a line that stays, unless it ends with one that was
// told: many requests wait for the same. It may be called by many at once.
func (p *Program) Wait(w oktaint.Wait) {
	until := time.Now().Add(w.For)
	p.mu.Lock()
	told := w.For < time.Second || until.Before(p.until.Add(2*time.Second))
	if !told {
		p.until = until
	}
	p.mu.Unlock()
	switch {
	case told:
	case p.ErrWidth != nil:
		p.Say("waiting until %s: %s", until.Format(time.TimeOnly), w.Reason)
	default:
		p.Say("waiting up to %v: %s", w.For.Round(time.Second), w.Reason)
	}
}
