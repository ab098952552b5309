package deliver_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// A cell is a change, what the org answers, and what is known in the end.
type cell struct {
	answers, looks []string
	things         int           // that are there at first
	lag            time.Duration // after which they show
	sent           bool          // by an earlier run
	removal        bool
	change         func(*deliver.Change)

	want   deliver.Outcome
	says   string        // what the error says; "" is for no error
	writes int           // how many were sent
	left   int           // things that there are in the end
	took   time.Duration // exactly, on a clock of its own
}

func once(c *deliver.Change)    { c.Once = true }
func confirm(c *deliver.Change) { c.Confirm = true }
func twice(c *deliver.Change)   { c.Duplicate = duplicate }

// fresh is for what was made just now, about which the change is.
func fresh(c *deliver.Change) { c.Fresh = time.Now().Add(deliver.Patience) }

const s = time.Second

// looked is how long a patient look that finds nothing takes.
const looked = deliver.Patience

var cells = map[string]cell{
	"done":                     {answers: []string{"done"}, want: deliver.Took, writes: 1, left: 1},
	"done, there as many":      {answers: []string{"done"}, things: 1, want: deliver.Took, writes: 1, left: 2},
	"lost before":              {answers: []string{"lost", "done"}, want: deliver.Took, writes: 2, left: 1, took: 1 * s},
	"lost after":               {answers: []string{"lost after"}, want: deliver.Took, writes: 1, left: 1},
	"lost before, each time":   {answers: []string{"lost"}, want: deliver.Open, says: "may or may not", writes: 4, took: 6 * s},
	"429":                      {answers: []string{"429", "done"}, want: deliver.Took, writes: 2, left: 1, took: repeated},
	"500":                      {answers: []string{"500", "done"}, want: deliver.Took, writes: 2, left: 1, took: 1 * s},
	"500 after":                {answers: []string{"500 after"}, want: deliver.Took, writes: 1, left: 1},
	"503":                      {answers: []string{"503", "done"}, want: deliver.Took, writes: 2, left: 1, took: 1 * s},
	"503, each time":           {answers: []string{"503"}, want: deliver.Open, says: "503", writes: 4, took: 6 * s},
	"html":                     {answers: []string{"html", "done"}, want: deliver.Took, writes: 2, left: 1, took: 1 * s},
	"empty 200":                {answers: []string{"empty 200", "done"}, want: deliver.Took, writes: 2, left: 1, took: 1 * s},
	"empty 200 after":          {answers: []string{"empty 200 after"}, want: deliver.Took, writes: 1, left: 1},
	"{}":                       {answers: []string{"{}"}, want: deliver.Open, says: "may or may not", writes: 4, took: 6 * s},
	"a proxy's 404":            {answers: []string{"proxy's 404"}, want: deliver.Refused, says: "404", writes: 1},
	"refused":                  {answers: []string{"400 E0000001"}, want: deliver.Refused, says: "E0000001", writes: 1},
	"refused, and is there":    {answers: []string{"400 E0000001"}, things: 1, want: deliver.Refused, says: "E0000001", writes: 1, left: 1},
	"refused after a lost one": {answers: []string{"lost after", "400 E0000001"}, lag: 5 * s, want: deliver.Took, writes: 2, left: 1, took: 6750 * time.Millisecond},
	"refused after nothing":    {answers: []string{"lost", "400 E0000001"}, want: deliver.Refused, says: "E0000001", writes: 2, took: 1*s + looked},
	"lost after, and late":     {answers: []string{"lost after", "done"}, lag: 5 * s, want: deliver.Took, writes: 2, left: 2, took: 1 * s},

	"once, and late":             {answers: []string{"lost after", "done"}, lag: 5 * s, change: once, want: deliver.Took, writes: 1, left: 1, took: 5750 * time.Millisecond},
	"once, and not made":         {answers: []string{"lost", "done"}, change: once, want: deliver.Took, writes: 2, left: 1, took: looked + 1*s},
	"sent before, and there":     {answers: []string{"done"}, things: 1, sent: true, want: deliver.Took, left: 1},
	"sent before, and not there": {answers: []string{"done"}, sent: true, want: deliver.Took, writes: 1, left: 1},
	"sent before, and refused":   {answers: []string{"400 E0000001"}, sent: true, want: deliver.Refused, says: "E0000001", writes: 1, took: looked},
	"sent before, no look":       {answers: []string{"done"}, looks: []string{"proxy's 404"}, sent: true, want: deliver.Open, says: "may or may not", writes: 0},
	"lost, no look":              {answers: []string{"lost after"}, looks: []string{"proxy's 404"}, want: deliver.Open, says: "may or may not", writes: 1, left: 1},
	"lost, refused, no look":     {answers: []string{"lost after", "400 E0000001"}, lag: 5 * s, looks: []string{"", "proxy's 404"}, want: deliver.Open, says: "E0000001", writes: 2, left: 1, took: 1 * s},

	"duplicate":               {answers: []string{"409 E0000263"}, things: 1, change: twice, want: deliver.There, writes: 1, left: 1},
	"duplicate of nothing":    {answers: []string{"409 E0000263"}, change: twice, want: deliver.Refused, says: "E0000263", writes: 1, took: looked},
	"duplicate, no look":      {answers: []string{"409 E0000263"}, things: 1, looks: []string{"proxy's 404"}, change: twice, want: deliver.Refused, says: "could not be found out", writes: 1, left: 1},
	"duplicate of a lost one": {answers: []string{"lost after", "409 E0000263"}, lag: 5 * s, change: twice, want: deliver.Took, writes: 2, left: 1, took: 6750 * time.Millisecond},
	"another refusal":         {answers: []string{"403 E0000006"}, things: 1, change: twice, want: deliver.Refused, says: "E0000006", writes: 1, left: 1},

	"confirmed":            {answers: []string{"done"}, change: confirm, want: deliver.Took, writes: 1, left: 1},
	"confirmed late":       {answers: []string{"done"}, lag: 5 * s, change: confirm, want: deliver.Took, writes: 1, left: 1, took: 5750 * time.Millisecond},
	"confirmed too late":   {answers: []string{"done"}, lag: 11 * s, change: confirm, want: deliver.Open, says: "does not show it after 10s", writes: 1, left: 1, took: looked},
	"confirmed by no look": {answers: []string{"done"}, looks: []string{"{}"}, change: confirm, want: deliver.Open, says: "may or may not", writes: 1, left: 1},

	"not known yet":           {answers: []string{"404 E0000007", "404 E0000007", "done"}, change: fresh, want: deliver.Took, writes: 3, left: 1, took: 750 * time.Millisecond},
	"not known at all":        {answers: []string{"404 E0000007"}, change: fresh, want: deliver.Refused, says: "E0000007", writes: 9, took: looked},
	"not known, and not new":  {answers: []string{"404 E0000007", "done"}, want: deliver.Refused, says: "E0000007", writes: 1},
	"new, and a proxy's 404":  {answers: []string{"proxy's 404", "done"}, change: fresh, want: deliver.Refused, says: "404", writes: 1},
	"new, and no such path":   {answers: []string{"404 E0000008", "done"}, change: fresh, want: deliver.Refused, says: "E0000008", writes: 1},
	"not known yet, and lost": {answers: []string{"404 E0000007", "lost after"}, change: fresh, want: deliver.Took, writes: 2, left: 1, took: 250 * time.Millisecond},

	"removed":                   {answers: []string{"done"}, things: 1, removal: true, want: deliver.Took, writes: 1},
	"removed late":              {answers: []string{"done"}, things: 1, lag: 5 * s, removal: true, want: deliver.Took, writes: 1, took: 5750 * time.Millisecond},
	"removed, they say":         {answers: []string{"204"}, things: 1, removal: true, want: deliver.Open, says: "does not show it", writes: 1, left: 1, took: looked},
	"removed by a proxy":        {answers: []string{"proxy's 404"}, things: 1, removal: true, want: deliver.Refused, says: "404", writes: 1, left: 1},
	"removed by an empty 200":   {answers: []string{"empty 200", "done"}, things: 1, removal: true, want: deliver.Took, writes: 2, took: 1 * s},
	"removed by {}":             {answers: []string{"{}", "done"}, things: 1, removal: true, want: deliver.Took, writes: 2, took: 1 * s},
	"removed before":            {answers: []string{"404 E0000007"}, removal: true, want: deliver.Took, writes: 1},
	"removed and lost":          {answers: []string{"lost after", "404 E0000007"}, things: 1, lag: 5 * s, removal: true, want: deliver.Took, writes: 2, took: repeated},
	"not found, and there":      {answers: []string{"404 E0000007"}, things: 1, removal: true, want: deliver.Open, says: "does not show it", writes: 1, left: 1, took: looked},
	"removed, no such path":     {answers: []string{"404 E0000008"}, removal: true, want: deliver.Refused, says: "E0000008", writes: 1},
	"removed, lost in the wire": {answers: []string{"lost"}, things: 1, removal: true, want: deliver.Open, says: "may or may not", writes: 4, left: 1, took: repeated},
}

// repeated is for a write that the transport itself repeats, after random waits: the
// cell has no time, and as many writes at the least.
const repeated = -1

func TestDo(t *testing.T) {
	t.Parallel()
	for name, c := range cells {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { c.check(t) })
		})
	}
}

func (c *cell) check(t *testing.T) {
	w := newWorld(t, c.things, c.answers...)
	w.looks, w.lag = c.looks, c.lag
	change := w.make()
	if c.removal {
		change = w.remove()
	}
	if c.change != nil {
		c.change(&change)
	}
	start := time.Now()
	got, err := change.Do(t.Context(), c.sent)
	took := time.Since(start)
	if got != c.want {
		t.Errorf("outcome %d, want %d, error %v", got, c.want, err)
	}
	if (err == nil) != (got == deliver.Took || got == deliver.There) || err != nil && (c.says == "" || !strings.Contains(err.Error(), c.says)) {
		t.Errorf("error %v, want %q", err, c.says)
	}
	if c.took != repeated && (took != c.took || len(w.writes) > c.writes) {
		t.Errorf("%d writes in %v, want %d in %v", len(w.writes), took, c.writes, c.took)
	}
	if len(w.writes) < c.writes {
		t.Errorf("%d writes, want %d", len(w.writes), c.writes)
	}
	if n := w.things(0); n != c.left {
		t.Errorf("%d things, want %d", n, c.left)
	}
}

// A duplicate of what an earlier run has made is known to the org before it is shown.
func TestDuplicateShownLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 0, "409 E0000263")
		w.lag = 5 * s
		w.history = append(w.history, count{time.Now(), 1})
		change := w.make()
		change.Duplicate = duplicate
		if got, err := change.Do(t.Context(), false); got != deliver.There || err != nil {
			t.Errorf("outcome %d, %v", got, err)
		}
	})
}

func TestUnshown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, "204")
		_, err := w.remove().Do(t.Context(), false)
		var unshown *deliver.UnshownError
		if !errors.As(err, &unshown) {
			t.Errorf("error %v", err)
		}
	})
}

// errGivenUp is why callers end.
var errGivenUp = errors.New("the administrator has given up")

// An end is when the caller gives up.
type end struct {
	answers  []string
	inFlight time.Duration
	lag      time.Duration
	sent     bool
	change   func(*deliver.Change)
	after    time.Duration // 0 is before the start

	want   deliver.Outcome
	err    bool
	writes int
	took   time.Duration // after the end
}

var ends = map[string]end{
	"before":                    {answers: []string{"done"}, want: deliver.Refused, err: true},
	"before, and sent earlier":  {answers: []string{"done"}, sent: true, want: deliver.Open, err: true},
	"on the wire":               {answers: []string{"done"}, inFlight: 8 * s, after: 3 * s, want: deliver.Took, writes: 1, took: 5 * s},
	"on the wire for long":      {answers: []string{"done"}, inFlight: time.Minute, after: 3 * s, want: deliver.Open, err: true, took: deliver.Grace},
	"on the wire, then lost":    {answers: []string{"lost after"}, inFlight: 8 * s, after: 3 * s, want: deliver.Open, err: true, writes: 1, took: 5 * s},
	"in a rate limit":           {answers: []string{"429", "done"}, after: 3 * s, want: deliver.Refused, err: true, writes: 1},
	"in a rate limit, sent":     {answers: []string{"lost", "429"}, after: 3 * s, want: deliver.Open, err: true, writes: 2},
	"before it is sent again":   {answers: []string{"lost"}, after: s / 2, want: deliver.Open, err: true, writes: 1},
	"while it looks":            {answers: []string{"lost after"}, lag: 5 * s, change: once, after: 3 * s, want: deliver.Open, err: true, writes: 1},
	"while it confirms":         {answers: []string{"done"}, lag: 5 * s, change: confirm, after: 3 * s, want: deliver.Open, err: true, writes: 1},
	"while it is not known yet": {answers: []string{"404 E0000007"}, change: fresh, after: 3 * s, want: deliver.Refused, err: true, writes: 4},
	"while it asks what is so":  {answers: []string{"409 E0000263"}, change: twice, after: 3 * s, want: deliver.Refused, err: true, writes: 1},
	"after all":                 {answers: []string{"done"}, after: time.Hour, want: deliver.Took, writes: 1, took: -time.Hour},
}

func TestCallerGivesUp(t *testing.T) {
	t.Parallel()
	for name, e := range ends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { e.check(t) })
		})
	}
}

func (e *end) check(t *testing.T) {
	w := newWorld(t, 0, e.answers...)
	w.inFlight, w.lag = e.inFlight, e.lag
	change := w.make()
	if e.change != nil {
		e.change(&change)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	if e.after == 0 {
		cancel(errGivenUp)
	} else {
		time.AfterFunc(e.after, func() { cancel(errGivenUp) })
	}
	start := time.Now()
	got, err := change.Do(ctx, e.sent)
	if took := time.Since(start) - e.after; took != e.took {
		t.Errorf("it went on for %v, want %v", took, e.took)
	}
	if got != e.want || (err != nil) != e.err {
		t.Errorf("outcome %d, want %d, error %v", got, e.want, err)
	}
	if err != nil && !errors.Is(err, errGivenUp) && !errors.Is(err, context.Canceled) {
		t.Errorf("the error does not say why: %v", err)
	}
	writes := len(w.writes)
	time.Sleep(5 * time.Minute)
	if writes != e.writes || len(w.writes) != writes {
		t.Errorf("%d writes, and %d later, want %d", writes, len(w.writes), e.writes)
	}
}

// Poll tries at growing intervals, once at least, and once more at the end.
func TestPoll(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	for name, c := range map[string]struct {
		for_   time.Duration
		doneAt int // the n-th try is done
		failAt int
		want   []time.Duration // of the tries, since the start
	}{
		"done at once":     {10 * s, 1, 0, []time.Duration{0}},
		"no time":          {0, 0, 0, []time.Duration{0}},
		"time that is up":  {-s, 0, 0, []time.Duration{0}},
		"done in a while":  {10 * s, 4, 0, []time.Duration{0, s / 4, 3 * s / 4, 7 * s / 4}},
		"never done":       {5 * s, 0, 0, []time.Duration{0, s / 4, 3 * s / 4, 7 * s / 4, 15 * s / 4, 5 * s}},
		"never done, long": {9 * s, 0, 0, []time.Duration{0, s / 4, 3 * s / 4, 7 * s / 4, 15 * s / 4, 23 * s / 4, 31 * s / 4, 9 * s}},
		"failed":           {10 * s, 0, 2, []time.Duration{0, s / 4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var tries []time.Duration
				start := time.Now()
				err := deliver.Poll(t.Context(), start.Add(c.for_), func() (bool, error) {
					tries = append(tries, time.Since(start))
					if len(tries) == c.failAt {
						return false, failed
					}
					return len(tries) == c.doneAt, nil
				})
				if !slices.Equal(tries, c.want) || (c.failAt > 0) != errors.Is(err, failed) || c.failAt == 0 && err != nil {
					t.Errorf("tries at %v, want %v, error %v", tries, c.want, err)
				}
			})
		})
	}
}

func TestPollEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(s, func() { cancel(errGivenUp) })
		start, n := time.Now(), 0
		err := deliver.Poll(ctx, start.Add(time.Minute), func() (bool, error) { n++; return false, nil })
		if !errors.Is(err, errGivenUp) || time.Since(start) != s || n != 3 {
			t.Errorf("%d tries in %v, %v", n, time.Since(start), err)
		}
	})
}

// Settle does not believe "not found" for a while, and every other answer at once.
func TestSettle(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		looks []string
		tries int
		says  string
	}{
		"known":         {[]string{""}, 1, ""},
		"known later":   {[]string{"404 E0000007", "404 E0000007", ""}, 3, ""},
		"never known":   {[]string{"404 E0000007"}, 9, "E0000007"},
		"refused":       {[]string{"403 E0000006"}, 1, "E0000006"},
		"a proxy's 404": {[]string{"proxy's 404"}, 1, "404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 0)
				w.looks = c.looks
				err := deliver.Settle(t.Context(), time.Now().Add(deliver.Patience), func() error {
					_, err := w.list(t.Context())
					return err
				})
				if w.lists != c.tries || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
					t.Errorf("%d tries, want %d, error %v", w.lists, c.tries, err)
				}
			})
		})
	}
}

func TestSettleEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 0)
		w.looks = []string{"404 E0000007"}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(s, func() { cancel(errGivenUp) })
		err := deliver.Settle(ctx, time.Now().Add(deliver.Patience), func() error {
			_, err := w.list(ctx)
			return err
		})
		if !errors.Is(err, errGivenUp) || !oktaint.IsNotFound(err) {
			t.Errorf("error %v", err)
		}
	})
}

func TestPause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		for _, d := range []time.Duration{-s, 0, 2 * s} {
			if err := deliver.Pause(t.Context(), d); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(start); took != 2*s {
			t.Errorf("the pauses took %v", took)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(s, func() { cancel(errGivenUp) })
		for range 2 { // the second finds it ended already
			if err := deliver.Pause(ctx, time.Minute); !errors.Is(err, errGivenUp) {
				t.Errorf("error %v", err)
			}
		}
		if err := deliver.Pause(ctx, 0); !errors.Is(err, errGivenUp) {
			t.Errorf("no pause of an ended context: %v", err)
		}
		if took := time.Since(start); took != 3*s {
			t.Errorf("in all %v", took)
		}
	})
}

// A removal that is lost each time is given up in the time in which somebody waits for it.
func TestGivesUpInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 1, "lost")
		start := time.Now()
		if got, err := w.remove().Do(t.Context(), false); got != deliver.Open || err == nil {
			t.Errorf("outcome %d, %v", got, err)
		}
		if took := time.Since(start); took > 3*time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}
