package oauthapp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A Journal keeps what a run has done, so that another process can go on after
// a kill: a file, or a row of the caller's database. It belongs to one app of
// one org. What it keeps is JSON and never holds a secret.
type Journal interface {
	// Load returns the state last saved and its version, both empty if there
	// is none yet.
	Load(ctx context.Context) (state []byte, version string, err error)

	// Save replaces the state and returns the version of the new one. It must
	// be durable when Save returns. If the version now kept is not prev, Save
	// keeps it and returns an error that wraps [ErrConflict].
	Save(ctx context.Context, state []byte, prev string) (version string, err error)
}

// The states of a write in the journal. A write that was refused is taken out.
const (
	sending = "sending" // it may have been sent
	done    = "done"    // it took effect
)

// createWrite, activateWrite, roleWrite and grantWrite name writes in the
// journal.
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
	Writes        map[string]string `json:"writes,omitempty"`
}

// A ledger is a Journal in use. Without a journal it keeps nothing.
type ledger struct {
	journal Journal

	mu      sync.Mutex
	version string
	changed bool // since it was saved
	rec     record
}

// openLedger loads j, which must be empty or about the app of d.
func openLedger(ctx context.Context, j Journal, o oktaint.Org, d Desired) (*ledger, error) {
	l := &ledger{journal: j, rec: record{
		Version: 1, Org: o.String(), Label: d.Label, Thumbprint: d.Key.Thumbprint(), Writes: map[string]string{},
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
	var rec record
	if err := json.Unmarshal(state, &rec); err != nil {
		return nil, fmt.Errorf("oauthapp: the journal cannot be read: %w", err)
	}
	switch {
	case rec.Version != 1:
		return nil, fmt.Errorf("oauthapp: the journal has version %d, this release reads version 1", rec.Version)
	case rec.Org != l.rec.Org || rec.Label != l.rec.Label:
		return nil, fmt.Errorf("oauthapp: the journal is about the app %q of %s: use another journal for this one", rec.Label, rec.Org)
	case rec.Thumbprint != l.rec.Thumbprint:
		return nil, fmt.Errorf("oauthapp: the journal is about an app with another key (%s): pass that key", rec.Thumbprint)
	}
	if rec.Writes == nil {
		rec.Writes = map[string]string{}
	}
	l.rec = rec
	return l, nil
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
	if have != nil && l.rec.ApplicationID != have.ID {
		l.rec.ApplicationID, l.rec.ClientID = have.ID, have.ClientID
		l.changed = true
	}
	for name, state := range l.rec.Writes {
		if state != sending || name == createWrite && have == nil {
			continue
		}
		l.changed = true
		if l.rec.Writes[name] = done; !have.has(name) {
			delete(l.rec.Writes, name)
		}
	}
}

// has reports whether a write has taken effect on a.
func (a *App) has(name string) bool {
	role, isRole := strings.CutPrefix(name, rolePrefix)
	scope, isGrant := strings.CutPrefix(name, grantPrefix)
	switch {
	case a == nil:
		return false
	case isRole:
		return a.hasRole(role)
	case isGrant:
		return a.Granted.Contains(scopes.Scope(scope))
	case name == activateWrite:
		return a.Active
	}
	return name == createWrite
}

// note saves the state of a write, "" for none, and what edit adds to it. Only
// once it has returned without an error may the write be sent.
func (l *ledger) note(ctx context.Context, name, state string, edit func(*record)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rec.Writes[name] = state
	if state == "" {
		delete(l.rec.Writes, name)
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
	if err != nil {
		return fmt.Errorf("oauthapp: saving the journal: %w", err)
	}
	l.version, l.changed = version, false
	return nil
}
