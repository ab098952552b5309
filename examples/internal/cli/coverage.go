package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// coverageOrder is the one in which statuses are shown: the worst last, where a person
// looks first.
var coverageOrder = []inventory.Status{
	inventory.Complete, inventory.NotLicensed, inventory.NotAsked, inventory.Partial, inventory.BeyondRole, inventory.Refused, inventory.Failed,
}

// CoverageGroups are the groups of a report in the order in which they are shown.
func CoverageGroups(r *inventory.Report, statuses ...inventory.Status) []inventory.Group {
	groups := r.Groups(statuses...)
	slices.SortStableFunc(groups, func(a, b inventory.Group) int {
		return slices.Index(coverageOrder, a.Status) - slices.Index(coverageOrder, b.Status)
	})
	return groups
}

// CoverageText says of which resources a group is and why, and who can change that.
func CoverageText(g inventory.Group) string {
	var parts []string
	for _, r := range g.Reasons {
		part := Join(r.Resources)
		if r.Why != "" {
			part += ": " + Plain(r.Why)
		}
		parts = append(parts, part)
	}
	return ToChange(strings.Join(parts, "; "), g.Remedy, g.By)
}

// ToChange adds to a text about something that is not as it might be what would change
// that, and who can do it, if there is anything to do.
func ToChange(text, remedy, by string) string {
	if remedy == "" {
		return text
	}
	switch {
	case strings.HasSuffix(text, "?"), strings.HasSuffix(text, "."):
		text += " "
	case text != "":
		text += ". "
	}
	text += "To change it: " + Plain(remedy)
	if by != "" {
		text += fmt.Sprintf(" (%s can)", by)
	}
	return text
}

// Coverage adds a title, and a row for each group of a report, to a table of results. Of
// what is complete it shows only how much that is: nobody has to change it.
func (t *Table) Coverage(r *inventory.Report) {
	t.Row("coverage:")
	if n := r.Count(inventory.Complete); n > 0 {
		t.Row("  "+string(inventory.Complete), fmt.Sprintf("%d of %d", n, len(r.Rows)))
	}
	for _, g := range CoverageGroups(r, coverageOrder[1:]...) {
		t.Row("  "+string(g.Status), fmt.Sprintf("%d: %s", len(g.Resources()), CoverageText(g)))
	}
}

// CoverageNames is Coverage in fewer lines, for a program that has more to show: each
// status with its resources, without reasons.
func (t *Table) CoverageNames(r *inventory.Report) {
	t.Row("coverage:", fmt.Sprintf("%d of %d resources are complete", r.Count(inventory.Complete), len(r.Rows)))
	for _, status := range coverageOrder[1:] {
		var names []string
		for _, row := range r.Rows {
			if row.Status == status {
				names = append(names, row.Resource)
			}
		}
		if len(names) > 0 {
			t.Row("  "+string(status)+":", fmt.Sprintf("%d: %s", len(names), Join(names)))
		}
	}
}
