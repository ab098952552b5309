package oktatest

import (
	"slices"
	"strings"
	"time"
)

// maxResources is how many resources a set may hold.
const maxResources = 1000

// resourceSet is what custom roles are held over.
type resourceSet struct {
	id, label, description string
	resources              []*resource
	bound                  []string // ids of the custom roles bound to it, sorted
	created, updated       time.Time
}

// resource is one entry of a resource set.
type resource struct {
	id, orn string
	href    string // empty for an ORN of a kind that has no URL here

	conditions       any // as sent; they restrict nothing here
	created, updated time.Time
}

// holds reports whether the set holds all of a collection, users for example.
func (s *resourceSet) holds(collection string) bool {
	return slices.ContainsFunc(s.resources, func(r *resource) bool {
		parts := strings.Split(r.orn, ":")
		return len(parts) == 5 && parts[4] == collection
	})
}

// covers reports whether the set holds all of a collection, or what belongs to the org's
// roles and assignments.
func (o *Org) covers(s *resourceSet, collection string) bool {
	if collection != "iam" {
		return s.holds(collection)
	}
	return slices.ContainsFunc(s.resources, func(r *resource) bool { return r.orn == o.iamORN() })
}

// addResources adds what a request names, each once.
func (o *Org) addResources(s *resourceSet, names []string) error {
	added := s.resources
	for _, name := range names {
		r, err := o.newResource(name)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(added, func(other *resource) bool { return other.orn == r.orn }) {
			continue
		}
		added = append(added, r)
	}
	if len(added) > maxResources {
		return invalid("resources", "resources: A resource set has at most 1000 resources")
	}
	for _, r := range added[len(s.resources):] {
		r.id = o.newID("ire")
	}
	s.resources = added
	return nil
}

func (o *Org) viewResourceSet(s *resourceSet) object {
	self := o.href("api/v1/iam/resource-sets", s.id)
	return object{
		"id": s.id, "label": s.label, "description": s.description,
		"created": stamp(s.created), "lastUpdated": stamp(s.updated),
		"_links": object{
			"self":      object{"href": self},
			"resources": object{"href": self + "/resources"},
			"bindings":  object{"href": self + "/bindings"},
		},
	}
}

func (o *Org) viewResource(s *resourceSet, r *resource) object {
	links := object{"resource": object{"href": o.href("api/v1/iam/resource-sets", s.id, "resources", r.id)}}
	if r.href != "" {
		links["self"] = object{"href": r.href}
	}
	for _, kind := range []string{"users", "groups"} {
		if r.href == o.href("api/v1", kind) {
			links[kind] = object{"href": r.href}
		}
	}
	view := object{
		"id": r.id, "orn": r.orn, "created": stamp(r.created), "lastUpdated": stamp(r.updated), "_links": links,
	}
	if r.conditions != nil {
		view["conditions"] = r.conditions
	}
	return view
}

// resourceSetNamed finds a resource set by id or label.
func (o *Org) resourceSetNamed(name string) (*resourceSet, error) {
	if s, found := o.resourceSets.get(name); found {
		return s, nil
	}
	for _, s := range o.resourceSets.all() {
		if s.label == name {
			return s, nil
		}
	}
	return nil, notFound(name, "ResourceSet")
}

// resourceSet returns the resource set of the path.
func (c *call) resourceSet() (*resourceSet, error) { return c.org.resourceSetNamed(c.param("set")) }

// setLabelTaken reports whether a set other than this one has the label.
func (o *Org) setLabelTaken(label, but string) bool {
	return slices.ContainsFunc(o.resourceSets.all(), func(s *resourceSet) bool { return s.label == label && s.id != but })
}

func (c *call) listResourceSets() (reply, error) {
	return listObject(c, listing[*resourceSet]{
		name: "resource-sets", self: c.org.href("api/v1/iam/resource-sets"), rows: c.org.resourceSets.all(),
		id: func(s *resourceSet) string { return s.id }, view: c.org.viewResourceSet,
	})
}

// createResourceSet makes a resource set. It answers 200, as recorded.
func (c *call) createResourceSet() (reply, error) {
	var in struct {
		labelled
		Resources []string `json:"resources"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := in.check(c.org.setLabelTaken(in.Label, "")); err != nil {
		return reply{}, err
	}
	if len(in.Resources) == 0 {
		return reply{}, invalid("resources", "resources: The field cannot be left blank")
	}
	now := c.org.now()
	s := &resourceSet{label: in.Label, description: in.Description, created: now, updated: now}
	if err := c.org.addResources(s, in.Resources); err != nil {
		return reply{}, err
	}
	s.id = c.org.newID("iam")
	c.org.resourceSets.put(s.id, s)
	return c.answerResourceSet(s)
}

func (c *call) answerResourceSet(s *resourceSet) (reply, error) {
	return withSelf(c.org.viewResourceSet(s), c.org.href("api/v1/iam/resource-sets", s.id))
}

func (c *call) getResourceSet() (reply, error) {
	s, err := c.resourceSet()
	if err != nil {
		return reply{}, err
	}
	return c.answerResourceSet(s)
}

func (c *call) replaceResourceSet() (reply, error) {
	s, err := c.resourceSet()
	if err != nil {
		return reply{}, err
	}
	var in labelled
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := in.check(c.org.setLabelTaken(in.Label, s.id)); err != nil {
		return reply{}, err
	}
	s.label, s.description, s.updated = in.Label, in.Description, c.org.now()
	return c.answerResourceSet(s)
}

func (c *call) deleteResourceSet() (reply, error) {
	s, err := c.resourceSet()
	if err != nil {
		return reply{}, err
	}
	if len(s.bound) > 0 {
		return reply{}, invalid("resource-set", "resource-set: The resource set has bindings")
	}
	c.org.resourceSets.remove(s.id)
	return noContent()
}
