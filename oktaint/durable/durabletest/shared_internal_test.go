package durabletest

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// handle is a State of a store that others use too. It is correct, except for the
// fault that it is given.
type handle struct {
	*memory
	fault string

	mu      sync.Mutex
	known   bool
	data    []byte
	version string
}

func (h *handle) Load(ctx context.Context) ([]byte, string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.known && h.fault == "answers from memory" {
		return slices.Clone(h.data), h.version, nil
	}
	data, version, err := h.memory.Load(ctx)
	h.known, h.data, h.version = err == nil, slices.Clone(data), version
	return data, version, err
}

func (h *handle) Save(ctx context.Context, data []byte, prev string) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.fault == "compares with memory" && h.known && prev != h.version:
		return "", durable.ErrConflict
	case h.fault == "compares with memory":
		_, prev, _ = h.memory.Load(ctx)
	case h.fault == "locks itself only":
		if _, now, _ := h.memory.Load(ctx); now != prev {
			return "", durable.ErrConflict
		}
		runtime.Gosched()
		_, prev, _ = h.memory.Load(ctx)
	}
	version, err := h.memory.Save(ctx, data, prev)
	if err == nil {
		h.known, h.data, h.version = true, slices.Clone(data), version
	}
	return version, err
}

func twoHandles(fault string) (a, b durable.State) {
	m := &memory{}
	return &handle{memory: m, fault: fault}, &handle{memory: m, fault: fault}
}

func TestSharedTakesWhatIsRight(t *testing.T) {
	t.Parallel()
	TestShared(t, func(*testing.T) (a, b durable.State) { return twoHandles("") })
}

// Each fault is found, by the check that is made for it.
func TestSharedFindsFaults(t *testing.T) {
	t.Parallel()
	unused := make(map[string]bool)
	for _, c := range sharedChecks {
		unused[c.name] = true
	}
	for fault, by := range map[string]string{
		"answers from memory":  "seen",
		"compares with memory": "stale of the other",
		"locks itself only":    "concurrent",
	} {
		delete(unused, by)
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			i := slices.IndexFunc(sharedChecks, func(c sharedCheck) bool { return c.name == by })
			for range 50 { // a race does not show each time
				a, b := twoHandles(fault)
				if sharedChecks[i].run(t.Context(), a, b) != nil {
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
