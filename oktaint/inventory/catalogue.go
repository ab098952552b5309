package inventory

import (
	_ "embed"
	"fmt"
	"iter"
	"net/url"
	"strings"
	"sync"

	"github.com/rezonate-io/okta-integration/scopes"
)

// A Tier says when a resource is collected.
type Tier string

const (
	// Core resources are collected unless the caller names others. Their scopes are
	// those of scopes.Visibility.
	Core Tier = "core"

	// Extended resources are those that only some orgs have, or that few programs
	// need. They are collected if they are asked for as a whole or by name.
	Extended Tier = "extended"

	// Named resources cost a request for each user or app, raise alerts, or need a scope
	// that few orgs have. They are collected only by name.
	Named Tier = "named"
)

// A Kind says what a resource tells.
type Kind string

const (
	Asset     Kind = "asset"     // what there is
	Privilege Kind = "privilege" // who may do what
	Setting   Kind = "setting"   // how the org behaves
	Activity  Kind = "activity"  // what happened; [Probe] looks at it, the package systemlog reads it
)

// A Resource is one row of the catalogue: a list of the org, or one object, and all
// that has to be known to read it.
type Resource struct {
	Name   string     // unique, such as "group-members"
	Tier   Tier       // when it is collected
	Kind   Kind       // what it tells
	Parent string     // the resource whose objects it belongs to; empty if there is none
	Path   string     // as in Okta's OpenAPI documents, with {groupId} for what the parent gives
	Query  string     // parameters of each request
	Scopes scopes.Set // what a token needs, all of them

	// Key names the members that tell an object from the others of the same parent.
	// It is empty for a resource of a single object.
	Key []string

	// Events are the beginnings of the types of those System Log events that tell of a
	// change. Nil means that no event does.
	Events []string

	seen  string // by which roles: a key of readers
	marks marks
}

// Roles are the types of the standard admin roles that see the resource, sorted.
// SUPER_ADMIN is one of them always.
func (r *Resource) Roles() []string { return readers[r.seen].roles }

// marks are what is out of the ordinary in a resource.
type marks struct {
	single     bool // one object, not a list
	oie        bool // only orgs of the Identity Engine have it
	limited    bool // Okta marks it EA or LIMITED_GA: an org may not have it
	sku        bool // part of a product that an org may not have: a 403 then says so
	neverEmpty bool // every org has at least one
	filtered   bool // only SUPER_ADMIN gets all of it
	serial     bool // one parent after the other, since its bucket is small
	ids        bool // of an object only the id is kept, unless the caller wants it whole
	noSecrets  bool // the values of secrets are dropped
	maybe      bool // not every parent has it, or not every kind that is asked for: then the answer is 400 or 404

	least int      // the smallest limit that it accepts; 0: 1
	param string   // where in the parent's object what stands in the path is; empty: Key
	when  string   // a key of gates: for which parents there is something to read
	since []string // times of the object that a search finds changes by; empty: it has none
	find  string   // the parameter that finds an object by its id, if since is not empty
	each  []string // queries that are asked one after the other; a value of {roleRef} stands in the path
}

// catalogueText is the catalogue, one resource a line, in columns:
//
//	name     unique
//	tier     core, extended, named
//	kind     asset, privilege, setting, activity
//	parent   a resource that stands above, or -
//	path     of GET
//	query    or -
//	scopes   between spaces
//	key      members, between spaces, or -
//	seen by  a row of roles.go
//	events   beginnings of event types, between spaces, or -
//	marks    the fields of the type marks, between commas, or -
//
// Sources: Okta's OpenAPI documents, release 2026.06.3; where it differs from them, the
// conformance test of the catalogue says why.
//
//go:embed catalogue.tsv
var catalogueText string

// catalogue is parsed once. A mistake in it is one of this package.
var catalogue = sync.OnceValue(func() []*Resource {
	rows, err := parseCatalogue(catalogueText)
	if err != nil {
		panic("inventory: the catalogue: " + err.Error())
	}
	return rows
})

// Catalogue goes through all resources in the order in which they are shown.
func Catalogue() iter.Seq[*Resource] {
	return func(yield func(*Resource) bool) {
		for _, r := range catalogue() {
			if !yield(r) {
				return
			}
		}
	}
}

// Lookup returns the resource with a name.
func Lookup(name string) (*Resource, bool) {
	for r := range Catalogue() {
		if r.Name == name {
			return r, true
		}
	}
	return nil, false
}

func parseCatalogue(text string) ([]*Resource, error) {
	var rows []*Resource
	known := make(map[string]bool)
	_, text, _ = strings.Cut(text, "\n") // the names of the columns
	for line := range strings.Lines(text) {
		r, err := parseResource(strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		switch {
		case err != nil:
			return nil, err
		case known[r.Name]:
			return nil, fmt.Errorf("%s is there twice", r.Name)
		case r.Parent != "" && !known[r.Parent]:
			return nil, fmt.Errorf("%s: its parent %s does not stand above", r.Name, r.Parent)
		}
		known[r.Name] = true
		rows = append(rows, r)
	}
	return rows, nil
}

const columns = 11

func parseResource(f []string) (*Resource, error) {
	if len(f) != columns {
		return nil, fmt.Errorf("%q: %d columns, want %d", f[0], len(f), columns)
	}
	for i := range f {
		if f[i] == "-" {
			f[i] = ""
		}
	}
	r := &Resource{
		Name: f[0], Tier: Tier(f[1]), Kind: Kind(f[2]), Parent: f[3], Path: f[4], Query: f[5],
		Key: strings.Fields(f[7]), seen: f[8], Events: strings.Fields(f[9]),
	}
	var err error
	if r.Scopes, err = scopes.Parse(f[6]); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name, err)
	}
	if _, ok := readers[r.seen]; !ok {
		return nil, fmt.Errorf("%s: seen by %q", r.Name, r.seen)
	}
	if _, err := url.ParseQuery(r.Query); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name, err)
	}
	if err := r.parseMarks(f[10]); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Name, err)
	}
	return r, nil
}

// parseMarks reads the last column.
func (r *Resource) parseMarks(text string) error {
	m := &r.marks
	flags := map[string]*bool{
		"single": &m.single, "oie": &m.oie, "limited": &m.limited, "sku": &m.sku, "never-empty": &m.neverEmpty,
		"filtered": &m.filtered, "serial": &m.serial, "ids": &m.ids, "no-secrets": &m.noSecrets, "maybe": &m.maybe,
	}
	for _, mark := range strings.Split(text, ", ") {
		name, value, _ := strings.Cut(mark, ":")
		switch name {
		case "":
		case "least":
			if _, err := fmt.Sscan(value, &m.least); err != nil {
				return err
			}
		case "param":
			m.param = value
		case "when":
			if m.when = value; gates[value] == nil {
				return fmt.Errorf("there is no gate %q", value)
			}
		case "since":
			m.since = strings.Split(value, "|")
		case "find":
			m.find = value
		case "each":
			m.each = strings.Split(value, "|")
		default:
			if flags[name] == nil {
				return fmt.Errorf("there is no mark %q", name)
			}
			*flags[name] = true
		}
	}
	return nil
}
