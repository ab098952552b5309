package systemlog

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A Position is how far the System Log was read. It marshals to JSON of at most some 30 kB
// and holds no secret. The zero Position is 7 days before the first look.
type Position struct{ p position }

// position is the form in which a Position is stored.
type position struct {
	Version int            `json:"version"`
	Cursor  oktaint.Cursor `json:"cursor,omitempty"` // where the log goes on
	Filter  Filter         `json:"filter,omitempty"` // what the cursor was reached with
	Since   time.Time      `json:"since,omitzero"`   // where it begins, if there is no cursor
	Last    time.Time      `json:"last,omitzero"`    // the latest time of an event that was read
	Ended   time.Time      `json:"ended,omitzero"`   // when the log had no more events last
	Seen    []uint64       `json:"seen,omitempty"`   // the events that were read last, by hash
	Passed  []uint64       `json:"passed,omitempty"` // the cursors that were used last, by hash
}

const positionVersion = 1

// Since is the Position from which all events come that are stored at or after t. Okta
// keeps events for 90 days, and refuses a t that is more than 180 days ago.
func Since(t time.Time) Position { return Position{position{Since: t}} }

// Last is the latest time of an event that was read; zero if there is none.
func (p Position) Last() time.Time { return p.p.Last }

// MarshalJSON writes the Position, to be stored.
func (p Position) MarshalJSON() ([]byte, error) {
	p.p.Version = positionVersion
	return json.Marshal(p.p)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (p *Position) UnmarshalJSON(b []byte) error {
	var read position
	if err := json.Unmarshal(b, &read); err != nil {
		return errors.New("systemlog: this is no position")
	}
	if read.Version != positionVersion {
		return errors.New("systemlog: this is no position of this version")
	}
	p.p = read
	return nil
}

const (
	// overlap is how long before the newest event a log begins that goes on without a
	// cursor.
	overlap = 5 * time.Minute

	// remembered is how many events are known by their hash, so that they are left out if
	// they come again.
	remembered = 1000

	// passed is how many cursors are known, so that a log that leads in a circle is found.
	passed = 50

	// beginning is how long ago the log begins for the zero Position.
	beginning = 7 * 24 * time.Hour
)

// hash is what is kept of a uuid.
func hash(uuid string) uint64 {
	h := fnv.New128a()
	h.Write([]byte(uuid))
	return binary.BigEndian.Uint64(h.Sum(nil))
}

// take returns the events that were not seen lately, and the Position behind them.
func (p position) take(events []Event, next oktaint.Cursor) (fresh []Event, after position) {
	seen := make(map[uint64]bool, len(p.Seen)+len(events))
	for _, h := range p.Seen {
		seen[h] = true
	}
	after = p
	after.Cursor, after.Seen, after.Passed = next, slices.Clone(p.Seen), slices.Clone(p.Passed)
	for _, e := range events {
		h := hash(e.UUID)
		if seen[h] {
			continue
		}
		seen[h] = true
		fresh = append(fresh, e)
		after.Seen = append(after.Seen, h)
		if e.Published.After(after.Last) {
			after.Last = e.Published
		}
	}
	if len(events) > 0 {
		after.Passed = append(after.Passed, hash(string(next)))
	}
	after.Seen, after.Passed = lastOf(after.Seen, remembered), lastOf(after.Passed, passed)
	return fresh, after
}

// lastOf returns the last n of a list, at most.
func lastOf(list []uint64, n int) []uint64 {
	if len(list) <= n {
		return list
	}
	return slices.Clone(list[len(list)-n:])
}

// circles reports whether a log that has shown events leads to where it was.
func (p position) circles(next oktaint.Cursor) bool {
	return slices.Contains(p.Passed, hash(string(next)))
}

// back is where the log goes on without its cursor.
func (p position) back() position {
	if t := p.Last.Add(-overlap); t.After(p.Since) {
		p.Since = t
	}
	if oldest := time.Now().Add(-retention); p.Since.Before(oldest) {
		p.Since = oldest
	}
	p.Cursor, p.Passed = "", nil
	return p
}

// outlived reports whether events may be gone that were not read: the log has kept
// nothing of the time at which it was read last.
func (p position) outlived() bool {
	newest := p.Since
	for _, t := range []time.Time{p.Last, p.Ended} {
		if t.After(newest) {
			newest = t
		}
	}
	return time.Since(newest) > retention
}
