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

// An authority is what the credential at work may do, as far as it can be read.
type authority struct {
	userID  string      // the owner of an API token
	noOwner string      // why it is not known who owns the API token
	passing error       // the same, if it may pass
	scopes  *scopes.Set // granted to an app's token; nil: an API token has none
	roles   heldRoles
}

// heldRoles are the admin roles of a credential.
type heldRoles struct {
	unknown     string // why they could not be read; empty if they could
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
// custom role that would do the same. SUPER_ADMIN may do everything.
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

// readAuthority finds out who acts.
func (s *reader) readAuthority(ctx context.Context) (*authority, error) {
	me, err := oktaint.WhoAmI(ctx, s.c)
	switch {
	case err == nil:
	case ends(ctx, err):
		return nil, fmt.Errorf("remediation: asking whose credential it is: %w", err)
	default:
		why, no := cannotRead(err, http.StatusOK)
		who := &authority{noOwner: why.text, roles: heldRoles{unknown: why.text}}
		if !no {
			who.passing = err
		}
		return who, nil
	}
	who := &authority{userID: me.UserID}
	if me.ClientID != "" {
		granted := s.c.Source().Granted()
		who.scopes = &granted
	}
	return who, s.weigh(ctx, who, me)
}

// weigh adds up what roles allow. Roles that cannot be read stay unknown: then
// the org's own answer decides.
func (s *reader) weigh(ctx context.Context, who *authority, me oktaint.Principal) error {
	if err := me.RolesErr; err != nil {
		if ends(ctx, err) {
			return fmt.Errorf("remediation: reading the admin roles of the credential: %w", err)
		}
		why, _ := cannotRead(err, http.StatusOK)
		who.roles.unknown = why.text
		return nil
	}
	h := heldRoles{types: me.RoleTypes(), super: me.Holds("SUPER_ADMIN")}
	for _, r := range me.Roles {
		h.permissions = append(h.permissions, standardRoles[r.Type]...)
		if r.Role == "" {
			continue
		}
		type permission struct{ Label string }
		for p, err := range oktaint.List[permission](ctx, s.c, nil, "api", "v1", "iam", "roles", r.Role, "permissions") {
			if err != nil {
				if ends(ctx, err) {
					return fmt.Errorf("remediation: reading the custom role %s: %w", r.Role, err)
				}
				why, _ := cannotRead(err)
				who.roles.unknown = why.text
				return nil
			}
			h.permissions = append(h.permissions, p.Label)
		}
	}
	who.roles = h
	return nil
}

// roles reads the active assignments of a user or a group.
func (s *reader) roles(ctx context.Context, elem ...string) ([]oktaint.HeldRole, error) {
	req, err := s.c.Org.NewRequest(ctx, http.MethodGet, nil, nil, elem...)
	if err != nil {
		return nil, err
	}
	held, err := oktaint.HeldRoles(s.c, req)
	if err != nil {
		return nil, fmt.Errorf("remediation: reading admin roles: %w", err)
	}
	return held, nil
}
