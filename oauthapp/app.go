package oauthapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/scopes"
)

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
	Permissions []string         // of the custom role for response actions, sorted; nil if it does not hold it

	orn      string                  // of the app; names the partition and the org
	iam      string                  // a mark for what follows from it: see raws
	object   json.RawMessage         // the app as the org gave it
	keys     []heldKey               // active or not
	grantIDs map[scopes.Scope]string // of the active grants
	roleIDs  map[string]string       // of the active assignments, by type, without custom roles

	customRoles int                   // that the app holds, whoever made them
	custom      map[string]customRole // of its own, by name

	tokenGone bool // the API token that does the work is refused
}

func (a *App) hasRole(role string) bool { return slices.Contains(a.Roles, role) }

// settings are those of an app that a Desired changes.
type settings struct {
	DPoP    bool             `json:"dpop"`
	Network *request.Network `json:"network"` // nil is anywhere
}

func (a *App) settings() settings { return settings{a.DPoP, a.Network} }

// settings returns what the settings of an app are to be: of what it has, nothing is
// taken away unless Exact is set.
func (d Desired) settings(have *App) settings {
	s := settings{d.DPoP, d.Network}
	if !d.Exact {
		s.DPoP = s.DPoP || have.DPoP
		if s.Network == nil {
			s.Network = have.Network
		}
	}
	return s
}

func (s settings) same(b settings) bool {
	if s.DPoP != b.DPoP || s.Network == nil || b.Network == nil {
		return s == b
	}
	sorted := func(list []string) []string { return slices.Sorted(slices.Values(list)) }
	return slices.Equal(sorted(s.Network.Include), sorted(b.Network.Include)) && slices.Equal(sorted(s.Network.Exclude), sorted(b.Network.Exclude))
}

// wire is what the settings change in the app object.
func (s settings) wire() map[string]any {
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

// replaceApp puts the app back as it was read, with a change in it: Okta drops settings
// that a PUT leaves out. What was read may lack a label that was given just now, so the
// label is always in it.
func replaceApp(ctx context.Context, t *target, change map[string]any) (*http.Request, error) {
	if label, changes := change["label"].(string); changes {
		t.app.Label = label
	}
	change["label"] = t.app.Label
	changed, err := merge(t.app.object, change)
	if err != nil {
		return nil, err
	}
	t.app.object = changed
	return request.UpdateApp(ctx, t.org, t.app.ID, changed)
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

// alone looks whether another run, of which this one's journal knows nothing, has created
// an app of the label at the same time, with whatever key.
func (o org) alone(ctx context.Context, who identity, id string) error {
	list, err := o.candidates(ctx, who.label, "")
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(c candidate) bool { return c.ID == id })
	if len(list) == 0 {
		return nil
	}
	return fmt.Errorf("oauthapp: another run has created an app with this label (%s) at the same time as this run (%s): delete one of them in the Admin Console, or roll this run back, and run this again",
		ids(list), id)
}

// errClientSecret refuses to show an app object that holds a secret.
var errClientSecret = errors.New("the app has a client secret, which is not shown: change the app in the Admin Console")
