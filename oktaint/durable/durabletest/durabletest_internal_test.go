package durabletest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// memory is a correct State, except for the fault that it is given.
type memory struct {
	fault string

	mu      sync.Mutex
	data    []byte
	version int
}

func (m *memory) name(version int) string {
	if m.fault == "versions are of the document" {
		return string(m.data)
	}
	return fmt.Sprint(version)
}

func (m *memory) Load(ctx context.Context) ([]byte, string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil && m.fault != "Load is deaf" {
		return nil, "", err
	}
	data := slices.Clone(m.data)
	switch {
	case m.fault == "Load gives its slice":
		data = m.data
	case m.fault == "null in the beginning" && m.version == 0:
		data = []byte("null")
	case m.fault == "Load gives the version before":
		return data, m.name(m.version - 1), nil
	}
	return data, m.name(m.version), nil
}

func (m *memory) Save(ctx context.Context, data []byte, prev string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil && m.fault != "Save is deaf" {
		return "", err
	}
	if m.fault == "compares and replaces in two steps" {
		stale := prev != m.name(m.version)
		m.mu.Unlock()
		runtime.Gosched()
		m.mu.Lock()
		if stale {
			return "", durable.ErrConflict
		}
	} else if prev != m.name(m.version) && m.fault != "compares nothing" && (prev != "0" || m.fault != "compares nothing at first") {
		if m.fault == "replaces in spite of it" {
			m.data = slices.Clone(data)
		}
		if m.fault == "another error" {
			return "", errors.New("stale")
		}
		return "", fmt.Errorf("row 1: %w", durable.ErrConflict)
	}
	switch {
	case m.fault == "cuts" && len(data) > 1<<19:
		data = data[:1<<19]
	case m.fault == "refuses big ones" && len(data) > 1<<16:
		return "", errors.New("too big")
	case m.fault == "one version for ever":
		m.version--
	}
	m.data, m.version = slices.Clone(data), m.version+1
	if m.fault == "keeps the caller's slice" {
		m.data = data
	}
	return m.name(m.version), nil
}

func TestStateTakesWhatIsRight(t *testing.T) {
	t.Parallel()
	TestState(t, func(*testing.T) durable.State { return &memory{} })
}

// Each fault is found, by the check that is made for it.
func TestStateFindsFaults(t *testing.T) {
	t.Parallel()
	unused := make(map[string]bool)
	for _, c := range checks {
		unused[c.name] = true
	}
	for fault, by := range map[string]string{
		"null in the beginning":              "empty",
		"Load gives the version before":      "saved",
		"one version for ever":               "saved",
		"compares nothing":                   "stale",
		"replaces in spite of it":            "stale",
		"another error":                      "stale",
		"versions are of the document":       "same document",
		"keeps the caller's slice":           "own bytes",
		"Load gives its slice":               "own bytes",
		"Load is deaf":                       "cancelled",
		"Save is deaf":                       "cancelled",
		"cuts":                               "big",
		"refuses big ones":                   "big",
		"compares and replaces in two steps": "concurrent",
		"compares nothing at first":          "first of two",
	} {
		delete(unused, by)
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			i := slices.IndexFunc(checks, func(c check) bool { return c.name == by })
			for range 50 { // a race does not show each time
				if checks[i].run(t.Context(), &memory{fault: fault}) != nil {
					return
				}
			}
			t.Errorf("the check %q takes it", by)
		})
	}
	if len(unused) > 0 {
		t.Errorf("no fault is made for the checks %v", unused)
	}
}
