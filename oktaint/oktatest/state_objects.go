package oktatest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Objects returns all objects of a list, as the list shows them and in order of
// their ids, without a request: what a collector of the list has to end up with.
// Groups have their stats, as with expand=stats, and users of every status are
// among the users. The path is that of the list, with ids:
//
//	/api/v1/users  /api/v1/groups  /api/v1/groups/rules  /api/v1/apps
//	/oauth2/v1/clients
//	/api/v1/groups/{id}/  users  owners  apps
//	/api/v1/apps/{id}/    users  groups  tokens  group-push/mappings  credentials/keys
//
// Numbers are float64, as [json.Unmarshal] makes them. [Org.Assets] does so for the lists of assets. An error is a path that is none of
// these, or an id that the org does not have.
func (o *Org) Objects(path string) ([]map[string]any, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	views, err := o.objectsAt(path)
	if err != nil {
		return nil, fmt.Errorf("oktatest: objects of %s: %w", path, err)
	}
	objects := []map[string]any{}
	text, err := marshal(views)
	if err == nil {
		err = json.Unmarshal(text, &objects)
	}
	return objects, err
}

func (o *Org) objectsAt(path string) ([]object, error) {
	switch path {
	case pathUsers:
		return viewAll(&o.users, o.viewUser), nil
	case pathGroups:
		return viewAll(&o.groups, o.withStats()), nil
	case pathRules:
		return viewAll(&o.rules, o.viewRule), nil
	case pathApps:
		return viewAll(&o.apps, o.viewApp), nil
	case pathClients:
		clients := o.apps
		clients.ids = slices.DeleteFunc(slices.Clone(o.apps.ids), func(id string) bool { return o.apps.rows[id].client == nil })
		return viewAll(&clients, o.viewClient), nil
	}
	if id, part, ok := partOf(path, pathGroups); ok {
		g, found := o.groups.get(id)
		if !found {
			return nil, fmt.Errorf("no group has the id %q", id)
		}
		return o.objectsOfGroup(g, part)
	}
	if id, part, ok := partOf(path, pathApps); ok {
		a, found := o.apps.get(id)
		if !found {
			return nil, fmt.Errorf("no app has the id %q", id)
		}
		return o.objectsOfApp(a, part)
	}
	return nil, fmt.Errorf("want one of %v, or a list below a group or an app", []string{pathUsers, pathGroups, pathRules, pathApps, pathClients})
}

// partOf splits the path of a list below one object.
func partOf(path, above string) (id, part string, ok bool) {
	rest, below := strings.CutPrefix(path, above+"/")
	id, part, ok = strings.Cut(rest, "/")
	return id, part, below && ok
}

func (o *Org) objectsOfGroup(g *group, part string) ([]object, error) {
	switch part {
	case "users":
		return viewAll(&g.members, o.viewUser), nil
	case "owners":
		return viewAll(&g.owners, func(w *owner) object { return o.viewOwner(w, ownerListed) }), nil
	case "apps":
		views := []object{}
		for _, id := range g.apps {
			views = append(views, o.viewApp(o.apps.rows[id]))
		}
		return views, nil
	}
	return nil, fmt.Errorf("a group has no list %q", part)
}

func (o *Org) objectsOfApp(a *app, part string) ([]object, error) {
	lists := map[string]func() []object{
		"users":               func() []object { return viewAll(&a.users, func(x *appUser) object { return o.viewAppUser(a, x) }) },
		"groups":              func() []object { return viewAll(&a.groups, func(x *appGroup) object { return o.viewAppGroup(a, x) }) },
		"group-push/mappings": func() []object { return viewAll(&a.push, func(m *pushMapping) object { return o.viewPush(a, m) }) },
		"tokens": func() []object {
			tokens := o.tokensOf(a)
			return viewAll(&tokens, func(t appToken) object { return o.viewAppToken(a, t) })
		},
		"credentials/keys": func() []object { return o.signingKeysOf(a) },
	}
	if view := lists[part]; view != nil {
		return view(), nil
	}
	return nil, fmt.Errorf("an app has no list %q, it has %q", part, slices.Sorted(maps.Keys(lists)))
}
