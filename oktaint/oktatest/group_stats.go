package oktatest

import (
	"fmt"
	"slices"
)

// adminFlags are the names of the admin flag in the stats of a group: as collectors
// met it, as Okta's documents spell it, and as its release notes do.
var adminFlags = []string{"hasAdminPrivilege", "hasAdminPrivlege", "hasAdminPrivileges"}

// NoAdminFlag is the [Config.AdminFlag] of an org whose stats do not say which groups
// have an admin role.
const NoAdminFlag = "none"

// checkAdminFlag refuses another name of the flag. The default is the first.
func checkAdminFlag(name *string) error {
	setDefault(name, adminFlags[0])
	if *name != NoAdminFlag && !slices.Contains(adminFlags, *name) {
		return fmt.Errorf("oktatest: admin flag %q: want one of %q", *name, adminFlags)
	}
	return nil
}

// withStats returns a view of groups with their numbers embedded.
func (o *Org) withStats() func(*group) object {
	pushed, admins := o.pushCounts(), map[string]bool{}
	for _, a := range o.roles {
		admins[a.holder.id] = true
	}
	return func(g *group) object {
		view := o.viewGroup(g)
		stats := object{"usersCount": len(g.members.ids), "appsCount": len(g.apps), "groupPushMappingsCount": pushed[g.id]}
		if o.cfg.AdminFlag != NoAdminFlag {
			stats[o.cfg.AdminFlag] = admins[g.id]
		}
		view["_embedded"] = object{"stats": stats}
		return view
	}
}
