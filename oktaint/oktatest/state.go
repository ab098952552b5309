package oktatest

import (
	"slices"
	"strings"
)

// State returns the org's state as canonical JSON: keys sorted, lists in order
// of id. Two orgs are in the same state if their bytes are equal. It holds no
// secret, and not what every request changes: access tokens, the System Log,
// and when an API token was used. Of the assets it holds those that have changed
// since the org was made; null is one that is gone.
func (o *Org) State() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	state := object{
		"id": o.id, "clientPrivilegesSetting": o.privileges,
		"apps":   viewAll(&o.apps, o.stateOfApp),
		"users":  viewAll(&o.users, o.stateOfUser),
		"groups": viewAll(&o.groups, o.stateOfGroup),
		"rules":  viewAll(&o.rules, o.stateOfRule),
		"grants": viewAll(&o.grants, func(g *grant) object {
			return object{"id": g.id, "clientId": g.clientID, "scopeId": g.scope, "created": stamp(g.created)}
		}),
		"apiTokens": viewAll(&o.tokens, func(t *apiToken) object {
			return object{"id": t.id, "name": t.name, "userId": t.userID, "network": t.network, "created": stamp(t.created)}
		}),
		"apiServices": viewAll(&o.services, func(s *service) object {
			return object{"id": s.id, "type": s.kind, "scopes": s.scopes, "properties": s.properties,
				"created": stamp(s.created), "secrets": stateOfSecrets(&s.secrets)}
		}),
	}
	state["customRoles"] = viewAll(&o.customRoles, o.stateOfCustomRole)
	state["resourceSets"] = viewAll(&o.resourceSets, o.stateOfResourceSet)
	roles := []object{}
	for _, a := range o.roles {
		view := o.viewAssignment(a)
		view["holder"], view["groups"], view["apps"] = a.holder.id, orEmpty(a.groups), a.appNames()
		delete(view, "_links")
		roles = append(roles, view)
	}
	state["roles"], state["subscriptions"] = roles, o.changedSubscriptions()
	state["assets"] = o.stateOfAssets()
	text, err := marshal(state)
	if err != nil {
		panic("oktatest: state: " + err.Error()) // only JSON went in
	}
	return text
}

func viewAll[T any](t *table[T], view func(T) object) []object {
	views := []object{}
	for _, row := range t.all() {
		views = append(views, view(row))
	}
	return views
}

func (o *Org) stateOfApp(a *app) object {
	view := o.viewApp(a)
	view["users"] = viewAll(&a.users, func(x *appUser) object { return o.viewAppUser(a, x) })
	view["groups"] = viewAll(&a.groups, func(x *appGroup) object { return o.viewAppGroup(a, x) })
	view["pushMappings"] = viewAll(&a.push, func(m *pushMapping) object { return o.viewPush(a, m) })
	if a.client != nil {
		view["keys"] = viewKeys(o, a)
		view["secrets"] = stateOfSecrets(&a.secrets)
	}
	return view
}

// stateOfGroup adds the members and the owners to a group.
func (o *Org) stateOfGroup(g *group) object {
	view, owners := o.viewGroup(g), []object{}
	for _, w := range g.owners.all() {
		owners = append(owners, object{"id": w.id, "type": w.kind, "lastUpdated": stamp(w.updated)})
	}
	view["members"], view["owners"] = orEmpty(g.members.ids), owners
	return view
}

// stateOfRule adds to a rule which of the memberships are its doing.
func (o *Org) stateOfRule(r *rule) object {
	view, added := o.viewRule(r), []string{}
	for m := range r.added {
		added = append(added, m.group+" "+m.user)
	}
	slices.Sort(added)
	view["added"] = added
	return view
}

// appNames lists the apps that an assignment is for.
func (a *assignment) appNames() []string {
	names := []string{}
	for _, t := range a.apps {
		names = append(names, strings.TrimSuffix(t.name+"/"+t.app, "/"))
	}
	return names
}

// stateOfCustomRole adds the permissions to a custom role.
func (o *Org) stateOfCustomRole(r *customRole) object {
	view, permissions := o.viewCustomRole(r), []object{}
	for _, p := range r.permissions {
		permissions = append(permissions, o.viewPermission(r, p))
	}
	view["permissions"] = permissions
	return view
}

// stateOfResourceSet adds the resources and the bindings, whose members are
// among the roles.
func (o *Org) stateOfResourceSet(s *resourceSet) object {
	view, resources := o.viewResourceSet(s), []object{}
	for _, r := range s.resources {
		resources = append(resources, o.viewResource(s, r))
	}
	view["resources"], view["bindings"] = resources, orEmpty(s.bound)
	return view
}

// stateOfSecrets lists secrets without their values.
func stateOfSecrets(s *secretSet) []object {
	views := []object{}
	for _, x := range s.list {
		views = append(views, object{"id": x.id, "status": x.status, "created": stamp(x.created)})
	}
	return views
}
