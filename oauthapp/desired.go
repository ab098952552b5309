package oauthapp

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Roles that Desired.Role names most. Any other standard role type of Okta is
// named by its type, such as "HELP_DESK_ADMIN".
const (
	// RoleVisibility is the default, the visibility profile: READ_ONLY_ADMIN, and
	// beside it a custom role of the app's own, called "IAM reader", with the
	// permission okta.iam.read over the org's roles, resource sets and admin
	// assignments. Without it no role but SUPER_ADMIN shows who holds which role. An
	// org that does not take it is set up without it, which the Result then says.
	RoleVisibility = "visibility"

	// RoleReadOnlyAdmin is the least standard role that reads users, groups, apps,
	// policies and the System Log.
	RoleReadOnlyAdmin = "READ_ONLY_ADMIN"

	// RoleSuperAdmin may do everything. Nothing in this module needs it.
	RoleSuperAdmin = "SUPER_ADMIN"

	// RoleNone assigns no role. Without one the org shows the app empty lists
	// of users, groups and apps and refuses everything else.
	RoleNone = "none"
)

// standardRoles are the role types that can be assigned by type alone. Custom
// roles and those for access certifications and access requests need a
// resource set as well.
var standardRoles = []string{
	RoleSuperAdmin, "ORG_ADMIN", "APP_ADMIN", "USER_ADMIN",
	"GROUP_MEMBERSHIP_ADMIN", "HELP_DESK_ADMIN", RoleReadOnlyAdmin,
	"REPORT_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN", "MOBILE_ADMIN",
}

// StandardRoles lists the types of the admin roles that can be assigned by their type
// alone, such as READ_ONLY_ADMIN.
func StandardRoles() []string { return slices.Clone(standardRoles) }

// Desired says what the app shall be. Label, Key and Scopes are required.
type Desired struct {
	// Label is the app's name in the Admin Console: 1 to 100 characters, none
	// of them beyond three bytes of UTF-8 (no emoji), no space at either end.
	Label string

	// Key is the public half of the key with which the app will sign its token
	// requests. The private half must be stored already.
	Key oktaint.PublicKey

	// Scopes are what the app shall be granted. A name that the catalogue does not
	// have is an error, which says what was probably meant.
	Scopes scopes.Set

	// Role is the type of a standard admin role, RoleVisibility or RoleNone. Empty
	// means RoleVisibility. RoleSuperAdmin is never a default. Another role that the
	// app holds stays beside it: see Remove.
	Role string

	// Permissions are those of a custom role that the app shall hold over all
	// users and groups, beside Role. Nil means ResponsePermissions if Scopes
	// hold any of scopes.Remediation, and none otherwise; a slice that is empty
	// but not nil means none. The custom role is the app's own.
	Permissions []string

	// DPoP makes the org bind the app's tokens to a key (RFC 9449). False
	// leaves an app that exists as it is, unless Exact is set.
	DPoP bool

	// Network restricts where the app may request tokens from. Nil is anywhere
	// for a new app, and leaves an app that exists as it is, unless Exact is
	// set.
	Network *request.Network

	// ApplicationID names the app to change, which must hold Key. It is how an
	// app gets another label: without it, an app of another label is another
	// app.
	ApplicationID string

	// Remove is taken from the app if it has it. Nothing else is, but for a
	// SUPER_ADMIN that the org gave by itself: see KeepSuperAdmin.
	Remove Removal

	// Exact takes from the app what it has beyond Desired, whoever gave it:
	// grants, standard roles, custom roles of its own and their permissions, DPoP
	// and network zones. Without it, what the app has beyond Desired stays, and the
	// plan and the Result name it.
	Exact bool

	// KeepSuperAdmin leaves a SUPER_ADMIN role alone that nobody asked for.
	// Otherwise it is removed if the org gave it to an app that this run, or
	// its journal, has made.
	KeepSuperAdmin bool
}

// A Removal names what an app is to have no more.
type Removal struct {
	Scopes scopes.Set // whose grants are revoked

	// Roles are types of standard roles. RoleCustom is the custom role for response
	// actions, and RoleIAMReader that of the visibility profile.
	Roles []string

	Permissions []string // of the custom role for response actions
}

// RoleIAMReader names the custom role of the visibility profile in a [Removal].
const RoleIAMReader = iamReader

// Check says what is wrong with d, in one error, without asking the org. BuildPlan
// begins with it.
func (d Desired) Check() error {
	_, err := d.checked()
	return err
}

// checked returns d with its defaults filled in, or one error that joins
// everything that is wrong with it.
func (d Desired) checked() (Desired, error) {
	if d.Role == "" {
		d.Role = RoleVisibility
	}
	if d.Permissions == nil && !d.Scopes.Minus(d.Scopes.Minus(scopes.Remediation)).IsEmpty() {
		d.Permissions = ResponsePermissions()
	}
	d.Permissions = slices.Compact(slices.Sorted(slices.Values(d.Permissions)))
	errs := []error{checkLabel(d.Label), checkScopes(d.Scopes), checkPermissions(d.Permissions)}
	if d.Key.IsZero() {
		errs = append(errs, errors.New("the key is missing: make one with oktaint.GenerateKey, store it, and pass its Public half"))
	}
	if !slices.Contains([]string{RoleVisibility, RoleNone}, d.Role) && !slices.Contains(standardRoles, d.Role) {
		errs = append(errs, fmt.Errorf("role %q is not a standard role: use %q, %q or one of %s",
			d.Role, RoleVisibility, RoleNone, strings.Join(standardRoles, ", ")))
	}
	errs = append(errs, d.checkRemove())
	if n := d.Network; n != nil && len(n.Include) == 0 && len(n.Exclude) == 0 {
		errs = append(errs, errors.New("the network names no zone: leave Network nil to let token requests come from anywhere"))
	}
	if err := errors.Join(errs...); err != nil {
		return d, fmt.Errorf("oauthapp: %w", err)
	}
	return d, nil
}

// checkRemove refuses to take away what is wanted, and names that nothing has.
func (d Desired) checkRemove() error {
	for _, role := range d.Remove.Roles {
		if !slices.Contains([]string{RoleCustom, RoleIAMReader}, role) && !slices.Contains(standardRoles, role) {
			return fmt.Errorf("role %q, which is to be removed, is not a standard role: use %q, %q or one of %s",
				role, RoleCustom, RoleIAMReader, strings.Join(standardRoles, ", "))
		}
	}
	for _, r := range table {
		if r.wanted == nil || r.named == nil {
			continue
		}
		for _, arg := range r.wanted(d, &App{}) {
			if r.named(d.Remove, arg) {
				return fmt.Errorf("%s is wanted and to be removed as well: leave it out of one of them", arg)
			}
		}
	}
	for _, p := range d.Remove.Permissions {
		if slices.Contains(d.Permissions, p) {
			return fmt.Errorf("the permission %s is wanted and to be removed as well: leave it out of one of them", p)
		}
	}
	return errors.Join(checkPermissions(d.Remove.Permissions), d.Remove.Scopes.CheckKnown())
}

// standardRole is the standard role that is wanted, none for RoleNone.
func (d Desired) standardRole() []string {
	switch d.Role {
	case RoleNone:
		return nil
	case RoleVisibility:
		return []string{RoleReadOnlyAdmin}
	}
	return []string{d.Role}
}

// checkScopes refuses the scopes that no service app can use, since Okta answers
// 400 to a token request that names one, and names that are not in the catalogue,
// since a misspelt one is found out only after the app was created.
func checkScopes(s scopes.Set) error {
	if s.IsEmpty() {
		return errors.New("no scopes: pass scopes.Visibility, or those that the integration needs")
	}
	var own []string
	for scope := range s.All() {
		if strings.HasSuffix(string(scope), ".self") {
			own = append(own, string(scope))
		}
	}
	if len(own) > 0 {
		return fmt.Errorf("scopes that end in .self are for users, not for apps: leave out %s", strings.Join(own, ", "))
	}
	return s.CheckKnown()
}

// permissionForm is what permissions look like.
var permissionForm = regexp.MustCompile(`^okta(\.[A-Za-z]+)+$`)

func checkPermissions(permissions []string) error {
	for _, p := range permissions {
		if !permissionForm.MatchString(p) {
			return fmt.Errorf("%.60q is not the name of a permission: write one such as okta.users.lifecycle.suspend", p)
		}
	}
	return nil
}

// checkLabel holds a label against what Okta stores unchanged. An app whose
// label the org altered could not be found again.
func checkLabel(label string) error {
	if strings.TrimSpace(label) != label {
		return fmt.Errorf("the label %q begins or ends with a space: remove it", label)
	}
	return request.CheckLabel(label)
}

// requestApp returns the app to create.
func (d Desired) requestApp() request.App {
	return request.App{Label: d.Label, Key: d.Key, DPoP: d.DPoP, Network: d.Network}
}
