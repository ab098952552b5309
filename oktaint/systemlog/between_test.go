package systemlog_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/oktatest"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

// A range comes in the order in which events happened, page by page, and ends. What is
// stored later is missing, unless the range is read again.
func TestBetween(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		again []time.Duration
		late  int
		takes time.Duration
	}{
		{nil, 0, 0},
		{[]time.Duration{10 * time.Minute}, 1, 10 * time.Minute},
		{[]time.Duration{10 * time.Minute, 24 * time.Hour}, 2, 24 * time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newPoller(t, noLimits(), systemlog.Options{Limit: 20})
			from := time.Now()
			for i := range 50 { // the second half happened before the first one
				p.sim.AddLogEvents(oktatest.LogEvent{Published: from.Add(time.Duration((i+25)%50) * time.Second)})
			}
			to := from.Add(time.Minute)
			p.sim.AddLogEvents(oktatest.LogEvent{UUID: "behind", Published: to}, oktatest.LogEvent{UUID: "before", Published: from.Add(-time.Millisecond)})
			time.Sleep(time.Minute)
			go func() {
				for _, d := range []time.Duration{5 * time.Minute, time.Hour} {
					time.Sleep(d)
					p.sim.AddLogEvents(oktatest.LogEvent{UUID: "late" + d.String(), Published: from.Add(time.Second)})
				}
			}()
			var last time.Time
			var late, n int
			for e, err := range systemlog.Between(t.Context(), p.c, from, to, p.opts, tt.again...) {
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case strings.HasPrefix(e.UUID, "late"):
					late++
					continue
				case e.UUID == "behind", e.UUID == "before", e.Published.Before(last):
					t.Errorf("%s at %v, after %v", e.UUID, e.Published, last)
				}
				last = e.Published
				n++
			}
			if n != 50 || late != tt.late || time.Since(to) != tt.takes {
				t.Errorf("again %v: %d events and %d late ones in %v", tt.again, n, late, time.Since(to))
			}
			time.Sleep(2 * time.Hour) // for what writes
		})
	}
}

// The filter counts, a failure ends it, and so does the end of ctx, of a wait too.
func TestBetweenEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPoller(t, noLimits(), systemlog.Options{Filter: systemlog.Type("a")})
		from := time.Now()
		p.sim.AddLogEvents(oktatest.LogEvent{UUID: "a", Type: "a"}, oktatest.LogEvent{UUID: "b", Type: "b"})
		time.Sleep(time.Minute)
		read := func(ctx context.Context, again ...time.Duration) (got string, failed error) {
			for e, err := range systemlog.Between(ctx, p.c, from, time.Now(), p.opts, again...) {
				if got, failed = got+e.UUID, err; err != nil {
					got += "!"
				}
			}
			return got, failed
		}
		if got, err := read(t.Context()); got != "a" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if got, err := read(ctx, time.Hour); got != "a!" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%q, %v", got, err)
		}
		if err := p.sim.AddFault("GET /api/v1/logs answer=403 E0000006"); err != nil {
			t.Fatal(err)
		}
		if got, err := read(t.Context(), time.Hour); got != "!" || err == nil || !strings.HasPrefix(err.Error(), "systemlog: ") || systemlog.Transient(err) {
			t.Errorf("%q, %v", got, err)
		}
		for range systemlog.Between(t.Context(), p.c, from, time.Now(), p.opts, time.Hour) {
			break
		}
		if fmt.Sprint(time.Since(from)) != "2m0s" {
			t.Errorf("a loop that was left has waited: %v", time.Since(from))
		}
	})
}
