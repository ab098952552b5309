package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/rezonate-io/okta-integration/oktaint"
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

	// Warnings are what an administrator should know before going on.
	Warnings []string

	client  *oktaint.Client
	ledger  *ledger
	steps   []Step
	applied atomic.Bool
}

// An Owner is the user that an API token belongs to. It is the zero Owner for
// an OAuth credential, which belongs to no user.
type Owner struct {
	ID, Login string
	Roles     []string // types of the user's active admin roles
}

// An App is a service app as the org has it.
type App struct {
	ID       string // what the apps, grants and keys endpoints take
	ClientID string // what the token and roles endpoints take; may differ from ID
	Label    string
	Active   bool
	Granted  scopes.Set // active grants, whoever made them
	Roles    []string   // types of the active roles
}

func (a *App) hasRole(role string) bool { return a != nil && slices.Contains(a.Roles, role) }

// Steps returns the steps still to do, in order. No steps means that the app
// is as it should be.
func (p *Plan) Steps() []Step { return slices.Clone(p.steps) }

// BuildPlan reads the org behind c and works out what has to be done there to
// make it d. It writes nothing, neither to the org nor to j.
//
// c holds the temporary credential of a Super Admin; its Org should be the
// canonical one that [oktaint.Discover] returns, because it becomes the issuer
// of the grants. j may be nil.
//
// Errors are all that is wrong with d in one error, [ErrNotSuperAdmin],
// [*OtherKeyError], or what a read answered. After an answer that Okta would
// not give, such as a proxy's HTML page, there is no plan.
func BuildPlan(ctx context.Context, c *oktaint.Client, d Desired, j Journal) (*Plan, error) {
	d, err := d.checked()
	if err != nil {
		return nil, err
	}
	l, err := openLedger(ctx, j, c.Org, d)
	if err != nil {
		return nil, err
	}
	p := &Plan{Desired: d, client: c, ledger: l}
	if err := p.read(ctx); err != nil {
		return nil, err
	}
	l.reconcile(p.App)
	p.steps = stepsFor(d, p.App)
	if unknown := d.Scopes.Unknown(); !unknown.IsEmpty() {
		p.warn("not in the catalogue of scopes, the org may refuse them: %s", unknown)
	}
	return p, nil
}

// read asks the org for the credential's owner, the client-privileges setting
// and the app, all at once.
func (p *Plan) read(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg                           sync.WaitGroup
		ownerErr, settingErr, appErr error
		ownerNote, settingNote       string
		appNotes                     []string
		o                            = org{p.client}
	)
	wg.Go(func() {
		if p.Owner, ownerNote, ownerErr = o.owner(ctx); ownerErr != nil {
			cancel() // the other answers would only repeat it
		}
	})
	wg.Go(func() { p.SuperAdminByDefault, settingNote, settingErr = o.clientPrivileges(ctx) })
	wg.Go(func() { p.App, appNotes, appErr = o.app(ctx, p.Desired, p.ledger.appID()) })
	wg.Wait()
	if ownerErr != nil {
		return ownerErr
	}
	if err := errors.Join(appErr, settingErr); err != nil {
		return err
	}
	for _, note := range append([]string{ownerNote, settingNote}, appNotes...) {
		if note != "" {
			p.warn("%s", note)
		}
	}
	p.warnOfExcess()
	return nil
}

// warnOfExcess tells of what the app has, or will be given, beyond what is
// wanted. It is left alone.
func (p *Plan) warnOfExcess() {
	if p.SuperAdminByDefault && p.Desired.Role != RoleSuperAdmin {
		p.warn("the org's setting \"Public client app admins\" is on: Okta may assign SUPER_ADMIN to the app after its scopes are granted")
	}
	if p.App == nil {
		return
	}
	if p.Desired.Role != RoleSuperAdmin && p.App.hasRole(RoleSuperAdmin) {
		p.warn("the app holds SUPER_ADMIN, which is not wanted: remove the role in the Admin Console")
	}
	if extra := p.App.Granted.Minus(p.Desired.Scopes); !extra.IsEmpty() {
		p.warn("the app is granted more than is wanted, which is left alone: %s", extra)
	}
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
