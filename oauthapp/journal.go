package oauthapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// ErrOtherJournal is wrapped by the error of [BuildPlan] if the journal is about
// an app of the same label with another key. If that key is lost, [Rollback]
// clears the way: it needs the journal alone.
var ErrOtherJournal = errors.New("the journal is about an app with another key")

// The states of a write in the journal. A write that was refused is taken out.
const (
	sending  = "sending"  // it may have been sent
	done     = "done"     // it took effect
	removing = "removing" // Rollback may have undone it
)

// The names of writes in the journal; a prefix is followed by the role's type
// or the scope. More of them are in changes.go.
const (
	createWrite   = "create"
	activateWrite = "activate"
	rolePrefix    = "role "
	grantPrefix   = "grant "
)

// A record is the journal's state.
type record struct {
	Version       int               `json:"version"`
	Org           string            `json:"org_url"`
	Label         string            `json:"label"`
	Thumbprint    string            `json:"key_thumbprint"`
	ApplicationID string            `json:"application_id,omitempty"`
	ClientID      string            `json:"client_id,omitempty"`
	Writes        map[string]string `json:"writes,omitempty"` // by name: their state
	Made          map[string]string `json:"made,omitempty"`   // by name: the id of what a write made

	// RolesBefore are the types of the app's roles before its first grant, nil
	// if nobody looked.
	RolesBefore []string `json:"roles_before_grants,omitzero"`
}

// A ledger is a journal in use. Without a journal it keeps nothing.
type ledger struct {
	journal durable.State

	mu      sync.Mutex
	version string
	changed bool // since it was saved
	rec     record
}

// openLedger loads j, which must be empty or about the app of d.
func openLedger(ctx context.Context, j durable.State, o oktaint.Org, d Desired) (*ledger, error) {
	l := &ledger{journal: j, rec: record{
		Version: 1, Org: o.String(), Label: d.Label, Thumbprint: d.Key.Thumbprint(),
		Writes: map[string]string{}, Made: map[string]string{},
	}}
	if j == nil {
		return l, nil
	}
	state, version, err := j.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("oauthapp: loading the journal: %w", err)
	}
	l.version = version
	if len(state) == 0 {
		return l, nil
	}
	rec, err := readRecord(state)
	switch {
	case err != nil:
		return nil, err
	case rec.Org == "":
		return l, nil // rolled back
	case rec.Org != l.rec.Org || rec.Label != l.rec.Label && (d.ApplicationID == "" || rec.ApplicationID != d.ApplicationID):
		return nil, fmt.Errorf("oauthapp: the journal is about the app %q of %s: use another journal for this one", rec.Label, rec.Org)
	case rec.Thumbprint != l.rec.Thumbprint:
		return nil, fmt.Errorf("oauthapp: %w (%s): pass that key, or roll back what was done with it", ErrOtherJournal, rec.Thumbprint)
	}
	l.rec = rec
	return l, nil
}

// readRecord reads the state of a journal. A record without an org is that of
// a journal that was rolled back and says nothing else. One that does is damaged:
// whoever took it for empty would lose sight of what was made.
func readRecord(state []byte) (record, error) {
	var rec record
	if err := json.Unmarshal(state, &rec); err != nil {
		return record{}, fmt.Errorf("oauthapp: the journal cannot be read: %w", err)
	}
	switch {
	case rec.Version != 1:
		return record{}, fmt.Errorf("oauthapp: the journal has version %d, this release reads version 1", rec.Version)
	case rec.Org == "" && rec.empty():
		return record{Version: 1}, nil
	case rec.Org == "" || rec.Label == "" || rec.Thumbprint == "":
		return record{}, errors.New("oauthapp: the journal cannot be read: it says that something was done, but not for which org, label and key: restore it from a backup, or move it away after you have removed what was made in the Admin Console")
	}
	for name, state := range rec.Writes {
		if state != sending && state != done && state != removing {
			return record{}, fmt.Errorf("oauthapp: the journal cannot be read: the write %.40q is in the state %.40q", name, state)
		}
	}
	if rec.Writes == nil {
		rec.Writes = map[string]string{}
	}
	if rec.Made == nil {
		rec.Made = map[string]string{}
	}
	return rec, nil
}

// empty reports whether nothing is said of an app.
func (r record) empty() bool {
	return r.Label == "" && r.Thumbprint == "" && r.ApplicationID == "" && r.ClientID == "" &&
		len(r.Writes) == 0 && len(r.Made) == 0 && r.RolesBefore == nil
}

func (l *ledger) appID() string { return l.rec.ApplicationID }

// unsure reports whether a write may have been sent by an earlier run.
func (l *ledger) unsure(name string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.rec.Writes[name] == sending
}

// reconcile settles the writes that an earlier run may have sent by what the
// org has now. A create that is not there yet stays open: it may still appear.
func (l *ledger) reconcile(have *App) {
	l.forget(have)
	for name, state := range l.rec.Writes {
		if state == done || state == sending && name == createWrite && have == nil {
			continue
		}
		l.changed = true
		id, there := have.made(name)
		if !there {
			l.drop(name)
			continue
		}
		if l.rec.Writes[name] = done; id != "" {
			l.rec.Made[name] = id
		}
	}
}

// forget drops what is known of the app that the journal names if that app is
// gone. What was made beside it may be there still.
func (l *ledger) forget(have *App) {
	var now App
	if have != nil {
		now = *have
	}
	if l.rec.ApplicationID == now.ID {
		return
	}
	l.changed = true
	if l.rec.ApplicationID != "" {
		for name := range l.rec.Writes {
			if name == createWrite && l.rec.Writes[name] == sending || isBeside(name) {
				continue
			}
			l.drop(name)
		}
	}
	l.rec.ApplicationID, l.rec.ClientID = now.ID, now.ClientID
}

// isBeside reports whether a write is about something that stays when the app
// is deleted.
func isBeside(name string) bool {
	switch name {
	case customRoleWrite, resourceSetWrite, bindingWrite, revokeTokenWrite:
		return true
	}
	return false
}

func (l *ledger) drop(name string) {
	delete(l.rec.Writes, name)
	delete(l.rec.Made, name)
}

// note saves the state of a write, "" for none, and what edit adds to it. Only
// once it has returned without an error may the write be sent.
func (l *ledger) note(ctx context.Context, name, state string, edit func(*record)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rec.Writes[name] = state
	switch state {
	case "":
		l.drop(name)
	case sending:
		delete(l.rec.Made, name) // what it made before is gone
	}
	if edit != nil {
		edit(&l.rec)
	}
	l.changed = true
	return l.save(ctx)
}

// flush saves what reconcile found.
func (l *ledger) flush(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.save(ctx)
}

func (l *ledger) save(ctx context.Context) error {
	if l.journal == nil || !l.changed {
		return nil
	}
	state, err := json.Marshal(l.rec)
	if err != nil {
		return fmt.Errorf("oauthapp: saving the journal: %w", err)
	}
	version, err := l.journal.Save(ctx, state, l.version)
	switch {
	case errors.Is(err, durable.ErrConflict):
		return fmt.Errorf("another run is at work on this app: let it finish, then run this again: %w", err)
	case err != nil:
		return fmt.Errorf("oauthapp: saving the journal: %w", err)
	}
	l.version, l.changed = version, false
	return nil
}
