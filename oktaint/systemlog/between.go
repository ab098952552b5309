package systemlog

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// Between yields the events that happened from one time to another, in the order in which
// they happened. Events that the org stores after the range was read are missing: use
// [Follow] where nothing may be missed, or read the range again later.
//
// again are the times after to at which it is read again for events that have come late,
// such as 10 minutes and 24 hours; Between waits for them, and yields what is new. The
// uuids of the whole range are kept in memory for that.
//
// Okta keeps events for 90 days. A failure is yielded and ends it.
func Between(ctx context.Context, c *oktaint.Client, from, to time.Time, opts Options, again ...time.Duration) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		seen := make(map[uint64]bool)
		for _, after := range append([]time.Duration{0}, again...) {
			if wait := time.Until(to.Add(after)); after > 0 && wait > 0 {
				if err := sleep(ctx, wait); err != nil {
					yield(Event{}, err)
					return
				}
			}
			for e, err := range between(ctx, c, from, to, opts) {
				if err == nil {
					h := hash(e.UUID)
					if seen[h] {
						continue
					}
					seen[h] = true
				}
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
	}
}

// between reads a range once.
func between(ctx context.Context, c *oktaint.Client, from, to time.Time, opts Options) iter.Seq2[Event, error] {
	q := url.Values{"since": {stamp(from)}, "until": {stamp(to)}, "sortOrder": {"ASCENDING"}, "limit": {fmt.Sprint(opts.limit())}}
	if opts.Filter != "" {
		q.Set("filter", string(opts.Filter))
	}
	return func(yield func(Event, error) bool) {
		for raw, err := range oktaint.List[json.RawMessage](ctx, c, q, "api", "v1", "logs") {
			var e Event
			if err == nil {
				e, err = ParseEvent(raw)
			} else {
				err = fmt.Errorf("systemlog: %w", err)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}
