package inventory

import (
	"slices"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A progress is how far a list has come: the page at work, and what of the lists
// below it is done. It is a node of the tree that a checkpoint keeps.
type progress struct {
	Cursor oktaint.Cursor       `json:"cursor,omitempty"` // of the page at work
	Put    bool                 `json:"put,omitempty"`    // the objects of this page are in the Sink
	Over   bool                 `json:"over,omitempty"`   // there is no other page
	Done   []string             `json:"done,omitempty"`   // lists below this page that are complete
	Open   map[string]*progress `json:"open,omitempty"`   // lists below this page that are at work
}

// begin returns the progress of a list below the page. It is nil if the list is done.
func (p *progress) begin(key string) *progress {
	if slices.Contains(p.Done, key) {
		return nil
	}
	if p.Open == nil {
		p.Open = make(map[string]*progress)
	}
	if p.Open[key] == nil {
		p.Open[key] = new(progress)
	}
	return p.Open[key]
}

// end notes that a list below the page is done.
func (p *progress) end(key string) {
	delete(p.Open, key)
	p.Done = append(p.Done, key)
}

// turn goes on to the next page, if there is one.
func (p *progress) turn(next oktaint.Cursor) { *p = progress{Cursor: next, Over: next == ""} }
