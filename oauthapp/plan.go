package oauthapp

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
)

// A Plan is what [BuildPlan] read and what is still to do.
type Plan struct {
	// Desired is what was asked for, with its defaults filled in.
	Desired Desired

	// Owner is whose credential does the work.
	Owner Owner

	// App is the app as the org has it, nil if it has to be created.
	App *App

	// SuperAdminByDefault reports whether the org assigns SUPER_ADMIN to each
	// new service app after its scopes are granted (the setting "Public client
	// app admins"). It is also false if the setting could not be read, which
	// Warnings then says.
	SuperAdminByDefault bool

	// Choices are what the wanted scopes show with each choice of a role.
	Choices []RoleChoice

	// Unseen is what the wanted scopes would read and the wanted roles are known not to
	// show, with the role that would. It is for the administrator to know, and no fault.
	Unseen []inventory.Group

	// Left is what the app has beyond Desired and keeps, in plain words.
	Left []string

	// Warnings are what an administrator should know before going on.
	Warnings []string

	// Progress is told how far the work is: by Apply, ReadBack and RevokeAPIToken, from
	// several goroutines but never twice at a time. Nil tells nobody. Set it before them.
	Progress func(Event)

	client  *oktaint.Client
	ledger  *ledger
	changes []change
	applied atomic.Bool // Apply was called

	mu   sync.Mutex
	last *run // what Apply or ReadBack did last
}

// An Owner is whose credential does the work: the user that an API token
// belongs to, or the app of an OAuth token. It is the zero Owner if the Client was
// made by hand, over an HTTP client that adds an OAuth token of its own.
type Owner struct {
	ID, Login string   // of the user; empty for an app
	ClientID  string   // of the app; empty for a user
	Roles     []string // types of the active admin roles; nil if they could not be read
}

// Steps returns the steps still to do, in order. No steps means that the app
// is as it should be.
func (p *Plan) Steps() []Step {
	var steps []Step
	for _, s := range stepsOf(p.changes, p.Desired, p.app()) {
		steps = append(steps, s.Step)
	}
	return steps
}

// app is the app as the org has it, the zero App if it has none.
func (p *Plan) app() *App {
	if p.App == nil {
		return &App{}
	}
	return p.App
}

// BuildPlan reads the org behind c and works out what has to be done there to
// make it d. It writes nothing, neither to the org nor to j.
//
// c holds the temporary credential of a Super Admin: an API token, or the OAuth
// token of an app that has [BootstrapScopes] and SUPER_ADMIN. Its Org should be
// the canonical one that [oktaint.Discover] returns, because it becomes the
// issuer of the grants. j is the journal and may be nil.
//
// All that is wrong with d is one error, before anything is sent. All that the
// reads find in the way is one error too: [ErrNotSuperAdmin], [*OtherKeyError],
// [ErrTokenRevoked], or what a read answered. After an answer that Okta would
// not give, such as a proxy's HTML page, there is no plan. What does not stand
// in the way is in Warnings.
func BuildPlan(ctx context.Context, c *oktaint.Client, d Desired, j durable.State) (*Plan, error) {
	d, err := d.checked()
	if err != nil {
		return nil, err
	}
	l, err := openLedger(ctx, j, recordOf(c.Org, d), d.ApplicationID != "")
	if err != nil {
		return nil, err
	}
	p := newPlan(c, d, l)
	if err := p.read(ctx); err != nil {
		return nil, err
	}
	l.reconcile(target{org: c.Org, app: p.app(), d: d})
	p.compare()
	return p, nil
}

// FirstPlan works out what has to be done in an org that has nothing of d yet. It
// asks nobody, so it needs no credential; its RawRequests are for somebody who has
// one. It cannot be applied: [Plan.Apply] has no credential then, and the org
// refuses what it sends.
func FirstPlan(o oktaint.Org, d Desired) (*Plan, error) {
	d, err := d.checked()
	if err != nil {
		return nil, err
	}
	l, err := openLedger(context.Background(), nil, recordOf(o, d), false)
	if err != nil {
		return nil, err
	}
	p := newPlan(&oktaint.Client{Org: o}, d, l)
	p.compare()
	return p, nil
}

func newPlan(c *oktaint.Client, d Desired, l *ledger) *Plan {
	return &Plan{Desired: d, client: c, ledger: l, Choices: d.choices(), Unseen: d.unseen()}
}

// compare works out what is to be done, and what is to be said of it.
func (p *Plan) compare() {
	p.changes, p.Left = p.difference(p.app()), p.left(p.app())
	p.warnBeforehand()
}

func (p *Plan) warn(format string, args ...any) {
	p.Warnings = append(p.Warnings, fmt.Sprintf(format, args...))
}

// listed joins names for a message, "none" if there are none.
func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
