package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// A progress shows the resources: those at work on one line that is rewritten, and a
// line for each that is over.
type progress struct {
	p       *cli.Program
	working []*working // in the order in which they began
	over    int
	drawn   time.Time
}

// working is a resource that is being read.
type working struct {
	name   string
	began  time.Time
	at     int // objects that were there when it began
	count  int
	bucket string // what it waits for
	until  time.Time
}

func newProgress(p *cli.Program) *progress { return &progress{p: p} }

// drawEvery keeps a fast run from being slowed by its terminal.
const drawEvery = 100 * time.Millisecond

// event is called one at a time.
func (g *progress) event(e inventory.Event) {
	w := g.find(e)
	w.count = e.Count
	switch {
	case e.Row != nil:
		g.end(w, e.Row)
	case e.Wait != nil:
		w.bucket, w.until = e.Wait.Bucket, time.Now().Add(e.Wait.For)
		g.p.Wait(*e.Wait)
		g.drawn = time.Time{}
	default:
		w.bucket = ""
	}
	if now := time.Now(); now.Sub(g.drawn) >= drawEvery {
		g.drawn = now
		g.p.Live("%s", g.line(now))
	}
}

// find returns the resource of an event, which may be the first of it.
func (g *progress) find(e inventory.Event) *working {
	i := slices.IndexFunc(g.working, func(w *working) bool { return w.name == e.Resource })
	if i < 0 {
		i = len(g.working)
		g.working = append(g.working, &working{name: e.Resource, began: time.Now(), at: e.Count})
	}
	return g.working[i]
}

// end tells of a resource that is over.
func (g *progress) end(w *working, row *inventory.Row) {
	g.over++
	g.working = slices.DeleteFunc(g.working, func(other *working) bool { return other == w })
	g.p.Live("%s", g.line(time.Now()))
	g.p.Say("%-35s %8d  %s%s", row.Resource, row.Count, row.Status, w.rate(time.Now()))
}

// line is what is at work.
func (g *progress) line(now time.Time) string {
	parts := []string{fmt.Sprintf("%d done", g.over)}
	for _, w := range g.working {
		part := fmt.Sprintf("%s %d", w.name, w.count)
		if w.bucket != "" && w.until.After(now) {
			part += fmt.Sprintf(" waits for %s until %s", w.bucket, w.until.Format(time.TimeOnly))
		} else {
			part += w.rate(now)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " | ")
}

// rate is how many objects a second came. Of less than a second it says nothing.
func (w *working) rate(now time.Time) string {
	took := now.Sub(w.began)
	if took < time.Second {
		return ""
	}
	return fmt.Sprintf(", %.0f/s", float64(w.count-w.at)/took.Seconds())
}
