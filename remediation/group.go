package remediation

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"unicode/utf8"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// The kinds of actions on groups.
const (
	KindCreateGroup      Kind = "create_group"
	KindDeleteGroup      Kind = "delete_group"
	KindAddGroupOwner    Kind = "add_group_owner"
	KindRemoveGroupOwner Kind = "remove_group_owner"
)

// CreateGroup makes a group: POST /api/v1/groups. Its id is that of the
// [StepResult]'s Target. A group of the same name is taken for this one.
type CreateGroup struct {
	Name        string `json:"name"`
	Description string `json:"description"`
}

// Facts implements [Action].
func (a CreateGroup) Facts() Facts {
	f := groupFacts(KindCreateGroup, "", "okta.groups.create")
	f.Target.Name, f.Undo = a.Name, []Kind{KindDeleteGroup}
	return f
}

// Request implements [Action].
func (a CreateGroup) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	if a.Name == "" {
		return nil, errors.New("remediation: create_group: the group's name is missing")
	}
	if !utf8.ValidString(a.Name) || !utf8.ValidString(a.Description) {
		return nil, errors.New("remediation: create_group: the group's name or description is not UTF-8")
	}
	type profile struct {
		Name        string `json:"name"`
		Description string `json:"description,omitempty"`
	}
	return org.NewRequest(ctx, http.MethodPost, nil, struct {
		Profile profile `json:"profile"`
	}{profile(a)}, "api", "v1", "groups")
}

func (a CreateGroup) reads() part { return partGroupName }
func (a CreateGroup) see(v *view) State {
	if v.group.missing {
		return State{Present: boolPtr(false)}
	}
	return State{Present: boolPtr(true), GroupID: v.group.id, GroupType: v.group.kind}
}
func (a CreateGroup) do(v *view) {
	v.group.missing, v.group.name, v.group.kind = false, a.Name, groupOkta
}
func (a CreateGroup) judge(s State) judgement {
	switch {
	case !*s.Present:
		return willRun
	case s.GroupType != groupOkta:
		return impossible("there is a group of this name, and of the type %s, whose members cannot be changed: choose another name", s.GroupType)
	}
	return already("there is a group of this name: %s", s.GroupID)
}

// DeleteGroup deletes a group: DELETE /api/v1/groups/{groupId}. The record keeps
// who was in it.
type DeleteGroup struct {
	GroupID string `json:"group_id"`
}

// Facts implements [Action].
func (a DeleteGroup) Facts() Facts {
	f := groupFacts(KindDeleteGroup, a.GroupID, "okta.groups.manage")
	f.Lost, f.Destructive = "the group, with its memberships, apps, rules and roles: another one of the same name has another id", true
	return f
}

// Request implements [Action].
func (a DeleteGroup) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "groups", a.GroupID)
}

func (a DeleteGroup) reads() part { return partGroup | partMembers }
func (a DeleteGroup) see(v *view) State {
	if v.group.missing {
		return State{Missing: true}
	}
	n := len(v.group.members)
	return State{GroupType: v.group.kind, Members: &n}
}
func (a DeleteGroup) do(v *view) { v.group.missing = true }
func (a DeleteGroup) judge(s State) judgement {
	switch {
	case s.Missing:
		return unknownTarget(a.Facts())
	case s.GroupType == groupBuiltIn:
		return impossible("a built-in group cannot be deleted")
	case s.GroupType == groupApp:
		return impossible("the group is an app's: delete it there")
	}
	return willRun
}

// AddGroupOwner makes a user or a group an owner of a group: POST
// /api/v1/groups/{groupId}/owners.
type AddGroupOwner struct {
	GroupID   string `json:"group_id"`
	OwnerID   string `json:"owner_id"`
	OwnerType string `json:"owner_type"` // USER or GROUP
}

// Facts implements [Action].
func (a AddGroupOwner) Facts() Facts {
	f := groupFacts(KindAddGroupOwner, a.GroupID, "okta.groups.manage")
	f.Undo = []Kind{KindRemoveGroupOwner}
	return f
}

// Request implements [Action].
func (a AddGroupOwner) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	if a.OwnerType != "USER" && a.OwnerType != "GROUP" {
		return nil, errors.New("remediation: add_group_owner: the owner's type is USER or GROUP")
	}
	if err := checkID(a.OwnerID); err != nil {
		return nil, err
	}
	return org.NewRequest(ctx, http.MethodPost, nil, struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	}{a.OwnerID, a.OwnerType}, "api", "v1", "groups", a.GroupID, "owners")
}

func (a AddGroupOwner) reads() part       { return partGroup | partOwners }
func (a AddGroupOwner) see(v *view) State { return v.owner(a.OwnerID) }
func (a AddGroupOwner) do(v *view)        { v.group.owners = append(slices.Clone(v.group.owners), a.OwnerID) }
func (a AddGroupOwner) judge(s State) judgement {
	switch {
	case s.Missing:
		return unknownTarget(a.Facts())
	case *s.Present:
		return already("it is an owner of the group")
	}
	return willRun
}

// RemoveGroupOwner takes an owner from a group: DELETE
// /api/v1/groups/{groupId}/owners/{ownerId}. The type is for the undo.
type RemoveGroupOwner struct {
	GroupID   string `json:"group_id"`
	OwnerID   string `json:"owner_id"`
	OwnerType string `json:"owner_type"` // USER or GROUP
}

// Facts implements [Action].
func (a RemoveGroupOwner) Facts() Facts {
	f := groupFacts(KindRemoveGroupOwner, a.GroupID, "okta.groups.manage")
	f.Undo = []Kind{KindAddGroupOwner}
	return f
}

// Request implements [Action].
func (a RemoveGroupOwner) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	if a.OwnerType != "USER" && a.OwnerType != "GROUP" {
		return nil, errors.New("remediation: remove_group_owner: the owner's type is USER or GROUP")
	}
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "groups", a.GroupID, "owners", a.OwnerID)
}

func (a RemoveGroupOwner) reads() part       { return partGroup | partOwners }
func (a RemoveGroupOwner) see(v *view) State { return v.owner(a.OwnerID) }
func (a RemoveGroupOwner) do(v *view) {
	v.group.owners = slices.DeleteFunc(slices.Clone(v.group.owners), func(id string) bool { return id == a.OwnerID })
}
func (a RemoveGroupOwner) judge(s State) judgement {
	return ifPresent(s, a.Facts(), "it is no owner of the group")
}

// owner is the state of an owner of the group.
func (v *view) owner(id string) State {
	if v.group.missing {
		return State{Missing: true}
	}
	return State{Present: boolPtr(slices.Contains(v.group.owners, id))}
}

func groupFacts(kind Kind, id, permission string) Facts {
	return Facts{
		Kind: kind, Version: 1, Target: Target{Type: TargetGroup, ID: id},
		Scope: scopes.GroupsManage, Permissions: []string{permission}, Repeatable: true,
	}
}
