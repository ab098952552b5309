package oktatest

import (
	"strings"

	"github.com/rezonate-io/okta-integration/scopes"
)

// assetKind is a row of the table of assets: one list of the org, or one object
// that it has once. The objects that a new org has are in the folder assets.
type assetKind struct {
	path    string       // the path, as in Okta's documents; {x} is the id of an object of another row
	one     string       // {name}, which follows the path of the list in that of one object; empty: there is none
	scope   scopes.Scope // what an access token needs
	need    permission
	query   string // names of parameters; name=path.to.member selects by that member, name! is required
	lacks   string // of those that Okta has and this org has not
	limit   int    // rows of a page if not asked; 0: the list has no pages
	most    int    // rows of a page at most
	plain   bool   // see paging
	quiet   bool   // see paging
	array   string // the member that holds the list; empty: the list is the body; single: there is no list
	key     string // path of the member that is the id; empty: id
	prefix  string // of the ids that the org makes
	class   string // Okta's name of the class, for a 404
	links   string // see linksOf
	feature string // what it belongs to, in Config.FeaturesOff
	event   string // event types of creation, change and deletion; one for all three if there is one
	target  string // type of the target of these events; empty: class
	view    func(*Org, *asset) object
}

// single is the array of a row for an object that the org has once.
const single = "-"

// assetKinds is the table of assets. A row whose path has the id of an object
// comes after the row of that object. Of two paths that match a request, the
// earlier counts.
var assetKinds = joinKinds(policyKinds, securityKinds, signInKinds, directoryKinds, settingKinds, extendedKinds)

func joinKinds(lists ...[]assetKind) []*assetKind {
	var all []*assetKind
	for _, list := range lists {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	return all
}

// assetRoutes are the endpoints of all rows.
func assetRoutes() []route {
	var rows []route
	for _, k := range assetKinds {
		row := route{method: get, pattern: k.path, scope: k.scope, need: k.need, feature: k.feature}
		if k.array == single {
			row.handler = func(c *call) (reply, error) { return c.getAsset(k) }
			rows = append(rows, row)
			continue
		}
		row.query, row.lacks = strings.Join(k.parameters(), " "), k.lacks
		row.handler = func(c *call) (reply, error) { return c.listAssets(k) }
		rows = append(rows, row)
	}
	// An object of a list comes after all lists: /idps/{x} must not hide a list.
	for _, k := range assetKinds {
		if k.one != "" {
			rows = append(rows, route{
				method: get, pattern: k.path + "/" + k.one, scope: k.scope, need: k.need, feature: k.feature, lacks: k.lacksOfOne(),
				handler: func(c *call) (reply, error) { return c.getAsset(k) },
			})
		}
	}
	return rows
}

// lacksOfOne are the parameters that Okta takes for one object: only expand.
func (k *assetKind) lacksOfOne() string {
	if strings.Contains(" "+k.lacks+" ", " expand ") && !unexpandedOnes[k.path] {
		return "expand"
	}
	return ""
}

// unexpandedOnes are the lists that take expand while one of their objects does
// not.
var unexpandedOnes = map[string]bool{
	"/api/v1/org/factors/yubikey_token/tokens": true,
	"/api/v1/idps/{idpId}/users":               true,
}

// parameters are the names of the parameters of a list.
func (k *assetKind) parameters() []string {
	var names []string
	for word := range strings.FieldsSeq(k.query) {
		name, _, _ := strings.Cut(word, "=")
		names = append(names, strings.TrimSuffix(name, "!"))
	}
	return names
}

// above returns the path of the row whose objects this row is for, each of them
// once; "" if there is none.
func (k *assetKind) above() string {
	at := strings.LastIndex(k.path, "/{")
	if at < 0 {
		return ""
	}
	return k.path[:at]
}

// kindOf returns the row for a path of the org, and the ids in the path.
func kindOf(path string) *assetKind {
	elems := elemsOf(path)
	for _, k := range assetKinds {
		if fitsTemplate(elemsOf(k.path), elems) {
			return k
		}
	}
	return nil
}
