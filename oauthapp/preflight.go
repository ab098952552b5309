package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// read asks the org for the credential's owner, the client-privileges setting,
// custom roles if one is wanted, and the app, all at once.
func (p *Plan) read(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		wg                                      sync.WaitGroup
		ownerErr, settingErr, appErr, customErr error
		ownerNote, settingNote                  string
		appNotes                                []string
		o                                       = org{p.client}
	)
	wg.Go(func() {
		p.Owner, ownerNote, ownerErr = o.owner(ctx)
		if ownerErr != nil && !errors.Is(ownerErr, ErrNotSuperAdmin) {
			cancel() // the other answers would only repeat it
		}
	})
	wg.Go(func() { p.SuperAdminByDefault, settingNote, settingErr = o.clientPrivileges(ctx) })
	wg.Go(func() {
		if len(p.Desired.Permissions) > 0 {
			customErr = o.hasCustomRoles(ctx)
		}
	})
	wg.Go(func() { p.App, appNotes, appErr = p.readApp(ctx) })
	wg.Wait()
	if err := p.inTheWay(ownerErr, appErr, customErr, settingErr); err != nil {
		return err
	}
	for _, note := range append([]string{ownerNote, settingNote}, appNotes...) {
		if note != "" {
			p.warn("%s", note)
		}
	}
	return nil
}

// readApp finds the app and reads its grants and roles. What the journal has just made is
// waited for.
func (p *Plan) readApp(ctx context.Context) (*App, []string, error) {
	r := p.newRun()
	who := p.Desired.identity(p.ledger.rec.ApplicationID)
	found, notes, err := r.o.await(ctx, who, p.ledger.entry(appRow.name).At.Add(deliver.Patience))
	if found == nil || err != nil {
		return nil, nil, err
	}
	if err := r.readState(ctx, found, union(p.Desired.ownRoles(), p.ledger.owns())); err != nil {
		return nil, nil, err
	}
	return found, notes, nil
}

// inTheWay joins what the reads found, without what only follows from it.
func (p *Plan) inTheWay(ownerErr error, others ...error) error {
	notSuperAdmin := errors.Is(ownerErr, ErrNotSuperAdmin)
	if ownerErr != nil && !notSuperAdmin {
		if hasCode(ownerErr, "E0000011") && p.ledger.entry(tokenRow.name).State != "" {
			return fmt.Errorf("%w: %w", ErrTokenRevoked, ownerErr)
		}
		return ownerErr
	}
	errs := []error{ownerErr}
	for _, err := range others {
		if err != nil && !(notSuperAdmin && oktaint.Lacks(err, oktaint.LacksRole)) {
			errs = append(errs, explained(err))
		}
	}
	return errors.Join(errs...)
}

// explained adds what a credential needs for all of the work to an error that says
// what it lacks for one request.
func explained(err error) error {
	switch d, _ := oktaint.Denied(err); {
	case d.Lacks == oktaint.LacksScope:
		return fmt.Errorf("%w; setting up an app needs %s", err, BootstrapScopes)
	case d.Lacks == oktaint.LacksRole && !errors.Is(err, ErrNotSuperAdmin):
		return fmt.Errorf("%w: %w: setting up an app takes the role SUPER_ADMIN", err, ErrNotSuperAdmin)
	}
	return err
}

// warnBeforehand tells of what an administrator may want to know before the
// first write.
func (p *Plan) warnBeforehand() {
	d := p.Desired
	var users []string
	for scope := range d.Scopes.All() {
		if strings.HasPrefix(string(scope), "okta.myAccount.") {
			users = append(users, string(scope))
		}
	}
	if len(users) > 0 {
		p.warn("these scopes need a user, an app cannot use them: %s", listed(users))
	}
	if p.SuperAdminByDefault && d.Role != RoleSuperAdmin {
		p.warn("the org's setting \"Public client app admins\" is on: Okta may assign SUPER_ADMIN to the app after its scopes are granted")
	}
	if l, n := p.appLimit(), p.appRequests(); l.Limit > 0 && n > l.Remaining {
		minutes := (n - l.Remaining + l.Limit - 1) / l.Limit
		p.warn("the org allows this credential %d requests a minute about apps, %d of them now, and %d are to be sent: expect to wait about %d min",
			l.Limit, l.Remaining, n, minutes)
	}
}

// appRequests is how many requests of the apps' rate limit Apply will send:
// Okta counts those about grants, and the create, together.
func (p *Plan) appRequests() int {
	n := 1 // reads the grants back
	for _, c := range p.changes {
		if c.row.part == partApp || c.row.part == partGrants {
			n += len(c.way().sends)
		}
	}
	if n == 1 {
		return 0
	}
	return n
}

// appLimit returns what answers told about the rate limit of apps, the zero
// Limit if they told nothing.
func (p *Plan) appLimit() oktaint.Limit {
	if t := p.client.Transport(); t != nil {
		for _, l := range t.Limits() {
			if l.Bucket == "/api/v1/apps" {
				return l
			}
		}
	}
	return oktaint.Limit{}
}
