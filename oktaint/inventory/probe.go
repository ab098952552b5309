package inventory

import (
	"context"
	"slices"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// Probe asks for one object of each resource, many resources at once. One that has a
// parent is asked for with the first parent that can have something of it. The counts of
// the Report are what came back, which says nothing of how many there are. Checkpoints are
// not used.
func Probe(ctx context.Context, c *oktaint.Client, opts Options) (*Report, error) {
	opts.Checkpoints = nil
	p := &prober{c: c, opts: opts}
	rep, err := p.probe(ctx, opts)
	if err == nil {
		err = p.again(ctx, rep)
	}
	if err == nil {
		err = p.rest(rep)
	}
	if err != nil {
		return nil, err
	}
	return rep, nil
}

// again asks for what is late until it comes or the patience is over.
func (p *prober) again(ctx context.Context, rep *Report) error {
	end := time.Now().Add(p.opts.Patience)
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		late, left := p.late(rep), time.Until(end)
		if len(late) == 0 || left <= 0 {
			return nil
		}
		if err := p.pause(ctx, min(wait, left)); err != nil {
			return err
		}
		lost := len(rep.RolesLost) > 0
		if err := p.probeOf(ctx, rep, late); err != nil {
			return err
		}
		if lost && len(rep.RolesLost) == 0 { // all was judged by fewer roles
			if err := p.probeOf(ctx, rep, nil); err != nil {
				return err
			}
		}
	}
}

// probeOf asks for some resources of the report again, or for all.
func (p *prober) probeOf(ctx context.Context, rep *Report, names []string) error {
	opts := p.opts
	if len(names) > 0 {
		opts.Resources, opts.Extended = names, false
	}
	more, err := p.probe(ctx, opts)
	if err == nil {
		rep.replace(more)
	}
	return err
}

// How long Probe waits before it asks again, at first and at most.
const (
	firstWait   = 250 * time.Millisecond
	longestWait = 2 * time.Second
)

// A prober is one call of Probe.
type prober struct {
	c    *oktaint.Client
	opts Options
	told []string // resources whose end the caller knows
}

// probe asks once.
func (p *prober) probe(ctx context.Context, opts Options) (*Report, error) {
	u, err := newRun(p.c, SinkFunc(func(context.Context, Batch) error { return nil }), opts, true)
	if err != nil {
		return nil, err
	}
	if p.opts.Progress != nil {
		u.opts.Progress = func(e Event) { p.tell(e, len(u.held.lost) > 0) }
	}
	return u.do(ctx, u.walk)
}

// tell passes events on, but not the end of a resource that may be asked for again, as
// all may be if a role is lost.
func (p *prober) tell(e Event, lost bool) {
	if e.Row != nil {
		if p.opts.Patience > 0 && (lost || p.isLate(*e.Row)) || slices.Contains(p.told, e.Resource) {
			return
		}
		p.told = append(p.told, e.Resource)
	}
	p.opts.Progress(e)
}

// rest tells the end of those resources of which it was not told.
func (p *prober) rest(rep *Report) error {
	for _, row := range rep.Rows {
		if slices.Contains(p.told, row.Resource) {
			continue
		}
		if err := p.opts.tell(Event{Resource: row.Resource, Count: row.Count, Requests: row.Requests, Row: &row}); err != nil {
			return err
		}
	}
	return nil
}

// isLate reports whether a resource is not seen, though one of the roles that were
// assigned should show it, or is refused only because what it belongs to is.
func (p *prober) isLate(row Row) bool {
	r, ok := Lookup(row.Resource)
	if !ok || row.Status != Refused && row.Status != BeyondRole {
		return false
	}
	held := standing{roles: p.opts.Roles}
	if !held.opens(r) && (row.Status != Refused || !held.opensAbove(r)) {
		return false
	}
	src := p.c.Source()
	return src.ClientID() == "" || src.Granted().CoversAll(r.Scopes)
}

// late names what to ask for again, with all that belongs to it. If only a role itself is not shown yet, one resource is
// enough to ask for that.
func (p *prober) late(rep *Report) (names []string) {
	for _, row := range rep.Rows { // parents come first
		r, ok := Lookup(row.Resource)
		if p.isLate(row) || ok && slices.Contains(names, r.Parent) {
			names = append(names, row.Resource)
		}
	}
	if len(names) == 0 && len(rep.RolesLost) > 0 && len(rep.Rows) > 0 {
		names = append(names, rep.Rows[0].Resource)
	}
	return names
}

// pause waits, and says so.
func (p *prober) pause(ctx context.Context, d time.Duration) error {
	if err := p.opts.tell(Event{Wait: &oktaint.Wait{For: d, Reason: "the org does not show yet what the role opens"}}); err != nil {
		return err
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// replace takes over the rows of a later report.
func (r *Report) replace(later *Report) {
	for _, row := range later.Rows {
		i := slices.IndexFunc(r.Rows, func(old Row) bool { return old.Resource == row.Resource })
		row.Requests += r.Rows[i].Requests
		r.Rows[i] = row
	}
	r.Finished, r.Roles, r.RolesKnown, r.RolesLost = later.Finished, later.Roles, later.RolesKnown, later.RolesLost
}
