package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rezonate-io/okta-integration/examples/internal/cli"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// beginDelta sees that there is something to bring up to date.
func (f *folder) beginDelta(*cli.Connection) error {
	switch m := &f.manifest; {
	case m.Unfinished != nil:
		return cli.Usagef("--delta: the run in %s is not finished: go on with it first, by the same command without --delta", f.dir)
	case m.Report == nil:
		return cli.Usagef("--delta: %s holds nothing to bring up to date: collect without --delta first", f.dir)
	}
	for _, file := range f.manifest.Files {
		if file.Raw {
			return cli.Usagef("--delta: %s holds raw objects, which do not say what they belong to: collect without --raw first", file.Name)
		}
	}
	return nil
}

// update brings the files up to date.
func (f *folder) update(ctx context.Context, c *oktaint.Client, opts inventory.Options) (*inventory.Report, error) {
	store, err := f.files.Updates()
	if err != nil {
		return nil, err
	}
	return inventory.Delta(ctx, c, store, f.manifest.Report, opts)
}

// changesText says what a delta changed. It is empty for a full run.
func changesText(r *inventory.Report) string {
	if r.Delta == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Changes since %s, by %s of the System Log:", r.Delta.Since.Local().Format(time.DateTime), cli.Count(r.Delta.Events, "event"))
	if r.Delta.NoLog != "" {
		fmt.Fprintf(&b, "\n  without the System Log: %s", cli.Plain(r.Delta.NoLog))
	}
	none := true
	for _, row := range r.Rows {
		if c := row.Changes; c != nil && c.Added+c.Changed+c.Deleted > 0 {
			none = false
			fmt.Fprintf(&b, "\n  %s: %d added, %d changed, %d deleted", row.Resource, c.Added, c.Changed, c.Deleted)
		}
	}
	if none {
		b.WriteString(" none")
	}
	return b.String() + wholeText(r)
}

// wholeText says of what more than the changes was read, a line for each reason.
func wholeText(r *inventory.Report) string {
	var reasons []string
	resources := make(map[string][]string)
	for _, row := range r.Rows {
		if c := row.Changes; c != nil && c.Whole != "" && (row.Status == inventory.Complete || row.Status == inventory.Partial) {
			if resources[c.Whole] == nil {
				reasons = append(reasons, c.Whole)
			}
			resources[c.Whole] = append(resources[c.Whole], row.Resource)
		}
	}
	var b strings.Builder
	for _, why := range reasons {
		fmt.Fprintf(&b, "\n  read as a whole (%s): %s", cli.Plain(why), cli.Join(resources[why]))
	}
	return b.String()
}
