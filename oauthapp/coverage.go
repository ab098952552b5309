package oauthapp

import (
	"errors"
	"fmt"
	"strings"

	"github.com/rezonate-io/okta-integration/oktaint/inventory"
	"github.com/rezonate-io/okta-integration/scopes"
)

// A Report is what [Verify] found out.
type Report struct {
	ClientID string // of the app

	Granted scopes.Set // what the token carries
	Missing scopes.Set // of the credential's scopes, what it does not carry

	// Coverage says of each core resource of the inventory what the app sees of it.
	Coverage *inventory.Report

	// OK reports whether the token carries every scope of the credential, and the app sees
	// all that these scopes and its roles should show. What the roles are known not to show
	// ([inventory.BeyondRole]) and what the org does not have is no failure.
	OK bool
}

// Err returns nil if r is OK, or one error that joins what is wrong.
func (r *Report) Err() error {
	var errs []error
	if !r.Missing.IsEmpty() {
		errs = append(errs, fmt.Errorf("the token lacks scopes, which a Super Admin has to grant to the app: %s", r.Missing))
	}
	if lost := r.Coverage.RolesLost; len(lost) > 0 {
		errs = append(errs, fmt.Errorf("the app no longer holds %s, which a Super Admin has to assign to it again", strings.Join(lost, ", ")))
	}
	for _, g := range r.Coverage.Problems(r.Missing) {
		row, _ := r.Coverage.Row(g.Resources()[0])
		errs = append(errs, &unseenError{g, row.Err})
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("oauthapp: not verified: %w", err)
	}
	return nil
}

// An unseenError is about resources that should be seen and are not.
type unseenError struct {
	group inventory.Group
	cause error // what the org answered to the first of them; nil if that was no error
}

func (e *unseenError) Error() string {
	var reasons []string
	for _, r := range e.group.Reasons {
		reasons = append(reasons, fmt.Sprintf("%s: %s: %s", strings.Join(r.Resources, ", "), e.group.Status, r.Why))
	}
	text := strings.Join(reasons, "; ")
	if e.group.Remedy != "" {
		text += ": " + e.group.Remedy
	}
	if e.group.By != "" {
		text += " (" + e.group.By + ")"
	}
	return text
}

func (e *unseenError) Unwrap() error { return e.cause }
