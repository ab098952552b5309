package oauthapp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
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

	// Unseen is what the wanted scopes would read and the wanted roles are known not to
	// show, with the role that would. It is for the administrator to know, and no fault.
	Unseen []inventory.Group

	// Warnings are what an administrator should know before going on.
	Warnings []string

	client *oktaint.Client
	ledger *ledger
	steps  []Step

	applied, finished atomic.Bool // Apply was called; it did all steps

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

// An App is a service app as the org has it.
type App struct {
	ID       string // what the apps, grants and keys endpoints take
	ClientID string // what the token and roles endpoints take; may differ from ID
	Label    string
	Active   bool
	Granted  scopes.Set // active grants, whoever made them
	Roles    []string   // types of the active roles, sorted; RoleCustom stands for all custom ones

	DPoP        bool             // its tokens are bound to a key (RFC 9449)
	Network     *request.Network // where it may request tokens from; nil is anywhere
	Permissions []string         // of the custom role that this package made for it, sorted; nil if it does not hold it

	object   json.RawMessage         // the app as the org gave it
	grantIDs map[scopes.Scope]string // of the active grants
	roleIDs  map[string]string       // of the active assignments, by type, without custom roles

	customRoles int // that the app holds, whoever made them
	custom      customRole
}

func (a *App) hasRole(role string) bool { return a != nil && slices.Contains(a.Roles, role) }

// Steps returns the steps still to do, in order. No steps means that the app
// is as it should be.
func (p *Plan) Steps() []Step { return slices.Clone(p.steps) }

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
	l, err := openLedger(ctx, j, c.Org, d)
	if err != nil {
		return nil, err
	}
	p := &Plan{Desired: d, client: c, ledger: l, Unseen: d.unseen()}
	if err := p.read(ctx); err != nil {
		return nil, err
	}
	l.reconcile(p.App)
	p.steps = p.difference()
	p.warnBeforehand()
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
	l, err := openLedger(context.Background(), nil, o, d)
	if err != nil {
		return nil, err
	}
	p := &Plan{Desired: d, client: &oktaint.Client{Org: o}, ledger: l, Unseen: d.unseen()}
	p.steps = p.difference()
	p.warnBeforehand()
	return p, nil
}

// unseen is what the wanted roles are known not to show.
func (d Desired) unseen() []inventory.Group {
	if d.Role == RoleNone {
		return nil // that is asked for, and nothing is shown then
	}
	return inventory.Expect(d.Scopes, []string{d.Role}, d.Permissions).Groups(inventory.BeyondRole)
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
