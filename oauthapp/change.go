package oauthapp

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oauthapp/internal/deliver"
	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A row is one kind of change of an app, and all that is known of it: what it is called,
// how it is made and taken back, and where the org shows it. A plan, the requests by
// hand, a rollback, a rotation, an offboarding and the journal are readings of the rows.
type row struct {
	name   string // in the journal, before a space and the argument if there is one
	order  int    // what it needs has a lower one; changes of one order are sent side by side
	part   part   // of the app that shows it
	beside bool   // it stays when the app is deleted

	make, take way                                  // without a take it is changed back to what was there before
	step       func(s *Step, arg string, d Desired) // tells in a step what the argument says
	kept       func(args []string) string           // what stays beyond a Desired, in plain words

	// see reports whether the org shows it, and its id if it has one.
	see func(t *target) (id string, there bool)

	// wanted are the arguments that Desired asks for, and held those that the app has. Nil
	// is for what is neither asked for nor taken away by a Desired.
	wanted func(d Desired, a *App) []string
	held   func(a *App) []string

	// named reports whether a Removal names it.
	named func(r Removal, arg string) bool

	// set notes in the app that it was made, as got shows it.
	set func(a, got *App, arg, id string)

	// before is what there was before it, for take to bring back, and for make after a
	// take; restore makes that the wanted one.
	before  func(t *target) any
	restore func(d *Desired, before json.RawMessage)

	duplicate func(error) bool                 // a refusal that may mean that it was there before
	alone     func(arg string, err error) bool // a refusal that concerns this one only
}

// A way is how a change is made or taken back.
type way struct {
	kind  StepKind
	says  func(Step) string // in plain words
	sends []send            // in this order
}

// A send is one request of a change.
type send struct {
	build  func(ctx context.Context, t *target) (*http.Request, error)
	answer answer
	reads  bool // the app is read first: the request is made of what it is

	// done reports whether the org shows what the request does. Nil means that the change is
	// made, or taken back.
	done func(t *target) bool

	gives func(arg string) []string // placeholders that the answer fills in: see RawRequest
}

// A target is what a request is about.
type target struct {
	org oktaint.Org
	app *App
	d   Desired
	arg string
	id  string // of what was made; empty while that is not known
}

// table has the rows in the order in which their steps are shown.
var table = []*row{appRow, activeRow, labelRow, settingsRow, keyRow, roleRow, customRow, permissionRow, setRow, bindingRow, grantRow, tokenRow}

var appRow = &row{
	name: "create", part: partApp,
	make: way{kind: StepCreate, says: func(s Step) string { return "create the app " + quoted(s.Label) + " with its key" }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.CreateApp(ctx, t.org, t.d.requestApp())
		},
		answer: answerApp, gives: func(string) []string { return []string{appIDName, clientIDName, iamORNName} },
	}}},
	take: way{kind: StepDelete, says: func(s Step) string { return "delete the app " + quoted(s.Label) + " (" + s.ApplicationID + ")" }, sends: []send{
		deactivation,
		{build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.DeleteApp(ctx, t.org, t.id)
		}, answer: answerGone},
	}},
	see:    func(t *target) (string, bool) { return t.app.ID, t.app.ID != "" },
	wanted: always,
	set:    func(a, got *App, _, _ string) { *a = *got },
}

// deactivation is sent only while the app is active: what Okta answers otherwise is not
// known.
var deactivation = send{
	build: func(ctx context.Context, t *target) (*http.Request, error) {
		return request.DeactivateApp(ctx, t.org, t.app.ID)
	},
	done: func(t *target) bool { return t.app.ID == "" || !t.app.Active },
}

var activeRow = &row{
	name: "activate", order: 1, part: partApp,
	make: way{kind: StepActivate, says: func(s Step) string { return "activate the app " + quoted(s.Label) + " (" + s.ApplicationID + ")" }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.ActivateApp(ctx, t.org, t.app.ID)
		},
	}}},
	take:   way{kind: StepDeactivate, says: func(s Step) string { return "deactivate the app " + quoted(s.Label) + " (" + s.ApplicationID + ")" }, sends: []send{deactivation}},
	see:    func(t *target) (string, bool) { return "", t.app.Active },
	wanted: always,
	set:    func(a, _ *App, _, _ string) { a.Active = true },
}

var labelRow = &row{
	name: "rename", order: 2, part: partApp,
	make: way{kind: StepRename, says: func(s Step) string { return "label the app " + s.ApplicationID + " " + quoted(s.Label) }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return replaceApp(ctx, t, map[string]any{"label": t.d.Label})
		},
		answer: answerApp, reads: true,
	}}},
	see:     func(t *target) (string, bool) { return "", t.app.Label == t.d.Label },
	wanted:  func(d Desired, a *App) []string { return only(d.ApplicationID != "" && a.ID != "") },
	set:     func(a, got *App, _, _ string) { a.Label, a.object = got.Label, got.object },
	before:  func(t *target) any { return t.app.Label },
	restore: func(d *Desired, before json.RawMessage) { _ = json.Unmarshal(before, &d.Label) },
}

var settingsRow = &row{
	name: "update", order: 3, part: partApp,
	make: way{kind: StepUpdate, says: func(Step) string { return "change the app's DPoP or network settings" }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return replaceApp(ctx, t, t.d.settings(t.app).wire())
		},
		answer: answerApp, reads: true,
	}}},
	see:    func(t *target) (string, bool) { return "", t.d.settings(t.app).same(t.app.settings()) },
	wanted: func(_ Desired, a *App) []string { return only(a.ID != "") },
	set:    func(a, got *App, _, _ string) { a.DPoP, a.Network, a.object = got.DPoP, got.Network, got.object },
	before: func(t *target) any { return t.app.settings() },
	restore: func(d *Desired, before json.RawMessage) {
		var s settings
		_ = json.Unmarshal(before, &s)
		d.DPoP, d.Network, d.Exact = s.DPoP, s.Network, true
	},
}

var keyRow = &row{
	name: "key", order: 4, part: partKeys, // of a rotation; the argument is the thumbprint
	step: func(s *Step, arg string, _ Desired) { s.Key = arg },
	make: way{kind: StepAddKey, says: func(s Step) string { return "add the key " + s.Key }, sends: []send{
		{build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.AddKey(ctx, t.org, t.app.ID, t.d.Key)
		}, answer: answerKey, done: func(t *target) bool { return t.app.key(t.arg).there }},
		{build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.ActivateKey(ctx, t.org, t.app.ID, t.app.key(t.arg).id)
		}, done: func(t *target) bool { return t.app.key(t.arg).active }},
	}},
	take: way{kind: StepDeleteKey, says: func(s Step) string { return "deactivate and delete the key " + s.Key }, sends: []send{
		{build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.DeactivateKey(ctx, t.org, t.app.ID, t.id)
		}, done: func(t *target) bool { return !t.app.key(t.arg).active }},
		{build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.DeleteKey(ctx, t.org, t.app.ID, t.id)
		}, answer: answerGone},
	}},
	see: func(t *target) (string, bool) { k := t.app.key(t.arg); return k.id, k.there },
	set: func(a, got *App, thumbprint, _ string) {
		if k := got.key(thumbprint); k.there {
			a.keys = append(slices.DeleteFunc(slices.Clone(a.keys), func(o heldKey) bool { return o.id == k.id }), k)
		}
	},
}

var roleRow = &row{
	name: "role", order: 4, part: partRoles,
	step: func(s *Step, arg string, _ Desired) { s.Role = arg },
	make: way{kind: StepRole, says: func(s Step) string { return "assign the role " + s.Role }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.AssignRole(ctx, t.org, t.app.ClientID, t.arg)
		},
		answer: answerID,
	}}},
	take: way{kind: StepUnassign, says: func(s Step) string { return "take the role " + s.Role + " from the app" }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.UnassignRole(ctx, t.org, t.app.ClientID, t.id)
		},
		answer: answerGone,
	}}},
	see:    func(t *target) (string, bool) { return t.app.roleIDs[t.arg], t.app.hasRole(t.arg) },
	wanted: func(d Desired, _ *App) []string { return d.standardRole() },
	held:   func(a *App) []string { return without(a.Roles, []string{RoleCustom}) },
	kept:   func(roles []string) string { return nouns("role", roles) },
	named:  func(r Removal, role string) bool { return slices.Contains(r.Roles, role) },
	set: func(a, _ *App, role, id string) {
		a.Roles = append(slices.Clone(a.Roles), role)
		a.roleIDs = with(a.roleIDs, role, id)
	},
	duplicate: deliver.RoleHeld,
}

var customRow = &row{
	name: "custom role", order: 4, part: partCustom, beside: true, // the argument is which of ownRoles
	step: func(s *Step, arg string, d Desired) { s.Own, s.Permissions = arg, ownRoles[arg].wants(d) },
	make: way{kind: StepCustomRole, says: func(s Step) string {
		return "create " + s.own() + " with " + counted(len(s.Permissions), "permission", s.Permissions)
	}, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.CreateCustomRole(ctx, t.org, t.customRole())
		},
		answer: answerID, gives: func(own string) []string { return []string{ownRoles[own].roleID} },
	}}},
	take: way{kind: StepRemoveCustomRole, says: func(s Step) string { return "remove " + s.own() }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.DeleteCustomRole(ctx, t.org, t.id)
		},
		answer: answerGone,
	}}},
	see:    func(t *target) (string, bool) { id := t.app.custom[t.arg].roleID; return id, id != "" },
	wanted: func(d Desired, _ *App) []string { return d.ownRoles() },
	held:   heldRoles,
	kept: func(own []string) string {
		for i, name := range own {
			own[i] = ownRoles[name].called
		}
		return strings.Join(own, " and ")
	},
	named:     namesOwn,
	set:       func(a, _ *App, own, id string) { a.own(own, func(c *customRole) { c.roleID = id }) },
	before:    func(t *target) any { return t.app.custom[t.arg].permissions },
	restore:   func(d *Desired, before json.RawMessage) { _ = json.Unmarshal(before, &d.Permissions) },
	duplicate: labelTaken, alone: ofIAMReader,
}

var setRow = &row{
	name: "resource set", order: 4, part: partCustom, beside: true,
	step: func(s *Step, arg string, _ Desired) { s.Own = arg },
	make: way{kind: StepResourceSet, says: func(s Step) string { return "create a resource set of " + ownRoles[cmp.Or(s.Own, responseRole)].over }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			set, err := t.resourceSet()
			if err != nil {
				return nil, err
			}
			return request.CreateResourceSet(ctx, t.org, set)
		},
		answer: answerID, gives: func(own string) []string { return []string{ownRoles[own].setID} },
	}}},
	take: way{kind: StepRemoveSet, says: func(s Step) string { return "remove the resource set of " + s.own() }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.DeleteResourceSet(ctx, t.org, t.id)
		},
		answer: answerGone,
	}}},
	see:       func(t *target) (string, bool) { id := t.app.custom[t.arg].setID; return id, id != "" },
	wanted:    func(d Desired, _ *App) []string { return d.ownRoles() },
	held:      heldRoles,
	named:     namesOwn,
	set:       func(a, _ *App, own, id string) { a.own(own, func(c *customRole) { c.setID = id }) },
	duplicate: labelTaken, alone: ofIAMReader,
}

var bindingRow = &row{
	name: "binding", order: 5, part: partCustom, beside: true,
	step: func(s *Step, arg string, _ Desired) { s.Own = arg },
	make: way{kind: StepBinding, says: func(s Step) string { return "give the app " + s.own() + " over the resource set" }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			c := t.app.custom[t.arg]
			return request.CreateBinding(ctx, t.org, c.setID, c.roleID, t.app.ClientID)
		},
		answer: answerBinding,
	}}},
	take: way{kind: StepUnbind, says: func(s Step) string { return "take " + s.own() + " from the app" }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			set, role, _ := strings.Cut(t.id, "/")
			return request.DeleteBinding(ctx, t.org, set, role)
		},
		answer: answerGone,
	}}},
	see: func(t *target) (string, bool) {
		c := t.app.custom[t.arg]
		return c.setID + "/" + c.roleID, c.bound
	},
	wanted: func(d Desired, _ *App) []string { return d.ownRoles() },
	held: func(a *App) []string {
		return slices.DeleteFunc(heldRoles(a), func(own string) bool { return !a.custom[own].bound })
	},
	named: namesOwn,
	set:   func(a, _ *App, own, _ string) { a.own(own, func(c *customRole) { c.bound = true }) },
	alone: ofIAMReader,
}

var permissionRow = &row{
	name: "permission", order: 5, part: partCustom, // the argument is which of ownRoles, and the permission
	step: func(s *Step, arg string, _ Desired) {
		own, permission := cutPermission(arg)
		s.Own, s.Permissions = own, []string{permission}
	},
	make: way{kind: StepPermissions, says: func(s Step) string {
		return "add " + counted(len(s.Permissions), "permission", s.Permissions) + " to " + s.own()
	}, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			own, permission := cutPermission(t.arg)
			return request.AddPermission(ctx, t.org, t.app.custom[own].roleID, permission)
		},
	}}},
	take: way{kind: StepForbid, says: func(s Step) string {
		return "take " + counted(len(s.Permissions), "permission", s.Permissions) + " from " + s.own()
	}, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			own, permission := cutPermission(t.arg)
			return request.RemovePermission(ctx, t.org, t.app.custom[own].roleID, permission)
		},
		answer: answerGone,
	}}},
	see: func(t *target) (string, bool) {
		own, permission := cutPermission(t.arg)
		return "", slices.Contains(t.app.custom[own].permissions, permission)
	},
	wanted: func(d Desired, a *App) []string { return d.permissionArgs(a) },
	held:   heldPermissions,
	kept: func(args []string) string {
		for i, arg := range args {
			_, args[i] = cutPermission(arg)
		}
		return nouns("permission", args) + " of the custom role"
	},
	named: func(r Removal, arg string) bool {
		own, permission := cutPermission(arg)
		return own == responseRole && slices.Contains(r.Permissions, permission)
	},
	set: func(a, _ *App, arg, _ string) {
		own, permission := cutPermission(arg)
		a.own(own, func(c *customRole) { c.permissions = append(slices.Clone(c.permissions), permission) })
	},
	alone: func(arg string, err error) bool { return refusesOne(err) },
}

var grantRow = &row{
	name: "grant", order: 6, part: partGrants,
	step: func(s *Step, arg string, _ Desired) { s.Scopes = scopes.New(scopes.Scope(arg)) },
	make: way{kind: StepGrant, says: func(s Step) string { return "grant " + countedScopes(s.Scopes) }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.Grant(ctx, t.org, t.app.ID, scopes.Scope(t.arg))
		},
		answer: answerID,
	}}},
	take: way{kind: StepRevoke, says: func(s Step) string { return "revoke " + countedScopes(s.Scopes) }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.RevokeGrant(ctx, t.org, t.app.ID, t.id)
		},
		answer: answerGone,
	}}},
	see: func(t *target) (string, bool) {
		scope := scopes.Scope(t.arg)
		return t.app.grantIDs[scope], t.app.Granted.Contains(scope)
	},
	wanted: func(d Desired, _ *App) []string { return names(d.Scopes) },
	held:   func(a *App) []string { return names(a.Granted) },
	kept:   func(scopes []string) string { return nouns("scope", scopes) },
	named:  func(r Removal, scope string) bool { return r.Scopes.Contains(scopes.Scope(scope)) },
	set: func(a, _ *App, scope, id string) {
		a.Granted = a.Granted.Union(scopes.New(scopes.Scope(scope)))
		a.grantIDs = with(a.grantIDs, scopes.Scope(scope), id)
	},
	alone: func(_ string, err error) bool { return refusesOne(err) },
}

var tokenRow = &row{
	name: "revoke token", order: 7, part: partToken, beside: true,
	make: way{kind: StepRevokeToken, says: func(Step) string { return "revoke the API token that was used" }, sends: []send{{
		build: func(ctx context.Context, t *target) (*http.Request, error) {
			return request.RevokeCurrentToken(ctx, t.org)
		},
		answer: answerTokenGone,
	}}},
	see: func(t *target) (string, bool) { return "", t.app.tokenGone },
	set: func(*App, *App, string, string) {},
}

// always is the argument of what every app has, and only that of what has none.
func always(Desired, *App) []string { return only(true) }

func only(wanted bool) []string {
	if wanted {
		return []string{""}
	}
	return nil
}
