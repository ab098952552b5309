package conformance

import (
	"fmt"
	"slices"
	"strings"
)

// A difference is one way in which an answer is not what was recorded.
type difference struct {
	exchange string // see [exchange.String]
	kind     string // of a replay: "status", "code", "missing" or "extra"
	what     string // the status or error code answered, or the key path
}

func (d difference) String() string { return d.exchange + ": " + d.kind + " " + d.what }

// An accepted entry names differences that we know of and want. It stands for
// every combination of its exchanges and its whats; each one must occur.
type accepted struct {
	exchanges []string
	kind      string
	whats     []string
	reason    string
}

func (a accepted) differences() []difference {
	var all []difference
	for _, e := range a.exchanges {
		for _, w := range a.whats {
			all = append(all, difference{e, a.kind, w})
		}
	}
	return all
}

// judge compares what differs with what may. It returns the differences that
// no entry lists, and the listed ones that did not occur.
func judge(found []difference, table []accepted) (unlisted, gone []difference) {
	listed := make(map[difference]bool)
	for _, a := range table {
		for _, d := range a.differences() {
			listed[d] = true
		}
	}
	occurred := make(map[difference]bool)
	for _, d := range found {
		occurred[d] = true
		if !listed[d] {
			unlisted = append(unlisted, d)
		}
	}
	for d := range listed {
		if !occurred[d] {
			gone = append(gone, d)
		}
	}
	slices.SortFunc(gone, func(a, b difference) int { return strings.Compare(a.String(), b.String()) })
	return unlisted, gone
}

// A score counts what a replay matched.
type score struct {
	statuses, statusTotal int
	keys, keyTotal        int
}

func (s *score) add(o outcome) {
	s.statusTotal++
	if o.status == o.exchange.Status {
		s.statuses++
	}
	s.keyTotal += o.recorded
	s.keys += o.recorded - len(o.missing)
}

// percent returns the shares of matched statuses and of matched keys.
func (s score) percent() (statuses, keys float64) {
	return share(s.statuses, s.statusTotal), share(s.keys, s.keyTotal)
}

func share(part, total int) float64 {
	if total == 0 {
		return 0
	}
	return 100 * float64(part) / float64(total)
}

func (s score) String() string {
	statuses, keys := s.percent()
	return fmt.Sprintf("statuses %d/%d (%.1f%%), recorded keys %d/%d (%.1f%%)",
		s.statuses, s.statusTotal, statuses, s.keys, s.keyTotal, keys)
}
