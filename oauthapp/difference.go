package oauthapp

import (
	"slices"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/scopes"
)

// difference lists what has to be done to make the app what is desired, and
// warns of what it has beyond that and keeps. The role comes before the grants,
// so that a role which the org adds after a grant can be told from the wanted
// one. What is taken away comes last.
func (p *Plan) difference() []Step {
	d, have := p.Desired, p.App
	var steps []Step
	if have == nil {
		have = &App{Label: d.Label, Active: true, DPoP: d.DPoP, Network: d.Network} // as it will be
	}
	add := func(s Step) {
		s.Label, s.ApplicationID = d.Label, have.ID
		steps = append(steps, s)
	}
	if p.App == nil {
		add(Step{Kind: StepCreate})
	}
	if !have.Active {
		add(Step{Kind: StepActivate})
	}
	if p.renames(have) {
		add(Step{Kind: StepRename})
	}
	if dpop, network := p.settings(have); dpop != have.DPoP || !sameNetwork(network, have.Network) {
		add(Step{Kind: StepUpdate, DPoP: dpop, Network: network})
	}
	if d.Role != RoleNone && !have.hasRole(d.Role) {
		add(Step{Kind: StepRole, Role: d.Role})
	}
	for _, s := range p.customSteps(have) {
		add(s)
	}
	if missing := d.Scopes.Minus(have.Granted); !missing.IsEmpty() {
		add(Step{Kind: StepGrant, Scopes: missing})
	}
	for _, s := range p.excess(have) {
		add(s)
	}
	return steps
}

// renames reports whether the app gets another label, which only an app that
// is named does.
func (p *Plan) renames(have *App) bool {
	if have.Label == p.Desired.Label {
		return false
	}
	if p.Desired.ApplicationID == "" {
		p.warn("the app is labelled %q now, which is left alone: name it in Desired.ApplicationID to change that", have.Label)
		return false
	}
	return true
}

// settings returns what the settings of the app are to be.
func (p *Plan) settings(have *App) (dpop bool, network *request.Network) {
	d := p.Desired
	dpop, network = d.DPoP, d.Network
	if d.Exact {
		return dpop, network
	}
	if !dpop && have.DPoP {
		p.warn("the app's tokens are bound by DPoP, which is left alone: the credential must say so too")
		dpop = true
	}
	if network == nil && have.Network != nil {
		p.warn("the app may request tokens from some network zones only, which is left alone")
		network = have.Network
	}
	return dpop, network
}

func sameNetwork(a, b *request.Network) bool {
	if a == nil || b == nil {
		return a == b
	}
	sorted := func(list []string) []string { return slices.Sorted(slices.Values(list)) }
	return slices.Equal(sorted(a.Include), sorted(b.Include)) && slices.Equal(sorted(a.Exclude), sorted(b.Exclude))
}

// customSteps lists what the custom role lacks.
func (p *Plan) customSteps(have *App) []Step {
	want, c := p.Desired.Permissions, have.custom
	if len(want) == 0 {
		return nil
	}
	var steps []Step
	if c.roleID == "" {
		steps = append(steps, Step{Kind: StepCustomRole, Permissions: want})
	} else if permit, forbid := without(want, c.permissions), without(c.permissions, want); len(permit)+len(forbid) > 0 {
		steps = append(steps, Step{Kind: StepPermissions, Permissions: permit, Forbid: forbid})
	}
	if c.setID == "" {
		steps = append(steps, Step{Kind: StepResourceSet})
	}
	if !c.bound {
		steps = append(steps, Step{Kind: StepBinding})
	}
	return steps
}

// without returns what a has and b has not.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
}

// excess lists what is taken from the app.
func (p *Plan) excess(have *App) []Step {
	var steps []Step
	if revoke := p.unwantedGrants(have); !revoke.IsEmpty() {
		steps = append(steps, Step{Kind: StepRevoke, Scopes: revoke})
	}
	for _, role := range have.Roles {
		if p.unwantedRole(have, role) {
			steps = append(steps, Step{Kind: StepUnassign, Role: role})
		}
	}
	if c := have.custom; len(p.Desired.Permissions) == 0 && c.roleID+c.setID != "" {
		if p.Desired.Exact || p.ledger.madeCustomRole() {
			steps = append(steps, Step{Kind: StepRemoveCustomRole})
		} else {
			p.warn("the app holds a custom role that is not wanted, which is left alone")
		}
	}
	return steps
}

func (p *Plan) unwantedGrants(have *App) scopes.Set {
	extra := have.Granted.Minus(p.Desired.Scopes)
	if p.Desired.Exact {
		return extra
	}
	var ours []scopes.Scope
	for scope := range extra.All() {
		if p.ledger.did(grantPrefix + string(scope)) {
			ours = append(ours, scope)
		}
	}
	revoke := scopes.New(ours...)
	if kept := extra.Minus(revoke); !kept.IsEmpty() {
		p.warn("the app is granted more than is wanted, which is left alone: %s", kept)
	}
	return revoke
}

// unwantedRole reports whether a role is taken from the app.
func (p *Plan) unwantedRole(have *App, role string) bool {
	d := p.Desired
	switch {
	case role == d.Role:
		return false
	case role == RoleSuperAdmin:
		return p.unwantedSuperAdmin(have)
	case role == RoleCustom:
		if have.customRoles > 1 || !have.custom.bound {
			p.warn("the app holds custom roles that this package did not make, which are left alone")
		}
		return false
	case d.Exact || p.ledger.did(rolePrefix+role):
		return true
	}
	p.warn("the app holds the role %s, which is not wanted and left alone", role)
	return false
}
