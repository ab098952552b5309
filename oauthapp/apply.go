package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// workers is how many requests of one kind are in flight at a time.
const workers = 4

// Apply does the steps of p and reads back what the org has then. progress may
// be nil; it is called from several goroutines, but never twice at a time, and
// Apply waits for it to return.
//
// The Result is never nil. With an error it tells how far Apply came: what it
// names exists. A scope that the org refuses is not an error; it is in
// Result.Refused, and the others are granted.
//
// If ctx ends, no further request is sent. One that is on its way gets up to
// 10 seconds to finish, so that its outcome is known. Building a plan again
// with the same Desired goes on from there.
//
// A plan is applied once.
func (p *Plan) Apply(ctx context.Context, progress func(Event)) (*Result, error) {
	r := p.newRun(progress)
	if p.applied.Swap(true) {
		return r.result(), errors.New("oauthapp: this plan was applied already: build another one")
	}
	defer p.keep(r)
	ctx = oktaint.WithOnWait(ctx, r.progress.wait)
	if err := p.ledger.flush(ctx); err != nil {
		return r.result(), err
	}
	for _, s := range p.steps {
		if err := r.do(ctx, s); err != nil {
			return r.result(), fmt.Errorf("oauthapp: could not %s: %w", s, explained(err))
		}
	}
	if len(p.steps) == 0 {
		return r.result(), nil
	}
	err := r.readBack(ctx)
	p.finished.Store(err == nil)
	return r.result(), err
}

// A run is one Apply.
type run struct {
	plan     *Plan
	o        org
	progress *reporter

	mu      sync.Mutex
	app     App // as far as it is known
	created bool
	refused map[scopes.Scope]error

	superAdminRemoved bool
	warnings          []string // from the read-back
}

func (r *run) do(ctx context.Context, s Step) error {
	switch s.Kind {
	case StepGrant:
		if err := r.lookBeforeGrants(ctx); err != nil {
			return err
		}
		return r.each(ctx, s, r.grantOne)
	case StepRevoke:
		return r.each(ctx, s, r.revokeOne)
	}
	r.progress.begin(s, 1)
	err := r.doWhole(ctx, s)
	if err == nil {
		r.progress.advance()
	}
	return err
}

// doWhole does a step that has one part.
func (r *run) doWhole(ctx context.Context, s Step) error {
	switch s.Kind {
	case StepCreate:
		return r.create(ctx)
	case StepActivate:
		return r.activate(ctx)
	case StepRename:
		return r.rename(ctx, s)
	case StepUpdate:
		return r.update(ctx, s)
	case StepRole:
		return r.assignRole(ctx, s.Role)
	case StepCustomRole:
		return r.createCustomRole(ctx)
	case StepPermissions:
		return r.changePermissions(ctx, s)
	case StepResourceSet:
		return r.createResourceSet(ctx)
	case StepBinding:
		return r.bind(ctx)
	case StepUnassign:
		return r.unassign(ctx, s.Role, r.app.roleIDs[s.Role])
	case StepRemoveCustomRole:
		return r.removeCustomRole(ctx)
	}
	return fmt.Errorf("there is no way to do a step of the kind %q", s.Kind)
}

func (r *run) create(ctx context.Context) error {
	d := r.plan.Desired
	look := func(ctx context.Context) (App, bool, error) {
		a, _, err := r.o.find(ctx, d, "")
		if a == nil || err != nil {
			return App{}, false, err
		}
		return *a, true, nil
	}
	made, err := ensure(ctx, r, write[App]{
		name: createWrite, look: look, settle: createSettles,
		send: func(ctx context.Context) (App, error) {
			req, err := request.CreateApp(ctx, r.o.c.Org, d.requestApp())
			if err != nil {
				return App{}, err
			}
			return r.o.postApp(req)
		},
		id:   func(a App) string { return a.ID },
		note: func(rec *record, a App) { rec.ApplicationID, rec.ClientID = a.ID, a.ClientID },
	})
	if made.ID != "" {
		r.app, r.created = made, true
	}
	if err == nil {
		err = r.alone(ctx)
	}
	return err
}

// alone looks whether another run, which this one's journal knows nothing of,
// has created the app at the same time.
func (r *run) alone(ctx context.Context) error {
	d := r.plan.Desired
	list, err := r.o.candidates(ctx, d.Label, "")
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(c candidate) bool { return c.ID == r.app.ID || !match(c.keys, d.Key).found })
	if len(list) == 0 {
		return nil
	}
	return fmt.Errorf("another run has created an app with this label and key at the same time (%s) as this run (%s): delete one of them in the Admin Console and run this again",
		ids(list), r.app.ID)
}

func (r *run) activate(ctx context.Context) error {
	id := r.app.ID
	_, err := ensure(ctx, r, write[bool]{
		name: activateWrite,
		send: func(ctx context.Context) (bool, error) {
			req, err := request.ActivateApp(ctx, r.o.c.Org, id)
			if err != nil {
				return false, err
			}
			return true, r.o.c.Do(req, nil)
		},
		look: func(ctx context.Context) (bool, bool, error) {
			found, err := r.o.byID(ctx, id)
			active := len(found) == 1 && found[0].Active
			return active, active, err
		},
	})
	if err == nil {
		r.app.Active = true
	}
	return err
}

func (r *run) assignRole(ctx context.Context, role string) error {
	id := r.app.ClientID
	_, err := ensure(ctx, r, write[string]{
		name: rolePrefix + role,
		id:   itself,
		send: func(ctx context.Context) (string, error) {
			req, err := request.AssignRole(ctx, r.o.c.Org, id, role)
			if err != nil {
				return "", err
			}
			return r.o.post(req)
		},
		look:      func(ctx context.Context) (string, bool, error) { return r.o.roleID(ctx, id, role) },
		note:      forget[string](unassignPrefix + role),
		duplicate: deliver.RoleHeld,
	})
	if err == nil {
		r.app.Roles = append(slices.Clone(r.app.Roles), role)
	}
	return err
}

// each does something with the scopes of s, a few at a time. The first error
// ends it.
func (r *run) each(ctx context.Context, s Step, do func(context.Context, scopes.Scope) error) error {
	r.progress.begin(s, s.Scopes.Len())
	groupCtx, stop := context.WithCancel(ctx)
	defer stop()
	var g errgroup.Group
	var once sync.Once
	var first error // not the Canceled of those that it stops
	g.SetLimit(workers)
	for scope := range s.Scopes.All() {
		if groupCtx.Err() != nil {
			break
		}
		g.Go(func() error {
			if err := do(groupCtx, scope); err != nil {
				once.Do(func() { first = err; stop() })
				return err
			}
			r.progress.advance()
			return nil
		})
	}
	if g.Wait() != nil {
		return first
	}
	return context.Cause(ctx)
}

func (r *run) grantOne(ctx context.Context, scope scopes.Scope) error {
	id := r.app.ID
	_, err := ensure(ctx, r, write[string]{
		name: grantPrefix + string(scope),
		id:   itself,
		send: func(ctx context.Context) (string, error) {
			req, err := request.Grant(ctx, r.o.c.Org, id, scope)
			if err != nil {
				return "", err
			}
			return r.o.post(req)
		},
		look: func(ctx context.Context) (string, bool, error) { return r.o.grantID(ctx, id, scope) },
		note: forget[string](revokePrefix + string(scope)),
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.app.Granted = r.app.Granted.Union(scopes.New(scope))
	case refusesScope(err):
		if r.refused == nil {
			r.refused = map[scopes.Scope]error{}
		}
		r.refused[scope] = err // read-back tells a refusal from a duplicate
	default:
		return fmt.Errorf("%s: %w", scope, err)
	}
	return nil
}

// refusesScope reports whether an answer to a grant is about its scope alone:
// unknown to the org, part of a feature that the org lacks, or granted
// already. A credential or a role that does not suffice, or a missing app,
// would refuse every scope.
func refusesScope(err error) bool {
	if d, denied := oktaint.Denied(err); denied {
		return d.Lacks == oktaint.LacksFeature
	}
	e, ok := fromOkta(err)
	switch {
	case !ok:
		return false
	case e.StatusCode == http.StatusForbidden:
		return e.Code != "E0000005"
	}
	return e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusConflict
}
