package inventory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// Options are the options of [Collect] and [Probe]. All of them may be left out.
type Options struct {
	// Resources are the names of what to read. If it is empty, all core resources whose
	// scopes the credential asks for are read.
	Resources []string

	// Extended adds the extended resources.
	Extended bool

	// FullMembers keeps the whole objects of members and of the apps of groups, of which
	// otherwise only the ids are kept.
	FullMembers bool

	// Roles are the types of the admin roles that the credential is said to hold, as
	// in oktaint.Credentials. They count where the org does not let it see them. Empty
	// means that they are not known.
	Roles []string

	// Concurrency is how many lists of one resource are read at once. The default is 8,
	// which is as many requests as a Transport sends at once to one bucket.
	Concurrency int

	// Checkpoints keeps how far a run of Collect has come, so that the next one goes on
	// from there. Nil means that every run begins anew.
	Checkpoints durable.State

	// CheckpointEvery is how often it is brought up to date. The default is 5 seconds.
	CheckpointEvery time.Duration

	// Patience is how long Probe goes on asking for what one of Roles should show: Okta may
	// need a few seconds until a newly assigned role takes effect. Zero means to ask once.
	// Collect does not look at it.
	Patience time.Duration

	// Progress is called for each page, for each wait, and at the end of each resource, by
	// one goroutine at a time. It must not block.
	Progress func(Event)
}

// An Event is a sign of progress.
type Event struct {
	Resource string
	Count    int           // objects of the resource so far
	Requests int           // for the resource so far
	Wait     *oktaint.Wait // what is waited for, if anything
	Row      *Row          // at the end of the resource
}

// Collect reads resources of the org into sink. It goes on from the last checkpoint of
// a run with the same resources that was broken off; a run that came to its end begins
// anew.
//
// What one resource answers does not keep the others from being read: the Report says
// what became of each. An error means that the run was broken off: ctx has ended, there is
// no access token, the sink or the checkpoints failed, or a name of a resource is
// unknown. Then run it again.
//
// Objects that are moved, made or deleted while a list is read may be missing from it or
// come twice, as with every list of Okta's.
func Collect(ctx context.Context, c *oktaint.Client, sink Sink, opts Options) (*Report, error) {
	u, err := newRun(c, sink, opts, false)
	if err != nil {
		return nil, err
	}
	if err := u.resume(ctx); err != nil {
		return nil, err
	}
	return u.do(ctx, func(ctx context.Context) error { return u.saving(ctx, u.walk) })
}

// do does the work of a run once it is known whose credential it is.
func (u *run) do(ctx context.Context, work func(context.Context) error) (*Report, error) {
	ctx, u.stop = context.WithCancelCause(ctx)
	defer u.stop(nil)
	if err := u.identify(ctx); err != nil {
		return nil, err
	}
	for _, t := range u.tallies {
		u.locked(func() { u.unasked(t) })
	}
	if err := work(ctx); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return nil, err
	}
	return u.report(), nil
}

func newRun(c *oktaint.Client, sink Sink, opts Options, probe bool) (*run, error) {
	if c == nil || sink == nil {
		return nil, errors.New("inventory: there is no Client, or no Sink")
	}
	if c.Source() == nil {
		return nil, errors.New("inventory: the Client has no credential: make one with oktaint.NewClient")
	}
	if opts.Concurrency <= 0 {
		opts.Concurrency = 8
	}
	if opts.CheckpointEvery <= 0 {
		opts.CheckpointEvery = 5 * time.Second
	}
	u := &run{c: c, sink: sink, opts: opts, probe: probe, tallies: make(map[string]*tally)}
	u.cp = checkpoint{Started: time.Now().UTC(), Families: make(map[string]*progress)}
	for _, name := range opts.Resources {
		if _, ok := Lookup(name); !ok {
			return nil, fmt.Errorf("inventory: there is no resource %q: see Catalogue for what there is", name)
		}
	}
	for r := range Catalogue() {
		if opts.picks(r) && (u.probe || r.Kind != Activity) {
			u.tallies[r.Name] = &tally{r: r, named: slices.Contains(opts.Resources, r.Name)}
			u.cp.Resources = append(u.cp.Resources, r.Name)
		}
	}
	return u, nil
}

// picks reports whether a resource is to be read.
func (o Options) picks(r *Resource) bool {
	switch {
	case slices.Contains(o.Resources, r.Name):
		return true
	case r.Tier == Extended:
		return o.Extended
	}
	return r.Tier == Core && len(o.Resources) == 0
}

// identify finds out which roles the credential holds, and gets a token.
func (u *run) identify(ctx context.Context) error {
	if _, err := u.c.Source().TokenContext(ctx); err != nil && !errors.Is(err, oktaint.ErrDPoPBound) {
		return fmt.Errorf("inventory: %w", err)
	}
	who, err := oktaint.WhoAmI(ctx, u.c)
	if err != nil {
		return fmt.Errorf("inventory: whose credential it is: %w", err)
	}
	u.held = standingOf(who, u.opts.Roles)
	u.held.iam = who.RolesErr == nil && readsIAM(ctx, u.c, who.Roles)
	return nil
}

// walk reads the resources, one family beside the other.
func (u *run) walk(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for r := range Catalogue() {
		if r.Parent == "" && u.wants(r) {
			g.Go(func() error { return u.family(ctx, r) })
		}
	}
	return g.Wait()
}

// wants reports whether a resource, or one below it, is to be read.
func (u *run) wants(r *Resource) bool {
	if u.tallies[r.Name] != nil {
		return true
	}
	return slices.ContainsFunc(below(r), u.wants)
}

// needs reports whether a list of a resource, or of one below it, is still to be asked for.
func (u *run) needs(r *Resource) bool {
	u.mu.Lock()
	t := u.tallies[r.Name]
	open := t != nil && t.Closed == nil
	u.mu.Unlock()
	return open || slices.ContainsFunc(below(r), u.needs)
}

// below are the resources whose parent is r.
func below(r *Resource) []*Resource {
	var list []*Resource
	for child := range Catalogue() {
		if child.Parent == r.Name {
			list = append(list, child)
		}
	}
	return list
}

func (u *run) report() *Report {
	rep := &Report{
		Org: u.c.Org, Started: u.cp.Started, Finished: time.Now().UTC(), Roles: u.held.roles, RolesKnown: u.held.roles != nil, RolesLost: u.held.lost,
		FullMembers: u.opts.FullMembers,
	}
	for _, name := range u.cp.Resources {
		row := u.tallies[name].report(u.held)
		row.Started = u.cp.Started
		rep.Rows = append(rep.Rows, row)
	}
	return rep
}
