package remediation

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// The kinds of actions on memberships.
const (
	KindAddGroupMember    Kind = "add_group_member"
	KindRemoveGroupMember Kind = "remove_group_member"
)

// AddGroupMember puts a user into a group: PUT
// /api/v1/groups/{groupId}/users/{userId}. Only groups of the type OKTA_GROUP take
// members so.
type AddGroupMember struct {
	GroupID string `json:"group_id"`
	UserID  string `json:"user_id"`
}

// Facts implements [Action].
func (a AddGroupMember) Facts() Facts {
	f := memberFacts(KindAddGroupMember, a.GroupID, a.UserID)
	f.Undo = []Kind{KindRemoveGroupMember}
	return f
}

// Request implements [Action].
func (a AddGroupMember) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodPut, nil, nil, "api", "v1", "groups", a.GroupID, "users", a.UserID)
}

func (a AddGroupMember) reads() part       { return partUser | partUserGroups | partGroup }
func (a AddGroupMember) see(v *view) State { return v.membership() }
func (a AddGroupMember) do(v *view) {
	m := membership{ID: v.group.id, Type: v.group.kind}
	m.Profile.Name = v.group.name
	v.user.groups = append(slices.Clone(v.user.groups), m)
}
func (a AddGroupMember) judge(s State) judgement {
	switch {
	case s.Present != nil && *s.Present:
		return already("the user is a member of the group")
	}
	return inGroup(s, a.Facts())
}

// RemoveGroupMember takes a user out of a group: DELETE
// /api/v1/groups/{groupId}/users/{userId}. An active group rule that matches the
// user may put the user back at once, of which the plan warns.
type RemoveGroupMember struct {
	GroupID string `json:"group_id"`
	UserID  string `json:"user_id"`
}

// Facts implements [Action].
func (a RemoveGroupMember) Facts() Facts {
	f := memberFacts(KindRemoveGroupMember, a.GroupID, a.UserID)
	f.Undo = []Kind{KindAddGroupMember}
	return f
}

// Request implements [Action].
func (a RemoveGroupMember) Request(ctx context.Context, org oktaint.Org) (*http.Request, error) {
	return org.NewRequest(ctx, http.MethodDelete, nil, nil, "api", "v1", "groups", a.GroupID, "users", a.UserID)
}

func (a RemoveGroupMember) reads() part       { return partUser | partUserGroups | partGroup | partRules }
func (a RemoveGroupMember) see(v *view) State { return v.membership() }
func (a RemoveGroupMember) do(v *view) {
	v.user.groups = slices.DeleteFunc(slices.Clone(v.user.groups), func(m membership) bool { return m.ID == a.GroupID })
}
func (a RemoveGroupMember) judge(s State) judgement {
	j := inGroup(s, a.Facts())
	if j.verdict != Impossible && s.Present != nil && !*s.Present {
		return already("the user is no member of the group")
	}
	return j
}

// warnings tells of rules that may undo the removal.
func (a RemoveGroupMember) warnings(v *view) []string {
	if v.noRules != "" {
		return []string{"whether a group rule would add the user again is not known: " + v.noRules}
	}
	names := v.readds(a.GroupID, a.UserID)
	if len(names) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("the group rule %s puts users into this group and may add the user again at once: deactivate it, or exclude the user from it",
		strings.Join(names, ", "))}
}

func memberFacts(kind Kind, group, user string) Facts {
	return userFacts(kind, user, Facts{
		Group: group, Scope: scopes.GroupsManage,
		Permissions: []string{"okta.groups.members.manage", "okta.users.groupMembership.manage"}, Repeatable: true,
	})
}

// membership is the state of the user in the group.
func (v *view) membership() State {
	if v.user.missing || v.group.missing {
		return State{Missing: true}
	}
	return State{Present: boolPtr(v.user.memberOf(v.group.id)), GroupType: v.group.kind}
}

// inGroup judges whether Okta lets the members of the group be changed.
func inGroup(s State, f Facts) judgement {
	switch {
	case s.Missing:
		return impossible("the org knows no user %s or no group %s", f.Target.ID, f.Group)
	case s.GroupType == groupApp:
		return impossible("the members of this group are those of an app's: change them there")
	case s.GroupType == groupBuiltIn:
		return impossible("the members of a built-in group are Okta's own business")
	}
	return willRun
}
