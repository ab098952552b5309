package oktatest

import (
	"fmt"
	"time"
)

// logCursors says which cursors of the System Log are good.
type logCursors struct {
	generation int // those of earlier generations have expired
	stuck      int // so many next links with events lead to the same page
}

// logGeneration is more than there are events.
const logGeneration = 1_000_000_000

// logCursor is the cursor behind an event. Its form is as recorded.
func (o *Org) logCursor(at time.Time, number int) string {
	return fmt.Sprintf("%d_%d", at.UnixMilli(), o.logCursors.generation*logGeneration+number)
}

// ExpireLogCursors lets the System Log refuse every cursor that it has handed out so far,
// with 400 E0000029.
func (o *Org) ExpireLogCursors() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.logCursors.generation++
}

// StickLogCursors lets n pages of the System Log that are asked for by a cursor, and have
// events, link to themselves as the next page.
func (o *Org) StickLogCursors(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.logCursors.stuck = n
}
