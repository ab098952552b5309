package oauthapp

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rezonate-io/okta-integration/oauthapp/request"
	"github.com/rezonate-io/okta-integration/oktaint"
	"github.com/rezonate-io/okta-integration/scopes"
)

// Roles that Desired.Role names most. Any other standard role type of Okta is
// named by its type, such as "HELP_DESK_ADMIN".
const (
	// RoleReadOnlyAdmin is the default: the least standard role that reads
	// users, groups, apps, policies and the System Log.
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

// Desired says what the app shall be. Role alone may be left out.
type Desired struct {
	// Label is the app's name in the Admin Console: 1 to 100 characters, none
	// of them beyond three bytes of UTF-8 (no emoji), no space at either end.
	Label string

	// Key is the public half of the key with which the app will sign its token
	// requests. The private half must be stored already.
	Key oktaint.PublicKey

	// Scopes are what the app shall be granted. Names that the catalogue does
	// not know are tried, and the plan warns of them.
	Scopes scopes.Set

	// Role is the type of a standard admin role. Empty means
	// RoleReadOnlyAdmin. RoleSuperAdmin is never a default.
	Role string
}

// checked returns d with its defaults filled in, or one error that joins
// everything that is wrong with it.
func (d Desired) checked() (Desired, error) {
	if d.Role == "" {
		d.Role = RoleReadOnlyAdmin
	}
	errs := []error{checkLabel(d.Label)}
	if d.Key.IsZero() {
		errs = append(errs, errors.New("the key is missing: make one with oktaint.GenerateKey, store it, and pass its Public half"))
	}
	if d.Scopes.IsEmpty() {
		errs = append(errs, errors.New("no scopes: pass scopes.Visibility, or those that the integration needs"))
	}
	if d.Role != RoleNone && !slices.Contains(standardRoles, d.Role) {
		errs = append(errs, fmt.Errorf("role %q is not a standard role: use %q or one of %s",
			d.Role, RoleNone, strings.Join(standardRoles, ", ")))
	}
	if err := errors.Join(errs...); err != nil {
		return d, fmt.Errorf("oauthapp: %w", err)
	}
	return d, nil
}

// checkLabel holds a label against what Okta stores unchanged. An app whose
// label the org altered could not be found again.
func checkLabel(label string) error {
	if strings.TrimSpace(label) != label {
		return fmt.Errorf("the label %q begins or ends with a space: remove it", label)
	}
	return request.CheckLabel(label)
}
