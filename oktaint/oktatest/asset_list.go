package oktatest

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// assetPath is the path that a request names, of a list or of an object that the
// org has once. What has two names has one path.
func (c *call) assetPath(k *assetKind) string {
	elems := elemsOf(k.path)
	for i, elem := range elems {
		if isParam(elem) {
			elems[i] = c.param(elem[1 : len(elem)-1])
		}
	}
	return canonicalPath("/" + strings.Join(elems, "/"))
}

// canonicalPath replaces the names of what has another name besides: the default
// authorization server, the schema of the default user type, and the types of
// contacts, whose links are in small letters.
func canonicalPath(path string) string {
	if rest, ok := strings.CutPrefix(path+"/", pathServers+"/default/"); ok {
		path = strings.TrimSuffix(pathServers+"/"+assetID("aus", 1)+"/"+rest, "/")
	}
	if kind, ok := strings.CutPrefix(path, "/api/v1/org/contacts/"); ok {
		return "/api/v1/org/contacts/" + strings.ToUpper(kind)
	}
	if path == "/api/v1/meta/schemas/user/"+userSchemaID {
		return "/api/v1/meta/schemas/user/default"
	}
	return path
}

// assetList returns the list that a request names. It refuses a path that has
// the id of what does not exist.
func (c *call) assetList(k *assetKind) (*table[*asset], error) {
	path := c.assetPath(k)
	if above := k.above(); above != "" && c.org.parentOf(k, path) == nil {
		return nil, notFound(elemsOf(path)[len(elemsOf(above))], kindAt(above).class)
	}
	return c.org.assetList(path), nil
}

// getAsset shows one object of a list, or one that the org has once.
func (c *call) getAsset(k *assetKind) (reply, error) {
	if k.array == single {
		return c.getSingle(k)
	}
	list, err := c.assetList(k)
	if err != nil {
		return reply{}, err
	}
	id := c.param(k.one[1 : len(k.one)-1])
	if k.path == pathServers && id == "default" {
		id = assetID("aus", 1)
	}
	a, found := list.get(id)
	if !found {
		return reply{}, k.absent(id)
	}
	view := c.org.viewAsset(a)
	if view == nil {
		return reply{}, k.absent(id)
	}
	if k.path == pathPolicies {
		delete(view, "_embedded") // only lists were recorded with it
	}
	return ok(view)
}

// getSingle shows an object that the org has once.
func (c *call) getSingle(k *assetKind) (reply, error) {
	path := c.assetPath(k)
	a, found := c.org.assetList(path).get("")
	if !found {
		elems := elemsOf(path)
		return reply{}, k.absent(elems[len(elems)-1])
	}
	return ok(c.org.viewAsset(a))
}

// absent is the answer for an id that does not exist.
func (k *assetKind) absent(id string) error {
	if k.path == "/api/v1/domains" {
		return errDomain
	}
	return notFound(id, k.class)
}

var errDomain = &apiError{status: http.StatusNotFound, code: "E0000163", summary: "Domain ID not found.",
	causes: []string{"Could not find custom domain with the given id."}}

// listAssets shows a list, or a page of it.
func (c *call) listAssets(k *assetKind) (reply, error) {
	list, err := c.assetList(k)
	if err != nil {
		return reply{}, err
	}
	want, err := c.wantedAssets(k)
	if err != nil {
		return reply{}, err
	}
	switch {
	case k.path == pathPools:
		return c.listPools(list, want)
	case c.query.Get("stream_id") != "":
		return c.getStream(list, k)
	case k.limit == 0:
		return ok(k.inArray(c.viewAssets(list.all(), want)))
	case k.array != "":
		return c.listInArray(k, list, want)
	}
	return c.listPage(k, list, want)
}

// listPage shows a page of a list that is an array.
func (c *call) listPage(k *assetKind, rows *table[*asset], want filter) (reply, error) {
	view, err := c.viewOf(k)
	if err != nil {
		return reply{}, err
	}
	return list(c, lister[*asset]{
		paging: paging{limit: k.limit, most: k.most, params: k.parameters(), plain: k.plain, quiet: k.quiet},
		table:  rows,
		id:     func(a *asset) string { return a.id },
		match:  func(a *asset) bool { return c.shows(a, want) },
		view:   view,
	})
}

// listInArray shows a page of a list that is a member of an object.
func (c *call) listInArray(k *assetKind, rows *table[*asset], want filter) (reply, error) {
	return listObject(c, listing[*asset]{
		name: k.array, self: c.org.cfg.Origin + c.assetPath(k), rows: slices.DeleteFunc(rows.all(), func(a *asset) bool { return !c.shows(a, want) }),
		id: func(a *asset) string { return a.id }, view: c.org.viewAsset, limit: true, page: k.limit, most: k.most,
	})
}

// shows reports whether a list has an asset.
func (c *call) shows(a *asset, want filter) bool {
	view := c.org.viewAsset(a)
	return view != nil && want(view)
}

// viewAssets shows those assets that are wanted.
func (c *call) viewAssets(rows []*asset, want filter) []object {
	views := []object{}
	for _, a := range rows {
		if view := c.org.viewAsset(a); view != nil && want(view) {
			views = append(views, view)
		}
	}
	return views
}

// inArray puts a whole list where the row says.
func (k *assetKind) inArray(views []object) any {
	if k.array == "" {
		return views
	}
	return object{k.array: views}
}

// wantedAssets reads what the query asks for.
func (c *call) wantedAssets(k *assetKind) (filter, error) {
	conditions := []filter{}
	for word := range strings.FieldsSeq(k.query) {
		name, member, _ := strings.Cut(word, "=")
		name, required := strings.CutSuffix(name, "!")
		switch value := c.query.Get(name); {
		case value != "":
			f, err := c.assetCondition(k, name, member, value)
			if err != nil {
				return nil, err
			}
			conditions = append(conditions, f)
		case required:
			return nil, errParameter
		}
	}
	return func(o object) bool {
		return !slices.ContainsFunc(conditions, func(f filter) bool { return !f(o) })
	}, nil
}

// assetCondition reads one parameter. Those that select nothing let everything
// through.
func (c *call) assetCondition(k *assetKind, name, member, value string) (filter, error) {
	if k.path == pathPolicies && name == "type" {
		if err := c.checkPolicyType(value); err != nil {
			return nil, err
		}
	}
	switch {
	case member != "":
		return func(o object) bool { return lookUp(o, strings.Split(member, ".")) == value }, nil
	case name == "filter" || name == "search":
		f, err := parseFilter(value)
		if err != nil {
			return nil, errSearch
		}
		return f, nil
	case name == "q":
		return func(o object) bool { return beginsWith(o["name"], value) }, nil
	}
	return func(object) bool { return true }, nil
}

// beginsWith compares without regard to case.
func beginsWith(v any, beginning string) bool {
	text, _ := v.(string)
	return strings.HasPrefix(strings.ToLower(text), strings.ToLower(beginning))
}

// viewOf is viewAsset with what expand asks for: of a device its users.
func (c *call) viewOf(k *assetKind) (func(*asset) object, error) {
	switch expand := c.query.Get("expand"); {
	case expand == "" || k.path != pathDevices:
		return c.org.viewAsset, nil
	case expand == "user" || expand == "userSummary":
		return func(a *asset) object { return c.org.withUsers(c.org.viewAsset(a), a.id, expand == "userSummary") }, nil
	}
	return nil, invalid("expand", "expand: must be user or userSummary")
}

// getStream shows the stream that stream_id names.
func (c *call) getStream(rows *table[*asset], k *assetKind) (reply, error) {
	a, found := rows.get(c.query.Get("stream_id"))
	if !found {
		return reply{}, k.absent(c.query.Get("stream_id"))
	}
	return ok(c.org.viewAsset(a))
}

// poolsOfType is how many agent pools of each type a page has if not asked.
const poolsOfType = "5"

// listPools shows agent pools: a page ends before there would be more of one type
// than limitPerPoolType says.
func (c *call) listPools(rows *table[*asset], want filter) (reply, error) {
	limit, err := strconv.Atoi(cmp.Or(c.query.Get("limitPerPoolType"), poolsOfType))
	if err != nil || limit < 1 {
		return reply{}, invalid("limitPerPoolType", "limitPerPoolType: must be a number above 0")
	}
	after := c.query.Get("after")
	if after != "" && len(after) != 20 {
		return reply{}, errCursor
	}
	views, seen := []object{}, map[any]int{}
	params := []string{"limitPerPoolType", "poolType", "after"}
	res := reply{status: http.StatusOK, header: http.Header{"Link": {c.link("self", params, nil)}}}
	last := ""
	for _, a := range rows.from(rows.after(after)) {
		view := c.org.viewAsset(a)
		if !want(view) {
			continue
		}
		if seen[view["type"]] == limit {
			res.header.Add("Link", c.link("next", params, url.Values{"after": {last}}))
			break
		}
		seen[view["type"]]++
		views, last = append(views, view), a.id
	}
	res.body = views
	return res, nil
}

// getSchemaOfApp shows the schema of the users of an app.
func (c *call) getSchemaOfApp() (reply, error) {
	a, found := c.org.apps.get(c.param("appId"))
	if !found || !c.seen()(a) {
		return reply{}, notFound(c.param("appId"), "AppInstance")
	}
	return ok(c.org.viewSchemaOfApp(a))
}
