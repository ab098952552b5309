package remediation

import (
	"context"
	"fmt"
	"net/url"

	"github.com/rezonate-io/okta-integration/oktaint"
)

// admins are the users of an org who hold admin roles, found from the org's side.
type admins struct {
	users   map[string]bool // directly or, if flagged, through a group
	flagged bool            // the org says which groups carry roles
}

// readAdmins reads who holds an admin role: the users whom Okta lists, and the members of
// the groups that it flags. That list is not known to have who holds a role through a
// group only.
func (s *reader) readAdmins(ctx context.Context) (*admins, error) {
	found := &admins{users: make(map[string]bool)}
	type assignee struct{ ID string }
	for a, err := range oktaint.List[assignee](ctx, s.c, nil, "api", "v1", "iam", "assignees", "users") {
		if err != nil {
			return nil, fmt.Errorf("remediation: reading who holds admin roles: %w", err)
		}
		found.users[a.ID] = true
	}
	groups, flagged, err := s.flaggedGroups(ctx)
	if err != nil {
		return nil, fmt.Errorf("remediation: reading which groups carry admin roles: %w", err)
	}
	found.flagged = flagged
	for _, id := range groups {
		members, err := ids(ctx, s.c, []string{"api", "v1", "groups", id, "users"})
		if err != nil {
			return nil, fmt.Errorf("remediation: reading the members of group %s, which carries an admin role: %w", id, err)
		}
		for _, user := range members {
			found.users[user] = true
		}
	}
	return found, nil
}

// flaggedGroups returns the groups of which the org says that they carry an admin role,
// and whether it says so of every group.
func (s *reader) flaggedGroups(ctx context.Context) (groups []string, all bool, err error) {
	type group struct {
		ID       string
		Embedded struct {
			Stats struct { // three spellings are known of one flag
				Admin1 *bool `json:"hasAdminPrivilege"`
				Admin2 *bool `json:"hasAdminPrivlege"`
				Admin3 *bool `json:"hasAdminPrivileges"`
			} `json:"stats"`
		} `json:"_embedded"`
	}
	all = true
	for g, err := range oktaint.List[group](ctx, s.c, url.Values{"expand": {"stats"}}, "api", "v1", "groups") {
		if err != nil {
			return nil, false, err
		}
		said, admin := false, false
		for _, flag := range []*bool{g.Embedded.Stats.Admin1, g.Embedded.Stats.Admin2, g.Embedded.Stats.Admin3} {
			if flag != nil {
				said, admin = true, admin || *flag
			}
		}
		all = all && said
		if admin {
			groups = append(groups, g.ID)
		}
	}
	return groups, all, nil
}

// rolesByGroups names the roles of a user's groups, each of which is asked once.
func (s *reader) rolesByGroups(ctx context.Context, id string) ([]string, error) {
	groups, err := ids(ctx, s.c, []string{"api", "v1", "users", id, "groups"})
	if err != nil {
		return nil, fmt.Errorf("remediation: reading the groups of user %s: %w", id, err)
	}
	for _, g := range groups {
		if roles, err := s.rolesOfGroup(ctx, g); err != nil || len(roles) > 0 {
			return roles, err
		}
	}
	return nil, nil
}

// checkOwner is about the user or the group that a change of a group's owners is about,
// whichever the org says that it is.
func (s *reader) checkOwner(ctx context.Context, a Action) (judgement, error) {
	id := ownerOf(a)
	if id == "" {
		return willRun, nil
	}
	u, err := s.readUser(ctx, id, partUser, nil)
	if err != nil {
		return willRun, err
	}
	if !u.missing {
		return ask(ctx, a, &view{user: u}, s.checkOwn, s.checkProtected, s.checkAdmin)
	}
	g, err := s.group(ctx, id, nil, false, partGroup|partMembers)
	if err != nil || g.missing {
		return willRun, err
	}
	about := func(ctx context.Context, a Action, _ Facts, v *view) (judgement, error) {
		f := Facts{Target: Target{Type: TargetGroup, ID: id}}
		if j, err := s.checkProtected(ctx, a, f, v); err != nil || j.verdict == Refused {
			return j, err
		}
		return s.checkAdmin(ctx, a, f, v)
	}
	return ask(ctx, a, &view{group: g}, s.checkOwn, about)
}

// ownerOf is the owner whom an action makes or takes away, whatever it calls them.
func ownerOf(a Action) string {
	switch a := a.(type) {
	case AddGroupOwner:
		return a.OwnerID
	case RemoveGroupOwner:
		return a.OwnerID
	}
	return ""
}
