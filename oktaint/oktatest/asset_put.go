package oktatest

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// AssetPaths returns the templates of the paths of all assets, as Okta's documents
// write them: the lists and single objects of the org that are not users, groups,
// apps, roles or their tokens. Use [Org.Assets] to see what an org has there.
func AssetPaths() []string {
	var paths []string
	for _, k := range assetKinds {
		paths = append(paths, k.path)
	}
	slices.Sort(paths)
	return paths
}

// AssetLists returns the paths at which the org has assets for a template of
// [AssetPaths]: the same path, or one for each object whose id is in it. A path
// that is not a template is an error.
func (o *Org) AssetLists(template string) ([]string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := slices.IndexFunc(assetKinds, func(k *assetKind) bool { return k.path == template })
	if at < 0 {
		return nil, fmt.Errorf("oktatest: no asset has the path %q; see AssetPaths", template)
	}
	k, paths := assetKinds[at], []string{}
	o.assetLists()
	if seeds := assetSeeds()[k.path]; len(seeds) == 0 || seeds[0]["@path"] == nil {
		return o.pathsOfAssets(k), nil
	}
	for path, list := range o.assetLists() {
		if a, found := list.get(""); found && a.kind == k {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths, nil
}

// Assets returns what the org has at a path, in order of their ids: the objects
// of a list, or the one object that the org has once. They are what the org shows
// to a Super Admin who reads all pages, whatever is switched off. The path may have
// a query that selects or expands, such as /api/v1/policies?type=PASSWORD or
// /api/v1/devices?expand=user; without one they are all. A path that no asset has is
// an error; so is one with the id of what does not exist, and a query that the org
// would refuse.
func (o *Org) Assets(path string) ([]map[string]any, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	path, text, asked := strings.Cut(path, "?")
	path = canonicalPath(path)
	k, err := o.assetKindAt(path)
	if err != nil {
		return nil, err
	}
	want, view := func(object) bool { return true }, o.viewAsset
	if asked {
		if want, view, err = o.readAssetQuery(k, text); err != nil {
			return nil, fmt.Errorf("oktatest: query of %s: %w", path, err)
		}
	}
	objects := []map[string]any{}
	for _, a := range o.assetList(path).all() {
		if shown := o.viewAsset(a); shown != nil && want(shown) {
			objects = append(objects, plain(view(a)))
		}
	}
	return objects, nil
}

// readAssetQuery reads the query of a list outside of a request.
func (o *Org) readAssetQuery(k *assetKind, text string) (want filter, view func(*asset) object, err error) {
	c := &call{org: o}
	if c.query, err = url.ParseQuery(text); err != nil {
		return nil, nil, err
	}
	if want, err = c.wantedAssets(k); err != nil {
		return nil, nil, err
	}
	view, err = c.viewOf(k)
	return want, view, err
}

// assetKindAt returns the row of a path that exists.
func (o *Org) assetKindAt(path string) (*assetKind, error) {
	o.assetLists()
	k := kindOf(path)
	if k == nil {
		return nil, fmt.Errorf("oktatest: no asset has the path %q; see AssetPaths", path)
	}
	if k.above() != "" && o.parentOf(k, path) == nil && o.assetLists()[path] == nil {
		return nil, fmt.Errorf("oktatest: %q has the id of what does not exist", path)
	}
	return k, nil
}

// plain copies an object into what JSON has.
func plain(view object) map[string]any {
	text, err := marshal(view)
	if err != nil {
		panic("oktatest: " + err.Error()) // only JSON went in
	}
	var copied map[string]any
	if err := unmarshal(text, &copied); err != nil {
		panic("oktatest: " + err.Error())
	}
	return copied
}

// PutAsset adds an object to a list of assets or changes one, as an administrator
// would at the console, and returns its id. If change has the id of an object
// that is there, its members replace those of the object. Else a new object is
// made; where change says nothing, it is like the one of its type that a new org
// has in the list. Of an object that the org has once, path is
// its path. The time of the last change is set where the object has one, and the
// System Log gets an event. A path that no asset has is an error.
func (o *Org) PutAsset(path string, change map[string]any) (id string, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	path = canonicalPath(path)
	k, err := o.assetKindAt(path)
	if err != nil {
		return "", err
	}
	o.remember(o.now())
	change = plain(change)
	if k.array != single {
		id = k.keyOf(change)
	}
	old := o.assetAt(path, id)
	events := strings.Fields(k.event)
	if old != nil {
		o.changeAsset(old, change)
		o.assetEvent(o.assetAt(path, old.id), events[min(1, len(events)-1)])
		return old.id, nil
	}
	a, err := o.makeAsset(k, path, change)
	if err != nil {
		return "", err
	}
	o.assetEvent(a, events[0])
	return a.id, nil
}

// changeAsset replaces members of an asset.
func (o *Org) changeAsset(old *asset, change object) {
	body := maps.Clone(old.body)
	maps.Copy(body, change)
	for _, name := range []string{"lastUpdated", "lastUpdate", "lastUpdatedDate"} {
		if _, dated := old.body[name]; dated && change[name] == nil {
			body[name] = stamp(o.now())
		}
	}
	o.putAsset(&asset{kind: old.kind, path: old.path, id: old.id, body: plain(body)})
	o.assets.changed[old.path+"/"+old.id] = true
}

// makeAsset adds an asset that is like the first seed of its list.
func (o *Org) makeAsset(k *assetKind, path string, change object) (*asset, error) {
	made := o.mostAlike(k, path, change)
	maps.DeleteFunc(made, func(name string, _ any) bool { return name == "@key" || name == "@path" || name == "@of" })
	maps.Copy(made, change)
	if k.prefix == "" && k.keyOf(change) == "" {
		return nil, fmt.Errorf("oktatest: a new object at %s needs its own %s", path, cmp.Or(k.key, "id"))
	}
	a := o.seedAsset(k, path, made, len(o.assetList(path).ids)+1)
	if k.path == pathUserTypes {
		o.addSchema(a)
	}
	o.assets.changed[a.path+"/"+a.id] = true
	return a, nil
}

// mostAlike returns a copy of the seed of a list that has most of what decides on
// the form of an object in common with change; of several, the one for more, else
// the first.
func (o *Org) mostAlike(k *assetKind, path string, change object) object {
	best, most := object{}, -1
	for _, t := range assetSeeds()[k.path] {
		of, only := t["@of"].(string)
		if only && !o.parentOf(k, path).isA(of) {
			continue
		}
		alike := 0
		if t["@more"] == true {
			alike = 1
		}
		for _, name := range []string{"type", "name", "status", "system", "default", "principalType", "providerType", "platform"} {
			if v, said := change[name]; said && v == t[name] {
				alike += 2
			}
		}
		if alike > most {
			best, most = t, alike
		}
	}
	return maps.Clone(best)
}

// RemoveAsset removes an object from a list of assets, with all below it. The
// System Log gets an event. A path that no asset has is an error, and so is an id
// that does not exist.
func (o *Org) RemoveAsset(path, id string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	path = canonicalPath(path)
	k, err := o.assetKindAt(path)
	if err != nil {
		return err
	}
	a := o.assetAt(path, id)
	if a == nil {
		return fmt.Errorf("oktatest: there is no %s at %s", id, path)
	}
	o.remember(o.now())
	o.dropAsset(a)
	events := strings.Fields(k.event)
	o.assets.changed[a.path+"/"+a.id] = true
	o.assetEvent(a, events[len(events)-1])
	return nil
}

// assetEvent writes an event about an asset, by the org's owner.
func (o *Org) assetEvent(a *asset, eventType string) {
	kind, name := a.kind.target, textOf(a.body["name"])
	setDefault(&kind, a.kind.class)
	setDefault(&name, textOf(lookUp(a.body, []string{"profile", "name"})))
	setDefault(&name, a.id)
	owner, _ := o.users.get(o.assets.origin.owner)
	o.addEvent(eventType, eventType, partyOfUser(owner), []party{{a.id, kind, "unknown", name}}, a.path)
}

// textOf is a value that is a text, or "".
func textOf(v any) string {
	text, _ := v.(string)
	return text
}
