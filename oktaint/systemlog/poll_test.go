package systemlog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

// Poll looks once, and says whether there is more. An empty page is no end.
func TestPoll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Limit: 20})
		want := p.sim.AddLogEvents(some(45)...)
		var got []string
		for i, n := range []int{20, 20, 5, 0, 0} {
			b := p.poll()
			if len(b.Events) != n || b.More != (n == 20) || b.Gap != nil || (b.Behind > 0) != b.More {
				t.Errorf("look %d: %d events, more %t, gap %v, behind %d", i, len(b.Events), b.More, b.Gap, b.Behind)
			}
			got = append(got, uuids(b)...)
		}
		late := p.sim.AddLogEvents(oktatest.LogEvent{Published: time.Now().Add(-time.Hour)}, oktatest.LogEvent{UUID: want[44]})
		got = append(got, uuids(p.poll())...)
		if want = append(want, late[0]); !slices.Equal(got, want) {
			t.Errorf("got %d events, want %d", len(got), len(want))
		}
		if n := looks(p.sim); n != 6 {
			t.Errorf("%d requests for 6 looks", n)
		}
	})
}

// Lag is the age of the newest event that was read, while there are more.
func TestPollLag(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Limit: 20})
		for range 100 {
			p.sim.AddLogEvents(some(1)...)
			time.Sleep(time.Second)
		}
		if b := p.poll(); b.Lag < 80*time.Second || b.Lag > 82*time.Second || b.Behind < 75 || b.Behind > 90 {
			t.Errorf("20 of 100 events, one a second: lag %v, %d behind", b.Lag, b.Behind)
		}
		for p.poll().More {
		}
		if b := p.poll(); b.Lag != 0 || b.Behind != 0 {
			t.Errorf("all was read: lag %v, %d behind", b.Lag, b.Behind)
		}
	})
}

// A cursor that the org refuses is replaced by a time; nothing is missing, and the batch
// says so.
func TestPollExpired(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		wait time.Duration
		lost bool
	}{{time.Hour, false}, {89 * 24 * time.Hour, false}, {91 * 24 * time.Hour, true}, {200 * 24 * time.Hour, true}} {
		synctest.Test(t, func(t *testing.T) {
			p := newPoller(t, noLimits(), systemlog.Options{})
			p.sim.AddLogEvents(some(30)...)
			if b := p.poll(); len(b.Events) != 30 {
				t.Fatalf("%d events", len(b.Events))
			}
			time.Sleep(tt.wait)
			p.sim.ExpireLogCursors()
			p.sim.AddLogEvents(oktatest.LogEvent{UUID: "late", Published: time.Now().Add(-20 * time.Minute)}, oktatest.LogEvent{UUID: "new"})
			p.c = clientOf(t, p.sim.NewAPIToken("REPORT_ADMIN"), p.sim.Transport()) // the first token has ended
			b := p.poll()
			if got := uuids(b); !slices.Equal(got, []string{"late", "new"}) || b.Gap == nil || b.Gap.Lost != tt.lost {
				t.Fatalf("after %v: %v, %v", tt.wait, got, b.Gap)
			}
			if says := b.Gap.String(); !strings.Contains(says, "may be missing") == !tt.lost || !strings.Contains(says, "400 E00000") {
				t.Errorf("the gap says %q", says)
			}
			if b := p.poll(); b.Gap != nil || len(b.Events) != 0 {
				t.Errorf("and then: %v, %d events", b.Gap, len(b.Events))
			}
		})
	}
}

// A log that was quiet for long has lost nothing, if it was looked at meanwhile.
func TestPollExpiredAfterQuiet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Filter: systemlog.Type("user.lifecycle.suspend")})
		for range 100 {
			p.poll()
			time.Sleep(24 * time.Hour)
		}
		p.sim.ExpireLogCursors()
		if b := p.poll(); b.Gap == nil || b.Gap.Lost {
			t.Errorf("%v", b.Gap)
		}
	})
}

// A cursor that does not move is noticed, and given up.
func TestPollStuck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Limit: 20})
		want := p.sim.AddLogEvents(some(60)...)
		got := uuids(p.poll())
		p.sim.StickLogCursors(1)
		gaps := 0
		for range 10 {
			b := p.poll()
			got = append(got, uuids(b)...)
			if b.Gap != nil {
				gaps++
			}
		}
		if gaps != 1 || !slices.Equal(got, want) {
			t.Errorf("%d gaps, %d of %d events", gaps, len(got), len(want))
		}
	})
}

// A log that leads in a circle is noticed, however long its pages are.
func TestPollCircle(t *testing.T) {
	t.Parallel()
	c := clientOf(t, "00abc", logOf(1000, func(page int) string { return fmt.Sprintf("/api/v1/logs?limit=1000&after=%d", page%3+1) }))
	var at systemlog.Position
	for i := range 10 {
		b, err := systemlog.Poll(t.Context(), c, at, systemlog.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if b.Gap != nil {
			if i != 3 || !strings.Contains(b.Gap.Why, "where the log was") {
				t.Errorf("look %d: %v", i, b.Gap)
			}
			return
		}
		at = b.Next
	}
	t.Error("a circle of three pages was not noticed")
}

// A log always has a next link. Without one, a reader would begin anew each time.
func TestPollWithoutLink(t *testing.T) {
	t.Parallel()
	c := clientOf(t, "00abc", logOf(3, func(int) string { return "" }))
	_, err := systemlog.Poll(t.Context(), c, systemlog.Position{}, systemlog.Options{})
	if err == nil || !strings.Contains(err.Error(), "no next link") || systemlog.Transient(err) {
		t.Errorf("%v", err)
	}
}

// A page that takes the org too long is asked for with a smaller limit. It is full all the
// same, and the limit grows again.
func TestPollGrows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Limit: 80})
		p.sim.AddLogEvents(some(300)...)
		for _, spec := range []string{"GET /api/v1/logs #1 504", "GET /api/v1/logs #2 504"} {
			if err := p.sim.AddFault(spec); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range []int{20, 40, 80, 80, 80} {
			if b := p.poll(); len(b.Events) != want || !b.More && i < 4 {
				t.Errorf("look %d: %d events, more %t; want %d", i, len(b.Events), b.More, want)
			}
		}
	})
}

// With another filter a position goes on from the newest event that it has seen.
func TestPollOtherFilter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Filter: systemlog.Type("a")})
		p.sim.AddLogEvents(oktatest.LogEvent{UUID: "a1", Type: "a"}, oktatest.LogEvent{UUID: "b1", Type: "b"})
		if b := p.poll(); !slices.Equal(uuids(b), []string{"a1"}) || b.Gap != nil {
			t.Fatalf("%v, %v", uuids(b), b.Gap)
		}
		p.opts.Filter = systemlog.Type("a", "b")
		if b := p.poll(); !slices.Equal(uuids(b), []string{"b1"}) || b.Gap == nil || !strings.Contains(b.Gap.Why, "filter") {
			t.Errorf("%v, %v", uuids(b), b.Gap)
		}
		if b := p.poll(); b.Gap != nil {
			t.Errorf("and again: %v", b.Gap)
		}
	})
}

// What is refused is an error and no gap, and Transient tells what passes by.
func TestPollRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault     string
		transient bool
	}{
		{"403 E0000006", false}, {"404 <html>", false}, {"400 <html>", false}, {"200 <html>", false}, {"200 {}", false}, {"200 null", false}, {"200 [7]", false},
		{`200 [{"uuid":""}]`, false}, {"500 E0000053", true}, {"503 E0000010", true},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newPoller(t, noLimits(), systemlog.Options{})
			p.poll()
			if err := p.sim.AddFault("GET /api/v1/logs answer=" + tt.fault); err != nil {
				t.Fatal(err)
			}
			_, err := systemlog.Poll(t.Context(), p.c, p.at, p.opts)
			if err == nil || systemlog.Transient(err) != tt.transient || !strings.HasPrefix(err.Error(), "systemlog: ") {
				t.Errorf("%s: %v, transient %t", tt.fault, err, systemlog.Transient(err))
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Filter: "eventType eq"})
		var e *oktaint.Error
		if _, err := systemlog.Poll(t.Context(), p.c, p.at, p.opts); !errors.As(err, &e) || e.Code != "E0000053" {
			t.Errorf("a filter that is wrong: %v", err)
		}
	})
}

// A cursor is not given up for what something on the way answers.
func TestPollProxy(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{"400 <html>", "404 <html>", "404 E0000008", "410 <html>", "400 {}"} {
		synctest.Test(t, func(t *testing.T) {
			p := newPoller(t, noLimits(), systemlog.Options{})
			p.poll()
			if err := p.sim.AddFault("GET /api/v1/logs #1 answer=" + answer); err != nil {
				t.Fatal(err)
			}
			if b, err := systemlog.Poll(t.Context(), p.c, p.at, p.opts); err == nil {
				t.Errorf("%s: gap %v", answer, b.Gap)
			}
			if b := p.poll(); b.Gap != nil {
				t.Errorf("%s, and then: %v", answer, b.Gap)
			}
		})
	}
}

// The zero Position begins 7 days ago, also if its cursor expires before anything came.
func TestPollZero(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Filter: systemlog.Type("a")})
		p.at = systemlog.Position{}
		began := time.Now()
		p.poll()
		time.Sleep(time.Hour)
		p.sim.ExpireLogCursors()
		if b := p.poll(); b.Gap == nil || b.Gap.From.Sub(began) != -7*24*time.Hour {
			t.Errorf("%v", b.Gap)
		}
	})
}
