package oktatest

import (
	"net/http"
	"slices"
)

// target is an app of the catalogue, or one app, that an assignment is for.
type target struct {
	id   string // where lists go on
	name string // of the catalogue
	app  string // id of the one app; empty: all of the name
}

// groupTargeted are the roles that can be for single groups; APP_ADMIN can be
// for single apps.
var groupTargeted = []string{"USER_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"}

const appTargeted = "APP_ADMIN"

var (
	errNoTargets  = invalid("type", "type: The role cannot be limited to targets of this kind")
	errLastTarget = invalid("target", "target: The last target of a role cannot be removed")
	errAllOfApp   = invalid("target", "target: The role is for all apps of the name already")
)

// targetPaging is that of targets, whose list shows another limit than it was
// asked for, as recorded.
var targetPaging = paging{limit: 20, most: 200, params: []string{"after", "limit"}}

// roleOfPath returns the assignment of the path, of a user, a group or a
// client.
func (c *call) roleOfPath() (*assignment, error) {
	switch {
	case c.param("user") != "":
		_, a, err := c.userAssignment()
		return a, err
	case c.param("client") != "":
		return c.clientAssignment()
	}
	_, a, err := c.groupAssignment()
	return a, err
}

// listGroupTargets lists the groups that an assignment is for; none is all.
func (c *call) listGroupTargets() (reply, error) {
	a, err := c.roleOfPath()
	if err != nil {
		return reply{}, err
	}
	return list(c, lister[*group]{
		paging: targetPaging, table: c.org.groupTargets(a), id: func(g *group) string { return g.id }, view: c.org.viewGroup,
	})
}

// groupTarget returns the assignment and the target group of the path.
func (c *call) groupTarget() (*assignment, *group, error) {
	a, err := c.roleOfPath()
	if err != nil {
		return nil, nil, err
	}
	g, found := c.org.groups.get(c.param("target"))
	if !found {
		return nil, nil, notFound(c.param("target"), "UserGroup")
	}
	if !slices.Contains(groupTargeted, a.kind) {
		return nil, nil, errNoTargets
	}
	return a, g, nil
}

// addGroupTarget limits a role to a group, in addition to those that it is for.
func (c *call) addGroupTarget() (reply, error) {
	a, g, err := c.groupTarget()
	if err != nil {
		return reply{}, err
	}
	if !slices.Contains(a.groups, g.id) {
		a.groups, a.updated = append(a.groups, g.id), c.org.now()
	}
	return noContent()
}

// removeGroupTarget takes a group from a role. The last one stays: without it
// the role would be for all.
func (c *call) removeGroupTarget() (reply, error) {
	a, g, err := c.groupTarget()
	switch {
	case err != nil:
		return reply{}, err
	case !slices.Contains(a.groups, g.id):
		return noContent()
	case len(a.groups) == 1:
		return reply{}, errLastTarget
	}
	a.groups = slices.DeleteFunc(slices.Clone(a.groups), func(id string) bool { return id == g.id })
	a.updated = c.org.now()
	return noContent()
}

// listAppTargets lists the apps that an assignment is for; none is all.
func (c *call) listAppTargets() (reply, error) {
	a, err := c.roleOfPath()
	if err != nil {
		return reply{}, err
	}
	return list(c, lister[*target]{
		paging: targetPaging, table: c.org.appTargets(a), id: func(t *target) string { return t.id }, view: c.org.viewTarget,
		match: func(t *target) bool {
			want := c.query.Get("status")
			return want == "" || c.org.viewTarget(t)["status"] == want
		},
	})
}

// appTarget returns the assignment and the target app of the path.
func (c *call) appTarget() (*assignment, target, error) {
	a, err := c.roleOfPath()
	if err != nil {
		return nil, target{}, err
	}
	t := target{name: c.param("name"), app: c.param("target")}
	if _, known := appCatalogue[t.name]; !known {
		return nil, t, notFound(t.name, "App")
	}
	if t.app != "" {
		if one, found := c.org.apps.get(t.app); !found || one.name != t.name {
			return nil, t, notFound(t.app, "AppInstance")
		}
	}
	if a.kind != appTargeted {
		return nil, t, errNoTargets
	}
	return a, t, nil
}

// addAppTarget limits a role to an app, in addition to those that it is for. All apps
// of a name take the place of single ones.
func (c *call) addAppTarget() (reply, error) {
	a, t, err := c.appTarget()
	if err != nil {
		return reply{}, err
	}
	if a.targets(t) {
		return noContent()
	}
	if t.app != "" && a.targets(target{name: t.name}) {
		return reply{}, errAllOfApp
	}
	if t.app == "" {
		a.apps = slices.DeleteFunc(slices.Clone(a.apps), func(other *target) bool { return other.name == t.name })
	}
	t.id = c.org.newID("tgt")
	a.apps, a.updated = append(a.apps, &t), c.org.now()
	return noContent()
}

// targets reports whether an assignment has exactly this target.
func (a *assignment) targets(t target) bool {
	return slices.ContainsFunc(a.apps, func(other *target) bool { return other.name == t.name && other.app == t.app })
}

// removeAppTarget takes an app from a role; the last one stays.
func (c *call) removeAppTarget() (reply, error) {
	a, t, err := c.appTarget()
	switch {
	case err != nil:
		return reply{}, err
	case !a.targets(t):
		return noContent()
	case len(a.apps) == 1:
		return reply{}, errLastTarget
	}
	a.apps = slices.DeleteFunc(slices.Clone(a.apps), func(other *target) bool { return other.name == t.name && other.app == t.app })
	a.updated = c.org.now()
	return noContent()
}

// targetAllApps takes all targets from a role for apps.
func (c *call) targetAllApps() (reply, error) {
	a, err := c.roleOfPath()
	if err != nil {
		return reply{}, err
	}
	if a.kind != appTargeted {
		return reply{}, errNoTargets
	}
	a.apps, a.updated = nil, c.org.now()
	return reply{status: http.StatusOK}, nil
}
