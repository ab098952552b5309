package inventory

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// stale says why what was collected of a resource is not enough to go on from. It is empty
// if it is.
func (d *delta) stale(ctx context.Context, r *Resource) (string, error) {
	row, ok := d.last.Row(r.Name)
	switch {
	case !ok:
		return "it was not collected before", nil
	case row.Status != Complete && !(row.Status == Partial && r.marks.filtered):
		return "the last run did not see all of it", nil
	case r.Parent != "" && d.began(r.Name).Before(d.began(r.Parent)):
		return "it was read before what it belongs to", nil
	case !sameRoles(d.last.Roles, d.u.held.roles):
		return "the credential holds other roles than in the last run", nil
	case r.marks.ids && (d.u.opts.FullMembers || d.last.FullMembers):
		return "whole members are kept, of whose changes no list tells", nil
	}
	for _, err := range d.store.Objects(ctx, r.Name) {
		if errors.Is(err, fs.ErrNotExist) {
			return "what was collected is gone", nil
		}
		if err != nil {
			return "", fmt.Errorf("inventory: what was collected: %w", err)
		}
		break
	}
	return "", nil
}

func sameRoles(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// began is when the run began that a resource was last read by.
func (d *delta) began(resource string) time.Time {
	if row, ok := d.last.Row(resource); ok && !row.Started.IsZero() {
		return row.Started
	}
	return d.last.Started
}

// oldest is when the oldest of these runs began.
func (d *delta) oldest() time.Time {
	oldest := d.last.Started
	for i, row := range d.last.Rows {
		if at := d.began(row.Resource); i == 0 || at.Before(oldest) {
			oldest = at
		}
	}
	return oldest
}
