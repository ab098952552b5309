package oktatest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
)

// admins lists the ids of the users who hold a role, also through a group, unless the
// org leaves these out.
func (o *Org) admins() []string {
	var ids []string
	for _, a := range o.roles {
		switch a.holder.kind {
		case principalUser:
			ids = append(ids, a.holder.id)
		case principalGroup:
			if g, found := o.groups.get(a.holder.id); found && !o.cfg.OwnRolesOnly && !o.cfg.DirectAssigneesOnly {
				ids = append(ids, g.members.ids...)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// listAssignees lists the users who hold a role. The list is an object without
// a Link header; its last page has no links, as recorded.
func (c *call) listAssignees() (reply, error) {
	limit, err := c.limit(iamPage, 2*iamPage)
	if err != nil {
		return reply{}, err
	}
	ids := c.org.admins()
	if after := c.query.Get("after"); after != "" {
		if len(after) != 20 {
			return reply{}, errCursor
		}
		at, found := slices.BinarySearch(ids, after)
		if found {
			at++
		}
		ids = ids[at:]
	}
	body := object{}
	if len(ids) > limit {
		ids = ids[:limit]
		q := url.Values{"after": {ids[limit-1]}, "limit": {strconv.Itoa(limit)}}
		body["_links"] = object{"next": object{"href": c.org.href("api/v1/iam/assignees/users") + "?" + q.Encode()}}
	}
	views := []object{}
	for _, id := range ids {
		views = append(views, c.org.viewAssignee(id))
	}
	body["value"] = views
	return reply{status: http.StatusOK, body: body}, nil
}

func (o *Org) viewAssignee(id string) object {
	self := o.href("api/v1/users", id)
	return object{
		"id": id, "orn": o.orn("directory:ORG:users:" + id),
		"_links": object{"self": object{"href": self}, "roles": object{"href": self + "/roles"}},
	}
}
