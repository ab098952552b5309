package oauthapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// ErrOtherJournal is wrapped by the error of [BuildPlan] if the journal is about
// an app of the same label with another key. If that key is lost, [BuildRollback]
// clears the way: it needs the journal alone.
var ErrOtherJournal = errors.New("the journal is about an app with another key")

// The states of a change in the journal. One that was refused is taken out, and so is one
// that was made from here and taken back.
const (
	sending  = "sending"  // it may have been sent
	done     = "done"     // it was made
	removing = "removing" // it may have been taken back
	removed  = "removed"  // it was there before, and was taken away
)

// An entry is what the journal says of a change.
type entry struct {
	State  string          `json:"state"`
	ID     string          `json:"id,omitempty"`     // of what was made or taken away
	Before json.RawMessage `json:"before,omitempty"` // what there was before, where that is more than nothing
	Theirs bool            `json:"theirs,omitempty"` // it was there before
	At     time.Time       `json:"at,omitzero"`      // when it was made from here
}

// fresh reports whether it was made so shortly ago that the org may not show it yet.
func (e *entry) fresh() bool {
	return (e.State == sending || e.State == done) && time.Since(e.At) < deliver.Patience
}

// A record is the journal's state.
type record struct {
	Version       int               `json:"version"`
	Org           string            `json:"org_url"`
	Label         string            `json:"label"`
	Thumbprint    string            `json:"key_thumbprint"`
	ApplicationID string            `json:"application_id,omitempty"`
	ClientID      string            `json:"client_id,omitempty"`
	Changes       map[string]*entry `json:"changes,omitempty"` // by name: see change

	// RolesBefore are the types of the app's roles before its first grant, nil
	// if nobody looked.
	RolesBefore []string `json:"roles_before_grants,omitzero"`

	// Rotation is the rotation that is under way, nil if there is none.
	Rotation *rotationRecord `json:"rotation,omitempty"`
}

const recordVersion = 2

// A rotationRecord is what the journal says of a rotation that is under way.
type rotationRecord struct {
	Old      string    `json:"old_thumbprint"`
	Next     string    `json:"next_thumbprint"`
	Switched time.Time `json:"switched_at,omitzero"` // when the caller's store took the next key
}

// A ledger is a journal in use. Without a journal it keeps its record in memory alone.
type ledger struct {
	journal durable.State

	mu      sync.Mutex
	version string
	changed bool // since it was saved
	rec     record
}

// openLedger loads j, which must be empty or about the app of want.
func openLedger(ctx context.Context, j durable.State, want record, named bool) (*ledger, error) {
	want.Version, want.Changes = recordVersion, map[string]*entry{}
	l := &ledger{journal: j, rec: want}
	if j == nil {
		return l, nil
	}
	rec, version, err := loadRecord(ctx, j)
	if err != nil {
		return nil, err
	}
	l.version = version
	switch {
	case rec.Org == "":
		return l, nil // new, or rolled back
	case rec.Org != want.Org || rec.Label != want.Label && !(named && rec.ApplicationID == want.ApplicationID):
		return nil, fmt.Errorf("oauthapp: the journal is about the app %q of %s: use another journal for this one", rec.Label, rec.Org)
	case rec.Thumbprint != want.Thumbprint:
		return nil, fmt.Errorf("oauthapp: %w (%s): pass that key, or roll back what was done with it", ErrOtherJournal, rec.Thumbprint)
	}
	l.rec = rec
	return l, nil
}

func loadRecord(ctx context.Context, j durable.State) (rec record, version string, err error) {
	state, version, err := j.Load(ctx)
	if err != nil {
		return rec, "", fmt.Errorf("oauthapp: loading the journal: %w", err)
	}
	if len(state) > 0 {
		rec, err = readRecord(state)
	}
	return rec, version, err
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
	case rec.Version != recordVersion:
		return record{}, fmt.Errorf("oauthapp: the journal has version %d, this release reads version %d", rec.Version, recordVersion)
	case rec.Org == "" && rec.empty():
		return record{Version: recordVersion}, nil
	case rec.Org == "" || rec.Label == "" || rec.Thumbprint == "":
		return record{}, errors.New("oauthapp: the journal cannot be read: it says that something was done, but not for which org, label and key: restore it from a backup, or move it away after you have removed what was made in the Admin Console")
	}
	for name, e := range rec.Changes {
		if _, known := changeNamed(name); !known || e == nil || !slices.Contains([]string{sending, done, removing, removed}, e.State) {
			return record{}, fmt.Errorf("oauthapp: the journal cannot be read: it has a change %.40q that this release does not know, or in an unknown state", name)
		}
	}
	if rec.Changes == nil {
		rec.Changes = map[string]*entry{}
	}
	return rec, nil
}

// empty reports whether nothing is said of an app.
func (r record) empty() bool {
	return r.Label == "" && r.Thumbprint == "" && r.ApplicationID == "" && r.ClientID == "" &&
		len(r.Changes) == 0 && r.RolesBefore == nil && r.Rotation == nil
}

// changes are the changes that the journal knows, in the order of the table.
func (l *ledger) changes() []change {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []change
	for name, e := range l.rec.Changes {
		c, _ := changeNamed(name)
		c.id = e.ID
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b change) int {
		if d := slices.Index(table, a.row) - slices.Index(table, b.row); d != 0 {
			return d
		}
		return strings.Compare(a.arg, b.arg)
	})
	return list
}

// entry returns what the journal says of a change, the zero entry if nothing.
func (l *ledger) entry(name string) entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.rec.Changes[name]; e != nil {
		return *e
	}
	return entry{}
}

// did reports whether a change was made from here.
func (l *ledger) did(name string) bool {
	e := l.entry(name)
	return e.State == done && !e.Theirs
}

// owns are the names of the custom roles of which the journal knows a part.
func (l *ledger) owns() []string {
	var list []string
	for _, c := range l.changes() {
		if c.row.beside && c.arg != "" && !slices.Contains(list, c.arg) {
			list = append(list, c.arg)
		}
	}
	return list
}

// fresh returns until when the org may not show yet what was made last.
func (l *ledger) fresh() (until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, e := range l.rec.Changes {
		c, _ := changeNamed(name)
		if at := e.At.Add(deliver.Patience); c.row.part != partGrants && at.After(until) {
			until = at
		}
	}
	return until
}

// begin notes that a change is about to be made, or taken back, and reports whether an
// earlier run may have sent it. Only once it has returned without an error may it be sent.
func (l *ledger) begin(ctx context.Context, c change, before any) (sent bool, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	state := sending
	if c.taken {
		state = removing
	}
	e := l.rec.Changes[c.name()]
	if e == nil {
		e = &entry{ID: c.id, Theirs: c.taken}
		if before != nil {
			if e.Before, err = json.Marshal(before); err != nil {
				return false, err
			}
		}
		l.rec.Changes[c.name()] = e
	} else {
		// What was made from here and is not shown may only be shown late.
		sent = e.State == state || e.State == done && !c.taken
		if c.taken && e.ID == "" {
			e.ID = c.id
		}
	}
	if e.State, l.changed = state, true; !c.taken {
		e.At = time.Now().UTC()
	}
	return sent, l.save(ctx)
}

// end notes what came of a change that was begun.
func (l *ledger) end(ctx context.Context, c change, o deliver.Outcome, id string, edit func(*record)) error {
	if o == deliver.Open {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.rec.Changes[c.name()]
	took := o == deliver.Took
	switch {
	case c.taken == took && !e.Theirs, c.taken != took && e.Theirs: // it is as it was before
		delete(l.rec.Changes, c.name())
	case e.Theirs:
		e.State = removed
	default:
		e.State = done
		if !c.taken {
			e.ID, e.At = id, time.Now().UTC()
		}
	}
	if edit != nil {
		edit(&l.rec)
	}
	l.changed = true
	return l.save(ctx)
}

// reconcile settles the changes that an earlier run may have sent by what the org has now.
// A create that is not there yet stays open: it may still appear.
func (l *ledger) reconcile(t target) {
	l.forget(t.app)
	for name, e := range l.rec.Changes {
		c, _ := changeNamed(name)
		if e.State == done || e.State == removed || c.row == appRow && t.app.ID == "" || c.row == tokenRow {
			if c.row == tokenRow { // it has just been used
				delete(l.rec.Changes, name)
				l.changed = true
			}
			continue
		}
		l.changed = true
		t.arg = c.arg
		switch id, there := c.row.see(&t); {
		case !there && e.fresh(): // it may be shown late
		case there == e.Theirs:
			delete(l.rec.Changes, name)
		case there:
			e.State, e.ID = done, id
		default:
			e.State = removed
		}
	}
}

// forget drops what is known of the app that the journal names if that app is
// gone. What was made beside it may be there still.
func (l *ledger) forget(now *App) {
	if l.rec.ApplicationID == now.ID {
		return
	}
	l.changed = true
	if l.rec.ApplicationID != "" {
		for name, e := range l.rec.Changes {
			c, _ := changeNamed(name)
			if c.row == appRow && e.State == sending || c.row.beside {
				continue
			}
			delete(l.rec.Changes, name)
		}
	}
	l.rec.ApplicationID, l.rec.ClientID = now.ID, now.ClientID
}

// edit changes the record and saves it.
func (l *ledger) edit(ctx context.Context, change func(*record)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	change(&l.rec)
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

// recordOf is the record of an app that is to be.
func recordOf(o oktaint.Org, d Desired) record {
	return record{Org: o.String(), Label: d.Label, Thumbprint: d.Key.Thumbprint(), ApplicationID: d.ApplicationID}
}
