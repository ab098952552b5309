package oktatest

import (
	"maps"
	"strings"
)

// viewAsset is an asset as the org shows it. It is nil for one that belongs to a
// user who does not exist any more.
func (o *Org) viewAsset(a *asset) object {
	view := maps.Clone(a.body)
	if a.kind.view != nil {
		if view = a.kind.view(o, a); view == nil {
			return nil
		}
	}
	links := o.linksOf(a)
	if own, ok := view["_links"].(object); ok {
		maps.Copy(links, own)
	}
	if len(links) > 0 {
		view["_links"] = links
	}
	return view
}

// linksOf makes the links of an asset from the words of its row:
//
//	self:GET,PUT     to itself, with hints of methods; self alone has no hints
//	DELETE*          a method that the org does not allow if it owns the object
//	rules:GET        to what is below it, under that name
//	keys@a/b:GET     the same, under another path
//	verify!POST      to the operation /lifecycle/verify
//	lifecycle        to the operation that its status allows: activate or
//	                 deactivate; none if the org owns it
//	suspend          the same for a device: suspend or unsuspend as well
func (o *Org) linksOf(a *asset) object {
	links := object{}
	self := o.cfg.Origin + strings.TrimSuffix(a.path+"/"+a.id, "/")
	owned := a.body["system"] == true
	for word := range strings.FieldsSeq(a.kind.links) {
		if word == "lifecycle" || word == "suspend" {
			addLifecycle(links, self, a.body["status"], owned, word == "suspend")
			continue
		}
		if name, method, ok := strings.Cut(word, "!"); ok {
			links[name] = object{"href": self + "/lifecycle/" + name, "hints": allow(method)}
			continue
		}
		addLink(links, self, word, owned)
	}
	return links
}

// addLink adds the link of a word that names a path, unless it has methods and none
// of them is allowed.
func addLink(links object, self, word string, owned bool) {
	name, methods, _ := strings.Cut(word, ":")
	name, below, _ := strings.Cut(name, "@")
	if below == "" {
		below = name
	}
	link := object{"href": self + "/" + below}
	if name == "self" {
		link["href"] = self
	}
	if methods != "" {
		allowed := allowedMethods(methods, owned)
		if len(allowed) == 0 {
			return
		}
		link["hints"] = allow(allowed...)
	}
	links[name] = link
}

// allowedMethods reads the methods of a word of links.
func allowedMethods(words string, owned bool) []string {
	var methods []string
	for method := range strings.SplitSeq(words, ",") {
		name, unowned := strings.CutSuffix(method, "*")
		if !unowned || !owned {
			methods = append(methods, name)
		}
	}
	return methods
}

// addLifecycle adds the links to what can be done in a status.
func addLifecycle(links object, self string, status any, owned, device bool) {
	operations := map[any][]string{"ACTIVE": {"deactivate"}, "INACTIVE": {"activate"}}[status]
	if device {
		operations = map[any][]string{
			"ACTIVE": {"deactivate", "suspend"}, "CREATED": {"activate"}, "SUSPENDED": {"deactivate", "unsuspend"}, "DEACTIVATED": {"activate"},
		}[status]
	}
	if owned {
		return
	}
	for _, operation := range operations {
		links[operation] = object{"href": self + "/lifecycle/" + operation, "hints": allow("POST")}
	}
}

// viewOfUsers shows what is about a user. It holds the user's id in member; if
// that is an object, the whole user is shown there.
func viewOfUsers(member string) func(*Org, *asset) object {
	return func(o *Org, a *asset) object {
		view := maps.Clone(a.body)
		u, found := o.users.get(a.id)
		if !found {
			return nil
		}
		if _, whole := view[member].(object); whole {
			view[member] = o.viewUser(u)
		}
		return view
	}
}

// viewOfAssociated shows the authorization server that another one trusts, without
// links, as recorded.
func viewOfAssociated(o *Org, a *asset) object {
	server, found := o.assets.lists[pathServers].get(a.id)
	if !found {
		return nil
	}
	view := maps.Clone(server.body)
	view["_links"] = nil
	return view
}

// withUsers adds the users of a device to its view, all of them or in short.
func (o *Org) withUsers(view object, device string, short bool) object {
	users := []object{}
	for _, a := range o.assetList(pathDevices + "/" + device + "/users").all() {
		link := o.viewAsset(a)
		if link == nil {
			continue
		}
		if short {
			user := link["user"].(object)
			link["user"] = object{"id": user["id"], "realmId": user["realmId"], "profile": user["profile"], "_links": user["_links"]}
		}
		users = append(users, link)
	}
	view["_embedded"] = object{"users": users}
	return view
}

// viewSchemaOfApp is the schema of the users of one app.
func (o *Org) viewSchemaOfApp(a *app) object {
	path := "/api/v1/meta/schemas/apps/" + a.id + "/default"
	e := &expander{org: o, path: path}
	view := e.value(assetSeeds()["/api/v1/meta/schemas/apps/{appId}/default"][0]).(object)
	view["id"] = o.cfg.Origin + strings.TrimPrefix(path, "/api/v1")
	view["name"], view["title"] = a.name, a.label+" User"
	view["created"], view["lastUpdated"] = stamp(a.created), stamp(a.updated)
	return view
}
