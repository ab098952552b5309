package systemlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// Options are the options of [Poll], [Follow] and [Between]. All of them may be left out.
type Options struct {
	// Filter says which events come. Nothing means all. A Position that was reached with
	// another Filter goes on from the newest event that was read then.
	Filter Filter

	// Limit is how many events come at most in one batch, up to 1,000, which is the
	// default.
	Limit int

	// Quiet is how long Follow waits between two looks while nothing happens. The default
	// is 15 seconds.
	Quiet time.Duration

	// Busy is how long it waits while events come. The default is 2 seconds. It is longer if
	// the rate limit of the log allows less.
	Busy time.Duration

	// Progress is called by Follow after each look, before the batch is yielded, and when
	// it has to try again.
	Progress func(Progress)
}

// A Progress is what Follow has just done, and when it looks again.
type Progress struct {
	Events int           // of the last look
	Lag    time.Duration // as in Batch
	Behind int           // as in Batch
	Wait   time.Duration // until the next look
	Err    error         // why the last look is repeated, if it is
}

// A Batch is what came in one look.
type Batch struct {
	Events []Event  // in the order in which the org stored them
	Next   Position // to be committed with the events

	// More is whether there are more events now.
	More bool

	// Lag is how old the newest event is that was read, if there are more: how far the
	// reader is behind. It is 0 when all was read.
	Lag time.Duration

	// Behind is about how many events there are more, judged by how many came in the time
	// that this batch spans.
	Behind int

	// Gap says that the log could not go on where it was, if it could not. Nil is the rule.
	Gap *Gap
}

// A Gap is where a log was begun anew, without its cursor. Events come again then, as far
// as they were not seen lately.
//
// Okta documents that the log, begun anew at a time, has all events that were stored since
// then, so that none is missing. Should an org go by the time at which events happened, one
// may be missing that happened before From and was stored after the last look before the
// gap: nothing that the org answers rules that out. [Between] finds it.
type Gap struct {
	From time.Time // where the log was begun anew: some minutes before the newest event
	Why  string    // in plain words

	// Lost is whether events are missing, if there were any: the org does not keep them
	// for so long.
	Lost bool
}

// String says what has happened, and what is not known, in plain words.
func (g *Gap) String() string {
	from := stamp(g.From)
	if g.Lost {
		return "the log was begun anew at " + from + ": " + g.Why + "; older events are missing, if there were any: the org does not keep them"
	}
	return "the log was begun anew at " + from + ": " + g.Why + "; events that happened before and were stored late may be missing"
}

// retention is how long Okta keeps events.
const retention = 90 * 24 * time.Hour

// Poll looks once for what is new since a Position. It does not wait for events: there may
// be none. It takes the scope okta.logs.read.
//
// A failure is an error and leaves the Position as it was; [Transient] tells whether it
// is worth another try.
func Poll(ctx context.Context, c *oktaint.Client, from Position, opts Options) (Batch, error) {
	p, gap := from.p.filtered(opts.Filter)
	b, err := look(ctx, c, p, opts)
	if err != nil && p.Cursor != "" && lostCursor(err) {
		gap = p.gap("the org does not go on from the cursor: " + err.Error())
		b, err = look(ctx, c, p.back(), opts)
	}
	if err != nil {
		return Batch{}, fmt.Errorf("systemlog: %w", err)
	}
	b.Gap = gap
	return b, nil
}

// filtered is the Position to go on from with a filter, which its cursor may not have.
func (p position) filtered(f Filter) (position, *Gap) {
	if p.Cursor == "" && p.Since.IsZero() {
		p.Since = time.Now().Add(-beginning)
	}
	var g *Gap
	if p.Cursor != "" && p.Filter != f {
		g = p.gap("the filter is another one")
		p = p.back()
	}
	p.Filter = f
	return p, g
}

// gap describes that the cursor of p is given up.
func (p position) gap(why string) *Gap {
	return &Gap{From: p.back().Since, Why: why, Lost: p.outlived()}
}

// lostCursor reports whether an answer to a cursor says that the log does not go on from
// it: it is refused, or leads nowhere.
func lostCursor(err error) bool {
	var e *oktaint.Error
	switch {
	case errors.Is(err, oktaint.ErrListStuck):
		return true
	case !errors.As(err, &e):
		return false
	}
	switch e.StatusCode {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusGone:
		return e.Code != "" && e.Code != "E0000008" // by the org, not by something in between
	}
	return false
}

// look reads one page.
func look(ctx context.Context, c *oktaint.Client, p position, opts Options) (Batch, error) {
	limit := opts.limit()
	q := url.Values{"limit": {fmt.Sprint(limit)}, "sortOrder": {"ASCENDING"}}
	if opts.Filter != "" {
		q.Set("filter", string(opts.Filter))
	}
	if !p.Since.IsZero() {
		q.Set("since", stamp(p.Since))
	}
	for page, err := range oktaint.Pages[json.RawMessage](ctx, c, p.Cursor, q, "api", "v1", "logs") {
		if err != nil {
			return Batch{}, err
		}
		return p.batch(page, limit)
	}
	return Batch{}, errors.New("the log ended without an answer")
}

func (o Options) limit() int {
	if o.Limit <= 0 || o.Limit > 1000 {
		return 1000
	}
	return o.Limit
}

// stamp is a time as the log takes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// batch is what a page has that is new.
func (p position) batch(page oktaint.Page[json.RawMessage], limit int) (Batch, error) {
	events := make([]Event, 0, len(page.Items))
	for _, raw := range page.Items {
		e, err := ParseEvent(raw)
		if err != nil {
			return Batch{}, err
		}
		events = append(events, e)
	}
	if page.Next == "" {
		return Batch{}, errors.New("the answer has no next link, which the log always has: something on the way takes it out")
	}
	if len(events) > 0 && p.circles(page.Next) {
		return Batch{}, fmt.Errorf("the next link leads to where the log was: %w", oktaint.ErrListStuck)
	}
	asked, next := grow(page.Next, limit)
	fresh, after := p.take(events, next)
	b := Batch{Events: fresh, More: len(events) >= asked}
	if !b.More {
		after.Ended = time.Now()
	}
	b.Next = Position{after}
	if b.More {
		b.Lag = max(0, time.Since(after.Last))
		b.Behind = behind(events, b.Lag)
	}
	return b, nil
}

// grow returns the limit of a next link, and the link with twice as much, up to a limit: a
// page that took the org too long was asked for with less.
func grow(next oktaint.Cursor, limit int) (was int, grown oktaint.Cursor) {
	path, query, _ := strings.Cut(string(next), "?")
	params := strings.Split(query, "&")
	i := slices.IndexFunc(params, func(p string) bool { return strings.HasPrefix(p, "limit=") })
	if i < 0 {
		return limit, next
	}
	was, err := strconv.Atoi(strings.TrimPrefix(params[i], "limit="))
	if err != nil || was <= 0 || was == limit {
		return limit, next
	}
	params[i] = "limit=" + strconv.Itoa(min(2*was, limit))
	return was, oktaint.Cursor(path + "?" + strings.Join(params, "&"))
}

// behind is how many events happen in the time of lag, at the rate of these.
func behind(events []Event, lag time.Duration) int {
	if len(events) < 2 {
		return len(events)
	}
	first, last := events[0].Published, events[0].Published
	for _, e := range events {
		if e.Published.Before(first) {
			first = e.Published
		}
		if e.Published.After(last) {
			last = e.Published
		}
	}
	span := max(last.Sub(first), time.Millisecond)
	return max(1, int(float64(len(events))*float64(lag)/float64(span)))
}
