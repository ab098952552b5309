package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/examples/internal/cli/clitest"
	"github.com/rezonate-io/okta-integration/oktaint"
)

func at(width int) func() int { return func() int { return width } }

// The live line is written over, stays below what is said, and never breaks.
func TestLiveLine(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	p := &cli.Program{Stderr: &errs, ErrWidth: at(20)}
	p.Live("step %d", 1)
	p.Say("warning: something is %s", "odd")
	p.Live("%s", strings.Repeat("long ", 10))
	p.Live("two\nlines \x1b[2J")
	p.EndLine()
	p.EndLine()
	p.Live("gone")
	p.ClearLine()
	p.ClearLine()
	p.Progress("done")
	p.EndLine()
	want := "\rstep 1\x1b[K" + "\r\x1b[Kwarning: something\n  is odd\nstep 1" + "\rlong long long lon…\x1b[K" + "\rtwo lines \uFFFD[2J\x1b[K" + "\n" +
		"\rgone\x1b[K\r\x1b[K" + "\rdone\x1b[K\n"
	if errs.String() != want {
		t.Errorf("%q, want\n%q", errs.String(), want)
	}
}

// Several live lines are written over as one, and stay below what is said.
func TestLiveLines(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	p := &cli.Program{Stderr: &errs, ErrWidth: at(20)}
	p.LiveLines("users 1", strings.Repeat("long ", 10), "two\nlines")
	p.LiveLines("users 2", "apps 1")
	p.Say("groups")
	p.Live("one")
	p.LiveLines("users 3", "apps 2")
	p.ClearLine()
	p.ClearLine()
	p.LiveLines("a", "b")
	p.EndLine()
	want := "\r\x1b[Kusers 1\nlong long long lon…\ntwo lines" + "\r\x1b[2A\x1b[Jusers 2\napps 1" + "\r\x1b[1A\x1b[Jgroups\nusers 2\napps 1" +
		"\r\x1b[1A\x1b[Jone" + "\r\x1b[Kusers 3\napps 2" + "\r\x1b[1A\x1b[J" + "\r\x1b[Ka\nb\n"
	if errs.String() != want {
		t.Errorf("%q, want\n%q", errs.String(), want)
	}
}

// Without a terminal there are whole lines, and none that is not over.
func TestNoTerminal(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	p := &cli.Program{Stderr: &errs}
	p.Live("step 1")
	p.Say("%s", strings.Repeat("long ", 50))
	p.Progress("step 1: done")
	p.EndLine()
	p.ClearLine()
	if want := strings.Repeat("long ", 50) + "\nstep 1: done\n"; errs.String() != want {
		t.Errorf("%q, want %q", errs.String(), want)
	}
}

// A wait is told once, however many requests wait for the same, on a line that
// nothing writes over; what is over in a moment is not told.
func TestWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for width, want := range map[int]string{
			0:  "waiting up to 10s: rate limit of /api/v1/users\nwaiting up to 1m0s: rate limit\n",
			60: "\rusers: 1\x1b[K\r\x1b[Kwaiting until 00:00:10: rate limit of /api/v1/users\nusers: 1\rusers: 2\x1b[K\r\x1b[Kwaiting until 00:01:00: rate limit\nusers: 2",
		} {
			var errs bytes.Buffer
			p := &cli.Program{Stderr: &errs}
			if width > 0 {
				p.ErrWidth = at(width)
			}
			p.Live("users: 1")
			var wg sync.WaitGroup
			for range 3 {
				wg.Go(func() { p.Wait(oktaint.Wait{For: 10 * time.Second, Reason: "rate limit of /api/v1/users"}) })
			}
			wg.Wait()
			p.Live("users: 2")
			p.Wait(oktaint.Wait{For: 900 * time.Millisecond, Reason: "503 Service Unavailable"})
			p.Wait(oktaint.Wait{For: 11 * time.Second, Reason: "rate limit of /api/v1/users"})
			p.Wait(oktaint.Wait{For: time.Minute, Reason: "rate limit"})
			if errs.String() != want {
				t.Errorf("%q, want\n%q", errs.String(), want)
			}
		}
	})
}

// The width is that which the terminal has now; a file has none.
func TestWidth(t *testing.T) {
	t.Parallel()
	for _, width := range []int{80, 120} {
		if got := cli.Columns(cli.WidthOf(clitest.OpenTerminal(t, width).TTY())); got != width {
			t.Errorf("%d columns, want %d", got, width)
		}
	}
	if got := cli.Columns(cli.WidthOf(clitest.OpenTerminal(t, 0).TTY())); got != 80 {
		t.Errorf("%d columns of a terminal that does not say, want 80", got)
	}
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if cli.WidthOf(file) != nil || cli.AskAt(file, file) != nil {
		t.Error("a file is a terminal")
	}
}
