package inventory

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"
)

// A tally adds up what a run finds out about one resource. A checkpoint keeps it.
type tally struct {
	Count    int           `json:"count"`
	Requests int           `json:"requests"`
	Bytes    int64         `json:"bytes"`
	Took     time.Duration `json:"took"`

	Read   int `json:"read"`   // lists that were read to their end
	Denied int `json:"denied"` // lists that a role did not reach
	Broken int `json:"broken"` // lists that failed
	Absent int `json:"absent"` // lists that this org does not have

	// First is why the first list that was not read was not.
	First *Outcome `json:"first,omitempty"`

	// Closed is the reason for which no more lists of the resource are asked for, if
	// there is one.
	Closed *Outcome `json:"closed,omitempty"`

	r     *Resource
	put   sync.Mutex // the Sink gets one batch of a resource at a time
	row   int        // failures since a list was read
	err   error      // the first
	named bool

	changes *Changes // of a Delta
}

// The failures after which a resource is given up: a list that is refused or fails
// says little of the others, several in a row do.
const enough = 3

// note takes down that a list was not read. Its lock is that of the run.
func (t *tally) note(o Outcome, err error, closes bool) {
	if t.First == nil {
		t.First, t.err = &o, err
	}
	switch o.Status {
	case Failed:
		t.Broken++
	case Refused, BeyondRole:
		t.Denied++
	default:
		t.Absent++
	}
	t.row++
	if closes || t.row >= enough && t.Read == 0 || t.row >= enough && o.Status == Failed {
		t.Closed = &o
	}
}

// outcome is the status at the end.
func (t *tally) outcome(held standing) Outcome {
	switch {
	case t.Closed != nil && t.Read == 0:
		return *t.Closed
	case t.Closed != nil:
		o := *t.Closed
		o.Why = fmt.Sprintf("after %d lists: %s", t.Read, o.Why)
		return o
	case t.Read == 0 && t.First != nil:
		return *t.First
	case t.Broken > 0:
		return t.part(Failed, t.Broken)
	case t.Denied > 0:
		return t.part(Partial, t.Denied)
	case t.Count == 0 && t.r.marks.neverEmpty:
		return held.empty(t.r)
	case t.Read == 0 && t.r.Parent != "":
		if o := held.denied(t.r); o.Status == BeyondRole {
			return o // that there is none is not known: nothing was asked
		}
	}
	return held.seen(t.r)
}

// part is the status of a resource some of whose lists were not read.
func (t *tally) part(s Status, lists int) Outcome {
	o := *t.First
	o.Status = s
	o.Why = fmt.Sprintf("%d of %d lists: %s", lists, t.Read+t.Denied+t.Broken, o.Why)
	return o
}

// report is the row of the report.
func (t *tally) report(held standing) Row {
	return Row{
		Resource: t.r.Name, Outcome: t.outcome(held), Count: t.Count, Requests: t.Requests, Bytes: t.Bytes, Took: t.Took,
		Err: t.err, Changes: t.changes,
	}
}

// inherit is the outcome of a resource whose parent could not be read.
func inherit(parent string, o Outcome) Outcome {
	o.Why = fmt.Sprintf(belongsTo+"%s: %s", parent, cmp.Or(o.Why, string(o.Status)))
	return o
}

const belongsTo = "it belongs to "

// inherited returns the reason of the resource at the top, if why is that of one below it.
func inherited(why string) string {
	for strings.HasPrefix(why, belongsTo) {
		_, why, _ = strings.Cut(why, ": ")
	}
	return why
}
