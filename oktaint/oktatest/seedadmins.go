package oktatest

import "fmt"

// seedRoles are the standard roles that seeded administrators hold, in turn.
var seedRoles = []string{"HELP_DESK_ADMIN", "APP_ADMIN", "READ_ONLY_ADMIN", "USER_ADMIN", "ORG_ADMIN", "REPORT_ADMIN", "GROUP_MEMBERSHIP_ADMIN"}

// seedAdmins makes that many users administrators, in turn by a role of their own, by
// one of a group, and by a custom role over a resource set. Every other role that can
// be limited to groups or apps is.
func (o *Org) seedAdmins(n int) {
	users := o.users.from(1) // not the owner
	for i := range n {
		u, round := users[i], i/3
		kind := seedRoles[round%len(seedRoles)]
		switch i % 3 {
		case 0:
			o.limit(o.assign(principal{principalUser, u.id}, kind), round)
		case 1:
			g := o.addGroup(groupOkta, fmt.Sprintf("Administrators %d", round+1), "Seeded group with the role "+kind)
			o.limit(o.assign(principal{principalGroup, g.id}, kind), round)
			o.join(g, u)
		case 2:
			o.assignCustom(principal{principalUser, u.id}, o.seedRole(round), o.seedSet(round))
		}
	}
}

// limit gives every other assignment a target, if it can have one.
func (o *Org) limit(a *assignment, round int) {
	switch {
	case round%2 == 1 && a.kind != appTargeted:
	case a.kind == appTargeted:
		a.apps = []*target{{id: o.newID("tgt"), name: "salesforce"}}
	default:
		for _, kind := range groupTargeted {
			if a.kind == kind {
				a.groups = []string{o.everyone.id}
			}
		}
	}
}

// seedRole makes a custom role that reads users and resets their passwords.
func (o *Org) seedRole(number int) *customRole {
	now := o.now()
	r := &customRole{id: o.newID("cr0"), label: fmt.Sprintf("Password desk %d", number+1), description: "Seeded role", created: now, updated: now}
	for _, name := range []string{"okta.users.credentials.resetPassword", "okta.users.read"} {
		r.grant(name, nil, now)
	}
	o.customRoles.put(r.id, r)
	return r
}

// seedSet makes a resource set of all users and of the members of Everyone.
func (o *Org) seedSet(number int) *resourceSet {
	now := o.now()
	s := &resourceSet{id: o.newID("iam"), label: fmt.Sprintf("People %d", number+1), description: "Seeded set", created: now, updated: now}
	everyone := o.href("api/v1/groups", o.everyone.id, "users")
	if err := o.addResources(s, []string{o.href("api/v1/users"), everyone}); err != nil {
		panic("oktatest: seed: " + explain(err)) // both are resources
	}
	o.resourceSets.put(s.id, s)
	return s
}
