package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestShapes replays the counted exchanges that belong to no scenario. Each
// shows one shape of answer; the org is brought to give it by making first
// what the exchange names. Those that need more are in leftShapes.
func TestShapes(t *testing.T) {
	t.Parallel()
	var total score
	var found []difference
	left := maps.Clone(leftShapes)
	for _, r := range shapes(recorded(t)) {
		o, p := org(t)
		s := &stage{o, p}
		for _, e := range r.exchanges {
			if !e.counted() {
				continue
			}
			if reason, ok := leftShapes[e.ID]; ok {
				t.Logf("left: %s, %s -> %d: %s", e, e.operation(), e.Status, reason)
				delete(left, e.ID)
				continue
			}
			outcome, err := replayShape(s, e)
			if err != nil {
				t.Error(err)
				continue
			}
			total.add(outcome)
			found = append(found, outcome.differences()...)
		}
	}
	t.Logf("all: %v", total)
	if len(left) > 0 {
		t.Errorf("leftShapes names exchanges that are not recorded: %v", slices.Sorted(maps.Keys(left)))
	}
	report(t, found, slices.Concat(acceptedShapes, acceptedUserShapes, acceptedGroupShapes, acceptedAssetShapes, acceptedAssignShapes))
	if statuses, keys := total.percent(); statuses < wantPercent || keys < wantPercent {
		t.Errorf("matched: %v; want at least %d%% of each", total, wantPercent)
	}
}

func replayShape(s *stage, e exchange) (outcome, error) {
	if err := s.prepare(e); err != nil {
		return outcome{}, fmt.Errorf("conformance: %s, %s: %w", e, strings.ToLower(e.operation()), err)
	}
	e.Query = queryOf(e)
	return s.withAuthorization(e).replay(e)
}
