package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// A printedReport is what a run found out, as --json prints it.
type printedReport struct {
	Out string `json:"out"`
	OK  bool   `json:"ok"` // all that the role reaches was read
	*inventory.Report
	Caused *caused `json:"caused,omitempty"`
	*cli.Failure
}

// printReport writes what the run found out to standard output, or to standard error if
// the objects went there.
func (j *job) printReport(ctx context.Context, r *inventory.Report, end error) error {
	switch {
	case j.JSON:
		return j.PrintJSON(printedReport{j.out, r.OK(), r, j.caused, j.Failure(ctx, end)})
	case j.out == stdout:
		j.Say("%s", strings.TrimSuffix(j.reportText(r, cli.Columns(j.ErrWidth)), "\n"))
		return nil
	}
	return j.PrintText(j.reportText(r, j.TableWidth()))
}

// reportText is the report in lines of at most width columns.
func (j *job) reportText(r *inventory.Report, width int) string {
	t := cli.NewTable("RESOURCE", "OBJECTS", "REQUESTS", "STATUS")
	for _, row := range r.Rows {
		t.Row(row.Resource, fmt.Sprint(row.Count), fmt.Sprint(row.Requests), string(row.Status))
	}
	var b strings.Builder
	b.WriteString(t.Text(width))
	if text := changesText(r); text != "" {
		b.WriteString("\n" + cli.Wrap(text, width))
	}
	for _, g := range cli.CoverageGroups(r, incomplete...) {
		b.WriteString("\n" + cli.Wrap(groupText(g), width))
	}
	b.WriteString("\n" + cli.Wrap(j.caused.text(), width))
	b.WriteString(cli.Wrap(summary(r), width))
	return b.String()
}

// incomplete are the statuses that are told of one by one.
var incomplete = []inventory.Status{
	inventory.NotLicensed, inventory.NotAsked, inventory.Partial, inventory.BeyondRole, inventory.Refused, inventory.Failed,
}

// groupText says what is not complete, why, and who can change that.
func groupText(g inventory.Group) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", strings.ToUpper(string(g.Status[:1]))+string(g.Status[1:]), cli.Count(len(g.Resources()), "resource"))
	for _, r := range g.Reasons {
		fmt.Fprintf(&b, "\n  %s: %s", cli.Join(r.Resources), cli.Plain(r.Why))
	}
	if change := cli.ToChange("", g.Remedy, g.By); change != "" {
		b.WriteString("\n  " + change)
	}
	return b.String()
}

// text says what the run has left in the System Log.
func (c *caused) text() string {
	switch {
	case c == nil:
		return "What this run has left in the System Log is not known: the credential does not read it."
	case c.Failed != "":
		return "What this run has left in the System Log is not known: " + cli.Plain(c.Failed)
	case len(c.Events) == 0:
		return "The System Log has no event of this run so far."
	}
	var kinds []string
	for _, e := range c.Events {
		kinds = append(kinds, fmt.Sprintf("%d %s", e.Count, e.Type))
	}
	text := "This run in the System Log so far: " + cli.Join(kinds)
	if c.More {
		text += ", and more than one query shows"
	}
	return text
}

// summary is the last line.
func summary(r *inventory.Report) string {
	objects := 0
	for _, row := range r.Rows {
		objects += row.Count
	}
	complete := r.Count(inventory.Complete)
	text := fmt.Sprintf("%s of %s", cli.Count(objects, "object"), cli.Count(len(r.Rows), "resource"))
	var less []string
	for _, s := range incomplete {
		if n := r.Count(s); n > 0 {
			less = append(less, fmt.Sprintf("%d %s", n, s))
		}
	}
	switch {
	case len(less) == 0:
		return "Complete: " + text
	case r.OK():
		return fmt.Sprintf("All that this role reaches is complete: %s. Of the resources %d are complete, %s", text, complete, strings.Join(less, ", "))
	}
	return fmt.Sprintf("Not all that this role reaches is complete: %s. Of the resources %d are complete, %s", text, complete, strings.Join(less, ", "))
}
