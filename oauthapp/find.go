package oauthapp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An appObject is what is read of an app. Settings and credentials of other
// kinds of apps come in other shapes, so they are decoded only once the app is
// known to be an OAuth client.
type appObject struct {
	ID          string          `json:"id"`
	Name        string          `json:"name"`
	Label       string          `json:"label"`
	Status      string          `json:"status"`
	Credentials json.RawMessage `json:"credentials"`
	Settings    json.RawMessage `json:"settings"`

	raw json.RawMessage // all of it
}

// UnmarshalJSON keeps the object as it came too: a PUT sends all of it back.
func (a *appObject) UnmarshalJSON(b []byte) error {
	type plain appObject
	a.raw = bytes.Clone(b)
	return json.Unmarshal(b, (*plain)(a))
}

// A candidate is a service app of the wanted label.
type candidate struct {
	App
	keys []json.RawMessage // nil if the app object holds none
}

// candidate returns what a is as a service app; ok is false if it is none.
func (a appObject) candidate() (c candidate, ok bool) {
	var settings struct {
		Client struct {
			Type string `json:"application_type"`
			JWKS struct {
				Keys []json.RawMessage `json:"keys"`
			} `json:"jwks"`
			DPoP    bool `json:"dpop_bound_access_tokens"`
			Network struct {
				Connection string   `json:"connection"`
				Include    []string `json:"include"`
				Exclude    []string `json:"exclude"`
			} `json:"network"`
		} `json:"oauthClient"`
	}
	var credentials struct {
		Client struct {
			ID string `json:"client_id"`
		} `json:"oauthClient"`
	}
	if a.ID == "" || a.Name != "oidc_client" || a.Status == "DELETED" ||
		json.Unmarshal(a.Settings, &settings) != nil || settings.Client.Type != "service" ||
		json.Unmarshal(a.Credentials, &credentials) != nil {
		return c, false
	}
	c.App = App{ID: a.ID, ClientID: credentials.Client.ID, Label: a.Label, Active: a.Status == "ACTIVE", object: a.raw}
	if c.ClientID == "" {
		c.ClientID = c.ID
	}
	c.keys, c.DPoP = settings.Client.JWKS.Keys, settings.Client.DPoP
	if n := settings.Client.Network; n.Connection == "ZONE" {
		c.Network = &request.Network{Include: n.Include, Exclude: n.Exclude}
	}
	return c, true
}

// app returns the app of d with its grants and roles, nil if the org has no
// app of that label, and notes for the administrator. l may know its id.
func (o org) app(ctx context.Context, d Desired, l *ledger) (*App, []string, error) {
	id := l.appID()
	if d.ApplicationID != "" {
		id = d.ApplicationID
	}
	found, notes, err := o.find(ctx, d, id)
	if found == nil || err != nil {
		return nil, nil, err
	}
	if err := o.readState(ctx, found, len(d.Permissions) > 0 || l.madeCustomRole()); err != nil {
		return nil, nil, err
	}
	return found, notes, nil
}

// readState reads the grants and roles of an app, and with custom also a
// custom role that the app does not hold yet.
func (o org) readState(ctx context.Context, a *App, custom bool) error {
	var wg sync.WaitGroup
	var grantsErr, rolesErr error
	wg.Go(func() {
		if a.grantIDs, grantsErr = o.grants(ctx, a.ID); grantsErr == nil {
			a.Granted = scopes.New(slices.Collect(maps.Keys(a.grantIDs))...)
		}
	})
	wg.Go(func() { rolesErr = o.readRoles(ctx, a, custom) })
	wg.Wait()
	return errors.Join(grantsErr, rolesErr)
}

func (o org) readRoles(ctx context.Context, a *App, custom bool) error {
	held, err := o.clientRoles(ctx, a.ClientID)
	if err != nil {
		return err
	}
	a.Roles, a.roleIDs, a.customRoles = oktaint.RoleTypes(held), map[string]string{}, 0
	for _, h := range held {
		if h.Type == RoleCustom {
			a.customRoles++
		} else {
			a.roleIDs[h.Type] = h.ID
		}
	}
	a.custom, err = o.customRole(ctx, a.ClientID, held, custom)
	if a.Permissions = nil; a.custom.bound {
		a.Permissions = a.custom.permissions
	}
	return err
}

// find returns the one app of d's label that holds d's key.
func (o org) find(ctx context.Context, d Desired, id string) (*App, []string, error) {
	candidates, err := o.candidates(ctx, d.Label, id)
	if err != nil {
		return nil, nil, err
	}
	if id := d.ApplicationID; id != "" && !slices.ContainsFunc(candidates, func(c candidate) bool { return c.ID == id }) {
		return nil, nil, fmt.Errorf("oauthapp: the org has no service app with the id %s: leave the id out, or look it up in the Admin Console", id)
	}
	var ours, others []candidate
	var notes, otherKeys []string
	for _, c := range candidates {
		m := match(c.keys, d.Key)
		if !m.found {
			others, otherKeys = append(others, c), append(otherKeys, m.ids...)
			continue
		}
		ours = append(ours, c)
		if !m.active {
			notes = append(notes, fmt.Sprintf("the key %s is not active on app %s: activate it in the Admin Console", m.kid, c.ID))
		}
		if m.kid != d.Key.ID() {
			notes = append(notes, fmt.Sprintf("app %s knows the key as %q, not as %q: sign with that key id", c.ID, m.kid, d.Key.ID()))
		}
	}
	switch {
	case len(ours) > 1:
		return nil, nil, fmt.Errorf("oauthapp: %d apps labelled %q hold this key (%s): delete all but one of them in the Admin Console",
			len(ours), d.Label, ids(ours))
	case len(ours) == 1 && len(others) > 0:
		notes = append(notes, fmt.Sprintf("other apps carry the label %q too: %s", d.Label, ids(others)))
	case len(ours) == 0 && len(others) > 0:
		return nil, nil, &OtherKeyError{
			ApplicationID: others[0].ID, ClientID: others[0].ClientID, Label: d.Label, KeyIDs: otherKeys,
		}
	case len(ours) == 0:
		return nil, nil, nil
	}
	return &ours[0].App, notes, nil
}

func ids(apps []candidate) string {
	var names []string
	for _, a := range apps {
		names = append(names, a.ID)
	}
	return strings.Join(names, ", ")
}

// candidates returns the service apps with exactly this label, with their
// keys. If id is given and that app still exists, it is the only one.
func (o org) candidates(ctx context.Context, label, id string) ([]candidate, error) {
	found, err := o.byID(ctx, id)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		if found, err = o.byLabel(ctx, label); err != nil {
			return nil, err
		}
	}
	var g errgroup.Group
	g.SetLimit(workers)
	for i := range found {
		if len(found[i].keys) > 0 {
			continue
		}
		g.Go(func() (err error) {
			found[i].keys, err = o.keys(ctx, found[i].ID)
			return err
		})
	}
	return found, g.Wait()
}

// byID returns the service app of an id, none if the org says that it has none. An
// answer about anything else, which a proxy may give, does not say that.
func (o org) byID(ctx context.Context, id string) ([]candidate, error) {
	if id == "" {
		return nil, nil
	}
	req, err := request.GetApp(ctx, o.c.Org, id)
	if err != nil {
		return nil, err
	}
	var a appObject
	if err := o.c.Do(req, oktaint.Checked(&a, func() bool { return a.ID == id })); oktaint.IsNotFound(err) {
		return nil, nil // it was deleted
	} else if err != nil {
		return nil, fmt.Errorf("oauthapp: reading app %s: %w", id, err)
	}
	if c, ok := a.candidate(); ok {
		return []candidate{c}, nil
	}
	return nil, nil
}

// byLabel looks through all apps whose label begins with label: Okta has no
// exact filter.
func (o org) byLabel(ctx context.Context, label string) ([]candidate, error) {
	req, err := request.FindApps(ctx, o.c.Org, label)
	if err != nil {
		return nil, err
	}
	var found []candidate
	for a, err := range oktaint.ListRequest[appObject](o.c, req) {
		if err != nil {
			return nil, fmt.Errorf("oauthapp: looking for an app labelled %q: %w", label, err)
		}
		if a.Label != label {
			continue
		}
		if c, ok := a.candidate(); ok {
			found = append(found, c)
		}
	}
	return found, nil
}

type keyMatch struct {
	found, active bool
	kid           string   // of the key that was found
	ids           []string // of all keys
}

// match looks for want among the keys of an app. A key that cannot be parsed
// (Okta stores EC keys without a curve) is compared by its kid, which is proof
// enough if it is the thumbprint.
func match(keys []json.RawMessage, want oktaint.PublicKey) keyMatch {
	var m keyMatch
	for _, raw := range keys {
		var head struct {
			ID     string `json:"kid"`
			Status string `json:"status"`
		}
		if json.Unmarshal(raw, &head) != nil {
			continue
		}
		m.ids = append(m.ids, head.ID)
		key, err := oktaint.ParsePublicKey(raw)
		if err == nil && key.Equal(want) || err != nil && head.ID == want.Thumbprint() {
			m.found, m.kid = true, head.ID
			m.active = m.active || head.Status == "" || head.Status == "ACTIVE"
		}
	}
	return m
}
