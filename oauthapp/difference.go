package oauthapp

import (
	"fmt"
	"slices"
)

// difference lists the changes that make an app, the zero App if there is none, what is
// desired, in the order in which they are sent.
func (p *Plan) difference(have *App) []change {
	d := p.Desired
	if have.ID == "" { // as it will be made
		have = &App{Active: true, Label: d.Label, DPoP: d.DPoP, Network: d.Network}
	}
	t := &target{org: p.client.Org, app: have, d: d}
	var changes []change
	for _, r := range table {
		if r.wanted != nil {
			for _, t.arg = range r.wanted(d, have) {
				if _, there := r.see(t); !there {
					changes = append(changes, change{row: r, arg: t.arg})
				}
			}
		}
		for _, t.arg = range p.beyond(r, have) {
			if p.takes(r, t.arg, have) {
				id, _ := r.see(t)
				changes = append(changes, change{row: r, arg: t.arg, taken: true, id: id})
			}
		}
	}
	return sorted(changes)
}

// beyond are the arguments of what an app has of a row and Desired does not want.
func (p *Plan) beyond(r *row, have *App) []string {
	if r.held == nil {
		return nil
	}
	t := &target{app: have, d: p.Desired}
	return slices.DeleteFunc(without(r.held(have), r.wanted(p.Desired, have)), func(arg string) bool {
		if own, _ := cutPermission(arg); r == permissionRow && !slices.Contains(p.Desired.ownRoles(), own) {
			return true // it goes, or stays, with the role
		}
		t.arg = arg
		_, there := r.see(t)
		return !there
	})
}

// takes reports whether what the app has beyond Desired is taken away.
func (p *Plan) takes(r *row, arg string, have *App) bool {
	if r == roleRow && arg == RoleSuperAdmin {
		return p.takesSuperAdmin(have)
	}
	return p.Desired.Exact || r.named(p.Desired.Remove, arg)
}

// left names what an app has beyond Desired and keeps, in plain words.
func (p *Plan) left(have *App) []string {
	d := p.Desired
	var left []string
	add := func(format string, args ...any) { left = append(left, fmt.Sprintf(format, args...)) }
	if have.ID == "" {
		return nil
	}
	if have.Label != d.Label && d.ApplicationID == "" {
		add("the label %q: name the app in Desired.ApplicationID to change that", have.Label)
	}
	s := d.settings(have)
	if s.DPoP && !d.DPoP {
		add("DPoP, by which its tokens are bound: the credential must say so too")
	}
	if s.Network != nil && d.Network == nil {
		add("its network zones, outside of which it gets no tokens")
	}
	for _, r := range table {
		kept := slices.DeleteFunc(p.beyond(r, have), func(arg string) bool { return p.takes(r, arg, have) })
		if len(kept) > 0 && r.kept != nil {
			add("%s", r.kept(kept))
		}
	}
	return append(left, p.foreignRoles(have)...)
}

// foreignRoles tells of custom roles that are not of the app's own.
func (p *Plan) foreignRoles(have *App) []string {
	n := have.customRoles
	for _, c := range have.custom {
		if c.bound {
			n--
		}
	}
	if n <= 0 {
		return nil
	}
	return []string{"custom roles that this package did not make"}
}
