package oauthapp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
)

// RoleCustom is the type under which custom roles are listed.
const RoleCustom = "CUSTOM"

// The custom roles that an app may have of its own.
const (
	responseRole = "response"
	iamReader    = "IAM reader"
)

// An ownRole is all that is known of a custom role of an app's own. The role and its
// resource set carry the label of the app, its client id in parentheses and the suffix:
// labels are unique in an org, and the client id says whose they are, also after the app
// got another label.
type ownRole struct {
	called  string // in plain words
	suffix  string
	about   string // description of the role, before the app's label
	over    string // what the resource set holds, in plain words
	set     func(a *App) ([]string, error)
	wants   func(d Desired) []string // its permissions; none if it is not wanted
	roleID  string                   // placeholders: see RawRequest
	setID   string
	refused func(error) bool // a refusal after which the rest of the work goes on without it
}

// ownRoles are the custom roles that an app may have of its own, by name.
var ownRoles = map[string]ownRole{
	responseRole: {
		called: "the custom role", about: "Response actions of the app ", over: "all users and groups",
		set:     func(*App) ([]string, error) { return []string{"/api/v1/users", "/api/v1/groups"}, nil },
		wants:   func(d Desired) []string { return d.Permissions },
		roleID:  "ROLE_ID",
		setID:   "RESOURCE_SET_ID",
		refused: func(error) bool { return false },
	},
	iamReader: {
		called: "the custom role " + iamReader, suffix: " " + iamReader,
		about: "Shows who holds admin roles to the app ", over: "the org's roles, resource sets and admin assignments",
		set:    func(a *App) ([]string, error) { orn, err := a.iamORN(); return []string{orn}, err },
		wants:  func(d Desired) []string { return iamPermissions(d.Role) },
		roleID: "IAM_ROLE_ID",
		setID:  "IAM_RESOURCE_SET_ID",
		// The ORN rests on what peers report: an org that does not take it is set up
		// without this role.
		refused: func(err error) bool { return refusesOne(err) || errors.Is(err, errNoORN) },
	},
}

// iamPermissions are those of the IAM reader, which belongs to the visibility profile.
func iamPermissions(role string) []string {
	if role == RoleVisibility {
		return []string{"okta.iam.read"}
	}
	return nil
}

// ofIAMReader reports whether a refusal leaves the rest of the work as it is.
func ofIAMReader(own string, err error) bool { return ownRoles[own].refused(err) }

// ResponsePermissions returns the permissions of the custom role that an app
// gets if its scopes hold any of scopes.Remediation and Desired does not name
// others: to read users and groups, to change the status, sessions, factors and
// password of users, to change groups and their members, and to look whom not to
// act on: who holds an admin role, or an API token. They are no scopes, though
// they look alike.
func ResponsePermissions() []string {
	return []string{
		"okta.groups.create", "okta.groups.manage", "okta.groups.members.manage", "okta.groups.read",
		"okta.iam.read", "okta.users.apitokens.read",
		"okta.users.credentials.expirePassword", "okta.users.credentials.resetFactors", "okta.users.credentials.resetPassword",
		"okta.users.groupMembership.manage",
		"okta.users.lifecycle.activate", "okta.users.lifecycle.clearSessions", "okta.users.lifecycle.deactivate",
		"okta.users.lifecycle.suspend", "okta.users.lifecycle.unlock", "okta.users.lifecycle.unsuspend",
		"okta.users.read",
	}
}

// A customRole is a custom role of an app's own with its resource set, as far as they
// exist.
type customRole struct {
	roleID, setID string
	bound         bool     // the app holds the role over the set
	permissions   []string // sorted
}

// own changes what is known of a custom role of a.
func (a *App) own(name string, change func(*customRole)) {
	a.custom = maps.Clone(a.custom)
	if a.custom == nil {
		a.custom = map[string]customRole{}
	}
	c := a.custom[name]
	change(&c)
	a.custom[name] = c
}

// ownRoles are the names of the custom roles that are wanted.
func (d Desired) ownRoles() []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(ownRoles)) {
		if len(ownRoles[name].wants(d)) > 0 {
			list = append(list, name)
		}
	}
	return list
}

// heldRoles are the names of the custom roles of which the org has the role or the set.
func heldRoles(a *App) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(a.custom)) {
		if c := a.custom[name]; c.roleID+c.setID != "" {
			list = append(list, name)
		}
	}
	return list
}

// namesOwn reports whether a Removal names a custom role of an app's own.
func namesOwn(r Removal, own string) bool {
	return own == responseRole && slices.Contains(r.Roles, RoleCustom) || own == iamReader && slices.Contains(r.Roles, RoleIAMReader)
}

// permissionArgs are the permissions that wanted custom roles are to have, of those that
// are there: a new one is made with them.
func (d Desired) permissionArgs(a *App) []string {
	var list []string
	for _, name := range d.ownRoles() {
		if a.custom[name].roleID == "" {
			continue
		}
		for _, p := range ownRoles[name].wants(d) {
			list = append(list, name+" "+p)
		}
	}
	return list
}

func heldPermissions(a *App) []string {
	var list []string
	for _, name := range heldRoles(a) {
		for _, p := range a.custom[name].permissions {
			list = append(list, name+" "+p)
		}
	}
	return list
}

// cutPermission takes the argument of a permission apart.
func cutPermission(arg string) (own, permission string) {
	i := strings.LastIndexByte(arg, ' ')
	return arg[:max(i, 0)], arg[i+1:]
}

func customLabel(label, clientID, own string) string {
	return label + customSuffix(clientID, own)
}

func customSuffix(clientID, own string) string { return " (" + clientID + ")" + ownRoles[own].suffix }

// customRole returns the custom role to create.
func (t *target) customRole() request.Role {
	own := ownRoles[t.arg]
	return request.Role{
		Label:       customLabel(t.d.Label, t.app.ClientID, t.arg),
		Description: own.about + t.d.Label,
		Permissions: own.wants(t.d),
	}
}

// resourceSet returns the resource set to create.
func (t *target) resourceSet() (request.ResourceSet, error) {
	own := ownRoles[t.arg]
	resources, err := own.set(t.app)
	over := strings.ToUpper(own.over[:1]) + own.over[1:]
	return request.ResourceSet{
		Label:       customLabel(t.d.Label, t.app.ClientID, t.arg),
		Description: over + ", for the app " + t.d.Label,
		Resources:   resources,
	}, err
}

// errNoORN is about an app whose object does not say which org it is of.
var errNoORN = errors.New("the org does not say the ORN of the app, from which that of its roles and assignments follows")

// iamORN returns the ORN of the org's roles, resource sets and admin assignments, whose
// partition and org id stand in the app's own: orn:okta:idp:00o...:apps:...
//
// Source: facts-2026-11.md 2, where OktaHound has seen it in answers.
func (a *App) iamORN() (string, error) {
	if a.iam != "" {
		return a.iam, nil
	}
	parts := strings.Split(a.orn, ":")
	if len(parts) < 4 || parts[0] != "orn" || parts[1] == "" || parts[3] == "" {
		return "", errNoORN
	}
	return "orn:" + parts[1] + ":iam:" + parts[3] + ":contained_resources", nil
}

// labelTaken reports whether an answer may mean that a label is in use, which is how Okta
// refuses to make a second role or set of one label. It says of other members that they
// are the cause.
func labelTaken(err error) bool {
	e, ok := fromOkta(err)
	other := strings.Contains(err.Error(), "resources") || strings.Contains(err.Error(), "permissions")
	return ok && !other && (e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusConflict)
}

// readCustom finds the custom roles of an app: among the roles that it holds, and those
// of names that it does not hold among all roles of the org, where an earlier run may
// have left them half done.
func (o org) readCustom(ctx context.Context, a *App, held []oktaint.HeldRole, names []string, permissions func(roleID string) ([]string, error)) error {
	a.custom = map[string]customRole{}
	for name := range ownRoles {
		for _, h := range held {
			if h.Type == RoleCustom && strings.HasSuffix(h.Label, customSuffix(a.ClientID, name)) && h.Role != "" && h.ResourceSet != "" {
				a.custom[name] = customRole{roleID: h.Role, setID: h.ResourceSet, bound: true}
			}
		}
	}
	if slices.ContainsFunc(names, func(name string) bool { return !a.custom[name].bound }) {
		if err := o.readUnbound(ctx, a, names); err != nil {
			return err
		}
	}
	var g errgroup.Group
	var mu sync.Mutex
	for name, c := range maps.Clone(a.custom) {
		if c.roleID == "" {
			continue
		}
		g.Go(func() (err error) {
			c.permissions, err = permissions(c.roleID)
			mu.Lock()
			defer mu.Unlock()
			a.custom[name] = c
			return err
		})
	}
	return g.Wait()
}

// readUnbound looks through all custom roles and resource sets.
func (o org) readUnbound(ctx context.Context, a *App, names []string) error {
	var g errgroup.Group
	var roles, sets map[string]string
	g.Go(func() (err error) { roles, err = o.labelled(ctx, request.ListCustomRoles); return err })
	g.Go(func() (err error) { sets, err = o.labelled(ctx, request.ListResourceSets); return err })
	if err := g.Wait(); err != nil && !oktaint.Lacks(err, oktaint.LacksFeature) { // an org without them has none
		return err
	}
	for _, name := range names {
		c := a.custom[name]
		if c.bound {
			continue
		}
		suffix := customSuffix(a.ClientID, name)
		c.roleID, c.setID = endingIn(roles, suffix), endingIn(sets, suffix)
		if c.roleID != "" && c.setID != "" {
			var err error
			if c.bound, err = o.bound(ctx, c.setID, c.roleID); err != nil {
				return err
			}
		}
		a.custom[name] = c
	}
	return nil
}

// endingIn returns the id of the thing whose label ends in suffix, "" if there is none.
func endingIn(labelled map[string]string, suffix string) string {
	for label, id := range labelled {
		if strings.HasSuffix(label, suffix) {
			return id
		}
	}
	return ""
}

// hasCustomRoles returns an error if the org shows no custom roles, which then
// cannot be made either.
func (o org) hasCustomRoles(ctx context.Context) error {
	_, err := o.labelled(ctx, request.ListCustomRoles)
	if oktaint.Lacks(err, oktaint.LacksFeature) {
		return fmt.Errorf("%w: the org does not have custom roles: ask for no permissions, and for a standard role such as HELP_DESK_ADMIN", err)
	}
	return err
}

// labelled returns the ids of the custom roles, or of the resource sets, by label.
func (o org) labelled(ctx context.Context, build func(context.Context, oktaint.Org) (*http.Request, error)) (map[string]string, error) {
	req, err := build(ctx, o.c.Org)
	if err != nil {
		return nil, err
	}
	type thing struct {
		ID    string `json:"id"`
		Label string `json:"label"`
	}
	found := map[string]string{}
	for t, err := range oktaint.ListRequest[thing](o.c, req) {
		if err != nil {
			return nil, fmt.Errorf("oauthapp: looking for the app's custom role: %w", err)
		}
		found[t.Label] = t.ID
	}
	return found, nil
}

// permissionsOf begins to read the permissions of custom roles that are known, and returns
// what gives those of any, which is to be called.
func (o org) permissionsOf(ctx context.Context, known map[string]customRole) func(roleID string) ([]string, error) {
	type result struct {
		names []string
		err   error
	}
	results := map[string]*result{}
	var wg sync.WaitGroup
	for _, c := range known {
		if c.roleID == "" {
			continue
		}
		r := new(result)
		results[c.roleID] = r
		wg.Go(func() { r.names, r.err = o.permissions(ctx, c.roleID) })
	}
	return func(roleID string) ([]string, error) {
		wg.Wait()
		if r := results[roleID]; r != nil {
			return r.names, r.err
		}
		if roleID == "" {
			return nil, nil
		}
		return o.permissions(ctx, roleID)
	}
}

// permissions returns the permissions of a custom role, sorted.
func (o org) permissions(ctx context.Context, roleID string) ([]string, error) {
	type permission struct {
		Label string `json:"label"`
	}
	req, err := request.ListPermissions(ctx, o.c.Org, roleID)
	if err != nil {
		return nil, err
	}
	list, err := collect(oktaint.ListRequest[permission](o.c, req))
	if err != nil {
		return nil, fmt.Errorf("oauthapp: reading the permissions of the custom role %s: %w", roleID, err)
	}
	var names []string
	for _, p := range list {
		names = append(names, p.Label)
	}
	slices.Sort(names)
	return names, nil
}

// bound reports whether a role is held over a resource set. The set is made for
// one app, so that app holds it.
func (o org) bound(ctx context.Context, setID, roleID string) (bool, error) {
	req, err := request.GetBinding(ctx, o.c.Org, setID, roleID)
	if err != nil {
		return false, err
	}
	var found binding
	err = o.c.Do(req, oktaint.Checked(&found, found.is))
	if oktaint.IsNotFound(err) {
		return false, nil
	}
	return err == nil, err
}
