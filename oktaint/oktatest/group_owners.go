package oktatest

import "time"

// owner is a user or a group that owns a group.
type owner struct {
	id, kind string
	updated  time.Time
}

// The formats of an owner's lastUpdated, as recorded.
const (
	ownerPosted = "Mon Jan 02 15:04:05 UTC 2006"
	ownerListed = "2006-01-02 15:04:05.0"
)

func (o *Org) viewOwner(w *owner, format string) object {
	return object{
		"id": w.id, "type": w.kind, "resolved": true, "originId": nil, "originType": "OKTA_DIRECTORY",
		"displayName": o.ownerName(w), "lastUpdated": w.updated.UTC().Format(format),
	}
}

func (o *Org) ownerName(w *owner) string {
	if u, found := o.users.get(w.id); found {
		return u.name()
	}
	if g, found := o.groups.get(w.id); found {
		return g.name
	}
	return ""
}

// partyOfOwner is an owner as the target of an event.
func (o *Org) partyOfOwner(w *owner) party { return party{w.id, w.kind, "unknown", o.ownerName(w)} }

// own makes a user or a group an owner.
func (o *Org) own(g *group, id, kind string) *owner {
	w := &owner{id: id, kind: kind, updated: o.now()}
	g.owners.put(id, w)
	return w
}

// dropOwner takes a user or a group that is deleted from what it owned.
func (o *Org) dropOwner(id string) {
	for _, g := range o.groups.all() {
		g.owners.remove(id)
	}
}

// listOwners lists the owners of a group. One page alone has no Link header,
// as recorded.
func (c *call) listOwners() (reply, error) {
	g, err := c.group()
	if err != nil {
		return reply{}, err
	}
	res, err := list(c, lister[*owner]{
		paging: paging{limit: 1000, most: 1000, params: []string{"after", "limit", "search"}},
		table:  &g.owners,
		id:     func(w *owner) string { return w.id },
		view:   func(w *owner) object { return c.org.viewOwner(w, ownerListed) },
	})
	if len(res.header["Link"]) == 1 {
		res.header.Del("Link")
	}
	return res, err
}

// addOwner makes a user or a group an owner of a group.
func (c *call) addOwner() (reply, error) {
	g, err := c.groupToChange()
	if err != nil {
		return reply{}, err
	}
	var in struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	}
	if err := c.decode(&in); err != nil {
		return reply{}, err
	}
	if err := c.checkOwner(in.ID, in.Type); err != nil {
		return reply{}, err
	}
	if _, found := g.owners.get(in.ID); found {
		return reply{}, invalid("owner", "Provided owner is already assigned to this group")
	}
	w := c.org.own(g, in.ID, in.Type)
	c.recordAbout("group.owner.add", "Add group owner", partyOfGroup(g), c.org.partyOfOwner(w))
	return created(c.org.viewOwner(w, ownerPosted))
}

// checkOwner refuses an owner that does not exist.
func (c *call) checkOwner(id, kind string) error {
	switch kind {
	case principalUser:
		if _, found := c.org.users.get(id); !found {
			return notFound(id, "User")
		}
	case principalGroup:
		if _, found := c.org.groups.get(id); !found {
			return notFound(id, "UserGroup")
		}
	default:
		return invalid("type", "type: The value is not one of USER, GROUP")
	}
	return nil
}

func (c *call) removeOwner() (reply, error) {
	g, err := c.groupToChange()
	if err != nil {
		return reply{}, err
	}
	w, found := g.owners.get(c.param("owner"))
	if !found {
		return reply{}, notFound(c.param("owner"), "LinkedObject")
	}
	g.owners.remove(w.id)
	c.recordAbout("group.owner.remove", "Remove group owner", partyOfGroup(g), c.org.partyOfOwner(w))
	return noContent()
}
