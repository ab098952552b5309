package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// show sends the same events to a terminal, or to none.
func show(width func() int, brief bool) string {
	var errs bytes.Buffer
	g := &progress{p: &cli.Program{Stderr: &errs, ErrWidth: width}, brief: brief}
	g.event(inventory.Event{Resource: "users", Count: 200})
	time.Sleep(2 * time.Second)
	g.event(inventory.Event{Resource: "users", Count: 1200})
	wait := &oktaint.Wait{Bucket: "/api/v1/apps", For: time.Minute, Reason: "rate limit of /api/v1/apps"}
	g.event(inventory.Event{Resource: "app-users", Count: 3, Wait: wait})
	row := &inventory.Row{Resource: "users", Count: 2200, Outcome: inventory.Outcome{Status: inventory.Complete}}
	g.event(inventory.Event{Resource: "users", Count: 2200, Row: row})
	time.Sleep(time.Minute)
	for i := range mostLines + 2 {
		g.event(inventory.Event{Resource: fmt.Sprintf("r%d", i), Count: i})
	}
	time.Sleep(time.Second)
	g.event(inventory.Event{Resource: "app-users", Count: 64})
	return errs.String()
}

// At a terminal each resource at work has a line with its objects, and its rate or what
// it waits for; one that is over has a line that stays.
func TestProgressAtTerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		until := time.Now().Add(62 * time.Second).Format(time.TimeOnly)
		frames := strings.Split(show(func() int { return 80 }, false), "\r")
		for _, want := range []string{
			"users                                  200  \x1b[K",
			"users                                 1200  500/s\x1b[K",
			"\x1b[Kusers                                 1200  500/s\napp-users                                3  waits until " + until + ": /api/v1/apps",
			"\x1b[1A\x1b[Jusers                                 2200  complete, 1000/s\n",
			"\x1b[Kapp-users                                3  waits until " + until + ": /api/v1/apps\x1b[K",
		} {
			if i := indexOf(frames, want); i < 0 {
				t.Errorf("no frame %q in order in %q", want, frames)
			} else {
				frames = frames[i+1:]
			}
		}
		last := frames[len(frames)-1]
		if !strings.Contains(last, "app-users                               64  1/s\nr0 ") || !strings.HasSuffix(last, "\nand 3 more") || strings.Count(last, "\n") != mostLines {
			t.Errorf("the last frame is %q", last)
		}
	})
}

// Where the report follows on the same terminal, only what went wrong has a line that
// stays, and what is over is counted.
func TestProgressBeforeReport(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	g := &progress{p: &cli.Program{Stderr: &errs, ErrWidth: func() int { return 80 }}, brief: true}
	for _, s := range []inventory.Status{inventory.Complete, inventory.BeyondRole, inventory.Failed, inventory.Refused} {
		g.event(inventory.Event{Resource: "r-" + string(s), Row: &inventory.Row{Resource: "r-" + string(s), Outcome: inventory.Outcome{Status: s}}})
	}
	for s, stays := range map[inventory.Status]bool{inventory.Complete: false, inventory.BeyondRole: false, inventory.Failed: true, inventory.Refused: true} {
		if strings.Contains(errs.String(), "r-"+string(s)) != stays {
			t.Errorf("%s stays: %t, want the opposite: %q", s, !stays, errs.String())
		}
	}
	if !strings.HasSuffix(errs.String(), "\r4 resources done\x1b[K") {
		t.Errorf("%q", errs.String())
	}
}

func indexOf(frames []string, want string) int {
	for i, f := range frames {
		if f == want || f == strings.TrimPrefix(want, "\x1b[K") {
			return i
		}
	}
	return -1
}

// Elsewhere there are lines for what is over, and for waits.
func TestProgressInPipe(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		want := "waiting up to 1m0s: rate limit of /api/v1/apps\nusers                                 2200  complete, 1000/s\n"
		if got := show(nil, false); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

// A wait is over when the next page is there.
func TestProgressAfterWait(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	g := &progress{p: &cli.Program{Stderr: &errs, ErrWidth: func() int { return 80 }}}
	g.event(inventory.Event{Resource: "users", Wait: &oktaint.Wait{Bucket: "/api/v1/users", For: time.Hour}})
	g.event(inventory.Event{Resource: "users", Count: 200})
	errs.Reset()
	if g.draw(); strings.Contains(errs.String(), "waits") || !strings.Contains(errs.String(), "200") {
		t.Errorf("%q", errs.String())
	}
}
