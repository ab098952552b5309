package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

// positionName is the file that says how far the event files can be relied on.
const positionName = "position.json"

// committed is what positionName holds: events and position are committed together, by
// replacing it. What an event file has beyond its size here is of a run that was broken
// off, and will come again.
type committed struct {
	Format   int              `json:"format"` // 1
	OrgURL   string           `json:"org_url"`
	Position json.RawMessage  `json:"position,omitempty"` // where the System Log goes on
	Sizes    map[string]int64 `json:"sizes"`              // bytes, by the name of the file
	Gaps     []string         `json:"gaps,omitempty"`     // what may be missing, and why
}

// An eventStore keeps events in a folder, in a file for each day (UTC) on which they were
// published.
type eventStore struct {
	committed
	dir     string
	raw     bool
	state   durable.File
	version string // of the state
	unlock  func()
}

// openEvents takes the folder for one follower, and cuts off what was not committed.
func openEvents(ctx context.Context, dir, org string, raw bool) (*eventStore, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	unlock, err := durable.Lock(ctx, filepath.Join(dir, "events"))
	if err != nil {
		return nil, fmt.Errorf("another run follows into %s: %w", dir, err)
	}
	s := &eventStore{dir: dir, raw: raw, state: durable.File{Path: filepath.Join(dir, positionName)}, unlock: unlock}
	if err := s.open(ctx, org); err != nil {
		unlock()
		return nil, err
	}
	return s, nil
}

func (s *eventStore) open(ctx context.Context, org string) error {
	if err := s.load(ctx, org); err != nil {
		return err
	}
	names, err := filepath.Glob(filepath.Join(s.dir, eventFile("*")))
	if err != nil {
		return err
	}
	for _, path := range names {
		if err := s.cut(path); err != nil {
			return err
		}
	}
	for name := range s.Sizes {
		if !slices.Contains(names, filepath.Join(s.dir, name)) {
			return fmt.Errorf("%s is gone, which has events of the position in %s: put it back, or give another folder", name, positionName)
		}
	}
	return nil
}

// load reads what was committed. A new folder gets a position at once: from then on,
// event files without one are those of others.
func (s *eventStore) load(ctx context.Context, org string) (err error) {
	var text []byte
	if text, s.version, err = s.state.Load(ctx); err != nil {
		return err
	}
	switch {
	case len(text) == 0:
		if left, err := filepath.Glob(filepath.Join(s.dir, eventFile("*"))); err != nil || len(left) > 0 {
			return errors.Join(err, cli.Usagef("--out %s has files of events, but no %s: give another folder", s.dir, positionName))
		}
		s.committed = committed{Format: 1, OrgURL: org, Sizes: make(map[string]int64)}
		return s.save(ctx)
	case json.Unmarshal(text, &s.committed) != nil || s.Format != 1 || s.Sizes == nil:
		return cli.Usagef("--out %s: its %s is not one of this version: give another folder", s.dir, positionName)
	case s.OrgURL != org:
		return cli.Usagef("--out %s holds events of %s: give another folder for %s", s.dir, s.OrgURL, org)
	}
	return nil
}

// cut brings a file back to what was committed.
func (s *eventStore) cut(path string) error {
	size, ok := s.Sizes[filepath.Base(path)]
	if !ok {
		return os.Remove(path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() < size {
		return fmt.Errorf("%s has %d bytes, and had %d: events are missing; give another folder", path, info.Size(), size)
	}
	return os.Truncate(path, size)
}

// eventFile is the name of the file of a day, such as 2026-11-27.
func eventFile(day string) string { return "logs-" + day + ".ndjson" }

// commit makes events and the position behind them durable, all or nothing.
func (s *eventStore) commit(ctx context.Context, events []systemlog.Event, position systemlog.Position) (err error) {
	days := make(map[string][]systemlog.Event)
	for _, e := range events {
		name := eventFile(e.Published.UTC().Format(time.DateOnly))
		days[name] = append(days[name], e)
	}
	for name, events := range days {
		if err := s.append(ctx, name, events); err != nil {
			return err
		}
	}
	if s.Position, err = json.Marshal(position); err != nil {
		return err
	}
	return s.save(ctx)
}

// append writes to a file, and to the disk.
func (s *eventStore) append(ctx context.Context, name string, events []systemlog.Event) (err error) {
	var buf bytes.Buffer
	if err := inventory.Lines(&buf, s.raw).Put(ctx, eventBatch(events)); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.WriteAt(buf.Bytes(), s.Sizes[name]); err != nil {
		return err
	}
	s.Sizes[name] += int64(buf.Len())
	return f.Sync()
}

func (s *eventStore) save(ctx context.Context) error {
	text, err := json.Marshal(s.committed)
	if err != nil {
		return err
	}
	s.version, err = s.state.Save(ctx, text, s.version)
	return err
}

// mostGaps is how many gaps are kept, the newest.
const mostGaps = 100

// gap keeps that something may be missing.
func (s *eventStore) gap(why string) {
	s.Gaps = append(s.Gaps, why)
	s.Gaps = s.Gaps[max(0, len(s.Gaps)-mostGaps):]
}

func (s *eventStore) close() { s.unlock() }
