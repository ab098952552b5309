package oauthapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// workers is how many requests of one kind are in flight at a time.
const workers = 6

// A change is one change of an app to be made, or to be taken back.
type change struct {
	row   *row
	arg   string
	taken bool
	id    string // of what is taken back; empty if it has none
}

// name is what the journal calls the change.
func (c change) name() string {
	if c.arg == "" {
		return c.row.name
	}
	return c.row.name + " " + c.arg
}

// changeNamed is the opposite of name.
func changeNamed(name string) (c change, known bool) {
	for _, r := range table {
		if arg, ok := strings.CutPrefix(name, r.name); ok && (arg == "" || arg[0] == ' ') {
			return change{row: r, arg: strings.TrimPrefix(arg, " ")}, true
		}
	}
	return c, false
}

// way is how the change is brought about. What has no way back is changed to what was
// there before.
func (c change) way() way {
	if c.takes() {
		return c.row.take
	}
	return c.row.make
}

func (c change) isGrant() bool { return c.row == grantRow && !c.taken }

// takes reports whether the change takes something away, and does not change it back.
func (c change) takes() bool { return c.taken && len(c.row.take.sends) > 0 }

// level orders changes: those of one level are sent side by side. What is taken comes
// after all that is made, and what it rests on after it.
func (c change) level() int {
	if c.taken {
		return 200 - c.row.order
	}
	return c.row.order
}

// A run sends changes.
type run struct {
	o        org
	l        *ledger
	who      identity
	d        Desired
	restores bool // what there was before is wanted, as the journal has it
	progress *reporter

	mu      sync.Mutex
	app     App // as far as it is known
	created bool
	refused map[string]error // by the name of the change
	failed  map[string]error // custom roles that the org refuses, by name

	superAdminRemoved bool
	changed           time.Time // when the last change was made; zero if none was
	readBack          bool      // the app is as the org shows it
	looked            bool      // before its first grant
}

// all sends changes, which are sorted by their level. The first error ends it.
func (r *run) all(ctx context.Context, changes []change) error {
	var g errgroup.Group // what is looked up beside the changes
	for len(changes) > 0 {
		n := 1
		for n < len(changes) && changes[n].level() == changes[0].level() {
			n++
		}
		grants := n < len(changes) && changes[n].isGrant()
		if err := r.round(ctx, changes[:n], grants); err != nil {
			return errors.Join(err, g.Wait())
		}
		if changes[0].row == appRow && !changes[0].taken {
			id := r.app.ID
			g.Go(func() error { return r.o.alone(ctx, r.who, id) })
		}
		changes = changes[n:]
	}
	return g.Wait()
}

// round sends changes side by side. What has to be known before the first grant is looked
// up beside those that come before it.
func (r *run) round(ctx context.Context, changes []change, grantsNext bool) error {
	var g errgroup.Group
	if grantsNext && r.app.ID != "" {
		g.Go(func() error { return r.lookBeforeGrants(ctx) })
	} else if changes[0].isGrant() && !r.looked {
		if err := r.lookBeforeGrants(ctx); err != nil {
			return err
		}
	}
	g.Go(func() error { return r.side(ctx, changes) })
	if err := g.Wait(); err != nil {
		return err
	}
	return r.dropRefused(ctx)
}

// side sends changes, a few at a time. The first error stops the others.
func (r *run) side(ctx context.Context, changes []change) error {
	groupCtx, stop := context.WithCancel(ctx)
	defer stop()
	var g errgroup.Group
	var once sync.Once
	var first error // not the Canceled of those that it stops
	g.SetLimit(workers)
	steps := stepsOf(changes, r.d, &r.app)
	for _, s := range steps {
		task := r.progress.begin(s.Step, len(s.changes))
		for _, c := range s.changes {
			if groupCtx.Err() != nil {
				break
			}
			g.Go(func() error {
				if err := r.try(groupCtx, c); err != nil {
					once.Do(func() { first = r.failure(c, err); stop() })
					return err
				}
				task.advance()
				return nil
			})
		}
	}
	if g.Wait() != nil {
		return first
	}
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("oauthapp: could not %s: %w", steps[len(steps)-1], err)
	}
	return nil
}

// failure is the error of a change that ends the run.
func (r *run) failure(c change, err error) error {
	return fmt.Errorf("oauthapp: could not %s: %w", r.says(c), explained(err))
}

// says is a change in plain words.
func (r *run) says(c change) string {
	t := r.target(c)
	return stepsOf([]change{c}, t.d, t.app)[0].String()
}

// try makes a change. A refusal that concerns it alone is kept, and is no error.
func (r *run) try(ctx context.Context, c change) error {
	r.mu.Lock()
	skip := !c.taken && r.failed[c.arg] != nil
	r.mu.Unlock()
	if skip { // it needs what the org has refused
		return nil
	}
	err := r.deliver(ctx, c)
	if err == nil || c.taken || c.row.alone == nil || !c.row.alone(c.arg, err) {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	put(&r.refused, c.name(), err)
	if c.row.beside {
		put(&r.failed, c.arg, err)
	}
	return nil
}

// dropRefused takes away what was made in this run of a custom role that the org refuses.
func (r *run) dropRefused(ctx context.Context) error {
	var made []change
	for _, c := range r.l.changes() {
		if c.row.beside && r.failed[c.arg] != nil && r.l.did(c.name()) {
			made = append(made, change{row: c.row, arg: c.arg, taken: true, id: c.id})
		}
	}
	for _, c := range sorted(made) {
		if err := r.deliver(ctx, c); err != nil {
			return r.failure(c, err)
		}
	}
	return nil
}

// target is what the requests of a change are about, as the app is known now.
func (r *run) target(c change) *target {
	r.mu.Lock()
	defer r.mu.Unlock()
	app := r.app
	t := &target{org: r.o.c.Org, app: &app, d: r.d, arg: c.arg, id: c.id}
	if before := r.l.entry(c.name()).Before; r.restores && before != nil && c.row.restore != nil {
		c.row.restore(&t.d, before)
	}
	return t
}

// deliver makes a change, or takes it back, once. The journal says so before the first
// request goes out, and goes on saying so for as long as the outcome is open.
func (r *run) deliver(ctx context.Context, c change) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	t := r.target(c)
	var before any
	if c.row.before != nil {
		before = c.row.before(t)
	}
	sent, err := r.l.begin(ctx, c, before)
	if err != nil {
		return err
	}
	var got App // what an answer, or a look, shows of it
	var outcome deliver.Outcome
	for _, s := range c.way().sends {
		if s.done != nil && s.done(t) {
			outcome = deliver.Took
			continue
		}
		if outcome, err = r.send(ctx, c, s, t, sent, &got); err != nil {
			break
		}
		if !c.takes() { // the next request builds on it
			c.row.set(t.app, &got, c.arg, t.id)
		}
	}
	return r.settle(ctx, c, outcome, t, got, err)
}

// send sends one request of a change until it is known whether it took effect.
func (r *run) send(ctx context.Context, c change, s send, t *target, sent bool, got *App) (deliver.Outcome, error) {
	answered := false // by the org, as if it were done
	return deliver.Change{
		Once: c.row == appRow && !c.taken, Confirm: s.answer == nil, Removes: c.takes(), Fresh: r.l.fresh(),
		Duplicate: r.duplicate(c),
		Send: func(ctx context.Context) error {
			if s.reads {
				if err := r.o.readObject(ctx, t.app); err != nil {
					return err
				}
			}
			req, err := s.build(ctx, t)
			if err != nil {
				return err
			}
			id, err := s.answer.read(r.o.c, req, got)
			if answered = err == nil; id != "" {
				t.id = id
			}
			return err
		},
		Look: func(ctx context.Context) (bool, error) {
			now, there, err := r.look(ctx, c, s, t)
			if c.takes() {
				*got = now
				// What was just made may not be listed yet, which does not mean that it is gone.
				return there && (answered || !time.Now().Before(r.l.fresh())), err
			}
			if there {
				*got = now
			}
			return there, err
		},
	}.Do(ctx, sent)
}

// look reads the part of the app that shows a change, and reports whether it shows what a
// request of the change does.
func (r *run) look(ctx context.Context, c change, s send, t *target) (now App, done bool, err error) {
	look := *t
	now, look.app = *t.app, &now
	err = r.refresh(ctx, &now, c.row.part, c.arg)
	if c.takes() && oktaint.IsNotFound(err) { // what it belonged to is gone
		return now, true, nil
	}
	if err != nil {
		return now, false, err
	}
	id, there := c.row.see(&look)
	switch {
	case s.done != nil:
		return now, s.done(&look), nil
	case c.takes():
		return now, !there || t.id != "" && id != t.id, nil
	case there:
		t.id = id
	}
	return now, there, nil
}

func (r *run) duplicate(c change) func(error) bool {
	if c.taken {
		return nil
	}
	return c.row.duplicate
}

// settle notes the outcome of a change in the journal and in what is known of the app.
func (r *run) settle(ctx context.Context, c change, o deliver.Outcome, t *target, got App, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), deliver.Grace)
	defer cancel()
	r.mu.Lock()
	if err == nil {
		r.note(c, t, &got)
	}
	r.mu.Unlock()
	endErr := r.l.end(ctx, c, o, t.id, func(rec *record) {
		switch {
		case err != nil:
		case c.row == appRow && !c.taken:
			rec.ApplicationID, rec.ClientID = got.ID, got.ClientID
		case c.row == labelRow:
			rec.Label = got.Label
		}
	})
	switch {
	case err != nil && endErr != nil:
		return fmt.Errorf("%w; and then: %w", err, endErr)
	case err != nil:
		return err
	}
	return endErr
}

// note keeps what came of a change.
func (r *run) note(c change, t *target, got *App) {
	switch {
	case !c.takes():
		c.row.set(&r.app, got, c.arg, t.id)
		r.created = r.created || c.row == appRow
		if t.id == "" { // it may be made of what is known now
			t.app = &r.app
			t.id, _ = c.row.see(t)
		}
	case c.row.part == partApp:
		r.app.Active = false
	default:
		c.row.part.copy(&r.app, got)
	}
	if c.taken && c.row == roleRow && c.arg == RoleSuperAdmin {
		r.superAdminRemoved = r.l.superAdminAppeared()
	}
}

// An answer reads what Okta answers to a request that was done: the id of what was made,
// and more of an app. Nil takes any answer; a look is then what counts.
type answer func(c *oktaint.Client, req *http.Request, got *App) (id string, err error)

func (a answer) read(c *oktaint.Client, req *http.Request, got *App) (string, error) {
	if a == nil {
		return "", c.Do(req, nil)
	}
	return a(c, req, got)
}

// answerID wants a thing with an id: a page of a proxy with the status 200 makes nothing.
func answerID(c *oktaint.Client, req *http.Request, _ *App) (string, error) {
	var thing struct {
		ID string `json:"id"`
	}
	err := c.Do(req, oktaint.Checked(&thing, func() bool { return thing.ID != "" }))
	return thing.ID, err
}

// answerApp wants a service app.
func answerApp(c *oktaint.Client, req *http.Request, got *App) (string, error) {
	var object appObject
	var made candidate
	err := c.Do(req, oktaint.Checked(&object, func() (ok bool) {
		made, ok = object.candidate()
		return ok
	}))
	*got = made.App
	return got.ID, err
}

// answerKey wants a client key.
func answerKey(c *oktaint.Client, req *http.Request, got *App) (string, error) {
	var raw json.RawMessage
	err := c.Do(req, oktaint.Checked(&raw, func() bool {
		got.keys = parseHeld([]json.RawMessage{raw})
		return len(got.keys) == 1 && got.keys[0].id != ""
	}))
	if err != nil {
		return "", err
	}
	return got.keys[0].id, nil
}

// answerBinding wants a binding. It has no id of its own: it is that of its set and that
// of its role, which the look gives.
func answerBinding(c *oktaint.Client, req *http.Request, _ *App) (string, error) {
	var made binding
	return "", c.Do(req, oktaint.Checked(&made, made.is))
}

// answerGone wants the answer to a DELETE.
func answerGone(c *oktaint.Client, req *http.Request, _ *App) (string, error) {
	return "", c.Do(req, oktaint.NoContent{})
}

// A binding is what Okta answers about one: its id, which is that of the role, or
// links alone.
type binding struct {
	ID    string          `json:"id"`
	Links json.RawMessage `json:"_links"`
}

func (b *binding) is() bool { return b.ID != "" || len(b.Links) > 0 }

// put sets a value in a map, which it makes if need be.
func put[K comparable, V any](m *map[K]V, key K, value V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[key] = value
}

// with returns m with a value more.
func with[K comparable, V any](m map[K]V, key K, value V) map[K]V {
	out := map[K]V{key: value}
	for k, v := range m {
		if k != key {
			out[k] = v
		}
	}
	return out
}

// sorted puts changes in the order in which they are sent.
func sorted(changes []change) []change {
	slices.SortStableFunc(changes, func(a, b change) int { return a.level() - b.level() })
	return changes
}
