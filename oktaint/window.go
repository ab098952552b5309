package oktaint

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// This file learns from answers what the window of a bucket is, and describes it.

// recovery is after how many rounds of answers one more may be in flight where
// there were too many: the limit is found again by running into it.
const recovery = 4

// resetMargin is how long after its estimated reset a bucket is used again. The
// estimate is late rather than early: Reset is rounded up and Date down. Jitter is
// not added: the first of several processes would take most of the window, and each
// has only a few requests in flight anyway.
const resetMargin = 50 * time.Millisecond

// observe learns from the answer to a request that was sent at some time.
func (b *bucket) observe(resp *http.Response, sent, now time.Time) {
	l := readLimits(resp.Header)
	limited := resp.StatusCode == http.StatusTooManyRequests
	b.mu.Lock()
	defer b.mu.Unlock()
	b.adapt(limited && l.concurrency(), limited)
	if !l.known || l.concurrency() {
		return // the figures say nothing about the window
	}
	if limited {
		l.remaining = 0
	}
	left, ok := l.left(now)
	if !ok {
		b.guess(l, now)
		return
	}
	until := now.Add(left + resetMargin)
	// A request that was sent after the first answer of this window cannot be answered
	// from an earlier window, whatever the server's clock says: it may have been set.
	later := !sent.Before(b.since)
	switch {
	case !b.known || l.reset.After(b.reset), later && l.reset.Before(b.reset), later && b.assumed:
		b.assumed = false
		b.known, b.reset, b.limit, b.remaining, b.until, b.since = true, l.reset, l.limit, l.remaining, until, now
		b.ours, b.next = 0, time.Time{}
	case b.assumed:
		return // an answer of the window before
	case l.reset.Equal(b.reset): // answers may come in another order than they were made
		b.remaining = min(b.remaining, l.remaining)
		if until.Before(b.until) { // Date cuts fractions off: the earliest estimate is the best
			b.until = until
		}
	default:
		return // of a window that is over
	}
	if !limited {
		b.ours++
	}
	if b.limit-b.remaining > b.ours+b.inFlight {
		b.sharedTo = b.until.Add(window) // and probably in the next window
	}
}

// adapt changes how many may be in flight: fewer after a 429 for too many at once,
// and one more after some answers without a 429.
func (b *bucket) adapt(tooMany, limited bool) {
	switch b.answered++; {
	case tooMany:
		b.most, b.answered = max(1, min(b.most, b.inFlight/2)), 0
	case !limited && b.most < maxInFlight && b.answered > recovery*b.most:
		b.most, b.answered = b.most+1, 0
	}
}

// guess learns from figures whose reset cannot be believed. The remainder still
// counts: if it is 0, one probe is sent a little later and finds out more.
func (b *bucket) guess(l limits, now time.Time) {
	if l.remaining > 0 {
		if b.reset.IsZero() {
			b.known = false // the window was a guess, and it is over
		}
		return
	}
	b.known, b.assumed, b.since = true, false, now
	b.limit, b.remaining, b.reset, b.until = 1, 0, time.Time{}, now.Add(blind)
	b.ours, b.next = 0, time.Time{}
}

// A Limit is the state of one rate limit, as its last answers described it.
type Limit struct {
	Bucket    string    `json:"bucket"`         // such as /api/v1/apps
	Limit     int       `json:"limit"`          // requests a minute that this credential may make; 0 if not known yet
	Remaining int       `json:"remaining"`      // of them, in this window
	Reset     time.Time `json:"reset,omitzero"` // when the window ends, by this machine's clock
	InFlight  int       `json:"in_flight"`      // requests on their way
	Queued    int       `json:"queued"`         // requests that wait
	Shared    bool      `json:"shared"`         // others use the limit too
}

// snapshot describes all buckets, in the order of their names.
func (p *pacer) snapshot(now time.Time) []Limit {
	p.mu.Lock()
	all := slices.Collect(maps.Values(p.m))
	p.mu.Unlock()
	out := make([]Limit, len(all))
	for i, b := range all {
		out[i] = b.snapshot(now)
	}
	slices.SortFunc(out, func(a, b Limit) int { return strings.Compare(a.Bucket, b.Bucket) })
	return out
}

func (b *bucket) snapshot(now time.Time) Limit {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := Limit{Bucket: b.name, InFlight: b.inFlight, Queued: len(b.queue), Shared: now.Before(b.sharedTo)}
	if b.known && now.Before(b.until) {
		l.Limit, l.Remaining, l.Reset = b.limit, b.remaining, b.until
	}
	return l
}
