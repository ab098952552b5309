package inventory_test

import (
	"strings"
	"testing"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// What belongs to a list that is empty, though no org has it empty, is not called
// complete.
func TestBelowWhatIsRefused(t *testing.T) {
	t.Parallel()
	org := newFakeOrg(map[string]answer{"/api/v1/groups": {body: "[]"}})
	report, err := inventory.Probe(t.Context(), org.client(t), inventory.Options{Resources: []string{"groups", "group-members"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range report.Rows {
		if row.Status != inventory.Refused || !strings.Contains(row.Why, "no org has it empty") || strings.Contains(row.Why, "it belongs to groups") != (row.Resource == "group-members") {
			t.Errorf("%s: %+v", row.Resource, row.Outcome)
		}
	}
}
