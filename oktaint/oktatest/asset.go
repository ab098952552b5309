package oktatest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// asset is one object of the org that the table of assets describes. It is
// never changed in place.
type asset struct {
	kind *assetKind
	path string // of its list, or its own if the org has it once
	id   string // empty if the org has it once
	body object // as the org shows it, without what view and linksOf add
}

// assets are all assets of an org.
type assets struct {
	lists   map[string]*table[*asset] // by path; nil: nobody has looked, so that they are as seeded
	numbers map[string]int            // of ids, by prefix
	changed map[string]bool           // paths of the assets that were put or removed since the org was made
	seeded  bool                      // what is made from now on is new
	origin  assetOrigin
}

// assetOrigin is what the seeds are made of, as it was when the org was made.
type assetOrigin struct {
	born            time.Time
	owner, everyone string
	users           []string // ids, the owner's first
}

// copy returns assets that stay as they are.
func (s *assets) copy() assets {
	old := *s
	old.numbers, old.changed = maps.Clone(s.numbers), maps.Clone(s.changed)
	if s.lists == nil {
		return old
	}
	old.lists = make(map[string]*table[*asset], len(s.lists))
	for path, list := range s.lists {
		old.lists[path] = new(copyTable(list, func(a *asset) *asset { return a }))
	}
	return old
}

// assetLists returns all lists. They are made when somebody looks for the first
// time: most tests have no use for them.
func (o *Org) assetLists() map[string]*table[*asset] {
	if o.assets.lists == nil {
		o.assets.lists = map[string]*table[*asset]{}
		o.assets.numbers = map[string]int{}
		o.seedAssets()
		o.assets.seeded = true
	}
	return o.assets.lists
}

// assetList returns the list at a path; an empty one if there is none.
func (o *Org) assetList(path string) *table[*asset] {
	if list := o.assetLists()[path]; list != nil {
		return list
	}
	return &table[*asset]{}
}

// assetAt returns an object of a list, or nil.
func (o *Org) assetAt(path, id string) *asset {
	a, _ := o.assetList(path).get(id)
	return a
}

// putAsset stores an asset.
func (o *Org) putAsset(a *asset) {
	lists := o.assetLists()
	if lists[a.path] == nil {
		lists[a.path] = &table[*asset]{}
	}
	lists[a.path].put(a.id, a)
}

// dropAsset removes an asset with all below it.
func (o *Org) dropAsset(a *asset) {
	lists := o.assetLists()
	lists[a.path].remove(a.id)
	below := a.path + "/" + a.id + "/"
	maps.DeleteFunc(lists, func(path string, _ *table[*asset]) bool { return strings.HasPrefix(path, below) })
}

// newAssetID returns the next id that begins with prefix.
func (o *Org) newAssetID(prefix string) string {
	o.assets.numbers[prefix]++
	return assetID(prefix, o.assets.numbers[prefix])
}

// assetID is the n-th id of a prefix. Apps have ids that begin with 0oa, too:
// these end differently.
func assetID(prefix string, n int) string {
	end := "5d7"
	if prefix == "0oa" {
		end = "5d6"
	}
	return fmt.Sprintf("%s%0*d%s", prefix, 17-len(prefix), n, end)
}

// keyOf is the id of an asset in its list.
func (k *assetKind) keyOf(body object) string {
	key := k.key
	if key == "" {
		key = "id"
	}
	id, _ := lookUp(body, strings.Split(key, ".")).(string)
	return id
}

// stateOfAssets lists what has changed since the org was made: the object, or
// null for one that is gone.
func (o *Org) stateOfAssets() []object {
	state := []object{}
	for _, path := range slices.Sorted(maps.Keys(o.assets.changed)) {
		row := object{"path": path, "asset": nil}
		at := strings.LastIndex(path, "/")
		if a := o.assetAt(path[:at], path[at+1:]); a != nil {
			row["asset"] = o.viewAsset(a)
		}
		state = append(state, row)
	}
	return state
}

// pathsOfAssets lists the paths of the lists that a row is for at present.
func (o *Org) pathsOfAssets(k *assetKind) []string {
	above := k.above()
	if above == "" {
		return []string{k.path}
	}
	var paths []string
	param := strings.Index(k.path[len(above)+1:], "}")
	rest := k.path[len(above)+1+param+1:]
	for _, p := range o.pathsOfAssets(kindAt(above)) {
		for _, id := range o.assetList(p).ids {
			paths = append(paths, p+"/"+id+rest)
		}
	}
	return paths
}

// kindAt returns the row whose path this is.
func kindAt(path string) *assetKind {
	at := slices.IndexFunc(assetKinds, func(k *assetKind) bool { return k.path == path })
	if at < 0 {
		panic("oktatest: the table of assets has no row " + path)
	}
	return assetKinds[at]
}
