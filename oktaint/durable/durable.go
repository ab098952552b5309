// Package durable keeps small things in files so that they survive a crash and
// several processes: a document, a state that changes, a log of lines.
//
// To keep a document whole, whatever happens while it is written:
//
//	err := durable.WriteFile("acme.json", doc)
//
// To keep a state that several processes change, so that none of them overwrites
// the changes of another:
//
//	var s durable.State = durable.File{Path: "acme.state.json"}
//	data, version, err := s.Load(ctx)
//	// ... make next from data ...
//	version, err = s.Save(ctx, next, version) // ErrConflict: load again
//
// A service with a database implements [State] by a row with a version and proves
// it with the package durabletest.
//
// To keep a log that one process at a time appends to and everybody may read:
//
//	log, err := durable.OpenLog("acme.records") // ErrLocked: it is open elsewhere
//	err = log.Append(line)
//	err = log.Close()
//
// Each of these calls returns only when its work is on the disk (fsync of the file
// and of its folder). Files have the mode 0600; on Windows the access list of the
// folder applies. Only regular files are written: a FIFO, a device, a socket or a
// folder is refused. A symbolic link is followed and stays.
//
// Locks are advisory locks of the operating system (flock, or an exclusive open on
// Windows). The system drops them when their holder dies, by SIGKILL too, so that
// none is ever stale. Do not use a network file system that does not lock across
// machines for a file that several machines share.
package durable

import "errors"

// ErrLocked is wrapped by the error of [OpenLog] if the file is already open as a log,
// in this process or another.
var ErrLocked = errors.New("the file is locked, somebody else is using it")

// ErrConflict is wrapped by the error of [State].Save if the state has changed
// since the version that the caller knows.
var ErrConflict = errors.New("the state was changed by somebody else since it was loaded")
