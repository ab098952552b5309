package oktatest

import (
	"fmt"
	"slices"
)

// Group says what kind of group [Org.AddGroup] makes. The zero value is an
// empty OKTA_GROUP with a generated name.
type Group struct {
	// Name is a name that no other group has. The default is made of the
	// group's number.
	Name        string
	Description string

	// Type is OKTA_GROUP, the default, APP_GROUP or BUILT_IN.
	Type string

	// Members are the ids of the members.
	Members []string

	// Owners are the ids of users and groups that own the group.
	Owners []string

	// Roles are standard admin roles that the group carries.
	Roles []string
}

// AddGroup makes a group at once, without an event in the System Log, and
// returns its id. It panics on what makes no sense: a name in use, an unknown
// type, role, member or owner.
func (o *Org) AddGroup(in Group) (id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	setDefault(&in.Type, groupOkta)
	setDefault(&in.Name, fmt.Sprint("Group ", o.counter["00g"]+1))
	if err := o.checkGroup(in); err != nil {
		panic("oktatest: add group: " + err.Error())
	}
	g := o.addGroup(in.Type, in.Name, in.Description)
	for _, id := range in.Members {
		u, _ := o.users.get(id)
		o.join(g, u)
	}
	for _, id := range in.Owners {
		kind := principalUser
		if _, found := o.groups.get(id); found {
			kind = principalGroup
		}
		o.own(g, id, kind)
	}
	for _, role := range slices.Compact(slices.Sorted(slices.Values(in.Roles))) {
		o.assign(principal{principalGroup, g.id}, role)
	}
	return g.id
}

// checkGroup refuses what is unknown.
func (o *Org) checkGroup(in Group) error {
	if !slices.Contains([]string{groupOkta, groupApp, groupBuiltIn}, in.Type) {
		return fmt.Errorf("unknown type %q", in.Type)
	}
	if o.groupNamed(in.Name) != nil {
		return fmt.Errorf("the name %q is in use", in.Name)
	}
	for _, id := range in.Members {
		if _, found := o.users.get(id); !found {
			return fmt.Errorf("no user has the id %q", id)
		}
	}
	for _, id := range in.Owners {
		_, isUser := o.users.get(id)
		if _, isGroup := o.groups.get(id); !isUser && !isGroup {
			return fmt.Errorf("no user and no group has the id %q", id)
		}
	}
	if err := checkRoles(in.Roles); err != nil {
		return err
	}
	return nil
}

// groupNamed finds a group by its name.
func (o *Org) groupNamed(name string) *group {
	for _, id := range o.groups.ids {
		if g := o.groups.rows[id]; g.name == name {
			return g
		}
	}
	return nil
}
