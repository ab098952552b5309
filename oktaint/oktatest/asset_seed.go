package oktatest

import (
	"cmp"
	"embed"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// assetFiles hold the objects that a new org has, by the path of their row. Each
// is a template. In its texts, {org} is the org's URL, {orgid} its id, {now} the
// time when the object is made, that of the org for what it has from the start, {seconds} the same without a fraction, {owner},
// {everyone} and {user} are ids of the owner, of the group Everyone and of one
// user, {schema} is the id of a user type's schema, {id}, {n} and {self} are the object's id, its number in the list and its
// URL, {parent} is the id in its path, and {nzo1} is the first id with the prefix
// nzo. These members are not shown:
//
//	@of     only below objects of this type, key or name
//	@id     the prefix of the id, in place of the row's
//	@key    the id in the list, where the object does not show it
//	@path   the path of an object that the org has once
//	@more   the list has as many of it as Config.Assets says
//
//go:embed assets/*.json
var assetFiles embed.FS

// assetSeeds are the templates by path.
var assetSeeds = sync.OnceValue(func() map[string][]object {
	seeds := map[string][]object{}
	files, err := assetFiles.ReadDir("assets")
	if err != nil {
		panic("oktatest: " + err.Error()) // they are in the program
	}
	for _, file := range files {
		text, err := assetFiles.ReadFile("assets/" + file.Name())
		if err != nil {
			panic("oktatest: " + err.Error())
		}
		var one map[string][]object
		if err := unmarshal(text, &one); err != nil {
			panic("oktatest: assets/" + file.Name() + ": " + err.Error())
		}
		maps.Copy(seeds, one)
	}
	return seeds
})

// setAssetOrigin keeps what the seeds of assets are made of.
func (o *Org) setAssetOrigin(owner *user) {
	o.assets.changed = map[string]bool{}
	o.assets.origin = assetOrigin{born: owner.created, owner: owner.id, everyone: o.everyone.id, users: slices.Clone(o.users.ids)}
}

// seedAssets makes the assets of a new org.
func (o *Org) seedAssets() {
	for _, k := range assetKinds {
		templates := assetSeeds()[k.path]
		if len(templates) > 0 && templates[0]["@path"] != nil {
			for _, t := range templates {
				o.seedAsset(k, t["@path"].(string), t, 1)
			}
			continue
		}
		for i, path := range o.pathsOfAssets(k) {
			o.seedList(k, path, templates, i == 0)
		}
	}
	for _, a := range o.assetList(pathUserTypes).all() {
		o.addSchema(a)
	}
}

// addSchema adds the schema of a user type other than the default one, which is
// like that one's.
func (o *Org) addSchema(userType *asset) {
	if userType.body["default"] == true {
		return
	}
	id := "osc" + strings.TrimPrefix(userType.id, "oty")
	template := maps.Clone(assetSeeds()[pathUserSchemas][0])
	template["id"] = "{org}/meta/schemas/user/" + id
	for _, name := range []string{"name", "description"} {
		template[name] = userType.body[name]
	}
	template["title"] = userType.body["displayName"]
	link := func(rel, path string) object { return object{"rel": rel, "href": o.href(path), "method": "GET"} }
	template["_links"] = object{"self": link("self", "api/v1/meta/schemas/user/"+id), "type": link("type", "api/v1/meta/types/user/"+userType.id)}
	o.seedAsset(kindAt(pathUserSchemas), "/api/v1/meta/schemas/user/"+id, template, 1)
}

const (
	pathUserTypes   = "/api/v1/meta/types/user"
	pathUserSchemas = "/api/v1/meta/schemas/user/{schemaId}"
)

// seedList makes the objects of one list, which are as many as Config.Assets
// says if it is the first of its row and has a template for more.
func (o *Org) seedList(k *assetKind, path string, templates []object, first bool) {
	parent, n := o.parentOf(k, path), 0
	for _, t := range templates {
		if of, ok := t["@of"].(string); ok && !parent.isA(of) {
			continue
		}
		n++
		o.seedAsset(k, path, t, n)
		for ; first && t["@more"] == true && n < o.cfg.Assets; n++ {
			o.seedAsset(k, path, t, n+1)
		}
	}
}

// parentOf is the object whose id is the last one in the path of a list, or nil.
func (o *Org) parentOf(k *assetKind, path string) *asset {
	above := k.above()
	if above == "" {
		return nil
	}
	elems := elemsOf(path)
	n := len(elemsOf(above))
	return o.assetAt("/"+strings.Join(elems[:n], "/"), elems[n])
}

// isA reports whether a seed is for objects like this one.
func (a *asset) isA(of string) bool {
	return a != nil && (a.body["type"] == of || a.body["key"] == of || a.body["name"] == of)
}

// seedAsset makes one object of a template.
func (o *Org) seedAsset(k *assetKind, path string, template object, n int) *asset {
	prefix, ok := template["@id"].(string)
	if !ok {
		prefix = k.prefix
	}
	e := &expander{org: o, path: path, number: n}
	if prefix != "" && k.array != single {
		e.id = o.newAssetID(prefix)
	}
	if parent := o.parentOf(k, path); parent != nil {
		e.parent = parent.id
	}
	a := &asset{kind: k, path: path, id: e.id, body: e.body(template)}
	if e.id != "" && k.keyOf(a.body) == "" {
		a.body[cmp.Or(k.key, "id")] = e.id
	}
	switch key, ok := template["@key"].(string); {
	case ok:
		a.id = key
	case k.array != single:
		a.id = k.keyOf(a.body)
	}
	o.putAsset(a)
	return a
}

// expander fills in a template.
type expander struct {
	org        *Org
	path       string
	id, parent string
	number     int
}

// body fills in the members that are shown.
func (e *expander) body(template object) object {
	body := object{}
	for name, v := range template {
		if !strings.HasPrefix(name, "@") {
			body[name] = e.value(v)
		}
	}
	return body
}

func (e *expander) value(v any) any {
	switch v := v.(type) {
	case string:
		return e.text(v)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = e.value(item)
		}
		return list
	case object:
		filled := make(object, len(v))
		for name, item := range v {
			filled[e.text(name)] = e.value(item)
		}
		return filled
	}
	return v
}

// text replaces the names in braces that it knows.
func (e *expander) text(s string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			out.WriteString(s)
			return out.String()
		}
		out.WriteString(before)
		if value, known := e.name(name); known {
			out.WriteString(value)
			s = after
			continue
		}
		out.WriteString("{")
		s = rest
	}
}

func (e *expander) name(name string) (value string, known bool) {
	if value, known = e.ofOrg(name); known {
		return value, true
	}
	switch name {
	case "user":
		users := e.org.assets.origin.users
		return users[e.number%len(users)], true
	case "id":
		return e.id, true
	case "parent":
		return e.parent, true
	case "schema": // of a user type: the number of its id with another prefix
		return "osc" + strings.TrimPrefix(e.id, "oty"), true
	case "n":
		return strconv.Itoa(e.number), true
	case "self":
		return e.org.cfg.Origin + strings.TrimSuffix(e.path+"/"+e.id, "/"), true
	}
	if len(name) < 4 {
		return "", false
	}
	n, err := strconv.Atoi(name[3:])
	return assetID(name[:3], n), err == nil
}

// ofOrg returns what a name says of the org, or of the time.
func (e *expander) ofOrg(name string) (value string, known bool) {
	from := &e.org.assets.origin
	made := from.born
	if e.org.assets.seeded {
		made = e.org.now()
	}
	switch name {
	case "org":
		return e.org.cfg.Origin, true
	case "orgid":
		return e.org.id, true
	case "host":
		return e.org.host, true
	case "now":
		return stamp(made), true
	case "seconds":
		return strings.Replace(stamp(made), ".000Z", "Z", 1), true
	case "owner":
		return from.owner, true
	case "everyone":
		return from.everyone, true
	}
	return "", false
}
