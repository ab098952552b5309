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
// and holds no secret. The zero Position is the beginning that Okta takes by itself: 7
// days ago.
type Position struct{ p position }

// position is the form in which a Position is stored.
type position struct {
	Version int            `json:"version"`
	Cursor  oktaint.Cursor `json:"cursor,omitempty"` // where the log goes on
	Since   time.Time      `json:"since,omitzero"`   // where it begins, if there is no cursor
	Last    time.Time      `json:"last,omitzero"`    // the latest time of an event that was read
	Seen    []uint64       `json:"seen,omitempty"`   // the events that were read last, by hash
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
	after = position{Cursor: next, Since: p.Since, Last: p.Last, Seen: slices.Clone(p.Seen)}
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
	if n := len(after.Seen); n > remembered {
		after.Seen = slices.Clone(after.Seen[n-remembered:])
	}
	return fresh, after
}

// back is where the log goes on without its cursor.
func (p position) back() position {
	if !p.Last.IsZero() {
		p.Since = p.Last.Add(-overlap)
	}
	p.Cursor = ""
	return p
}
