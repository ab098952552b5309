package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint/systemlog"
)

const testOrg = "https://acme.okta.com"

func openStore(t *testing.T, dir string) *eventStore {
	t.Helper()
	s, err := openEvents(t.Context(), dir, testOrg, true)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func at(day int, uuid string) systemlog.Event {
	published := time.Date(2026, 11, day, 23, 59, 0, 0, time.UTC)
	return systemlog.Event{Published: published, Raw: json.RawMessage(`{"uuid":"` + uuid + `"}`)}
}

// position is some position, told from others by its time.
func position(day int) systemlog.Position {
	return systemlog.Since(time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC))
}

// wantFile holds a file of the folder against its content; "" means that there is none.
func wantFile(t *testing.T, dir, name, want string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	if string(text) != want || (err == nil) != (want != "") {
		t.Errorf("%s: %q, %v, want %q", name, text, err, want)
	}
}

// Events go to the file of their day, late ones too. What was not committed is cut off
// when the store is opened again, and the position is that of what is there.
func TestEventStore(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	s := openStore(t, dir)
	for _, step := range []struct {
		position systemlog.Position
		events   []systemlog.Event
	}{
		{position(1), []systemlog.Event{at(26, "a"), at(27, "b")}},
		{position(2), nil},
		{position(3), []systemlog.Event{at(26, "late")}},
	} {
		if err := s.commit(t.Context(), step.events, step.position); err != nil {
			t.Fatal(err)
		}
	}
	wantFile(t, dir, "logs-2026-11-26.ndjson", `{"uuid":"a"}`+"\n"+`{"uuid":"late"}`+"\n")
	wantFile(t, dir, "logs-2026-11-27.ndjson", `{"uuid":"b"}`+"\n")

	// A kill between the events and their position.
	for name, e := range map[string]systemlog.Event{"logs-2026-11-27.ndjson": at(27, "c"), "logs-2026-11-28.ndjson": at(28, "d")} {
		if err := s.append(t.Context(), name, []systemlog.Event{e}); err != nil {
			t.Fatal(err)
		}
	}
	s.close()
	s = openStore(t, dir)
	wantFile(t, dir, "logs-2026-11-27.ndjson", `{"uuid":"b"}`+"\n")
	wantFile(t, dir, "logs-2026-11-28.ndjson", "")
	if !strings.Contains(string(s.Position), "2026-11-03") {
		t.Errorf("position %s", s.Position)
	}
	if err := s.commit(t.Context(), []systemlog.Event{at(27, "c"), at(28, "d")}, position(4)); err != nil {
		t.Fatal(err)
	}
	wantFile(t, dir, "logs-2026-11-27.ndjson", `{"uuid":"b"}`+"\n"+`{"uuid":"c"}`+"\n")
	wantFile(t, dir, "logs-2026-11-28.ndjson", `{"uuid":"d"}`+"\n")
	s.close()
}

// A folder has one follower at a time.
func TestEventStoreInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openStore(t, dir)
	if _, err := openEvents(t.Context(), dir, testOrg, true); err == nil || !strings.Contains(err.Error(), "another run follows into "+dir) {
		t.Errorf("a second one: %v", err)
	}
	s.close()
	openStore(t, dir).close()
}

// A folder that is not as it was left is refused, as is one of another org, and nothing
// in it is changed.
func TestEventStoreRefuses(t *testing.T) {
	t.Parallel()
	const name = "logs-2026-11-27.ndjson"
	for want, spoil := range map[string]func(dir string) error{
		name + " is gone":             func(dir string) error { return os.Remove(filepath.Join(dir, name)) },
		"events are missing":          func(dir string) error { return os.Truncate(filepath.Join(dir, name), 5) },
		"but no position.json":        func(dir string) error { return os.Remove(filepath.Join(dir, positionName)) },
		"holds events of https://no.": func(dir string) error { return replace(dir, "acme.okta.com", "no.okta.com") },
		"not one of this version":     func(dir string) error { return replace(dir, `"format":1`, `"format":2`) },
	} {
		dir := t.TempDir()
		s := openStore(t, dir)
		if err := s.commit(t.Context(), []systemlog.Event{at(27, "a")}, position(1)); err != nil {
			t.Fatal(err)
		}
		s.close()
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		before := files(t, dir)
		if _, err := openEvents(t.Context(), dir, testOrg, true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
		if after := files(t, dir); strings.Join(after, " ") != strings.Join(before, " ") {
			t.Errorf("%s: files %q, before %q", want, after, before)
		}
	}
}

// replace changes the file of the position.
func replace(dir, from, to string) error {
	path := filepath.Join(dir, positionName)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.Replace(string(text), from, to, 1)), 0o600)
}
