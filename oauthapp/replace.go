package oauthapp

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// rename gives the app its new label.
func (r *run) rename(ctx context.Context, s Step) error {
	label := s.Label
	return r.replace(ctx, write[App]{
		name: renameWrite,
		note: func(rec *record, _ App) { rec.Label = label },
	}, func(a App) bool { return a.Label == label }, s.labelled())
}

// update changes the settings of the app.
func (r *run) update(ctx context.Context, s Step) error {
	return r.replace(ctx, write[App]{name: updateWrite},
		func(a App) bool { return a.DPoP == s.DPoP && sameNetwork(a.Network, s.Network) },
		s.settings())
}

// settings returns what StepUpdate changes in the app.
func (s Step) settings() map[string]any {
	network := map[string]any{"connection": "ANYWHERE"}
	if n := s.Network; n != nil {
		network = map[string]any{"connection": "ZONE"}
		if len(n.Include) > 0 {
			network["include"] = n.Include
		}
		if len(n.Exclude) > 0 {
			network["exclude"] = n.Exclude
		}
	}
	return map[string]any{"settings": map[string]any{"oauthClient": map[string]any{
		"dpop_bound_access_tokens": s.DPoP, "network": literal{network},
	}}}
}

// labelled returns what StepRename changes in the app.
func (s Step) labelled() map[string]any { return map[string]any{"label": s.Label} }

// replace reads the app, changes it, and puts it back: Okta drops settings that
// a PUT leaves out.
func (r *run) replace(ctx context.Context, w write[App], made func(App) bool, change map[string]any) error {
	id := r.app.ID
	w.send = func(ctx context.Context) (App, error) {
		req, err := request.GetApp(ctx, r.o.c.Org, id)
		if err != nil {
			return App{}, err
		}
		var now appObject
		if err := r.o.c.Do(req, oktaint.Checked(&now, func() bool { return now.ID == id })); err != nil {
			return App{}, err
		}
		raw, err := merge(now.raw, change)
		if err != nil {
			return App{}, err
		}
		if req, err = request.UpdateApp(ctx, r.o.c.Org, id, raw); err != nil {
			return App{}, err
		}
		return r.o.postApp(req)
	}
	w.look = func(ctx context.Context) (App, bool, error) {
		found, err := r.o.byID(ctx, id)
		if len(found) != 1 || err != nil {
			return App{}, false, err
		}
		return found[0].App, made(found[0].App), nil
	}
	now, err := ensure(ctx, r, w)
	if err == nil {
		r.app.Label, r.app.DPoP, r.app.Network = now.Label, now.DPoP, now.Network
	}
	return err
}

// A literal replaces a whole JSON value, even an object.
type literal struct{ value any }

// merge returns the JSON object raw with change in it. Objects of change are
// merged with those of raw; what change does not name stays as it is.
func merge(raw json.RawMessage, change map[string]any) (json.RawMessage, error) {
	var object map[string]json.RawMessage
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &object); err != nil {
			return nil, fmt.Errorf("the app cannot be read: %w", err)
		}
	}
	if object == nil { // it was null
		object = map[string]json.RawMessage{}
	}
	for name, value := range change {
		var err error
		switch v := value.(type) {
		case map[string]any:
			object[name], err = merge(object[name], v)
		case literal:
			object[name], err = json.Marshal(v.value)
		default:
			object[name], err = json.Marshal(v)
		}
		if err != nil {
			return nil, err
		}
	}
	return json.Marshal(object)
}
