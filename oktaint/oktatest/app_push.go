package oktatest

import (
	"slices"
	"time"

	"github.com/rezonate-io/okta-integration/scopes"
)

const featurePush = "GROUP_PUSH"

// pushMapping says which group of an app a group of the org is pushed to. It is
// replaced, never changed.
type pushMapping struct {
	id, source, target string // target is an id of a group of the app
	status             string // ACTIVE, INACTIVE or ERROR
	created, updated   time.Time
}

// pushes reports whether the app can have push mappings.
func (a *app) pushes() bool { return slices.Contains(a.features, featurePush) }

func (o *Org) viewPush(a *app, m *pushMapping) object {
	summary := ""
	if m.status == "ERROR" {
		summary = "The group cannot be pushed to the app."
	}
	return object{
		"id": m.id, "sourceGroupId": m.source, "targetGroupId": m.target, "status": m.status, "errorSummary": summary,
		"created": stamp(m.created), "lastUpdated": stamp(m.updated), "lastPush": stamp(m.updated),
		"_links": object{
			"app":         object{"href": o.href("api/v1/apps", a.id)},
			"sourceGroup": object{"href": o.href("api/v1/groups", m.source)},
			"targetGroup": object{"href": o.href("api/v1/groups", m.target)},
		},
	}
}

// pushApp returns the app of the path, if it can have push mappings and the
// caller's token also has the scope for groups.
func (c *call) pushApp() (*app, error) {
	if c.actor.client != nil && !c.actor.scopes.Covers(scopes.GroupsRead) {
		return nil, c.challenge(403, c.actor.scheme(), "insufficient_scope",
			"The access token provided does not contain the required scopes.")
	}
	if err := c.require(readGroups); err != nil {
		return nil, err
	}
	a, err := c.app()
	if err == nil && !a.pushes() {
		err = notFound(a.id, "AppInstance")
	}
	return a, err
}

func (c *call) listPushMappings() (reply, error) {
	a, err := c.pushApp()
	if err != nil {
		return reply{}, err
	}
	since, source, status := c.query.Get("lastUpdated"), c.query.Get("sourceGroupId"), c.query.Get("status")
	return list(c, lister[*pushMapping]{
		paging: paging{limit: 100, most: 1000, params: []string{"after", "limit", "lastUpdated", "sourceGroupId", "status"}},
		table:  &a.push,
		id:     func(m *pushMapping) string { return m.id },
		match: func(m *pushMapping) bool {
			return (since == "" || stamp(m.updated) >= since) && (source == "" || m.source == source) && (status == "" || m.status == status)
		},
		view: func(m *pushMapping) object { return c.org.viewPush(a, m) },
	})
}

func (c *call) getPushMapping() (reply, error) {
	a, err := c.pushApp()
	if err != nil {
		return reply{}, err
	}
	m, found := a.push.get(c.param("mapping"))
	if !found {
		return reply{}, notFound(c.param("mapping"), "GroupPushMapping")
	}
	return ok(c.org.viewPush(a, m))
}

// mapPush maps a group of the org to one of an app.
func (o *Org) mapPush(a *app, source, target, status string) *pushMapping {
	now := o.now()
	m := &pushMapping{id: o.newID("gPm"), source: source, target: target, status: status, created: now, updated: now}
	a.push.put(m.id, m)
	return m
}

// pushCounts counts the push mappings of each group.
func (o *Org) pushCounts() map[string]int {
	counts := map[string]int{}
	for _, id := range o.apps.ids {
		for _, m := range o.apps.rows[id].push.rows {
			counts[m.source]++
		}
	}
	return counts
}
