package oauthapp

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
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
	ORN         string          `json:"orn"`

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
	listed []json.RawMessage // its keys; nil if the app object holds none
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
	c.App = App{ID: a.ID, ClientID: credentials.Client.ID, Label: a.Label, Active: a.Status == "ACTIVE", orn: a.ORN, object: a.raw}
	if c.ClientID == "" {
		c.ClientID = c.ID
	}
	c.listed, c.DPoP = settings.Client.JWKS.Keys, settings.Client.DPoP
	if n := settings.Client.Network; n.Connection == "ZONE" {
		c.Network = &request.Network{Include: n.Include, Exclude: n.Exclude}
	}
	return c, true
}

// An identity is by what an app is recognised: its label and one of its keys, or its id.
type identity struct {
	label, thumbprint string
	kid               string // of the key, as it will be used; empty if nobody says
	id                string // of the app; empty if it is not known
	named             bool   // id was named by the caller: the org must have it
}

func (d Desired) identity(id string) identity {
	who := identity{label: d.Label, thumbprint: d.Key.Thumbprint(), kid: d.Key.ID(), id: id}
	if d.ApplicationID != "" {
		who.id, who.named = d.ApplicationID, true
	}
	return who
}

// find returns the one app that who is about, nil if the org has no app of the label, and
// notes for the administrator. An app that holds only other keys is an [*OtherKeyError].
func (o org) find(ctx context.Context, who identity) (*App, []string, error) {
	candidates, err := o.candidates(ctx, who.label, who.id)
	if err != nil {
		return nil, nil, err
	}
	if who.named && !slices.ContainsFunc(candidates, func(c candidate) bool { return c.ID == who.id }) {
		return nil, nil, fmt.Errorf("oauthapp: the org has no service app with the id %s: leave the id out, or look it up in the Admin Console", who.id)
	}
	var ours, others []candidate
	var notes, otherKeys []string
	for _, c := range candidates {
		c.keys = parseHeld(c.listed)
		k := c.key(who.thumbprint)
		if !k.there {
			others = append(others, c)
			for _, other := range c.keys {
				otherKeys = append(otherKeys, other.kid)
			}
			continue
		}
		ours = append(ours, c)
		if !k.active {
			notes = append(notes, fmt.Sprintf("the key %s is not active on app %s: activate it in the Admin Console", k.kid, c.ID))
		}
		if who.kid != "" && k.kid != who.kid {
			notes = append(notes, fmt.Sprintf("app %s knows the key as %q, not as %q: sign with that key id", c.ID, k.kid, who.kid))
		}
	}
	switch {
	case len(ours) > 1:
		return nil, nil, fmt.Errorf("oauthapp: %d apps labelled %q hold this key (%s): delete all but one of them in the Admin Console",
			len(ours), who.label, ids(ours))
	case len(ours) == 1 && len(others) > 0:
		notes = append(notes, fmt.Sprintf("other apps carry the label %q too: %s", who.label, ids(others)))
	case len(ours) == 0 && len(others) > 0:
		return nil, nil, &OtherKeyError{
			ApplicationID: others[0].ID, ClientID: others[0].ClientID, Label: who.label, KeyIDs: otherKeys,
		}
	case len(ours) == 0:
		return nil, nil, nil
	}
	return &ours[0].App, notes, nil
}

// await is find, until the app is there or may not appear any more: an org may take until
// a time to list what was just made.
func (o org) await(ctx context.Context, who identity, until time.Time) (found *App, notes []string, err error) {
	pauseErr := deliver.Poll(ctx, until, func() (bool, error) {
		found, notes, err = o.find(ctx, who)
		return found != nil || err != nil, nil
	})
	return found, notes, cmp.Or(err, pauseErr)
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
		if len(found[i].listed) > 0 {
			continue
		}
		g.Go(func() (err error) {
			found[i].listed, err = o.keys(ctx, found[i].ID)
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

// A heldKey is a key of an app.
type heldKey struct {
	there, active bool
	id, kid       string // pks..., by which requests name it; and what tokens name it by
	thumbprint    string // RFC 7638; empty if the key cannot be parsed
}

// parseHeld reads keys as the org lists them.
func parseHeld(listed []json.RawMessage) []heldKey {
	var keys []heldKey
	for _, raw := range listed {
		var head struct {
			ID     string `json:"id"`
			KID    string `json:"kid"`
			Status string `json:"status"`
		}
		if json.Unmarshal(raw, &head) != nil {
			continue
		}
		k := heldKey{there: true, id: head.ID, kid: head.KID, active: head.Status == "" || head.Status == "ACTIVE"}
		if key, err := oktaint.ParsePublicKey(raw); err == nil {
			k.thumbprint = key.Thumbprint()
		}
		keys = append(keys, k)
	}
	return keys
}

// key returns the key of a thumbprint. One that cannot be parsed (Okta stores EC keys
// without a curve) is compared by its kid, which is proof enough if it is the thumbprint.
func (a *App) key(thumbprint string) heldKey {
	var found heldKey
	for _, k := range a.keys {
		if k.thumbprint == thumbprint || k.thumbprint == "" && k.kid == thumbprint {
			k.active = k.active || found.active
			found = k
		}
	}
	return found
}
