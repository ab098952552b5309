package remediation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// An authority is what the credential at work may do, as far as it can be read.
type authority struct {
	userID  string      // the owner of an API token
	noOwner string      // why it is not known who owns the API token
	scopes  *scopes.Set // granted to an app's token; nil: an API token has none
	roles   heldRoles
}

// heldRoles are the admin roles of a credential.
type heldRoles struct {
	known       bool // they could be read
	super       bool
	types       []string
	permissions []string // of all of them
}

// userWrites and groupWrites are the permissions that actions need.
var (
	userWrites = []string{
		"okta.users.manage", "okta.users.userprofile.manage", "okta.users.groupMembership.manage",
		"okta.users.lifecycle.manage", "okta.users.credentials.manage",
	}
	groupWrites = []string{"okta.groups.manage", "okta.groups.members.manage", "okta.groups.create"}
)

// standardRoles maps the standard roles that may act to the permissions of a
// custom role that would do the same. SUPER_ADMIN may everything.
var standardRoles = map[string][]string{
	"ORG_ADMIN":              append(slices.Clone(userWrites), groupWrites...),
	"USER_ADMIN":             append(slices.Clone(userWrites), groupWrites...),
	"GROUP_MEMBERSHIP_ADMIN": {"okta.groups.members.manage", "okta.users.groupMembership.manage"},
	"HELP_DESK_ADMIN": {
		"okta.users.credentials.resetPassword", "okta.users.credentials.expirePassword", "okta.users.credentials.resetFactors",
		"okta.users.lifecycle.unlock", "okta.users.lifecycle.clearSessions",
	},
}

// lacks returns the permissions that no role has.
func (h heldRoles) lacks(want []string) []string {
	if h.super {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(want), func(p string) bool {
		return slices.ContainsFunc(h.permissions, func(have string) bool { return covers(have, p) })
	})
}

// covers reports whether one permission is, or contains, another.
func covers(have, want string) bool {
	if have == want {
		return true
	}
	family, all := strings.CutSuffix(have, ".manage")
	switch {
	case !all:
		return false
	case have == "okta.users.manage", have == "okta.groups.manage":
		return strings.HasPrefix(want, family+".")
	}
	return strings.HasPrefix(want, family+".") && (family == "okta.users.lifecycle" || family == "okta.users.credentials")
}

func (h heldRoles) String() string {
	if len(h.types) == 0 {
		return "none"
	}
	return strings.Join(h.types, ", ")
}

// A role is an assignment as the org lists it.
type role struct {
	ID     string `json:"id"`
	Type   string `json:"type"`
	Label  string `json:"label"`
	Status string `json:"status"`
	Role   string `json:"role"` // of CUSTOM: the id of the custom role
}

// readAuthority finds out who acts.
func (s *reader) readAuthority(ctx context.Context) (*authority, error) {
	who := new(authority)
	src := s.c.Source()
	if src != nil && src.ClientID() != "" {
		if _, err := src.TokenContext(ctx); err != nil {
			return nil, fmt.Errorf("remediation: %w", err)
		}
		granted := src.Granted()
		who.scopes = &granted
		held, err := s.roles(ctx, "oauth2", "v1", "clients", src.ClientID(), "roles")
		return who, s.weigh(ctx, who, held, err)
	}
	var me struct{ ID string }
	err := s.c.Get(ctx, &me, nil, "api", "v1", "users", "me")
	if why, no := cannotRead(err); no {
		who.noOwner = why.text
		return who, nil
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("remediation: asking whose API token it is: %w", err)
	case me.ID == "":
		who.noOwner = "the answer names no user: is there a proxy between here and the org?"
		return who, nil
	}
	who.userID = me.ID
	held, err := s.roles(ctx, "api", "v1", "users", me.ID, "roles")
	return who, s.weigh(ctx, who, held, err)
}

// weigh adds up what roles allow. Roles that cannot be read stay unknown: then
// the org's own answer decides.
func (s *reader) weigh(ctx context.Context, who *authority, held []role, err error) error {
	if err != nil {
		if _, no := denied(err); no || oktaint.IsNotFound(err) {
			return nil
		}
		return err
	}
	h := heldRoles{known: true}
	for _, r := range held {
		h.types = append(h.types, r.Type)
		h.super = h.super || r.Type == "SUPER_ADMIN"
		h.permissions = append(h.permissions, standardRoles[r.Type]...)
		if r.Role == "" {
			continue
		}
		type permission struct{ Label string }
		for p, err := range oktaint.List[permission](ctx, s.c, nil, "api", "v1", "iam", "roles", r.Role, "permissions") {
			if _, no := denied(err); no {
				return nil
			}
			if err != nil {
				return fmt.Errorf("remediation: reading the custom role %s: %w", r.Role, err)
			}
			h.permissions = append(h.permissions, p.Label)
		}
	}
	who.roles = h
	return nil
}

// roles reads the active assignments of a principal.
func (s *reader) roles(ctx context.Context, elem ...string) ([]role, error) {
	var held []role
	for r, err := range oktaint.List[role](ctx, s.c, nil, elem...) {
		if err != nil {
			return nil, fmt.Errorf("remediation: reading admin roles: %w", err)
		}
		if r.Status == "" || r.Status == "ACTIVE" { // custom roles have no status
			held = append(held, r)
		}
	}
	return held, nil
}
