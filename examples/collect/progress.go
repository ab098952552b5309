package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// A progress shows a line for each resource: one that is rewritten while it is at work,
// at a terminal, and one that stays when it is over.
type progress struct {
	p       *cli.Program
	brief   bool       // only what went wrong stays: the report follows on this terminal
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

// drawEvery keeps a fast run from being slowed by its terminal.
const drawEvery = 100 * time.Millisecond

// event is called one at a time.
func (g *progress) event(e inventory.Event) {
	w := g.find(e)
	w.count = e.Count
	switch {
	case e.Row != nil:
		g.end(w, e.Row)
		return
	case e.Wait != nil:
		w.bucket, w.until = e.Wait.Bucket, time.Now().Add(e.Wait.For)
		if g.p.ErrWidth == nil { // at a terminal its line says so
			g.p.Wait(*e.Wait)
		}
	default:
		w.bucket = ""
	}
	if time.Since(g.drawn) >= drawEvery || e.Wait != nil {
		g.draw()
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
	g.working = slices.DeleteFunc(g.working, func(other *working) bool { return other == w })
	g.over++
	if bad := row.Status == inventory.Failed || row.Status == inventory.Refused; bad || !g.brief {
		g.p.ClearLine()
		g.p.Say(form, row.Resource, row.Count, string(row.Status)+w.rate(time.Now()))
	}
	g.draw()
}

// form is how a line is written: the resource, its objects and the rest.
const form = "%-34s %7d  %s"

// mostLines is how many resources at work are shown at once.
const mostLines = 8

// draw shows what is at work.
func (g *progress) draw() {
	now := time.Now()
	g.drawn = now
	var lines []string
	for i, w := range g.working {
		if i == mostLines {
			lines = append(lines, fmt.Sprintf("and %d more", len(g.working)-i))
			break
		}
		lines = append(lines, w.line(now))
	}
	if g.brief && g.over > 0 {
		lines = append(lines, cli.Count(g.over, "resource")+" done")
	}
	g.p.LiveLines(lines...)
}

// line is what a resource that is at work does.
func (w *working) line(now time.Time) string {
	does := strings.TrimPrefix(w.rate(now), ", ")
	if w.bucket != "" && w.until.After(now) {
		does = fmt.Sprintf("waits until %s: %s", w.until.Format(time.TimeOnly), w.bucket)
	}
	return fmt.Sprintf(form, w.name, w.count, does)
}

// rate is how many objects a second came. Of less than a second it says nothing.
func (w *working) rate(now time.Time) string {
	took := now.Sub(w.began)
	if took < time.Second {
		return ""
	}
	return fmt.Sprintf(", %.0f/s", float64(w.count-w.at)/took.Seconds())
}
