package cli

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp"
)

// StepsText is a numbered list of steps, with the names of the scopes and permissions
// that each is about. Its lines are at most width columns broad; for 0, which is a
// pipe, only the names are broken, as if for a terminal.
func StepsText(steps []oauthapp.Step, width int) string {
	var b strings.Builder
	for i, s := range steps {
		b.WriteString(Wrap(fmt.Sprintf("%d. %s", i+1, s), width))
		if names := stepNames(s); len(names) > 1 { // one stands in the step's own words
			b.WriteString(wrap("   "+Join(names), cmp.Or(width, defaultWidth), ""))
		}
	}
	return b.String()
}

// SaySteps tells a person the steps, in the words of StepsText.
func (p *Program) SaySteps(steps []oauthapp.Step) {
	p.Say("%s", strings.TrimSuffix(StepsText(steps, Columns(p.ErrWidth)), "\n"))
}

// stepNames are the scopes and permissions of a step.
func stepNames(s oauthapp.Step) (names []string) {
	for scope := range s.Scopes.All() {
		names = append(names, string(scope))
	}
	return append(names, s.Permissions...)
}

// A StepProgress shows the steps of oauthapp's work, of which several may be under way:
// at a terminal those in lines that are written over, and everywhere a line that stays
// for each step that is over.
type StepProgress struct {
	p *Program

	mu      sync.Mutex
	running []runningStep
}

type runningStep struct {
	name, text string
	began      time.Time
}

// NewStepProgress returns one whose Event is for a Plan, a Teardown or Verify.
func NewStepProgress(p *Program) *StepProgress { return &StepProgress{p: p} }

// Event shows an event.
func (g *StepProgress) Event(e oauthapp.Event) {
	if e.Wait != nil {
		g.p.Wait(*e.Wait)
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s := runningStep{name: e.Step.String(), began: time.Now()}
	if s.text = s.name; e.Total > 1 {
		s.text += fmt.Sprintf(": %d of %d", e.Done, e.Total)
	}
	at := g.find(s.name)
	if at < 0 {
		at, g.running = len(g.running), append(g.running, s)
	}
	g.running[at].text = s.text
	if e.Done >= e.Total {
		g.over(at)
		return
	}
	g.show()
}

func (g *StepProgress) find(name string) int {
	for i, s := range g.running {
		if s.name == name {
			return i
		}
	}
	return -1
}

// over tells that a step is over.
func (g *StepProgress) over(at int) {
	s := g.running[at]
	g.running = append(g.running[:at:at], g.running[at+1:]...)
	g.show()
	g.p.Say("%s: done (%.1fs)", s.text, time.Since(s.began).Seconds())
}

// show writes what is under way over the last lines of the terminal.
func (g *StepProgress) show() {
	if len(g.running) == 0 {
		g.p.ClearLine()
		return
	}
	var lines []string
	for _, s := range g.running {
		lines = append(lines, s.text)
	}
	g.p.LiveLines(lines...)
}

// End takes away the lines of steps that are not over, when the work has ended.
func (g *StepProgress) End() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running = nil
	g.p.EndLine()
}
