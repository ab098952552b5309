package oktatest

import (
	"cmp"
	"time"
)

// A LogEvent says what event [Org.AddLogEvents] stores. All of it may be left out.
type LogEvent struct {
	// UUID is that of an event that was stored already, for a duplicate. The default is a
	// new one.
	UUID string

	// Type is the event type. The default is user.session.start.
	Type string

	// Published is when it happened. The default is now; an earlier time makes it an event
	// that is stored late.
	Published time.Time

	// User is the id of the user who did it, and to whom it happened. The default is the
	// org itself.
	User string

	// Result and Reason are the outcome. The default is SUCCESS.
	Result, Reason string
}

// AddLogEvents stores events in the System Log, in this order, and returns their uuids. It
// panics if a user is not there.
func (o *Org) AddLogEvents(events ...LogEvent) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var uuids []string
	for _, in := range events {
		e := &event{uuid: in.UUID, kind: cmp.Or(in.Type, "user.session.start"), published: in.Published, actor: systemActor,
			result: in.Result, reason: in.Reason, path: "/api/v1/authn"}
		e.text = e.kind
		if in.User != "" {
			e.actor = partyOfUser(o.mustUser(in.User))
			e.targets = []party{e.actor}
		}
		o.storeEvent(e)
		uuids = append(uuids, o.uuidOf(e))
	}
	return uuids
}
