package oktatest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	logWindow    = 7 * 24 * time.Hour   // what a query without since looks back
	logRetention = 90 * 24 * time.Hour  // older events are gone
	logOldest    = 180 * 24 * time.Hour // an older since is refused
)

// logQuery is a checked query of the System Log.
type logQuery struct {
	since, until time.Time
	polling      bool
	descending   bool
	limit        int
	after        int   // events up to this number were given out
	afterMilli   int64 // and the time of the last of them, in milliseconds
	match        func(*event) bool
}

var errLogFilter = &apiError{status: http.StatusBadRequest, code: "E0000053", summary: "Invalid SCIM filter."}

// readLogQuery checks the parameters.
func (c *call) readLogQuery() (*logQuery, error) {
	now := c.org.now()
	q := &logQuery{until: now, match: func(*event) bool { return true }}
	var err error
	if q.until, err = c.logTime("until", now); err != nil {
		return nil, err
	}
	if q.since, err = c.logTime("since", q.until.Add(-logWindow)); err != nil {
		return nil, err
	}
	if q.since.Before(now.Add(-logOldest)) {
		return nil, &apiError{status: http.StatusBadRequest, code: "E0000053",
			summary: "Invalid parameter: The since parameter is over 180 days prior to the current day."}
	}
	switch c.query.Get("sortOrder") {
	case "", "ASCENDING":
	case "DESCENDING":
		q.descending = true
	default:
		return nil, invalid("sortOrder", "sortOrder: must be ASCENDING or DESCENDING")
	}
	q.polling = c.query.Get("until") == "" && !q.descending
	if c.query.Get("limit") == "0" {
		q.limit = 0
	} else if q.limit, err = c.limit(100, 1000); err != nil {
		return nil, err
	}
	if err := c.readLogFilter(q); err != nil {
		return nil, err
	}
	return q, c.readLogCursor(q)
}

// readLogFilter reads filter, and q, of which each word must be in the event.
func (c *call) readLogFilter(q *logQuery) error {
	want := func(object) bool { return true }
	if text := c.query.Get("filter"); text != "" {
		f, err := parseFilter(text)
		if err != nil {
			return errLogFilter
		}
		want = f
	}
	words := strings.Fields(strings.ToLower(c.query.Get("q")))
	if len(words) > 10 || slices.ContainsFunc(words, func(w string) bool { return len(w) > 40 }) {
		return invalid("q", "q: has at most 10 words of 40 characters each")
	}
	if len(words) == 0 && c.query.Get("filter") == "" {
		return nil
	}
	q.match = func(e *event) bool {
		view := c.org.viewEvent(e)
		if !want(view) || len(words) == 0 {
			return want(view)
		}
		text, err := marshal(view)
		if err != nil {
			return false
		}
		lower := strings.ToLower(string(text))
		return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(lower, w) })
	}
	return nil
}

// readLogCursor reads after, which is a time in milliseconds and a number: that of an
// event, and of the generation of cursors.
func (c *call) readLogCursor(q *logQuery) error {
	after := c.query.Get("after")
	if after == "" {
		return nil
	}
	at, number, _ := strings.Cut(after, "_")
	n, err := strconv.Atoi(number)
	milli, badTime := strconv.ParseInt(at, 10, 64)
	if err != nil || badTime != nil || n < 0 || n%logGeneration > len(c.org.events) || n/logGeneration != c.org.logCursors.generation {
		return errCursor
	}
	q.after, q.afterMilli = n%logGeneration, milli
	return nil
}

func (c *call) logTime(name string, unset time.Time) (time.Time, error) {
	text := c.query.Get(name)
	if text == "" {
		return unset, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, invalid(name, name+": must be a date and time by ISO 8601")
	}
	return t, nil
}

// listLogs answers a polling query, which always has a next link, or a bounded
// one, which has none on its last page.
func (c *call) listLogs() (reply, error) {
	q, err := c.readLogQuery()
	if err != nil {
		return reply{}, err
	}
	events := c.org.selectEvents(q)
	more := len(events) > q.limit
	events = events[:min(len(events), q.limit)]
	items := []object{}
	for _, e := range events {
		items = append(items, c.org.viewEvent(e))
	}
	params := []string{"since", "until", "filter", "q", "limit", "sortOrder", "after"}
	res := reply{status: http.StatusOK, body: items, header: http.Header{}}
	res.header.Add("Link", c.link("self", params, nil))
	if q.polling || more {
		res.header.Add("Link", c.link("next", params, url.Values{"after": {c.nextLogCursor(q, events)}}))
	}
	return res, nil
}

// nextLogCursor is where the next page begins. It stays where it is if nothing
// new was there.
func (c *call) nextLogCursor(q *logQuery, events []*event) string {
	if len(events) == 0 {
		if after := c.query.Get("after"); after != "" {
			return after
		}
		return c.org.logCursor(q.until, 0)
	}
	if after := c.query.Get("after"); after != "" && c.org.logCursors.stuck > 0 {
		c.org.logCursors.stuck--
		return after
	}
	last := events[len(events)-1]
	return c.org.logCursor(last.published, last.number)
}

// selectEvents returns events of a query, in its order: a page, and one more if there is
// one.
func (o *Org) selectEvents(q *logQuery) []*event {
	if q.polling {
		return o.polled(q)
	}
	var found []*event
	for _, e := range o.events {
		if o.inTime(e, q) && q.isAhead(e) && q.match(e) {
			found = append(found, e)
		}
	}
	slices.SortFunc(found, func(a, b *event) int { return q.order(a, b.published.UnixMilli(), b.number) })
	return found
}

// order compares an event with a place in a bounded query.
func (q *logQuery) order(e *event, milli int64, number int) int {
	n := cmp.Or(cmp.Compare(e.published.UnixMilli(), milli), cmp.Compare(e.number, number))
	if q.descending {
		return -n
	}
	return n
}

// isAhead reports whether an event comes behind the cursor of a bounded query, if it has
// one.
func (q *logQuery) isAhead(e *event) bool {
	return q.after == 0 || q.order(e, q.afterMilli, q.after) > 0
}

// polled returns events in the order in which they were stored, by the time at which they
// were.
func (o *Org) polled(q *logQuery) []*event {
	oldest := o.now().Add(-logRetention)
	var found []*event
	for _, e := range o.events[q.after:] {
		if !e.stored.Before(q.since) && !e.published.Before(oldest) && q.match(e) {
			if found = append(found, e); len(found) > q.limit {
				break
			}
		}
	}
	return found
}

// inTime reports whether an event is in the range of a bounded query.
func (o *Org) inTime(e *event, q *logQuery) bool {
	return !e.published.Before(q.since) && e.published.Before(q.until) && !e.published.Before(o.now().Add(-logRetention))
}
