package oktatest

import "slices"

func (c *call) listResources() (reply, error) {
	s, err := c.resourceSet()
	if err != nil {
		return reply{}, err
	}
	set := c.org.href("api/v1/iam/resource-sets", s.id)
	return listObject(c, listing[*resource]{
		name: "resources", self: set + "/resources", rows: s.resources, limit: true,
		id:    func(r *resource) string { return r.id },
		view:  func(r *resource) object { return c.org.viewResource(s, r) },
		links: object{"resource-set": object{"href": set}},
	})
}

// addSetResources adds resources and answers the set, as recorded.
func (c *call) addSetResources() (reply, error) {
	s, err := c.resourceSet()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		Additions []string `json:"additions"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.org.addResources(s, in.Additions); err != nil {
		return reply{}, err
	}
	s.updated = c.org.now()
	return c.answerResourceSet(s)
}

// setResource returns the set and the resource of the path.
func (c *call) setResource() (*resourceSet, *resource, error) {
	s, err := c.resourceSet()
	if err != nil {
		return nil, nil, err
	}
	for _, r := range s.resources {
		if r.id == c.param("resource") {
			return s, r, nil
		}
	}
	return nil, nil, notFound(c.param("resource"), "ResourceSetResource")
}

func (c *call) getSetResource() (reply, error) {
	s, r, err := c.setResource()
	if err != nil {
		return reply{}, err
	}
	return ok(c.org.viewResource(s, r))
}

// resourceInput is a resource with its conditions in a request.
type resourceInput struct {
	Name       string `json:"resourceOrnOrUrl"`
	Conditions object `json:"conditions"`
}

// addSetResource adds one resource with conditions, and answers it. A resource
// that the set has already is refused.
func (c *call) addSetResource() (reply, error) {
	s, err := c.resourceSet()
	if err != nil {
		return reply{}, err
	}
	var in resourceInput
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if in.Conditions == nil {
		return reply{}, invalid("conditions", "conditions: The field cannot be left blank")
	}
	had := len(s.resources)
	if err := c.org.addResources(s, []string{in.Name}); err != nil {
		return reply{}, err
	}
	if len(s.resources) == had {
		return reply{}, invalid("resourceOrnOrUrl", "resourceOrnOrUrl: The resource set holds this resource already")
	}
	r := s.resources[had]
	r.conditions, s.updated = in.Conditions, c.org.now()
	return ok(c.org.viewResource(s, r))
}

// replaceSetResource replaces the conditions of a resource; without conditions
// it has none afterwards.
func (c *call) replaceSetResource() (reply, error) {
	s, r, err := c.setResource()
	if err != nil {
		return reply{}, err
	}
	var in resourceInput
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	r.conditions, r.updated = nil, c.org.now()
	if in.Conditions != nil {
		r.conditions = in.Conditions
	}
	s.updated = r.updated
	return ok(c.org.viewResource(s, r))
}

func (c *call) removeSetResource() (reply, error) {
	s, r, err := c.setResource()
	if err != nil {
		return reply{}, err
	}
	s.resources = slices.DeleteFunc(s.resources, func(other *resource) bool { return other == r })
	return noContent()
}
