package inventory

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// A run is one call of Collect or Probe.
type run struct {
	c     *oktaint.Client
	sink  Sink
	opts  Options
	probe bool // one object of each resource
	held  standing
	stop  context.CancelCauseFunc

	engine    sync.Once
	isClassic bool

	// step is read-locked while something is put and taken down as put, so that a
	// checkpoint, which locks it, sees both or neither.
	step sync.RWMutex

	mu      sync.Mutex // guards what follows, and calls of Progress
	cp      checkpoint
	tallies map[string]*tally
	hidden  map[string]*tally // of parents that are read for their children only
}

func (u *run) base() http.RoundTripper {
	if t := u.c.Transport(); t != nil {
		return t
	}
	return nil
}

// tallyOf returns the tally of a resource. That of a parent which is read for its
// children only is not in the report.
func (u *run) tallyOf(r *Resource) *tally {
	u.mu.Lock()
	defer u.mu.Unlock()
	if t := u.tallies[r.Name]; t != nil {
		return t
	}
	if u.hidden == nil {
		u.hidden = make(map[string]*tally)
	}
	if u.hidden[r.Name] == nil {
		u.hidden[r.Name] = &tally{r: r}
	}
	return u.hidden[r.Name]
}

// locked runs f under the lock of the run.
func (u *run) locked(f func()) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f()
}

// family reads a resource without a parent and all that is below it.
func (u *run) family(ctx context.Context, root *Resource) error {
	u.mu.Lock()
	p := u.cp.Families[root.Name]
	if p == nil {
		p = new(progress)
		u.cp.Families[root.Name] = p
	}
	done := slices.Contains(u.cp.Done, root.Name)
	u.mu.Unlock()
	if done {
		return nil
	}
	if u.needs(root) {
		if err := u.lists(ctx, root, nil, p); err != nil {
			return err
		}
	}
	return u.finish(ctx, root)
}

// finish ends the resources of a family, and tells the Sink.
func (u *run) finish(ctx context.Context, root *Resource) error {
	u.step.RLock()
	defer u.step.RUnlock()
	for r := range Catalogue() {
		t := u.tallies[r.Name]
		if t == nil || u.rootOf(r) != root {
			continue
		}
		u.closeAfterParent(t)
		row := t.report(u.held)
		if err := guarded("Finish", func() error { return u.sink.Finish(ctx, row) }); err != nil {
			return err
		}
		u.tell(Event{Resource: r.Name, Count: row.Count, Requests: row.Requests, Row: &row})
	}
	u.locked(func() {
		delete(u.cp.Families, root.Name)
		u.cp.Done = append(u.cp.Done, root.Name)
	})
	return nil
}

func (u *run) rootOf(r *Resource) *Resource {
	for r.Parent != "" {
		r, _ = Lookup(r.Parent)
	}
	return r
}

// closeAfterParent gives a resource the outcome of a parent that could not be read.
func (u *run) closeAfterParent(t *tally) {
	if t.r.Parent == "" || t.Closed != nil {
		return
	}
	above, _ := Lookup(t.r.Parent)
	p := u.tallyOf(above)
	if o := p.outcome(u.held); p.Closed != nil || o.Status == Failed || o.Status == Refused && t.Read == 0 {
		o = inherit(p.r.Name, o)
		if o.Status == NotAsked && t.named {
			o.Status = Refused
		}
		u.locked(func() { t.err, t.Closed = p.err, &o })
	}
}

// tell calls Progress. A panic in it ends the run, not the process.
func (u *run) tell(e Event) {
	if u.opts.Progress == nil {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if err := u.opts.tell(e); err != nil {
		u.stop(err)
	}
}

// tell calls Progress, if there is one.
func (o Options) tell(e Event) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = errors.New("inventory: Options.Progress panicked")
		}
	}()
	if o.Progress != nil {
		o.Progress(e)
	}
	return nil
}

// watched returns a context in which waits are told of.
func (u *run) watched(ctx context.Context, t *tally) context.Context {
	if u.opts.Progress == nil {
		return ctx
	}
	return oktaint.WithOnWait(ctx, func(w oktaint.Wait) {
		u.mu.Lock()
		e := Event{Resource: t.r.Name, Count: t.Count, Requests: t.Requests, Wait: &w}
		u.mu.Unlock()
		u.tell(e)
	})
}

// put hands objects on and takes down that it was done, as one step.
func (u *run) put(ctx context.Context, t *tally, b Batch, done func()) error {
	u.step.RLock()
	defer u.step.RUnlock()
	t.put.Lock()
	defer t.put.Unlock()
	if len(b.Items) > 0 && u.tallies[t.r.Name] != nil {
		if err := guarded("Put", func() error { return u.sink.Put(ctx, b) }); err != nil {
			return err
		}
	}
	u.locked(done)
	return nil
}

// now is when objects were read.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
