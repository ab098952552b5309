package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/oktaint/durable"
)

// An Offboarding says which app is to be taken away.
type Offboarding struct {
	// Credentials are those of the app. The key is needed only to revoke tokens.
	Credentials oktaint.Credentials

	// Tokens are access tokens of the app that are to end at once. No token is minted. One
	// that is not here lives on for up to an hour.
	Tokens []oktaint.Secret

	// Base sends the requests that revoke tokens. Nil means the default of oktaint.
	Base http.RoundTripper
}

// BuildOffboard reads what there is to take away of an app: the app whose client id the
// credentials hold, whoever made it, and the custom roles of its own that the journal j says
// were made from here, with their resource sets and bindings. j may be nil or empty: then
// role objects in whose label the client id stands are in Warnings, and stay. An app that is
// gone already is no error; what it left is taken away. It writes nothing.
//
// admin holds the credential of a Super Admin. Name [Teardown].App to a person, and ask,
// before Apply.
func BuildOffboard(ctx context.Context, admin *oktaint.Client, o Offboarding, j durable.State) (*Teardown, error) {
	d, err := buildOffboard(ctx, admin, o, j)
	if err != nil {
		return nil, fmt.Errorf("oauthapp: taking away the app of client %s: %w", o.Credentials.ClientID, explained(err))
	}
	return d, nil
}

func buildOffboard(ctx context.Context, admin *oktaint.Client, o Offboarding, j durable.State) (*Teardown, error) {
	c := o.Credentials
	switch {
	case c.Kind != oktaint.KindPrivateKeyJWT:
		return nil, fmt.Errorf("the credentials are of kind %s, not %s: a store integration is removed by the package integration", c.Kind, oktaint.KindPrivateKeyJWT)
	case c.ClientID == "":
		return nil, errors.New("the credentials have no client id: was the app ever made?")
	case c.Org != admin.Org:
		return nil, fmt.Errorf("the credentials are for %s, the administrator's for %s", c.Org, admin.Org)
	case len(o.Tokens) > 0 && c.Key.IsZero():
		return nil, errors.New("the credentials have no key, without which no token can be revoked: leave the tokens out")
	}
	id := idOf(c, record{})
	l := &ledger{journal: j, rec: record{Changes: map[string]*entry{}}}
	if j != nil {
		rec, version, err := loadRecord(ctx, j)
		if err != nil {
			return nil, err
		}
		id = idOf(c, rec)
		if rec.Org != "" && (rec.Org != admin.Org.String() || rec.ApplicationID != "" && rec.ApplicationID != id) {
			return nil, fmt.Errorf("the journal is about the app %q of %s: use another journal for this one", rec.Label, rec.Org)
		}
		l.rec, l.version = rec, version
	}
	if l.rec.Org == "" {
		l.rec = record{Version: recordVersion, Org: admin.Org.String(), Label: c.ClientID, Thumbprint: c.ClientID, ClientID: c.ClientID, Changes: map[string]*entry{}}
	}
	l.rec.ApplicationID = id
	d := newTeardown(admin, l)
	for _, token := range o.Tokens {
		d.tokens = append(d.tokens, func(ctx context.Context) error { return c.Source(o.Base).Revoke(ctx, token) })
	}
	if err := d.read(ctx); err != nil {
		return nil, err
	}
	if d.App.ID == "" && c.ApplicationID == "" && id == c.ClientID {
		d.Warnings = append(d.Warnings, "the org has no app whose id is the client id; if the two differ, put the application id into the credentials")
	}
	if d.App.ID != "" {
		if err := sameClient(c, &d.App); err != nil {
			return nil, err
		}
		d.r.d.Label, l.rec.Label = d.App.Label, d.App.Label
	}
	d.takeAway()
	return d, d.warnOfRoles(ctx)
}

// takeAway works out what removes the app and what is its own.
func (d *Teardown) takeAway() {
	l := d.r.l
	for _, c := range l.changes() {
		if c.taken = true; c.row.beside && c.row != tokenRow && !l.entry(c.name()).Theirs && d.r.shows(c) {
			d.changes = append(d.changes, c)
		}
	}
	if d.App.ID != "" {
		if d.App.ClientID != d.App.ID { // else they go with the app
			d.takeHeld(grantRow, roleRow)
		}
		d.changes = append(d.changes, change{row: appRow, taken: true, id: d.App.ID})
		d.Warnings = append(d.Warnings, "access tokens that the app was given live on for up to an hour, but for those that are revoked")
	}
	d.changes = sorted(d.changes)
}

// takeHeld takes what the app holds of these rows.
func (d *Teardown) takeHeld(rows ...*row) {
	for _, row := range rows {
		for _, arg := range row.held(&d.App) {
			id, _ := row.see(&target{app: &d.App, arg: arg})
			d.changes = append(d.changes, change{row: row, arg: arg, taken: true, id: id})
		}
	}
}

// warnOfRoles names role objects that may be the app's own, and of which the journal does
// not say so.
func (d *Teardown) warnOfRoles(ctx context.Context) error {
	a := App{ClientID: d.r.l.rec.ClientID}
	var names []string
	for name := range ownRoles {
		if !slices.Contains(d.r.l.owns(), name) {
			names = append(names, name)
		}
	}
	roles, err := d.r.o.labelled(ctx, request.ListCustomRoles)
	if err != nil {
		return err
	}
	sets, err := d.r.o.labelled(ctx, request.ListResourceSets)
	if err != nil {
		return err
	}
	slices.Sort(names)
	for _, name := range names {
		suffix := customSuffix(a.ClientID, name)
		for what, id := range map[string]string{"custom role": endingIn(roles, suffix), "resource set": endingIn(sets, suffix)} {
			if id != "" {
				d.Warnings = append(d.Warnings, fmt.Sprintf("the %s %s may be the app's own, and stays, because no journal says so: delete it in the Admin Console", what, id))
			}
		}
	}
	return nil
}
