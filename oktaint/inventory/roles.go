package inventory

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// The standard admin roles that see something. Okta's word for them is the type of a
// role assignment.
const (
	superAdmin      = "SUPER_ADMIN"
	orgAdmin        = "ORG_ADMIN"
	appAdmin        = "APP_ADMIN"
	userAdmin       = "USER_ADMIN"
	helpDeskAdmin   = "HELP_DESK_ADMIN"
	membershipAdmin = "GROUP_MEMBERSHIP_ADMIN"
	readOnlyAdmin   = "READ_ONLY_ADMIN"
	reportAdmin     = "REPORT_ADMIN"
	apiAccessAdmin  = "API_ACCESS_MANAGEMENT_ADMIN"
	customRole      = "CUSTOM"
)

// iamRead is the permission that shows roles, resource sets and who holds them.
const iamRead = "okta.iam.read"

// A reader says who sees a resource.
type reader struct {
	roles      []string // the standard roles, sorted
	remedy     string   // what opens it, for people
	permission string   // that opens it to a custom role; empty if none is known
}

// readers has a row for each value of the catalogue's column "seen by".
//
// Sources: Okta's table of administrator roles, the roles that its OpenAPI documents
// name, and what collectors of others found. That READ_ONLY_ADMIN sees settings, log
// streams and API tokens is what these collectors do; Okta's table does not say it.
var readers = map[string]reader{
	"users":                 seenBy(readOnlyAdmin, helpDeskAdmin, userAdmin, membershipAdmin, orgAdmin, appAdmin),
	"groups":                seenBy(readOnlyAdmin, helpDeskAdmin, userAdmin, membershipAdmin, orgAdmin, appAdmin),
	"apps":                  seenBy(readOnlyAdmin, appAdmin),
	"policies":              seenBy(readOnlyAdmin, orgAdmin, appAdmin),
	"devices":               seenBy(readOnlyAdmin, orgAdmin),
	"hooks":                 seenBy(readOnlyAdmin, orgAdmin),
	"idps":                  seenBy(readOnlyAdmin, orgAdmin),
	"logs":                  seenBy(readOnlyAdmin, reportAdmin, orgAdmin),
	"realms":                seenBy(readOnlyAdmin, helpDeskAdmin, orgAdmin),
	"authorization-servers": seenBy(readOnlyAdmin, orgAdmin, apiAccessAdmin),
	"settings":              seenBy(readOnlyAdmin, orgAdmin),

	"schemas": {sorted(orgAdmin, appAdmin, apiAccessAdmin), "ORG_ADMIN, APP_ADMIN or API_ACCESS_MANAGEMENT_ADMIN", ""},
	"super":   {sorted(), "SUPER_ADMIN: no other role sees it", ""},
	"iam":     {sorted(), "a custom role with the permission okta.iam.read over the org's IAM resources, or SUPER_ADMIN", iamRead},
}

func seenBy(roles ...string) reader { return reader{sorted(roles...), roles[0], ""} }

// sorted returns the roles with SUPER_ADMIN, which sees everything.
func sorted(roles ...string) []string {
	roles = append(roles, superAdmin)
	slices.Sort(roles)
	return roles
}

// narrow are the roles that can be limited to some users, groups or apps. What they
// show may be a part.
var narrow = []string{appAdmin, customRole, helpDeskAdmin, membershipAdmin, userAdmin}

// roles are the types of the roles that the credential holds. Nil means that they are
// not known.
type roles []string

// opens reports whether one of the roles is known to open the resource.
func (held roles) opens(r *Resource) bool { return len(held.openers(r)) > 0 }

// openers are those of the roles that are known to open the resource.
func (held roles) openers(r *Resource) roles {
	return slices.DeleteFunc(slices.Clone(held), func(role string) bool { return !slices.Contains(r.Roles(), role) })
}

// seesAll reports whether the roles show all of a resource that they open.
func (held roles) seesAll(r *Resource) bool {
	return slices.ContainsFunc(held, func(role string) bool {
		return slices.Contains(r.Roles(), role) && !slices.Contains(narrow, role) && (!r.marks.filtered || role == superAdmin)
	})
}

// A standing is what is known of the roles of a credential.
type standing struct {
	roles // those that it holds, by the org or else by Options.Roles

	// lost are those of Options.Roles that the org does not show among the held ones.
	lost roles

	// iam says that one of them is a custom role with okta.iam.read over the org's IAM
	// resources, as the org shows it.
	iam bool
}

// shows reports whether the custom role shows a resource.
func (s standing) shows(r *Resource) bool { return s.iam && readers[r.seen].permission == iamRead }

// opens reports whether one of the roles is known to open the resource.
func (s standing) opens(r *Resource) bool { return s.shows(r) || s.roles.opens(r) }

// opensAbove reports whether one of the roles is known to open a resource that r belongs
// to.
func (s standing) opensAbove(r *Resource) bool {
	above, ok := Lookup(r.Parent)
	return ok && (s.opens(above) || s.opensAbove(above))
}

// seesAll reports whether the roles show all of a resource that they open.
func (s standing) seesAll(r *Resource) bool { return s.shows(r) || s.roles.seesAll(r) }

// readsIAM reports whether one of the roles is a custom role with okta.iam.read over the
// org's IAM resources, whose ORN is orn:PARTITION:iam:ORGID:contained_resources. What the
// org does not let the credential see, does not count.
func readsIAM(ctx context.Context, c *oktaint.Client, held []oktaint.HeldRole) bool {
	type part struct{ Label, ORN string }
	has := func(is func(part) bool, elem ...string) bool {
		for p, err := range oktaint.List[part](ctx, c, nil, append([]string{"api", "v1", "iam"}, elem...)...) {
			if err != nil || is(p) {
				return err == nil
			}
		}
		return false
	}
	permitted, over := make([]bool, len(held)), make([]bool, len(held))
	var wg sync.WaitGroup
	for i, h := range held {
		if h.Role == "" || h.ResourceSet == "" {
			continue
		}
		wg.Go(func() {
			permitted[i] = has(func(p part) bool { return p.Label == iamRead }, "roles", h.Role, "permissions")
		})
		wg.Go(func() {
			over[i] = has(func(p part) bool {
				return strings.Contains(p.ORN, ":iam:") && strings.HasSuffix(p.ORN, ":contained_resources")
			}, "resource-sets", h.ResourceSet, "resources")
		})
	}
	wg.Wait()
	for i := range held {
		if permitted[i] && over[i] {
			return true
		}
	}
	return false
}

// standingOf takes the org's word, if it gives it, and that of Options.Roles otherwise.
func standingOf(who oktaint.Principal, said []string) standing {
	if who.RolesErr != nil {
		if len(said) == 0 {
			return standing{}
		}
		return standing{roles: said}
	}
	s := standing{roles: append(roles{}, who.RoleTypes()...)}
	for _, role := range said {
		if !slices.Contains(s.roles, role) {
			s.lost = append(s.lost, role)
		}
	}
	return s
}

// Expect says what admin roles are known to show of the core resources that a credential
// with these scopes reads, without asking an org. permissions are those of a custom role
// that it holds too; they may be missing. A row is [Complete], [Partial], [BeyondRole] or
// [NotAsked].
func Expect(asked scopes.Set, held, permissions []string) *Report {
	rep := &Report{Roles: held, RolesKnown: true}
	for r := range Catalogue() {
		if r.Tier == Core {
			rep.Rows = append(rep.Rows, Row{Resource: r.Name, Outcome: r.expect(asked, held, permissions)})
		}
	}
	return rep
}

func (r *Resource) expect(asked scopes.Set, held roles, permissions []string) Outcome {
	for scope := range r.Scopes.All() {
		if !asked.Covers(scope) {
			return notAsked(scope)
		}
	}
	custom := readers[r.seen].permission
	switch {
	case custom != "" && slices.Contains(permissions, custom):
		return Outcome{Status: Complete}
	case held.opens(r):
		return standing{roles: held}.seen(r)
	}
	return standing{roles: held}.beyond(r)
}
