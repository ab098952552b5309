// Package systemlog follows what happens in an Okta org: its System Log.
//
// A service that must miss nothing keeps a [Position] and commits it together with the
// events:
//
//	var pos systemlog.Position
//	if err := load(&pos); err != nil {
//		return err
//	}
//	for batch, err := range systemlog.Follow(ctx, c, pos, systemlog.Options{}) {
//		if err != nil {
//			return err
//		}
//		if err := store(batch.Events, batch.Next); err != nil { // in one transaction
//			return err
//		}
//	}
//
// [Follow] is a loop over [Poll], which is one round and never waits for events; a
// service that follows thousands of orgs calls Poll itself. [Between] reads a range of
// time that has gone by.
//
// # Nothing is missed
//
// Okta's log has two forms. The one without an end, which Follow and Poll read, comes in
// the order in which Okta stored the events, and is complete: an event that is stored
// late comes late. The one with an end, which Between reads, comes in the order of the
// times at which the events happened, and misses those that are stored after it was read.
//
// An event has a uuid. Poll leaves out those that it has seen lately. A store should use
// the uuid as a key all the same: after a kill between reading and committing, events come
// again, and after a gap older ones may.
//
// If the org does not accept a cursor any more, or a cursor does not move, Poll goes on
// from some minutes before the newest event that it has seen, and says so in [Batch].Gap.
// Okta keeps events for 90 days.
package systemlog
